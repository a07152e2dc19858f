"""What the clock does and when: reminders, ladders, pauses that end. Weekdays are written out and counted by hand.

The calendar of the small district has plain weeks, 9:00-12:00 and 14:00-18:00; every case begins on Monday 9:00.
"""

from dataclasses import replace
from datetime import date

import msgspec
import pytest
from official_days import at
from shell import Shell
from world import calendar

from linli.core.actor import CLOCK
from linli.core.case.decide import recalculated
from linli.core.case.events import ActionTaken
from linli.core.case.evolve import evolve
from linli.core.errors import Refusal
from linli.core.procedure import Role

MARKET = "500118.market_regulation"

RINGS = [
    # step, matter, what the clock does when nobody acts
    (
        "reported",
        "CM-006",
        [  # 4wh
            ("remind", "2026-11-16 Mon 12:00"),
            ("expedite", "2026-11-16 Mon 15:00"),
            ("inform_level_above", "2026-11-17 Tue 18:00"),
            ("inform_level_above", "2026-11-19 Thu 18:00"),
            ("inform_level_above", "2026-11-23 Mon 18:00"),
        ],
    ),
    (
        "registered",
        "PL-007",
        [  # urgent: 1h by the clock, and so is its reminder
            ("remind", "2026-11-16 Mon 09:45"),
            ("expedite", "2026-11-16 Mon 10:00"),
            ("inform_level_above", "2026-11-17 Tue 18:00"),
        ],
    ),
    (
        "dispatched",
        "EE-009",
        [  # the matter's own 1wd: 14 working hours until Tuesday 18:00, three quarters of them are 10.5
            ("remind", "2026-11-17 Tue 14:30"),
            ("expedite", "2026-11-17 Tue 18:00"),
            ("inform_level_above", "2026-11-18 Wed 18:00"),
        ],
    ),
    (
        "handling",
        "EE-009",
        [  # 5wd: 42 working hours, three quarters are 31.5; the second expiry calls the conference
            ("remind", "2026-11-20 Fri 14:30"),
            ("expedite", "2026-11-23 Mon 18:00"),
            ("call_conference", "2026-11-25 Wed 18:00"),
            ("remind", "2026-12-01 Tue 16:15"),
            ("expedite", "2026-12-02 Wed 18:00"),
            ("inform_level_above", "2026-12-03 Thu 18:00"),
        ],
    ),
    (
        "handling",
        "CM-006",
        [  # 4wh
            ("remind", "2026-11-16 Mon 12:00"),
            ("expedite", "2026-11-16 Mon 15:00"),
            ("call_conference", "2026-11-18 Wed 18:00"),
        ],
    ),
    (
        "disputed",
        "EE-009",
        [  # ruling: 2wd, 21 working hours, three quarters are 15.75
            ("remind", "2026-11-18 Wed 10:45"),
            ("expedite", "2026-11-18 Wed 18:00"),
            ("inform_level_above", "2026-11-19 Thu 18:00"),
        ],
    ),
    ("paused", "EE-009", [("resume", "2026-11-26 Thu 00:00")]),
    (
        "done",
        "EE-009",
        [("remind", "2026-11-18 Wed 10:45"), ("expedite", "2026-11-18 Wed 18:00")],
    ),
    (
        "verified",
        "EE-009",
        [("remind", "2026-11-17 Tue 14:30"), ("expedite", "2026-11-17 Tue 18:00")],
    ),
    ("replied", "EE-009", [("close_without_contact", "2026-11-23 Mon 18:00")]),
    (
        "parked",
        "EE-009",
        [  # review: 30 days, until midnight after Wednesday 16 December
            ("remind", "2026-12-09 Wed 10:45"),
            ("expedite", "2026-12-17 Thu 00:00"),
            ("inform_level_above", "2026-12-18 Fri 18:00"),
            ("inform_level_above", "2026-12-22 Tue 18:00"),
        ],
    ),
]


@pytest.mark.parametrize(("step", "matter", "rings"), RINGS, ids=[f"{s}-{m}" for s, m, _ in RINGS])
def test_it_rings_at_the_instants_of_the_ladder(
    shell: Shell, step: str, matter: str, rings: list[tuple[str, str]]
) -> None:
    case = shell.bring(step, matter=matter, lead="500118001.town_enforcement_team")

    rung = [(shell.wake(case), shell.now) for _ in rings]

    assert rung == [(action, at(when)) for action, when in rings]


@pytest.mark.parametrize(("step", "matter", "rings"), RINGS, ids=[f"{s}-{m}" for s, m, _ in RINGS])
def test_it_does_nothing_a_moment_before(shell: Shell, step: str, matter: str, rings: list[tuple[str, str]]) -> None:
    case = shell.bring(step, matter=matter, lead="500118001.town_enforcement_team")
    action, when = rings[0]
    shell.now = at(when)
    shell.wait(microseconds=-1)

    assert shell.due(case) is None
    with pytest.raises(Refusal) as refused:
        shell.act(case, action, CLOCK)
    assert (refused.value.code, refused.value.facts) == ("not_due", {"action": action})


@pytest.mark.parametrize(("step", "matter", "rings"), RINGS, ids=[f"{s}-{m}" for s, m, _ in RINGS])
def test_it_rings_once_for_each_rung(shell: Shell, step: str, matter: str, rings: list[tuple[str, str]]) -> None:
    case = shell.bring(step, matter=matter, lead="500118001.town_enforcement_team")
    action = shell.wake(case)

    with pytest.raises(Refusal, match=r"not_due|not_in_this_step"):
        shell.act(case, str(action), CLOCK)


def test_it_takes_the_rung_that_is_due_and_no_other(shell: Shell) -> None:
    case = shell.bring("handling", matter="EE-009")
    shell.now = at("2026-11-23 Mon 18:00")

    for other in ("remind", "call_conference", "inform_level_above"):
        with pytest.raises(Refusal, match="not_due"):
            shell.act(case, other, CLOCK)
    assert shell.due(case) == "expedite"


def test_it_lets_the_promise_stand_when_it_has_passed(shell: Shell) -> None:
    case = shell.bring("handling", matter="EE-009")
    for _ in range(3):
        shell.wake(case)

    promise = shell.cases[case].promise
    assert promise is not None
    assert promise.due == at("2026-11-23 Mon 18:00")


def test_it_moves_the_case_to_a_conference_of_another_unit_at_the_second_expiry(shell: Shell) -> None:
    case = shell.bring("handling", matter="EE-009", lead="500118001.town_enforcement_team")
    for _ in range(3):
        shell.wake(case)

    state = shell.cases[case]
    assert (state.step, state.owner) == ("conference", "500118001.command_centre")


def test_it_catches_up_rung_by_rung_after_a_standstill(shell: Shell) -> None:
    """A clock that slept for two weeks takes each rung once and then keeps the distance of the repeat."""
    case = shell.bring("reported")
    shell.now = at("2026-11-30 Mon 10:00")

    done = []
    while action := shell.due(case):
        shell.act(case, action, CLOCK)
        done.append(action)

    assert done == ["expedite", "inform_level_above"]
    assert shell.cases[case].next_wake == at("2026-12-02 Wed 18:00")


def test_it_still_reminds_when_somebody_acted_in_between(shell: Shell) -> None:
    case = shell.bring("handling", matter="EE-009")
    shell.now = at("2026-11-20 Fri 15:00")
    shell.act(case, "expedite", shell.watcher())

    assert shell.due(case) == "remind"


def test_it_does_not_ring_again_for_what_a_supervisor_did(shell: Shell) -> None:
    """A supervisor's expediting is no rung of the ladder."""
    case = shell.bring("handling", matter="EE-009")
    before = shell.cases[case]

    after = shell.act(case, "expedite", shell.watcher())

    assert (after.next_wake, after.rung, after.reminded) == (before.next_wake, before.rung, before.reminded)


def test_it_begins_anew_in_the_next_step(shell: Shell) -> None:
    case = shell.bring("reported")
    for _ in range(3):
        shell.wake(case)
    assert shell.cases[case].rung == 2

    shell.act(case, "accept", shell.playing(Role.DESK, case), **shell.filled(case, "accept"))

    state = shell.cases[case]
    assert (state.rung, state.reminded, state.woken_at) == (0, False, None)
    assert state.next_wake == at("2026-11-18 Wed 12:00")  # 75 % of 4wh after Tuesday 18:00


def test_it_expedites_at_once_what_comes_back_after_its_promise_has_passed(shell: Shell) -> None:
    case = shell.bring("done", matter="EE-009")
    shell.now = at("2026-11-25 Wed 10:00")
    shell.act(case, "rework", shell.playing(Role.VERIFIER, case), **shell.filled(case, "rework"))

    assert shell.due(case) == "expedite"
    shell.act(case, "expedite", CLOCK)
    assert shell.cases[case].next_wake == at("2026-11-27 Fri 18:00")


def test_it_tells_whom_the_ladder_is_for(shell: Shell) -> None:
    case = shell.bring("reported")
    for _ in range(3):
        shell.wake(case)

    assert shell.notified == [(case, "owner"), (case, "owner"), (case, "level_above")]


def test_it_acts_as_the_clock_and_fills_in_nothing(shell: Shell) -> None:
    case = shell.bring("reported")
    shell.wake(case)

    event = shell.events[case][-1]
    assert isinstance(event, ActionTaken)
    assert (event.role, event.form, event.source, event.target) == ("clock", {}, "reported", "reported")


def test_it_offers_the_clock_what_is_due_and_nothing_else(shell: Shell) -> None:
    case = shell.bring("handling", matter="EE-009")
    assert shell.offered(case, CLOCK) == set()

    shell.now = at("2026-11-20 Fri 14:30")

    assert shell.offered(case, CLOCK) == {"remind"}


def test_it_rings_on_for_a_case_whose_unit_has_left_the_directory(shell: Shell) -> None:
    case = shell.bring("handling", matter="EE-009", lead="500118001.town_enforcement_team")
    gone = msgspec.structs.replace(shell.cases[case].roles, unit="gone")
    shell.cases[case] = msgspec.structs.replace(shell.cases[case], roles=gone, owner="gone")

    assert [shell.wake(case) for _ in range(2)] == ["remind", "expedite"]
    assert shell.act(case, "escalate", shell.watcher()).owner == "500118001.command_centre"


def test_it_never_rings_for_a_case_that_has_ended(shell: Shell) -> None:
    case = shell.bring("closed")
    shell.wait(days=400)

    assert shell.cases[case].next_wake is None
    assert shell.due(case) is None


# --- parts


def test_it_reminds_expedites_and_informs_about_a_part(shell: Shell) -> None:
    """Half of 5wd is 3wd: Thursday 18:00; of 28 working hours three quarters are 21."""
    shell.bring("handling", matter="EE-009", co_handlers=(MARKET,))
    (part,) = shell.parts("c0001")
    shell.act(part, "acknowledge", shell.playing(Role.UNIT, part))

    rung = [(shell.wake(part), shell.now) for _ in range(4)]

    assert rung == [
        ("remind", at("2026-11-18 Wed 18:00")),
        ("expedite", at("2026-11-19 Thu 18:00")),
        ("inform_level_above", at("2026-11-20 Fri 18:00")),
        ("inform_level_above", at("2026-11-24 Tue 18:00")),
    ]


def test_it_gives_a_part_the_time_of_the_matter_to_acknowledge(shell: Shell) -> None:
    """A cleaning job of four hours leaves its helper one hour to acknowledge, not a day."""
    shell.bring("handling", matter="CM-006", co_handlers=(MARKET,))
    (part,) = shell.parts("c0001")

    clock = shell.cases[part].clock
    assert clock is not None
    assert (clock.name, clock.due) == ("acknowledge", at("2026-11-16 Mon 10:00"))


# --- corrected calendars


def test_it_moves_open_dates_when_the_calendar_is_corrected_and_says_under_which(shell: Shell) -> None:
    case = shell.bring("handling", matter="EE-009")
    corrected = replace(calendar(), name="corrected", holidays={date(2026, 11, 18): "Holiday"})
    policy = replace(shell.policy, calendar=corrected)

    event = recalculated(shell.cases[case], now=shell.now, policy=policy)
    after = evolve(shell.cases[case], event)

    assert event.calendar == "corrected"
    assert after.clock == after.promise
    assert after.clock is not None
    assert after.clock.due == at("2026-11-24 Tue 18:00")
    assert after.next_wake == after.clock.remind_at
    assert after.version == shell.cases[case].version + 1


def test_it_refuses_to_recalculate_a_case_that_has_ended(shell: Shell) -> None:
    case = shell.bring("closed")

    with pytest.raises(Refusal, match="case_has_ended"):
        recalculated(shell.cases[case], now=shell.now, policy=shell.policy)
