"""What the product says to the database, and the same said again without the product: that is the limit.

A recording keeps every statement with its values, and which of them stood in one transaction. ``Replayer`` says it
again through bare psycopg, with fresh ids and numbers, on several connections at once.
"""

import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import psycopg
from uuid_utils.compat import uuid7

WRITES = re.compile(r"\s*(INSERT|UPDATE|DELETE|WITH)\b")
FRESH = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}|\b118-\d{7,}-\d\b")
"""Ids (version 7) and case numbers inside values: each replay puts its own."""


@dataclass(frozen=True, slots=True)
class Said:
    """One statement with its values."""

    statement: str
    values: tuple[Any, ...]

    @property
    def writes(self) -> bool:
        """Whether it changes rows."""
        return WRITES.match(self.statement) is not None


@dataclass
class Recording:
    """Statements in the order in which they were said; those of one transaction together."""

    turns: list[tuple[bool, list[Said]]] = field(default_factory=list)

    @property
    def statements(self) -> int:
        """How many statements were said."""
        return sum(len(said) for _, said in self.turns)

    @property
    def round_trips(self) -> int:
        """How often the database was waited for: every statement, and the begin and commit of a transaction."""
        return self.statements + sum(2 for atomic, _ in self.turns if atomic)

    def say(self, connection: psycopg.Connection) -> None:
        """Says it all once more as it was said; the connection must be in autocommit."""
        _say(connection, self.turns)

    def writes(self) -> "Recording":
        """The writing part of it."""
        kept = [(atomic, [said for said in turn if said.writes]) for atomic, turn in self.turns]
        return Recording([(atomic, turn) for atomic, turn in kept if turn])


@contextmanager
def recording() -> Iterator[Recording]:
    """Records what Django's connection says in this thread."""
    from django.db import connection

    found = Recording()
    last: list[object] = [None]

    def listen(execute: Callable[..., Any], statement: str, values: Any, many: bool, context: Any) -> Any:
        outermost = connection.atomic_blocks[0] if connection.in_atomic_block else None
        if outermost is None or outermost is not last[0]:
            found.turns.append((outermost is not None, []))
        last[0] = outermost
        if not statement.startswith(("SAVEPOINT", "RELEASE")):
            found.turns[-1][1].append(_said(statement, values or ()))
        return execute(statement, values, many, context)

    with connection.execute_wrapper(listen):
        yield found


def numbered(statement: str) -> str:
    """The statement with numbered places: bare psycopg then need not read it at all."""
    parts = statement.split("%s")
    return parts[0] + "".join(f"${number}{part}" for number, part in enumerate(parts[1:], 1))


def _said(statement: str, values: Sequence[Any] | Mapping[str, Any]) -> Said:
    """A statement whose places have names gets numbers for them."""
    if not isinstance(values, Mapping):
        return Said(numbered(statement), tuple(values))
    for number, name in enumerate(values, 1):
        statement = statement.replace(f"%({name})s", f"${number}")
    return Said(statement, tuple(values.values()))


class Replayer:
    """Says a recording again and again on its own connections, as fast as bare psycopg can."""

    def __init__(self, address: str, recording: Recording, connections: int) -> None:
        self._recording = recording
        self._connections = [psycopg.connect(address, prepare_threshold=2) for _ in range(connections)]
        for connection in self._connections:
            connection.autocommit = True

    def run(self, seconds: float, prepared: int) -> float:
        """Repetitions a second. Values are made before the clock starts: ``prepared`` sets for each connection."""
        ready = [[self._fresh() for _ in range(prepared)] for _ in self._connections]
        done = [0] * len(self._connections)
        gate = threading.Barrier(len(self._connections) + 1)

        def one(number: int) -> None:
            gate.wait()
            until = time.perf_counter() + seconds
            for turns in ready[number]:
                _say(self._connections[number], turns)
                done[number] += 1
                if time.perf_counter() >= until:
                    break

        threads = [threading.Thread(target=one, args=(number,)) for number in range(len(self._connections))]
        for thread in threads:
            thread.start()
        gate.wait()
        began = time.perf_counter()
        for thread in threads:
            thread.join()
        return sum(done) / (time.perf_counter() - began)

    def close(self) -> None:
        """Gives the connections back."""
        for connection in self._connections:
            connection.close()

    def _fresh(self) -> list[tuple[bool, list[Said]]]:
        known: dict[str, str] = {}

        def fresh(found: re.Match[str]) -> str:
            old = found[0]
            if old not in known:
                known[old] = str(uuid7()) if len(old) == 36 else f"118-{int(uuid7()) % 10**12:012d}-0"
            return known[old]

        def renewed(value: Any) -> Any:
            if isinstance(value, str):
                return FRESH.sub(fresh, value)
            if isinstance(value, UUID):
                return UUID(FRESH.sub(fresh, str(value)))
            return [renewed(part) for part in value] if isinstance(value, list) else value

        return [
            (atomic, [Said(said.statement, tuple(map(renewed, said.values))) for said in turn])
            for atomic, turn in self._recording.turns
        ]


def _say(connection: psycopg.Connection, turns: Sequence[tuple[bool, list[Said]]]) -> None:
    for atomic, turn in turns:
        if atomic:
            with connection.transaction():
                _each(connection, turn)
        else:
            _each(connection, turn)


def _each(connection: psycopg.Connection, turn: list[Said]) -> None:
    for said in turn:
        cursor = psycopg.RawCursor(connection).execute(said.statement.encode(), said.values)
        if cursor.description is not None:
            cursor.fetchall()
