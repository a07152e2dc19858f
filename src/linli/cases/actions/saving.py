"""The one place where a case's row and its ledger are written.

Locking: optimistic. A case is read without a lock; its UPDATE names the version that was read, and the ledger's key
(stream, seq) refuses a second entry in the same place. Whoever loses the race changes nothing and gets
:class:`CaseMoved`. Rows are written in one order, parent before part, then by id, so that two acts never wait for
each other in a circle.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection, transaction

from linli.cases import rows
from linli.core.actor import Actor
from linli.core.case.events import ActionTaken, DeadlinesRecalculated, Event, Opened
from linli.core.case.state import CaseState
from linli.core.proofs import GENESIS
from linli.ledger import actions as ledger
from linli.ledger.actions import Fact, Sealed
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
    """The ledger's type of an event: ``case.opened``, ``case.<action>`` or ``case.deadlines_recalculated``."""
    if isinstance(event, Opened):
        return "case.opened"
    if isinstance(event, DeadlinesRecalculated):
        return "case.deadlines_recalculated"
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


def save(steps: Sequence[Step], actor: Actor, *, now: datetime, policy: str) -> None:
    """Writes rows, entries and vault items of one act, all or nothing.

    Raises:
        CaseMoved: a case is no longer at the version it was decided on.
    """
    ordered = sorted(steps, key=lambda s: (s.after.parent is not None, s.after.id))
    entries = [entry_for(step, actor, now=now, policy=policy) for step in ordered]
    with transaction.atomic():
        for step, entry in zip(ordered, entries, strict=True):
            if step.before is None:
                _insert(step, entry.hash)
            else:
                _update(step, step.before, entry.hash)
            vault.store(step.items, district=step.after.district, case=step.after.id, now=now)
        try:
            ledger.append(entries)
        except ledger.StreamMoved as moved:
            raise CaseMoved(str(moved)) from moved


def _fits(unit: str, event: Event) -> bool:
    if isinstance(event, ActionTaken):
        return event.owner == unit
    return isinstance(event, Opened) and event.state.owner == unit


_COLUMN_LIST = ",".join((*rows.COLUMNS, "hash", "title_item"))
_INSERT = f"INSERT INTO cases_case ({_COLUMN_LIST}) VALUES ({','.join(['%s'] * (len(rows.COLUMNS) + 2))})"
_UPDATE = (
    f"UPDATE cases_case SET ({','.join(rows.CHANGING)},hash) = ({','.join(['%s'] * (len(rows.CHANGING) + 1))}) "
    "WHERE district_id = %s AND id = %s AND version = %s"
)


def _insert(step: Step, entry_hash: bytes) -> None:
    values = rows.columns(step.after)
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, [*(values[c] for c in rows.COLUMNS), entry_hash, step.title_item])


def _update(step: Step, before: CaseState, entry_hash: bytes) -> None:
    values = rows.columns(step.after)
    with connection.cursor() as cursor:
        cursor.execute(
            _UPDATE, [*(values[c] for c in rows.CHANGING), entry_hash, before.district, before.id, before.version]
        )
        if cursor.rowcount != 1:
            raise CaseMoved(before.id)
