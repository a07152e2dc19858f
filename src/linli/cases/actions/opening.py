"""Beginning a case from a report."""

from collections.abc import Sequence
from datetime import datetime
from threading import Lock

from django.db import connection

from linli.cases.actions.saving import Step, save
from linli.core.case.commands import Open
from linli.core.case.events import Opened
from linli.core.case.opening import decide_open
from linli.core.numbers import case_number
from linli.core.policy import Policy
from linli.ledger.pieces import Piece
from linli.vault.sealing import SealedItem

BLOCK = 64
"""How many running numbers one call of the sequence hands out; must equal its INCREMENT in the migration."""

_free: list[int] = []
_guard = Lock()


def next_number(short_code: str) -> str:
    """A fresh case number. Numbers come in blocks from a database sequence, so gaps are normal and order is loose."""
    with _guard:
        if not _free:
            _free.extend(reversed(take_numbers(BLOCK)))
        return case_number(short_code, _free.pop())


def take_numbers(count: int) -> list[int]:
    """At least ``count`` fresh running numbers."""
    blocks = -(-count // BLOCK)
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('cases_running_number') FROM generate_series(1, %s)", [blocks])
        return [first + offset for (first,) in cursor.fetchall() for offset in range(BLOCK)]


def prepare(command: Open, *, district: str, now: datetime, policy: Policy) -> Opened:
    """Decides an opening without writing anything (bulk import decides in memory, then copies).

    Raises:
        Refusal: what ``decide_open`` refuses.
    """
    return decide_open(command, now=now, policy=policy, district=district)


def open_case(
    opened: Opened,
    command: Open,
    items: Sequence[SealedItem],
    *,
    title_item: str | None,
    now: datetime,
    policy: Policy,
    also: Sequence[Piece] = (),
) -> None:
    """Writes a decided opening: row, first entry, vault items and what the caller adds, in one statement.

    Lock: none; id and number are fresh.
    """
    step = Step(opened, opened.state, items=tuple(items), title_item=title_item)
    save([step], command.actor, now=now, policy=policy.version, also=also)
