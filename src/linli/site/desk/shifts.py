"""Shifts of a command centre: what is open now, the written hand-over, and those of before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from linli.cases import queries as cases
from linli.cases import queries_overview as overview
from linli.cases import words
from linli.core.errors import Refusal
from linli.core.territory import AreaKind
from linli.site.desk import board, leader, listing
from linli.site.desk.asking import Asking, desk_page
from linli.site.desk.board import HURRIED
from linli.site.desk.filtering import SCOPE_OF
from linli.site.desk.frame import common
from linli.site.desk.listing import Row
from linli.supervision import actions
from linli.supervision import queries as supervision
from linli.supervision.actions import Writing
from linli.supervision.forms import HandOverForm
from linli.supervision.queries import ShiftInfo

SOON = timedelta(hours=12)
"""What is due within it falls into the next shift."""
MOST_NAMED = 20
"""So many cases of each kind stand in a report by name; the numbers count all."""


@dataclass(frozen=True, slots=True)
class Part:
    """Cases that the next shift must know of: how many, and the first of them that the reader may see."""

    key: str
    number: int
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True)
class Report:
    """What a shift hands over."""

    opened: int
    open: int
    parts: Sequence[Part]


@require_http_methods(["GET", "POST"])
@desk_page
def index(request: HttpRequest, asking: Asking) -> HttpResponse:
    """A unit's present shift with what is open, and those of before. A POST begins it, hands it over, takes it over."""
    units = supervision.shift_units(asking.actor, asking.policy)
    unit = request.GET.get("unit") or (units[0] if units else "")
    if unit not in units:
        raise Http404
    present = supervision.present_shift(asking.actor, asking.district, asking.policy, unit)
    form, status = HandOverForm(), HTTPStatus.OK
    if request.method == "POST":
        form = HandOverForm(request.POST)
        refusal = _done(request, asking, unit, present, form)
        if refusal is None:
            return redirect(f"{reverse('desk-shift')}?unit={unit}")
        too_long = refusal.code == "shift_words_too_long"
        status = HTTPStatus.UNPROCESSABLE_ENTITY if too_long else HTTPStatus.CONFLICT
        form.add_error(None, words.refusal(refusal, asking.names.lang, asking.names, asking.policy))
        present = supervision.present_shift(asking.actor, asking.district, asking.policy, unit)
    shown = {
        "unit": unit,
        "units": [(each, asking.names.unit(each)) for each in units],
        "title": asking.names.unit(unit),
        "shift": present,
        "signed": _posts(asking, present),
        "report": _report(asking, unit, present),
        "mine": present is not None and present.handed_by == asking.actor.id,
        "form": form,
        "past": [(each, _posts(asking, each)) for each in _past(asking, unit)],
    }
    return render(request, "desk/shift.html", common(asking) | shown, status=status)


@require_GET
@desk_page
def past(request: HttpRequest, asking: Asking, shift: UUID) -> HttpResponse:
    """A shift as it was handed over, to be read again or printed."""
    found = supervision.shift(asking.actor, asking.district, asking.policy, str(shift))
    if found is None or found.report is None:
        raise Http404
    shown = {
        "shift": found,
        "title": asking.names.unit(found.unit),
        "signed": _posts(asking, found),
        "report": _read(asking, found.report),
    }
    return render(request, "desk/shift_past.html", common(asking) | shown)


def _done(
    request: HttpRequest, asking: Asking, unit: str, present: ShiftInfo | None, form: HandOverForm
) -> Refusal | None:
    by, wanted = Writing(asking.actor, asking.district, asking.policy, asking.now), request.POST.get("do", "")
    shift = request.POST.get("shift", "")
    try:
        if wanted == "begin":
            actions.begin_shift(by, unit)
            messages.success(request, _("The shift has begun."))
        elif present is None or shift != present.id:
            return Refusal("shift_moved")
        elif wanted == "take_over":
            actions.take_over(by, present.id)
            messages.success(request, _("You have taken over; your shift has begun."))
        elif wanted == "take_back":
            actions.take_back(by, present.id)
        elif form.is_valid():
            actions.hand_over(by, present.id, report=_now(asking, unit, present), words=form.cleaned_data["words"])
            messages.success(request, _("The hand-over is signed. Your colleague now takes over."))
        else:
            return Refusal("shift_words_too_long")
    except Refusal as refusal:
        return refusal
    return None


def _past(asking: Asking, unit: str) -> list[ShiftInfo]:
    return supervision.past_shifts(asking.actor, asking.district, asking.policy, unit)


def _posts(asking: Asking, shift: ShiftInfo | None) -> Mapping[str, str]:
    if shift is None:
        return {}
    names = asking.names
    return {
        "began": names.post_title(shift.began_post),
        "handed": names.post_title(shift.handed_post),
        "taken": names.post_title(shift.taken_post),
    }


def _report(asking: Asking, unit: str, shift: ShiftInfo | None) -> Report | None:
    if shift is None:
        return None
    return _read(asking, shift.report if shift.report is not None else _now(asking, unit, shift))


def _now(asking: Asking, unit: str, shift: ShiftInfo) -> dict[str, Any]:
    """What is open in the unit's area at this moment: numbers, and ids of the cases that the next shift must know."""
    area = asking.policy.territory.units[unit].area
    kind = asking.policy.territory.areas[area].kind
    scope = SCOPE_OF.get(kind, SCOPE_OF[AreaKind.DISTRICT])
    running = leader.running_steps(asking)
    every = [name for name, _title in listing.open_steps(asking.policy, asking.names.lang)]
    whole = board.board(asking, board.View(area=area)).whole

    def first(steps: Sequence[str], narrowed: cases.Narrowed) -> list[str]:
        page = cases.work_list(
            asking.actor, asking.district, scope=scope, keys=(area,), steps=steps, narrowed=narrowed,
            size=2 * MOST_NAMED,
        )  # fmt: skip
        return [line.id for line in page.lines if "/" not in line.number]

    late = first(running, cases.Narrowed(due_by=asking.now))
    soon = first(running, cases.Narrowed(due_by=asking.now + SOON))
    counted = overview.passing(leader.asked(asking, area), running, since=shift.began_at, until=asking.now + SOON)
    return {
        "opened": counted.opened,
        "open": whole.open,
        "late": {"number": whole.late, "cases": late[:MOST_NAMED]},
        "hurried": {
            "number": whole.hurried,
            "cases": first(every, cases.Narrowed(urgencies=tuple(sorted(HURRIED))))[:MOST_NAMED],
        },
        "soon": {"number": counted.due, "cases": [case for case in soon if case not in late][:MOST_NAMED]},
    }


def _read(asking: Asking, report: Mapping[str, Any]) -> Report:
    """A report in words; cases that the reader may not see, or no longer, are counted but not named."""
    rows = listing.known_rows(asking, {case for key in PARTS for case in report[key]["cases"]})
    parts = [
        Part(key, report[key]["number"], [rows[case] for case in report[key]["cases"] if case in rows]) for key in PARTS
    ]
    return Report(report["opened"], report["open"], parts)


PARTS = ("hurried", "late", "soon")
