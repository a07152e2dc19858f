"""The State Council's holiday notices of 2024, 2025 and 2026, copied by hand, and instants written with their weekday.

Notices of October 2023, November 2024 and November 2025. Nothing here comes from the code under test or a library.
"""

import re
from datetime import UTC, date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from linli.core.calendar import WorkCalendar

SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")
OFFICE_HOURS = ((540, 720), (840, 1080))  # 9:00-12:00 and 14:00-18:00

RESTS = (  # first day, last day, name
    ("2024-01-01", "2024-01-01", "元旦 / New Year's Day"),
    ("2024-02-10", "2024-02-17", "春节 / Spring Festival"),
    ("2024-04-04", "2024-04-06", "清明节 / Tomb-Sweeping Day"),
    ("2024-05-01", "2024-05-05", "劳动节 / Labour Day"),
    ("2024-06-10", "2024-06-10", "端午节 / Dragon Boat Festival"),
    ("2024-09-15", "2024-09-17", "中秋节 / Mid-Autumn Festival"),
    ("2024-10-01", "2024-10-07", "国庆节 / National Day"),
    ("2025-01-01", "2025-01-01", "元旦 / New Year's Day"),
    ("2025-01-28", "2025-02-04", "春节 / Spring Festival"),
    ("2025-04-04", "2025-04-06", "清明节 / Tomb-Sweeping Day"),
    ("2025-05-01", "2025-05-05", "劳动节 / Labour Day"),
    ("2025-05-31", "2025-06-02", "端午节 / Dragon Boat Festival"),
    ("2025-10-01", "2025-10-08", "国庆节、中秋节 / National Day, Mid-Autumn Festival"),
    ("2026-01-01", "2026-01-03", "元旦 / New Year's Day"),
    ("2026-02-15", "2026-02-23", "春节 / Spring Festival"),
    ("2026-04-04", "2026-04-06", "清明节 / Tomb-Sweeping Day"),
    ("2026-05-01", "2026-05-05", "劳动节 / Labour Day"),
    ("2026-06-19", "2026-06-21", "端午节 / Dragon Boat Festival"),
    ("2026-09-25", "2026-09-27", "中秋节 / Mid-Autumn Festival"),
    ("2026-10-01", "2026-10-07", "国庆节 / National Day"),
)
WORKED_WEEKENDS = (
    "2024-02-04 2024-02-18 2024-04-07 2024-04-28 2024-05-11 2024-09-14 2024-09-29 2024-10-12 "
    "2025-01-26 2025-02-08 2025-04-27 2025-09-28 2025-10-11 "
    "2026-01-04 2026-02-14 2026-02-28 2026-05-09 2026-09-20 2026-10-10"
)

WRITTEN = re.compile(r"(\d{4}-\d{2}-\d{2}) (\w{3}) (\d{2}):(\d{2})(?::(\d{2}))?")


def holidays() -> dict[date, str]:
    """Each rest day of the notices with the name of its stretch."""
    days = {}
    for first, last, name in RESTS:
        day = date.fromisoformat(first)
        while day <= date.fromisoformat(last):
            days[day] = name
            day += timedelta(days=1)
    return days


def worked_weekends() -> dict[date, str]:
    """Each make-up workday of the notices."""
    return {date.fromisoformat(day): "调休上班 / make-up workday" for day in WORKED_WEEKENDS.split()}


CHINA = WorkCalendar(
    name="notices-2024-2026",
    tz=SHANGHAI,
    hours=OFFICE_HOURS,
    weekdays=frozenset(range(5)),
    holidays=holidays(),
    makeup_workdays=worked_weekends(),
    first=date(2024, 1, 1),
    last=date(2026, 12, 31),
)


def at(text: str, tz: tzinfo = SHANGHAI) -> datetime:
    """The instant of ``2026-10-10 Sat 18:00``; a wrong weekday is an error, ``24:00`` is the end of the day."""
    match = WRITTEN.fullmatch(text)
    assert match is not None, text
    day = date.fromisoformat(match[1])
    assert f"{day:%a}" == match[2], f"{text}: that day is a {day:%A}"
    clock = timedelta(hours=int(match[3]), minutes=int(match[4]), seconds=int(match[5] or 0))
    return (datetime(day.year, day.month, day.day, tzinfo=tz) + clock).astimezone(UTC)
