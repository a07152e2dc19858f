"""The limit of a request or of a whole script: its statements, recorded once inside the product, said again bare."""

import os
from typing import Any

from bench import scripts
from bench.inside import Inside
from bench.recording import Recording, Replayer, recording

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


def say_again(name: str, seconds: float, connections: int, prepared: int) -> float:
    """Repetitions a second of a recording, on that many connections of this process."""
    if name not in _replayers:
        _replayers[name] = Replayer(os.environ["DATABASE_URL"], _kept[name], connections)
    return _replayers[name].run(seconds, prepared)
