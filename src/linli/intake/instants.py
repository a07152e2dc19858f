"""When a resident said it: times of day as exports write them, and invented ones for a demonstration."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from zoneinfo import ZoneInfo

from linli.intake.row_words import fault

EARLIEST = 1990
"""Years before it are taken for a slip."""
SLACK = timedelta(minutes=10)
"""How far ahead another system's clock may be."""

FRESH = timedelta(hours=3)
"""Shorter than any usual limit of intake, so that what came within it is not late yet."""

_SEPARATED = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?"
    r"(?:[T\s]*(\d{1,2})\s*[:：时点]\s*(\d{1,2})?(?:\s*[:：分]\s*(\d{1,2})?(?:\.\d+)?)?\s*[分秒]?)?"
)
_DIGITS = re.compile(r"(\d{4})(\d{2})(\d{2})(?:[T\s]?(\d{2})(\d{2})(\d{2})?)?")
_NIGHT_UNTIL = 7


def said_at(text: str, formats: Sequence[str], zone: ZoneInfo, *, now: datetime, lang: str) -> datetime:
    """The instant that a cell means, in UTC; texts without an offset are in ``zone``.

    Without ``formats`` every order year, month, day is understood, Chinese or with ``-``, ``/`` or ``.``, with or
    without a time. Other orders would be guesses, so they need a format.

    Raises:
        RowError: ``date_unreadable``, ``date_impossible`` (30 February), ``date_in_future``, ``date_too_old``.
    """
    try:
        made = _with_formats(text, formats) if formats else _plain(text)
    except ValueError as error:
        raise fault(lang, "date_impossible", text=text) from error
    if made is None:
        raise fault(lang, "date_unreadable", text=text)
    if made.year < EARLIEST:
        raise fault(lang, "date_too_old", text=text, earliest=EARLIEST)
    instant = (made if made.tzinfo else made.replace(tzinfo=zone)).astimezone(UTC)
    if instant > now + SLACK:
        raise fault(lang, "date_in_future", text=text)
    return instant


def spread(key: str, days: int, zone: ZoneInfo, *, now: datetime, fresh: float = 0.0) -> datetime:
    """An invented instant in the last ``days`` days, always the same distance from ``now`` for the same key.

    Few people report at night: what would fall before seven is moved by eight hours. ``fresh``, 0 to 1, is the share
    that came within :data:`FRESH` instead, at whatever hour: what a desk has on its table now.
    """
    digest = sha256(f"when\x1f{key}".encode()).digest()
    if int.from_bytes(digest[8:12]) < fresh * 2**32:
        return now - timedelta(seconds=int.from_bytes(digest[:8]) % int(FRESH.total_seconds()) + 1)
    seconds = int.from_bytes(digest[:8]) % (days * 86_400)
    instant = now - timedelta(seconds=seconds + 1)
    if instant.astimezone(zone).hour >= _NIGHT_UNTIL:
        return instant
    later = instant + timedelta(hours=8)
    return later if later < now else instant - timedelta(hours=8)


def _plain(text: str) -> datetime | None:
    """None when it is no time; ValueError when there is no such day or hour."""
    found = _SEPARATED.fullmatch(text) or _DIGITS.fullmatch(text)
    if found is not None:
        return datetime(*(int(group or 0) for group in found.groups()))  # type: ignore[arg-type]  # noqa: DTZ001
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        if re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d", text):
            raise
        return None


def _with_formats(text: str, formats: Sequence[str]) -> datetime | None:
    impossible = None
    for pattern in formats:
        try:
            return datetime.strptime(text, pattern)  # noqa: DTZ007 - the caller gives it its zone
        except ValueError as error:
            if "does not match" not in str(error) and "unconverted" not in str(error):
                impossible = error
    if impossible is not None:
        raise impossible
    return None
