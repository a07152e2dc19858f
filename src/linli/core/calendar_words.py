"""Days, moments and counts in words, in Simplified Chinese (``zh-hans``) and English (``en``).

What is said here lets a reader count again with a paper calendar: each day with its weekday, each holiday by name,
each make-up workday, and what is not known yet.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from linli.core.calendar import ONE_DAY, Limit, LimitUnit, WorkCalendar

LISTED = 10  # up to so many counted days (or stretches of hours) are named one by one
CHINESE_DAYS = "一二三四五六日"
ENGLISH_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
ENGLISH_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def pick(lang: str, chinese: str, english: str) -> str:
    """The text in the language.

    Raises:
        ValueError: another language.
    """
    if lang not in ("zh-hans", "en"):
        raise ValueError(f"no words in {lang!r}; use zh-hans or en")
    return chinese if lang == "zh-hans" else english


# --- days and moments


def weekday_words(day: date, lang: str) -> str:
    """``周六`` or ``Sat``."""
    return pick(lang, f"周{CHINESE_DAYS[day.weekday()]}", ENGLISH_DAYS[day.weekday()])


def date_words(day: date, lang: str, base: int) -> str:
    """A date without its weekday, with the year only where it is not the ``base`` year."""
    year = pick(lang, f"{day.year}年", f" {day.year}") if day.year != base else ""
    return pick(lang, f"{year}{day.month}月{day.day}日", f"{day.day} {ENGLISH_MONTHS[day.month - 1]}{year}")


def day_words(day: date, lang: str, base: int = 0) -> str:
    """``10月10日（周六）`` or ``Sat 10 October``, with the year unless it is the ``base`` year."""
    text, weekday = date_words(day, lang, base), weekday_words(day, lang)
    return pick(lang, f"{text}（{weekday}）", f"{weekday} {text}")


def moment_words(calendar: WorkCalendar, instant: datetime, lang: str, *, end: bool = False) -> str:
    """``2026年10月10日（周六）18:00`` by the clock of the place; seconds are left out when there are none.

    With ``end``, midnight is written 24:00 of the day that it ends, as due dates are.
    """
    local = calendar.local(instant)
    day, time = local.date(), _time_words(local)
    if end and time == "00:00":
        day, time = calendar.last_day(instant), "24:00"
    return pick(lang, f"{day_words(day, lang)}{time}", f"{day_words(day, lang)}, {time}")


def _time_words(local: datetime) -> str:
    return f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"


def due_words(calendar: WorkCalendar, due: datetime, lang: str) -> str:
    """A due date as a moment."""
    return moment_words(calendar, due, lang, end=True)


def hours_words(calendar: WorkCalendar, lang: str) -> str:
    """The working hours of a day: ``9:00—12:00、14:00—18:00``."""
    stretches = (f"{a // 60}:{a % 60:02}-{b // 60}:{b % 60:02}" for a, b in calendar.hours)
    return pick(lang, "、", ", ").join(stretches)


# --- rest days


@dataclass(frozen=True, slots=True)
class Rest:
    """A stretch of rest days; ``name`` is empty for a plain weekend."""

    first: date
    last: date
    name: str


def rests(calendar: WorkCalendar, after: date, until: date, lang: str) -> Iterator[Rest]:
    """The stretches of rest days after one day, up to and with another.

    A weekend between two holidays belongs to them; one that only touches them is a plain weekend.
    """
    day = after + ONE_DAY
    while day <= until:
        if calendar.is_workday(day):
            day += ONE_DAY
            continue
        end = day
        while end < until and not calendar.is_workday(end + ONE_DAY):
            end += ONE_DAY
        yield from _split(calendar, day, end, lang)
        day = end + ONE_DAY


def _split(calendar: WorkCalendar, first: date, last: date, lang: str) -> Iterator[Rest]:
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    named = [day for day in days if day in calendar.holidays]
    if not named:
        yield Rest(first, last, "")
        return
    if first < named[0]:
        yield Rest(first, named[0] - ONE_DAY, "")
    names = dict.fromkeys(calendar.day_name(day, lang) for day in named)
    yield Rest(named[0], named[-1], pick(lang, "、", ", ").join(names))
    if named[-1] < last:
        yield Rest(named[-1] + ONE_DAY, last, "")


def _span_words(rest: Rest, lang: str, base: int) -> str:
    if rest.first == rest.last:
        return day_words(rest.first, lang, base)
    last = date_words(rest.last, lang, base if rest.last.year == base else 0)
    if (rest.first.year, rest.first.month) == (rest.last.year, rest.last.month):
        if lang == "en":
            return f"{rest.first.day} to {last}"
        return f"{date_words(rest.first, lang, base)}至{rest.last.day}日"
    first = date_words(rest.first, lang, base)
    return pick(lang, f"{first}至{last}", f"{first} to {last}")


def _weekdays_of(rest: Rest, lang: str) -> str:
    if rest.first == rest.last:
        return ""
    first, last = weekday_words(rest.first, lang), weekday_words(rest.last, lang)
    return pick(lang, f"（{first}至{last}）", f" ({first} to {last})")


def rest_words(calendar: WorkCalendar, after: date, until: date, lang: str, *, skipped: bool = True) -> list[str]:
    """Sentences on the holidays, weekends and make-up workdays after one day, up to and with another.

    ``skipped`` adds that rest days don't count and make-up days do.
    """
    base, said, weekends = after.year, [], []
    out = pick(lang, "，不计入", ": not counted") if skipped else ""
    for rest in rests(calendar, after, until, lang):
        text, weekdays = _span_words(rest, lang, base), _weekdays_of(rest, lang)
        if rest.name:
            holiday = pick(lang, f"{text} {rest.name}放假{weekdays}", f"{text}, {rest.name} holiday{weekdays}")
            said.append(pick(lang, f"{holiday}{out}。", f"{holiday}{out}."))
        else:
            weekends.append(text + weekdays)
    if weekends:
        listed = pick(lang, "、", "; ").join(weekends)
        said.append(pick(lang, f"周末：{listed}{out}。", f"Weekend, {listed}{out}."))
    return said + (_makeup_words(calendar, after, until, lang) if skipped else [])


def _makeup_words(calendar: WorkCalendar, after: date, until: date, lang: str) -> list[str]:
    days = [day_words(day, lang, after.year) for day in calendar.makeup_workdays if after < day <= until]
    if not days:
        return []
    listed = pick(lang, "、", "; ").join(days)
    return [pick(lang, f"{listed}为调休上班日，计入。", f"{listed}: make-up workday{'s'[: len(days) - 1]}, counted.")]


# --- counts


def count_words(
    calendar: WorkCalendar, start: datetime, limit: Limit, due: datetime, lang: str, *, prolonged: bool = False
) -> list[str]:
    """Sentences on how ``limit`` runs from ``start`` to ``due``.

    ``prolonged``: ``start`` is itself a due date, so midnight belongs to the day that it ends.
    """
    begin = moment_words(calendar, start, lang, end=prolonged)
    if limit.unit is LimitUnit.HOURS:
        chinese = f"自{begin}起连续计时，夜间、周末和节假日都计入。"
        return [pick(lang, chinese, f"Counted from {begin} on without a break; nights, weekends and holidays count.")]
    if limit.unit is LimitUnit.WORKING_HOURS:
        return _working_hours_words(calendar, start, due, lang)
    first = pick(
        lang,
        f"自{begin}起算，当日不计入，从次日起数。",
        f"Counted from {begin}; that day does not count, the next is the first.",
    )
    day = calendar.last_day(start) if prolonged else calendar.local(start).date()
    if limit.unit is LimitUnit.WORKING_DAYS:
        return [first, *_working_days_words(calendar, day, due, lang)]
    return [first, *_days_words(calendar, day + timedelta(days=int(limit.amount)), limit, due, lang)]


def _working_days_words(calendar: WorkCalendar, day: date, due: datetime, lang: str) -> list[str]:
    last = calendar.last_day(due)
    days = (day + timedelta(days=n) for n in range(1, (last - day).days + 1))
    counted = [each for each in days if calendar.is_workday(each)]
    said = rest_words(calendar, day, last, lang)
    if 0 < len(counted) <= LISTED:
        listed = pick(lang, "、", "; ").join(day_words(each, lang, day.year) for each in counted)
        chinese = f"依次计入的 {len(counted)} 个工作日：{listed}。"
        said.append(pick(lang, chinese, f"The working days counted ({len(counted)}): {listed}."))
    closing = f"{calendar.hours[-1][1] // 60}:{calendar.hours[-1][1] % 60:02}"
    return [*said, pick(lang, f"到最后一个工作日 {closing} 止。", f"It ends at {closing} on the last of them.")]


def _working_hours_words(calendar: WorkCalendar, start: datetime, due: datetime, lang: str) -> list[str]:
    begin, hours = moment_words(calendar, start, lang), hours_words(calendar, lang)
    said = [
        pick(
            lang,
            f"自{begin}起算，只计工作日的工作时间（{hours}）。",
            f"Counted from {begin}, only in the working hours ({hours}) of working days.",
        ),
        *rest_words(calendar, calendar.local(start).date() - ONE_DAY, calendar.last_day(due), lang),
    ]
    stretches = list(calendar.worked(start, due))
    if 0 < len(stretches) <= LISTED:
        listed = pick(lang, "、", "; ").join(_stretch_words(calendar, a, b, lang) for a, b in stretches)
        said.append(pick(lang, f"计入的时段：{listed}。", f"Hours counted: {listed}."))
    return said


def _stretch_words(calendar: WorkCalendar, start: datetime, end: datetime, lang: str) -> str:
    return f"{moment_words(calendar, start, lang)}-{_time_words(calendar.local(end))}"


def _days_words(calendar: WorkCalendar, nominal: date, limit: Limit, due: datetime, lang: str) -> list[str]:
    last, amount, day = calendar.last_day(due), f"{limit.amount:f}", day_words(nominal, lang)
    said = [
        pick(
            lang,
            f"按自然日连续计算，周末和节假日也计入；第 {amount} 日为{day}，到当日 24:00 止。",
            f"Every calendar day counts, weekends and holidays too; day {amount} is {day}, and ends at 24:00.",
        )
    ]
    if nominal < last:
        said += rest_words(calendar, nominal - ONE_DAY, last - ONE_DAY, lang, skipped=False)
        moved = day_words(last, lang)
        said.append(
            pick(
                lang,
                f"最后一日逢休息日，顺延至休息结束后的第一个工作日{moved}（《民法典》第二百零三条）。",
                f"The last day is a rest day, so the limit ends with the first working day after it, {moved} "
                "(Civil Code, article 203).",
            )
        )
    return said


# --- what stands around a count


def source_words(source: str, lang: str, labels: Mapping[str, str]) -> str:
    """Where a limit came from: ``matter:CODE@VERSION``, ``profile:NAME``, ``part_of_lead``, or a label given for it."""
    kind, _, rest = source.partition(":")
    if source in labels:
        return labels[source]
    if kind == "matter":
        code, _, version = rest.partition("@")
        return pick(lang, f"事项清单 {code} 第 {version or 1} 版", f"matter {code}, version {version or 1}")
    if kind == "profile":
        name = labels.get(rest, rest)
        return pick(lang, f"默认时限方案 {name}", f"the default limits, profile {name}")
    if source == "part_of_lead":
        return pick(lang, "按主办单位时限折算的协办时限", "the co-handler's share of the lead's limit")
    return source


def unpublished_words(calendar: WorkCalendar, first: date, last: date, lang: str) -> list[str]:
    """The caveat for each part of a count that leaves the range for which the holidays are known; else nothing."""
    said = []
    week = _week_words(calendar, lang)
    if last > calendar.last:
        years = _year_words(max(first, calendar.last + ONE_DAY).year, last.year)
        said.append(
            pick(
                lang,
                f"{years} 年的放假和调休安排尚未公布，{day_words(calendar.last, lang)}之后暂按{week}上班"
                "和日历已列出的日子推算；公布后重新计算。",
                f"The holidays of {years} are not yet published; after {day_words(calendar.last, lang)} the count "
                f"follows the plain week ({week}) and the days already listed, and is done again once they are.",
            )
        )
    if first < calendar.first:
        years = _year_words(first.year, min(last, calendar.first - ONE_DAY).year)
        said.append(
            pick(
                lang,
                f"日历未收录 {years} 年的放假和调休安排，{day_words(calendar.first, lang)}之前按{week}上班推算。",
                f"The calendar does not hold the holidays of {years}; before {day_words(calendar.first, lang)} "
                f"the count follows the plain week ({week}).",
            )
        )
    return said


def _year_words(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}-{last}"


def _week_words(calendar: WorkCalendar, lang: str) -> str:
    days = sorted(calendar.weekdays)
    if len(days) > 2 and days == list(range(days[0], days[-1] + 1)):
        chinese = f"周{CHINESE_DAYS[days[0]]}至周{CHINESE_DAYS[days[-1]]}"
        return pick(lang, chinese, f"{ENGLISH_DAYS[days[0]]} to {ENGLISH_DAYS[days[-1]]}")
    return pick(lang, "、", ", ").join(pick(lang, f"周{CHINESE_DAYS[n]}", ENGLISH_DAYS[n]) for n in days)
