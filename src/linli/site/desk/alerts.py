"""One call to several units: written, sent at once, and the proof of whom it reached."""

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from linli.cases import words
from linli.core.errors import Refusal
from linli.core.notifying import callers, may_be_called
from linli.core.territory import AreaKind, Unit
from linli.directory import queries as directory
from linli.notices import actions
from linli.notices import queries as notices
from linli.notices.actions import MOST_WORDS
from linli.notices.queries import AlertInfo, Proof
from linli.site.desk.asking import Asking, desk_page
from linli.site.desk.frame import common

BELOW = {AreaKind.DISTRICT: AreaKind.TOWN, AreaKind.TOWN: AreaKind.COMMUNITY}


@dataclass(frozen=True, slots=True)
class Group:
    """Units that can be called, under one heading."""

    title: str
    units: Sequence[tuple[str, str, bool]]


@dataclass(frozen=True, slots=True)
class Reached:
    """How an alert reached one unit; ``phone`` is its duty line, for those who have not read it."""

    name: str
    proof: Proof
    phone: str


@require_http_methods(["GET", "POST"])
@desk_page
def index(request: HttpRequest, asking: Asking) -> HttpResponse:
    """Alerts that the person's units have sent, and the form of a new one."""
    held = callers(asking.actor)
    if not held:
        raise Http404
    area = request.GET.get("area", "") or held[0].area
    top = next((one for one in held if asking.policy.territory.is_under(area, one.area)), None)
    if top is None:
        raise Http404
    chosen, text, fault = request.POST.getlist("unit"), request.POST.get("words", ""), ""
    if request.method == "POST":
        try:
            alert = actions.send_alert(
                asking.actor, asking.district, chosen, text,
                now=asking.now, policy=asking.policy, tz=asking.policy.calendar.tz,
            )  # fmt: skip
        except Refusal as refusal:
            fault = words.refusal(refusal, asking.names.lang, asking.names, asking.policy)
        else:
            messages.success(request, _("The alert is out. Below you see whom it has reached."))
            return redirect("desk-alert", alert=alert)
    shown: dict[str, Any] = {
        "groups": _groups(asking, area, frozenset(may_be_called(top, asking.policy)), frozenset(chosen)),
        "area": area,
        "areas": _areas(asking, held[0].area),
        "words": text,
        "most": MOST_WORDS,
        "fault": fault,
        "sent": [
            (alert, _names(asking, alert.units))
            for alert in notices.alerts(asking.district, sorted({one.unit for one in held}))
        ],
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if fault else HTTPStatus.OK
    return render(request, "desk/alerts.html", common(asking) | shown, status=status)


@require_GET
@desk_page
def alert(request: HttpRequest, asking: Asking, alert: UUID) -> HttpResponse:
    """An alert: for whoever was called, its words and the button that acknowledges it; for the caller, who has."""
    found = notices.alert(asking.actor, asking.district, str(alert))
    if found is None:
        raise Http404
    ours = found.unit in asking.actor.working_units
    shown = {
        "alert": found,
        "by": asking.names.unit(found.unit),
        "mine": notices.of_alert(asking.actor, asking.district, found.id),
        "reached": _reached(asking, found) if ours else (),
        "ours": ours,
    }
    return render(request, "desk/alert.html", common(asking) | shown)


@require_POST
@desk_page
def acknowledge(request: HttpRequest, asking: Asking, alert: UUID) -> HttpResponse:
    """Notes that the person has read it."""
    mine = notices.of_alert(asking.actor, asking.district, str(alert))
    if not mine:
        raise Http404
    for notice in mine:
        actions.read_one(asking.actor, asking.district, notice.id, now=asking.now)
    messages.success(request, _("Acknowledged. Whoever called sees it."))
    return redirect(reverse("desk-alert", args=[alert]))


def _reached(asking: Asking, alert: AlertInfo) -> list[Reached]:
    known = directory.units(asking.district)
    found = [
        Reached(asking.names.unit(proof.unit), proof, known[proof.unit].phone if proof.unit in known else "")
        for proof in notices.proofs(alert, asking.district)
    ]
    return sorted(found, key=lambda one: one.proof.read > 0)


def _groups(asking: Asking, area: str, callable_: frozenset[str], chosen: frozenset[str]) -> list[Group]:
    """Units of the area itself, and the coordinating units of the areas right below it."""
    territory = asking.policy.territory
    here = [unit for unit in territory.units.values() if unit.area == area and unit.id in callable_]
    below = BELOW.get(territory.areas[area].kind)
    types = {AreaKind.TOWN: asking.policy.centre_types[0], AreaKind.COMMUNITY: asking.policy.desk_types[0]}
    under = [
        unit
        for unit in territory.units.values()
        if below is not None and unit.type == types[below] and unit.id in callable_
        and territory.areas[unit.area].kind is below and territory.is_under(unit.area, area) and unit.area != area
    ]  # fmt: skip
    titles = {AreaKind.TOWN: _("Centres of the towns"), AreaKind.COMMUNITY: _("Stations of the communities")}
    groups = [Group(asking.names.area(area), _options(asking, here, chosen))]
    if below is not None:
        groups.append(Group(titles[below], _options(asking, under, chosen)))
    return [group for group in groups if group.units]


def _options(asking: Asking, units: Sequence[Unit], chosen: frozenset[str]) -> list[tuple[str, str, bool]]:
    return sorted(((unit.id, asking.names.unit(unit.id), unit.id in chosen) for unit in units), key=lambda one: one[1])


def _areas(asking: Asking, top: str) -> list[tuple[str, str]]:
    territory = asking.policy.territory
    below = BELOW.get(territory.areas[top].kind)
    inside = [area.code for area in territory.areas.values() if area.kind is below and area.parent == top]
    return [(code, asking.names.area(code)) for code in (top, *sorted(inside))]


def _names(asking: Asking, units: Sequence[str]) -> str:
    comma = "、" if asking.names.lang == "zh-hans" else ", "
    text = comma.join(asking.names.unit(unit) for unit in units[:3])
    more = len(units) - 3
    return text if more <= 0 else _("%(names)s and %(more)s more") % {"names": text, "more": more}
