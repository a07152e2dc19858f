"""Merging: one trouble, several reports; whoever reported follows, and nobody is exposed or overruled."""

import pytest
from shell import Shell

from linli.core.case.events import ActionTaken
from linli.core.errors import Refusal
from linli.core.procedure import Role

SWEEPERS = "500118001.sanitation_office"


def merged(shell: Shell, into: str, step: str = "registered", **opening: object) -> str:
    case = shell.bring(step, **opening)  # type: ignore[arg-type]
    role = Role.DESK if step == "reported" else Role.DISPATCHER
    shell.act(case, "merge", shell.playing(role, case), into=into)
    return case


@pytest.mark.parametrize("step", ["reported", "registered"])
def test_it_ends_in_the_other_case(shell: Shell, step: str) -> None:
    into = shell.bring("handling")

    case = merged(shell, into, step)

    state = shell.cases[case]
    assert (state.step, state.merged_into, state.owner, state.next_wake) == ("merged", into, None, None)


@pytest.mark.parametrize(
    "step", ["reported", "registered", "dispatched", "handling", "paused", "conference", "done", "replied", "parked"]
)
def test_it_is_joined_in_whatever_open_step_the_other_case_is(shell: Shell, step: str) -> None:
    into = shell.bring(step)
    before = shell.cases[into]

    case = merged(shell, into)

    after = shell.cases[into]
    assert after.joined == (case,)
    assert (after.step, after.owner, after.clock, after.next_wake) == (
        before.step, before.owner, before.clock, before.next_wake,
    )  # fmt: skip


def test_it_records_in_the_other_case_who_merged_and_which(shell: Shell) -> None:
    into = shell.bring("handling")
    case = merged(shell, into)

    event = shell.events[into][-1]
    assert isinstance(event, ActionTaken)
    assert (event.action, event.form) == ("join", {"from_case": case})


def test_it_does_not_merge_a_case_with_itself(shell: Shell) -> None:
    case = shell.bring("registered")

    with pytest.raises(Refusal, match="merge_target_unknown"):
        shell.act(case, "merge", shell.playing(Role.DISPATCHER, case), into=case)


def test_it_does_not_merge_into_a_part(shell: Shell) -> None:
    shell.bring("handling", matter="EE-009", co_handlers=(SWEEPERS,), lead="500118001.town_enforcement_team")
    (part,) = shell.parts("c0001")

    with pytest.raises(Refusal, match="merge_target_unknown"):
        merged(shell, part)


def test_it_never_reaches_the_unit_complained_about_by_way_of_another_case(shell: Shell) -> None:
    """Rights R10: the sweepers lead the other case, and this report complains about them."""
    into = shell.bring("handling", lead=SWEEPERS)

    with pytest.raises(Refusal) as refused:
        merged(shell, into, complaint_targets=(SWEEPERS,))

    assert refused.value.code == "merge_would_reach_unit_complained_about"


def test_it_merges_complaints_about_the_same_unit(shell: Shell) -> None:
    into = shell.bring("registered", complaint_targets=(SWEEPERS,))

    assert shell.cases[merged(shell, into, complaint_targets=(SWEEPERS,))].step == "merged"


def test_it_may_be_contested_after_a_merge_and_goes_its_own_way_again(shell: Shell) -> None:
    into = shell.bring("handling")
    case = merged(shell, into)

    state = shell.act(case, "contest", shell.reporter(case), **shell.filled(case, "contest"))

    assert (state.step, state.merged_into, state.owner) == ("registered", None, "500118.district_centre")


def test_it_is_not_withdrawn_over_the_heads_of_those_who_joined(shell: Shell) -> None:
    into = shell.bring("handling")
    merged(shell, into)

    assert "withdraw" not in shell.offered(into, shell.reporter(into))
