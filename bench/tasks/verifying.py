"""Checking the ledger's chains, and hashing the same bytes without anything around it."""

import hashlib
import os
import time
from collections.abc import Iterator
from itertools import islice

import psycopg

from linli.core.proofs import hashed
from linli.ledger import queries as ledger
from linli.ledger.queries import EntryRow, Fault

_position: dict[str, Iterator[EntryRow | Fault]] = {}


def begin() -> None:
    """Starts from the first entry."""
    _position["verify"] = ledger.verify()


def verify(entries: int) -> float:
    """Seconds to check that many further entries.

    Raises:
        RuntimeError: an entry does not prove, or there are fewer.
    """
    began = time.perf_counter()
    count = 0
    for found in islice(_position["verify"], entries):
        if isinstance(found, Fault):
            raise RuntimeError(f"{found.stream}/{found.seq}: {found.what}")
        count += 1
    took = time.perf_counter() - began
    if count < entries:
        raise RuntimeError(f"there are only {count} entries left")
    return took


def hash_alone(entries: int, chunk: int = 20_000) -> float:
    """Seconds that hashlib alone needs for the bytes of that many entries; reading them is not counted."""
    took, rows = 0.0, ledger.entries()
    waiting = entries
    while waiting > 0:
        preimages = [
            hashed(row.header, row.payload.encode(), row.previous) for row in islice(rows, min(chunk, waiting))
        ]
        waiting -= len(preimages)
        began = time.perf_counter()
        for preimage in preimages:
            hashlib.sha256(preimage).digest()
        took += time.perf_counter() - began
    return took


def read_and_hash(entries: int) -> float:
    """Seconds to read the same columns by bare psycopg and to hash as many bytes: the limit of any reader in Python."""
    began = time.perf_counter()
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection, connection.cursor("reading") as cursor:
        cursor.itersize = 5000
        cursor.execute(
            "SELECT district_id, stream_kind, stream_id::text, seq, type, version, payload, actor, post, policy, at, "
            "previous, hash FROM ledger_entry AS e ORDER BY e.district_id, e.stream_kind, e.stream_id, e.seq LIMIT %s",
            [entries],
        )
        for row in cursor:
            hashlib.sha256(row[6].encode()).digest()
    return time.perf_counter() - began
