"""Writes of supervision orders: issued, answered, accepted or sent back, withdrawn. Each is an entry of the ledger.

The words of both sides are vault items of the case, so that they go when the case's words go; those of an order about
no case are items of the order. The ledger keeps which item it was and its digest.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from linli.core.errors import Refusal
from linli.core.supervising import (
    Ground,
    OrderAct,
    OrderState,
    after_order_act,
    end_of,
    post_of,
    stands_over,
    supervising_units,
)
from linli.core.territory import Function
from linli.ledger import actions as ledger
from linli.ledger.actions import StreamMoved
from linli.ledger.pieces import write
from linli.supervision.actions.writing import Writing, require_readable, require_words
from linli.supervision.models import Order
from linli.supervision.queries.orders import STREAM, as_order, visible_orders
from linli.vault import actions as vault

MOST_WORDS = 4000


def issue_order(
    by: Writing, key: str, *, issuer: str, unit: str, ground: Ground, words: str, due_on: date, case: str | None = None
) -> str:
    """Asks a unit to answer; gives the order's id, which is ``key``. Sent twice with one key, it is one order.

    The case stays as it is: only the rules of cases change it. Lock: none, the order is new.

    Raises:
        Refusal: ``order_not_yours`` for whoever does not supervise in ``issuer``; ``order_unit_not_below``;
            ``case_unknown``; ``order_unit_recused`` for a unit that may not read the case; ``order_day_over``;
            ``order_words_missing``; ``order_open`` while the same is being asked already.
    """
    known = Order.objects.filter(district_id=by.district, id=UUID(key)).first()
    if known is not None and known.issuer == issuer and issuer in supervising_units(by.actor, by.policy):
        return key
    due = _checked(by, issuer, unit, words, due_on)
    if case is not None:
        require_readable(by, unit, case)
    try:
        with transaction.atomic():
            row = Order.objects.create(
                id=UUID(key), district_id=by.district, issuer=issuer, unit_id=unit, ground=ground.value,
                case_id=UUID(case) if case else None, state=OrderState.ISSUED.value, version=1, due=due,
                issued_at=by.now, issued_post=post_of(by.actor, issuer, Function.SUPERVISE),
            )  # fmt: skip
            facts = {"issuer": issuer, "unit": unit, "case": case, "ground": ground.value, "due": due.isoformat()}
            _record(by, row, "order.issued", facts, words, row.issued_post)
    except IntegrityError as clash:
        raise Refusal("order_open") from clash
    return key


def answer_order(by: Writing, order: str, *, version: int, words: str) -> None:
    """The asked unit's answer; one that comes after its date stays marked. Lock: the version that was seen.

    Raises:
        Refusal: ``order_unknown``, ``order_not_yours``, ``order_moved``, ``order_words_missing``.
    """
    row = _found(by, order)
    late = row.late or by.now >= row.due
    _moved(by, row, OrderAct.ANSWER, version, words, answered_at=by.now, answered_by=by.actor.id, late=late)


def accept_order(by: Writing, order: str, *, version: int) -> None:
    """The issuing unit is content, which ends the order. Lock: the version that was seen.

    Raises:
        Refusal: ``order_unknown``, ``order_not_yours``, ``order_moved``, ``order_your_own``.
    """
    _moved(by, _found(by, order), OrderAct.ACCEPT, version, None, ended_at=by.now)


def send_back_order(by: Writing, order: str, *, version: int, words: str, due_on: date) -> None:
    """The answer is not enough: the unit answers again until a new day. Lock: the version that was seen.

    Raises:
        Refusal: as :func:`accept_order`, and ``order_day_over``, ``order_words_missing``.
    """
    row = _found(by, order)
    _moved(by, row, OrderAct.SEND_BACK, version, words, due=_end_of(by, due_on))


def withdraw_order(by: Writing, order: str, *, version: int, words: str) -> None:
    """The issuing unit takes the order back, with its reason. Lock: the version that was seen.

    Raises:
        Refusal: ``order_unknown``, ``order_not_yours``, ``order_moved``, ``order_words_missing``.
    """
    _moved(by, _found(by, order), OrderAct.WITHDRAW, version, words, ended_at=by.now)


def _checked(by: Writing, issuer: str, unit: str, words: str, due_on: date) -> datetime:
    """When the order is due, once everything that needs no case is in order."""
    if issuer not in supervising_units(by.actor, by.policy):
        raise Refusal("order_not_yours")
    if not stands_over(issuer, unit, by.policy):
        raise Refusal("order_unit_not_below")
    require_words(words)
    return _end_of(by, due_on)


def _end_of(by: Writing, due_on: date) -> datetime:
    due = end_of(due_on, by.policy.calendar)
    if due <= by.now:
        raise Refusal("order_day_over")
    return due


def _found(by: Writing, order: str) -> Order:
    row = visible_orders(by.actor, by.district).filter(id=UUID(order)).first()
    if row is None:
        raise Refusal("order_unknown")
    return row


@transaction.atomic
def _moved(by: Writing, row: Order, act: OrderAct, version: int, words: str | None, **changes: Any) -> None:
    after = after_order_act(as_order(row), act, by.actor, by.policy)
    if words is not None:
        require_words(words)
    seen = Order.objects.filter(district_id=by.district, id=row.id, version=version)
    if not seen.update(state=after.value, version=version + 1, **changes):
        raise Refusal("order_moved")
    facts = {name: changes[name].isoformat() for name in ("due",) if name in changes}
    if act is OrderAct.ANSWER:
        facts["late"] = bool(by.now >= row.due)
        post = post_of(by.actor, row.unit_id)
    else:
        post = post_of(by.actor, row.issuer, Function.SUPERVISE)
    _record(by, row, f"order.{ENTRIES[act]}", facts, words, post)


ENTRIES = {
    OrderAct.ANSWER: "answered",
    OrderAct.ACCEPT: "accepted",
    OrderAct.SEND_BACK: "sent_back",
    OrderAct.WITHDRAW: "withdrawn",
}


def _record(by: Writing, row: Order, type_: str, facts: dict[str, Any], words: str | None, post: str) -> None:
    if words is not None:
        item = vault.seal_text("order_words", words.strip()[:MOST_WORDS])
        write(vault.pieces([item], district=by.district, case=str(row.case_id or row.id), now=by.now))
        facts = facts | {"item": item.id, "sha256": item.digest}
    try:
        ledger.append_to(
            by.district, STREAM, str(row.id), type_, facts, actor=by.actor.id, post=post, policy=by.policy.version,
            at=by.now,
        )  # fmt: skip
    except StreamMoved as moved:
        raise Refusal("order_moved") from moved
