"""Duty rosters: a unit's week, with what nobody covers and who would be in two places at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from linli.accounts import queries as users
from linli.core.duty import Duty, Window, clashes, ending, gaps, read_hours, wanted
from linli.core.errors import Refusal
from linli.directory import actions
from linli.directory import queries as directory
from linli.directory.actions import DutyFacts
from linli.directory.queries import DutyInfo, KeptUnit
from linli.site.administration import keeping, saying, unit_forms
from linli.site.administration.guarding import administration_page
from linli.site.administration.people_forms import FIRST_YEAR, LAST_YEAR
from linli.site.administration.sections import at
from linli.site.desk.asking import Asking
from linli.ui.widgets import TickRows

SECTION = "desk-units"
DAYS = 7
POST, PERSON = "post:", "person:"


@dataclass(frozen=True, slots=True)
class DutyRow:
    """One duty in words; ``twice`` names the unit in which the person is on duty at the same time."""

    duty: DutyInfo
    span: str
    who: str
    deputy: str
    twice: str
    over: bool


@dataclass(frozen=True, slots=True)
class DayRow:
    """One day of the week, its name in the calendar, its duties, and when nobody is on duty though somebody should."""

    title: str
    named: str
    rests: bool
    today: bool
    duties: tuple[DutyRow, ...]
    gaps: tuple[str, ...]


class DutyForm(unit_forms.KeepForm):
    """A shift on some days of the week, for a post or a person."""

    days = forms.MultipleChoiceField(label=gettext_lazy("Days"), widget=TickRows)
    shift = forms.CharField(label=gettext_lazy("Name of the shift"), max_length=40, required=False)
    begins = forms.TimeField(label=gettext_lazy("Begins at"), widget=forms.TimeInput(attrs={"type": "time"}))
    ends = forms.TimeField(
        label=gettext_lazy("Ends at"),
        help_text=gettext_lazy("Not after the beginning: on the next day."),
        widget=forms.TimeInput(attrs={"type": "time"}),
    )
    who = forms.ChoiceField(label=gettext_lazy("Who is on duty"))
    deputy = forms.ChoiceField(label=gettext_lazy("Stands in"), required=False)

    def __init__(self, asking: Asking, unit: str, monday: date, data: Any = None) -> None:
        super().__init__(data)
        lang = asking.names.lang
        posts = directory.kept_posts(asking.district, [unit])
        held = directory.holdings_of_posts(asking.district, [post.id for post in posts])
        names = users.display_names({each.person for each in held if not each.is_over(asking.now)})
        people = sorted(((f"{PERSON}{person}", name) for person, name in names.items()), key=lambda each: each[1])
        titled = [(f"{POST}{post.id}", unit_forms.title(post, lang)) for post in posts]
        week = [monday + timedelta(days=number) for number in range(DAYS)]
        self.choices("days", [(day.isoformat(), day_name(day)) for day in week])
        self.choices("who", [("", _("Please choose")), (_("Posts"), titled), (_("People"), people)])
        self.choices("deputy", [("", _("nobody")), *people])
        for name in ("begins", "ends"):
            self.fields[name].error_messages["invalid"] = _("Write the time as 08:30.")

    def duties(self, asking: Asking) -> list[DutyFacts]:
        """One duty for each of the days."""
        given = self.cleaned_data
        begins, ends = _minutes(given["begins"]), _minutes(given["ends"])
        windows = [ending(date.fromisoformat(day), begins, ends, asking.policy.calendar) for day in given["days"]]
        who = given["who"]
        return [
            DutyFacts(
                shift=given["shift"],
                begins=start,
                ends=end,
                post=who.removeprefix(POST) if who.startswith(POST) else "",
                person=who.removeprefix(PERSON) if who.startswith(PERSON) else "",
                deputy=given["deputy"].removeprefix(PERSON),
            )
            for start, end in windows
        ]


@require_http_methods(["GET", "POST"])
@administration_page
def roster(request: HttpRequest, asking: Asking, unit: str) -> HttpResponse:
    """A unit's week; sent, it adds a shift to some of its days."""
    found = keeping.unit_or_404(asking, unit)
    monday = _monday(asking, request.GET.get("week", ""))
    form = DutyForm(asking, unit, monday, request.POST if request.method == "POST" else None)
    status = HTTPStatus.OK
    if request.method == "POST":
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.is_valid():
            try:
                added = actions.add_duties(saying.by(asking, found.area), unit, form.duties(asking))
            except Refusal as refusal:
                status = keeping.refuse(form, refusal, asking)
            else:
                messages.success(request, _("On duty: %(number)d added.") % {"number": added})
                return redirect(address(unit, monday))
    hours = read_hours(found.hours)
    shown = {
        "unit": found,
        "name": unit_forms.name(found, asking.names.lang),
        "days": _days(asking, found, monday),
        "form": form,
        "here": address(unit, monday),
        "monday": monday,
        "sunday": monday + timedelta(days=DAYS - 1),
        "before": address(unit, monday - timedelta(days=DAYS)),
        "after": address(unit, monday + timedelta(days=DAYS)),
        "readable": hours is not None,
    }
    return render(request, "administration/roster.html", at(SECTION, asking) | shown, status=status)


@require_POST
@administration_page
def copy(request: HttpRequest, asking: Asking, unit: str) -> HttpResponse:
    """Copies the week before into an empty week."""
    found = keeping.unit_or_404(asking, unit)
    monday = _monday(asking, request.POST.get("week", ""))
    begins = asking.policy.calendar.midnight(monday)
    _try(request, asking, lambda: actions.copy_week(saying.by(asking, found.area), unit, begins))
    return redirect(address(unit, monday))


@require_POST
@administration_page
def remove(request: HttpRequest, asking: Asking, unit: str, duty: UUID) -> HttpResponse:
    """Takes a duty out of the roster."""
    found = keeping.unit_or_404(asking, unit)
    monday = _monday(asking, request.POST.get("week", ""))
    _try(request, asking, lambda: actions.remove_duty(saying.by(asking, found.area), unit, str(duty)))
    return redirect(address(unit, monday))


def address(unit: str, monday: date) -> str:
    """The page of a unit's week."""
    return f"{reverse('desk-roster', args=[unit])}?week={monday.isoformat()}"


def day_name(day: date) -> str:
    """A day with its weekday: ``11-23 Mon``."""
    weekdays = (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))
    return f"{day:%m-%d} {weekdays[day.weekday()]}"


def _try(request: HttpRequest, asking: Asking, act: Any) -> None:
    try:
        act()
    except Refusal as refusal:
        messages.error(request, saying.refused(refusal, asking.names.lang))
    else:
        messages.success(request, _("The roster is changed."))


def _monday(asking: Asking, text: str) -> date:
    """The Monday of the week that holds a day; of the present week where none is named."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = asking.policy.calendar.local(asking.now).date()
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        day = asking.policy.calendar.local(asking.now).date()
    return day - timedelta(days=day.weekday())


def _days(asking: Asking, unit: KeptUnit, monday: date) -> list[DayRow]:
    calendar = asking.policy.calendar
    begins, ends = calendar.midnight(monday), calendar.midnight(monday + timedelta(days=DAYS))
    found = directory.duties(asking.district, unit.id, begins - timedelta(days=1), ends + timedelta(days=1))
    twice = _twice(asking, found, begins, ends)
    names = users.display_names({each for duty in found for each in (duty.person, duty.deputy) if each})
    hours = read_hours(unit.hours) or ()
    covered = [Duty(duty.id, duty.begins, duty.ends, duty.person) for duty in found]

    def row(duty: DutyInfo) -> DutyRow:
        who = names.get(duty.person, "") if duty.person else asking.names.post_title(duty.post)
        span = _span(asking, (duty.begins, duty.ends))
        return DutyRow(duty, span, who, names.get(duty.deputy, ""), twice.get(duty.id, ""), duty.ends <= asking.now)

    def day_row(day: date) -> DayRow:
        opens, closes = calendar.midnight(day), calendar.midnight(day + timedelta(days=1))
        return DayRow(
            title=day_name(day),
            named=calendar.day_name(day, asking.names.lang),
            rests=not calendar.is_workday(day),
            today=opens <= asking.now < closes,
            duties=tuple(row(duty) for duty in found if opens <= duty.begins < closes),
            gaps=tuple(_span(asking, gap) for gap in gaps(wanted(hours, day, calendar), covered)),
        )

    return [day_row(monday + timedelta(days=number)) for number in range(DAYS)]


def _twice(asking: Asking, found: Sequence[DutyInfo], begins: datetime, ends: datetime) -> dict[str, str]:
    """For each duty of a person who is on duty elsewhere, or here, at the same time: the other unit's name."""
    people = {duty.person for duty in found if duty.person}
    known = {duty.id: duty for duty in directory.duties_of_people(asking.district, people, begins, ends)}
    twice: dict[str, str] = {}
    for one, other in clashes(Duty(d.id, d.begins, d.ends, d.person) for d in known.values()):
        twice[one], twice[other] = asking.names.unit(known[other].unit), asking.names.unit(known[one].unit)
    return twice


def _span(asking: Asking, window: Window) -> str:
    begins, ends = (asking.policy.calendar.local(each) for each in window)
    later = _(" next day") if ends.date() > begins.date() and ends.time() != time.min else ""
    return f"{begins:%H:%M}-{'24:00' if ends.time() == time.min else f'{ends:%H:%M}'}{later}"


def _minutes(at: time) -> int:
    return at.hour * 60 + at.minute
