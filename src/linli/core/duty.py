"""Duty rosters: what duty hours say, which of them nobody covers, and who would be in two places at once."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from linli.core.calendar import WorkCalendar

Window = tuple[datetime, datetime]

_MINUTES = 24 * 60
_ALL_DAY = re.compile(r"24\s*小时|全天(?:候)?|24\s*(?:h|hours?)|24/7", re.IGNORECASE)
_PART = re.compile(
    r"(?P<days>[^\d:：]*?)\s*(?P<a>\d{1,2})[:：](?P<b>\d{2})\s*[-–—~～至到]\s*(?P<c>\d{1,2})[:：](?P<d>\d{2})"
)


class Days(StrEnum):
    """On which days a span of duty hours is meant."""

    EVERY = "every"
    WORKING = "working"
    RESTING = "resting"


_DAYS = {
    "每天": Days.EVERY, "每日": Days.EVERY, "daily": Days.EVERY, "every day": Days.EVERY,
    "工作日": Days.WORKING, "workdays": Days.WORKING, "working days": Days.WORKING,
    "休息日": Days.RESTING, "节假日": Days.RESTING, "rest days": Days.RESTING,
}  # fmt: skip

_DAY_WORDS = {
    Days.EVERY: ("每天", "daily"),
    Days.WORKING: ("工作日", "workdays"),
    Days.RESTING: ("休息日", "rest days"),
}


@dataclass(frozen=True, slots=True)
class Span:
    """From minute to minute of the local day, after midnight where ``until`` is beyond the day's minutes."""

    days: Days
    begins: int
    until: int


@dataclass(frozen=True, slots=True)
class Duty:
    """One post or person on duty for a time. ``who`` is what makes two of them one and the same; empty for a post."""

    id: str
    begins: datetime
    ends: datetime
    who: str = ""


def read_hours(text: str) -> tuple[Span, ...] | None:
    """What duty hours mean; empty when none are given, None when they are not written in a way that can be checked.

    ``24小时`` or ``24 h``; else spans as ``08:30-12:00, 14:00-17:30``, each with the days before it where they are not
    all: ``工作日`` or ``workdays``, ``休息日`` or ``rest days``, ``每天`` or ``daily``. Days hold for the spans that
    follow. A span that ends before it begins runs past midnight.
    """
    text = text.strip()
    if not text:
        return ()
    if _ALL_DAY.fullmatch(text):
        return (Span(Days.EVERY, 0, _MINUTES),)
    found: list[Span] = []
    days = Days.EVERY
    for part in re.split(r"[,，;；、]", text):
        match = _PART.fullmatch(part.strip())
        if match is None:
            return None
        named = match["days"].strip().lower()
        if named and named not in _DAYS:
            return None
        days = _DAYS[named] if named else days
        span = _span(days, *(int(match[name]) for name in "abcd"))
        if span is None:
            return None
        found.append(span)
    return tuple(found)


def hours_words(text: str, lang: str) -> str:
    """Duty hours for a reader of ``zh-hans`` or ``en``, in whichever of the two they were written; what cannot be read
    stays as it is.
    """
    spans = read_hours(text)
    if not spans:
        return text
    chinese = lang == "zh-hans"
    if spans == (Span(Days.EVERY, 0, _MINUTES),):
        return "24 小时" if chinese else "24 hours"
    said, days = [], Days.EVERY
    for span in spans:
        named = "" if span.days is days else _DAY_WORDS[span.days][0 if chinese else 1] + ("" if chinese else " ")
        said.append(f"{named}{_minute(span.begins)}–{_minute(span.until)}")
        days = span.days
    return ("，" if chinese else ", ").join(said)


def wanted(hours: Sequence[Span], day: date, calendar: WorkCalendar) -> tuple[Window, ...]:
    """When somebody must be on duty by the hours of one local day."""
    works = calendar.is_workday(day)
    midnight = calendar.midnight(day)
    return tuple(
        (midnight + timedelta(minutes=span.begins), midnight + timedelta(minutes=span.until))
        for span in hours
        if span.days is Days.EVERY or works == (span.days is Days.WORKING)
    )


def gaps(windows: Iterable[Window], duties: Iterable[Duty]) -> tuple[Window, ...]:
    """The parts of the windows in which nobody is on duty, in order."""
    covered = sorted((duty.begins, duty.ends) for duty in duties)
    found: list[Window] = []
    for begins, ends in sorted(windows):
        at = begins
        for start, end in covered:
            if start >= ends:
                break
            if start > at:
                found.append((at, start))
            at = max(at, end)
        if at < ends:
            found.append((at, ends))
    return tuple(found)


def clashes(duties: Iterable[Duty]) -> tuple[tuple[str, str], ...]:
    """Pairs of ids of duties that would have one person in two places at once; one duty may follow on another."""
    found: list[tuple[str, str]] = []
    known: dict[str, list[Duty]] = {}
    for duty in sorted(duties, key=lambda each: (each.begins, each.ends, each.id)):
        if not duty.who:
            continue
        earlier = known.setdefault(duty.who, [])
        found += [(other.id, duty.id) for other in earlier if other.ends > duty.begins]
        earlier.append(duty)
    return tuple(found)


def ending(day: date, begins: int, until: int, calendar: WorkCalendar) -> Window:
    """The instants of a duty that begins on a local day; one that ends before it begins ends on the next day."""
    midnight = calendar.midnight(day)
    last = until if until > begins else until + _MINUTES
    return midnight + timedelta(minutes=begins), midnight + timedelta(minutes=last)


def _minute(minute: int) -> str:
    return "24:00" if minute == _MINUTES else f"{minute // 60 % 24:02}:{minute % 60:02}"


def _span(days: Days, a: int, b: int, c: int, d: int) -> Span | None:
    begins, until = a * 60 + b, c * 60 + d
    if b > 59 or d > 59 or begins >= _MINUTES or until > _MINUTES or begins == until:
        return None
    return Span(days, begins, until if until > begins else until + _MINUTES)
