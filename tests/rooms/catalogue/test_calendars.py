"""The frozen Chinese calendar against the State Council's notices, copied by hand."""

import json
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from linli.catalogue.calendars import Correction, DayKind, chinese_calendar, corrected
from linli.core import deadlines
from linli.core.calendar import Limit, WorkCalendar

RESTS = {  # year: stretches of rest as the notice gives them (first day, last day)
    2024: "01-01 01-01, 02-10 02-17, 04-04 04-06, 05-01 05-05, 06-10 06-10, 09-15 09-17, 10-01 10-07",
    2025: "01-01 01-01, 01-28 02-04, 04-04 04-06, 05-01 05-05, 05-31 06-02, 10-01 10-08",
    2026: "01-01 01-03, 02-15 02-23, 04-04 04-06, 05-01 05-05, 06-19 06-21, 09-25 09-27, 10-01 10-07",
}
WORKED = {  # year: weekend days that are worked instead
    2024: "02-04 02-18 04-07 04-28 05-11 09-14 09-29 10-12",
    2025: "01-26 02-08 04-27 09-28 10-11",
    2026: "01-04 02-14 02-28 05-09 09-20 10-10",
}
# 全国年节及纪念日放假办法 (2024 revision) names these days of 2027; the notice for 2027 was not held in November 2026.
BY_LAW_2027 = "01-01 02-05 02-06 02-07 02-08 04-05 05-01 05-02 06-09 09-15 10-01 10-02 10-03"


@pytest.fixture(scope="module")
def calendar() -> WorkCalendar:
    return chinese_calendar(range(2024, 2027))


def days(year: int, text: str) -> set[date]:
    return {date.fromisoformat(f"{year}-{day}") for day in text.split()}


def stretch(year: int, text: str) -> set[date]:
    first, last = sorted(days(year, text)) if len(set(text.split())) > 1 else [*days(year, text)] * 2
    return {first + timedelta(days=n) for n in range((last - first).days + 1)}


@pytest.mark.parametrize("year", RESTS)
def test_it_works_and_rests_on_every_day_of_a_year_as_the_notice_says(calendar: WorkCalendar, year: int) -> None:
    rest = set().union(*(stretch(year, text) for text in RESTS[year].split(", ")))
    worked = days(year, WORKED[year])
    day = date(year, 1, 1)
    while day.year == year:
        assert calendar.is_workday(day) == (day in worked or (day.weekday() < 5 and day not in rest)), day
        day += timedelta(days=1)
    assert {day for day in calendar.makeup_workdays if day.year == year} == worked
    assert rest <= {day for day in calendar.holidays if day.year == year}


@pytest.mark.parametrize(
    ("day", "chinese", "english"),
    [
        (date(2026, 1, 2), "元旦", "New Year's Day"),
        (date(2026, 2, 15), "春节", "Spring Festival"),  # the Sunday with which the notice begins
        (date(2026, 2, 16), "春节", "Spring Festival"),  # New Year's Eve
        (date(2026, 2, 23), "春节", "Spring Festival"),  # moved from the 28th
        (date(2026, 4, 6), "清明节", "Tomb-Sweeping Day"),  # in lieu of Sunday
        (date(2026, 5, 3), "劳动节", "Labour Day"),
        (date(2026, 6, 19), "端午节", "Dragon Boat Festival"),
        (date(2026, 9, 26), "中秋节", "Mid-Autumn Festival"),
        (date(2025, 10, 7), "国庆节、中秋节", "National Day, Mid-Autumn Festival"),
        (date(2025, 9, 28), "国庆节、中秋节", "National Day, Mid-Autumn Festival"),  # what the worked Sunday is for
        (date(2026, 10, 10), "国庆节", "National Day"),
        (date(2026, 3, 10), "", ""),
    ],
)
def test_it_names_each_day_in_both_languages(calendar: WorkCalendar, day: date, chinese: str, english: str) -> None:
    assert calendar.day_name(day, "zh-hans") == chinese
    assert calendar.day_name(day, "en") == english


def test_it_knows_the_range_whose_notices_it_holds() -> None:
    calendar = chinese_calendar(range(2024, 2028))
    assert (calendar.first, calendar.last) == (date(2024, 1, 1), date(2026, 12, 31))
    assert calendar.name == "cn-2024-2026"


def test_it_keeps_only_the_days_named_by_law_of_a_year_without_a_notice() -> None:
    calendar = chinese_calendar((2026, 2027))
    if calendar.last.year == 2027:
        pytest.skip("the installed holidays library holds the notice for 2027 by now")
    assert {day for day in calendar.holidays if day.year == 2027} == days(2027, BY_LAW_2027)
    assert not [day for day in calendar.makeup_workdays if day.year == 2027]


def test_it_says_so_in_a_deadline_that_reaches_a_year_without_a_notice() -> None:
    calendar = chinese_calendar((2026, 2027, 2028))
    year = calendar.last.year
    clock = deadlines.start(
        "handle",
        Limit.parse("1wd"),
        at=datetime(year, 12, 31, 2, tzinfo=UTC),
        calendar=calendar,
        source="profile:default",
        remind_share=None,
    )
    said = deadlines.explain(clock, calendar, "zh-hans")
    assert any(f"1月1日（周{'一二三四五六日'[date(year + 1, 1, 1).weekday()]}） 元旦放假" in each for each in said)
    assert said[-1].startswith(f"{year + 1} 年的放假和调休安排尚未公布")


def test_it_counts_a_year_as_known_once_an_officer_has_entered_its_notice() -> None:
    notice = [
        Correction(date(2028, 2, 1), DayKind.HOLIDAY, "春节 / Spring Festival"),
        Correction(date(2028, 2, 5), DayKind.MAKEUP_WORKDAY, "春节 / Spring Festival"),
    ]
    calendar = chinese_calendar(range(2026, 2029), overrides=notice, published=(2027, 2028))
    assert calendar.last == date(2028, 12, 31)
    assert calendar.name == "cn-2026-2028"
    assert not calendar.is_workday(date(2028, 2, 1))
    assert calendar.is_workday(date(2028, 2, 5))


def test_it_lets_an_officer_add_and_take_away_days_the_last_word_winning(calendar: WorkCalendar) -> None:
    tuesday, moved, worked, both = date(2026, 3, 10), date(2026, 10, 6), date(2026, 9, 20), date(2026, 3, 14)
    changed = corrected(
        calendar,
        [
            Correction(tuesday, DayKind.HOLIDAY, "防汛停工 / Flood closure"),
            Correction(moved, DayKind.ORDINARY),
            Correction(worked, DayKind.ORDINARY),
            Correction(both, DayKind.HOLIDAY, "x"),
            Correction(both, DayKind.MAKEUP_WORKDAY, "加班 / extra workday"),
        ],
    )
    assert [changed.is_workday(day) for day in (tuesday, moved, worked, both)] == [False, True, False, True]
    assert changed.day_name(tuesday, "en") == "Flood closure"
    assert calendar.is_workday(tuesday), "the first calendar stays as it was"


def test_it_refuses_a_correction_without_a_name(calendar: WorkCalendar) -> None:
    with pytest.raises(ValueError, match="2026-03-10 needs a name"):
        corrected(calendar, [Correction(date(2026, 3, 10), DayKind.HOLIDAY)])


@pytest.mark.parametrize(
    ("years", "says"),
    [((), "consecutive"), ((2024, 2026), "consecutive"), ((1999, 2000, 2001), "1999, 2000"), ((2050,), "2050")],
)
def test_it_refuses_years_it_cannot_answer_for(years: tuple[int, ...], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        chinese_calendar(years)


def test_it_is_the_same_after_being_frozen_into_a_policy_document(calendar: WorkCalendar) -> None:
    assert WorkCalendar.from_data(json.loads(json.dumps(calendar.to_data())), ZoneInfo) == calendar


def test_it_holds_every_year_since_2001_without_a_nameless_day() -> None:
    calendar = chinese_calendar(range(2001, 2027))
    assert calendar.first == date(2001, 1, 1)
    for year in range(2001, 2027):
        assert any(day.year == year for day in calendar.makeup_workdays), year
    assert not [day for day, name in calendar.holidays.items() if "调休" in name]
    assert not [day for day in calendar.makeup_workdays if day.weekday() < 5]
