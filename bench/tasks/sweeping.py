"""The clock acting on what is due, and the same rows written again without the rules."""

import os
import time
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import psycopg
from psycopg import sql

from bench.building import DISTRICT
from linli.cases import actions, queries
from linli.cases.actions.waking import Woken
from linli.catalogue.queries import policy

LATER = 1_000_000
"""Added to the number of an entry that is written a second time."""

_last: list[list[Woken]] = []


def sweep(count: int, moment: str) -> float:
    """Seconds in which that many cases that are due at that moment are acted on, the longest waiting first.

    Raises:
        RuntimeError: fewer are due, or an act failed.
    """
    now = datetime.fromisoformat(moment)
    policy(DISTRICT)
    began = time.perf_counter()
    due = queries.due_cases(DISTRICT, now, count)
    done = list(actions.wake_each(DISTRICT, due, clock=lambda: now))
    took = time.perf_counter() - began
    if len(done) < count or any(woken.fault for woken in done):
        raise RuntimeError(
            f"{len(done)} of {count} acted on: {next((w.fault for w in done if w.fault), 'too few due')}"
        )
    _last[:] = [done]
    return took


def write_again() -> float:
    """Seconds in which bare psycopg writes the rows of the last sweep once more: a transaction a case, one connection.

    The rows are read beforehand. The wake-up moves by a moment, so that its index is written as well.
    """
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        kept = [_rows(connection, woken) for woken in _last[0]]
        update, entry, outgoing = (kept[0][1][name] for name in ("case", "entry", "outgoing"))
        began = time.perf_counter()
        for values, _ in kept:
            with connection.transaction():
                connection.execute(update, values["case"])
                connection.execute(entry, values["entry"])
                connection.execute(outgoing, values["outgoing"])
        return time.perf_counter() - began


def _rows(
    connection: psycopg.Connection, woken: Woken
) -> tuple[dict[str, Sequence[Any]], dict[str, sql.Composed | sql.SQL]]:
    case = connection.execute("SELECT * FROM cases_case WHERE id = %s", [woken.case])
    names, (row,) = _names(connection, case, "cases_case"), case.fetchall()
    values = dict(zip([column.name for column in case.description or ()], row, strict=True))
    update = sql.SQL("UPDATE cases_case SET {}, next_wake = next_wake + interval '1 microsecond' WHERE id = %s").format(
        sql.SQL(", ").join(sql.SQL("{} = %s").format(sql.Identifier(n)) for n in names if n not in ("id", "next_wake"))
    )
    entry = connection.execute(
        "SELECT * FROM ledger_entry WHERE district_id = %s AND stream_kind = 'case' AND stream_id = %s AND seq = %s",
        [DISTRICT, woken.case, woken.version],
    )
    told, (written,) = _names(connection, entry, "ledger_entry"), entry.fetchall()
    entered = dict(zip([column.name for column in entry.description or ()], written, strict=True))
    entered["seq"] += LATER
    insert = sql.SQL("INSERT INTO ledger_entry ({}) VALUES ({})").format(
        sql.SQL(", ").join(map(sql.Identifier, told)), sql.SQL(", ").join([sql.Placeholder()] * len(told))
    )
    outgoing = sql.SQL(
        "INSERT INTO ledger_outgoing (district_id, stream_kind, stream_id, seq, type, attempts, fault) "
        "VALUES (%s, 'case', %s, %s, %s, 0, '')"
    )
    changed = [values[name] for name in names if name not in ("id", "next_wake")]
    given: dict[str, Sequence[Any]] = {
        "case": [*changed, woken.case],
        "entry": [entered[name] for name in told],
        "outgoing": [DISTRICT, woken.case, entered["seq"], entered["type"]],
    }
    return given, {"case": update, "entry": insert, "outgoing": outgoing}


def _names(connection: psycopg.Connection, found: psycopg.Cursor[Any], table: str) -> list[str]:
    """The columns of an answer that can be written."""
    generated = connection.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s "
        "AND (is_generated = 'ALWAYS' OR is_identity = 'YES')",
        [table],
    )
    kept = {name for (name,) in generated.fetchall()}
    return [column.name for column in found.description or () if column.name not in kept]
