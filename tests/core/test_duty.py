"""Duty hours and rosters."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
import world

from linli.core.duty import Duty, clashes, ending, gaps, hours_words, read_hours, wanted

CALENDAR = world.policy().calendar
MONDAY = date(2026, 11, 23)
SATURDAY = date(2026, 11, 28)


def at(hour: float, day: date = MONDAY) -> datetime:
    return CALENDAR.midnight(day) + timedelta(hours=hour)


def duty(begins: float, ends: float, who: str = "", name: str = "") -> Duty:
    return Duty(name or f"{begins}-{ends}", at(begins), at(ends), who)


@pytest.mark.parametrize("text", ["24小时", "24 h", "24 hours", "全天", "00:00-24:00", "每天 0:00-24:00", "24/7"])
def test_round_the_clock_is_every_hour_of_every_day(text: str) -> None:
    hours = read_hours(text)
    assert hours is not None
    assert wanted(hours, SATURDAY, CALENDAR) == ((at(0, SATURDAY), at(24, SATURDAY)),)


@pytest.mark.parametrize("text", ["工作日 08:30-12:00，14:00-17:30", "workdays 8:30-12:00, 14:00-17:30"])
def test_days_hold_for_the_spans_that_follow(text: str) -> None:
    hours = read_hours(text)
    assert hours is not None
    assert wanted(hours, MONDAY, CALENDAR) == ((at(8.5), at(12)), (at(14), at(17.5)))
    assert wanted(hours, SATURDAY, CALENDAR) == ()


def test_rest_days_follow_the_calendar_and_not_the_week() -> None:
    hours = read_hours("休息日 09:00-12:00")
    assert hours is not None
    holiday = MONDAY + timedelta(days=1)
    calendar = replace(CALENDAR, holidays={holiday: "节日"}, makeup_workdays={SATURDAY: "补班"})
    assert len(wanted(hours, holiday, calendar)) == 1
    assert wanted(hours, SATURDAY, calendar) == wanted(hours, MONDAY, calendar) == ()


@pytest.mark.parametrize(
    "text", ["随时", "8点到12点", "25:00-26:00", "08:30-08:30", "08:61-09:00", "有时 08:00-09:00", "08:30"]
)
def test_what_it_cannot_read_is_said_to_be_so(text: str) -> None:
    assert read_hours(text) is None
    assert read_hours("  ") == ()


@pytest.mark.parametrize(
    ("text", "chinese", "english"),
    [
        ("24 h", "24 小时", "24 hours"),
        ("全天", "24 小时", "24 hours"),
        ("workdays 8:30-12:00, 14:00-17:30", "工作日08:30–12:00，14:00–17:30", "workdays 08:30–12:00, 14:00–17:30"),
        ("工作日 08:30-12:00；休息日 20:00-02:00", "工作日08:30–12:00，休息日20:00–02:00",
         "workdays 08:30–12:00, rest days 20:00–02:00"),
        ("工作日 08:30-12:00，每天 14:00-24:00", "工作日08:30–12:00，每天14:00–24:00",
         "workdays 08:30–12:00, daily 14:00–24:00"),
        ("随时", "随时", "随时"),
        ("", "", ""),
    ],
)  # fmt: skip
def test_hours_are_said_in_the_readers_language_and_mean_the_same(text: str, chinese: str, english: str) -> None:
    assert (hours_words(text, "zh-hans"), hours_words(text, "en")) == (chinese, english)
    assert read_hours(chinese) == read_hours(english) == read_hours(text)


def test_it_finds_what_nobody_covers() -> None:
    day = ((at(8), at(18)),)
    assert gaps(day, []) == day
    assert gaps(day, [duty(8, 18)]) == ()
    assert gaps(day, [duty(9, 12), duty(11, 13), duty(15, 20)]) == ((at(8), at(9)), (at(13), at(15)))
    assert gaps(day, [duty(6, 8), duty(18, 20)]) == day
    assert gaps(day, [duty(0, 24)]) == ()
    assert gaps((*day, (at(20), at(22))), [duty(8, 19)]) == ((at(20), at(22)),)


def test_a_night_covers_the_morning_after() -> None:
    begins, ends = ending(MONDAY, 20 * 60, 8 * 60, CALENDAR)
    assert (begins, ends) == (at(20), at(32))
    tuesday = MONDAY + timedelta(days=1)
    assert gaps(((at(0, tuesday), at(9, tuesday)),), [Duty("night", begins, ends)]) == (
        (at(8, tuesday), at(9, tuesday)),
    )


def test_it_finds_who_would_be_in_two_places_at_once() -> None:
    found = clashes([duty(8, 12, "a", "1"), duty(12, 18, "a", "2"), duty(11, 13, "a", "3"), duty(8, 18, "b", "4")])
    assert set(found) == {("1", "3"), ("3", "2")}
    assert clashes([duty(8, 12), duty(8, 12)]) == ()
