"""Supervision orders: those asked of one's units and issued by them, a new one, and one with its answer."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
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

from linli.cases import cursors
from linli.cases import queries as cases
from linli.core.access import unit_may_read
from linli.core.case.state import CaseState
from linli.core.errors import Refusal
from linli.core.supervising import Ground, OrderAct, answer_limit, is_overdue, order_acts, usual_day
from linli.site.desk import supervising
from linli.site.desk.asking import Asking, desk_page
from linli.site.desk.supervising import (
    ORDER_STATES,
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
from linli.supervision.forms import ActForm, AnswerForm, OrderForm, SendBackForm, WithdrawForm
from linli.supervision.queries import OrderEntry, OrderInfo
from linli.vault import queries as vault

SIDES = ("asked", "issued")
STATES = ("open", "overdue", "ended")
ENTRIES: dict[str, Promise] = {
    "issued": gettext_lazy("Issued"),
    "answered": gettext_lazy("Answered"),
    "accepted": gettext_lazy("Accepted"),
    "sent_back": gettext_lazy("Sent back"),
    "withdrawn": gettext_lazy("Withdrawn"),
}
TITLES: dict[OrderAct, Promise] = {
    OrderAct.ANSWER: gettext_lazy("Answer"),
    OrderAct.ACCEPT: gettext_lazy("Accept the answer"),
    OrderAct.SEND_BACK: gettext_lazy("Send it back"),
    OrderAct.WITHDRAW: gettext_lazy("Withdraw the order"),
}
ACT_FORMS: dict[OrderAct, type[ActForm]] = {
    OrderAct.ANSWER: AnswerForm,
    OrderAct.ACCEPT: ActForm,
    OrderAct.SEND_BACK: SendBackForm,
    OrderAct.WITHDRAW: WithdrawForm,
}
DONE: dict[OrderAct, Promise] = {
    OrderAct.ANSWER: gettext_lazy("Your answer is with the unit that asked."),
    OrderAct.ACCEPT: gettext_lazy("The answer is accepted; the order is closed."),
    OrderAct.SEND_BACK: gettext_lazy("The order is sent back with its new date."),
    OrderAct.WITHDRAW: gettext_lazy("The order is withdrawn."),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """An order in words; ``case`` is the id of its case, ``number`` that case's number."""

    id: str
    issuer: str
    unit: str
    ground: str
    state: str
    open: bool
    overdue: bool
    late: bool
    due: datetime
    issued_at: datetime
    case: str
    number: str


@dataclass(frozen=True, slots=True)
class Happened:
    """One entry of an order's history in words."""

    title: str
    at: datetime
    post: str
    words: str
    erased: bool
    due: datetime | None
    late: bool


@require_GET
@desk_page
def index(request: HttpRequest, asking: Asking) -> HttpResponse:
    """Orders asked of the person's units, or issued by them, a page at a time."""
    may_order = bool(supervising.issuers(asking))
    side = one_of(request.GET.get("side"), SIDES, "issued" if may_order else "asked")
    which = one_of(request.GET.get("which"), STATES, "open")
    try:
        after = cursors.decode(request.GET.get("after"))
    except Refusal:
        return redirect("desk-orders")
    found = supervision.orders(asking.actor, asking.district, side=side, which=which, now=asking.now, after=after)
    shown = {
        "side": side,
        "which": which,
        "orders": in_words(asking, found.orders),
        "after": cursors.encode(found.after),
        "later": after is not None,
    }
    return render(request, "desk/orders.html", framed(asking, "orders") | shown)


@require_http_methods(["GET", "POST"])
@desk_page
def new(request: HttpRequest, asking: Asking) -> HttpResponse:
    """Issues an order: about the case in the address, or about none."""
    issuers = supervising.issuers(asking)
    named = request.GET.get("case", "")
    case = supervising.case_of(asking, named) if named else None
    if not issuers or (named and case is None):
        raise Http404
    form = _new_form(request, asking, case, issuers)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            order = actions.issue_order(
                writing(asking), str(given["key"]), issuer=given["issuer"], unit=given["unit"],
                ground=Ground(given["ground"]), words=given["words"], due_on=given["due_on"],
                case=case.id if case else None,
            )  # fmt: skip
        except Refusal as refusal:
            form.add_error(None, refused(asking, refusal))
        else:
            messages.success(request, _("The order is issued. The unit finds it in its list and on its desk."))
            return redirect("desk-order", order)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if request.method == "POST" else HTTPStatus.OK
    number = case.number if case else ""
    shown = {"form": form, "case": case.id if case else "", "number": number, "state": case}
    return render(request, "desk/order_new.html", framed(asking, "orders") | shown, status=status)


@require_http_methods(["GET", "POST"])
@desk_page
def order(request: HttpRequest, asking: Asking, order: UUID) -> HttpResponse:
    """An order with all that was asked and answered, and what the person may do with it now."""
    found = supervision.order(asking.actor, asking.district, str(order))
    if found is None:
        raise Http404
    sent: Sent | None = None
    if request.method == "POST":
        sent = _sent(request, asking, found)
        if sent.refusal is None:
            messages.success(request, str(DONE[OrderAct(sent.act)]))
            return redirect("desk-order", found.id)
        found = supervision.order(asking.actor, asking.district, str(order)) or found
    acts = order_acts(found.rules, asking.actor, asking.policy)
    shown = {
        "order": in_words(asking, [found])[0],
        "told": _told(asking, found),
        "offers": [_offer(asking, found, act, sent) for act in acts],
        "lost": sent.form if sent and sent.act not in acts else None,
    }
    status = sent.status if sent else HTTPStatus.OK
    return render(request, "desk/order.html", framed(asking, "orders") | shown, status=status)


def in_words(asking: Asking, found: Iterable[OrderInfo], *, of: CaseState | None = None) -> list[Shown]:
    """Orders in words, with the numbers of their cases in one read; ``of`` is the case that all are about."""
    found = list(found)
    numbers = {of.id: of.number} if of else _numbers(asking, found)
    return [
        Shown(
            id=one.id,
            issuer=asking.names.unit(one.issuer),
            unit=asking.names.unit(one.unit),
            ground=ground_words(one.ground),
            state=str(ORDER_STATES[one.state]),
            open=one.state.is_open,
            overdue=is_overdue(one.rules, asking.now),
            late=one.late,
            due=one.due,
            issued_at=one.issued_at,
            case=one.case or "",
            number=numbers.get(one.case or "", ""),
        )
        for one in found
    ]


def _numbers(asking: Asking, found: Iterable[OrderInfo]) -> dict[str, str]:
    wanted = sorted({one.case for one in found if one.case})
    return {line.id: line.number for line in cases.lines(asking.actor, asking.district, wanted)}


def _sent(request: HttpRequest, asking: Asking, found: OrderInfo) -> Sent:
    try:
        act = OrderAct(request.POST.get("do", ""))
    except ValueError as unknown:
        raise Http404 from unknown
    form = _act_form(asking, found, act, request.POST)
    return tried(asking, act.value, form, lambda given: _take(asking, found, act, given))


def _take(asking: Asking, found: OrderInfo, act: OrderAct, given: dict[str, Any]) -> None:
    by, version = writing(asking), given["expected"]
    if act is OrderAct.ANSWER:
        actions.answer_order(by, found.id, version=version, words=given["words"])
    elif act is OrderAct.ACCEPT:
        actions.accept_order(by, found.id, version=version)
    elif act is OrderAct.SEND_BACK:
        actions.send_back_order(by, found.id, version=version, words=given["words"], due_on=given["due_on"])
    else:
        actions.withdraw_order(by, found.id, version=version, words=given["words"])


def _act_form(asking: Asking, found: OrderInfo, act: OrderAct, data: Any = None) -> ActForm:
    usual = usual_day(asking.now, answer_limit(asking.policy), asking.policy.calendar)
    return ACT_FORMS[act](act.value, found.version, today=today(asking), usual=usual, data=data)


def _offer(asking: Asking, found: OrderInfo, act: OrderAct, sent: Sent | None) -> Offer:
    fresh = _act_form(asking, found, act)
    return offered(act.value, str(TITLES[act]), fresh, sent, main=act is not OrderAct.WITHDRAW)


def _new_form(
    request: HttpRequest, asking: Asking, case: CaseState | None, issuers: Sequence[tuple[str, str]]
) -> OrderForm:
    usual = usual_day(asking.now, answer_limit(asking.policy), asking.policy.calendar)
    asked = _units_for(asking, case)
    near = case.owner if case and case.owner in asked else ""
    initial = {"key": uuid7(), "issuer": issuers[0][0], "unit": near, "due_on": usual}
    ground = request.GET.get("ground", "")
    if ground in {known.value for known in Ground}:
        initial["ground"] = ground
    return OrderForm(
        issuers, supervising.grouped_units(asking, asked), supervising.grounds(), today(asking), initial=initial,
        data=request.POST if request.method == "POST" else None,
    )  # fmt: skip


def _units_for(asking: Asking, case: CaseState | None) -> list[str]:
    """Units that can be asked: about a case only those that read it, so never one that it complains about."""
    units = asking.policy.territory.units
    found = supervising.asked_units(asking)
    return [unit for unit in found if case is None or unit_may_read(units[unit], case)]


def _told(asking: Asking, found: OrderInfo) -> list[Happened]:
    entries = supervision.order_history(asking.district, found.id)
    texts = vault.masked(asking.district, [entry.item for entry in entries if entry.item])
    return [_happened(asking, entry, texts.get(entry.item)) for entry in reversed(entries)]


def _happened(asking: Asking, entry: OrderEntry, text: str | None) -> Happened:
    return Happened(
        title=str(ENTRIES[entry.what]),
        at=entry.at,
        post=asking.names.post(entry.post),
        words=text or "",
        erased=bool(entry.item) and text is None,
        due=entry.due,
        late=entry.late,
    )
