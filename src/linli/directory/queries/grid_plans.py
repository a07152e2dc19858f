"""Plans of grids, the grids in force, and the grids as they were at an instant."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import shapely
from django.db.models import Q

from linli.core.territory import AreaKind
from linli.directory import planned, recut
from linli.directory.models import Area, AreaPlan, AreaPlanStep, Boundary, PastArea, PastBoundary, Unit
from linli.directory.plan_checks import Change, PlannedGrid, Surroundings, changes
from linli.directory.queries.territories import PerVersion

DRAFT, SCHEDULED, IN_FORCE, WITHDRAWN = AreaPlan.STATES


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a plan: its number, what was done, to which grids, by whom, when."""

    number: int
    deed: str
    named: tuple[str, ...]
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan of the grids of one community as it is now; ``base`` are the grids it was begun upon."""

    id: str
    district: str
    parent: str
    state: str
    number: int
    grids: tuple[PlannedGrid, ...]
    base: tuple[PlannedGrid, ...]
    steps: tuple[Step, ...]
    based_on: str
    begun_at: datetime
    published_by: str = ""
    published_post: str = ""
    published_at: datetime | None = None
    effective_at: datetime | None = None
    took_effect_at: datetime | None = None
    settled_at: datetime | None = None
    fault: str = ""

    @property
    def is_open(self) -> bool:
        """Whether it may still be changed."""
        return self.state == DRAFT

    @property
    def changes(self) -> tuple[Change, ...]:
        """What it does, grid by grid."""
        return changes(self.grids, self.base)

    def heirs(self) -> dict[str, tuple[str, ...]]:
        """For each grid before: those in which its places lie after, the largest share first.

        A grid without an outline goes on as itself, or in the one that it was merged into, or anywhere.
        """
        after = planned.shapes_of(self.grids)
        found = recut.heirs(planned.shapes_of(self.base), after)
        left = {grid.code for grid in self.grids if not grid.retired}
        into = {grid.code: grid.into for grid in self.grids if grid.retired}
        for grid in self.base:
            if grid.shape is None:
                goes_on = (grid.code,) if grid.code in left else (into.get(grid.code, ""),)
                found[grid.code] = goes_on if goes_on[0] in left else tuple(sorted(left))
        return found


@dataclass(frozen=True, slots=True)
class PlanLine:
    """One plan in a list."""

    id: str
    parent: str
    state: str
    begun_at: datetime
    effective_at: datetime | None
    took_effect_at: datetime | None
    fault: str


_replanned = PerVersion()


def grids_of(community: str) -> tuple[PlannedGrid, ...]:
    """The grids of a community that are in force, by code."""
    rows = Area.objects.filter(parent_code=community, kind=AreaKind.GRID.value, retired_at__isnull=True)
    found = list(rows.order_by("code").values_list("code", "name"))
    outlines = {b.area_code: b for b in Boundary.objects.filter(area_code__in=[code for code, _name in found])}
    return tuple(
        PlannedGrid(
            code,
            name,
            shapely.from_wkb(bytes(outlines[code].shape)) if code in outlines else None,
            invented=code in outlines and outlines[code].invented,
        )
        for code, name in found
    )


def grids_as_of(community: str, at: datetime) -> tuple[PlannedGrid, ...]:
    """The grids of a community that were in force at an instant, with the names and outlines of then."""
    kind = AreaKind.GRID.value
    now = Area.objects.filter(parent_code=community, kind=kind, effective_from__lte=at)
    now = now.filter(Q(retired_at__isnull=True) | Q(retired_at__gt=at))
    names = dict(now.values_list("code", "name"))
    past = PastArea.objects.filter(parent_code=community, kind=kind, effective_from__lte=at, effective_until__gt=at)
    names |= dict(past.values_list("code", "name"))
    shapes = {
        code: (bytes(shape), invented)
        for model, which in ((Boundary, {}), (PastBoundary, {"effective_until__gt": at}))
        for code, shape, invented in model.objects.filter(
            area_code__in=list(names), effective_from__lte=at, **which
        ).values_list("area_code", "shape", "invented")
    }
    return tuple(
        PlannedGrid(
            code,
            name,
            shapely.from_wkb(shapes[code][0]) if code in shapes else None,
            invented=code in shapes and shapes[code][1],
        )
        for code, name in sorted(names.items())
    )


def plan(district: str, plan_id: str) -> Plan | None:
    """One plan with its newest step."""
    row = AreaPlan.objects.filter(district_code=district, id=plan_id).first()
    return None if row is None else as_plan(row)


def as_plan(row: AreaPlan) -> Plan:
    """A plan of its row: two more reads."""
    steps = AreaPlanStep.objects.filter(district_code=row.district_code, plan_id=row.id).order_by("number")
    told = [Step(s.number, s.deed, tuple(s.named), s.by, s.at) for s in steps.defer("grids")]
    ends = {s.number: s.grids for s in steps.filter(number__in=[told[0].number, told[-1].number])}
    return Plan(
        id=str(row.id),
        district=row.district_code,
        parent=row.parent_code,
        state=row.state,
        number=told[-1].number,
        grids=planned.from_data(ends[told[-1].number]),
        base=planned.from_data(ends[told[0].number]),
        steps=tuple(told),
        based_on=row.based_on,
        begun_at=row.begun_at,
        published_by=row.published_by,
        published_post=row.published_post,
        published_at=row.published_at,
        effective_at=row.effective_at,
        took_effect_at=row.took_effect_at,
        settled_at=row.settled_at,
        fault=row.fault,
    )


def plans(district: str, parents: Iterable[str] | None = None) -> tuple[PlanLine, ...]:
    """Plans of a district (or of some communities), the newest first."""
    rows = AreaPlan.objects.filter(district_code=district).order_by("-begun_at")
    if parents is not None:
        rows = rows.filter(parent_code__in=list(parents))
    return tuple(
        PlanLine(str(r.id), r.parent_code, r.state, r.begun_at, r.effective_at, r.took_effect_at, r.fault) for r in rows
    )


def due_plans(district: str, now: datetime) -> tuple[str, ...]:
    """Plans whose date has come, the earliest first."""
    rows = AreaPlan.objects.filter(district_code=district, state=SCHEDULED, effective_at__lte=now)
    return tuple(str(found) for found in rows.order_by("effective_at", "id").values_list("id", flat=True))


def unsettled_plans(district: str) -> tuple[Plan, ...]:
    """Plans in force after which cases may still have to move, the earliest first."""
    rows = AreaPlan.objects.filter(district_code=district, state=IN_FORCE, settled_at__isnull=True)
    return tuple(as_plan(row) for row in rows.order_by("took_effect_at", "id"))


def replanned(district: str) -> frozenset[str]:
    """Communities whose grids were re-cut by a plan that is in force."""
    return _replanned.get(
        district,
        lambda _number: frozenset(
            AreaPlan.objects.filter(district_code=district, state=IN_FORCE).values_list("parent_code", flat=True)
        ),
    )


def surroundings(district: str, parent: str) -> Surroundings:
    """What a plan of that community is judged against, as it is now."""
    outline = Boundary.objects.filter(area_code=parent).first()
    units: dict[str, tuple[str, ...]] = {}
    serving = Unit.objects.filter(district_code=district, active=True, area_code__startswith=parent)
    for area, unit in serving.order_by("id").values_list("area_code", "id"):
        units[area] = (*units.get(area, ()), unit)
    return Surroundings(
        community=parent,
        outline=None if outline is None else shapely.from_wkb(bytes(outline.shape)),
        known=grids_of(parent),
        taken=frozenset(Area.objects.filter(parent_code=parent).values_list("code", flat=True)),
        units=units,
    )
