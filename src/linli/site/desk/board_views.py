"""The board's page and its numbers for the map. Both are read again whenever a case moves."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from linli.cases import queries as cases
from linli.core.policy import Urgency
from linli.core.territory import AreaKind
from linli.site.desk import board as boards
from linli.site.desk import listing
from linli.site.desk.asking import Asking, desk_page
from linli.site.desk.board import View
from linli.site.desk.filtering import SCOPE_OF
from linli.site.desk.frame import common

LATEST = 12
"""How many cases stand on the board by name: those that are due first."""


@require_GET
@desk_page
def board(request: HttpRequest, asking: Asking) -> HttpResponse:
    """Map and tables of an area; on a wall (``?wall=1``) without what nobody there can click."""
    own = boards.areas(asking)
    if not own:
        return render(request, "desk/no_board.html", common(asking))
    view = _view(request, asking, request.GET.get("in") or own[0])
    territory = asking.policy.territory
    above = [area for area in territory.path(view.area) if boards.may_show(asking, area.code)]
    shown = {
        "view": view,
        "board": boards.board(asking, view),
        "area": asking.names.area(view.area),
        "above": [(area.code, asking.names.area(area.code)) for area in reversed(above[1:])],
        "own": [(code, asking.names.area(code)) for code in own],
        "below": territory.areas[view.area].kind is not AreaKind.COMMUNITY,
        "rows": listing.rows(asking, _first_due(asking, view)),
        "address": _address(view),
        "wall": request.GET.get("wall") == "1",
    }
    return render(request, "desk/board.html", common(asking) | shown)


@require_GET
@desk_page
def numbers(request: HttpRequest, asking: Asking, area: str) -> HttpResponse:
    """The numbers of the areas below, for the map: code, open, late, and those that hurry."""
    found = boards.board(asking, _view(request, asking, area))
    lines = {
        line.code: {"name": line.name, "open": line.tally.open, "late": line.tally.late, "hurried": line.tally.hurried}
        for line in found.places
    }
    return JsonResponse({"areas": lines})


def _view(request: HttpRequest, asking: Asking, area: str) -> View:
    if not boards.may_show(asking, area):
        raise Http404
    asked = request.GET
    steps = {name for name, _title in listing.open_steps(asking.policy, asking.names.lang)}
    return View(
        area=area,
        step=_one_of(asked.get("step", ""), steps),
        urgency=_one_of(asked.get("urgency", ""), {urgency.value for urgency in Urgency}),
        platform=_one_of(asked.get("platform", ""), set(boards.PLATFORMS)),
        late=asked.get("late") == "1",
    )


def _first_due(asking: Asking, view: View) -> tuple[cases.Line, ...]:
    """The cases of the view that are due first."""
    steps = [name for name, _title in listing.open_steps(asking.policy, asking.names.lang)]
    narrowed = cases.Narrowed(
        urgencies=(view.urgency,) if view.urgency else (),
        matters=tuple(m.code for m in asking.policy.matters.values() if view.platform and m.platform == view.platform),
        due_by=asking.now if view.late else None,
    )
    page = cases.work_list(
        asking.actor,
        asking.district,
        scope=SCOPE_OF[asking.policy.territory.areas[view.area].kind],
        keys=(view.area,),
        steps=[view.step] if view.step else steps,
        narrowed=narrowed,
        size=LATEST,
    )
    return page.lines


def _address(view: View) -> dict[str, Any]:
    """The view as parts of an address, for links that change one of them."""
    return {
        "in": view.area,
        "step": view.step,
        "urgency": view.urgency,
        "platform": view.platform,
        "late": "1" if view.late else "",
    }


def _one_of(value: str, known: set[str]) -> str:
    return value if value in known else ""
