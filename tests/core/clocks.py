"""Clocks for tests: acts at instants written with their weekday, and lives made of random acts."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from hypothesis import strategies as st
from official_days import CHINA, SHANGHAI, at

from linli.core import deadlines
from linli.core.calendar import Limit, LimitUnit, WorkCalendar
from linli.core.deadlines import Clock

FLOOD = replace(CHINA, holidays={**CHINA.holidays, date(2026, 3, 11): "防汛停工 / Flood closure"})
THREE_QUARTERS = Decimal("0.75")


def started(start: str, limit: str, share: Decimal | None = THREE_QUARTERS, calendar: WorkCalendar = CHINA) -> Clock:
    return deadlines.start(
        "handle", Limit.parse(limit), at=at(start), calendar=calendar, source="matter:EE-006@1", remind_share=share
    )


def paused(clock: Clock, start: str, calendar: WorkCalendar = CHINA) -> Clock:
    return deadlines.pause(clock, at=at(start), reason="awaiting_material", calendar=calendar)


def resumed(clock: Clock, end: str, calendar: WorkCalendar = CHINA) -> Clock:
    return deadlines.resume(clock, at=at(end), calendar=calendar)


def extended(clock: Clock, amount: str, granted: str, calendar: WorkCalendar = CHINA) -> Clock:
    return deadlines.extend(clock, Limit.parse(amount), at=at(granted), reason="third_party_needed", calendar=calendar)


INSTANTS = st.datetimes(datetime(2024, 1, 1), datetime(2026, 11, 30)).map(  # noqa: DTZ001
    lambda wall: wall.replace(tzinfo=SHANGHAI)
)
LIMITS = st.one_of(
    st.integers(25, 5000).map(lambda n: Limit(Decimal(n) / 100, LimitUnit.HOURS)),
    st.integers(25, 5000).map(lambda n: Limit(Decimal(n) / 100, LimitUnit.WORKING_HOURS)),
    st.integers(1, 30).map(lambda n: Limit(Decimal(n), LimitUnit.WORKING_DAYS)),
    st.integers(1, 60).map(lambda n: Limit(Decimal(n), LimitUnit.DAYS)),
)
GAPS = st.one_of(st.just(timedelta(0)), st.timedeltas(timedelta(0), timedelta(days=6)))
ACTS = st.lists(st.tuples(GAPS, st.sampled_from(["pause", "resume", "extend"]), LIMITS), max_size=8)
LANGS = st.sampled_from(["zh-hans", "en"])


def began(start: datetime, limit: Limit) -> Clock:
    return deadlines.start(
        "handle", limit, at=start, calendar=CHINA, source="profile:default", remind_share=THREE_QUARTERS
    )


def lives(start: datetime, limit: Limit, acts: list[tuple[timedelta, str, Limit]]) -> list[Clock]:
    """All states of a clock that lives through the acts that were possible."""
    clocks, now = [began(start, limit)], start
    for gap, act, amount in acts:
        clock, now = clocks[-1], now + gap
        running = deadlines.is_running(clock)
        if act == "pause" and running:
            clocks.append(deadlines.pause(clock, at=now, reason="x", calendar=CHINA))
        elif act == "resume" and not running:
            clocks.append(deadlines.resume(clock, at=now, calendar=CHINA))
        elif act == "extend" and running and now < clock.due:
            clocks.append(deadlines.extend(clock, amount, at=now, reason="y", calendar=CHINA))
    return clocks
