"""Who can be called on in an area: its units with their duty phones and what they have to do. Units, never persons."""

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from linli.cases import queries_overview as overview
from linli.cases.queries_overview import Load
from linli.core.territory import AreaKind
from linli.directory.queries import UnitInfo
from linli.site.desk import board, leader
from linli.site.desk.asking import Asking, desk_page
from linli.site.desk.frame import common

BELOW = {AreaKind.DISTRICT: AreaKind.TOWN, AreaKind.TOWN: AreaKind.COMMUNITY, AreaKind.COMMUNITY: AreaKind.GRID}


@dataclass(frozen=True, slots=True)
class Team:
    """A unit, and how many of the area's open cases it has."""

    name: str
    unit: UnitInfo
    open: int
    late: int


@require_GET
@desk_page
def units(request: HttpRequest, asking: Asking) -> HttpResponse:
    """The units that serve an area, the most burdened first, and those of the areas right below by name."""
    own = board.areas(asking)
    area = request.GET.get("in") or (own[0] if own else "")
    if not board.may_show(asking, area):
        raise Http404
    territory = asking.policy.territory
    loads = overview.loads(leader.asked(asking, area), leader.running_steps(asking))
    inside = [
        each
        for each in territory.areas.values()
        if each.parent == area and each.kind is BELOW.get(territory.areas[area].kind) and not each.placeholder
    ]
    shown = {
        "area": asking.names.area(area),
        "code": area,
        "teams": sorted(_teams(asking, area, loads), key=lambda team: (-team.open, team.name)),
        "inside": [
            (each.code, asking.names.area(each.code), _teams(asking, each.code, loads))
            for each in sorted(inside, key=lambda each: each.code)
        ],
        "is_grid": territory.areas[area].kind is AreaKind.COMMUNITY,
        "goes_down": territory.areas[area].kind is AreaKind.DISTRICT,
    }
    return render(request, "desk/board_units.html", common(asking) | shown)


def _teams(asking: Asking, area: str, loads: dict[str, Load]) -> list[Team]:
    nothing = Load("", 0, 0)
    found = []
    for unit in asking.names.units.values():
        if unit.area == area:
            load = loads.get(unit.id, nothing)
            found.append(Team(asking.names.unit(unit.id), unit, load.open, load.late))
    return sorted(found, key=lambda team: team.name)
