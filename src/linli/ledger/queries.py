"""Reading the ledger: one stream, the whole chain of every stream, and its verification."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection, transaction

from linli.core.proofs import GENESIS, Header, entry_hash

_COLUMNS = (
    "district_id, stream_kind, stream_id::text, seq, type, version, payload, actor, post, policy, at, previous, hash"
)


class EntryRow(NamedTuple):
    """One entry as it stands in the table. (A plain tuple: millions of them are made when a ledger is checked.)"""

    district: str
    kind: str
    stream: str
    seq: int
    type: str
    version: int
    payload: str
    actor: str
    post: str
    policy: str
    at: datetime
    previous: bytes
    hash: bytes

    @property
    def header(self) -> Header:
        """The part of the entry that is hashed besides payload and previous hash."""
        return Header(*self[:6], *self[7:11])


@dataclass(frozen=True, slots=True)
class Fault:
    """One entry that does not prove: where, and what is wrong with it."""

    district: str
    kind: str
    stream: str
    seq: int
    what: str


def stream(district: str, kind: str, stream_id: str) -> list[EntryRow]:
    """The entries of one stream, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {_COLUMNS} FROM ledger_entry WHERE district_id = %s AND stream_kind = %s AND stream_id = %s "
            "ORDER BY seq",
            [district, kind, stream_id],
        )
        return [EntryRow(*row) for row in cursor.fetchall()]


def entries_at(district: str, kind: str, places: Sequence[tuple[str, int]]) -> list[EntryRow]:
    """The entries at the given (stream, number) places, oldest first; places without an entry are missing."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {_COLUMNS} FROM ledger_entry e JOIN unnest(%s::uuid[], %s::int[]) AS p (s, n) "
            "ON e.stream_id = p.s AND e.seq = p.n WHERE e.district_id = %s AND e.stream_kind = %s ORDER BY e.at, e.seq",
            [[stream for stream, _ in places], [seq for _, seq in places], district, kind],
        )
        return [EntryRow(*row) for row in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class Untold:
    """What rooms above have not been told of a district: since when the oldest waits, and what a handler failed at."""

    since: datetime | None
    faults: tuple[tuple[str, int, datetime | None, str], ...]


def untold(district: str, most: int = 50) -> Untold:
    """How far behind the relay is; ``faults`` are (type of entry, attempts, next try, what was said), oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT e.at FROM (SELECT * FROM ledger_outgoing WHERE district_id = %s ORDER BY id LIMIT 1) o "
            "JOIN ledger_entry e USING (district_id, stream_kind, stream_id, seq)",
            [district],
        )
        oldest = cursor.fetchone()
        cursor.execute(
            "SELECT type, attempts, retry_at, fault FROM ledger_outgoing WHERE district_id = %s AND fault <> '' "
            "ORDER BY id LIMIT %s",
            [district, most],
        )
        return Untold(oldest[0] if oldest else None, tuple(cursor.fetchall()))


def last_of_type(district: str, kind: str, stream_id: str, type_: str) -> dict[str, Any] | None:
    """The payload of the newest entry of a type in a stream; None where there is none."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT payload FROM ledger_entry WHERE district_id = %s AND stream_kind = %s AND stream_id = %s "
            "AND type = %s ORDER BY seq DESC LIMIT 1",
            [district, kind, stream_id, type_],
        )
        found = cursor.fetchone()
    payload: dict[str, Any] | None = json.loads(found[0]) if found else None
    return payload


def last_acts(district: str, kind: str, streams: Sequence[str], *, but: str) -> dict[str, datetime]:
    """When somebody other than ``but`` last wrote into each of the streams."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT stream_id::text, max(at) FROM ledger_entry WHERE district_id = %s AND stream_kind = %s "
            "AND stream_id = ANY(%s::uuid[]) AND actor <> %s GROUP BY 1",
            [district, kind, list(streams), but],
        )
        return dict(cursor.fetchall())


def first_entries(district: str, kind: str, streams: Sequence[str]) -> dict[str, EntryRow]:
    """The entry with which each of the streams began, by stream."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {_COLUMNS} FROM ledger_entry WHERE district_id = %s AND stream_kind = %s "
            "AND stream_id = ANY(%s::uuid[]) AND seq = 1",
            [district, kind, list(streams)],
        )
        return {row[2]: EntryRow(*row) for row in cursor.fetchall()}


def holding(district: str, kind: str, type_: str, text: str, since: datetime, until: datetime | None) -> list[EntryRow]:
    """Entries of one type within a span of time whose payload holds a text, such as an id, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {_COLUMNS} FROM ledger_entry WHERE district_id = %s AND at >= %s AND (%s::timestamptz IS NULL OR "
            "at <= %s) AND stream_kind = %s AND type = %s AND strpos(payload, %s) > 0 ORDER BY at, stream_id, seq",
            [district, since, until, until, kind, type_, text],
        )
        return [EntryRow(*row) for row in cursor.fetchall()]


@contextmanager
def snapshot() -> Iterator[None]:
    """One consistent view of the database for everything read inside, however long it takes (repeatable read)."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            if not connection.savepoint_ids:  # inside another transaction (tests) the view is that one's
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield


_AFTER = "(district_id, stream_kind, stream_id, seq) > (%s, %s, %s::uuid, %s)"
_NIL = "00000000-0000-0000-0000-000000000000"


def entries(district: str | None = None, kind: str | None = None, chunk: int = 5000) -> Iterator[EntryRow]:
    """All entries, stream by stream and each in order, read in pages along the key."""
    query, scope = page_query(district, kind, chunk)
    place: tuple[str, str, str, int] = (district or "", kind or "", _NIL, 0)
    while True:
        rows = _page(query, [*place, *scope])
        yield from rows
        if len(rows) < chunk:
            return
        place = (rows[-1].district, rows[-1].kind, rows[-1].stream, rows[-1].seq)


def page_query(district: str | None, kind: str | None, chunk: int) -> tuple[str, list[str]]:
    """The statement that reads a page of entries, and its values after the four of the place where the page begins.

    The order names the table's columns: bare names would mean the columns of the answer, where ``stream_id`` is a text,
    and every page would sort the whole ledger.
    """
    conditions: list[str] = [_AFTER]
    scope: list[str] = []
    for column, value in (("district_id", district), ("stream_kind", kind)):
        if value is not None:
            conditions.append(f"{column} = %s")
            scope.append(value)
    query = (
        f"SELECT {_COLUMNS} FROM ledger_entry AS e WHERE {' AND '.join(conditions)} "
        f"ORDER BY e.district_id, e.stream_kind, e.stream_id, e.seq LIMIT {int(chunk)}"
    )
    return query, scope


def _page(query: str, values: list[Any]) -> list[EntryRow]:
    """A page of entries, in the driver's binary form: it need not read instants and bytes from text."""
    connection.ensure_connection()
    with connection.wrap_database_errors, connection.connection.cursor(binary=True) as cursor:
        return list(map(EntryRow._make, cursor.execute(query, values)))


def verify(district: str | None = None) -> Iterator[Fault | EntryRow]:
    """Checks every chain: numbering without gaps, the link to the entry before, and the entry's own hash.

    Yields each entry that proves (so that the caller can count and show progress) and a :class:`Fault` for each that
    does not.
    """
    stream, expected, previous = ("", "", ""), 0, GENESIS
    for row in entries(district):
        if row[:3] != stream:
            stream, expected, previous = row[:3], 0, GENESIS
        what = _wrong(row, expected + 1, previous)
        expected, previous = row.seq, row.hash
        yield row if what is None else Fault(*row[:4], what)


def _wrong(row: EntryRow, seq: int, previous: bytes) -> str | None:
    if row.seq != seq:
        return f"entry {seq} of the stream is missing"
    if row.previous != previous:
        return "the link to the entry before does not match"
    if entry_hash(row.header, row.payload.encode(), previous) != row.hash:
        return "the content does not match its hash"
    return None


class Batch(NamedTuple):
    """Streams of one district and kind that moved, with their newest number then."""

    id: int
    district: str
    kind: str
    moved: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Heard:
    """What the relay told after a cursor; the next cursor is ``newest``.

    ``whole`` is False when something after the cursor may be missing here: it was dropped because it is old, it is
    too much, or the cursor is of another time of this database.
    """

    batches: tuple[Batch, ...]
    oldest: int
    newest: int
    whole: bool


_HEARD = (
    "SELECT b.oldest, b.newest, t.id, t.district_id, t.stream_kind, t.streams::text[], t.seqs "
    "FROM (SELECT coalesce(min(id), 0) AS oldest, coalesce(max(id), 0) AS newest FROM ledger_told) AS b "
    "LEFT JOIN ledger_told AS t ON t.id > %s AND (%s::varchar IS NULL OR t.district_id = %s) "
    "ORDER BY t.id LIMIT %s"
)


def told_after(cursor: int, district: str | None = None, limit: int = 5000) -> Heard:
    """What was told after a cursor, in one district or in all; one statement, so that its parts fit together."""
    with connection.cursor() as reading:
        reading.execute(_HEARD, [cursor, district, district, limit + 1])
        rows = reading.fetchall()
    oldest, newest = rows[0][:2]
    batches = tuple(
        Batch(id_, where, kind, dict(zip(streams, seqs, strict=True)))
        for _, _, id_, where, kind, streams, seqs in rows
        if id_ is not None
    )
    return Heard(batches[:limit], oldest, newest, oldest <= cursor <= newest and len(batches) <= limit)


def newest_told() -> int:
    """The cursor of now: whatever is told later has a greater one."""
    with connection.cursor() as reading:
        reading.execute("SELECT coalesce(max(id), 0) FROM ledger_told")
        (newest,) = reading.fetchone()
    return int(newest)
