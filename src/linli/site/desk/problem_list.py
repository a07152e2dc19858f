"""The problem list: problems that one's units own or supervise, a new one, and one with its cases."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods
from uuid_utils.compat import uuid7

from linli.core.access import unit_may_read
from linli.core.calendar import Limit
from linli.core.case.state import CaseState
from linli.core.errors import Refusal
from linli.core.supervising import Ground, ProblemAct, ProblemState, problem_acts, usual_day
from linli.site.desk import listing, supervising
from linli.site.desk.asking import Asking, desk_page
from linli.site.desk.supervising import (
    PROBLEM_STATES,
    Offer,
    Sent,
    framed,
    ground_words,
    offered,
    one_of,
    refused,
    today,
    tried,
    writing,
)
from linli.supervision import actions
from linli.supervision import queries as supervision
from linli.supervision.forms import ActForm, DoneForm, ProblemForm, SendBackForm
from linli.supervision.queries import ProblemInfo

STATES = ("open", "overdue", "ended")
USUAL = Limit.parse("30d")
"""What the form proposes as the day by which a problem is solved."""
ENTRIES: dict[str, Promise] = {
    "raised": gettext_lazy("Put on the list"),
    "case_named": gettext_lazy("A case was named"),
    "begun": gettext_lazy("Begun"),
    "reported_done": gettext_lazy("Reported done"),
    "sent_back": gettext_lazy("Sent back"),
    "checked": gettext_lazy("Checked"),
}
TITLES: dict[ProblemAct, Promise] = {
    ProblemAct.BEGIN: gettext_lazy("Begin"),
    ProblemAct.REPORT_DONE: gettext_lazy("Report it done"),
    ProblemAct.SEND_BACK: gettext_lazy("Send it back"),
    ProblemAct.CHECK: gettext_lazy("Check it off"),
}
ACT_FORMS: dict[ProblemAct, type[ActForm]] = {
    ProblemAct.BEGIN: ActForm,
    ProblemAct.REPORT_DONE: DoneForm,
    ProblemAct.SEND_BACK: SendBackForm,
    ProblemAct.CHECK: ActForm,
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A problem in words."""

    id: str
    title: str
    words: str
    owner: str
    supervisor: str
    ground: str
    state: str
    open: bool
    overdue: bool
    due_on: date
    raised_at: datetime
    outcome: str
    remark: str


@require_GET
@desk_page
def index(request: HttpRequest, asking: Asking) -> HttpResponse:
    """Problems that the person's units own or supervise."""
    which = one_of(request.GET.get("which"), STATES, "open")
    found = supervision.problems(asking.actor, asking.district, which=which, today=today(asking))
    shown = {"which": which, "problems": in_words(asking, found)}
    return render(request, "desk/problems.html", framed(asking, "problems") | shown)


@require_http_methods(["GET", "POST"])
@desk_page
def new(request: HttpRequest, asking: Asking) -> HttpResponse:
    """Puts a problem on the list, or names the case in the address with one that stands there."""
    supervisors = supervising.issuers(asking)
    named = request.GET.get("case", "")
    case = supervising.case_of(asking, named) if named else None
    if not supervisors or (named and case is None):
        raise Http404
    if request.method == "POST" and case is not None and "problem" in request.POST:
        return _added(request, asking, case)
    form = _form(request, asking, case)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            problem = actions.raise_problem(
                writing(asking), str(given["key"]), supervisor=given["supervisor"], owner=given["owner"],
                ground=Ground(given["ground"]), title=given["title"], words=given["words"], due_on=given["due_on"],
                case=case.id if case else None,
            )  # fmt: skip
        except Refusal as refusal:
            form.add_error(None, refused(asking, refusal))
        else:
            messages.success(request, _("The problem is on the list."))
            return redirect("desk-problem", problem)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if request.method == "POST" else HTTPStatus.OK
    shown = {
        "form": form,
        "case": case.id if case else "",
        "number": case.number if case else "",
        "known": in_words(asking, _known(asking)) if case else [],
    }
    return render(request, "desk/problem_new.html", framed(asking, "problems") | shown, status=status)


@require_http_methods(["GET", "POST"])
@desk_page
def problem(request: HttpRequest, asking: Asking, problem: UUID) -> HttpResponse:
    """A problem with its cases, what happened with it, and what the person may do now."""
    found = supervision.problem(asking.actor, asking.district, str(problem))
    if found is None:
        raise Http404
    sent: Sent | None = None
    if request.method == "POST":
        sent = _sent(request, asking, found)
        if sent.refusal is None:
            messages.success(request, _("Done: the problem is now %(state)s.") % {"state": _state(asking, found.id)})
            return redirect("desk-problem", found.id)
        found = supervision.problem(asking.actor, asking.district, str(problem)) or found
    acts = problem_acts(found.rules, asking.actor, asking.policy)
    named = supervision.cases_of_problem(asking.district, found.id)
    rows = listing.known_rows(asking, named)
    told = supervision.problem_history(asking.district, found.id)
    shown = {
        "problem": in_words(asking, [found])[0],
        "rows": [rows[case] for case in named if case in rows],
        "told": [(str(ENTRIES[e.what]), e.at, asking.names.post(e.post)) for e in reversed(told)],
        "offers": [_offer(asking, found, act, sent) for act in acts],
        "lost": sent.form if sent and sent.act not in acts else None,
    }
    status = sent.status if sent else HTTPStatus.OK
    return render(request, "desk/problem.html", framed(asking, "problems") | shown, status=status)


def in_words(asking: Asking, found: Iterable[ProblemInfo]) -> list[Shown]:
    """Problems in words."""
    day = today(asking)
    owed = (ProblemState.OPEN, ProblemState.DOING)
    return [
        Shown(
            id=one.id,
            title=one.title,
            words=one.words,
            owner=asking.names.unit(one.owner),
            supervisor=asking.names.unit(one.supervisor),
            ground=ground_words(one.ground),
            state=str(PROBLEM_STATES[one.state]),
            open=one.ended_at is None,
            overdue=one.state in owed and one.due_on < day,
            due_on=one.due_on,
            raised_at=one.raised_at,
            outcome=one.outcome,
            remark=one.remark,
        )
        for one in found
    ]


def _known(asking: Asking) -> list[ProblemInfo]:
    """Open problems that the person supervises, to which a case can be added."""
    found = supervision.problems(asking.actor, asking.district, which="open", today=today(asking))
    mine = {unit for unit, _name in supervising.issuers(asking)}
    return [one for one in found if one.supervisor in mine]


def _added(request: HttpRequest, asking: Asking, case: CaseState) -> HttpResponse:
    known = {one.id for one in _known(asking)}
    problem = one_of(request.POST["problem"], sorted(known), "")
    if not problem:
        raise Http404
    try:
        actions.add_case_to_problem(writing(asking), problem, case.id)
    except Refusal as refusal:
        messages.error(request, refused(asking, refusal))
    else:
        messages.success(request, _("The case is named with the problem."))
    return redirect("desk-problem", problem)


def _form(request: HttpRequest, asking: Asking, case: CaseState | None) -> ProblemForm:
    units = asking.policy.territory.units
    owners = [u for u in supervising.asked_units(asking) if case is None or unit_may_read(units[u], case)]
    supervisors = supervising.issuers(asking)
    initial: dict[str, Any] = {
        "key": uuid7(),
        "supervisor": supervisors[0][0],
        "owner": case.owner if case and case.owner in owners else "",
        "ground": one_of(request.GET.get("ground"), [ground.value for ground in Ground], ""),
        "due_on": usual_day(asking.now, USUAL, asking.policy.calendar),
    }
    return ProblemForm(
        supervisors, supervising.grouped_units(asking, owners), supervising.grounds(), today(asking), initial=initial,
        data=request.POST if request.method == "POST" else None,
    )  # fmt: skip


def _state(asking: Asking, problem: str) -> str:
    found = supervision.problem(asking.actor, asking.district, problem)
    return str(PROBLEM_STATES[found.state]) if found else ""


def _sent(request: HttpRequest, asking: Asking, found: ProblemInfo) -> Sent:
    try:
        act = ProblemAct(request.POST.get("do", ""))
    except ValueError as unknown:
        raise Http404 from unknown

    def take(given: dict[str, Any]) -> None:
        actions.act_on_problem(
            writing(asking), found.id, act, version=given["expected"], words=given.get("words", ""),
            due_on=given.get("due_on"),
        )  # fmt: skip

    return tried(asking, act.value, _act_form(asking, found, act, request.POST), take)


def _act_form(asking: Asking, found: ProblemInfo, act: ProblemAct, data: Any = None) -> ActForm:
    usual = usual_day(asking.now, Limit.parse("5wd"), asking.policy.calendar)
    return ACT_FORMS[act](act.value, found.version, today=today(asking), usual=usual, data=data)


def _offer(asking: Asking, found: ProblemInfo, act: ProblemAct, sent: Sent | None) -> Offer:
    return offered(act.value, str(TITLES[act]), _act_form(asking, found, act), sent, main=True)
