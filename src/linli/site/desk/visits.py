"""Field visits: their list, a new one, and one with its follow-ups."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from linli.core.errors import Refusal
from linli.core.territory import AreaKind
from linli.site.desk import leader
from linli.site.desk.asking import Asking, desk_page
from linli.site.desk.frame import common
from linli.supervision import actions
from linli.supervision import queries as supervision
from linli.supervision.actions import Writing
from linli.supervision.forms import FollowUpForm, VisitForm
from linli.supervision.queries import FollowUpInfo, VisitInfo

SOON = timedelta(days=7)
"""Follow-ups that are due within so long stand on the leader's desk."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A visit in words."""

    id: str
    area: str
    visited_on: date
    units: tuple[str, ...]
    findings: str
    post: str
    waiting: int


@dataclass(frozen=True, slots=True)
class Task:
    """A follow-up in words; ``mine`` is whether the reader may say that it is done."""

    id: str
    visit: str
    place: str
    unit: str
    words: str
    due_on: date
    late: bool
    done: bool
    mine: bool


@require_GET
@desk_page
def index(request: HttpRequest, asking: Asking) -> HttpResponse:
    """Visits of places that the person supervises, or from which a unit of theirs has a follow-up."""
    found = supervision.visits(asking.actor, asking.district)
    shown = {"visits": [_seen(asking, visit) for visit in found], "may_note": bool(leader.areas(asking))}
    return render(request, "desk/visits.html", common(asking) | shown)


@require_http_methods(["GET", "POST"])
@desk_page
def new(request: HttpRequest, asking: Asking) -> HttpResponse:
    """Writes down a visit: first the place, then what was seen there and with whom."""
    if not leader.areas(asking):
        raise Http404
    area = request.GET.get("area", "")
    if not leader.may_lead(asking, area):
        return render(request, "desk/visit_place.html", common(asking) | {"places": _places(asking)})
    form = VisitForm(_units(asking, area), _today(asking), request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        visit = actions.note_visit(
            _writing(asking), area=area, visited_on=given["visited_on"], units=tuple(given["units"]),
            findings=given["findings"],
        )  # fmt: skip
        messages.success(request, _("The visit is written down. Add what is to follow from it."))
        return redirect("desk-visit", visit)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if request.method == "POST" else HTTPStatus.OK
    shown = {"form": form, "code": area, "place": asking.names.path(area)}
    return render(request, "desk/visit_new.html", common(asking) | shown, status=status)


@require_http_methods(["GET", "POST"])
@desk_page
def visit(request: HttpRequest, asking: Asking, visit: UUID) -> HttpResponse:
    """A visit with its follow-ups; whoever supervises the place adds one."""
    found = supervision.visit(asking.actor, asking.district, str(visit))
    if found is None:
        raise Http404
    form = None
    if leader.may_lead(asking, found.area):
        form = FollowUpForm(_units(asking, found.area), _today(asking), request.POST or None)
    elif request.method == "POST":
        raise Http404
    if request.method == "POST" and form is not None and form.is_valid():
        actions.add_follow_up(_writing(asking), found.id, **form.cleaned_data)
        messages.success(request, _("The follow-up is set."))
        return redirect("desk-visit", found.id)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if request.method == "POST" else HTTPStatus.OK
    tasks = _tasks(asking, supervision.follow_ups(asking.district, found.id))
    shown = {"visit": _seen(asking, found), "tasks": tasks, "form": form}
    return render(request, "desk/visit.html", common(asking) | shown, status=status)


@require_POST
@desk_page
def settle(request: HttpRequest, asking: Asking, visit: UUID, follow_up: UUID) -> HttpResponse:
    """Says that a follow-up is done; saying so twice changes nothing."""
    try:
        actions.settle_follow_up(_writing(asking), str(visit), str(follow_up))
    except Refusal as refusal:
        raise Http404 from refusal
    messages.success(request, _("The follow-up is done."))
    return redirect("desk-visit", visit)


def due(asking: Asking, area: str) -> list[Task]:
    """Open follow-ups of an area that are due by a week from now, for the leader's desk."""
    by = _today(asking) + SOON
    return _tasks(asking, supervision.due(asking.actor, asking.district, area, by=by))


def _writing(asking: Asking) -> Writing:
    return Writing(asking.actor, asking.district, asking.policy, asking.now)


def _today(asking: Asking) -> date:
    return asking.policy.calendar.local(asking.now).date()


def _places(asking: Asking) -> list[tuple[str, str]]:
    """Areas that a visit of the person can be to, by code, so that towns stand before their communities."""
    areas = asking.policy.territory.areas.values()
    found = [area.code for area in areas if not area.placeholder and leader.may_lead(asking, area.code)]
    return [(code, asking.names.path(code)) for code in sorted(found)]


def _units(asking: Asking, area: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """Units that serve the place or an area above it, in groups, the nearest first."""
    territory = asking.policy.territory
    path = [found.code for found in territory.path(area) if found.kind.depth >= AreaKind.DISTRICT.depth]
    groups: dict[str, list[tuple[str, str]]] = {code: [] for code in path}
    for unit in territory.units.values():
        if unit.area in groups:
            groups[unit.area].append((unit.id, asking.names.unit(unit.id)))
    return [(asking.names.area(code), sorted(units, key=lambda one: one[1])) for code, units in groups.items() if units]


def _seen(asking: Asking, visit: VisitInfo) -> Seen:
    names = asking.names
    units = tuple(names.unit(unit) for unit in visit.units)
    post = names.post_title(visit.post)
    return Seen(visit.id, names.path(visit.area), visit.visited_on, units, visit.findings, post, visit.waiting)


def _tasks(asking: Asking, found: Iterable[FollowUpInfo]) -> list[Task]:
    today = _today(asking)
    return [
        Task(
            id=one.id,
            visit=one.visit,
            place=asking.names.path(one.area),
            unit=asking.names.unit(one.unit),
            words=one.words,
            due_on=one.due_on,
            late=one.done_at is None and one.due_on < today,
            done=one.done_at is not None,
            mine=leader.may_lead(asking, one.area) or one.unit in asking.actor.working_units,
        )
        for one in found
    ]
