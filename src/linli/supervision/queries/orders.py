"""Reads of supervision orders: of the units in which the actor works, and of cases that the actor may read."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from linli.cases import queries as cases
from linli.core.actor import Actor, ActorKind
from linli.core.supervising import Order as Rules
from linli.core.supervising import OrderState
from linli.ledger import queries as ledger
from linli.supervision.models import Order

STREAM = "order"
OPEN, OVERDUE, ENDED = "open", "overdue", "ended"
ASKED, ISSUED = "asked", "issued"
WAITING = [state.value for state in OrderState if state.waits_for_answer]


@dataclass(frozen=True, slots=True)
class OrderInfo:
    """An order as pages show it."""

    id: str
    issuer: str
    unit: str
    case: str | None
    ground: str
    state: OrderState
    version: int
    due: datetime
    issued_at: datetime
    answered_at: datetime | None
    answered_by: str
    late: bool
    ended_at: datetime | None

    @property
    def rules(self) -> Rules:
        """What the rules need to know of it."""
        return Rules(self.issuer, self.unit, self.state, self.due, self.answered_by)


@dataclass(frozen=True, slots=True)
class OrderEntry:
    """One entry of an order's history. ``item`` is the vault item of its words, empty where there were none."""

    what: str
    at: datetime
    post: str
    item: str
    due: datetime | None
    late: bool


@dataclass(frozen=True, slots=True)
class OrderPage:
    """Orders in their order; ``after`` is the cursor of the next page, None at the end."""

    orders: tuple[OrderInfo, ...]
    after: tuple[datetime, str] | None


def as_order(row: Order) -> Rules:
    """What the rules need to know of a row."""
    return Rules(row.issuer, row.unit_id, OrderState(row.state), row.due, row.answered_by)


def visible_orders(actor: Actor, district: str) -> QuerySet[Order]:
    """Orders that the actor may read: about a case only with the case, about none as one of the two units.

    Who may no longer read the case (it turned out to be about their unit, or sensitive) reads no order about it.
    """
    orders = Order.objects.filter(district_id=district)
    if actor.kind is not ActorKind.PERSON:
        return orders.none()
    works = sorted(actor.working_units)
    sides = Q(case_id__isnull=True) & (Q(unit_id__in=works) | Q(issuer__in=works))
    case = cases.visible_to(actor, district).filter(id=OuterRef("case_id"))
    return orders.filter(sides | Q(case_id__isnull=False) & Exists(case))


def orders(
    actor: Actor,
    district: str,
    *,
    side: str,
    which: str,
    now: datetime,
    after: tuple[datetime, str] | None = None,
    size: int = 50,
) -> OrderPage:
    """Orders asked of the actor's units, or issued by them: open or overdue due first, ended ones newest first.

    ``side`` is :data:`ASKED` or :data:`ISSUED`; ``which`` is :data:`OPEN`, :data:`OVERDUE` or :data:`ENDED`.
    """
    works = sorted(actor.working_units)
    mine = {"unit_id__in": works} if side == ASKED else {"issuer__in": works}
    found = visible_orders(actor, district).filter(**mine)
    if which == ENDED:
        found = found.filter(ended_at__isnull=False).order_by("-ended_at", "-id")
        if after:
            found = found.filter(Q(ended_at__lt=after[0]) | Q(ended_at=after[0], id__lt=after[1]))
    else:
        found = found.filter(ended_at__isnull=True).order_by("due", "id")
        if which == OVERDUE:
            found = found.filter(state__in=WAITING, due__lte=now)
        if after:
            found = found.filter(Q(due__gt=after[0]) | Q(due=after[0], id__gt=after[1]))
    rows = [_info(row) for row in found[: size + 1]]
    last = rows[size - 1] if len(rows) > size else None
    at = last and (last.ended_at if which == ENDED else last.due)
    return OrderPage(tuple(rows[:size]), (at, last.id) if last and at else None)


def waiting_orders(actor: Actor, district: str) -> int:
    """How many orders wait for an answer of the actor's units."""
    works = sorted(actor.working_units)
    found = visible_orders(actor, district).filter(unit_id__in=works, ended_at__isnull=True, state__in=WAITING)
    return found.count()


def order(actor: Actor, district: str, order_id: str) -> OrderInfo | None:
    """One order, or None when it is missing or hidden from the actor."""
    row = visible_orders(actor, district).filter(id=order_id).first()
    return _info(row) if row else None


def orders_of_case(district: str, case: str, size: int = 20) -> list[OrderInfo]:
    """Orders about a case that the caller has found readable, the newest first."""
    rows = Order.objects.filter(district_id=district, case_id=case).order_by("-issued_at", "-id")
    return [_info(row) for row in rows[:size]]


def order_history(district: str, order_id: str) -> list[OrderEntry]:
    """What happened with an order that the caller has found visible, oldest first."""
    return [_entry(row.type, row.at, row.post, json.loads(row.payload)) for row in _stream(district, order_id)]


def _stream(district: str, order_id: str) -> Sequence[ledger.EntryRow]:
    return ledger.stream(district, STREAM, order_id)


def _entry(type_: str, at: datetime, post: str, facts: dict[str, Any]) -> OrderEntry:
    due = datetime.fromisoformat(facts["due"]) if facts.get("due") else None
    return OrderEntry(type_.partition(".")[2], at, post, facts.get("item", ""), due, bool(facts.get("late")))


def _info(row: Order) -> OrderInfo:
    return OrderInfo(
        str(row.id), row.issuer, row.unit_id, str(row.case_id) if row.case_id else None, row.ground,
        OrderState(row.state), row.version, row.due, row.issued_at, row.answered_at, row.answered_by, row.late,
        row.ended_at,
    )  # fmt: skip
