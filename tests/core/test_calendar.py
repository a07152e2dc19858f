"""Working time. Every expected instant was counted by hand on the official notices, weekdays written out."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from official_days import BERLIN, CHINA, OFFICE_HOURS, SHANGHAI, at

from linli.core.calendar import Limit, LimitUnit, WorkCalendar

ENDS = [
    # --- wd: the day of the start does not count; the end is closing time
    ("2026-03-09 Mon 08:00", "1wd", "2026-03-10 Tue 18:00", "before opening is still day zero"),
    ("2026-03-09 Mon 10:00", "1wd", "2026-03-10 Tue 18:00", "inside hours"),
    ("2026-03-09 Mon 12:30", "1wd", "2026-03-10 Tue 18:00", "at lunch"),
    ("2026-03-09 Mon 23:59", "1wd", "2026-03-10 Tue 18:00", "after closing is the same day"),
    ("2026-03-13 Fri 18:30", "1wd", "2026-03-16 Mon 18:00", "Friday evening"),
    ("2026-03-14 Sat 10:00", "1wd", "2026-03-16 Mon 18:00", "Saturday: Monday is day one"),
    ("2026-03-15 Sun 00:00", "1wd", "2026-03-16 Mon 18:00", "midnight begins Sunday"),
    ("2026-03-16 Mon 00:00", "1wd", "2026-03-17 Tue 18:00", "midnight begins Monday, which is day zero"),
    ("2026-03-09 Mon 10:00", "20wd", "2026-04-07 Tue 18:00", "four weeks and Tomb-Sweeping Monday"),
    ("2026-04-20 Mon 09:00", "30wd", "2026-06-03 Wed 18:00", "Labour Day and its worked Saturday"),
    # Tomb-Sweeping, Labour Day, Dragon Boat 2026
    ("2026-04-03 Fri 10:00", "1wd", "2026-04-07 Tue 18:00", "4 to 6 April rest"),
    ("2026-04-30 Thu 17:30", "1wd", "2026-05-06 Wed 18:00", "1 to 5 May rest"),
    ("2026-04-30 Thu 17:30", "4wd", "2026-05-09 Sat 18:00", "the worked Saturday is day four"),
    ("2026-04-30 Thu 17:30", "5wd", "2026-05-11 Mon 18:00", "the Sunday after it rests"),
    ("2026-06-18 Thu 10:00", "1wd", "2026-06-22 Mon 18:00", "19 to 21 June rest"),
    # Mid-Autumn and National Day 2026
    ("2026-09-18 Fri 17:00", "1wd", "2026-09-20 Sun 18:00", "a worked Sunday"),
    ("2026-09-19 Sat 10:00", "1wd", "2026-09-20 Sun 18:00", "start on the Saturday before it"),
    ("2026-09-20 Sun 10:00", "1wd", "2026-09-21 Mon 18:00", "start on the worked Sunday itself"),
    ("2026-09-24 Thu 10:00", "1wd", "2026-09-28 Mon 18:00", "Mid-Autumn"),
    ("2026-09-24 Thu 10:00", "5wd", "2026-10-09 Fri 18:00", "both holidays in one limit"),
    ("2026-09-30 Wed 16:00", "1wd", "2026-10-08 Thu 18:00", "1 to 7 October rest"),
    ("2026-09-30 Wed 16:00", "3wd", "2026-10-10 Sat 18:00", "make-up Saturday counts"),
    ("2026-09-30 Wed 16:00", "5wd", "2026-10-13 Tue 18:00", "and the Sunday after it does not"),
    ("2026-10-03 Sat 11:00", "1wd", "2026-10-08 Thu 18:00", "start in the holiday: the first workday after is day one"),
    ("2026-10-07 Wed 23:59", "2wd", "2026-10-09 Fri 18:00", "start at its very end"),
    ("2026-10-09 Fri 10:00", "1wd", "2026-10-10 Sat 18:00", "Friday before the worked Saturday"),
    ("2026-10-10 Sat 10:00", "1wd", "2026-10-12 Mon 18:00", "start on the worked Saturday"),
    # Spring Festival 2026: 15 to 23 February rest, 14 and 28 are worked
    ("2026-02-13 Fri 10:00", "1wd", "2026-02-14 Sat 18:00", "worked Saturday before"),
    ("2026-02-13 Fri 10:00", "2wd", "2026-02-24 Tue 18:00", "nine days of rest"),
    ("2026-02-13 Fri 10:00", "5wd", "2026-02-27 Fri 18:00", "Sat, Tue, Wed, Thu, Fri"),
    ("2026-02-13 Fri 10:00", "6wd", "2026-02-28 Sat 18:00", "worked Saturday after"),
    ("2026-02-13 Fri 10:00", "7wd", "2026-03-02 Mon 18:00", "Sunday 1 March rests"),
    ("2026-02-14 Sat 17:00", "1wd", "2026-02-24 Tue 18:00", "start on the worked Saturday"),
    ("2026-02-17 Tue 09:00", "15wd", "2026-03-13 Fri 18:00", "start on New Year's morning"),
    # 2025: National Day with Mid-Autumn, 1 to 8 October; 28 September and 11 October are worked
    ("2025-09-26 Fri 10:00", "1wd", "2025-09-28 Sun 18:00", "worked Sunday"),
    ("2025-09-26 Fri 10:00", "5wd", "2025-10-10 Fri 18:00", "Sun, Mon, Tue, Thu 9, Fri 10"),
    ("2025-09-26 Fri 10:00", "6wd", "2025-10-11 Sat 18:00", "worked Saturday"),
    ("2025-09-26 Fri 10:00", "7wd", "2025-10-13 Mon 18:00", "Sunday 12 October rests"),
    ("2025-10-06 Mon 08:00", "3wd", "2025-10-11 Sat 18:00", "start on Mid-Autumn day"),
    ("2025-01-24 Fri 10:00", "5wd", "2025-02-07 Fri 18:00", "Sun 26, Mon 27, Wed 5, Thu 6, Fri 7"),
    ("2025-01-24 Fri 10:00", "6wd", "2025-02-08 Sat 18:00", "worked Saturday after the Spring Festival"),
    ("2025-04-25 Fri 10:00", "1wd", "2025-04-27 Sun 18:00", "worked Sunday before Labour Day"),
    ("2025-05-30 Fri 10:00", "1wd", "2025-06-03 Tue 18:00", "31 May to 2 June rest"),
    # 2024
    ("2024-02-03 Sat 10:00", "1wd", "2024-02-04 Sun 18:00", "worked Sunday"),
    ("2024-02-08 Thu 10:00", "2wd", "2024-02-18 Sun 18:00", "New Year's Eve was no holiday in 2024"),
    ("2024-05-10 Fri 10:00", "1wd", "2024-05-11 Sat 18:00", "worked Saturday"),
    ("2024-06-07 Fri 10:00", "1wd", "2024-06-11 Tue 18:00", "Dragon Boat Monday"),
    ("2024-09-13 Fri 10:00", "2wd", "2024-09-18 Wed 18:00", "Sat 14 worked, 15 to 17 rest"),
    # leap day and year ends
    ("2024-02-28 Wed 10:00", "1wd", "2024-02-29 Thu 18:00", "leap day is a workday"),
    ("2024-02-28 Wed 10:00", "2wd", "2024-03-01 Fri 18:00", "the day after it"),
    ("2025-02-28 Fri 10:00", "1wd", "2025-03-03 Mon 18:00", "no leap day"),
    ("2024-12-31 Tue 17:00", "1wd", "2025-01-02 Thu 18:00", "New Year's Day rests"),
    ("2025-12-31 Wed 17:00", "1wd", "2026-01-04 Sun 18:00", "1 to 3 January rest, Sunday is worked"),
    ("2025-12-31 Wed 17:00", "2wd", "2026-01-05 Mon 18:00", "over the year end"),
    ("2026-12-31 Thu 10:00", "1wd", "2027-01-01 Fri 18:00", "beyond the known range: the plain week"),
    ("2026-12-31 Thu 10:00", "5wd", "2027-01-07 Thu 18:00", "beyond the known range, over a weekend"),
    # --- wh: only inside working hours of workdays
    ("2026-03-09 Mon 08:00", "4wh", "2026-03-09 Mon 15:00", "begins at opening, skips lunch"),
    ("2026-03-09 Mon 09:00", "7wh", "2026-03-09 Mon 18:00", "a whole day ends at closing, not next morning"),
    ("2026-03-09 Mon 09:00", "7.01wh", "2026-03-10 Tue 09:00:36", "36 seconds more are tomorrow's"),
    ("2026-03-09 Mon 11:00", "1wh", "2026-03-09 Mon 12:00", "ends when lunch begins"),
    ("2026-03-09 Mon 11:00", "1.25wh", "2026-03-09 Mon 14:15", "over lunch"),
    ("2026-03-09 Mon 12:00", "0.5wh", "2026-03-09 Mon 14:30", "start when lunch begins"),
    ("2026-03-09 Mon 13:00", "4wh", "2026-03-09 Mon 18:00", "start at lunch, a whole afternoon"),
    ("2026-03-09 Mon 18:00", "1wh", "2026-03-10 Tue 10:00", "start at closing"),
    ("2026-03-10 Tue 00:00", "1wh", "2026-03-10 Tue 10:00", "start at midnight"),
    ("2026-03-13 Fri 17:45", "0.5wh", "2026-03-16 Mon 09:15", "over a weekend"),
    ("2026-03-14 Sat 15:00", "1wh", "2026-03-16 Mon 10:00", "start on Saturday"),
    ("2026-04-30 Thu 17:30", "4wh", "2026-05-06 Wed 14:30", "over Labour Day"),
    ("2026-09-30 Wed 16:00", "4wh", "2026-10-08 Thu 11:00", "over National Day"),
    ("2026-09-30 Wed 18:00", "1wh", "2026-10-08 Thu 10:00", "closing time before the holiday"),
    ("2026-10-05 Mon 10:00", "4wh", "2026-10-08 Thu 15:00", "start in the holiday"),
    ("2026-10-09 Fri 17:30", "4wh", "2026-10-10 Sat 14:30", "into the worked Saturday"),
    ("2026-10-10 Sat 12:30", "1wh", "2026-10-10 Sat 15:00", "lunch of the worked Saturday"),
    ("2026-02-14 Sat 17:00", "4wh", "2026-02-24 Tue 12:00", "over the Spring Festival"),
    ("2026-02-27 Fri 19:00", "1wh", "2026-02-28 Sat 10:00", "evening before the worked Saturday"),
    ("2025-09-30 Tue 12:00", "8wh", "2025-10-09 Thu 15:00", "afternoon, holiday, morning, an hour"),
    ("2025-09-30 Tue 17:00", "2wh", "2025-10-09 Thu 10:00", "one hour each side of the holiday"),
    ("2025-12-31 Wed 17:00", "4wh", "2026-01-04 Sun 12:00", "year end into the worked Sunday"),
    ("2024-02-29 Thu 17:00", "4wh", "2024-03-01 Fri 12:00", "leap day"),
    # --- h: clock hours
    ("2026-09-30 Wed 16:00", "24h", "2026-10-01 Thu 16:00", "holidays count"),
    ("2026-10-01 Thu 02:15", "0.5h", "2026-10-01 Thu 02:45", "nights count"),
    ("2026-12-31 Thu 23:50", "0.25h", "2027-01-01 Fri 00:05", "year end"),
    ("2024-02-28 Wed 23:30", "24h", "2024-02-29 Thu 23:30", "leap day"),
    ("2026-02-14 Sat 23:00", "2h", "2026-02-15 Sun 01:00", "over midnight"),
    # --- d: calendar days to 24:00, rolled off rest days
    ("2026-03-02 Mon 10:00", "15d", "2026-03-17 Tue 24:00", "a workday stays"),
    ("2026-03-02 Mon 00:00", "1d", "2026-03-03 Tue 24:00", "midnight begins day zero"),
    ("2026-03-12 Thu 10:00", "2d", "2026-03-16 Mon 24:00", "Saturday rolls to Monday"),
    ("2026-03-12 Thu 10:00", "3d", "2026-03-16 Mon 24:00", "Sunday too"),
    ("2026-03-12 Thu 10:00", "4d", "2026-03-16 Mon 24:00", "Monday is Monday"),
    ("2026-08-01 Sat 10:00", "60d", "2026-09-30 Wed 24:00", "petition: 60 days, last day before the holiday"),
    ("2026-09-03 Thu 10:00", "30d", "2026-10-08 Thu 24:00", "3 October rolls to the end of the holiday"),
    ("2026-09-10 Thu 10:00", "30d", "2026-10-10 Sat 24:00", "a worked Saturday does not roll"),
    ("2026-09-11 Fri 10:00", "30d", "2026-10-12 Mon 24:00", "the Sunday after it does"),
    ("2026-09-05 Sat 10:00", "15d", "2026-09-20 Sun 24:00", "a worked Sunday does not roll"),
    ("2026-09-10 Thu 10:00", "15d", "2026-09-28 Mon 24:00", "Mid-Autumn Friday rolls over the weekend"),
    ("2026-02-02 Mon 10:00", "15d", "2026-02-24 Tue 24:00", "New Year's Day of the lunar year"),
    ("2026-01-31 Sat 10:00", "15d", "2026-02-24 Tue 24:00", "the holiday's first day rolls over all nine"),
    ("2026-01-30 Fri 10:00", "15d", "2026-02-14 Sat 24:00", "the worked Saturday before it does not"),
    ("2025-09-08 Mon 10:00", "30d", "2025-10-09 Thu 24:00", "last day of the holiday"),
    ("2025-09-11 Thu 10:00", "30d", "2025-10-11 Sat 24:00", "worked Saturday 2025"),
    ("2025-12-31 Wed 10:00", "3d", "2026-01-04 Sun 24:00", "rolls onto a worked Sunday"),
    ("2024-12-31 Tue 10:00", "1d", "2025-01-02 Thu 24:00", "New Year's Day rolls"),
    ("2024-02-28 Wed 15:00", "2d", "2024-03-01 Fri 24:00", "leap day counts"),
    ("2025-02-28 Fri 10:00", "1d", "2025-03-03 Mon 24:00", "1 March 2025 was a Saturday"),
    ("2026-12-31 Thu 10:00", "2d", "2027-01-04 Mon 24:00", "beyond the known range: the plain week"),
]


@pytest.mark.parametrize(("start", "limit", "due", "why"), ENDS, ids=[f"{a} +{b}" for a, b, _, _ in ENDS])
def test_it_ends_a_limit_where_a_paper_calendar_does(start: str, limit: str, due: str, why: str) -> None:
    assert CHINA.add(at(start), Limit.parse(limit)) == at(due), why


def test_it_lets_a_day_limit_end_on_a_rest_day_where_days_do_not_roll() -> None:
    calendar = replace(CHINA, roll_days=False)
    assert calendar.add(at("2026-09-03 Thu 10:00"), Limit.parse("30d")) == at("2026-10-03 Sat 24:00")


def test_it_gives_instants_in_utc_whatever_zone_the_start_was_written_in() -> None:
    start = datetime(2026, 9, 30, 10, tzinfo=timezone(timedelta(hours=2)))  # 16:00 in Chongqing
    due = CHINA.add(start, Limit.parse("4wh"))
    assert due == at("2026-10-08 Thu 11:00")
    assert due.tzinfo is UTC


def test_it_counts_the_local_day_not_the_utc_day() -> None:
    start = datetime(2026, 3, 9, 17, 0, tzinfo=UTC)  # Tuesday 01:00 in Chongqing
    assert CHINA.add(start, Limit.parse("1wd")) == at("2026-03-11 Wed 18:00")


@pytest.mark.parametrize("limit", ["1h", "1wh", "1wd", "1d"])
def test_it_refuses_an_instant_without_a_zone(limit: str) -> None:
    with pytest.raises(ValueError, match="time zone"):
        CHINA.add(datetime(2026, 3, 9, 10), Limit.parse(limit))  # noqa: DTZ001


# --- a zone with summer time: clocks go forward on Sunday 29 March 2026 at 2:00, back on Sunday 25 October at 3:00

OFFICE_IN_BERLIN = WorkCalendar(
    "berlin", BERLIN, OFFICE_HOURS, frozenset(range(5)), {}, {}, date(2026, 1, 1), date(2026, 12, 31)
)
ALWAYS_IN_BERLIN = replace(OFFICE_IN_BERLIN, hours=((0, 1440),), weekdays=frozenset(range(7)))
SUMMER_TIME = [
    (OFFICE_IN_BERLIN, "2026-03-28 Sat 22:00", "24h", "2026-03-29T21:00Z", "23 hours later on the wall, 24 in truth"),
    (OFFICE_IN_BERLIN, "2026-10-24 Sat 12:00", "24h", "2026-10-25T10:00Z", "11:00 on the wall"),
    (OFFICE_IN_BERLIN, "2026-03-27 Fri 10:00", "1wd", "2026-03-30T16:00Z", "18:00 in summer time"),
    (OFFICE_IN_BERLIN, "2026-10-23 Fri 10:00", "1wd", "2026-10-26T17:00Z", "18:00 in winter time"),
    (OFFICE_IN_BERLIN, "2026-03-27 Fri 17:00", "2wh", "2026-03-30T08:00Z", "10:00 on Monday"),
    (OFFICE_IN_BERLIN, "2026-10-23 Fri 17:00", "2wh", "2026-10-26T09:00Z", "10:00 on Monday"),
    (OFFICE_IN_BERLIN, "2026-03-27 Fri 10:00", "2d", "2026-03-30T22:00Z", "Sunday rolls; Monday ends in summer time"),
    (OFFICE_IN_BERLIN, "2026-10-23 Fri 10:00", "2d", "2026-10-26T23:00Z", "Sunday rolls; Monday ends in winter time"),
    (ALWAYS_IN_BERLIN, "2026-03-28 Sat 22:00", "4wh", "2026-03-29T01:00Z", "3:00, as 2:00 to 3:00 is missing"),
    (ALWAYS_IN_BERLIN, "2026-10-24 Sat 23:00", "4wh", "2026-10-25T01:00Z", "2:00 for the second time"),
    (ALWAYS_IN_BERLIN, "2026-03-28 Sat 10:00", "1wd", "2026-03-29T22:00Z", "the short Sunday ends at midnight"),
]


@pytest.mark.parametrize(("calendar", "start", "limit", "due", "why"), SUMMER_TIME)
def test_it_keeps_wall_clock_and_elapsed_hours_apart_when_summer_time_changes(
    calendar: WorkCalendar, start: str, limit: str, due: str, why: str
) -> None:
    assert calendar.add(at(start, BERLIN), Limit.parse(limit)) == datetime.fromisoformat(due), why


# --- what is left

LEFT = [
    ("2026-10-08 Thu 10:00", "2026-10-10 Sat 18:00", "wd", "2wd", "Friday and the worked Saturday"),
    ("2026-09-30 Wed 10:00", "2026-10-10 Sat 18:00", "wd", "3wd", "the holiday is skipped"),
    ("2026-10-10 Sat 17:59", "2026-10-10 Sat 18:00", "wd", "1wd", "the rest of the last day counts as one"),
    ("2026-10-10 Sat 18:00", "2026-10-10 Sat 18:00", "wd", None, "passed"),
    ("2026-10-08 Thu 10:00", "2026-10-10 Sat 24:00", "d", "2d", "24:00 belongs to the day it ends"),
    ("2026-10-10 Sat 23:59", "2026-10-10 Sat 24:00", "d", "1d", "last minute"),
    ("2026-09-30 Wed 16:00", "2026-10-08 Thu 11:00", "wh", "4wh", "over the holiday"),
    ("2026-09-30 Wed 17:15", "2026-10-08 Thu 11:00", "wh", "2.75wh", "three quarters and two"),
    ("2026-09-30 Wed 17:15", "2026-09-30 Wed 20:00", "h", "2.75h", "clock hours"),
    ("2026-10-03 Sat 10:00", "2026-10-04 Sun 10:00", "wh", None, "no working time before it"),
]


@pytest.mark.parametrize(("now", "due", "unit", "left", "why"), LEFT)
def test_it_tells_what_is_left(now: str, due: str, unit: str, left: str | None, why: str) -> None:
    remaining = CHINA.remaining(at(now), at(due), LimitUnit(unit))
    assert (None if remaining is None else str(remaining)) == left, why


# --- limits


@pytest.mark.parametrize(
    ("text", "canonical"),
    [("5wd", "5wd"), ("0.5h", "0.5h"), ("4wh", "4wh"), ("30d", "30d"), (" 24h ", "24h"), ("0.50wh", "0.5wh"),
     ("05wd", "5wd"), ("10.0h", "10h"), ("0.01h", "0.01h"), ("100d", "100d")],
)  # fmt: skip
def test_it_reads_a_limit_and_writes_it_back_in_canonical_form(text: str, canonical: str) -> None:
    assert str(Limit.parse(text)) == canonical
    assert Limit.parse(canonical) == Limit.parse(text)


@pytest.mark.parametrize(
    ("text", "says"),
    [("", "is not a limit"), ("5", "for example 5wd"), ("5 days", "working days"), ("wd", "is not a limit"),
     ("-1wd", "is not a limit"), ("0wd", "above zero"), ("0.0h", "above zero"), ("1.5wd", "counted whole"),
     ("0.5d", "counted whole"), ("0.001h", "two decimals"), ("1e3h", "is not a limit"), ("NaNh", "is not a limit"),
     ("９wd", "is not a limit"), ("5WD", "is not a limit"), ("8785h", "longer than"), ("781wd", "longer than"),
     ("1831d", "longer than"), ("2200.01wh", "longer than"), ("9999999h", "is not a limit"), ("5wd\x00", "is not")],
)  # fmt: skip
def test_it_refuses_what_is_no_limit_and_says_what_to_write(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Limit.parse(text)


@pytest.mark.parametrize(
    ("whole", "half"),
    [("5wd", "3wd"), ("4wd", "2wd"), ("1wd", "1wd"), ("15d", "8d"), ("1d", "1d"), ("4wh", "2wh"), ("1h", "0.5h"),
     ("0.5h", "0.25h"), ("0.25h", "0.25h"), ("0.3wh", "0.25wh"), ("0.1h", "0.1h"), ("0.75h", "0.38h")],
)  # fmt: skip
def test_it_halves_a_limit_upwards_but_never_below_a_day_or_a_quarter_of_an_hour(whole: str, half: str) -> None:
    assert str(Limit.parse(whole).half()) == half


@pytest.mark.parametrize(
    ("text", "chinese", "english"),
    [("5wd", "5 个工作日", "5 working days"), ("1wd", "1 个工作日", "1 working day"),
     ("30d", "30 个自然日", "30 calendar days"), ("1d", "1 个自然日", "1 calendar day"),
     ("4wh", "4 个工作小时", "4 working hours"), ("1wh", "1 个工作小时", "1 working hour"),
     ("0.5wh", "30 分钟（工作时间）", "30 minutes of working time"), ("24h", "24 小时", "24 hours"),
     ("0.25h", "15 分钟", "15 minutes"), ("1.5h", "1 小时 30 分钟", "1 hour 30 minutes"),
     ("0.01h", "36 秒", "36 seconds")],
)  # fmt: skip
def test_it_says_a_limit_in_words(text: str, chinese: str, english: str) -> None:
    assert Limit.parse(text).words("zh-hans") == chinese
    assert Limit.parse(text).words("en") == english


def test_it_has_no_words_in_another_language() -> None:
    with pytest.raises(ValueError, match="zh-hans or en"):
        Limit.parse("5wd").words("de")


# --- the calendar as a value


@pytest.mark.parametrize(
    ("change", "says"),
    [({"hours": ()}, "needs working hours"), ({"hours": ((720, 540),)}, "in order"),
     ({"hours": ((540, 720), (700, 1080))}, "in order"), ({"hours": ((540, 1441),)}, "in order"),
     ({"weekdays": frozenset()}, "at least one day"), ({"weekdays": frozenset({7})}, "at least one day"),
     ({"first": date(2027, 1, 1)}, "before it begins"), ({"holidays": {date(2026, 10, 1): " "}}, "needs a name"),
     ({"holidays": {date(2026, 10, 10): "x"}}, "both as a holiday and as a make-up")],
)  # fmt: skip
def test_it_refuses_a_calendar_that_contradicts_itself(change: dict[str, object], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        replace(CHINA, **change)  # type: ignore[arg-type]


def test_it_is_not_changed_by_a_caller_who_later_changes_his_list() -> None:
    rest = {date(2026, 3, 10): "休 / rest"}
    calendar = replace(CHINA, holidays=rest)
    rest[date(2026, 3, 11)] = "late"
    assert calendar.is_workday(date(2026, 3, 11))
    assert not calendar.is_workday(date(2026, 3, 10))


def test_it_can_be_frozen_as_json_and_read_back() -> None:
    text = json.dumps(CHINA.to_data(), sort_keys=True)
    data = json.loads(text)
    assert WorkCalendar.from_data(data, SHANGHAI) == CHINA
    assert WorkCalendar.from_data(data, ZoneInfo) == CHINA
    assert json.dumps(WorkCalendar.from_data(data, ZoneInfo).to_data(), sort_keys=True) == text


def test_it_freezes_the_same_days_to_the_same_data_whatever_their_order() -> None:
    turned = replace(CHINA, holidays=dict(sorted(CHINA.holidays.items(), reverse=True)))
    assert json.dumps(turned.to_data()) == json.dumps(CHINA.to_data())


def test_it_refuses_frozen_data_of_another_zone_or_with_a_field_missing() -> None:
    data = CHINA.to_data()
    with pytest.raises(ValueError, match="frozen for Asia/Shanghai"):
        WorkCalendar.from_data(data, BERLIN)
    del data["hours"]
    with pytest.raises(ValueError, match=r"not a frozen calendar.*hours"):
        WorkCalendar.from_data(data, SHANGHAI)


# --- laws

INSTANTS = st.datetimes(datetime(2024, 1, 1), datetime(2026, 11, 30)).map(  # noqa: DTZ001
    lambda wall: wall.replace(tzinfo=SHANGHAI).astimezone(UTC)
)
LIMITS = st.one_of(
    st.integers(1, 9000).map(lambda n: Limit(Decimal(n) / 100, LimitUnit.HOURS)),
    st.integers(1, 9000).map(lambda n: Limit(Decimal(n) / 100, LimitUnit.WORKING_HOURS)),
    st.integers(1, 60).map(lambda n: Limit(Decimal(n), LimitUnit.WORKING_DAYS)),
    st.integers(1, 90).map(lambda n: Limit(Decimal(n), LimitUnit.DAYS)),
)


@settings(deadline=None)
@given(INSTANTS, LIMITS)
def test_it_always_ends_after_it_began(start: datetime, limit: Limit) -> None:
    assert CHINA.add(start, limit) > start


@settings(deadline=None)
@given(INSTANTS, st.timedeltas(timedelta(0), timedelta(days=20)), LIMITS)
def test_it_never_ends_earlier_for_starting_later(start: datetime, later: timedelta, limit: Limit) -> None:
    assert CHINA.add(start, limit) <= CHINA.add(start + later, limit)


@settings(deadline=None)
@given(INSTANTS, LIMITS, st.integers(1, 20))
def test_it_never_ends_earlier_for_being_longer(start: datetime, limit: Limit, more: int) -> None:
    assert CHINA.add(start, limit) <= CHINA.add(start, Limit(limit.amount + more, limit.unit))


@settings(deadline=None)
@given(INSTANTS, st.integers(1, 60))
def test_it_ends_working_days_at_closing_time_of_a_workday(start: datetime, days: int) -> None:
    due = CHINA.add(start, Limit(Decimal(days), LimitUnit.WORKING_DAYS)).astimezone(SHANGHAI)
    assert CHINA.is_workday(due.date())
    assert (due.hour, due.minute, due.second, due.microsecond) == (18, 0, 0, 0)


@settings(deadline=None)
@given(INSTANTS, st.integers(1, 60))
def test_it_has_exactly_the_promised_number_of_working_days_in_between(start: datetime, days: int) -> None:
    due = CHINA.add(start, Limit(Decimal(days), LimitUnit.WORKING_DAYS)).astimezone(SHANGHAI).date()
    day, counted = start.astimezone(SHANGHAI).date(), 0
    while day < due:
        day += timedelta(days=1)
        counted += day in CHINA.makeup_workdays or (day.weekday() < 5 and day not in CHINA.holidays)
    assert counted == days


@settings(deadline=None)
@given(INSTANTS, st.integers(1, 9000))
def test_it_has_exactly_the_promised_working_time_in_between(start: datetime, hundredths: int) -> None:
    limit = Limit(Decimal(hundredths) / 100, LimitUnit.WORKING_HOURS)
    assert CHINA.working_time(start, CHINA.add(start, limit)) == limit.span


@settings(deadline=None)
@given(INSTANTS, st.integers(1, 90))
def test_it_never_ends_a_day_limit_on_a_rest_day(start: datetime, days: int) -> None:
    due = CHINA.add(start, Limit(Decimal(days), LimitUnit.DAYS))
    last = CHINA.last_day(due)
    assert CHINA.is_workday(last)
    assert due == CHINA.midnight(last + timedelta(days=1))


@settings(deadline=None)
@given(INSTANTS, LIMITS, st.floats(0, 1, exclude_max=True))
def test_it_comes_back_to_the_same_end_from_what_is_left(start: datetime, limit: Limit, share: float) -> None:
    due = CHINA.add(start, limit)
    now = min(start + (due - start) * share, due - timedelta(microseconds=1))
    left = CHINA.remaining(now, due, limit.unit)
    assert left is not None
    on_last_day = CHINA.local(now).date() == CHINA.last_day(due)
    if limit.unit in (LimitUnit.HOURS, LimitUnit.WORKING_HOURS) or not on_last_day:
        assert CHINA.add(now, left) == due
    else:
        assert left.amount == 1


@settings(deadline=None)
@given(LIMITS)
def test_it_reads_every_limit_it_writes(limit: Limit) -> None:
    assert Limit.parse(str(limit)) == limit


@settings(deadline=None)
@given(LIMITS)
def test_it_halves_to_something_between_half_and_whole(limit: Limit) -> None:
    assert limit.amount / 2 <= limit.half().amount <= limit.amount
    assert limit.half().unit is limit.unit
