"""Who is told of an act, and when a message may go out."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shell import Shell
from walking import POLICY, Move, Walk, moves, starts, walks

from linli.core.notifying import Channel, Kind, Wishes, send_at, tidings
from linli.core.policy import Urgency
from linli.core.territory import Function

SHANGHAI = ZoneInfo("Asia/Shanghai")
NIGHT = Wishes(((Channel.EMAIL, Urgency.EXTENDED),), quiet_from=22 * 60, quiet_until=7 * 60)
DIGEST = Wishes(((Channel.EMAIL, Urgency.EXTENDED),), digest_at=9 * 60)


def local(hour: int, minute: int = 0, day: int = 16) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=SHANGHAI)


def told(shell: Shell, case: str, actor_unit: str = "") -> list[tuple[Kind, str]]:
    found = tidings(shell.events[case][-1], actor_unit, shell.cases[case], shell.policy)
    return [(tiding.kind, tiding.unit) for tiding in found]


def test_a_unit_is_told_what_came_to_it_and_not_what_it_did_itself(shell: Shell) -> None:
    case = shell.bring("dispatched")
    owner = shell.cases[case].owner
    assert owner
    assert told(shell, case) == [(Kind.CAME_IN, owner)]
    assert told(shell, case, owner) == []


def test_those_are_told_whose_function_it_is(shell: Shell) -> None:
    case = shell.bring("done")
    (tiding,) = tidings(shell.events[case][-1], "", shell.cases[case], shell.policy)
    assert (tiding.unit, tiding.function) == (shell.cases[case].owner, Function.VERIFY)


def test_the_clock_reminds_and_expedites_the_owner(shell: Shell) -> None:
    case = shell.bring("handling")
    owner = shell.cases[case].owner
    assert owner
    shell.wake(case)
    assert told(shell, case) == [(Kind.REMIND, owner)]
    shell.wake(case)
    assert told(shell, case) == [(Kind.EXPEDITE, owner)]


@walks
@given(start=starts, steps=moves)
def test_whoever_keeps_out_is_never_told_and_nobody_twice(start: str, steps: list[Move]) -> None:
    walk = Walk(POLICY)
    walk.go(start, steps)
    for case, events in walk.shell.events.items():
        state = walk.shell.cases[case]
        for event in events:
            units = [tiding.unit for tiding in tidings(event, "", state, POLICY)]
            assert not set(units) & set(state.recused)
            assert len(units) == len(set(units))
            assert set(units) <= set(POLICY.territory.units)


def test_a_channel_is_used_from_the_urgency_that_was_chosen_and_for_every_alert() -> None:
    wishes = Wishes(((Channel.SMS, Urgency.EMERGENCY),))
    assert not wishes.wants(Channel.SMS, Urgency.URGENT, Kind.CAME_IN)
    assert wishes.wants(Channel.SMS, Urgency.EMERGENCY, Kind.CAME_IN)
    assert wishes.wants(Channel.SMS, Urgency.STANDARD, Kind.ALERT)
    assert not wishes.wants(Channel.EMAIL, Urgency.EMERGENCY, Kind.ALERT)


@pytest.mark.parametrize(
    ("at", "goes"),
    [
        (local(21, 59), local(21, 59)),
        (local(22), local(7, day=17)),
        (local(2), local(7)),
        (local(6, 59), local(7)),
        (local(7), local(7)),
    ],
)
def test_what_can_wait_waits_for_the_end_of_the_quiet_hours(at: datetime, goes: datetime) -> None:
    assert send_at(Channel.EMAIL, Urgency.URGENT, Kind.CAME_IN, NIGHT, at, SHANGHAI) == goes


@pytest.mark.parametrize(("urgency", "kind"), [(Urgency.EMERGENCY, Kind.CAME_IN), (Urgency.STANDARD, Kind.ALERT)])
def test_emergencies_and_alerts_go_at_once(urgency: Urgency, kind: Kind) -> None:
    assert send_at(Channel.EMAIL, urgency, kind, NIGHT, local(3), SHANGHAI) == local(3)


def test_ordinary_e_mails_come_together_at_the_hour_and_urgent_ones_do_not_wait() -> None:
    assert send_at(Channel.EMAIL, Urgency.STANDARD, Kind.CAME_IN, DIGEST, local(10), SHANGHAI) == local(9, day=17)
    assert send_at(Channel.EMAIL, Urgency.STANDARD, Kind.CAME_IN, DIGEST, local(8), SHANGHAI) == local(9)
    assert send_at(Channel.EMAIL, Urgency.URGENT, Kind.CAME_IN, DIGEST, local(10), SHANGHAI) == local(10)
    assert send_at(Channel.SMS, Urgency.STANDARD, Kind.CAME_IN, DIGEST, local(10), SHANGHAI) == local(10)


minutes = st.integers(0, 24 * 60 - 1)


@given(
    minutes,
    minutes,
    st.none() | minutes,
    st.integers(0, 365 * 24 * 60),
)
def test_nothing_waits_longer_than_two_days_and_nothing_goes_out_in_quiet_hours(
    begins: int, ends: int, digest: int | None, later: int
) -> None:
    wishes = Wishes(((Channel.EMAIL, Urgency.EXTENDED),), begins, ends, digest)
    at = local(0) + timedelta(minutes=later, seconds=17)
    goes = send_at(Channel.EMAIL, Urgency.STANDARD, Kind.CAME_IN, wishes, at, SHANGHAI)
    assert 0 <= (goes - at).total_seconds() <= 2 * 86_400
    shown = goes.astimezone(SHANGHAI)
    minute = shown.hour * 60 + shown.minute
    quiet = begins <= minute < ends if begins < ends else begins != ends and (minute >= begins or minute < ends)
    assert not quiet
