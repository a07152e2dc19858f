"""A clock as a value: the promise, what was left when it rested, and every pause and extension it has had.

How a clock runs is in ``linli.core.deadlines``, what it says of itself in ``linli.core.clock_words``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from linli.core.calendar import Limit


@dataclass(frozen=True, slots=True)
class Pause:
    """A pause that is over. ``due_before`` and ``left`` are as they stood when it began; ``left`` is None if passed."""

    start: datetime
    end: datetime
    reason: str
    due_before: datetime
    left: Limit | None


@dataclass(frozen=True, slots=True)
class Extension:
    """Time that was added to a running limit, counted from the due date that it had before.

    ``pauses_before`` is how many pauses were over by then: the order of acts, also where instants fall together.
    """

    amount: Limit
    granted_at: datetime
    reason: str
    due_before: datetime
    pauses_before: int = 0


@dataclass(frozen=True, slots=True)
class Clock:
    """One running promise. All instants are in UTC.

    ``name`` is the limit's name (``handle``), ``source`` where it came from (``matter:EE-006@1``, ``profile:default``,
    ``part_of_lead``). ``due`` is the promise: it stays when it has passed, and while paused it is the due date at the
    moment of pausing. ``remind_at`` is the instant at ``remind_share`` of the way; it may lie in the past, and is None
    while a pause holds it up. ``left`` is what was left when the pause began, None when the limit had passed by then.
    """

    name: str
    limit: Limit
    source: str
    started_at: datetime
    due: datetime
    remind_at: datetime | None = None
    remind_share: Decimal | None = None
    paused_at: datetime | None = None
    paused_reason: str | None = None
    left: Limit | None = None
    pauses: tuple[Pause, ...] = ()
    extensions: tuple[Extension, ...] = ()


def acts(clock: Clock) -> list[Pause | Extension]:
    """Pauses and extensions in the order in which they happened."""
    done: list[Pause | Extension] = []
    granted = list(clock.extensions)
    for number, over in enumerate(clock.pauses):
        while granted and granted[0].pauses_before <= number:
            done.append(granted.pop(0))
        done.append(over)
    return done + granted


# --- as data


def to_data(clock: Clock) -> dict[str, Any]:
    """Plain form for an event's payload: text, whole numbers, lists and None only; instants as UTC text."""
    return {
        "name": clock.name,
        "limit": str(clock.limit),
        "source": clock.source,
        "started_at": _text(clock.started_at),
        "due": _text(clock.due),
        "remind_at": _text(clock.remind_at),
        "remind_share": None if clock.remind_share is None else str(clock.remind_share),
        "paused_at": _text(clock.paused_at),
        "paused_reason": clock.paused_reason,
        "left": None if clock.left is None else str(clock.left),
        "pauses": [
            {
                "start": _text(over.start),
                "end": _text(over.end),
                "reason": over.reason,
                "due_before": _text(over.due_before),
                "left": None if over.left is None else str(over.left),
            }
            for over in clock.pauses
        ],
        "extensions": [
            {
                "amount": str(extension.amount),
                "granted_at": _text(extension.granted_at),
                "reason": extension.reason,
                "due_before": _text(extension.due_before),
                "pauses_before": extension.pauses_before,
            }
            for extension in clock.extensions
        ],
    }


def from_data(data: Mapping[str, Any]) -> Clock:
    """Read back ``to_data``.

    Raises:
        ValueError: a field is missing or wrong.
    """
    try:
        return Clock(
            name=data["name"],
            limit=Limit.from_data(data["limit"]),
            source=data["source"],
            started_at=_instant(data["started_at"]),
            due=_instant(data["due"]),
            remind_at=_maybe(data["remind_at"]),
            remind_share=None if data["remind_share"] is None else Decimal(data["remind_share"]),
            paused_at=_maybe(data["paused_at"]),
            paused_reason=data["paused_reason"],
            left=None if data["left"] is None else Limit.from_data(data["left"]),
            pauses=tuple(_pause(over) for over in data["pauses"]),
            extensions=tuple(_extension(extension) for extension in data["extensions"]),
        )
    except (KeyError, TypeError, AttributeError, ArithmeticError) as fault:
        raise ValueError(f"not a stored clock: {fault!r}") from fault


def _pause(data: Mapping[str, Any]) -> Pause:
    return Pause(
        start=_instant(data["start"]),
        end=_instant(data["end"]),
        reason=data["reason"],
        due_before=_instant(data["due_before"]),
        left=None if data["left"] is None else Limit.from_data(data["left"]),
    )


def _extension(data: Mapping[str, Any]) -> Extension:
    return Extension(
        amount=Limit.from_data(data["amount"]),
        granted_at=_instant(data["granted_at"]),
        reason=data["reason"],
        due_before=_instant(data["due_before"]),
        pauses_before=data["pauses_before"],
    )


def _text(instant: datetime | None) -> str | None:
    if instant is None:
        return None
    return instant.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _instant(text: str) -> datetime:
    if not text.endswith("Z"):
        raise ValueError(f"{text!r} is not an instant in UTC such as 2026-10-10T10:00:00.000000Z")
    return datetime.fromisoformat(text).astimezone(UTC)


def _maybe(text: str | None) -> datetime | None:
    return None if text is None else _instant(text)
