"""Why a case is stuck: each reason from the state alone, none for a case that gets on, and none twice."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import world
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from linli.core import deadlines
from linli.core.calendar import Limit
from linli.core.case.state import CaseState, Place
from linli.core.stuck import Reason, Why, reasons, silence

RULES = world.policy()
NOW = world.MONDAY
LONG_AGO, JUST_NOW = NOW - timedelta(days=60), NOW - timedelta(minutes=5)


def clock(started: datetime, limit: str = "5wd") -> deadlines.Clock:
    return deadlines.start(
        "handle", Limit.parse(limit), at=started, calendar=RULES.calendar, source="policy", remind_share=None
    )


def case(step: str = "handling", **changes: Any) -> CaseState:
    state = CaseState(
        id="c", number="1", district="500118", kind="report", procedure="standard",
        procedure_version=world.procedure().version, place=Place("500118001", "500118"), channel="portal",
        urgency="standard", step=step, opened_at=LONG_AGO, step_since=LONG_AGO, clock=clock(NOW - timedelta(days=1)),
    )  # fmt: skip
    return replace(state, **changes)


def why(state: CaseState, last_act: datetime = JUST_NOW, **policy: Any) -> list[Reason]:
    return list(reasons(state, last_act=last_act, now=NOW, policy=world.policy(**policy) if policy else RULES))


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (case(), []),
        (case(returns=1), [Reason(Why.RETURNED)]),
        (case(step="disputed", returns=1), [Reason(Why.DISPUTED)]),
        (case(returns=1, raised=1), [Reason(Why.PASSED_AROUND, 2)]),
        (case(step="disputed", returns=2), [Reason(Why.DISPUTED), Reason(Why.PASSED_AROUND, 2)]),
        (case(step="conference"), [Reason(Why.IN_CONFERENCE)]),
        (case(extensions=2), [Reason(Why.EXTENDED, 2)]),
        (case(reopened=1, not_solved=1), [Reason(Why.REOPENED), Reason(Why.NOT_SOLVED)]),
        (case(step="parked"), []),
        (case(step="parked", clock=clock(LONG_AGO, "30d")), [Reason(Why.REVIEW_DUE)]),
        (case(rung=2, clock=clock(LONG_AGO)), [Reason(Why.LADDER_ENDED)]),
        (case(rung=1, clock=clock(LONG_AGO)), []),
        (case(rung=2), []),
        (case(step="paused", rung=2, clock=clock(LONG_AGO)), []),
        (case(returns=9, extensions=9, ended_at=NOW), []),
        (case(procedure_version=99, extensions=1), [Reason(Why.EXTENDED)]),
    ],
)
def test_it_reads_each_reason_from_the_state(state: CaseState, expected: list[Reason]) -> None:
    assert why(state) == expected


def test_silence_counts_working_days_by_the_setting_and_never_for_parked_cases() -> None:
    tuesday_before = NOW - timedelta(days=6)
    assert why(case(), tuesday_before) == [], "four working days"
    assert why(case(), LONG_AGO) == [Reason(Why.SILENT, 5)]
    assert why(case(), tuesday_before, settings={"stuck_silent_days": 2}) == [Reason(Why.SILENT, 2)]
    assert why(case(step="parked"), LONG_AGO) == []
    assert str(silence(world.policy(settings={"stuck_silent_days": 0}))) == "1wd"


numbers = st.integers(0, 3)


@given(
    st.sampled_from(sorted(world.procedure().steps)), numbers, numbers, numbers, numbers, numbers,
    st.integers(0, 70),
)  # fmt: skip
def test_more_trouble_never_gives_fewer_reasons(
    step: str, returns: int, raised: int, extensions: int, reopened: int, not_solved: int, days: int
) -> None:
    at = NOW - timedelta(days=days)
    state = case(
        step, returns=returns, raised=raised, extensions=extensions, reopened=reopened, not_solved=not_solved
    )  # fmt: skip
    found = why(state, at)
    assert len({reason.why for reason in found}) == len(found)
    worse = why(replace(state, returns=returns + 1, extensions=extensions + 1, reopened=reopened + 1), at)
    assert len(worse) >= len(found)
