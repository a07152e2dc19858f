"""After a plan of grids: every open case stands where it belongs, by an act in its own ledger; nothing else moves."""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
from shapely.geometry import LineString

from linli.cases import actions as cases
from linli.cases import queries, queries_places, replay
from linli.core.actor import CLOCK, Actor, ActorKind, PostHeld
from linli.core.case.state import CaseState
from linli.core.errors import Refusal
from linli.core.territory import Function
from linli.directory import actions as directory_actions
from linli.directory import queries as directory
from linli.directory.actions import Editing
from linli.directory.models import Boundary
from linli.directory.queries import Plan
from linli.ledger import queries as ledger
from linli.site import recutting
from tests.rooms.conftest import COMMUNITY, DISTRICT, MONDAY, TOWN, Place

ADMIN = Actor(
    ActorKind.PERSON,
    "admin",
    (PostHeld("administrator", f"{DISTRICT}.district_centre", DISTRICT, frozenset({Function.ADMINISTER})),),
)


@pytest.fixture
def drawn(place: Place) -> Place:
    directory_actions.invent_boundaries(DISTRICT, now=MONDAY - timedelta(days=50))
    return place


@pytest.fixture(autouse=True)
def rows_agree_with_the_ledger(db: None) -> Iterator[None]:
    """After every test here each case is what folding its ledger gives."""
    yield
    assert [found for found in replay.compare(DISTRICT) if found] == []
    assert [found for found in ledger.verify(DISTRICT) if isinstance(found, ledger.Fault)] == []


def read(plan: str) -> Plan:
    found = directory.plan(DISTRICT, plan)
    assert found is not None
    return found


def editing(plan: str, place: Place) -> Editing:
    return Editing(ADMIN, DISTRICT, plan, read(plan).number, place.now)


def split(place: Place, code: str) -> tuple[str, str]:
    """A plan that cuts a grid from north to south: its id and the code of the new one."""
    plan = directory_actions.begin_plan(ADMIN, DISTRICT, COMMUNITY, now=place.now)
    shape = next(grid.shape for grid in read(plan).grids if grid.code == code)
    assert shape is not None
    x, (_, south, _, north) = shape.representative_point().x, shape.bounds
    before = {grid.code for grid in read(plan).grids}
    line = LineString([(x, south - 0.01), (x, north + 0.01)])
    directory_actions.split_grid(editing(plan, place), code, line)
    return plan, next(grid.code for grid in read(plan).grids if grid.code not in before)


def merge(place: Place, code: str) -> tuple[str, str]:
    """A plan that merges a grid into a neighbour: its id and the code of the neighbour."""
    plan = directory_actions.begin_plan(ADMIN, DISTRICT, COMMUNITY, now=place.now)
    shapes = {grid.code: grid.shape for grid in read(plan).grids if grid.shape is not None}
    keep = max(
        (other for other in shapes if other != code),
        key=lambda other: shapes[code].boundary.intersection(shapes[other].boundary).length,
    )
    directory_actions.merge_grids(editing(plan, place), keep, [code])
    return plan, keep


def publish(place: Place, plan: str, **ahead: float) -> None:
    at = place.now + timedelta(**ahead) if ahead else None
    directory_actions.publish_plan(editing(plan, place), at)


def pinned_report(place: Place, grid: str, plan: str) -> str:
    """A report with a pin inside a grid of a plan, as it stands before the plan is in force."""
    shape = next(each.shape for each in read(plan).grids if each.code == grid)
    assert shape is not None
    point = shape.representative_point()
    return place.report(area=None, lon=point.x, lat=point.y).case


def first_grid() -> str:
    return directory.grids_of(COMMUNITY)[0].code


def kept(state: CaseState) -> tuple[object, ...]:
    """What a new place leaves alone."""
    return state.owner, state.roles, state.step, state.clock, state.promise, state.next_wake, state.matter


def test_the_pin_says_in_which_half_a_case_lies_and_nothing_else_moves(drawn: Place) -> None:
    grid = first_grid()
    plan, fresh = split(drawn, grid)
    east, west = pinned_report(drawn, fresh, plan), pinned_report(drawn, grid, plan)
    drawn.bring_to(west, "handling")
    assert drawn.state(east).place.grid == grid
    before = kept(drawn.state(east))
    publish(drawn, plan)
    results = cases.move_after_plan(ADMIN, read(plan), now=drawn.later())
    assert [(result.case, result.refusal) for result in results] == [(east, None)]
    assert drawn.state(east).place.grid == fresh
    assert kept(drawn.state(east)) == before
    entry = ledger.stream(DISTRICT, "case", east)[-1]
    assert (entry.type, entry.actor, entry.post) == ("case.place_moved", "admin", "administrator")
    assert json.loads(entry.payload)["plan"] == plan
    assert cases.move_after_plan(ADMIN, read(plan), now=drawn.later()) == []


def test_the_event_holds_no_pin(drawn: Place) -> None:
    grid = first_grid()
    plan, fresh = split(drawn, grid)
    case = pinned_report(drawn, fresh, plan)
    publish(drawn, plan)
    cases.move_after_plan(CLOCK, read(plan), now=drawn.later())
    payload = json.loads(ledger.stream(DISTRICT, "case", case)[-1].payload)
    assert set(payload) == {"place", "at", "by", "plan"}
    assert payload["by"] == "pin"


def test_a_case_without_a_pin_waits_for_a_person_and_its_part_goes_with_it(drawn: Place) -> None:
    grid = first_grid()
    plan, fresh = split(drawn, grid)
    case = drawn.report(area=grid).case
    drawn.accept(case)
    drawn.dispatch(case, co_handlers=(f"{TOWN}.town_enforcement_team",))
    part = drawn.act(case, "acknowledge").open_parts[0].id
    state = drawn.state(case)
    assert state.place.area == grid
    publish(drawn, plan)
    cases.move_after_plan(ADMIN, read(plan), now=drawn.later())
    assert set(drawn.state(case).place_candidates) == {grid, fresh}
    centre = drawn.person(f"{TOWN}.command_centre")
    waiting = queries_places.unplaced(centre, DISTRICT, drawn.policy)
    assert [found.state.id for found in waiting] == [case]
    assert queries_places.unplaced(ADMIN, DISTRICT, drawn.policy) == []
    after = cases.choose_place(centre, DISTRICT, case, fresh, now=drawn.later())
    assert (after.place.grid, after.place_candidates, kept(after)) == (fresh, (), kept(drawn.state(case)))
    assert drawn.state(part).place.grid == fresh
    assert queries_places.unplaced(centre, DISTRICT, drawn.policy) == []
    assert cases.move_after_plan(ADMIN, read(plan), now=drawn.later()) == []
    with pytest.raises(Refusal, match="place_is_settled"):
        cases.choose_place(centre, DISTRICT, case, grid, now=drawn.later())
    drawn.act(part, "acknowledge")


def test_a_choice_on_an_older_state_is_refused(drawn: Place) -> None:
    grid = first_grid()
    plan, fresh = split(drawn, grid)
    case = drawn.report(area=grid).case
    publish(drawn, plan)
    cases.move_after_plan(CLOCK, read(plan), now=drawn.later())
    centre, seen = drawn.person(f"{TOWN}.command_centre"), drawn.state(case).version
    drawn.accept(case)
    with pytest.raises(Refusal, match="state_changed"):
        cases.choose_place(centre, DISTRICT, case, fresh, now=drawn.later(), expected_version=seen)
    other = drawn.person("500118002.command_centre")
    with pytest.raises(Refusal, match="case_unknown"):
        cases.choose_place(other, DISTRICT, case, fresh, now=drawn.later())


def test_cases_of_a_merged_grid_go_where_it_went(drawn: Place) -> None:
    grid = first_grid()
    plan, keep = merge(drawn, grid)
    case, other = drawn.report(area=grid).case, drawn.report(area=keep).case
    prospects = queries_places.affected(drawn.person(f"{TOWN}.command_centre"), read(plan))
    assert [(found.state.id, found.prospect.area, found.seen) for found in prospects] == [(case, keep, True)]
    assert [found.seen for found in queries_places.affected(ADMIN, read(plan))] == [False]
    publish(drawn, plan)
    assert queries_places.astray(DISTRICT) == [(drawn.state(case).number, grid)]
    cases.move_after_plan(ADMIN, read(plan), now=drawn.later())
    assert drawn.state(case).place.grid == keep
    assert drawn.state(other).place.grid == keep
    assert queries_places.astray(DISTRICT) == []


def test_a_case_in_a_retired_grid_can_be_acted_on_before_it_is_moved(drawn: Place) -> None:
    grid = first_grid()
    plan, _keep = merge(drawn, grid)
    case = drawn.report(area=grid).case
    drawn.bring_to(case, "handling")
    publish(drawn, plan)
    drawn.act(case, "report_back", result="solved", what_was_done="已清运。", reporter_contacted="yes")
    assert drawn.state(case).step == "done"
    assert queries.case_for(drawn.person(f"{TOWN}.command_centre"), DISTRICT, case) is not None


def test_an_ended_case_keeps_its_place_and_can_be_taken_up_again(drawn: Place) -> None:
    grid = first_grid()
    plan, _keep = merge(drawn, grid)
    case = drawn.report(area=grid).case
    drawn.bring_to(case, "dispatched")
    drawn.act(case, "acknowledge")
    for action, form in (
        ("report_back", {"result": "solved", "what_was_done": "已清运。", "reporter_contacted": "yes"}),
        ("verify", {"finding": "confirmed_on_site"}),
        ("reply", {"decision": "supported", "reason": "已清运完毕。", "remedy": "done"}),
    ):
        drawn.act(case, action, **form)
    drawn.act(case, "satisfied", drawn.reporter(case), rating=5)
    publish(drawn, plan)
    assert cases.move_after_plan(ADMIN, read(plan), now=drawn.later()) == []
    drawn.act(case, "reopen", drawn.reporter(case))
    assert [area for _number, area in queries_places.astray(DISTRICT)] == [grid]
    assert len(cases.move_after_plan(CLOCK, read(plan), now=drawn.later())) == 1
    assert queries_places.astray(DISTRICT) == []


def test_a_round_puts_due_plans_in_force_and_moves_their_cases_each_once(drawn: Place) -> None:
    grid = first_grid()
    plan, keep = merge(drawn, grid)
    case = drawn.report(area=grid).case
    publish(drawn, plan, days=2)
    assert recutting.run_due(DISTRICT, now=drawn.later()) == recutting.Round(0, 0, 0)
    assert recutting.run_due(DISTRICT, now=drawn.later(days=3)) == recutting.Round(1, 1, 0)
    assert drawn.state(case).place.grid == keep
    assert ledger.stream(DISTRICT, "case", case)[-1].actor == "clock"
    assert recutting.run_due(DISTRICT, now=drawn.later()) == recutting.Round(0, 0, 0)
    assert read(plan).settled_at is None, "a case may still come in under the old outlines"
    recutting.run_due(DISTRICT, now=drawn.later(minutes=11))
    assert read(plan).settled_at is not None


def test_after_an_outage_two_plans_on_one_another_are_followed_in_order(drawn: Place) -> None:
    grid = first_grid()
    first, keep = merge(drawn, grid)
    case = drawn.report(area=grid).case
    publish(drawn, first)
    second = directory_actions.begin_plan(ADMIN, DISTRICT, COMMUNITY, now=drawn.later())
    shapes = {each.code: each.shape for each in read(second).grids if each.shape is not None}
    onto = max(
        (other for other in shapes if other != keep),
        key=lambda other: shapes[keep].boundary.intersection(shapes[other].boundary).length,
    )
    directory_actions.merge_grids(editing(second, drawn), onto, [keep])
    publish(drawn, second)
    # Both are in force and nothing was moved yet: the first plan leads into a grid that is gone as well.
    recutting.run_due(DISTRICT, now=drawn.later())
    state = drawn.state(case)
    assert (state.place.area, state.place_candidates) == (COMMUNITY, (keep,))
    assert queries_places.astray(DISTRICT) == []
    centre = drawn.person(f"{TOWN}.command_centre")
    assert cases.choose_place(centre, DISTRICT, case, onto, now=drawn.later()).place.grid == onto


def test_a_case_that_comes_late_under_the_old_outlines_is_found(drawn: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    grid, old = first_grid(), drawn.policy
    plan, keep = merge(drawn, grid)
    publish(drawn, plan)
    recutting.run_due(DISTRICT, now=drawn.later())
    with monkeypatch.context() as stale:  # a process that has not asked for the newest areas yet
        stale.setattr("linli.catalogue.queries.policy", lambda _district: old)
        case = drawn.report(area=grid).case
    assert drawn.state(case).place.grid == grid
    assert recutting.run_due(DISTRICT, now=drawn.later(minutes=1)) == recutting.Round(0, 1, 0)
    assert drawn.state(case).place.grid == keep


def test_without_an_outline_a_case_stays_or_follows_the_merge(place: Place) -> None:
    grids = directory.grids_of(COMMUNITY)
    one, two = grids[0].code, grids[1].code
    assert not Boundary.objects.exists()
    plan = directory_actions.begin_plan(ADMIN, DISTRICT, COMMUNITY, now=place.now)
    directory_actions.merge_grids(editing(plan, place), one, [two])
    case, other = place.report(area=two).case, place.report(area=grids[2].code).case
    publish(place, plan)
    cases.move_after_plan(ADMIN, read(plan), now=place.later())
    assert place.state(case).place.grid == one
    assert place.state(other).place.grid == grids[2].code
