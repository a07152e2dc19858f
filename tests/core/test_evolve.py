"""Folding, and what an act tells whom."""

from dataclasses import replace

import msgspec
import pytest
from shell import WAYS, Shell
from world import procedure

from linli.core.case import evolve as folding
from linli.core.case.commands import Sequel
from linli.core.case.decide import decide_sequel
from linli.core.case.events import AnyChange
from linli.core.case.evolve import evolve, fold
from linli.core.errors import Refusal
from linli.core.procedure import Role


def test_it_is_nothing_before_its_first_event() -> None:
    assert fold([]) is None


def test_it_is_opened_once(shell: Shell) -> None:
    case = shell.open()

    with pytest.raises(ValueError, match="opened already"):
        evolve(shell.cases[case], shell.events[case][0])


def test_it_is_opened_before_anything_else_happens(shell: Shell) -> None:
    case = shell.bring("registered")

    with pytest.raises(ValueError, match="the first event of a case opens it"):
        evolve(None, shell.events[case][1])


@pytest.mark.parametrize("step", list(WAYS))
def test_it_counts_its_entries(shell: Shell, step: str) -> None:
    case = shell.bring(step)

    assert shell.cases[case].version == len(shell.events[case])


def test_it_knows_how_to_fold_every_change_that_an_event_may_carry() -> None:
    assert set(folding._CHANGES) == set(AnyChange.__args__)


def test_it_has_changes_that_are_told_apart_in_storage() -> None:
    tags = [msgspec.inspect.type_info(change).tag for change in AnyChange.__args__]  # type: ignore[union-attr]

    assert len(set(tags)) == len(tags)


def test_it_does_not_change_what_it_was(shell: Shell) -> None:
    case = shell.bring("registered")
    before = shell.cases[case]
    kept = msgspec.json.encode(before, order="sorted")
    shell.act(case, "expedite", shell.watcher())

    assert msgspec.json.encode(before, order="sorted") == kept


def test_it_takes_no_sequel_in_a_step_in_which_the_procedure_has_none(shell: Shell) -> None:
    case = shell.bring("closed")

    with pytest.raises(Refusal, match="not_in_this_step"):
        decide_sequel(
            shell.cases[case], Sequel(case, "join", {"from_case": "c9"}), shell.watcher(),
            now=shell.now, policy=shell.policy,
        )  # fmt: skip


def test_it_holds_a_sequels_form_to_its_types(shell: Shell) -> None:
    case = shell.bring("handling")

    with pytest.raises(Refusal, match="form_invalid"):
        decide_sequel(shell.cases[case], Sequel(case, "join", {}), shell.watcher(), now=shell.now, policy=shell.policy)


def test_it_does_not_move_the_ladder_by_a_sequel(shell: Shell) -> None:
    case = shell.bring("handling")
    before = shell.cases[case]
    outcome = decide_sequel(
        before, Sequel(case, "join", {"from_case": "c9"}), shell.watcher(), now=shell.now, policy=shell.policy
    )

    after = evolve(before, outcome.event)

    assert (after.rung, after.reminded, after.next_wake) == (before.rung, before.reminded, before.next_wake)


TOLD = ["decline", "merge", "uphold", "pause", "extend", "reply", "park", "keep_parked"]


def test_it_tells_the_reporter_of_every_act_that_the_law_or_fairness_wants_told() -> None:
    """Weifang 2021 §19 non-acceptance; extension before expiry; pause and parking, which move what was promised."""
    acts = procedure("standard").actions.values()

    assert [a.name for a in acts if {"tell_reporter", "note_reply"} & set(a.effects)] == TOLD


def test_it_stays_on_the_version_it_began_with(shell: Shell) -> None:
    case = shell.bring("registered")
    began = shell.cases[case].procedure_version
    newer = replace(shell.policy.current_procedure("standard"), version=99)
    shell.policy = replace(shell.policy, procedures={**shell.policy.procedures, ("standard", 99): newer})

    shell.act(case, "dispatch", shell.playing(Role.DISPATCHER, case), lead="500118001.sanitation_office")

    assert shell.cases[case].procedure_version == began
