"""The leader's desk and the lists behind its numbers: for whoever supervises an area."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from linli.cases.queries_overview import MOST_LOOKED_THROUGH, WEEK
from linli.core.privacy import SMALLEST_CELL
from linli.site.desk import leader, selfcheck, visits
from linli.site.desk.asking import Asking, desk_page
from linli.site.desk.frame import common
from linli.site.desk.leader import Late

MOST_LATE = 12
"""So many places and units with late cases stand on the desk; the rest is one click away."""
MOST_LISTED = 100
"""So many cases of a list behind a number are shown."""


@require_GET
@desk_page
def desk(request: HttpRequest, asking: Asking) -> HttpResponse:
    """What is late, stuck, repeated and growing in an area."""
    area = _area(request, asking)
    total, places, units = leader.late(asking, area)
    shown = {
        "late": total,
        "late_address": leader.address(area, "late"),
        "places": _lines(request, "places", places),
        "units": _lines(request, "units", units),
        "stuck": leader.stuck(asking, area),
        "growing": leader.growing(asking, area),
        "tasks": visits.due(asking, area),
        "looked_through": MOST_LOOKED_THROUGH,
        "most_stuck": leader.MOST_STUCK,
        "smallest": SMALLEST_CELL,
    }
    return render(request, "desk/leader.html", common(asking) | _around(asking, area) | shown)


@require_GET
@desk_page
def behind(request: HttpRequest, asking: Asking) -> HttpResponse:
    """The cases behind a number of the leader's desk."""
    area, what = _area(request, asking), request.GET.get("what", "late")
    chosen = _chosen(request, asking, area)
    if what not in ("late", "new"):
        raise Http404
    found = leader.behind(asking, area, what, chosen, size=MOST_LISTED)
    names = asking.names
    narrowed = [
        names.area(chosen["place"]) if "place" in chosen else "",
        names.unit(chosen["unit"]) if "unit" in chosen else "",
        names.matter(chosen["matter"]) if "matter" in chosen else "",
    ]
    shown = {"found": found, "what": what, "since": asking.now - WEEK, "narrowed": [text for text in narrowed if text]}
    return render(request, "desk/leader_cases.html", common(asking) | _around(asking, area) | shown)


@require_GET
@desk_page
def check(request: HttpRequest, asking: Asking) -> HttpResponse:
    """The five by which a centre checks itself, counted now."""
    area = _area(request, asking)
    shown = {"lines": selfcheck.lines(asking, area)}
    return render(request, "desk/selfcheck.html", common(asking) | _around(asking, area) | shown)


@dataclass(frozen=True, slots=True)
class Lines:
    """The worst of many lines; ``more`` is how many are left out."""

    shown: Sequence[Late]
    more: int


def _lines(request: HttpRequest, key: str, lines: Sequence[Late]) -> Lines:
    if request.GET.get("all") == key or len(lines) <= MOST_LATE + 1:  # one line more takes no more room than the link
        return Lines(lines, 0)
    return Lines(lines[:MOST_LATE], len(lines) - MOST_LATE)


def _area(request: HttpRequest, asking: Asking) -> str:
    """The area asked for, else the widest of one's own; a page of nothing for whoever supervises none."""
    own = leader.areas(asking)
    area = request.GET.get("in") or (own[0] if own else "")
    if not leader.may_lead(asking, area):
        raise Http404
    return area


def _around(asking: Asking, area: str) -> dict[str, Any]:
    above = [found.code for found in asking.policy.territory.path(area)[1:] if leader.may_lead(asking, found.code)]
    return {
        "code": area,
        "area": asking.names.area(area),
        "above": [(code, asking.names.area(code)) for code in reversed(above)],
        "own": [(code, asking.names.area(code)) for code in leader.areas(asking)],
    }


def _chosen(request: HttpRequest, asking: Asking, area: str) -> dict[str, str]:
    """What narrows the list; a code that is not known, or a place elsewhere, has no list."""
    asked = {key: request.GET[key] for key in ("place", "unit", "matter") if key in request.GET}
    territory = asking.policy.territory
    place = asked.get("place", area)
    fits = territory.is_under(place, area) or (place in territory.areas and territory.is_under(area, place))
    if not fits or asked.get("matter", "") not in {"", *asking.policy.matters}:
        raise Http404
    if asked.get("unit", "") not in {"", *asking.names.units}:
        raise Http404
    return asked
