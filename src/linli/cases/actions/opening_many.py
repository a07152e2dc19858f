"""Beginning many cases at once: what :mod:`linli.cases.actions.opening` writes for one, by COPY."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from linli.cases import rows
from linli.cases.actions.saving import Step, entry_for
from linli.core.case.commands import Open
from linli.core.case.events import Opened
from linli.ledger import actions as ledger
from linli.vault import actions as vault
from linli.vault.sealing import SealedItem


@dataclass(frozen=True, slots=True)
class Opening:
    """One decided opening with its vault items; ``now`` is the instant it was decided for."""

    opened: Opened
    command: Open
    items: tuple[SealedItem, ...]
    title_item: str | None
    now: datetime


_COPY = f"COPY cases_case ({','.join((*rows.COLUMNS, 'hash', 'title_item'))}) FROM STDIN"
_ARRAYS = ("involved", "recused")


def open_cases(openings: Sequence[Opening], *, policy: str) -> None:
    """Writes rows, first entries and vault items of many new cases; one transaction, or part of the caller's.

    Lock: none; ids and numbers are fresh.
    """
    entries = [entry_for(Step(o.opened, o.opened.state), o.command.actor, now=o.now, policy=policy) for o in openings]
    with transaction.atomic():
        with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
            for opening, entry in zip(openings, entries, strict=True):
                values = rows.columns(opening.opened.state)
                values |= {name: _array(values[name]) for name in _ARRAYS}
                copy.write_row((*(values[c] for c in rows.COLUMNS), entry.hash, opening.title_item))
        vault.load(
            vault.row(item, o.opened.state.district, o.opened.state.id, o.now) for o in openings for item in o.items
        )
        ledger.load(entries)


def _array(texts: Sequence[str]) -> str:
    """A text[] as PostgreSQL reads it; the driver's own way of writing lists costs ten times as much."""
    quoted = (text.replace("\\", "\\\\").replace('"', '\\"') for text in texts)
    return "{" + ",".join(f'"{text}"' for text in quoted) + "}"
