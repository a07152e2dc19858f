"""Deadlines: a limit that runs, rests, is prolonged, and can say in words why it ends when it ends.

A ``Clock`` is a frozen value that holds everything needed to compute it again: the start, each pause and each
extension. Nothing here reads the time; ``at`` and ``now`` come in. Acts must come in the order in which they happened.

A limit that has been paused keeps what was left. Hours keep it to the microsecond. Working days and days keep it in
whole days by the rule of the start: the day of the resumption does not count, the days left count from the next one,
and a rest of the last day counts as one day; a pause that ends on the day it began changes nothing.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from linli.core.calendar import SHORTEST, WHOLE, Limit, LimitUnit, WorkCalendar
from linli.core.clock import Clock, Extension, Pause, acts, from_data, to_data
from linli.core.clock_words import explanation

__all__ = [
    "Clock",
    "Extension",
    "Pause",
    "explain",
    "extend",
    "from_data",
    "is_overdue",
    "is_running",
    "pause",
    "recalculate",
    "resume",
    "start",
    "to_data",
]

MILLION = 1_000_000  # a share is rounded to the millionth


# --- acts


def start(
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
    for act in acts(clock):
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
    happened = (
        clock.started_at,
        *(done.end for done in clock.pauses[-1:]),
        *(done.granted_at for done in clock.extensions[-1:]),
        *((clock.paused_at,) if clock.paused_at else ()),
    )
    if at < max(happened):
        raise ValueError(f"{at} is before the {clock.name} limit's last act at {max(happened)}")
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
    return at + ahead if clock.limit.unit is LimitUnit.HOURS else calendar.advance(at, ahead)


def _used(clock: Clock, at: datetime, calendar: WorkCalendar) -> timedelta:
    used, began = timedelta(), clock.started_at
    for over in clock.pauses:
        used += _measure(clock, began, over.start, calendar)
        began = over.end
    return used + _measure(clock, began, at, calendar)


def _measure(clock: Clock, begin: datetime, end: datetime, calendar: WorkCalendar) -> timedelta:
    if end <= begin:
        return timedelta()
    if clock.limit.unit is LimitUnit.HOURS:
        return end - begin
    return calendar.working_time(begin, end)


def explain(
    clock: Clock, calendar: WorkCalendar, lang: str, labels: Mapping[str, str] | None = None
) -> tuple[str, ...]:
    """Sentences by which a resident can count the due date again by hand, in ``zh-hans`` or ``en``.

    ``labels`` translates the codes of reasons and sources where the caller has words for them.

    Raises:
        ValueError: another language.
    """
    outdated = recalculate(clock, calendar).due != clock.due
    return explanation(clock, calendar, lang, labels or {}, outdated=outdated)
