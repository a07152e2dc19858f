"""Working time: what a limit is, which days count, and the instant at which a limit ends.

Instants are aware datetimes; every instant given back is in UTC. The time zone comes in as a ``tzinfo`` value, the
holidays as data (``linli.catalogue.calendars`` freezes them), so that the same calendar gives the same answer for ever.

Source of the counting rules: 民法典 §201 (the day of the start does not count; hours run from the hour itself) and
§203 (a last day that is a rest day moves to the day after the rest).
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import ROUND_CEILING, ROUND_HALF_EVEN, Decimal
from enum import StrEnum
from typing import Any, Self

ONE_DAY = timedelta(days=1)
SHORTEST = timedelta(microseconds=1)
HOUR = 3_600_000_000  # microseconds
QUARTER = Decimal("0.25")
CENT = Decimal("0.01")
EXACT = Decimal("1e-12")  # fine enough that any whole microsecond survives the way into hours and back
LIMIT_TEXT = re.compile(r"([0-9]{1,6})(\.[0-9]{1,12})?(wh|wd|h|d)")


class LimitUnit(StrEnum):
    """What a limit is counted in, written as in ``matters.csv``."""

    HOURS = "h"
    WORKING_HOURS = "wh"
    WORKING_DAYS = "wd"
    DAYS = "d"


WHOLE = frozenset({LimitUnit.WORKING_DAYS, LimitUnit.DAYS})
# Upper bounds of a limit that a person may write: about a year of hours, three years of working days, five of days.
LONGEST = {LimitUnit.HOURS: 8784, LimitUnit.WORKING_HOURS: 2200, LimitUnit.WORKING_DAYS: 780, LimitUnit.DAYS: 1830}


@dataclass(frozen=True, slots=True)
class Limit:
    """An amount of time to act in: ``5wd``, ``0.5h``, ``4wh``, ``30d``.

    ``amount`` is above zero; whole for working days and days. Limits that a person wrote (``parse``) have at most two
    decimals; what is left of a paused limit may have up to twelve.

    Raises:
        ValueError: the amount is not above zero, or not whole for ``wd`` and ``d``.
    """

    amount: Decimal
    unit: LimitUnit

    def __post_init__(self) -> None:
        if not (self.amount.is_finite() and self.amount > 0):
            raise ValueError(f"a limit must be above zero, not {self.amount}{self.unit}")
        if self.unit in WHOLE and self.amount % 1:
            raise ValueError(f"{self.unit} are counted whole, not {self.amount}{self.unit}; use h or wh for less")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a limit as a person writes it; ``str()`` gives the canonical text back.

        Raises:
            ValueError: not a limit, zero, more than two decimals, parts of a day, or longer than ``LONGEST``.
        """
        limit = cls.from_data(text)
        if limit.amount % CENT:
            raise ValueError(f"{text!r} has more than two decimals; the finest step is 0.01 (36 seconds)")
        if limit.amount > LONGEST[limit.unit]:
            raise ValueError(f"{text!r} is longer than the {LONGEST[limit.unit]}{limit.unit} that a limit may have")
        return limit

    @classmethod
    def from_data(cls, text: str) -> Self:
        """Read back what ``str()`` wrote, also the exact rest of a paused limit.

        Raises:
            ValueError: not a limit.
        """
        match = LIMIT_TEXT.fullmatch(text.strip())
        if match is None:
            raise ValueError(
                f"{text!r} is not a limit; write a number and h (hours), wh (working hours), "
                "wd (working days) or d (calendar days), for example 5wd or 0.5h"
            )
        return cls(Decimal(match[1] + (match[2] or "")), LimitUnit(match[3]))

    def __str__(self) -> str:
        return f"{self.amount.normalize():f}{self.unit}"

    @property
    def span(self) -> timedelta:
        """The length of an hour limit, to the microsecond.

        Raises:
            ValueError: working days and days have no fixed length.
        """
        if self.unit in WHOLE:
            raise ValueError(f"{self} has no fixed length in hours")
        return timedelta(microseconds=int((self.amount * HOUR).to_integral_value(ROUND_HALF_EVEN)))

    def half(self) -> "Limit":
        """Half of it, rounded up; never below one day or a quarter of an hour, and never longer than the whole."""
        step = Decimal(1) if self.unit in WHOLE else CENT
        least = Decimal(1) if self.unit in WHOLE else QUARTER
        halved = (self.amount / 2).quantize(step, ROUND_CEILING)
        return Limit(min(self.amount, max(least, halved)), self.unit)

    def words(self, lang: str) -> str:
        """The limit in words: ``5 个工作日`` for ``zh-hans``, ``5 working days`` for ``en``.

        Raises:
            ValueError: another language.
        """
        if lang not in ("zh-hans", "en"):
            raise ValueError(f"no words in {lang!r}; use zh-hans or en")
        if self.unit in WHOLE:
            return _day_words(self, lang)
        return _hour_words(self, lang)


def hours(span: timedelta, unit: LimitUnit = LimitUnit.HOURS) -> Limit | None:
    """A span as an exact limit in ``h`` or ``wh``; None when nothing is left of it."""
    microseconds = span // SHORTEST
    if microseconds <= 0:
        return None
    return Limit((Decimal(microseconds) / HOUR).quantize(EXACT), unit)


def _day_words(limit: Limit, lang: str) -> str:
    amount, working = int(limit.amount), limit.unit is LimitUnit.WORKING_DAYS
    if lang == "zh-hans":
        return f"{amount} 个{'工作日' if working else '自然日'}"
    return f"{amount} {'working' if working else 'calendar'} day{'' if amount == 1 else 's'}"


def _hour_words(limit: Limit, lang: str) -> str:
    seconds = int((limit.span + timedelta(milliseconds=500)).total_seconds())
    parts = (seconds // 3600, seconds // 60 % 60, seconds % 60)
    working, plain = limit.unit is LimitUnit.WORKING_HOURS, not any(parts[1:])
    if lang == "zh-hans":
        if working and plain:
            return f"{parts[0]} 个工作小时"
        text = " ".join(f"{n} {name}" for n, name in zip(parts, ("小时", "分钟", "秒"), strict=True) if n)
        return (text or "不足 1 秒") + ("（工作时间）" if working else "")
    if working and plain:
        return f"{parts[0]} working hour{'' if parts[0] == 1 else 's'}"
    names = ("hour", "minute", "second")
    text = " ".join(f"{n} {name}{'' if n == 1 else 's'}" for n, name in zip(parts, names, strict=True) if n)
    return (text or "less than 1 second") + (" of working time" if working else "")


Window = tuple[datetime, datetime]


@dataclass(frozen=True)
class WorkCalendar:
    """Which hours of which days are worked, as one frozen value.

    ``hours`` are minutes of the local day, in order: ``((540, 720), (840, 1080))`` is 9:00-12:00 and 14:00-18:00.
    ``weekdays`` counts Monday as 0. ``holidays`` are rest days, ``makeup_workdays`` worked days, each with a name that
    may hold both languages as ``国庆节 / National Day``. ``first`` to ``last`` is the range for which the list is
    complete; outside it the plain week (and any day listed) is counted, and explanations say so.
    ``roll_days``: a limit in calendar days that ends on a rest day ends with the next workday (民法典 §203).

    Raises:
        ValueError: no or overlapping hours, no weekdays, an empty range, a nameless day, a day both rest and work.
    """

    name: str
    tz: tzinfo
    hours: tuple[tuple[int, int], ...]
    weekdays: frozenset[int]
    holidays: Mapping[date, str] = field(hash=False)
    makeup_workdays: Mapping[date, str] = field(hash=False)
    first: date
    last: date
    roll_days: bool = True
    _windows: dict[date, tuple[Window, ...]] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        _check_hours(self.hours)
        if not self.weekdays or not self.weekdays <= frozenset(range(7)):
            raise ValueError("weekdays must name at least one day of 0 (Monday) to 6 (Sunday)")
        if self.first > self.last:
            raise ValueError(f"the known range ends ({self.last}) before it begins ({self.first})")
        for day in self.holidays.keys() & self.makeup_workdays.keys():
            raise ValueError(f"{day} is listed both as a holiday and as a make-up workday; keep one")
        for day, name in (*self.holidays.items(), *self.makeup_workdays.items()):
            if not name.strip():
                raise ValueError(f"{day} needs a name, so that a deadline can explain itself")
        # Own copies: a caller who later changes his dict must not change what was frozen.
        object.__setattr__(self, "holidays", dict(sorted(self.holidays.items())))
        object.__setattr__(self, "makeup_workdays", dict(sorted(self.makeup_workdays.items())))

    # --- days

    def is_workday(self, day: date) -> bool:
        """Whether the local day is worked: make-up days are, holidays are not, else the week decides."""
        if day in self.holidays:
            return False
        return day.weekday() in self.weekdays or day in self.makeup_workdays

    def next_workday(self, day: date) -> date:
        """The first workday after the day."""
        day += ONE_DAY
        while not self.is_workday(day):
            day += ONE_DAY
        return day

    def is_known(self, day: date) -> bool:
        """Whether the holidays of that day's year are in the list, so that the count is final."""
        return self.first <= day <= self.last

    def day_name(self, day: date, lang: str) -> str:
        """The name of a holiday or make-up workday in the language, as far as the list has it; else empty."""
        name = self.holidays.get(day) or self.makeup_workdays.get(day) or ""
        chinese, _, english = name.partition(" / ")
        return english if english and lang == "en" else chinese

    def local(self, instant: datetime) -> datetime:
        """The instant on the wall clock of the place.

        Raises:
            ValueError: the instant has no time zone.
        """
        if instant.tzinfo is None:
            raise ValueError(f"{instant} has no time zone; pass an aware datetime")
        return instant.astimezone(self.tz)

    def midnight(self, day: date) -> datetime:
        """The instant at which the local day begins."""
        return self._at(day, 0)

    def last_day(self, due: datetime) -> date:
        """The local day that a due date belongs to: midnight is the end of the day before."""
        return self.local(due - SHORTEST).date()

    def closing(self, day: date) -> datetime:
        """The instant at which work ends on the local day, be it worked or not."""
        windows = self.windows(day)
        return windows[-1][1] if windows else self._at(day, self.hours[-1][1])

    def windows(self, day: date) -> tuple[Window, ...]:
        """Opening and closing instants of the local day, empty on a rest day."""
        known = self._windows.get(day)
        if known is None:
            known = tuple((self._at(day, a), self._at(day, b)) for a, b in self.hours) if self.is_workday(day) else ()
            self._windows[day] = known
        return known

    def _at(self, day: date, minute: int) -> datetime:
        wall = datetime(day.year, day.month, day.day, tzinfo=self.tz) + timedelta(minutes=minute)
        return wall.astimezone(UTC)

    # --- counting

    def add(self, start: datetime, limit: Limit) -> datetime:
        """The instant at which a limit that starts at ``start`` ends.

        ``h``: clock hours. ``wh``: hours inside working time; a start outside begins at the next opening.
        ``wd``: closing time of the n-th workday after the day of the start. ``d``: end (24:00) of the n-th day after
        the day of the start, or of the next workday when that is a rest day and ``roll_days`` is set.

        Raises:
            ValueError: ``start`` has no time zone.
        """
        day = self.local(start).date()
        if limit.unit is LimitUnit.WORKING_DAYS:
            for _ in range(int(limit.amount)):
                day = self.next_workday(day)
            return self.closing(day)
        if limit.unit is LimitUnit.DAYS:
            return self.midnight(self.rolled(day + timedelta(days=int(limit.amount))) + ONE_DAY)
        if limit.unit is LimitUnit.WORKING_HOURS:
            return self.advance(start, limit.span)
        return start.astimezone(UTC) + limit.span

    def prolong(self, due: datetime, limit: Limit) -> datetime:
        """The new end when a limit is added to one that ends at ``due``: the old last day is day zero of the new.

        Differs from ``add`` only where the old one ends at midnight, which already belongs to the next day.
        """
        return self.add(due - SHORTEST if limit.unit in WHOLE else due, limit)

    def rolled(self, day: date) -> date:
        """The day itself, or the next workday when it is a rest day and days roll."""
        if not self.roll_days or self.is_workday(day):
            return day
        return self.next_workday(day)

    def advance(self, start: datetime, span: timedelta) -> datetime:
        """The instant at which ``span`` of working time has passed since ``start``."""
        day, start = self.local(start).date(), start.astimezone(UTC)
        while True:
            for opening, closing in self.windows(day):
                begin = max(start, opening)
                if begin < closing:
                    if span <= closing - begin:
                        return begin + span
                    span -= closing - begin
            day += ONE_DAY

    def working_time(self, start: datetime, end: datetime) -> timedelta:
        """How much working time lies between two instants; nothing when the end is not after the start."""
        return sum((closing - opening for opening, closing in self.worked(start, end)), timedelta())

    def worked(self, start: datetime, end: datetime) -> Iterator[Window]:
        """The stretches of working time between two instants, in order."""
        day, last = self.local(start).date(), self.local(end).date()
        start, end = start.astimezone(UTC), end.astimezone(UTC)  # comparing within one zone is several times cheaper
        while day <= last:
            for opening, closing in self.windows(day):
                begin, finish = max(start, opening), min(end, closing)
                if begin < finish:
                    yield begin, finish
            day += ONE_DAY

    def remaining(self, now: datetime, due: datetime, unit: LimitUnit) -> Limit | None:
        """What is left until ``due``; None when it has passed, or when no working time is left before it.

        ``h`` and ``wh`` are exact to the microsecond. ``wd`` and ``d`` count the whole days after today; on the last
        day itself the rest of the day counts as one.
        """
        if now >= due:
            return None
        if unit is LimitUnit.HOURS:
            return hours(due - now)
        if unit is LimitUnit.WORKING_HOURS:
            return hours(self.working_time(now, due), unit)
        today, last = self.local(now).date(), self.last_day(due)
        days = (last - today).days
        if unit is LimitUnit.WORKING_DAYS:
            days = sum(self.is_workday(today + timedelta(days=n)) for n in range(1, days + 1))
        return Limit(Decimal(max(days, 1)), unit)

    # --- as data

    def to_data(self) -> dict[str, Any]:
        """Plain JSON-able form, in canonical order, for freezing into a policy document; the zone goes by its name."""
        return {
            "name": self.name,
            "tz": zone_name(self.tz),
            "hours": [list(window) for window in self.hours],
            "weekdays": sorted(self.weekdays),
            "holidays": {day.isoformat(): name for day, name in self.holidays.items()},
            "makeup_workdays": {day.isoformat(): name for day, name in self.makeup_workdays.items()},
            "first": self.first.isoformat(),
            "last": self.last.isoformat(),
            "roll_days": self.roll_days,
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any], tz: tzinfo | Callable[[str], tzinfo]) -> Self:
        """Read back ``to_data``. ``tz`` is the zone itself or a function from its name, such as ``ZoneInfo``.

        Raises:
            ValueError: a field is missing or wrong, or ``tz`` is another zone than the one that was frozen.
        """
        try:
            zone = tz if isinstance(tz, tzinfo) else tz(data["tz"])
            if zone_name(zone) != data["tz"]:
                raise ValueError(f"the calendar was frozen for {data['tz']}, not for {zone_name(zone)}")
            return cls(
                name=data["name"],
                tz=zone,
                hours=tuple((int(opening), int(closing)) for opening, closing in data["hours"]),
                weekdays=frozenset(data["weekdays"]),
                holidays={date.fromisoformat(day): name for day, name in data["holidays"].items()},
                makeup_workdays={date.fromisoformat(day): name for day, name in data["makeup_workdays"].items()},
                first=date.fromisoformat(data["first"]),
                last=date.fromisoformat(data["last"]),
                roll_days=bool(data["roll_days"]),
            )
        except (KeyError, TypeError, AttributeError) as fault:
            raise ValueError(f"not a frozen calendar: {fault!r}") from fault


def zone_name(tz: tzinfo) -> str:
    """The name of a zone: its IANA key where it has one (``Asia/Shanghai``), else how it prints (``UTC+08:00``)."""
    return str(getattr(tz, "key", None) or tz)


def _check_hours(hours: tuple[tuple[int, int], ...]) -> None:
    before = 0
    for opening, closing in hours:
        if not before <= opening < closing <= 24 * 60:
            raise ValueError(f"hours must be in order, apart and inside 0 to 1440 minutes, not {opening} to {closing}")
        before = closing
    if not hours:
        raise ValueError("a calendar needs working hours, for example ((540, 720), (840, 1080))")
