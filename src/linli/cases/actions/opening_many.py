"""Beginning many cases at once: what :mod:`linli.cases.actions.opening` writes for one, by COPY."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from linli.cases import rows
from linli.cases.actions.saving import Step, entry_for
from linli.core.case.commands import Open
from linli.core.case.events import Opened
from linli.ledger import actions as ledger
from linli.ledger.actions import Sealed
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


@dataclass(frozen=True, slots=True)
class Formed:
    """The rows of an opening as they will stand in the tables: plain values, fit to be handed between processes."""

    row: tuple[Any, ...]
    items: tuple[tuple[object, ...], ...]
    entry: Sealed


_COPY = f"COPY cases_case ({','.join((*rows.COLUMNS, 'hash', 'title_item'))}) FROM STDIN"
_ARRAYS = ("involved", "recused")


def formed(opening: Opening, *, policy: str) -> Formed:
    """The rows of one opening; reads and writes nothing."""
    state = opening.opened.state
    entry = entry_for(Step(opening.opened, state), opening.command.actor, now=opening.now, policy=policy)
    values = rows.columns(state)
    values |= {name: _array(values[name]) for name in _ARRAYS}
    return Formed(
        row=(*(values[c] for c in rows.COLUMNS), entry.hash, opening.title_item),
        items=tuple(vault.row(item, state.district, state.id, opening.now) for item in opening.items),
        entry=replace(entry, fact=replace(entry.fact, payload=None)),
    )


def open_cases(cases: Sequence[Formed]) -> None:
    """Writes rows, first entries and vault items of many new cases; one transaction, or part of the caller's.

    Lock: none; ids and numbers are fresh.
    """
    with transaction.atomic():
        with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
            for case in cases:
                copy.write_row(case.row)
        vault.load(item for case in cases for item in case.items)
        ledger.load([case.entry for case in cases])


def _array(texts: Sequence[str]) -> str:
    """A text[] as PostgreSQL reads it; the driver's own way of writing lists costs ten times as much."""
    quoted = (text.replace("\\", "\\\\").replace('"', '\\"') for text in texts)
    return "{" + ",".join(f'"{text}"' for text in quoted) + "}"
