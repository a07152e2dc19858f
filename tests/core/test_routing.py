"""Routing: one lead for a matter in an area, its helpers, the exceptions, recusal, and why."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from shell import Shell, refusal_of
from walking import Move, Walk, moves, walks
from world import CENTRE, DESK, HANDLER, MATTERS, MONDAY, areas, matter, units
from world import policy as small_district

from linli.core.access import may_read
from linli.core.case.roles import roles_of, unit_for
from linli.core.errors import Refusal
from linli.core.policy import Policy
from linli.core.procedure import OWNING_ROLES, Role
from linli.core.routing import (
    RULE_FIELDS,
    Condition,
    Operator,
    Question,
    Route,
    Rule,
    RuleTable,
    centres_above,
    recused_units,
    route,
    verifier_for,
)
from linli.core.territory import AreaKind, Function, Unit, territory

GRID = "500118001001001"
STATION, COMMITTEE = "500118001001.community_station", "500118001001.residents_or_village_committee"
TOWN, OTHER_TOWN = "500118001.command_centre", "500118002.command_centre"
SWEEPERS, TEAM = "500118001.sanitation_office", "500118001.town_enforcement_team"
DISTRICT, OFFICE = "500118.district_centre", "500118.district_supervision_office"
MARKET, HEALTH, CITY = "500118.market_regulation", "500118.health_commission", "500118.city_management"


def ask(
    code: str, area: str = GRID, policy: Policy | None = None, excluded: tuple[str, ...] = (), **facts: str
) -> Route:
    rules = policy or small_district()
    return route(Question(rules.matters[code], area, recused_units(frozenset(excluded), rules), facts), rules)


def codes(found: Route) -> list[str]:
    return [line.code for line in found.trace]


# --- by matter and area

ROUTES = [
    # matter, area, lead, helpers, areas passed on the way up
    ("CM-006", GRID, SWEEPERS, (), [GRID, "500118001001"]),
    ("CM-006", "500118001001", SWEEPERS, (), ["500118001001"]),
    ("CM-006", "500118001", SWEEPERS, (), []),
    ("CM-006", "500118002001001", "500118002.sanitation_office", (), ["500118002001001", "500118002001"]),
    ("EE-009", GRID, TEAM, (MARKET,), []),
    ("EE-005", GRID, MARKET, (), []),
    ("EE-005", "500118", MARKET, (), []),
    ("PL-007", GRID, TOWN, (), []),
    ("PL-001", GRID, CITY, (), ["500118001"]),
]


@pytest.mark.parametrize(("code", "area", "lead", "helpers", "passed"), ROUTES, ids=[f"{r[0]}-{r[1]}" for r in ROUTES])
def test_it_finds_the_nearest_unit_of_the_type_that_the_matter_names(
    code: str, area: str, lead: str, helpers: tuple[str, ...], passed: list[str]
) -> None:
    found = ask(code, area)

    assert (found.lead, found.co_handlers) == (lead, helpers)
    assert codes(found) == ["matter_names_type", *["none_of_type_here"] * len(passed), "lead_found"]
    assert [line.facts["area"] for line in found.trace if line.code == "none_of_type_here"] == passed


def test_it_tells_the_whole_reasoning_with_its_facts() -> None:
    found = ask("CM-006", "500118001001")

    assert [(line.code, dict(line.facts)) for line in found.trace] == [
        ("matter_names_type", {"matter": "CM-006", "type": "sanitation_office"}),
        ("none_of_type_here", {"type": "sanitation_office", "area": "500118001001", "kind": "community"}),
        ("lead_found", {"unit": SWEEPERS, "area": "500118001"}),
    ]


def test_it_begins_at_the_level_at_which_the_matter_is_handled() -> None:
    """A district matter passes the town by, even where the town has a unit of the type."""
    own = Unit("500118001.market_regulation", "market_regulation", "500118001", TOWN, "own", HANDLER)
    policy = small_district(territory(1, areas(), [*units(), own]))

    assert ask("EE-005", policy=policy).lead == MARKET


def test_it_passes_over_rows_that_exist_in_the_statistics_only() -> None:
    policy = small_district(matters={"M": matter("M", "nowhere_to_be_found")})

    with pytest.raises(Refusal):
        ask("M", policy=policy)
    assert "5001" not in [area.code for area in policy.territory.path(GRID)]


def test_it_says_that_there_is_a_hole_where_nobody_serves_the_area() -> None:
    with pytest.raises(Refusal) as refused:
        ask("CM-006", "500118")

    assert refused.value.code == "route_hole"
    assert refused.value.facts == {"matter": "CM-006", "type": "sanitation_office", "area": "500118"}


def test_it_says_that_there_is_a_conflict_where_several_serve_one_area() -> None:
    twin = Unit("500118001.sanitation_office_2", "sanitation_office", "500118001", TOWN, "twin", HANDLER)
    policy = small_district(territory(1, areas(), [*units(), twin]))

    with pytest.raises(Refusal) as refused:
        ask("CM-006", policy=policy)

    assert refused.value.code == "route_conflict"
    assert refused.value.facts == {
        "type": "sanitation_office",
        "area": "500118001",
        "units": (SWEEPERS, "500118001.sanitation_office_2"),
    }


def test_it_says_that_the_unit_found_does_not_handle() -> None:
    rows = [replace(unit, functions=frozenset()) if unit.id == SWEEPERS else unit for unit in units()]

    with pytest.raises(Refusal) as refused:
        ask("CM-006", policy=small_district(territory(1, areas(), rows)))

    assert refused.value.code == "route_lead_does_not_handle"
    assert refused.value.facts == {"unit": SWEEPERS, "type": "sanitation_office"}


# --- fallback types


def test_it_asks_the_accountable_public_unit_where_an_owner_is_no_unit() -> None:
    found = ask("XX-001")

    assert found.lead == CITY
    fallback = next(line for line in found.trace if line.code == "fallback_type")
    assert fallback.facts == {"type": "facility_owner", "fallback": "city_management"}


def test_it_follows_a_chain_of_fallbacks() -> None:
    policy = small_district(
        fallback_types={"facility_owner": "owners_committee", "owners_committee": "city_management"}
    )

    assert ask("XX-001", policy=policy).lead == CITY


@pytest.mark.parametrize("circle", [{"a": "a"}, {"a": "b", "b": "a"}, {"a": "b", "b": "c", "c": "b"}])
def test_it_ends_where_fallbacks_run_in_a_circle(circle: Mapping[str, str]) -> None:
    policy = small_district(fallback_types=circle, matters={"M": matter("M", "a")})

    with pytest.raises(Refusal, match="route_hole"):
        ask("M", policy=policy)


# --- exceptions


def table(*rows: Rule) -> tuple[RuleTable, ...]:
    return (RuleTable("exceptions", 3, rows),)


def when(field: str, operator: Operator, *values: str) -> tuple[Condition, ...]:
    return (Condition(field, operator, values),)


HITS = [
    # condition, question, whether it holds
    (when("matter", Operator.IS, "CM-006"), {}, True),
    (when("matter", Operator.IS, "EE-009"), {}, False),
    (when("matter", Operator.IN, "EE-009", "CM-006"), {}, True),
    (when("matter", Operator.IN, "EE-009"), {}, False),
    (when("domain", Operator.IS, "city_event"), {}, True),
    (when("platform", Operator.IS, "PL"), {}, False),
    (when("area", Operator.IS, GRID), {}, True),
    (when("area", Operator.IS, "500118001"), {}, False),
    (when("area", Operator.UNDER, "500118001"), {}, True),
    (when("area", Operator.UNDER, "500118002", "500118001001"), {}, True),
    (when("area", Operator.UNDER, "500118002"), {}, False),
    (when("area_kind", Operator.IS, "grid"), {}, True),
    (when("area_kind", Operator.IN, "town", "district"), {}, False),
    (when("urgency", Operator.IS, "urgent"), {"urgency": "urgent"}, True),
    (when("urgency", Operator.IS, "urgent"), {"urgency": "standard"}, False),
    (when("channel", Operator.IN, "hotline", "portal"), {"channel": "portal"}, True),
    (when("kind", Operator.IS, "complaint"), {"kind": "report"}, False),
    (when("hour", Operator.BETWEEN, "18", "23"), {"hour": "17"}, False),
    (when("hour", Operator.BETWEEN, "18", "23"), {"hour": "18"}, True),
    (when("hour", Operator.BETWEEN, "18", "23"), {"hour": "23"}, True),
    (when("month", Operator.BETWEEN, "11", "12"), {"month": "9"}, False),
    (when("month", Operator.BETWEEN, "11", "11"), {"month": "11"}, True),
    (when("urgency", Operator.IS, "urgent"), {}, False),
    ((), {}, True),
    ((*when("matter", Operator.IS, "CM-006"), *when("hour", Operator.BETWEEN, "0", "6")), {"hour": "3"}, True),
    ((*when("matter", Operator.IS, "CM-006"), *when("hour", Operator.BETWEEN, "0", "6")), {"hour": "7"}, False),
]


@pytest.mark.parametrize(("conditions", "facts", "holds"), HITS)
def test_it_takes_an_exception_where_all_its_conditions_hold(
    conditions: tuple[Condition, ...], facts: dict[str, str], holds: bool
) -> None:
    rules = table(Rule("r1", conditions, lead_type="town_enforcement_team", note="since June"))

    found = ask("CM-006", policy=small_district(rules=rules), **facts)

    assert found.lead == (TEAM if holds else SWEEPERS)
    assert ("rule_hit" in codes(found)) is holds


def test_it_tries_every_operator_and_every_field() -> None:
    tried = [condition for conditions, _, _ in HITS for condition in conditions]

    assert {condition.operator for condition in tried} == set(Operator)
    assert {condition.field for condition in tried} == set(RULE_FIELDS)


def test_it_looks_at_no_person() -> None:
    """Rights R9: the matter, the place and the time; never who reports."""
    assert not {"reporter", "actor", "person", "phone", "history", "address"} & set(RULE_FIELDS)


def test_it_lets_the_first_row_that_holds_decide() -> None:
    rules = table(
        Rule("late", when("hour", Operator.BETWEEN, "20", "23"), lead_type="city_management"),
        Rule("always", (), lead_unit=TEAM),
        Rule("never", (), lead_unit=MARKET),
    )
    policy = small_district(rules=rules)

    assert ask("CM-006", policy=policy, hour="21").lead == CITY
    assert ask("CM-006", policy=policy, hour="9").lead == TEAM


def test_it_names_the_table_the_row_and_the_type_in_the_trace() -> None:
    rules = table(Rule("r1", (), lead_type="town_enforcement_team", note="since June"))

    found = ask("CM-006", policy=small_district(rules=rules))

    assert [(line.code, dict(line.facts)) for line in found.trace[:2]] == [
        ("rule_hit", {"table": "exceptions", "version": 3, "rule": "r1", "note": "since June"}),
        ("rule_names_type", {"rule": "r1", "type": "town_enforcement_team"}),
    ]
    assert "matter_names_type" not in codes(found)


def test_it_replaces_the_helpers_only_where_the_row_says_so() -> None:
    other = table(Rule("r1", (), co_types=("health_commission",)))
    none = table(Rule("r1", (), co_types=()))
    same = table(Rule("r1", (), lead_type="sanitation_office"))

    helpers = [ask("EE-009", policy=small_district(rules=rules)).co_handlers for rules in (other, none, same)]

    assert helpers == [(HEALTH,), (), (MARKET,)]


def test_it_says_that_a_row_names_a_unit_which_is_not_there() -> None:
    with pytest.raises(Refusal) as refused:
        ask("CM-006", policy=small_district(rules=table(Rule("r1", (), lead_unit="gone"))))

    assert (refused.value.code, refused.value.facts) == ("route_rule_unit_unknown", {"rule": "r1", "unit": "gone"})


MEANINGLESS = [
    ("phone", Operator.IS, ("1",), "no field of a routing rule"),
    ("matter", Operator.IS, (), "give one value"),
    ("matter", Operator.IS, ("A", "B"), "use 'in' for several"),
    ("matter", Operator.IN, (), "give one value"),
    ("matter", Operator.UNDER, ("500118",), "use the field area"),
    ("matter", Operator.BETWEEN, ("1", "2"), "for hour or month"),
    ("hour", Operator.BETWEEN, ("22",), "low and high"),
    ("hour", Operator.BETWEEN, ("22", "6"), "low and high"),
    ("hour", Operator.BETWEEN, ("dusk", "dawn"), "low and high"),
    ("month", Operator.BETWEEN, ("1", "2", "3"), "low and high"),
]


@pytest.mark.parametrize(("field", "operator", "values", "says"), MEANINGLESS)
def test_it_refuses_a_condition_that_can_mean_nothing(
    field: str, operator: Operator, values: tuple[str, ...], says: str
) -> None:
    with pytest.raises(ValueError, match=says):
        Condition(field, operator, values)


# --- helpers


def test_it_never_names_the_lead_as_its_own_helper() -> None:
    policy = small_district(matters={"M": matter("M", "sanitation_office", co_unit_types=("sanitation_office",))})

    assert ask("M", policy=policy).co_handlers == ()


def test_it_names_every_helper_once_and_none_that_does_not_handle() -> None:
    types = ("market_regulation", "health_commission", "market_regulation", "unheard_of", "town_enforcement_team")
    rows = [replace(unit, functions=frozenset()) if unit.id == TEAM else unit for unit in units()]
    policy = small_district(
        territory(1, areas(), rows), matters={"M": matter("M", "sanitation_office", co_unit_types=types)}
    )

    assert ask("M", policy=policy).co_handlers == (MARKET, HEALTH)


# --- recusal (rights R10)

RECUSED = [
    # complained about, matter, lead, helpers
    ((SWEEPERS,), "CM-006", TOWN, ()),
    ((TEAM,), "EE-009", TOWN, (MARKET,)),
    ((MARKET,), "EE-009", TEAM, ()),
    ((TOWN,), "CM-006", DISTRICT, ()),
    ((TOWN,), "PL-007", DISTRICT, ()),
    ((MARKET,), "EE-005", DISTRICT, ()),
    ((DISTRICT,), "EE-005", OFFICE, ()),
    ((OFFICE,), "EE-005", MARKET, ()),
    ((SWEEPERS, TOWN), "CM-006", DISTRICT, ()),
]


@pytest.mark.parametrize(("targets", "code", "lead", "helpers"), RECUSED)
def test_it_goes_one_level_up_or_to_another_line_past_whom_is_complained_about(
    targets: tuple[str, ...], code: str, lead: str, helpers: tuple[str, ...]
) -> None:
    found = ask(code, excluded=targets)

    assert (found.lead, found.co_handlers) == (lead, helpers)


def test_it_says_in_the_trace_who_was_passed_over() -> None:
    found = ask("CM-006", excluded=(SWEEPERS,))

    assert codes(found)[-2:] == ["recused", "lead_found"]
    assert found.trace[-2].facts == {"unit": SWEEPERS}


def test_it_passes_over_a_unit_that_an_exception_names_as_well() -> None:
    found = ask("CM-006", policy=small_district(rules=table(Rule("r1", (), lead_unit=TEAM))), excluded=(TEAM,))

    assert found.lead == TOWN


def test_it_says_so_where_everybody_who_could_lead_is_complained_about() -> None:
    with pytest.raises(Refusal) as refused:
        ask("EE-005", excluded=(DISTRICT, OFFICE))

    assert refused.value.code == "route_all_recused"
    assert refused.value.facts == {"matter": "EE-005", "area": GRID}


def test_it_counts_all_that_report_to_the_unit_complained_about() -> None:
    policy = small_district()

    assert recused_units(frozenset({SWEEPERS}), policy) == {SWEEPERS}
    assert recused_units(frozenset({TOWN}), policy) == {
        unit for unit in policy.territory.units if unit.startswith("500118001")
    }
    assert recused_units(frozenset({DISTRICT}), policy) == set(policy.territory.units) - {OFFICE}
    assert recused_units(frozenset(), policy) == frozenset()


# --- levels and verifiers

ABOVE = [
    (SWEEPERS, [TOWN, DISTRICT, OFFICE]),
    (STATION, [TOWN, DISTRICT, OFFICE]),
    (TOWN, [DISTRICT, OFFICE]),
    (MARKET, [DISTRICT, OFFICE]),
    (DISTRICT, [OFFICE]),
    (OFFICE, []),
    (OTHER_TOWN, [DISTRICT, TOWN, OFFICE]),
    ("gone", [TOWN, DISTRICT, OFFICE]),
]


@pytest.mark.parametrize(("unit", "above"), ABOVE)
def test_it_knows_who_is_above_nearest_first(unit: str, above: list[str]) -> None:
    found = centres_above(unit, Function.HANDLE, GRID, small_district())

    assert [centre.id for centre in found] == above


def test_it_takes_no_narrower_centre_for_one_above() -> None:
    """A district's department is not overseen by a town."""
    rows = [replace(unit, functions=HANDLER - {Function.HANDLE}) if unit.id == DISTRICT else unit for unit in units()]
    policy = small_district(territory(1, areas(), rows))

    assert [centre.id for centre in centres_above(MARKET, Function.HANDLE, GRID, policy)] == [OFFICE]


VERIFIERS: list[tuple[tuple[str, ...], str | None]] = [
    ((), TOWN),
    ((SWEEPERS,), TOWN),
    ((TOWN,), DISTRICT),
    ((TOWN, DISTRICT), OFFICE),
    ((TOWN, DISTRICT, OFFICE), None),
]


@pytest.mark.parametrize(("handled", "verifier"), VERIFIERS)
def test_it_finds_the_nearest_verifier_that_never_handled(handled: tuple[str, ...], verifier: str | None) -> None:
    found = verifier_for(GRID, frozenset(handled), frozenset(), small_district())

    assert (found.id if found else None) == verifier


# --- rights R10 over random trees of units

TYPES = sorted({unit.type for unit in units()})
FUNCTIONS = {unit.type: unit.functions for unit in units()}


@st.composite
def districts(draw: st.DrawFn) -> Policy:
    """The areas of the small district with random units, each reporting to a random one before it or to nobody."""
    codes_ = [area.code for area in areas() if area.kind.depth >= AreaKind.DISTRICT.depth]
    rows: list[Unit] = []
    for number in range(draw(st.integers(2, 14))):
        kind = draw(st.sampled_from(TYPES))
        parent = draw(st.none() | st.sampled_from([row.id for row in rows])) if rows else None
        functions = FUNCTIONS[kind] if draw(st.booleans()) else CENTRE | DESK
        rows.append(Unit(f"u{number:02d}", kind, draw(st.sampled_from(codes_)), parent, kind, functions))
    return small_district(territory(1, areas(), rows))


@walks
@given(policy=districts(), data=st.data())
def test_it_never_routes_to_whom_is_complained_about_or_below(policy: Policy, data: st.DataObject) -> None:
    targets = data.draw(st.sets(st.sampled_from(sorted(policy.territory.units)), min_size=1, max_size=3))
    area = data.draw(st.sampled_from([a.code for a in policy.territory.areas.values() if a.code.startswith("500118")]))
    kept_out = recused_units(frozenset(targets), policy)
    assert targets <= kept_out
    for code in MATTERS:
        refused = refusal_of(lambda code=code: ask(code, area, policy, tuple(targets)))
        if refused is not None:
            assert refused in ("route_hole", "route_conflict", "route_all_recused", "route_lead_does_not_handle")
            continue
        found = ask(code, area, policy, tuple(targets))
        assert found.lead not in kept_out
        assert not set(found.co_handlers) & kept_out
        assert found.lead not in found.co_handlers
        assert len(set(found.co_handlers)) == len(found.co_handlers)


@walks
@given(policy=districts(), data=st.data())
def test_it_binds_nobody_complained_about_to_any_role(policy: Policy, data: st.DataObject) -> None:
    target = data.draw(st.sampled_from(sorted(policy.territory.units)))
    shell = Shell(policy, MONDAY)
    refused = refusal_of(lambda: shell.open(GRID, complaint_targets=(target,)))
    assert refused in (None, "no_unit_for_role")
    if refused:
        return
    (case,) = shell.cases
    state, kept_out = shell.cases[case], recused_units(frozenset({target}), policy)
    assert set(state.recused) == kept_out
    for role in sorted(OWNING_ROLES - {Role.UNIT, Role.LEAD}):
        nobody = refusal_of(lambda role=role: unit_for(role, state, policy))
        assert nobody == "no_unit_for_role" or unit_for(role, state, policy) not in kept_out
    for unit in kept_out:
        member = shell.person("member", unit, *data.draw(st.lists(st.sampled_from(sorted(policy.territory.units)))))
        assert roles_of(member, state, policy) == frozenset()
        assert shell.offered(case, member) == set()
        assert not may_read(member, state)


@walks
@given(policy=districts(), steps=moves)
def test_it_keeps_whom_is_complained_about_out_of_the_whole_life_of_a_case(policy: Policy, steps: list[Move]) -> None:
    """The walk checks after every act that no unit complained about owns, helps, verifies or has a part."""
    walk = Walk(policy, whole=False)
    walk.move(steps)
    assume(walk.shell.cases)
    for case, state in walk.shell.cases.items():
        for unit in state.recused:
            member = walk.shell.person("member", unit)
            assert not walk.shell.offered(case, member)
            assert not may_read(member, state)
