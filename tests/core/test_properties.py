"""What must hold of every case, whatever people do: random walks through both procedures."""

from collections.abc import Mapping
from random import Random

import pytest
from hypothesis import given
from shell import Shell, refusal_of
from walking import POLICY, STANDING, Move, Walk, by_form, moves, number, starts, survives_json, walks
from world import MONDAY

from linli.core.actor import CLOCK, Actor
from linli.core.case.commands import Act
from linli.core.case.decide import decide, procedure_of, recalculated
from linli.core.case.events import ActionTaken, DeadlinesRecalculated, Opened
from linli.core.case.evolve import evolve
from linli.core.case.readers import may_read
from linli.core.case.state import CaseState
from linli.core.errors import Refusal


@walks
@given(start=starts, steps=moves)
def test_it_keeps_every_promise_whatever_people_do(start: str, steps: list[Move]) -> None:
    Walk(POLICY).go(start, steps)


@walks
@given(start=starts, steps=moves, who=number, form=number)
def test_it_offers_exactly_what_it_would_not_refuse_before_a_form_is_filled(
    start: str, steps: list[Move], who: int, form: int
) -> None:
    walk = Walk(POLICY)
    walk.go(start, steps)
    for case, state in walk.shell.cases.items():
        everybody = [*walk.cast, walk.shell.reporter(case), CLOCK]
        actor = everybody[who % len(everybody)]
        offered = walk.shell.offered(case, actor)
        for name in procedure_of(state, POLICY).actions:
            refused = refusal(walk, case, name, actor, walk.form(case, name, Random(form)))
            if name in offered:
                assert refused is None or refused in by_form(name), (name, refused)
            else:
                assert refused in STANDING, (name, refused)


def refusal(walk: Walk, case: str, name: str, actor: Actor, form: Mapping[str, object]) -> str | None:
    act, state = Act(name, actor, form, ids=("n1", "n2", "n3", "n4")), walk.shell.cases[case]
    others = {id_: other for id_, other in walk.shell.cases.items() if id_ != case}
    return refusal_of(lambda: decide(state, act, now=walk.shell.now, policy=walk.policy, others=others))


@walks
@given(start=starts, steps=moves)
def test_it_shows_a_case_to_whoever_may_act_on_it_and_to_nobody_complained_about(start: str, steps: list[Move]) -> None:
    walk = Walk(POLICY)
    walk.go(start, steps)
    for case, state in walk.shell.cases.items():
        for actor in walk.cast:
            offered = walk.shell.offered(case, actor)
            assert not offered or may_read(actor, state)
            if actor.units & set(state.recused):
                assert not offered
                assert not may_read(actor, state)


@walks
@given(start=starts, steps=moves)
def test_it_ends_or_rings_again_later_however_long_nobody_acts(start: str, steps: list[Move]) -> None:
    walk = Walk(POLICY)
    walk.go(start, steps)
    for case in list(walk.shell.cases):
        for _ in range(12):
            state = walk.shell.cases[case]
            if not state.is_open:
                break
            walk.shell.wake(case)
            after = walk.shell.cases[case]
            assert not after.is_open or after.next_wake is None or (after.step, after.rung, after.reminded) != (
                state.step, state.rung, state.reminded
            )  # fmt: skip
        assert not walk.shell.cases[case].is_open or walk.shell.cases[case].rung > 0


@walks
@given(start=starts, steps=moves)
def test_it_recalculates_to_the_same_dates_under_the_same_calendar(start: str, steps: list[Move]) -> None:
    walk = Walk(POLICY)
    walk.go(start, steps)
    for state in walk.shell.cases.values():
        if not state.is_open:
            with pytest.raises(Refusal, match="case_has_ended"):
                recalculated(state, now=walk.shell.now, policy=POLICY)
            continue
        event = recalculated(state, now=walk.shell.now, policy=POLICY)
        survives_json(event)
        after = evolve(state, event)
        assert (after.clock, after.promise, after.until) == (state.clock, state.promise, state.until)
        assert (after.next_wake, after.rung, after.version) == (state.next_wake, state.rung, state.version + 1)


@walks
@given(steps=moves)
def test_it_folds_any_beginning_of_the_events_to_the_case_as_it_was_then(steps: list[Move]) -> None:
    walk = Walk(POLICY)
    walk.go("handling", steps)
    for events in walk.shell.events.values():
        state: CaseState | None = None
        for count, event in enumerate(events, start=1):
            state = evolve(state, event)
            assert state.version == count
            assert isinstance(event, Opened | ActionTaken | DeadlinesRecalculated)


def test_it_takes_no_moment_without_a_time_zone(shell: Shell) -> None:
    case = shell.bring("handling")
    naive = MONDAY.replace(tzinfo=None)

    with pytest.raises(ValueError, match="no time zone"):
        decide(shell.cases[case], Act("resume", CLOCK), now=naive, policy=shell.policy)
