"""Deadlines: what pausing, extending and correcting the calendar do, and what a deadline says of itself."""

import json
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from clocks import ACTS, FLOOD, GAPS, INSTANTS, LIMITS, began, extended, lives, paused, resumed, started
from hypothesis import given, settings
from hypothesis import strategies as st
from official_days import CHINA, SHANGHAI, at

from linli.core import deadlines
from linli.core.calendar import Limit, LimitUnit

# --- pauses

PAUSES = [
    # start, limit, pause, resume, left, due afterwards
    # why
    ("2026-03-09 Mon 10:00", "5wd", "2026-03-10 Tue 10:00", "2026-03-12 Thu 10:00", "4wd", "2026-03-18 Wed 18:00",
     "two workdays paused, two later"),
    ("2026-03-09 Mon 10:00", "5wd", "2026-03-10 Tue 10:00", "2026-03-10 Tue 16:00", "4wd", "2026-03-16 Mon 18:00",
     "within a day nothing moves"),
    ("2026-03-09 Mon 10:00", "5wd", "2026-03-13 Fri 19:00", "2026-03-15 Sun 19:00", "1wd", "2026-03-16 Mon 18:00",
     "a weekend is no time lost"),
    ("2026-03-09 Mon 10:00", "5wd", "2026-03-14 Sat 19:00", "2026-03-16 Mon 08:00", "1wd", "2026-03-17 Tue 18:00",
     "the day of the resumption does not count"),
    ("2026-03-09 Mon 10:00", "1wd", "2026-03-10 Tue 10:00", "2026-03-10 Tue 11:00", "1wd", "2026-03-10 Tue 18:00",
     "last day, resumed before closing"),
    ("2026-03-09 Mon 10:00", "1wd", "2026-03-10 Tue 10:00", "2026-03-10 Tue 19:00", "1wd", "2026-03-11 Wed 18:00",
     "last day, resumed after closing: not passed by the pause"),
    ("2026-03-09 Mon 10:00", "1wd", "2026-03-10 Tue 10:00", "2026-03-11 Wed 09:00", "1wd", "2026-03-12 Thu 18:00",
     "the rest of the last day counts as one"),
    ("2026-09-29 Tue 10:00", "3wd", "2026-09-30 Wed 15:00", "2026-10-06 Tue 10:00", "2wd", "2026-10-09 Fri 18:00",
     "paused over the holiday only: unchanged"),
    ("2026-09-29 Tue 10:00", "3wd", "2026-09-30 Wed 15:00", "2026-10-08 Thu 10:00", "2wd", "2026-10-10 Sat 18:00",
     "and one workday after it: the worked Saturday"),
    ("2026-10-08 Thu 10:00", "5wd", "2026-10-09 Fri 10:00", "2026-10-10 Sat 10:00", "4wd", "2026-10-15 Thu 18:00",
     "the worked Saturday is a day paused"),
    ("2026-03-09 Mon 10:00", "4wh", "2026-03-09 Mon 11:00", "2026-03-10 Tue 09:30", "3wh", "2026-03-10 Tue 14:30",
     "working hours to the minute"),
    ("2026-09-30 Wed 16:00", "4wh", "2026-09-30 Wed 17:00", "2026-10-03 Sat 10:00", "3wh", "2026-10-08 Thu 12:00",
     "one hour used before the holiday"),
    ("2026-09-30 Wed 16:00", "4wh", "2026-10-02 Fri 10:00", "2026-10-05 Mon 10:00", "2wh", "2026-10-08 Thu 11:00",
     "a pause inside the holiday: unchanged"),
    ("2026-03-09 Mon 10:00", "24h", "2026-03-09 Mon 16:00", "2026-03-11 Wed 16:00", "18h", "2026-03-12 Thu 10:00",
     "clock hours"),
    ("2026-09-03 Thu 10:00", "30d", "2026-09-30 Wed 10:00", "2026-10-02 Fri 10:00", "8d", "2026-10-10 Sat 24:00",
     "left is counted to the rolled end, 8 October"),
    ("2026-03-02 Mon 10:00", "15d", "2026-03-10 Tue 10:00", "2026-03-20 Fri 10:00", "7d", "2026-03-27 Fri 24:00",
     "ten days later"),
    ("2026-03-02 Mon 10:00", "15d", "2026-03-10 Tue 10:00", "2026-03-21 Sat 10:00", "7d", "2026-03-30 Mon 24:00",
     "eleven later, rolled off Saturday"),
]  # fmt: skip


@pytest.mark.parametrize(("start", "limit", "pause", "resume", "left", "due", "why"), PAUSES)
def test_it_has_after_a_pause_what_was_left_before(
    start: str, limit: str, pause: str, resume: str, left: str, due: str, why: str
) -> None:
    running = started(start, limit)
    resting = paused(running, pause)
    assert str(resting.left) == left, why
    assert resting.due == running.due
    again = resumed(resting, resume)
    assert again.due == at(due), why
    assert again.left is None
    assert again.pauses[0].due_before == running.due


def test_it_leaves_a_limit_that_had_passed_before_the_pause_passed() -> None:
    late = paused(started("2026-03-09 Mon 10:00", "1wd"), "2026-03-11 Wed 10:00")
    assert late.left is None
    assert deadlines.is_overdue(late, at("2026-03-12 Thu 10:00"))
    again = resumed(late, "2026-03-16 Mon 10:00")
    assert again.due == at("2026-03-10 Tue 18:00")
    assert deadlines.is_overdue(again, at("2026-03-16 Mon 10:00"))


def test_it_is_not_overdue_while_paused_in_time_whatever_the_day() -> None:
    clock = paused(started("2026-03-09 Mon 10:00", "1wd"), "2026-03-10 Tue 10:00")
    assert not deadlines.is_running(clock)
    assert not deadlines.is_overdue(clock, at("2026-04-20 Mon 10:00"))


def test_it_is_overdue_from_the_very_instant_of_the_due_date() -> None:
    clock = started("2026-03-09 Mon 10:00", "1wd")
    assert deadlines.is_running(clock)
    assert not deadlines.is_overdue(clock, at("2026-03-10 Tue 17:59:59"))
    assert deadlines.is_overdue(clock, at("2026-03-10 Tue 18:00"))


def test_it_cannot_be_paused_twice_or_resumed_while_running() -> None:
    clock = started("2026-03-09 Mon 10:00", "5wd")
    with pytest.raises(ValueError, match="not paused"):
        resumed(clock, "2026-03-10 Tue 10:00")
    with pytest.raises(ValueError, match="paused already"):
        paused(paused(clock, "2026-03-10 Tue 10:00"), "2026-03-11 Wed 10:00")


@pytest.mark.parametrize("act", [paused, lambda clock, when: extended(clock, "1wd", when)])
def test_it_refuses_an_act_before_the_last_one(act: Any) -> None:
    clock = resumed(paused(started("2026-03-09 Mon 10:00", "5wd"), "2026-03-10 Tue 10:00"), "2026-03-11 Wed 10:00")
    with pytest.raises(ValueError, match="before the handle limit's last act"):
        act(clock, "2026-03-11 Wed 09:59")


def test_it_refuses_an_act_without_a_zone() -> None:
    naive = datetime(2026, 3, 10, 10)  # noqa: DTZ001
    with pytest.raises(ValueError, match="time zone"):
        deadlines.pause(started("2026-03-09 Mon 10:00", "5wd"), at=naive, reason="x", calendar=CHINA)


# --- extensions

EXTENSIONS = [
    ("2026-03-09 Mon 10:00", "5wd", "5wd", "2026-03-12 Thu 10:00", "2026-03-23 Mon 18:00",
     "from the old due date, not the grant"),
    ("2026-09-24 Thu 10:00", "5wd", "3wd", "2026-09-30 Wed 10:00", "2026-10-13 Tue 18:00",
     "Sat 10 worked, Mon 12, Tue 13"),
    ("2026-07-02 Thu 10:00", "60d", "30d", "2026-08-20 Thu 10:00", "2026-09-30 Wed 24:00",
     "petition 60 + 30: 31 August is day zero"),
    ("2026-03-09 Mon 10:00", "4wh", "4wh", "2026-03-09 Mon 11:00", "2026-03-10 Tue 11:00",
     "four more working hours"),
    ("2026-03-09 Mon 10:00", "24h", "12h", "2026-03-09 Mon 11:00", "2026-03-10 Tue 22:00",
     "clock hours"),
    ("2026-03-02 Mon 10:00", "15d", "1wd", "2026-03-10 Tue 10:00", "2026-03-18 Wed 18:00",
     "a working day after a day limit: 17 March is day zero"),
]  # fmt: skip


@pytest.mark.parametrize(("start", "limit", "amount", "granted", "due", "why"), EXTENSIONS)
def test_it_adds_an_extension_to_the_due_date(
    start: str, limit: str, amount: str, granted: str, due: str, why: str
) -> None:
    clock = started(start, limit)
    longer = extended(clock, amount, granted)
    assert longer.due == at(due), why
    assert longer.extensions[0].due_before == clock.due
    assert longer.started_at == clock.started_at


def test_it_refuses_to_extend_what_is_paused_or_has_passed() -> None:
    clock = started("2026-03-09 Mon 10:00", "1wd")
    with pytest.raises(ValueError, match="cannot be extended"):
        extended(clock, "1wd", "2026-03-10 Tue 18:00")
    with pytest.raises(ValueError, match="resume it before"):
        extended(paused(clock, "2026-03-10 Tue 10:00"), "1wd", "2026-03-10 Tue 11:00")


def test_it_never_shortens_a_limit_that_was_prolonged_in_another_unit() -> None:
    clock = extended(started("2026-03-12 Thu 10:00", "1wd"), "26h", "2026-03-13 Fri 10:00")
    assert clock.due == at("2026-03-14 Sat 20:00")
    again = resumed(paused(clock, "2026-03-14 Sat 10:00"), "2026-03-14 Sat 12:00")
    assert again.due == at("2026-03-14 Sat 20:00")
    evening = extended(started("2026-03-12 Thu 10:00", "1wd"), "74h", "2026-03-13 Fri 09:00")
    kept = resumed(paused(evening, "2026-03-13 Fri 10:00"), "2026-03-14 Sat 12:00")
    assert kept.due == at("2026-03-16 Mon 20:00"), "one working day left would end at 18:00"
    hours = extended(started("2026-03-13 Fri 14:00", "4wh"), "24h", "2026-03-13 Fri 15:00")
    later = resumed(paused(hours, "2026-03-14 Sat 10:00"), "2026-03-14 Sat 12:00")
    assert later.due == at("2026-03-14 Sat 20:00"), "no working time left: what was left is kept in clock hours"


# --- reminders

REMINDERS = [
    ("2026-03-09 Mon 09:00", "4wh", "2026-03-09 Mon 12:00", "three of four hours"),
    ("2026-03-09 Mon 10:00", "24h", "2026-03-10 Tue 04:00", "clock hours ring at night too"),
    ("2026-03-09 Mon 09:00", "5wd", "2026-03-13 Fri 14:30", "31.5 of 42 working hours"),
    ("2026-03-09 Mon 10:00", "1wd", "2026-03-10 Tue 14:45", "9.75 of 13 working hours"),
    ("2026-03-13 Fri 19:00", "1d", "2026-03-16 Mon 16:15", "5.25 of Monday's 7 working hours, not midnight"),
]


@pytest.mark.parametrize(("start", "limit", "remind", "why"), REMINDERS)
def test_it_reminds_at_three_quarters_of_the_way(start: str, limit: str, remind: str, why: str) -> None:
    assert started(start, limit).remind_at == at(remind), why


def test_it_reminds_never_where_nobody_asked_or_no_working_time_lies_between() -> None:
    assert started("2026-03-09 Mon 09:00", "5wd", None).remind_at is None
    rigid = replace(CHINA, roll_days=False)
    assert started("2026-03-13 Fri 19:00", "1d", calendar=rigid).remind_at is None


@pytest.mark.parametrize("share", ["0", "1", "1.5", "-0.5"])
def test_it_refuses_a_reminder_outside_the_way(share: str) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        started("2026-03-09 Mon 09:00", "5wd", Decimal(share))


def test_it_holds_the_reminder_up_during_a_pause_and_moves_it_on() -> None:
    resting = paused(started("2026-03-09 Mon 10:00", "24h"), "2026-03-09 Mon 16:00")
    assert resting.remind_at is None
    assert resumed(resting, "2026-03-11 Wed 16:00").remind_at == at("2026-03-12 Thu 04:00")


def test_it_leaves_a_reminder_that_has_rung_where_it_was() -> None:
    rung = paused(started("2026-03-09 Mon 10:00", "24h"), "2026-03-10 Tue 05:00")
    assert rung.remind_at == at("2026-03-10 Tue 04:00")
    assert resumed(rung, "2026-03-11 Wed 16:00").remind_at == at("2026-03-10 Tue 04:00")


@pytest.mark.parametrize("granted", ["2026-03-09 Mon 11:00", "2026-03-10 Tue 05:00"])
def test_it_reminds_again_at_three_quarters_of_the_longer_way(granted: str) -> None:
    longer = extended(started("2026-03-09 Mon 10:00", "24h"), "24h", granted)
    assert longer.remind_at == at("2026-03-10 Tue 22:00")


# --- a corrected calendar

WORKED_SATURDAY = replace(CHINA, makeup_workdays={**CHINA.makeup_workdays, date(2026, 3, 14): "加班 / extra workday"})


def test_it_moves_the_due_date_with_a_corrected_calendar() -> None:
    clock = deadlines.recalculate(started("2026-03-09 Mon 10:00", "5wd"), FLOOD)
    assert clock.due == at("2026-03-17 Tue 18:00")


def test_it_plays_pauses_again_under_a_corrected_calendar() -> None:
    clock = resumed(paused(started("2026-03-09 Mon 10:00", "5wd"), "2026-03-10 Tue 10:00"), "2026-03-12 Thu 10:00")
    again = deadlines.recalculate(clock, FLOOD)
    assert again.due == clock.due == at("2026-03-18 Wed 18:00"), "the new holiday lies inside the pause"
    assert again.pauses[0].due_before == at("2026-03-17 Tue 18:00")


def test_it_plays_an_open_pause_again() -> None:
    clock = paused(started("2026-03-09 Mon 10:00", "5wd"), "2026-03-10 Tue 10:00")
    again = deadlines.recalculate(clock, FLOOD)
    assert again.paused_at == clock.paused_at
    assert again.due == at("2026-03-17 Tue 18:00")
    assert str(again.left) == "4wd"


def test_it_plays_extensions_again_under_a_corrected_calendar() -> None:
    clock = extended(started("2026-03-09 Mon 10:00", "5wd"), "5wd", "2026-03-12 Thu 10:00")
    again = deadlines.recalculate(clock, FLOOD)
    assert again.due == at("2026-03-24 Tue 18:00")
    assert again.extensions[0].due_before == at("2026-03-17 Tue 18:00")


def test_it_keeps_an_extension_that_would_have_come_too_late_under_the_corrected_calendar() -> None:
    clock = extended(started("2026-03-09 Mon 10:00", "5wd"), "5wd", "2026-03-16 Mon 10:00")
    again = deadlines.recalculate(clock, WORKED_SATURDAY)
    assert again.extensions[0].due_before == at("2026-03-14 Sat 18:00"), "before the grant"
    assert again.due == at("2026-03-20 Fri 18:00")


# --- as data


def test_it_stores_instants_as_utc_text_and_limits_as_text() -> None:
    clock = extended(started("2026-03-09 Mon 10:00", "5wd"), "1wd", "2026-03-10 Tue 10:00")
    data = deadlines.to_data(clock)
    assert data["started_at"] == "2026-03-09T02:00:00.000000Z"
    assert data["due"] == "2026-03-17T10:00:00.000000Z"
    assert data["limit"] == "5wd"
    assert data["remind_share"] == "0.75"
    assert data["extensions"][0]["amount"] == "1wd"


@pytest.mark.parametrize(
    "spoil",
    [{"due": None}, {"due": "2026-03-17 18:00"}, {"due": "yesterdayZ"}, {"limit": "soon"}, {"limit": 5},
     {"pauses": [{}]}, {"extensions": None}, {"remind_share": "x"}],
)  # fmt: skip
def test_it_refuses_stored_data_that_is_no_clock(spoil: dict[str, Any]) -> None:
    data = deadlines.to_data(started("2026-03-09 Mon 10:00", "5wd"))
    with pytest.raises(ValueError, match=r"stored clock|instant|limit|isoformat"):
        deadlines.from_data({**data, **spoil})


# --- laws


@settings(deadline=None)
@given(INSTANTS, LIMITS, ACTS)
def test_it_is_never_shortened_by_any_act(
    start: datetime, limit: Limit, acts: list[tuple[timedelta, str, Limit]]
) -> None:
    dues = [clock.due for clock in lives(start, limit, acts)]
    assert dues == sorted(dues)


@settings(deadline=None)
@given(INSTANTS, LIMITS, ACTS)
def test_it_is_the_same_when_counted_again_with_the_same_calendar(
    start: datetime, limit: Limit, acts: list[tuple[timedelta, str, Limit]]
) -> None:
    for clock in lives(start, limit, acts):
        assert deadlines.recalculate(clock, CHINA) == clock


@settings(deadline=None)
@given(INSTANTS, LIMITS, ACTS)
def test_it_comes_back_whole_from_plain_data_without_floats(
    start: datetime, limit: Limit, acts: list[tuple[timedelta, str, Limit]]
) -> None:
    clock = lives(start, limit, acts)[-1]
    data = deadlines.to_data(clock)
    assert kinds(data) <= {str, int, type(None)}
    assert deadlines.from_data(json.loads(json.dumps(data))) == clock


def kinds(value: object) -> set[type]:
    if isinstance(value, dict):
        return set().union(*(kinds(each) for each in value.values()), (type(key) for key in value))
    if isinstance(value, list):
        return set().union(*(kinds(each) for each in value))
    return {type(value)}


@settings(deadline=None)
@given(INSTANTS, LIMITS, ACTS)
def test_it_rings_between_start_and_due_and_never_while_paused(
    start: datetime, limit: Limit, acts: list[tuple[timedelta, str, Limit]]
) -> None:
    for clock in lives(start, limit, acts):
        if clock.remind_at is not None:
            assert clock.started_at < clock.remind_at < clock.due
            assert clock.paused_at is None or clock.remind_at <= clock.paused_at


@settings(deadline=None)
@given(INSTANTS, LIMITS, st.floats(0, 0.999))
def test_it_is_unchanged_by_a_pause_of_no_time(start: datetime, limit: Limit, share: float) -> None:
    clock = began(start, limit)
    now = clock.started_at + (clock.due - clock.started_at) * share
    again = deadlines.resume(deadlines.pause(clock, at=now, reason="x", calendar=CHINA), at=now, calendar=CHINA)
    assert again.due == clock.due
    assert replace(again, pauses=()) == clock


@settings(deadline=None)
@given(INSTANTS, LIMITS, st.floats(0, 0.999), st.timedeltas(timedelta(0), timedelta(days=40)))
def test_it_has_at_least_as_much_time_after_a_pause_as_before(
    start: datetime, limit: Limit, share: float, rest: timedelta
) -> None:
    clock = began(start, limit)
    now = clock.started_at + (clock.due - clock.started_at) * share
    resting = deadlines.pause(clock, at=now, reason="x", calendar=CHINA)
    again = deadlines.resume(resting, at=now + rest, calendar=CHINA)
    left = CHINA.remaining(now + rest, again.due, limit.unit)
    assert resting.left is not None
    assert left is not None
    assert left.amount >= resting.left.amount


@settings(deadline=None)
@given(
    INSTANTS, st.integers(1, 30), st.lists(st.tuples(GAPS, st.sampled_from(["pause", "resume"]), LIMITS), max_size=6)
)
def test_it_keeps_working_day_limits_at_closing_time_of_a_workday(
    start: datetime, days: int, acts: list[tuple[timedelta, str, Limit]]
) -> None:
    due = lives(start, Limit(Decimal(days), LimitUnit.WORKING_DAYS), acts)[-1].due.astimezone(SHANGHAI)
    assert CHINA.is_workday(due.date())
    assert f"{due:%H:%M:%S.%f}" == "18:00:00.000000"
