"""Changing a plan of grids: every change is a step of its own, and whoever saw an older step is told so."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import shapely
from django.db import IntegrityError, transaction
from shapely.errors import ShapelyError
from shapely.geometry import LineString, MultiPolygon, Polygon, box
from shapely.geometry.base import BaseGeometry

from linli.core import names as naming
from linli.core.actor import Actor
from linli.core.recutting import administering_post
from linli.core.territory import AreaKind
from linli.directory import planned, recut
from linli.directory.datum import Datum, geometry_to_wgs84
from linli.directory.divisions import short_name
from linli.directory.models import Area, AreaPlan, AreaPlanStep
from linli.directory.outlines import CHINA
from linli.directory.plan_checks import PlannedGrid, Surroundings, next_codes
from linli.directory.queries import grid_plans as queries
from linli.directory.queries.grid_plans import Plan
from linli.directory.queries.territories import territory
from linli.directory.recut import RecutError

MOST_CORNERS = 20_000
MOST_FEATURES = 200
_MAY_CHANGE = 0.01


class PlanMoved(Exception):
    """Somebody else changed the plan in the meantime; nothing was written. Look at it again."""


@dataclass(frozen=True, slots=True)
class Editing:
    """Who changes which plan, the step they saw, and when."""

    actor: Actor
    district: str
    plan: str
    seen: int
    now: datetime


def begin_plan(actor: Actor, district: str, community: str, *, now: datetime) -> str:
    """Begins a plan with the grids in force; answers with its id, or that of the one begun already.

    Lock: none; the key of open plans lets one through.

    Raises:
        RecutError: ``not_yours``, or ``no_community``.
    """
    area = territory(district).areas.get(community)
    if area is None or area.kind is not AreaKind.COMMUNITY:
        raise RecutError("no_community", community)
    if administering_post(actor, community, territory(district)) is None:
        raise RecutError("not_yours", community)
    grids = queries.grids_of(community)
    row = AreaPlan(
        district_code=district,
        parent_code=community,
        based_on=planned.digest(grids),
        begun_by=actor.id,
        begun_at=now,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            _write(row, 1, "began", (), grids, actor, now)
    except IntegrityError:
        rows = AreaPlan.objects.filter(district_code=district, parent_code=community)
        return str(rows.get(state__in=[AreaPlan.DRAFT, AreaPlan.SCHEDULED]).id)
    return str(row.id)


def split_grid(editing: Editing, code: str, line: BaseGeometry) -> None:
    """Cuts a grid along a line (WGS 84); the largest piece keeps code and name.

    Raises: see :func:`_change`; ``line_does_not_cut``, ``too_many_pieces``, ``no_line``, ``no_outline``.
    """
    if not isinstance(line, LineString) or line.length == 0:
        raise RecutError("no_line", code)

    def changed(grids: Sequence[PlannedGrid], around: Surroundings) -> list[PlannedGrid]:
        shapes = planned.shapes_of(grids)
        if code not in shapes:
            raise RecutError("no_outline", code)
        return _with_shapes(grids, recut.split(shapes, code, line, _fresh(grids, around)), around, parent=code)

    _change(editing, "split", (code,), changed)


def halve_grid(editing: Editing, code: str, *, north_south: bool) -> None:
    """Cuts a grid into halves of the same surface, straight from north to south or from west to east.

    Raises: as :func:`split_grid`.
    """
    plan = queries.plan(editing.district, editing.plan)
    shape = planned.shapes_of(plan.grids).get(code) if plan else None
    if shape is None:
        raise RecutError("no_outline", code)
    split_grid(editing, code, recut.halving_line(shape, north_south=north_south))


def merge_grids(editing: Editing, keep: str, others: Sequence[str]) -> None:
    """Joins grids into one, which keeps code and name; the others are retired into it.

    Raises: see :func:`_change`; ``not_neighbours``, ``nothing_to_merge``.
    """
    gone = [code for code in dict.fromkeys(others) if code != keep]
    if not gone:
        raise RecutError("nothing_to_merge", keep)

    def changed(grids: Sequence[PlannedGrid], around: Surroundings) -> list[PlannedGrid]:
        made = recut.merge(planned.shapes_of(grids), keep, gone)
        known = {grid.code for grid in around.known}
        kept = [grid for grid in grids if grid.code not in gone or grid.code in known]
        kept = [replace(g, into=keep) if g.retired and g.into in gone else g for g in kept]
        retired = [replace(g, shape=None, retired=True, into=keep) if g.code in gone else g for g in kept]
        return _with_shapes(retired, made, around)

    _change(editing, "merged", (keep, *gone), changed)


def rename_grids(editing: Editing, names: Mapping[str, str]) -> None:
    """Gives grids other names; the check says what is wrong with them.

    Raises: see :func:`_change`; ``nothing_renamed``.
    """

    def changed(grids: Sequence[PlannedGrid], _around: Surroundings) -> list[PlannedGrid]:
        return [replace(g, name=names.get(g.code, g.name).strip()[:200]) for g in grids]

    _change(editing, "renamed", tuple(sorted(names)), changed)


def redraw_grid(editing: Editing, code: str, drawn: BaseGeometry) -> None:
    """Gives a grid a new outline (WGS 84), or its first; neighbours follow without gap or overlap.

    Raises: see :func:`_change`; ``swallows``, ``invalid_outline``.
    """

    def changed(grids: Sequence[PlannedGrid], around: Surroundings) -> list[PlannedGrid]:
        made = recut.redraw(planned.shapes_of(grids), code, recut.valid(drawn), around.outline)
        return [replace(g, invented=False) if g.code == code else g for g in _with_shapes(grids, made, around)]

    _change(editing, "redrawn", (code,), changed)


def add_grid(editing: Editing, name: str, drawn: BaseGeometry) -> None:
    """Adds a grid with an outline (WGS 84), which is taken from the neighbours.

    Raises: see :func:`_change`; ``swallows``, ``invalid_outline``.
    """

    def changed(grids: Sequence[PlannedGrid], around: Surroundings) -> list[PlannedGrid]:
        code = next(_fresh(grids, around))
        made = recut.redraw(planned.shapes_of(grids), code, recut.valid(drawn), around.outline)
        return _with_shapes([*grids, PlannedGrid(code, name.strip() or _name(code, around))], made, around)

    _change(editing, "added", (), changed)


def retire_grid(editing: Editing, code: str) -> None:
    """Retires a grid; the place it leaves is a hole until neighbours are drawn over it, and the check says so.

    Raises: see :func:`_change`.
    """

    def changed(grids: Sequence[PlannedGrid], around: Surroundings) -> list[PlannedGrid]:
        if code not in {grid.code for grid in around.known}:
            return [grid for grid in grids if grid.code != code]
        return [replace(g, shape=None, retired=True, into="") if g.code == code else g for g in grids]

    _change(editing, "retired", (code,), changed)


def upload_grids(editing: Editing, content: bytes, datum: Datum) -> None:
    """Takes outlines and names from GeoJSON as they stand there, without moving any border; the check judges them.

    A feature's ``code`` names the grid; without one it is a new grid. What the file doesn't name stays.

    Raises: see :func:`_change`; ``bad_json``, ``no_features``, ``too_large``, ``unknown_grid``, ``no_polygon``,
        ``swapped_coordinates``, ``out_of_range``, ``grid_twice``, ``crosses_itself`` (by more than a trifle).
    """
    features = _features(content, datum)

    def changed(grids: Sequence[PlannedGrid], around: Surroundings) -> list[PlannedGrid]:
        found = {grid.code: grid for grid in grids}
        fresh = _fresh(grids, around)
        for code, name, shape in features:
            if code and code not in found:
                raise RecutError("unknown_grid", code)
            known = found.get(code or "") or PlannedGrid(next(fresh), "")
            named = name or known.name or _name(known.code, around)
            found[known.code] = replace(known, name=named, shape=shape, retired=False, into="", invented=False)
        return sorted(found.values(), key=lambda grid: grid.code)

    _change(editing, "uploaded", tuple(code for code, _name_, _shape in features if code), changed)


def undo_step(editing: Editing) -> None:
    """Takes the newest step back, by a step with the content of the one before it.

    Raises: see :func:`_change`; ``nothing_to_undo``.
    """
    with transaction.atomic():
        row, plan = locked(editing)
        standing: list[int] = []
        for step in plan.steps:
            if step.deed == "undone":
                standing.pop()
            else:
                standing.append(step.number)
        if len(standing) < 2:
            raise RecutError("nothing_to_undo")
        back = standing[-2]
        content = AreaPlanStep.objects.get(district_code=editing.district, plan_id=row.id, number=back).grids
        grids = planned.from_data(content)
        _write(row, plan.number + 1, "undone", (str(back),), grids, editing.actor, editing.now)


def discard_plan(editing: Editing) -> None:
    """Puts a draft away; what is in force stays.

    Raises: see :func:`_change`.
    """
    with transaction.atomic():
        row, _plan = locked(editing)
        row.state = AreaPlan.WITHDRAWN
        row.save(update_fields=["state"])


def _change(
    editing: Editing,
    deed: str,
    named: tuple[str, ...],
    changed: Callable[[Sequence[PlannedGrid], Surroundings], list[PlannedGrid]],
) -> None:
    """One step of a draft.

    Lock: the plan's row.

    Raises:
        PlanMoved: the plan is at another step than the one that was seen.
        RecutError: ``no_plan``, ``not_yours``, ``not_a_draft``, ``no_grid``, a code of :mod:`linli.core.names` for
            a name that is new, or why the change can't be made.
    """
    with transaction.atomic():
        row, plan = locked(editing)
        left = {grid.code for grid in plan.grids if not grid.retired}
        missing = tuple(code for code in named if code not in left and deed != "uploaded")
        if missing:
            raise RecutError("no_grid", *missing)
        around = queries.surroundings(editing.district, plan.parent)
        try:
            grids = changed(plan.grids, around)
        except (ShapelyError, StopIteration) as error:
            raise RecutError("invalid_outline", *named) from error
        _require_names(plan.grids, grids)
        if planned.to_data(grids) == planned.to_data(plan.grids):
            raise RecutError("nothing_changed", *named)
        _write(row, plan.number + 1, deed, named, grids, editing.actor, editing.now)


def _require_names(before: Sequence[PlannedGrid], after: Sequence[PlannedGrid]) -> None:
    """Names that stood there already may stay; one that is missing is the check's to report."""
    known = {grid.code: grid.name for grid in before}
    for grid in after:
        wrong = naming.fault(grid.name)
        if wrong and grid.name and known.get(grid.code) != grid.name:
            raise RecutError(wrong, grid.code)


def locked(editing: Editing, state: str = AreaPlan.DRAFT) -> tuple[AreaPlan, Plan]:
    """The plan's row, locked, and the plan, if the actor may change it and saw its newest step.

    Raises:
        PlanMoved, RecutError: see :func:`_change`.
    """
    rows = AreaPlan.objects.select_for_update().filter(district_code=editing.district, id=editing.plan)
    row = rows.first()
    if row is None:
        raise RecutError("no_plan")
    if administering_post(editing.actor, row.parent_code, territory(editing.district)) is None:
        raise RecutError("not_yours", row.parent_code)
    plan = queries.as_plan(row)
    if plan.number != editing.seen:
        raise PlanMoved(editing.plan)
    if row.state != state:
        raise RecutError("not_a_draft" if state == AreaPlan.DRAFT else "not_scheduled")
    return row, plan


def _write(
    row: AreaPlan,
    number: int,
    deed: str,
    named: Sequence[str],
    grids: Sequence[PlannedGrid],
    actor: Actor,
    at: datetime,
) -> None:
    AreaPlanStep.objects.create(
        district_code=row.district_code,
        plan_id=row.id,
        number=number,
        deed=deed,
        named=list(named),
        grids=planned.to_data(grids),
        by=actor.id,
        at=at,
    )


def _fresh(grids: Sequence[PlannedGrid], around: Surroundings) -> Any:
    return next_codes(around.community, {*around.taken, *(grid.code for grid in grids)})


def _name(code: str, around: Surroundings) -> str:
    """The usual name of a grid: its community and number."""
    community = Area.objects.filter(code=around.community).values_list("name", flat=True).first() or ""
    return f"{short_name(community)}第{int(code[-3:])}网格"


def _with_shapes(
    grids: Sequence[PlannedGrid], shapes: recut.Shapes, around: Surroundings, parent: str = ""
) -> list[PlannedGrid]:
    """The grids with these outlines; codes that none has yet become new grids, cut out of ``parent``.

    An outline that is the same but for rounding stays as it was, unless a corner was added for a neighbour.
    """
    found = {grid.code: grid for grid in grids}
    invented = bool(parent) and found[parent].invented
    for code, shape in shapes.items():
        known = found.get(code)
        if known is None:
            found[code] = PlannedGrid(code, _name(code, around), shape, invented=invented)
        elif known.shape is None or not known.shape.normalize().equals_exact(shape.normalize(), 0):
            found[code] = replace(known, shape=shape, retired=False)
    return sorted(found.values(), key=lambda grid: grid.code)


def _features(content: bytes, datum: Datum) -> list[tuple[str, str, BaseGeometry]]:
    try:
        made = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise RecutError("bad_json") from error
    features = made.get("features") if isinstance(made, dict) else None
    if not isinstance(features, list) or not features:
        raise RecutError("no_features")
    if len(features) > MOST_FEATURES:
        raise RecutError("too_large")
    found = [_feature(feature, datum) for feature in features]
    codes = [code for code, _name_, _shape in found if code]
    for code in codes:
        if codes.count(code) > 1:
            raise RecutError("grid_twice", code)
    return found


def _feature(feature: Any, datum: Datum) -> tuple[str, str, BaseGeometry]:
    known = feature.get("properties") if isinstance(feature, dict) else None
    properties = known if isinstance(known, dict) else {}
    code = str(properties.get("code") or "")[:40]
    shape = polygon_from(feature.get("geometry") if isinstance(feature, dict) else None, code, datum)
    if not shape.is_valid:
        mended = recut.valid(shape)
        if abs(mended.area - shape.area) > _MAY_CHANGE * mended.area or mended.is_empty:
            raise RecutError("crosses_itself", code)
        shape = mended
    return code, str(properties.get("name") or "").strip()[:200], shape


def polygon_from(geometry: Any, code: str = "", datum: Datum = Datum.WGS84) -> BaseGeometry:
    """A polygon or multipolygon of GeoJSON in WGS 84.

    Raises:
        RecutError: ``no_polygon``, ``too_large``, ``swapped_coordinates``, ``out_of_range``, ``invalid_outline``.
    """
    kinds = ("Polygon", "MultiPolygon")
    if not isinstance(geometry, dict) or geometry.get("type") not in kinds:
        raise RecutError("no_polygon", code)
    made = geometry_to_wgs84(_shape(geometry, "no_polygon", code), datum)
    if not isinstance(made, Polygon | MultiPolygon):
        raise RecutError("no_polygon", code)
    return made


def line_from(geometry: Any, code: str = "", datum: Datum = Datum.WGS84) -> BaseGeometry:
    """A line of GeoJSON in WGS 84.

    Raises:
        RecutError: ``no_line``, ``too_large``, ``swapped_coordinates``, ``out_of_range``.
    """
    if not isinstance(geometry, dict) or geometry.get("type") != "LineString":
        raise RecutError("no_line", code)
    made: BaseGeometry = geometry_to_wgs84(_shape(geometry, "no_line", code), datum)
    return made


def _shape(geometry: dict[str, Any], wrong: str, code: str) -> BaseGeometry:
    try:
        made = shapely.force_2d(shapely.geometry.shape(geometry))
        bounds = [float(part) for part in made.bounds]
    except (ShapelyError, ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
        raise RecutError(wrong, code) from error
    if made.is_empty or not all(-1e9 < part < 1e9 for part in bounds):
        raise RecutError(wrong, code)
    if shapely.get_num_coordinates(made) > MOST_CORNERS:
        raise RecutError("too_large", code)
    west, south, east, north = bounds
    if not box(*CHINA).contains(box(west, south, east, north)):
        swapped = box(*CHINA).contains(box(south, west, north, east))
        raise RecutError("swapped_coordinates" if swapped else "out_of_range", code)
    return made
