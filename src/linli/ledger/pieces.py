"""Several writes as one statement: one way to the database and back, and one commit, instead of one for each.

Each room gives its own part as a :class:`Piece`, so its tables stay private to it. The database runs the whole or
nothing; outside a transaction the statement is one by itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection


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
    *first, last = pieces
    named = ", ".join(f"{piece.name} AS ({piece.sql})" for piece in first)
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH {named} {last.sql}" if first else last.sql, [value for piece in pieces for value in piece.values]
        )
