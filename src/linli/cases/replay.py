"""Replay: every case folded again from its ledger and compared with its row."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import msgspec

from linli.cases import queries, rows
from linli.core.case.events import ActionTaken, DeadlinesRecalculated, Event, Opened, PlaceMoved, Vaulted
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
    "case.place_moved": msgspec.json.Decoder(PlaceMoved),
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


@dataclass(frozen=True, slots=True)
class Folded:
    """A case as its ledger says: its state, the hash of its last entry, and the vault's id of its title.

    ``fault`` says which entry cannot be folded, if one can't.
    """

    case: str
    state: CaseState | None
    last: bytes
    title: str | None = None
    fault: str = ""


def folded(district: str | None = None) -> Iterator[Folded]:
    """Every case as its ledger says, in the order of district and id. A broken stream does not hide the others."""
    for case, entries in groupby(ledger.entries(district, "case"), key=lambda entry: entry.stream):
        state: CaseState | None = None
        title: str | None = None
        last, fault = b"", ""
        for entry in entries:
            last = bytes(entry.hash)
            if fault:
                continue
            try:
                event = event_of(entry)
                state, title = evolve(state, event), _title(event, title)
            except Exception as error:  # noqa: BLE001 - whatever stands there, the other cases are still proven
                fault = f"entry {entry.seq} of its ledger cannot be folded ({type(error).__name__}: {error})"
        yield Folded(case, state, last, title, fault)


def compare(district: str | None = None) -> Iterator[Difference | None]:
    """Compares every row with the fold of its ledger: None for each case that agrees, a difference for each that not.

    Rows without a ledger and ledgers without a row are differences too, and so is what cannot be read.
    """
    streams = folded(district)
    stream = next(streams, None)
    for row, state in queries.all_states(district):
        while stream is not None and stream.case < str(row.id):
            yield Difference(stream.case, "its ledger has no row")
            stream = next(streams, None)
        if stream is None or stream.case != str(row.id):
            yield Difference(str(row.id), "its row has no ledger")
            continue
        yield _difference(row, state, stream)
        stream = next(streams, None)
    while stream is not None:
        yield Difference(stream.case, "its ledger has no row")
        stream = next(streams, None)


def _title(event: Event, known: str | None) -> str | None:
    given = event.form.get("title") if isinstance(event, Opened) else None
    return given.id if isinstance(given, Vaulted) else known


def _difference(row: Any, state: CaseState | None, stream: Folded) -> Difference | None:
    what = next(_differences(row, state, stream), None)
    return Difference(stream.case, what) if what else None


def _differences(row: Any, state: CaseState | None, stream: Folded) -> Iterator[str]:
    """Everything in which a row is not what its ledger says."""
    truth = stream.state
    if stream.fault or truth is None:
        yield stream.fault or "its ledger has no opening"
        return
    if state is None:
        yield "its state cannot be read"
        return
    if rows.encode(truth) != row.state:
        fields = [f for f in CaseState.__struct_fields__ if getattr(truth, f) != getattr(state, f)]
        yield f"state differs in {', '.join(fields) or 'its encoding'}"
    if bytes(row.hash) != stream.last:
        yield "hash is not that of the last entry"
    if (str(row.title_item) if row.title_item else None) != stream.title:
        yield "column title_item differs"
    for name, value in rows.columns(truth).items():
        held = getattr(row, name)
        if (str(held) if name in ("id", "parent_id") and held is not None else held) != value:
            yield f"column {name} differs"
