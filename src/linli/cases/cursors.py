"""Cursors of work lists as opaque text."""

import base64
import binascii
from datetime import UTC, datetime
from uuid import UUID

from linli.core.errors import Refusal

YEARS = range(2000, 2200)


def encode(after: tuple[datetime, str] | None) -> str | None:
    """A cursor as text that fits into an address."""
    if after is None:
        return None
    return base64.urlsafe_b64encode(f"{after[0].isoformat()}|{after[1]}".encode()).decode()


def decode(text: str | None) -> tuple[datetime, str] | None:
    """The cursor of a text.

    Raises:
        Refusal: ``cursor_invalid``.
    """
    if not text:
        return None
    try:
        at, case = base64.urlsafe_b64decode(text.encode()).decode().split("|")
        found = datetime.fromisoformat(at).astimezone(UTC), str(UUID(case))
    except (ValueError, OverflowError, binascii.Error) as broken:
        raise Refusal("cursor_invalid") from broken
    if datetime.fromisoformat(at).tzinfo is None or found[0].year not in YEARS:
        raise Refusal("cursor_invalid")
    return found
