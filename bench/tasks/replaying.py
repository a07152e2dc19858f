"""The limit of a request or of a whole script: its statements, recorded once inside the product, said again bare."""

import os
from collections.abc import Sequence
from typing import Any
from unittest.mock import patch

from bench import scripts
from bench.inside import Inside
from bench.recording import Recording, Replayer, Said, numbered, recording
from linli.cases.actions import saving
from linli.ledger.pieces import Piece, write

NUMBER = "(SELECT version FROM moved)"
"""How the joined statement numbers an entry; on its own the first entry of a case is number 1."""

_kept: dict[str, Recording] = {}
_replayers: dict[str, Replayer] = {}


def record(name: str, script: str, writes_only: bool, *arguments: Any) -> dict[str, int]:
    """Runs a script of :mod:`bench.scripts` twice inside the product and keeps what the second run said.

    The first run fills the caches that a running server has filled long since.
    """
    inside = Inside()
    inside.follow(getattr(scripts, script)(*arguments))
    with recording() as found:
        inside.follow(getattr(scripts, script)(*arguments))
    _kept[name] = found.writes() if writes_only else found
    return {
        "statements": found.statements,
        "writes": found.writes().statements,
        "round_trips": found.round_trips,
    }


def record_plain(name: str, script: str, *arguments: Any) -> int:
    """The writes of a script as anybody would write them with psycopg: one statement a table in one transaction.

    The product joins them into one statement; the parts that it joins are taken before that. Gives how many there are.
    """
    taken: list[Piece] = []

    def keeping(pieces: Sequence[Piece]) -> None:
        taken.extend(pieces)
        write(pieces)

    with patch.object(saving, "write", keeping):
        Inside().follow(getattr(scripts, script)(*arguments))
    said = [Said(numbered(piece.sql.replace(NUMBER, "1")), tuple(piece.values)) for piece in taken[:-2]]
    entered, outgoing = taken[-2:]
    both = f"WITH {entered.name} AS ({entered.sql.replace(NUMBER, '1')}) {outgoing.sql}"
    _kept[name] = Recording([(True, [*said, Said(numbered(both), tuple(entered.values))])])
    return _kept[name].statements


def say_again(name: str, seconds: float, connections: int, prepared: int) -> float:
    """Repetitions a second of a recording, on that many connections of this process."""
    if name not in _replayers:
        _replayers[name] = Replayer(os.environ["DATABASE_URL"], _kept[name], connections)
    return _replayers[name].run(seconds, prepared)
