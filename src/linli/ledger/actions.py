"""Writing to the ledger: the one door through which an entry comes in."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec
from django.db import IntegrityError, connection

from linli.core.proofs import GENESIS, Header, entry_hash
from linli.ledger.pieces import Piece, write

_ENCODER = msgspec.json.Encoder(order="sorted")


class StreamMoved(Exception):
    """Somebody else appended to the stream first: load it again and decide again."""


@dataclass(frozen=True, slots=True)
class Fact:
    """An event on its way into the ledger: which stream and place in it, what happened, by whom, under which rules."""

    district: str
    kind: str
    stream: str
    seq: int
    type: str
    payload: Any
    actor: str
    post: str
    policy: str
    at: datetime
    version: int = 1
    previous: bytes = GENESIS


@dataclass(frozen=True, slots=True)
class Sealed:
    """A fact with its canonical payload and its hash: the row as it will be stored."""

    fact: Fact
    payload: str
    hash: bytes

    @property
    def row(self) -> tuple[Any, ...]:
        """Column values in the order of :data:`COLUMNS`."""
        f = self.fact
        return (
            f.district, f.kind, f.stream, f.seq, f.type, f.version, self.payload,
            f.actor, f.post, f.policy, f.at, f.previous, self.hash,
        )  # fmt: skip


COLUMNS = (
    "district_id", "stream_kind", "stream_id", "seq", "type", "version", "payload", "actor", "post", "policy", "at",
    "previous", "hash",
)  # fmt: skip
_INTO = f"INSERT INTO ledger_entry ({','.join(COLUMNS)}) VALUES "
_KEY = "RETURNING district_id, stream_kind, stream_id, seq, type"
_OUTGOING = "INSERT INTO ledger_outgoing (district_id, stream_kind, stream_id, seq, type, attempts, fault) "
_SEQ = COLUMNS.index("seq")


def canonical(payload: Any) -> str:
    """The payload as one line of canonical JSON (RFC 8785; floats are not allowed in our events)."""
    return _ENCODER.encode(payload).decode()


def seal(fact: Fact) -> Sealed:
    """Computes the stored payload and the chained hash of a fact.

    Raises:
        ValueError: a header text contains a line break.
    """
    payload = canonical(fact.payload)
    header = Header(
        fact.district, fact.kind, fact.stream, fact.seq, fact.type, fact.version, fact.actor, fact.post, fact.policy,
        fact.at,
    )  # fmt: skip
    return Sealed(fact, payload, entry_hash(header, payload.encode(), fact.previous))


def append(entries: Sequence[Sealed]) -> None:
    """Adds entries and their outgoing rows in one statement; call it inside the transaction of the act.

    Lock: none is taken; the key (district, kind, stream, seq) makes the loser of a race fail.

    Raises:
        StreamMoved: an entry with that place in its stream exists already.
    """
    if not entries:
        return
    with refusing(entries[0]):
        write(pieces(entries))


def pieces(entries: Sequence[Sealed], seq: str = "%s") -> list[Piece]:
    """The entries and their outgoing rows as parts of a larger statement; run it within :func:`refusing`.

    ``seq`` may be a sub-select on an earlier piece that gives the entry's number: where that finds no row, the entry
    has no number and the whole statement is refused.
    """
    row = f"({','.join(seq if name == 'seq' else '%s' for name in COLUMNS)})"
    given = [entry.row if seq == "%s" else (*entry.row[:_SEQ], *entry.row[_SEQ + 1 :]) for entry in entries]
    return [
        Piece("entered", f"{_INTO}{','.join([row] * len(entries))} {_KEY}", [value for one in given for value in one]),
        Piece("outgoing", f"{_OUTGOING}SELECT district_id, stream_kind, stream_id, seq, type, 0, '' FROM entered", []),
    ]


@contextmanager
def refusing(entry: Sealed) -> Iterator[None]:
    """Turns the database's refusal of an entry into :class:`StreamMoved`; other refusals stay what they are."""
    try:
        yield
    except IntegrityError as clash:
        diagnosis = getattr(clash.__cause__, "diag", None)
        if diagnosis is None or diagnosis.table_name != "ledger_entry":
            raise
        raise StreamMoved(entry.fact.stream) from clash


_COPY = f"COPY ledger_entry ({','.join(COLUMNS)}) FROM STDIN"
_COPY_OUTGOING = "COPY ledger_outgoing (district_id, stream_kind, stream_id, seq, type, attempts, fault) FROM STDIN"


def load(entries: Sequence[Sealed]) -> None:
    """The same as :func:`append` for thousands of entries of fresh streams, by COPY; inside the caller's transaction.

    Raises:
        psycopg.errors.UniqueViolation: an entry stands in that place of its stream; the transaction is lost.
    """
    with connection.cursor() as cursor:
        with cursor.copy(_COPY) as copy:
            for entry in entries:
                copy.write_row(entry.row)
        with cursor.copy(_COPY_OUTGOING) as copy:
            for entry in entries:
                fact = entry.fact
                copy.write_row((fact.district, fact.kind, fact.stream, fact.seq, fact.type, 0, ""))


def append_to(
    district: str, kind: str, stream: str, type_: str, payload: Any, *, actor: str, post: str, policy: str, at: datetime
) -> Sealed:
    """Appends one fact to the end of a stream whose last entry is not at hand (accounts, catalogue, reveals).

    Raises:
        StreamMoved: two writers met; try again.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT seq, hash FROM ledger_entry WHERE district_id = %s AND stream_kind = %s AND stream_id = %s "
            "ORDER BY seq DESC LIMIT 1",
            [district, kind, stream],
        )
        last = cursor.fetchone()
    seq, previous = (last[0] + 1, bytes(last[1])) if last else (1, GENESIS)
    entry = seal(
        Fact(
            district, kind, stream, seq, type_, payload, actor=actor, post=post, policy=policy, at=at, previous=previous
        )
    )
    append([entry])
    return entry


def forget(rows: Sequence[int]) -> None:
    """Deletes outgoing rows that everybody was told of; inside the relay's transaction."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM ledger_outgoing WHERE id = ANY(%s)", [list(rows)])


def put_off(row: int, fault: str, *, now: datetime, back_off: timedelta) -> None:
    """Keeps an outgoing row with its fault for a later try; each time twice as late, up to an hour or so."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE ledger_outgoing SET attempts = attempts + 1, fault = %s, "
            "retry_at = %s + make_interval(secs => %s * least(power(2, attempts), 360)) WHERE id = %s",
            [fault, now, back_off.total_seconds(), row],
        )


CHANNEL = "linli_told"
"""Whoever listens here is woken after each batch of the relay; what there is to know stands in the table."""

KEPT = timedelta(minutes=15)
"""How long a reader may be away and still be told what it missed."""

_IN_ORDER = 0x4C494E4C
_TOLD = (
    "INSERT INTO ledger_told (district_id, stream_kind, streams, seqs, at) VALUES (%s, %s, %s::uuid[], %s::int[], %s)"
)
# Only a beginning of the table is ever dropped, and never its last row: so "nothing after this id was dropped" can be
# read off the oldest row that is left.
_DROP = "DELETE FROM ledger_told WHERE id < (SELECT max(id) FROM ledger_told WHERE at < %s)"


def announce(moved: Mapping[tuple[str, str], Mapping[str, int]], *, now: datetime) -> None:
    """Writes down which streams moved, by district and kind, with their newest number, and wakes who listens.

    Call it last in the relay's transaction. Lock: one advisory lock until the commit, so that relays that run side by
    side commit in the order of the ids they got; a reader would lose a smaller id that became visible later.
    """
    rows = [(d, kind, list(seqs), list(seqs.values()), now) for (d, kind), seqs in moved.items()]
    if not rows:
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_IN_ORDER])
        cursor.executemany(_TOLD, rows)
        cursor.execute(_DROP, [now - KEPT])
        cursor.execute("SELECT pg_notify(%s, '')", [CHANNEL])
