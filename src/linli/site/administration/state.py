"""Whether everything that works by itself keeps up, and what it failed at: for those who run the system."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from linli.cases import actions as cases_actions
from linli.cases import queries as cases
from linli.ledger import queries as ledger
from linli.notices import actions as notices_actions
from linli.notices import queries as notices
from linli.site.administration.guarding import administration_page
from linli.site.administration.sections import at
from linli.site.desk.asking import Asking
from linli.site.desk.notices import logged

SLACK = timedelta(minutes=2)
"""So late may each of them be: the clock looks every few seconds, the relay every quarter of one."""


@dataclass(frozen=True, slots=True)
class Pace:
    """One thing that works by itself: since when its oldest work waits (None: nothing waits)."""

    title: str
    about: str
    since: datetime | None
    late: bool


@dataclass(frozen=True, slots=True)
class Stuck:
    """A case whose act of the clock failed. Its number says nothing of what it is about (rights R6)."""

    id: str
    number: str
    what: str
    attempts: int
    first_at: datetime
    retry_at: datetime


@require_http_methods(["GET", "POST"])
@administration_page
def index(request: HttpRequest, asking: Asking) -> HttpResponse:
    """How far behind clock, relay and messages are, and their faults; a POST has one of them tried again."""
    if request.method == "POST":
        _again(request, asking)
        return redirect("desk-state")
    untold = ledger.untold(asking.district)
    clock = cases.due_since(asking.district, asking.now)
    waits = notices.oldest_waiting(asking.district, asking.now)
    shown = {
        "paces": [
            _pace(asking, _("Clock"), _("reminders, expediting, ends of pauses"), clock),
            _pace(asking, _("Relay"), _("search, notices and live pages"), untold.since),
            _pace(asking, _("Messages outside the desk"), _("e-mails, text messages, messenger"), waits),
        ],
        "stuck": _stuck(asking),
        "untold": untold.faults,
        "failed": [(one.id, one.attempts, logged(one)) for one in notices.failed_sendings(asking.district)],
    }  # fmt: skip
    return render(request, "administration/state.html", at("desk-state", asking) | shown)


def _again(request: HttpRequest, asking: Asking) -> None:
    """Has a case or a message tried again.

    Raises:
        Http404: what was sent names neither.
    """
    tries = {"case": cases_actions.try_again, "message": notices_actions.send_again}
    kind = next((name for name in tries if request.POST.get(name)), "")
    try:
        named = str(UUID(request.POST.get(kind, "")))
    except ValueError as wrong:
        raise Http404 from wrong
    if tries[kind](asking.district, named, now=asking.now):
        messages.success(request, _("It is tried again within seconds."))
    else:
        messages.info(request, _("That was settled meanwhile."))


def _pace(asking: Asking, title: str, about: str, since: datetime | None) -> Pace:
    return Pace(title, about, since, since is not None and asking.now - since > SLACK)


def _stuck(asking: Asking) -> list[Stuck]:
    faults = cases.faults(asking.district)
    numbers = cases.numbers(asking.district, [str(fault.case_id) for fault in faults])
    return [
        Stuck(
            str(fault.case_id), numbers.get(str(fault.case_id), ""), fault.what, fault.attempts, fault.first_at,
            fault.retry_at,
        )
        for fault in faults
    ]  # fmt: skip
