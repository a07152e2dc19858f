"""The way up: escalate, contest, not solved, reopen. Each goes exactly one level, and never gets stuck at the top."""

import pytest
from official_days import at
from shell import WAYS, Shell

from linli.core.errors import Refusal
from linli.core.procedure import Role

STATION = "500118001001.community_station"
TOWN, DISTRICT = "500118001.command_centre", "500118.district_centre"
OFFICE = "500118.district_supervision_office"
TEAM, SWEEPERS, MARKET = (
    "500118001.town_enforcement_team", "500118001.sanitation_office", "500118.market_regulation",
)  # fmt: skip
OPEN = [step for step in WAYS if step not in ("closed", "not_accepted", "diverted")]


def higher(shell: Shell, case: str) -> str | None:
    return shell.act(case, "escalate", shell.reporter(case)).owner


# --- escalate


@pytest.mark.parametrize("step", OPEN)
def test_it_goes_higher_from_every_open_step_at_the_reporters_word(shell: Shell, step: str) -> None:
    case = shell.bring(step)
    before = shell.cases[case]

    after = shell.act(case, "escalate", shell.reporter(case))

    assert (after.step, after.raised) == (step, 1)
    assert after.owner not in (before.owner, None)
    assert (after.clock, after.promise) == (before.clock, before.promise)


LADDERS = [
    # step, lead, owners one after the other as the reporter goes higher
    ("reported", SWEEPERS, [STATION, TOWN, DISTRICT, OFFICE]),
    ("registered", SWEEPERS, [TOWN, DISTRICT, OFFICE]),
    ("dispatched", SWEEPERS, [SWEEPERS, TOWN, DISTRICT]),
    ("handling", MARKET, [MARKET, DISTRICT, OFFICE]),
    ("disputed", SWEEPERS, [DISTRICT, OFFICE]),
    ("conference", SWEEPERS, [TOWN, DISTRICT, OFFICE]),
    ("done", SWEEPERS, [TOWN, DISTRICT, OFFICE]),
    ("verified", SWEEPERS, [STATION, TOWN, DISTRICT, OFFICE]),
    ("replied", SWEEPERS, [STATION, TOWN, DISTRICT, OFFICE]),
]


@pytest.mark.parametrize(("step", "lead", "owners"), LADDERS, ids=[f"{s}-{lead}" for s, lead, _ in LADDERS])
def test_it_goes_one_level_at_a_time_and_says_when_it_is_at_the_top(
    shell: Shell, step: str, lead: str, owners: list[str]
) -> None:
    case = shell.bring(step, lead=lead)
    climbed = [shell.cases[case].owner]
    while "escalate" in shell.offered(case, shell.reporter(case)):
        climbed.append(higher(shell, case))

    assert climbed == owners
    with pytest.raises(Refusal) as refused:
        higher(shell, case)
    assert (refused.value.code, refused.value.facts) == ("no_level_above", {"unit": owners[-1]})


def test_it_never_raises_handling_so_far_that_nobody_is_left_to_verify(shell: Shell) -> None:
    case = shell.bring("handling", lead=SWEEPERS)
    while "escalate" in shell.offered(case, shell.reporter(case)):
        higher(shell, case)
    assert shell.cases[case].handled_units == (SWEEPERS, TOWN, DISTRICT)

    state = shell.act(case, "report_back", shell.playing(Role.UNIT, case), **shell.filled(case, "report_back"))

    assert state.owner == OFFICE


def test_it_counts_helpers_yet_to_come_among_those_who_can_not_verify(shell: Shell) -> None:
    case = shell.bring("dispatched", lead=SWEEPERS, co_handlers=(OFFICE,))

    climbed = [higher(shell, case), higher(shell, case)]

    assert climbed == [TOWN, OFFICE], "were it the district's centre, nobody could verify"
    assert "escalate" not in shell.offered(case, shell.reporter(case))


def test_it_never_raises_verification_to_a_unit_that_handled(shell: Shell) -> None:
    """The district's centre led for a while; verification goes past it."""
    case = shell.bring("handling", lead=MARKET)
    higher(shell, case)
    shell.act(case, "report_back", shell.playing(Role.UNIT, case), **shell.filled(case, "report_back"))
    assert shell.cases[case].owner == TOWN

    assert higher(shell, case) == OFFICE


def test_it_is_raised_by_a_supervisor_as_well(shell: Shell) -> None:
    case = shell.bring("handling")

    assert shell.act(case, "escalate", shell.watcher()).owner == TOWN


def test_it_is_not_raised_by_those_who_handle(shell: Shell) -> None:
    case = shell.bring("handling")

    assert "escalate" not in shell.offered(case, shell.playing(Role.UNIT, case))


# --- contest


@pytest.mark.parametrize(("step", "owner"), [("closed", DISTRICT), ("not_accepted", DISTRICT), ("diverted", DISTRICT)])
def test_it_is_contested_from_every_end_one_level_up(shell: Shell, step: str, owner: str) -> None:
    case = shell.bring(step)

    state = shell.act(case, "contest", shell.reporter(case), **shell.filled(case, "contest"))

    assert (state.step, state.owner, state.reopened, state.ended_at) == ("registered", owner, 1, None)
    assert state.next_wake is not None


def test_it_is_contested_however_late(shell: Shell) -> None:
    """The window is for reopening on one's word; the way up has none."""
    case = shell.bring("closed")
    shell.wait(days=800)

    assert shell.offered(case, shell.reporter(case)) == {"contest"}


def test_it_stays_at_the_top_when_it_is_contested_again_and_again(shell: Shell) -> None:
    case = shell.bring("closed")
    owners = []
    for _ in range(4):
        state = shell.act(case, "contest", shell.reporter(case), **shell.filled(case, "contest"))
        owners.append(state.owner)
        dispatcher = shell.playing(Role.DISPATCHER, case)
        shell.act(case, "dispatch", dispatcher, lead=SWEEPERS)
        for name, role in (("acknowledge", Role.UNIT), ("report_back", Role.UNIT), ("verify", Role.VERIFIER),
                           ("reply", Role.DESK), ("satisfied", Role.FOLLOW_UP_DESK)):  # fmt: skip
            shell.act(case, name, shell.playing(role, case), **shell.filled(case, name))

    assert owners == [DISTRICT, OFFICE, OFFICE, OFFICE]


def test_it_asks_what_it_is_about_before_a_declined_case_is_dispatched(shell: Shell) -> None:
    case = shell.bring("not_accepted")
    shell.act(case, "contest", shell.reporter(case), **shell.filled(case, "contest"))
    dispatcher = shell.playing(Role.DISPATCHER, case)
    assert "dispatch" not in shell.offered(case, dispatcher)

    shell.act(case, "reclassify", dispatcher, **shell.filled(case, "reclassify", urgency="standard"))

    assert shell.act(case, "dispatch", dispatcher, lead=SWEEPERS).owner == SWEEPERS


# --- not solved, reopen


def unsolved(shell: Shell, case: str) -> str | None:
    return shell.act(case, "not_solved", shell.reporter(case)).owner


def replied_again(shell: Shell, case: str) -> None:
    for name, role in (("report_back", Role.UNIT), ("verify", Role.VERIFIER), ("reply", Role.DESK)):
        shell.act(case, name, shell.playing(role, case), **shell.filled(case, name))


def test_it_goes_back_to_the_unit_at_the_first_not_solved_and_one_level_up_at_each_further(shell: Shell) -> None:
    case = shell.bring("replied", lead=SWEEPERS)
    owners = [unsolved(shell, case)]
    for _ in range(3):
        replied_again(shell, case)
        owners.append(unsolved(shell, case))

    assert owners == [SWEEPERS, TOWN, DISTRICT, DISTRICT]
    assert shell.cases[case].not_solved == 4


def test_it_promises_anew_when_it_is_not_solved(shell: Shell) -> None:
    case = shell.bring("replied", matter="EE-009", lead=TEAM)
    shell.now = at("2026-11-20 Fri 11:00")
    unsolved(shell, case)

    promise = shell.cases[case].promise
    assert promise is not None
    assert promise.due == at("2026-11-27 Fri 18:00")


def test_it_needs_no_proof_that_it_is_not_solved(shell: Shell) -> None:
    case = shell.bring("replied")

    assert not [field.name for field in shell.action(case, "not_solved").form if field.required]


def test_it_lets_the_follow_up_desk_say_so_for_the_reporter(shell: Shell) -> None:
    case = shell.bring("replied")

    assert shell.act(case, "not_solved", shell.playing(Role.FOLLOW_UP_DESK, case)).step == "handling"


@pytest.mark.parametrize(("days", "open_"), [(0, True), (30, True), (30.001, False)])
def test_it_is_reopened_within_the_window(shell: Shell, days: float, open_: bool) -> None:
    case = shell.bring("closed")
    shell.wait(days=days)

    assert ("reopen" in shell.offered(case, shell.reporter(case))) is open_


def test_it_is_registered_again_with_the_same_dispatcher_when_it_is_reopened(shell: Shell) -> None:
    case = shell.bring("closed")

    state = shell.act(case, "reopen", shell.reporter(case))

    assert (state.step, state.owner, state.decision, state.remedy, state.promise) == (
        "registered",
        TOWN,
        None,
        None,
        None,
    )


def test_it_remembers_who_handled_before_it_was_reopened(shell: Shell) -> None:
    case = shell.bring("closed", lead=SWEEPERS)
    shell.act(case, "reopen", shell.reporter(case))
    shell.act(case, "dispatch", shell.playing(Role.DISPATCHER, case), lead=TEAM)

    assert shell.cases[case].handled_units == (SWEEPERS, TEAM)


def test_it_keeps_when_it_ended_while_it_is_evaluated(shell: Shell) -> None:
    case = shell.bring("closed")
    ended = shell.cases[case].ended_at
    shell.wait(days=3)
    shell.act(case, "evaluate", shell.playing(Role.FOLLOW_UP_DESK, case), score=4)

    assert shell.cases[case].ended_at == ended


def test_it_ends_with_the_reporters_word_and_keeps_the_rating(shell: Shell) -> None:
    case = shell.bring("replied")

    state = shell.act(case, "satisfied", shell.reporter(case), rating=5)

    assert (state.step, state.rating, state.ended_at) == ("closed", 5, shell.now)
    assert (state.decision, state.remedy) == ("supported", "done")


# --- upheld


def test_it_may_stay_declined_when_the_level_above_agrees_and_says_why(shell: Shell) -> None:
    case = shell.bring("not_accepted")
    shell.act(case, "contest", shell.reporter(case), **shell.filled(case, "contest"))
    above = shell.playing(Role.DISPATCHER, case)

    after = shell.act(case, "uphold", above, **shell.filled(case, "uphold"))

    assert (after.step, after.is_open) == ("not_accepted", False)
    assert "contest" in shell.offered(case, shell.reporter(case)), "one level up is open again"


def test_what_was_accepted_once_is_not_declined_by_upholding(shell: Shell) -> None:
    never_contested, contested = shell.bring("registered"), shell.bring("closed")
    shell.act(contested, "contest", shell.reporter(contested), **shell.filled(contested, "contest"))

    for case in (never_contested, contested):
        above = shell.playing(Role.DISPATCHER, case)
        with pytest.raises(Refusal) as refused:
            shell.act(case, "uphold", above, **shell.filled(case, "uphold"))
        assert refused.value.code == "accepted_before"
