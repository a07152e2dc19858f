"""The one place where a case's row and its ledger are written.

Locking: optimistic. A case is read without a lock; its UPDATE names the version that was read, and the ledger's key
(stream, seq) refuses a second entry in the same place. Whoever loses the race changes nothing and gets
:class:`CaseMoved`. Rows are written in one order, parent before part, then by id, so that two acts never wait for
each other in a circle.
"""

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection, transaction

from linli.cases import rows
from linli.core.actor import Actor
from linli.core.case.events import ActionTaken, DeadlinesRecalculated, Event, Opened, PlaceMoved
from linli.core.case.state import CaseState
from linli.core.proofs import GENESIS
from linli.ledger import actions as ledger
from linli.ledger.actions import Fact, Sealed
from linli.ledger.pieces import Piece, write
from linli.vault import actions as vault
from linli.vault.sealing import SealedItem

STREAM = "case"
EVENT_VERSION = 1


class CaseMoved(Exception):
    """Somebody acted on the case in the meantime; load it again and decide again."""

    def __init__(self, case: str) -> None:
        super().__init__(case)
        self.case = case


@dataclass(frozen=True, slots=True)
class Step:
    """One event on one case: the state and hash before (None for a new case), and the state after."""

    event: Event
    after: CaseState
    before: CaseState | None = None
    previous: bytes = GENESIS
    items: tuple[SealedItem, ...] = ()
    title_item: str | None = None
    sealed: list[Sealed] = field(default_factory=list)


def event_type(event: Event) -> str:
    """The ledger's type: ``case.opened``, ``case.<action>``, ``case.deadlines_recalculated``, ``case.place_moved``."""
    if isinstance(event, Opened):
        return "case.opened"
    if isinstance(event, DeadlinesRecalculated):
        return "case.deadlines_recalculated"
    if isinstance(event, PlaceMoved):
        return "case.place_moved"
    return f"case.{event.action}"


def acting_post(actor: Actor, event: Event) -> str:
    """The post in whose name the person acted: the one whose unit fits the role, as the ledger keeps it."""
    if not actor.posts:
        return ""
    return next((post.post for post in actor.posts if _fits(post.unit, event)), actor.posts[0].post)


def entry_for(step: Step, actor: Actor, *, now: datetime, policy: str) -> Sealed:
    """The ledger entry of a step, chained to the stream's last hash."""
    return ledger.seal(
        Fact(
            district=step.after.district,
            kind=STREAM,
            stream=step.after.id,
            seq=step.after.version,
            type=event_type(step.event),
            payload=step.event,
            actor=actor.id,
            post=acting_post(actor, step.event),
            policy=policy,
            at=now,
            version=EVENT_VERSION,
            previous=step.previous,
        )
    )


def save(steps: Sequence[Step], actor: Actor, *, now: datetime, policy: str, also: Sequence[Piece] = ()) -> None:
    """Writes rows, entries and vault items of one act, all or nothing; ``also`` is written with the first case.

    A case, its items and its entry are one statement, and an act on one case needs no transaction around it.

    Raises:
        CaseMoved: a case is no longer at the version it was decided on.
    """
    ordered = sorted(steps, key=lambda s: (s.after.parent is not None, s.after.id))
    one_statement = len(ordered) == 1 and not connection.in_atomic_block
    with nullcontext() if one_statement else transaction.atomic():
        for number, step in enumerate(ordered):
            _save_one(step, entry_for(step, actor, now=now, policy=policy), () if number else also, now)


def _save_one(step: Step, entry: Sealed, also: Sequence[Piece], now: datetime) -> None:
    """Writes one case. Its entry takes its number from the row that was changed: no row, no entry, nothing at all."""
    items = vault.pieces(step.items, district=step.after.district, case=step.after.id, now=now)
    row = _inserted(step, entry.hash) if step.before is None else _updated(step, step.before, entry.hash)
    entered = ledger.pieces([entry], seq="(SELECT version FROM moved)")
    try:
        with ledger.refusing(entry):
            write([row, *items, *also, *entered])
    except ledger.StreamMoved as moved:
        raise CaseMoved(step.after.id) from moved


def _fits(unit: str, event: Event) -> bool:
    if isinstance(event, ActionTaken):
        return event.owner == unit
    return isinstance(event, Opened) and event.state.owner == unit


_COLUMN_LIST = ",".join((*rows.COLUMNS, "hash", "title_item"))
_INSERT = (
    f"INSERT INTO cases_case ({_COLUMN_LIST}) VALUES ({','.join(['%s'] * (len(rows.COLUMNS) + 2))}) RETURNING version"
)
_UPDATE = (
    f"UPDATE cases_case SET ({','.join(rows.CHANGING)},hash) = ({','.join(['%s'] * (len(rows.CHANGING) + 1))}) "
    "WHERE district_id = %s AND id = %s AND version = %s RETURNING version"
)


def _inserted(step: Step, entry_hash: bytes) -> Piece:
    values = rows.columns(step.after)
    return Piece("moved", _INSERT, [*(values[c] for c in rows.COLUMNS), entry_hash, step.title_item])


def _updated(step: Step, before: CaseState, entry_hash: bytes) -> Piece:
    values = rows.columns(step.after)
    given = [*(values[c] for c in rows.CHANGING), entry_hash, before.district, before.id, before.version]
    return Piece("moved", _UPDATE, given)
