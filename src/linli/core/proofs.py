"""Hashes that make the ledger provable: the entry's own hash, chained to the one before it in its stream.

The format is versioned by its first line, so that a stand-alone verifier can be written from this page alone.
"""

import hashlib
from datetime import UTC, datetime
from typing import NamedTuple

FORMAT = "linli-entry-1"
GENESIS = bytes(32)
"""What stands for the hash before the first entry of a stream."""


class Header(NamedTuple):
    """Everything of an entry besides its payload. ``at`` is an aware instant; texts hold no line break."""

    district: str
    kind: str
    stream: str
    seq: int
    type: str
    version: int
    actor: str
    post: str
    policy: str
    at: datetime


def entry_hash(header: Header, payload: bytes, previous: bytes) -> bytes:
    """SHA-256 over :func:`hashed`.

    Raises:
        ValueError: a header text contains a line break.
    """
    return hashlib.sha256(hashed(header, payload, previous)).digest()


def hashed(header: Header, payload: bytes, previous: bytes) -> bytes:
    """What is hashed of an entry: the format, the header (a line each), the previous hash, the stored payload bytes.

    A payload is one line of canonical JSON (RFC 8785), so no line of the header can be mistaken for part of it.

    Raises:
        ValueError: a header text contains a line break.
    """
    lines = (
        FORMAT,
        header.district,
        header.kind,
        header.stream,
        str(header.seq),
        header.type,
        str(header.version),
        header.actor,
        header.post,
        header.policy,
        instant_text(header.at),
        previous.hex(),
    )
    text = "\n".join(lines)
    if text.count("\n") != len(lines) - 1:
        raise ValueError("a header text contains a line break")
    return text.encode() + b"\n" + payload


def instant_text(at: datetime) -> str:
    """UTC with microseconds and ``Z``: the one way an instant is written where it is hashed."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")[:26] + "Z"
