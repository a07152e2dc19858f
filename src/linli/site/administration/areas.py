"""Areas as administrators see them: towns, communities, grids, on a map and in tables; and the grids as they were."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import shapely
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_GET, require_POST

from linli.cases import words
from linli.core.recutting import administering_post
from linli.core.territory import AreaKind
from linli.directory import actions
from linli.directory import queries as directory
from linli.directory.plan_checks import PlannedGrid
from linli.directory.queries import PlanLine
from linli.directory.recut import RecutError, square_metres
from linli.site.administration import area_words
from linli.site.administration.area_forms import AsOfForm
from linli.site.administration.guarding import administration_page
from linli.site.administration.sections import at
from linli.site.desk.asking import Asking
from linli.site.maps.shown import shown as map_shown

HECTARE = 10_000.0


@dataclass(frozen=True, slots=True)
class Row:
    """One area in the table: how many areas are in it, whether it has an outline, and its surface."""

    code: str
    name: str
    inside: int
    outlined: bool
    invented: bool
    hectares: float | None
    units: tuple[str, ...]


@require_GET
@administration_page
def index(request: HttpRequest, asking: Asking) -> HttpResponse:
    """The towns of the district."""
    return _page(request, asking, asking.district)


@require_GET
@administration_page
def area(request: HttpRequest, asking: Asking, area: str) -> HttpResponse:
    """The communities of a town, or the grids of a community with the plans made for them."""
    return _page(request, asking, area)


@require_GET
@administration_page
def grids(request: HttpRequest, asking: Asking, area: str) -> HttpResponse:
    """The grids of a community as GeoJSON, now or as they were at the end of a day."""
    _require_community(asking, area)
    try:
        day = parse_date(request.GET.get("at", "")[:10])
    except ValueError as error:  # a date that no calendar has
        raise Http404 from error
    form = AsOfForm({"at": day.isoformat()} if day else {})
    instant = form.instant
    found = directory.grids_of(area) if instant is None else directory.grids_as_of(area, instant)
    answer = geojson(found)
    if "download" in request.GET:
        answer["Content-Disposition"] = f'attachment; filename="grids-{area}{f"-{day}" if day else ""}.geojson"'
    return answer


@require_POST
@administration_page
def begin(request: HttpRequest, asking: Asking, area: str) -> HttpResponse:
    """Begins a plan for a community, or goes on with the one begun already."""
    del request
    try:
        plan = actions.begin_plan(asking.actor, asking.district, area, now=asking.now)
    except RecutError as error:
        raise Http404 from error
    return redirect("desk-area-plan", plan)


def geojson(grids: Sequence[PlannedGrid]) -> HttpResponse:
    """Grids that have an outline, with code and name."""
    features = [
        {
            "type": "Feature",
            "properties": {
                "code": grid.code, "name": grid.name, "kind": AreaKind.GRID.value, "invented": grid.invented,
            },
            "geometry": shapely.geometry.mapping(grid.shape),
        }
        for grid in grids
        if grid.shape is not None and not grid.retired
    ]  # fmt: skip
    made = {"type": "FeatureCollection", "features": features}
    return HttpResponse(json.dumps(made, ensure_ascii=False), content_type="application/geo+json")


def hectares(grid: PlannedGrid) -> float | None:
    """A grid's surface."""
    return None if grid.shape is None else round(square_metres(grid.shape) / HECTARE, 2)


def above(asking: Asking, code: str) -> list[tuple[str, str]]:
    """Areas above one up to the district, widest first, for the way back."""
    path = [a for a in asking.policy.territory.path(code) if a.kind.depth >= AreaKind.DISTRICT.depth]
    return [(each.code, asking.names.area(each.code)) for each in reversed(path[1:])]


def plan_lines(lines: Sequence[PlanLine]) -> list[dict[str, Any]]:
    """Plans in a list, in words."""
    return [
        {
            "id": line.id,
            "state": area_words.STATES[line.state],
            "code": line.state,
            "begun_at": line.begun_at,
            "from": line.took_effect_at or line.effective_at,
            "fault": area_words.FAULTS.get(line.fault, ""),
        }
        for line in lines
    ]


def _page(request: HttpRequest, asking: Asking, code: str) -> HttpResponse:
    known = asking.policy.territory.areas.get(code)
    shown_kinds = (AreaKind.DISTRICT, AreaKind.TOWN, AreaKind.COMMUNITY)
    if known is None or known.kind not in shown_kinds or not code.startswith(asking.district):
        raise Http404
    is_community = known.kind is AreaKind.COMMUNITY
    shown: dict[str, Any] = {
        "code": code,
        "name": asking.names.area(code),
        "kind": known.kind.value,
        "above": above(asking, code),
        "rows": _grid_rows(asking, code) if is_community else _rows(asking, code),
        "below": words.label("area_kind", _BELOW[known.kind], asking.names.lang),
        "map": map_shown(code),
    }
    if is_community:
        shown |= _community(request, asking, code)
    else:
        shown["waiting"] = _waiting(asking, code)
    return render(request, "administration/areas.html", at("desk-areas", asking) | shown)


_BELOW = {AreaKind.DISTRICT: "town", AreaKind.TOWN: "community", AreaKind.COMMUNITY: "grid"}


def _community(request: HttpRequest, asking: Asking, code: str) -> dict[str, Any]:
    form = AsOfForm(request.GET or None)
    instant = form.instant
    past = [] if instant is None else directory.grids_as_of(code, instant)
    lines = directory.plans(asking.district, [code])
    return {
        "may": administering_post(asking.actor, code, asking.policy.territory) is not None,
        "plans": plan_lines(lines),
        "open": next((line for line in lines if line.state in ("draft", "scheduled")), None),
        "as_of": form,
        "instant": instant,
        "past": [(grid.code, grid.name, hectares(grid)) for grid in past],
    }


def _waiting(asking: Asking, code: str) -> list[dict[str, Any]]:
    """Plans below an area that are not in force yet and that the person may go on with."""
    lines = [p for p in directory.plans(asking.district) if p.state in ("draft", "scheduled")]
    territory = asking.policy.territory
    mine = [line for line in lines if administering_post(asking.actor, line.parent, territory) is not None]
    inside = [line for line in mine if line.parent.startswith(code)]
    return [
        found | {"community": asking.names.path(line.parent)}
        for found, line in zip(plan_lines(inside), inside, strict=True)
    ]


def _rows(asking: Asking, code: str) -> list[Row]:
    bounded = directory.bounded_areas(asking.district)
    areas = asking.policy.territory.areas.values()
    counts: dict[str, int] = {}
    for each in areas:
        if each.parent is not None:
            counts[each.parent] = counts.get(each.parent, 0) + 1
    inside = sorted((a for a in areas if a.parent == code and not a.placeholder), key=lambda a: a.code)
    return [
        Row(
            code=each.code,
            name=asking.names.area(each.code),
            inside=counts.get(each.code, 0),
            outlined=each.code in bounded,
            invented=asking.names.areas[each.code].invented,
            hectares=None,
            units=(),
        )
        for each in inside
    ]


def _grid_rows(asking: Asking, code: str) -> list[Row]:
    serving: dict[str, tuple[str, ...]] = {}
    for unit in asking.policy.territory.units.values():
        serving[unit.area] = (*serving.get(unit.area, ()), asking.names.unit(unit.id))
    return [
        Row(
            code=grid.code,
            name=grid.name,
            inside=0,
            outlined=grid.shape is not None,
            invented=grid.invented,
            hectares=hectares(grid),
            units=serving.get(grid.code, ()),
        )
        for grid in directory.grids_of(code)
    ]


def _require_community(asking: Asking, code: str) -> None:
    known = asking.policy.territory.areas.get(code)
    if known is None or known.kind is not AreaKind.COMMUNITY or not code.startswith(asking.district):
        raise Http404
