"""Replay: every case folded again from its ledger and compared with its row."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from linli.cases import queries, rows
from linli.core.case.events import ActionTaken, DeadlinesRecalculated, Event, Opened
from linli.core.case.evolve import evolve
from linli.core.case.state import CaseState
from linli.ledger import queries as ledger
from linli.ledger.queries import EntryRow


@dataclass(frozen=True, slots=True)
class Difference:
    """A case whose row is not what its ledger says."""

    case: str
    what: str


_DECODERS: dict[str, msgspec.json.Decoder[Any]] = {
    "case.opened": msgspec.json.Decoder(Opened),
    "case.deadlines_recalculated": msgspec.json.Decoder(DeadlinesRecalculated),
}
_ACTION = msgspec.json.Decoder(ActionTaken)
VERSION = 1


def event_of(entry: EntryRow) -> Event:
    """The event of an entry, upcast to the present version.

    Raises:
        ValueError: the entry has a version that this release does not know.
    """
    if entry.version != VERSION:
        raise ValueError(f"entry {entry.stream}/{entry.seq} has version {entry.version}, known is {VERSION}")
    event: Event = _DECODERS.get(entry.type, _ACTION).decode(entry.payload)
    return event


def folded(district: str | None = None) -> Iterator[tuple[CaseState, bytes]]:
    """Every case as its ledger says, with the hash of its last entry, in the order of district and id."""
    state: CaseState | None = None
    last = b""
    for entry in ledger.entries(district, "case"):
        if state is not None and entry.stream != state.id:
            yield state, last
            state = None
        state, last = evolve(state, event_of(entry)), bytes(entry.hash)
    if state is not None:
        yield state, last


def compare(district: str | None = None) -> Iterator[Difference | None]:
    """Compares every row with the fold of its ledger: None for each case that agrees, a difference for each that not.

    Rows without a ledger and ledgers without a row are differences too.
    """
    streams = folded(district)
    stream = next(streams, None)
    for row, state in queries.all_states(district):
        while stream is not None and stream[0].id < str(row.id):
            yield Difference(stream[0].id, "its ledger has no row")
            stream = next(streams, None)
        if stream is None or stream[0].id != str(row.id):
            yield Difference(str(row.id), "its row has no ledger")
            continue
        yield _difference(row, state, *stream)
        stream = next(streams, None)
    while stream is not None:
        yield Difference(stream[0].id, "its ledger has no row")
        stream = next(streams, None)


def _difference(row: Any, state: CaseState, truth: CaseState, last: bytes) -> Difference | None:
    if rows.encode(truth) != row.state:
        fields = [f for f in CaseState.__struct_fields__ if getattr(truth, f) != getattr(state, f)]
        return Difference(truth.id, f"state differs in {', '.join(fields) or 'its encoding'}")
    if bytes(row.hash) != last:
        return Difference(truth.id, "hash is not that of the last entry")
    for name, value in rows.columns(truth).items():
        held = getattr(row, name)
        if (str(held) if name in ("id", "parent_id") and held is not None else held) != value:
            return Difference(truth.id, f"column {name} differs")
    return None
