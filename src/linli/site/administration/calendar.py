"""The working calendar: the days that do not follow the week, and their correction, seen before it is published."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from linli.cases import queries_calendar as previews
from linli.catalogue import actions
from linli.catalogue import queries_calendar as calendars
from linli.catalogue.actions import PublishError
from linli.core.calendar import WorkCalendar
from linli.site.administration.calendar_forms import CorrectionForm
from linli.site.administration.guarding import administration_page
from linli.site.administration.sections import at
from linli.site.desk.asking import Asking


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days in a row of one name; ``works`` are made-up working days; ``corrected`` were set by an officer."""

    first: date
    last: date
    name: str
    works: bool
    corrected: bool


@require_http_methods(["GET", "POST"])
@administration_page
def index(request: HttpRequest, asking: Asking) -> HttpResponse:
    """The special days of this year and the next; a POST shows what a correction would do, or publishes it."""
    today = timezone.localdate(asking.now)
    form = CorrectionForm(today, request.POST if request.method == "POST" else None)
    shown: dict[str, Any] = {"form": form}
    status = HTTPStatus.OK
    if request.method == "POST":
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.is_valid():
            if request.POST.get("do") == "publish" and _published(request, asking, form):
                return redirect("desk-calendar")
            preview = _previewed(asking, form)
            if preview is not None:
                shown["preview"], status = preview, HTTPStatus.OK
    held = calendars.calendar_in_force()
    shown |= {
        "years": [(year, _stretches(asking, held, year)) for year in (today.year, today.year + 1)] if held else [],
        "known": held.calendar.last if held else None,
        "soon": held is not None and held.calendar.last < today + timedelta(days=90),
    }
    return render(request, "administration/calendar.html", at("desk-calendar", asking) | shown, status=status)


def _published(request: HttpRequest, asking: Asking, form: CorrectionForm) -> bool:
    try:
        done = actions.correct_calendar(
            form.corrections, by=asking.actor.id, at=asking.now, note=form.cleaned_data["why"], notice_years=form.years
        )
    except PublishError as error:
        form.add_error(None, "; ".join(error.problems))
        return False
    if done.new:
        messages.success(request, _("Published. Open deadlines follow within minutes, each as an entry of its case."))
    else:
        messages.info(request, _("These days are so already; nothing was published."))
    return True


def _previewed(asking: Asking, form: CorrectionForm) -> previews.Preview | None:
    try:
        calendar = calendars.calendar_with(form.corrections, form.years, asking.now)
    except ValueError as error:
        form.add_error(None, str(error))
        return None
    return previews.preview(asking.district, asking.policy, calendar, now=asking.now)


def _stretches(asking: Asking, held: calendars.InForce, year: int) -> list[Stretch]:
    corrected = {correction.day for correction in held.corrections}
    found: list[Stretch] = []
    for day, works in _special(held.calendar, year):
        name = held.calendar.day_name(day, asking.names.lang)
        mark = day in corrected
        last = found[-1] if found else None
        if last and (last.last + timedelta(days=1), last.name, last.works, last.corrected) == (day, name, works, mark):
            found[-1] = Stretch(last.first, day, name, works, mark)
        else:
            found.append(Stretch(day, day, name, works, mark))
    return found


def _special(calendar: WorkCalendar, year: int) -> Iterator[tuple[date, bool]]:
    days: Sequence[date] = sorted(day for day in (*calendar.holidays, *calendar.makeup_workdays) if day.year == year)
    for day in days:
        yield day, day in calendar.makeup_workdays
