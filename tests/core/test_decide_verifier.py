"""Whoever handles never verifies: no person who acted, no unit that ever owned handling, on the case or its parts."""

from collections.abc import Callable

import msgspec
import pytest
from shell import Shell

from linli.core.errors import Refusal
from linli.core.procedure import Role

STATION = "500118001001.community_station"
TOWN, DISTRICT = "500118001.command_centre", "500118.district_centre"
OFFICE = "500118.district_supervision_office"
TEAM, SWEEPERS, MARKET = (
    "500118001.town_enforcement_team", "500118001.sanitation_office", "500118.market_regulation",
)  # fmt: skip


def done(shell: Shell, case: str) -> str | None:
    """Reported back; gives who verifies."""
    do(shell, case, "report_back", Role.UNIT)
    return shell.cases[case].owner


def do(shell: Shell, case: str, action: str, role: Role, **form: object) -> None:
    shell.act(case, action, shell.playing(role, case), **shell.filled(case, action, **form))


def led_by_a_team(shell: Shell) -> str:
    return shell.bring("handling", lead=TEAM)


def led_by_the_town(shell: Shell) -> str:
    return shell.bring("handling", lead=TOWN)


def returned_by_the_town_and_ruled_to_a_team(shell: Shell) -> str:
    case = shell.bring("disputed", lead=TOWN)
    do(shell, case, "rule", Role.RULER, lead=TEAM)
    do(shell, case, "acknowledge", Role.UNIT)
    return case


def raised_to_the_town(shell: Shell) -> str:
    case = shell.bring("handling", lead=TEAM)
    shell.act(case, "escalate", shell.reporter(case))
    return case


def raised_twice(shell: Shell) -> str:
    case = raised_to_the_town(shell)
    shell.act(case, "escalate", shell.reporter(case))
    return case


def helped_by_the_town(shell: Shell) -> str:
    case = shell.bring("handling", lead=TEAM, co_handlers=(TOWN,))
    (part,) = shell.parts(case)
    for action, role in (("acknowledge", Role.UNIT), ("report_back", Role.UNIT), ("take_over", Role.LEAD)):
        do(shell, part, action, role)
    return case


def once_helped_by_the_town(shell: Shell) -> str:
    """The town's part was cancelled by a conference; it was to handle all the same."""
    case = shell.bring("conference", lead=TEAM, co_handlers=(TOWN,))
    do(shell, case, "decide", Role.CONVENER, lead=SWEEPERS)
    do(shell, case, "acknowledge", Role.UNIT)
    return case


def reopened_after_the_town_had_it(shell: Shell) -> str:
    case = shell.bring("closed", lead=TOWN)
    shell.act(case, "reopen", shell.reporter(case))
    do(shell, case, "dispatch", Role.DISPATCHER, lead=TEAM)
    do(shell, case, "acknowledge", Role.UNIT)
    return case


def about_the_town(shell: Shell) -> str:
    """Rights R10: the town's centre is complained about, and so is everybody below it."""
    return shell.bring("handling", lead=MARKET, complaint_targets=(TOWN,))


STORIES = [
    (led_by_a_team, TOWN),
    (led_by_the_town, DISTRICT),
    (returned_by_the_town_and_ruled_to_a_team, DISTRICT),
    (raised_to_the_town, DISTRICT),
    (raised_twice, OFFICE),
    (helped_by_the_town, DISTRICT),
    (once_helped_by_the_town, DISTRICT),
    (reopened_after_the_town_had_it, DISTRICT),
    (about_the_town, DISTRICT),
]


@pytest.mark.parametrize(("story", "verifier"), STORIES, ids=[story.__name__ for story, _ in STORIES])
def test_it_is_verified_by_the_nearest_unit_that_never_handled(
    shell: Shell, story: Callable[[Shell], str], verifier: str
) -> None:
    case = story(shell)

    assert done(shell, case) == verifier
    assert verifier not in shell.cases[case].handled_units
    assert "verify" in shell.offered(case, shell.playing(Role.VERIFIER, case))


@pytest.mark.parametrize("act", ["verify", "rework"])
def test_it_is_not_verified_by_somebody_who_acted_in_handling(shell: Shell, act: str) -> None:
    case = shell.bring("handling", lead=TEAM)
    both = shell.person("both", TEAM, TOWN)
    shell.act(case, "report_back", both, **shell.filled(case, "report_back"))

    with pytest.raises(Refusal, match="actor_handled"):
        shell.act(case, act, both, **shell.filled(case, act))
    assert not {"verify", "rework"} & shell.offered(case, both)


def test_it_remembers_somebody_who_only_acknowledged(shell: Shell) -> None:
    case = shell.bring("dispatched", lead=TEAM)
    both = shell.person("both", TEAM, TOWN)
    shell.act(case, "acknowledge", both)
    done(shell, case)

    with pytest.raises(Refusal, match="actor_handled"):
        shell.act(case, "verify", both, **shell.filled(case, "verify"))


def test_it_remembers_somebody_who_only_returned_it(shell: Shell) -> None:
    case = shell.bring("dispatched", lead=TEAM)
    both = shell.person("both", TEAM, TOWN)
    shell.act(case, "return", both, **shell.filled(case, "return"))
    do(shell, case, "rule", Role.RULER, lead=SWEEPERS)
    do(shell, case, "acknowledge", Role.UNIT)
    done(shell, case)

    with pytest.raises(Refusal, match="actor_handled"):
        shell.act(case, "verify", both, **shell.filled(case, "verify"))


def test_it_may_be_verified_by_somebody_with_a_post_in_the_handling_unit_who_never_acted(shell: Shell) -> None:
    """A second post alone is no handling; the person acts in the name of the verifying unit."""
    case = shell.bring("done", lead=TEAM)

    assert "verify" in shell.offered(case, shell.person("idle", TEAM, TOWN))


def test_it_does_not_accept_another_post_for_the_one_of_the_verifying_unit(shell: Shell) -> None:
    """Even if a unit that handled were bound as verifier, a clean post elsewhere does not clear it."""
    case = shell.bring("done", lead=TEAM)
    soiled = msgspec.structs.replace(shell.cases[case], handled_units=(TEAM, TOWN))
    shell.cases[case] = soiled

    with pytest.raises(Refusal, match="unit_handled"):
        shell.act(case, "verify", shell.person("two-hats", TOWN, DISTRICT), **shell.filled(case, "verify"))


def test_it_goes_to_the_same_verifier_after_rework(shell: Shell) -> None:
    case = shell.bring("done", lead=TEAM)
    do(shell, case, "rework", Role.VERIFIER)

    assert done(shell, case) == TOWN


def test_it_moves_to_another_verifier_when_the_last_one_led_in_between(shell: Shell) -> None:
    case = shell.bring("done", lead=TEAM)
    do(shell, case, "rework", Role.VERIFIER)
    shell.act(case, "escalate", shell.reporter(case))
    assert shell.cases[case].owner == TOWN

    assert done(shell, case) == DISTRICT


def test_it_goes_back_to_the_verifier_when_the_desk_is_not_content(shell: Shell) -> None:
    case = shell.bring("verified", lead=TEAM)

    do(shell, case, "send_back", Role.DESK)

    assert (shell.cases[case].step, shell.cases[case].owner) == ("done", TOWN)


def test_it_is_not_dispatched_to_the_last_unit_that_could_verify(shell: Shell) -> None:
    case = shell.bring("registered", complaint_targets=(DISTRICT,))
    assert shell.cases[case].owner == OFFICE

    with pytest.raises(Refusal, match="no_verifier_left"):
        shell.act(case, "dispatch", shell.playing(Role.DISPATCHER, case), lead=OFFICE)


# --- following up and evaluating


def test_it_is_followed_up_by_another_desk_when_the_desk_handled_it_itself(shell: Shell) -> None:
    case = shell.bring("replied", lead=STATION)

    assert shell.cases[case].roles.desk == STATION
    assert shell.cases[case].owner == TOWN


def test_it_is_followed_up_by_the_desk_that_took_it_in_when_it_did_not_handle(shell: Shell) -> None:
    assert shell.cases[shell.bring("replied", lead=TEAM)].owner == STATION


@pytest.mark.parametrize(("step", "act"), [("replied", "satisfied"), ("closed", "evaluate")])
def test_it_is_not_confirmed_or_evaluated_by_somebody_who_handled(shell: Shell, step: str, act: str) -> None:
    case = shell.bring("dispatched", lead=TEAM)
    both = shell.person("both", TEAM, STATION, DISTRICT)
    shell.act(case, "acknowledge", both)
    for action, role in (("report_back", Role.UNIT), ("verify", Role.VERIFIER), ("reply", Role.DESK)):
        do(shell, case, action, role)
    if step == "closed":
        shell.act(case, "satisfied", shell.reporter(case))

    with pytest.raises(Refusal, match="actor_handled"):
        shell.act(case, act, both, **shell.filled(case, act))


def test_it_is_always_the_reporters_to_confirm(shell: Shell) -> None:
    case = shell.bring("replied")

    assert shell.act(case, "satisfied", shell.reporter(case)).step == "closed"
