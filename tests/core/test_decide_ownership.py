"""Who owns it: dispatch, one return, the ruling, the conference."""

from dataclasses import replace

import pytest
from msgspec.structs import replace as replace_struct
from official_days import at
from shell import Shell

from linli.core.case.events import ActionTaken, LeadSet, Opened
from linli.core.case.roles import unit_for
from linli.core.errors import Refusal
from linli.core.procedure import Role
from linli.core.routing import Condition, Operator, Rule, RuleTable

TOWN, OTHER_TOWN = "500118001.command_centre", "500118002.command_centre"
TEAM, SWEEPERS = "500118001.town_enforcement_team", "500118001.sanitation_office"
DISTRICT, OFFICE = "500118.district_centre", "500118.district_supervision_office"
MARKET = "500118.market_regulation"


def test_it_promises_the_handling_limit_at_dispatch(shell: Shell) -> None:
    case = shell.bring("dispatched", matter="EE-005", lead=MARKET)

    state = shell.cases[case]
    assert state.promise is not None
    assert (state.promise.name, str(state.promise.limit), state.promise.source) == ("handle", "45wd", "matter:EE-005@1")
    assert state.clock is not None
    assert (state.clock.name, state.clock.due) == ("acknowledge", at("2026-11-17 Tue 18:00"))


def test_it_keeps_why_a_unit_leads_and_that_an_officer_chose_another(shell: Shell) -> None:
    case = shell.bring("dispatched", matter="CM-006", lead=TEAM)

    event = shell.events[case][-1]
    assert isinstance(event, ActionTaken)
    assert [line["code"] for line in event.trace] == [
        "matter_names_type", "none_of_type_here", "none_of_type_here", "lead_found", "officer_chose_other",
    ]  # fmt: skip
    assert event.trace[-1] == {"code": "officer_chose_other", "unit": TEAM, "proposed": SWEEPERS}


def test_it_says_nothing_of_another_choice_where_the_officer_followed_the_route(shell: Shell) -> None:
    case = shell.bring("dispatched", matter="CM-006", lead=SWEEPERS)

    event = shell.events[case][-1]
    assert isinstance(event, ActionTaken)
    assert event.trace[-1]["code"] == "lead_found"


def test_it_goes_to_a_ruler_above_the_dispatcher_when_it_is_returned(shell: Shell) -> None:
    case = shell.bring("disputed", matter="EE-009", lead=TEAM)

    state = shell.cases[case]
    assert (state.owner, state.returns) == (DISTRICT, 1)


def test_it_is_ruled_by_another_than_the_unit_that_returned_it(shell: Shell) -> None:
    """The district's centre returned it; nobody rules in their own matter."""
    case = shell.bring("disputed", matter="EE-009", lead=DISTRICT)

    assert shell.cases[case].owner == OFFICE


def test_it_binds_whom_the_ruling_names(shell: Shell) -> None:
    case = shell.bring("disputed", matter="EE-009", lead=TEAM)
    state = shell.act(case, "rule", shell.playing(Role.RULER, case), **shell.filled(case, "rule", lead=MARKET))

    assert (state.step, state.owner, state.ruled) == ("dispatched", MARKET, True)
    assert "return" not in shell.offered(case, shell.playing(Role.UNIT, case))
    with pytest.raises(Refusal):
        shell.act(case, "return", shell.playing(Role.UNIT, case), **shell.filled(case, "return"))


def test_it_may_be_ruled_back_to_the_unit_that_returned_it(shell: Shell) -> None:
    case = shell.bring("disputed", matter="EE-009", lead=TEAM)

    state = shell.act(case, "rule", shell.playing(Role.RULER, case), **shell.filled(case, "rule", lead=TEAM))

    assert state.owner == TEAM


def test_it_is_returned_before_it_is_acknowledged_only(shell: Shell) -> None:
    case = shell.bring("handling")

    with pytest.raises(Refusal, match="not_in_this_step"):
        shell.act(case, "return", shell.playing(Role.UNIT, case), **shell.filled(case, "return"))


def test_it_records_how_the_lead_was_settled(shell: Shell) -> None:
    case = shell.bring("disputed", matter="EE-009", lead=TEAM)
    shell.act(case, "rule", shell.playing(Role.RULER, case), **shell.filled(case, "rule", lead=MARKET))
    shell.act(case, "acknowledge", shell.playing(Role.UNIT, case))
    shell.act(case, "call_conference", shell.watcher())
    shell.act(case, "decide", shell.playing(Role.CONVENER, case), **shell.filled(case, "decide", lead=SWEEPERS))
    shell.act(case, "escalate", shell.watcher())

    taken = [event for event in shell.events[case] if isinstance(event, ActionTaken)]
    settled = [(c.unit, c.by) for event in taken for c in event.changes if isinstance(c, LeadSet)]
    assert settled == [(TEAM, "dispatch"), (MARKET, "ruling"), (SWEEPERS, "conference"), (TOWN, "escalation")]


def test_it_calls_a_conference_that_another_unit_than_the_lead_convenes(shell: Shell) -> None:
    case = shell.bring("conference", matter="PL-007", lead=TOWN)

    assert shell.cases[case].owner == DISTRICT


def test_it_finds_another_convener_once_the_last_one_leads(shell: Shell) -> None:
    case = shell.bring("conference", matter="EE-009", lead=TEAM)
    assert shell.cases[case].owner == TOWN
    shell.act(case, "decide", shell.playing(Role.CONVENER, case), **shell.filled(case, "decide", lead=TOWN))
    shell.act(case, "acknowledge", shell.playing(Role.UNIT, case))

    state = shell.act(case, "call_conference", shell.watcher())

    assert state.owner == DISTRICT


def test_it_moves_to_the_dispatcher_of_the_town_in_which_the_trouble_is(shell: Shell) -> None:
    case = shell.bring("registered")
    assert shell.cases[case].owner == TOWN

    state = shell.act(
        case, "reclassify", shell.playing(Role.DISPATCHER, case),
        **shell.filled(case, "reclassify", area="500118002001001"),
    )  # fmt: skip

    assert (state.owner, state.place.town) == (OTHER_TOWN, "500118002")


def test_it_counts_every_limit_from_the_matter_that_was_corrected(shell: Shell) -> None:
    case = shell.bring("registered", matter="CM-006")
    dispatcher = shell.playing(Role.DISPATCHER, case)
    shell.act(case, "reclassify", dispatcher, **shell.filled(case, "reclassify", matter="EE-005", urgency="standard"))

    state = shell.act(case, "dispatch", dispatcher, lead=MARKET)

    assert state.promise is not None
    assert str(state.promise.limit) == "45wd"


EXCEPTIONS = [
    # condition, whether it holds for an urgent case from the portal in Riverside, on Monday 2026-11-16 at 9:00
    (Condition("hour", Operator.BETWEEN, ("9", "9")), True),
    (Condition("hour", Operator.BETWEEN, ("0", "8")), False),
    (Condition("month", Operator.BETWEEN, ("11", "11")), True),
    (Condition("urgency", Operator.IS, ("urgent",)), True),
    (Condition("channel", Operator.IS, ("portal",)), True),
    (Condition("kind", Operator.IS, ("request",)), True),
    (Condition("kind", Operator.IS, ("complaint",)), False),
]


@pytest.mark.parametrize(("condition", "holds"), EXCEPTIONS)
@pytest.mark.parametrize("act", ["open", "accept", "dispatch"])
def test_it_shows_an_exception_to_the_officer_by_the_facts_of_the_case(
    shell: Shell, act: str, condition: Condition, holds: bool
) -> None:
    """The hour and the month are those of the place, not of UTC."""
    rules = (RuleTable("exceptions", 1, (Rule("r1", (condition,), lead_unit=MARKET),)),)
    shell.policy = replace(shell.policy, rules=rules)
    case = shell.open(urgency="urgent", suggested_matter="PL-007")
    if act != "open":
        form = shell.filled(case, "accept", matter="PL-007", urgency="urgent")
        shell.act(case, "accept", shell.playing(Role.DESK, case), **form)
    if act == "dispatch":
        shell.act(case, "dispatch", shell.playing(Role.DISPATCHER, case), lead=TEAM)

    event = shell.events[case][-1]
    assert isinstance(event, ActionTaken | Opened)
    assert ("rule_hit" in [line["code"] for line in event.trace]) is holds


@pytest.mark.parametrize("role", [Role.CONVENER, Role.FOLLOW_UP_DESK])
def test_it_lets_a_unit_convene_or_follow_up_on_its_own_work_before_a_case_gets_stuck(shell: Shell, role: Role) -> None:
    """Everybody but the supervision office is complained about, and the office leads itself."""
    state = shell.cases[shell.open(complaint_targets=(DISTRICT,))]
    led = replace_struct(state, roles=replace_struct(state.roles, unit=OFFICE), handled_units=(OFFICE,))

    assert unit_for(role, led, shell.policy) == OFFICE


def test_it_never_lets_a_unit_verify_its_own_work_even_then(shell: Shell) -> None:
    state = shell.cases[shell.open(complaint_targets=(DISTRICT,))]
    led = replace_struct(state, roles=replace_struct(state.roles, unit=OFFICE), handled_units=(OFFICE,))

    with pytest.raises(Refusal) as refused:
        unit_for(Role.VERIFIER, led, shell.policy)
    assert (refused.value.code, refused.value.facts["role"]) == ("no_unit_for_role", "verifier")
