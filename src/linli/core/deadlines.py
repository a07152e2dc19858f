"""Deadlines: a limit that runs, rests, is prolonged, and can say in words why it ends when it ends.

A ``Clock`` is a frozen value that holds everything needed to compute it again: the start, each pause and each
extension. Nothing here reads the time; ``at`` and ``now`` come in. Acts must come in the order in which they happened.

A limit that has been paused keeps what was left. Hours keep it to the microsecond. Working days and days keep it in
whole days by the rule of the start: the day of the resumption does not count, the days left count from the next one,
and a rest of the last day counts as one day; a pause that ends on the day it began changes nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from linli.core.calendar import SHORTEST, WHOLE, Limit, LimitUnit, WorkCalendar
from linli.core.calendar_words import (
    count_words,
    due_words,
    moment_words,
    pick,
    source_words,
    unpublished_words,
)

MILLION = 1_000_000  # a share is rounded to the millionth


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


# --- acts


def start(  # noqa: PLR0913 - each argument is a fact of its own, given by name
    name: str,
    limit: Limit,
    *,
    at: datetime,
    calendar: WorkCalendar,
    source: str,
    remind_share: Decimal | None,
) -> Clock:
    """A clock that begins to run at ``at``; ``remind_share`` is between 0 and 1, or None for no reminder.

    The reminder lies at that share of the clock time (``h``) or of the working time (all others) up to the due date,
    so that it never rings at night or on a rest day; it is None where no instant lies strictly between.

    Raises:
        ValueError: ``at`` has no time zone, or the share is not between 0 and 1.
    """
    if remind_share is not None and not 0 < remind_share < 1:
        raise ValueError(f"a reminder lies between 0 and 1 of the way, not at {remind_share}")
    began = calendar.local(at).astimezone(UTC)
    clock = Clock(name, limit, source, began, calendar.add(began, limit), remind_share=remind_share)
    return replace(clock, remind_at=_reminder(clock, began, calendar))


def pause(clock: Clock, *, at: datetime, reason: str, calendar: WorkCalendar) -> Clock:
    """Stop the clock and keep what is left. A limit that has already passed stays passed.

    Raises:
        ValueError: it is paused already, or ``at`` is before the clock's last act.
    """
    if clock.paused_at is not None:
        raise ValueError(f"the {clock.name} limit is paused already, since {clock.paused_at}")
    at = _in_order(clock, at)
    unit = clock.limit.unit
    # A limit prolonged in another unit may end outside working time; then what is left is kept in clock hours.
    left = calendar.remaining(at, clock.due, unit) or calendar.remaining(at, clock.due, LimitUnit.HOURS)
    rung = clock.remind_at if clock.remind_at is not None and clock.remind_at <= at else None
    return replace(clock, paused_at=at, paused_reason=reason, left=left, remind_at=rung)


def resume(clock: Clock, *, at: datetime, calendar: WorkCalendar) -> Clock:
    """Let the clock run again with what was left; the due date never comes nearer.

    Raises:
        ValueError: it is not paused, or ``at`` is before the pause began.
    """
    if clock.paused_at is None:
        raise ValueError(f"the {clock.name} limit is not paused")
    at = _in_order(clock, at)
    over = Pause(clock.paused_at, at, clock.paused_reason or "", clock.due, clock.left)
    running = replace(
        clock,
        due=_due_after_pause(over, calendar),
        paused_at=None,
        paused_reason=None,
        left=None,
        pauses=(*clock.pauses, over),
    )
    return running if over.left is None else replace(running, remind_at=_reminder(running, at, calendar))


def extend(clock: Clock, amount: Limit, *, at: datetime, reason: str, calendar: WorkCalendar) -> Clock:
    """Add time, counted from the current due date.

    Raises:
        ValueError: the limit is paused or has passed, or ``at`` is before the clock's last act.
    """
    if clock.paused_at is not None:
        raise ValueError(f"the {clock.name} limit is paused; resume it before extending it")
    at = _in_order(clock, at)
    if at >= clock.due:
        raise ValueError(f"the {clock.name} limit passed at {clock.due}; what has passed cannot be extended")
    return _extended(clock, Extension(amount, at, reason, clock.due, len(clock.pauses)), calendar)


def recalculate(clock: Clock, calendar: WorkCalendar) -> Clock:
    """The same clock under a corrected calendar: start, extensions and pauses are played again in their order.

    What was granted stays granted, even where the corrected due date lies before the grant.
    """
    again = start(
        clock.name,
        clock.limit,
        at=clock.started_at,
        calendar=calendar,
        source=clock.source,
        remind_share=clock.remind_share,
    )
    for act in _acts(clock):
        if isinstance(act, Extension):
            again = _extended(again, replace(act, due_before=again.due), calendar)
        else:
            again = pause(again, at=act.start, reason=act.reason, calendar=calendar)
            again = resume(again, at=act.end, calendar=calendar)
    if clock.paused_at is not None:
        again = pause(again, at=clock.paused_at, reason=clock.paused_reason or "", calendar=calendar)
    return again


def is_running(clock: Clock) -> bool:
    """Whether time counts at present."""
    return clock.paused_at is None


def is_overdue(clock: Clock, now: datetime) -> bool:
    """Whether the promise is broken; a paused clock is so only if it had passed before the pause."""
    return (clock.paused_at or now) >= clock.due


# --- how


def _in_order(clock: Clock, at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError(f"{at} has no time zone; pass an aware datetime")
    acts = (
        clock.started_at,
        *(done.end for done in clock.pauses[-1:]),
        *(done.granted_at for done in clock.extensions[-1:]),
        *((clock.paused_at,) if clock.paused_at else ()),
    )
    if at < max(acts):
        raise ValueError(f"{at} is before the {clock.name} limit's last act at {max(acts)}")
    return at.astimezone(UTC)


def _due_after_pause(over: Pause, calendar: WorkCalendar) -> datetime:
    if over.left is None:
        return over.due_before
    same_day = calendar.local(over.start).date() == calendar.local(over.end).date()
    if over.left.unit in WHOLE and same_day and over.end < over.due_before:
        return over.due_before
    return max(over.due_before, calendar.add(over.end, over.left))


def _extended(clock: Clock, extension: Extension, calendar: WorkCalendar) -> Clock:
    longer = replace(
        clock,
        due=calendar.prolong(clock.due, extension.amount),
        extensions=(*clock.extensions, extension),
    )
    return replace(longer, remind_at=_reminder(longer, extension.granted_at, calendar))


def _reminder(clock: Clock, at: datetime, calendar: WorkCalendar) -> datetime | None:
    """Where the reminder lies, seen from the act at ``at``; one that has already rung stays where it was."""
    if clock.remind_share is None:
        return None
    used = _used(clock, at, calendar)
    whole = used + _measure(clock, at, clock.due, calendar)
    ahead = whole * int(clock.remind_share * MILLION) // MILLION - used
    if ahead < SHORTEST:
        return clock.remind_at
    point = at + ahead if clock.limit.unit is LimitUnit.HOURS else calendar.advance(at, ahead)
    return point if clock.started_at < point < clock.due else None


def _used(clock: Clock, at: datetime, calendar: WorkCalendar) -> timedelta:
    used, began = timedelta(), clock.started_at
    for over in clock.pauses:
        used += _measure(clock, began, over.start, calendar)
        began = over.end
    return used + _measure(clock, began, at, calendar)


def _measure(clock: Clock, begin: datetime, end: datetime, calendar: WorkCalendar) -> timedelta:
    if clock.limit.unit is LimitUnit.HOURS:
        return max(end - begin, timedelta())
    return calendar.working_time(begin, end)


def _acts(clock: Clock) -> list[Pause | Extension]:
    """Pauses and extensions in the order in which they happened."""
    acts: list[Pause | Extension] = []
    granted = list(clock.extensions)
    for number, over in enumerate(clock.pauses):
        while granted and granted[0].pauses_before <= number:
            acts.append(granted.pop(0))
        acts.append(over)
    return acts + granted


# --- in words


def explain(
    clock: Clock, calendar: WorkCalendar, lang: str, labels: Mapping[str, str] | None = None
) -> tuple[str, ...]:
    """Sentences by which a resident can count the due date again by hand, in ``zh-hans`` or ``en``.

    ``labels`` translates the codes of reasons and sources where the caller has words for them.

    Raises:
        ValueError: another language.
    """
    labels = labels or {}
    acts = _acts(clock)
    dues = [*(act.due_before for act in acts), clock.due]
    source = source_words(clock.source, lang, labels)
    said = [
        pick(
            lang,
            f"时限：{clock.limit.words(lang)}（依据：{source}）。",
            f"Limit: {clock.limit.words(lang)} (from: {source}).",
        ),
        *count_words(calendar, clock.started_at, clock.limit, dues[0], lang),
    ]
    if acts:
        said.append(_due_words(calendar, dues[0], lang, "原定到期", "First due"))
    for act, due in zip(acts, dues[1:], strict=True):
        reason = labels.get(act.reason, act.reason)
        if isinstance(act, Extension):
            said += _extension_words(act, due, calendar, lang, reason)
        else:
            said += _pause_words(act, due, calendar, lang, reason)
    return (*said, *_closing_words(clock, calendar, lang, labels))


def _due_words(calendar: WorkCalendar, due: datetime, lang: str, chinese: str, english: str) -> str:
    text = due_words(calendar, due, lang)
    return pick(lang, f"{chinese}：{text}。", f"{english}: {text}.")


def _extension_words(act: Extension, due: datetime, calendar: WorkCalendar, lang: str, reason: str) -> list[str]:
    at, amount = moment_words(calendar, act.granted_at, lang), act.amount.words(lang)
    return [
        pick(
            lang,
            f"{at}批准延长 {amount}（原因：{reason}），从原到期时间续算。",
            f"Extended on {at} by {amount} (reason: {reason}), counted on from the earlier due date.",
        ),
        *count_words(calendar, act.due_before, act.amount, due, lang, prolonged=True),
        _moved_words(calendar, act.due_before, due, lang),
    ]


def _moved_words(calendar: WorkCalendar, before: datetime, after: datetime, lang: str) -> str:
    old, new = due_words(calendar, before, lang), due_words(calendar, after, lang)
    return pick(lang, f"到期由{old}变为{new}。", f"Due moved from {old} to {new}.")


def _pause_words(act: Pause, due: datetime, calendar: WorkCalendar, lang: str, reason: str) -> list[str]:
    began, ended = moment_words(calendar, act.start, lang), moment_words(calendar, act.end, lang)
    paused = pick(
        lang,
        f"{began}至{ended}暂停计时（原因：{reason}）。",
        f"Paused from {began} to {ended} (reason: {reason}).",
    )
    unchanged = due_words(calendar, due, lang)
    if act.left is None:
        passed = (
            f"暂停时已过到期时间，到期不变：{unchanged}。",
            f"It had passed before, so due is unchanged: {unchanged}.",
        )
        return [paused, pick(lang, *passed)]
    left = act.left.words(lang)
    if due == act.due_before:
        same = (
            f"暂停时剩余 {left}，到期不变：{unchanged}。",
            f"{left} left at the pause; due is unchanged: {unchanged}.",
        )
        return [paused, pick(lang, *same)]
    return [
        paused,
        pick(lang, f"暂停时剩余 {left}，恢复后续算。", f"{left} left at the pause, counted on from the resumption."),
        *count_words(calendar, act.end, act.left, due, lang),
        _moved_words(calendar, act.due_before, due, lang),
    ]


def _closing_words(clock: Clock, calendar: WorkCalendar, lang: str, labels: Mapping[str, str]) -> list[str]:
    said = []
    if clock.paused_at is not None:
        said.append(_paused_words(clock, calendar, lang, labels))
    if recalculate(clock, calendar).due != clock.due:
        said.append(
            pick(
                lang,
                "节假日安排在此之后有更正，下列到期时间尚未按更正后的日历重新计算。",
                "The holidays have been corrected since; the due date below is not yet counted again with them.",
            )
        )
    said.append(_due_words(calendar, clock.due, lang, "到期", "Due"))
    if any(limit.unit is not LimitUnit.HOURS for limit in (clock.limit, *(act.amount for act in clock.extensions))):
        last = calendar.last_day(clock.due)
        first = last if clock.limit.unit is LimitUnit.DAYS else calendar.local(clock.started_at).date()
        said += unpublished_words(calendar, first, last, lang)
    return said


def _paused_words(clock: Clock, calendar: WorkCalendar, lang: str, labels: Mapping[str, str]) -> str:
    at = moment_words(calendar, clock.paused_at or clock.due, lang)
    reason = labels.get(clock.paused_reason or "", clock.paused_reason or "")
    if clock.left is None:
        rest = "此前已过到期时间", "it had passed before"
    else:
        left = clock.left.words(lang)
        rest = f"剩余 {left}，恢复后续算，到期相应后移", f"{left} left; due moves on when it is resumed"
    return pick(
        lang, f"{at}起暂停计时（原因：{reason}），{rest[0]}。", f"Paused since {at} (reason: {reason}); {rest[1]}."
    )


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
