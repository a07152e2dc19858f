"""The Chinese working calendar: public holidays, moved rest days and make-up workdays, frozen into one value.

Source of the days: the yearly notice of the General Office of the State Council, as held by the ``holidays`` library
(read offline); an officer adds or takes away days by corrections. The notice for a year comes out in the autumn
before. A year whose notice the library does not hold yet keeps only the days that 全国年节及纪念日放假办法 names itself
(so New Year's Day is never counted as a workday) and stays outside the calendar's known range, which deadlines say.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

import holidays

from linli.core.calendar import ONE_DAY, WorkCalendar

FIRST_YEAR = 2025
"""The first year of the calendars that are published."""
SHANGHAI = ZoneInfo("Asia/Shanghai")
OFFICE_HOURS = ((9 * 60, 12 * 60), (14 * 60, 18 * 60))
MONDAY_TO_FRIDAY = frozenset(range(5))
OBSERVED = re.compile(r"（补假）| \(observed\)")
MOVED = re.compile(r"由 (\d{4}-\d{2}-\d{2}) 调休")
# The notices call the whole of the Spring Festival rest 春节, from New Year's Eve on.
NAMES = {
    "元旦": ("元旦", "New Year's Day"),
    "农历除夕": ("春节", "Spring Festival"),
    "春节": ("春节", "Spring Festival"),
    "清明节": ("清明节", "Tomb-Sweeping Day"),
    "劳动节": ("劳动节", "Labour Day"),
    "端午节": ("端午节", "Dragon Boat Festival"),
    "中秋节": ("中秋节", "Mid-Autumn Festival"),
    "国庆节": ("国庆节", "National Day"),
}
UNNAMED = ("调休", "moved rest day")


class DayKind(StrEnum):
    """What a correction makes of a day; an ordinary day follows the week again."""

    HOLIDAY = "holiday"
    MAKEUP_WORKDAY = "makeup_workday"
    ORDINARY = "ordinary"


@dataclass(frozen=True, slots=True)
class Correction:
    """One day that an officer sets. ``name`` may hold both languages: ``防汛停工 / Flood closure``."""

    day: date
    kind: DayKind
    name: str = ""


def chinese_calendar(
    years: Sequence[int],
    *,
    overrides: Iterable[Correction] = (),
    published: Iterable[int] = (),
    tz: ZoneInfo = SHANGHAI,
    hours: tuple[tuple[int, int], ...] = OFFICE_HOURS,
    weekdays: frozenset[int] = MONDAY_TO_FRIDAY,
    roll_days: bool = True,
    name: str = "",
) -> WorkCalendar:
    """The calendar of consecutive ``years``, with its known range set to those whose notice is held.

    ``overrides`` are applied in order, later ones win. ``published`` names years whose notice an officer has entered
    in full by ``overrides`` before the library holds it; they then count as known. A rest day's name is that of the
    whole stretch (``国庆节、中秋节 / National Day, Mid-Autumn Festival``); weekends that touch a holiday belong to it,
    as in the notices.

    Raises:
        ValueError: the years are not consecutive, or none of them (or not the first ones) has a notice.
    """
    wanted = sorted(set(years))
    if not wanted or wanted != list(range(wanted[0], wanted[-1] + 1)):
        raise ValueError(f"a calendar needs consecutive years, for example range(2024, 2027), not {tuple(years)}")
    held = _Held(wanted)
    known = _known(wanted, held.published | set(published))
    calendar = WorkCalendar(
        name=name or f"cn-{wanted[0]}-{known[-1]}",
        tz=tz,
        hours=hours,
        weekdays=weekdays,
        holidays={day: text for day, text in held.rest_days() if day.year in wanted},
        makeup_workdays={day: text for day, text in held.makeup_workdays() if day.year in wanted},
        first=date(known[0], 1, 1),
        last=date(known[-1], 12, 31),
        roll_days=roll_days,
    )
    return corrected(calendar, overrides)


def corrected(calendar: WorkCalendar, overrides: Iterable[Correction]) -> WorkCalendar:
    """The calendar with days set anew; open limits are then recalculated by a recorded act.

    Raises:
        ValueError: a holiday or make-up workday without a name.
    """
    rest, made_up = dict(calendar.holidays), dict(calendar.makeup_workdays)
    for correction in overrides:
        rest.pop(correction.day, None)
        made_up.pop(correction.day, None)
        if correction.kind is DayKind.HOLIDAY:
            rest[correction.day] = correction.name
        elif correction.kind is DayKind.MAKEUP_WORKDAY:
            made_up[correction.day] = correction.name
    return replace(calendar, holidays=rest, makeup_workdays=made_up)


def _known(wanted: list[int], published: set[int]) -> list[int]:
    known = [year for year in wanted if year in published]
    if not known or known != list(range(wanted[0], known[-1] + 1)):
        missing = [year for year in wanted if year not in published]
        raise ValueError(
            f"no holiday notice is held for {', '.join(map(str, missing))}; begin with a year from 2001 on that has "
            "one, or enter the notice by overrides and name the year in published"
        )
    return known


class _Held:
    """What the library holds for some years and their neighbours, which a stretch of rest may reach into."""

    def __init__(self, years: list[int]) -> None:
        around = range(years[0] - 1, years[-1] + 2)
        chinese = holidays.country_holidays("CN", years=around, language="zh_CN")
        english = holidays.country_holidays("CN", years=around, language="en_US")
        # A moved rest day is the mark of a notice: each one since 2001 has moved some.
        moves = ((day, MOVED.search(text)) for day, text in chinese.items())
        self.moved = {day: date.fromisoformat(match[1]) for day, match in moves if match}
        self.published = {day.year for day in self.moved}
        self.names = {
            day: [] if day in self.moved else _names(text, english[day])
            for day, text in chinese.items()
            if day.year in self.published
        }
        self.worked = frozenset(chinese.weekend_workdays)
        bare = holidays.country_holidays("CN", years=around, observed=False, language="zh_CN")
        self.by_law = {
            day: _bilingual(_names(text, text)) for day, text in bare.items() if day.year not in self.published
        }

    def rest_days(self) -> Iterator[tuple[date, str]]:
        """Each rest day of a stretch that holds a holiday, with the name of the stretch."""
        for stretch in self._stretches():
            text = _bilingual([name for day in stretch for name in self.names.get(day, ())])
            yield from ((day, text) for day in stretch)
        yield from self.by_law.items()

    def makeup_workdays(self) -> Iterator[tuple[date, str]]:
        """Each make-up workday with the name of the holiday for which it is worked."""
        named = dict(self.rest_days())
        purpose = {worked: named[rest] for rest, worked in self.moved.items()}
        return ((day, purpose.get(day, _bilingual([]))) for day in self.worked)

    def _stretches(self) -> Iterator[list[date]]:
        done: set[date] = set()
        for day in sorted(self.names):
            if day not in done:
                first, last = day, day
                while self._rests(first - ONE_DAY):
                    first -= ONE_DAY
                while self._rests(last + ONE_DAY):
                    last += ONE_DAY
                stretch = [first + timedelta(days=n) for n in range((last - first).days + 1)]
                done.update(stretch)
                yield stretch

    def _rests(self, day: date) -> bool:
        weekend = day.weekday() not in MONDAY_TO_FRIDAY and day not in self.worked
        return day in self.names or (weekend and day.year in self.published)


def _names(chinese: str, english: str) -> list[tuple[str, str]]:
    pairs = zip(OBSERVED.sub("", chinese).split("; "), OBSERVED.sub("", english).split("; "), strict=True)
    return [NAMES.get(text, (text, translated)) for text, translated in pairs]


def _bilingual(names: list[tuple[str, str]]) -> str:
    pairs = list(dict.fromkeys(names)) or [UNNAMED]
    return f"{'、'.join(text for text, _ in pairs)} / {', '.join(text for _, text in pairs)}"
