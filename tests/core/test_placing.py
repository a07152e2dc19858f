"""Where cases stand after areas were re-cut, by the rules alone."""

from dataclasses import replace
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shell import Shell
from walking import POLICY, Move, Walk, moves, starts, survives_json, walks
from world import MONDAY

from linli.core.actor import Actor, ActorKind, PostHeld
from linli.core.case.evolve import evolve
from linli.core.case.placing import (
    is_unplaced,
    may_place,
    place_after,
    place_chosen,
    place_followed,
    prospect,
)
from linli.core.case.state import CaseState, Place
from linli.core.errors import Refusal
from linli.core.policy import Policy
from linli.core.territory import Area, AreaKind, Function, Territory

COMMUNITY = "500118001001"
OLD, KEPT, FRESH = (f"{COMMUNITY}00{number}" for number in (1, 2, 3))
PLAN = "01900000-0000-7000-8000-000000000001"
NOW = MONDAY


def recut(policy: Policy, *, retired: bool = True) -> Policy:
    """The same rules after the grid was split in two new ones, itself retired or kept."""
    before = policy.territory
    grids = {code: Area(code, AreaKind.GRID, COMMUNITY, code) for code in (KEPT, FRESH)}
    areas = {code: area for code, area in before.areas.items() if code != OLD or not retired} | grids
    former = {OLD: before.areas[OLD]} if retired else {}
    after = Territory(before.version + 1, MappingProxyType(areas), before.units, MappingProxyType(former))
    return replace(policy, territory=after)


def standing(shell: Shell, area: str = OLD) -> CaseState:
    state = shell.cases[shell.bring("handling")]
    place = Place(area=area, district="500118", town="500118001", community=COMMUNITY, grid=area)
    return type(state)(**{f: getattr(state, f) for f in state.__struct_fields__} | {"place": place})


def moved(state: CaseState, heirs: tuple[str, ...], pin: str | None, policy: Policy) -> CaseState:
    event = place_after(state, heirs, pin, plan=PLAN, now=NOW, policy=policy)
    return state if event is None else evolve(state, event)


def test_it_goes_where_all_of_its_area_went(shell: Shell) -> None:
    policy = recut(shell.policy)
    state = standing(shell)
    after = moved(state, (KEPT,), None, policy)
    assert (after.place.grid, after.place.community, after.place_candidates) == (KEPT, COMMUNITY, ())
    assert after.version == state.version + 1
    assert (after.owner, after.clock, after.promise, after.next_wake, after.step) == (
        state.owner, state.clock, state.promise, state.next_wake, state.step,
    )  # fmt: skip
    assert not is_unplaced(after, policy)


def test_its_pin_says_in_which_part_it_lies(shell: Shell) -> None:
    after = moved(standing(shell), (KEPT, FRESH), FRESH, recut(shell.policy))
    assert (after.place.area, after.place_candidates) == (FRESH, ())


def test_a_pin_elsewhere_says_nothing_because_a_person_corrected_the_place(shell: Shell) -> None:
    assert prospect(OLD, (KEPT, FRESH), "500118001001009").area is None


def test_without_a_pin_a_person_has_to_say_and_until_then_it_stands_in_what_is_in_force(shell: Shell) -> None:
    policy = recut(shell.policy)
    after = moved(standing(shell), (KEPT, FRESH), None, policy)
    assert (after.place.area, after.place.grid, after.place_candidates) == (COMMUNITY, None, (KEPT, FRESH))
    assert is_unplaced(after, policy)
    assert moved(after, (KEPT, FRESH), None, policy) is after, "a plan is followed once"
    kept = moved(standing(shell), (OLD, FRESH), None, recut(shell.policy, retired=False))
    assert (kept.place.area, kept.place_candidates) == (OLD, (OLD, FRESH))


def test_what_stays_needs_no_act(shell: Shell) -> None:
    state = standing(shell)
    assert moved(state, (OLD,), None, shell.policy) is state
    assert moved(state, (OLD, FRESH), OLD, recut(shell.policy, retired=False)) is state


@given(
    heirs=st.lists(st.sampled_from([OLD, KEPT, FRESH, "500118001001777"]), max_size=3, unique=True),
    pin=st.sampled_from([None, OLD, KEPT, FRESH, "500118001001777"]),
    retired=st.booleans(),
)
def test_it_never_stands_in_an_area_that_is_gone(heirs: list[str], pin: str | None, retired: bool) -> None:
    shell = Shell(POLICY, MONDAY)
    policy = recut(shell.policy, retired=retired)
    after = moved(standing(shell), tuple(heirs), pin, policy)
    assert after.place.area in policy.territory.areas
    assert after.place.community == COMMUNITY


def person(unit: str, area: str, *functions: Function) -> Actor:
    return Actor(ActorKind.PERSON, "somebody", (PostHeld("post", unit, area, frozenset(functions)),))


DISPATCHER = person("500118001.command_centre", "500118001", Function.DISPATCH)


def test_a_dispatcher_chooses_and_then_it_is_settled(shell: Shell) -> None:
    policy = recut(shell.policy)
    state = moved(standing(shell), (KEPT, FRESH), None, policy)
    event = place_chosen(state, FRESH, DISPATCHER, now=NOW, policy=policy)
    after = evolve(state, event)
    assert (after.place.grid, after.place_candidates, after.areas_plan) == (FRESH, (), PLAN)
    assert evolve(state, place_followed(event)).place == after.place
    with pytest.raises(Refusal, match="place_is_settled"):
        place_chosen(after, KEPT, DISPATCHER, now=NOW, policy=policy)


@pytest.mark.parametrize(
    ("area", "code"),
    [
        (OLD, "area_unknown"),
        ("500118001002001", "area_not_nearby"),
        ("500118001", "area_not_nearby"),
        ("x", "area_unknown"),
    ],
)
def test_only_areas_in_force_of_the_same_community_are_taken(shell: Shell, area: str, code: str) -> None:
    policy = recut(shell.policy)
    state = moved(standing(shell), (KEPT, FRESH), None, policy)
    with pytest.raises(Refusal, match=code):
        place_chosen(state, area, DISPATCHER, now=NOW, policy=policy)


def test_who_only_handles_or_only_administers_does_not_choose(shell: Shell) -> None:
    policy = recut(shell.policy)
    state = moved(standing(shell), (KEPT, FRESH), None, policy)
    centre = "500118.district_centre"
    for actor in (
        person("500118002.command_centre", "500118002", Function.DISPATCH),
        person(state.owner or "", "500118001", Function.HANDLE),
        person(centre, "500118", Function.ADMINISTER),
    ):
        assert not may_place(state, actor, policy)
        with pytest.raises(Refusal, match="not_yours"):
            place_chosen(state, KEPT, actor, now=NOW, policy=policy)
    assert may_place(state, person(centre, "500118", Function.ADMINISTER, Function.ASSESS), policy)


def test_a_unit_complained_about_does_not_choose(shell: Shell) -> None:
    policy = recut(shell.policy)
    state = moved(standing(shell), (KEPT, FRESH), None, policy)
    about = type(state)(
        **{f: getattr(state, f) for f in state.__struct_fields__} | {"recused": ("500118001.command_centre",)}
    )
    with pytest.raises(Refusal, match="recused"):
        place_chosen(about, KEPT, DISPATCHER, now=NOW, policy=policy)


@walks
@given(start=starts, steps=moves)
def test_whatever_was_done_to_a_case_it_follows_and_nothing_but_its_place_changes(
    start: str, steps: list[Move]
) -> None:
    walk = Walk(POLICY)
    walk.go(start, steps)
    policy = recut(POLICY)
    for state in walk.shell.cases.values():
        event = place_after(state, (KEPT, FRESH), None, plan=PLAN, now=walk.shell.now, policy=policy)
        if not state.is_open:
            assert event is None
            continue
        assert event is not None
        survives_json(event)
        after = evolve(state, event)
        changed = {f for f in state.__struct_fields__ if getattr(state, f) != getattr(after, f)}
        assert changed <= {"version", "place", "areas_plan", "place_candidates"}
        assert after.place.area in policy.territory.areas
