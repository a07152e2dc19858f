"""Several writes as one statement: one way to the database and back, and one commit, instead of one for each.

Each room gives its own part as a :class:`Piece`, so its tables stay private to it. The database runs the whole or
nothing; outside a transaction the statement is one by itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db import connection
from psycopg import RawCursor


@dataclass(frozen=True, slots=True)
class Piece:
    """One statement that writes, with ``%s`` for its values. A later piece may select from ``name``."""

    name: str
    sql: str
    values: Sequence[Any]


def write(pieces: Sequence[Piece]) -> None:
    """Runs all pieces as one statement; their names must differ.

    Raises:
        IntegrityError: what one piece writes is refused; nothing was written.
    """
    connection.ensure_connection()
    # The driver forgets how it read a statement of more than 50 values; numbered places need no reading at all.
    raw: Any = RawCursor(connection.connection)
    with connection.make_cursor(raw) as cursor:
        cursor.execute(_joined(tuple((piece.name, piece.sql) for piece in pieces)), _values(pieces))


def _values(pieces: Sequence[Piece]) -> list[Any]:
    return [value for piece in pieces for value in piece.values]


@lru_cache(maxsize=256)
def _joined(pieces: tuple[tuple[str, str], ...]) -> str:
    """The pieces in one statement, their places numbered."""
    *first, (_, last) = pieces
    named = ", ".join(f"{name} AS ({sql})" for name, sql in first)
    parts = (f"WITH {named} {last}" if first else last).split("%s")
    return parts[0] + "".join(f"${number}{part}" for number, part in enumerate(parts[1:], 1))
