"""Orders and problems: who stands over whom, which act leads where, and that nobody judges their own work."""

from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest
import world
from hypothesis import given
from hypothesis import strategies as st

from linli.core.actor import Actor
from linli.core.errors import Refusal
from linli.core.supervising import (
    Order,
    OrderAct,
    OrderState,
    Problem,
    ProblemAct,
    ProblemState,
    after_order_act,
    after_problem_act,
    answer_limit,
    end_of,
    is_overdue,
    order_acts,
    problem_acts,
    stands_over,
    supervising_units,
    units_below,
    usual_day,
)

RULES = world.policy()
CENTRE, OFFICE = "500118.district_centre", "500118.district_supervision_office"
TOWN, TEAM = "500118001.command_centre", "500118001.sanitation_office"
OTHER_TOWN, OTHER_TEAM = "500118002.command_centre", "500118002.sanitation_office"
DUE = world.MONDAY + timedelta(days=3)
UNITS = sorted(RULES.territory.units)

SUPERVISOR = world.person("supervisor", TOWN, rules=RULES)
HANDLER = world.person("handler", TEAM, rules=RULES)
BOTH = world.person("both", TOWN, TEAM, rules=RULES)
STRANGER = world.person("stranger", OTHER_TOWN, OTHER_TEAM, rules=RULES)


def order(state: OrderState = OrderState.ISSUED, answered_by: str = "") -> Order:
    return Order(TOWN, TEAM, state, DUE, answered_by)


def problem(state: ProblemState = ProblemState.OPEN, done_by: str = "") -> Problem:
    return Problem(TEAM, TOWN, state, date(2026, 11, 20), done_by)


def test_a_centre_stands_over_the_units_of_its_area() -> None:
    assert set(units_below(TOWN, RULES)) == {u for u in UNITS if u.startswith("500118001") and u != TOWN}
    assert stands_over(CENTRE, TOWN, RULES)
    assert stands_over(OFFICE, TEAM, RULES), "the supervision office stands over who reports to another centre"
    assert not stands_over(OFFICE, CENTRE, RULES), "what reports to nobody answers to no centre"
    assert not stands_over(CENTRE, OFFICE, RULES)
    assert not stands_over(TOWN, CENTRE, RULES)
    assert not stands_over(TOWN, OTHER_TEAM, RULES)
    assert not stands_over(TOWN, "nonsense", RULES)


@given(st.sampled_from(UNITS), st.sampled_from(UNITS))
def test_no_two_units_stand_over_each_other_unless_they_share_an_area(one: str, other: str) -> None:
    units = RULES.territory.units
    if stands_over(one, other, RULES):
        assert one != other
        assert RULES.territory.is_under(units[other].area, units[one].area)
        if units[one].area != units[other].area:
            assert not stands_over(other, one, RULES)
        assert one not in {unit.id for unit in RULES.territory.superiors(one)}
        assert other not in {unit.id for unit in RULES.territory.superiors(one)}


def test_only_who_supervises_in_a_coordinating_unit_supervises() -> None:
    assert supervising_units(SUPERVISOR, RULES) == (TOWN,)
    assert supervising_units(HANDLER, RULES) == ()


@pytest.mark.parametrize(("act", "state"), list(product(OrderAct, OrderState)))
def test_each_act_on_an_order_is_its_own_sides_and_from_its_own_states(act: OrderAct, state: OrderState) -> None:
    side, other = (HANDLER, SUPERVISOR) if act is OrderAct.ANSWER else (SUPERVISOR, HANDLER)
    for actor in (other, STRANGER):
        with pytest.raises(Refusal, match="order_not_yours"):
            after_order_act(order(state, "handler"), act, actor, RULES)
    leads = {
        (OrderAct.ANSWER, OrderState.ISSUED): OrderState.ANSWERED,
        (OrderAct.ANSWER, OrderState.SENT_BACK): OrderState.ANSWERED,
        (OrderAct.ACCEPT, OrderState.ANSWERED): OrderState.ACCEPTED,
        (OrderAct.SEND_BACK, OrderState.ANSWERED): OrderState.SENT_BACK,
        (OrderAct.WITHDRAW, OrderState.ISSUED): OrderState.WITHDRAWN,
        (OrderAct.WITHDRAW, OrderState.ANSWERED): OrderState.WITHDRAWN,
        (OrderAct.WITHDRAW, OrderState.SENT_BACK): OrderState.WITHDRAWN,
    }
    if (act, state) in leads:
        assert after_order_act(order(state, "handler"), act, side, RULES) is leads[act, state]
    else:
        with pytest.raises(Refusal, match="order_moved"):
            after_order_act(order(state, "handler"), act, side, RULES)


def test_nobody_judges_their_own_answer() -> None:
    for act in (OrderAct.ACCEPT, OrderAct.SEND_BACK):
        with pytest.raises(Refusal, match="order_your_own"):
            after_order_act(order(OrderState.ANSWERED, "both"), act, BOTH, RULES)
        assert after_order_act(order(OrderState.ANSWERED, "handler"), act, BOTH, RULES)
    assert order_acts(order(OrderState.ANSWERED, "both"), BOTH, RULES) == (OrderAct.WITHDRAW,)


@given(st.lists(st.sampled_from(OrderAct), max_size=12))
def test_an_ended_order_is_never_moved_again(acts: list[OrderAct]) -> None:
    state, actors = OrderState.ISSUED, {OrderAct.ANSWER: HANDLER}
    for act in acts:
        actor: Actor = actors.get(act, SUPERVISOR)
        if act not in order_acts(order(state, "handler"), actor, RULES):
            continue
        assert state.is_open
        state = after_order_act(order(state, "handler"), act, actor, RULES)
    if not state.is_open:
        assert order_acts(order(state, "handler"), BOTH, RULES) == ()


def test_it_is_overdue_while_an_answer_is_owed() -> None:
    late = DUE + timedelta(minutes=1)
    found = {state for state in OrderState if is_overdue(order(state), late)}
    assert found == {OrderState.ISSUED, OrderState.SENT_BACK}
    assert not is_overdue(order(), DUE - timedelta(minutes=1))


def test_a_day_ends_with_its_work_and_a_rest_day_with_the_next_working_day() -> None:
    calendar = RULES.calendar
    assert end_of(date(2026, 11, 20), calendar) == datetime(2026, 11, 20, 10, tzinfo=UTC), "18:00 in Chongqing"
    assert end_of(date(2026, 11, 21), calendar) == end_of(date(2026, 11, 23), calendar), "a Saturday"
    assert str(answer_limit(RULES)) == "5wd"
    assert usual_day(world.MONDAY, answer_limit(RULES), calendar) == date(2026, 11, 23)


@pytest.mark.parametrize(("act", "state"), list(product(ProblemAct, ProblemState)))
def test_each_act_on_a_problem_is_its_own_sides_and_from_its_own_states(act: ProblemAct, state: ProblemState) -> None:
    owners = act in (ProblemAct.BEGIN, ProblemAct.REPORT_DONE)
    side, other = (HANDLER, SUPERVISOR) if owners else (SUPERVISOR, HANDLER)
    for actor in (other, STRANGER):
        with pytest.raises(Refusal, match="problem_not_yours"):
            after_problem_act(problem(state), act, actor, RULES)
    leads = {
        (ProblemAct.BEGIN, ProblemState.OPEN): ProblemState.DOING,
        (ProblemAct.REPORT_DONE, ProblemState.DOING): ProblemState.DONE,
        (ProblemAct.SEND_BACK, ProblemState.DONE): ProblemState.DOING,
        (ProblemAct.CHECK, ProblemState.DONE): ProblemState.CHECKED,
    }
    if (act, state) in leads:
        assert after_problem_act(problem(state), act, side, RULES) is leads[act, state]
    else:
        with pytest.raises(Refusal, match="problem_moved"):
            after_problem_act(problem(state), act, side, RULES)


def test_the_owner_never_checks() -> None:
    for done_by in ("both", "handler"):
        with pytest.raises(Refusal, match="problem_your_own"):
            after_problem_act(problem(ProblemState.DONE, done_by), ProblemAct.CHECK, BOTH, RULES)
    moved_on = world.person("moved on", TOWN, rules=RULES)
    with pytest.raises(Refusal, match="problem_your_own"):
        after_problem_act(problem(ProblemState.DONE, "moved on"), ProblemAct.CHECK, moved_on, RULES)
    assert problem_acts(problem(ProblemState.DONE, "both"), BOTH, RULES) == ()
