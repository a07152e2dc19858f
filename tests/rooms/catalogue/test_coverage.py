"""``linli check``: holes and conflicts are found by a command, not by a resident."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from linli.catalogue import actions, queries
from linli.catalogue.coverage import Facts, Severity, check, leaves
from linli.core.policy import Policy
from linli.core.routing import Condition, Operator, Rule, RuleTable
from linli.core.territory import Function, Unit, territory
from linli.directory import actions as directory
from linli.directory.queries import posts

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 9, 1, 1, 0, tzinfo=UTC)
AREAS = """code,parent_code,level,name
50,,1,重庆市
5001,50,2,市辖区
500118,5001,3,永川区
500118001,500118,4,中山路街道
500118001001,500118001,5,中山路社区居民委员会
500118118,500118,4,朱沱镇
500118118200,500118118,5,三星村村民委员会
"""
Change = Callable[[dict[str, Unit]], object]


@pytest.fixture
def policy(tmp_path: Path) -> Policy:
    (tmp_path / "areas.csv").write_text(AREAS, encoding="utf-8")
    directory.import_areas(tmp_path / "areas.csv", now=NOW)
    directory.set_up_district("500118", now=NOW)
    actions.install(by="operator", at=NOW)
    return queries.policy("500118")


@pytest.fixture
def facts(policy: Policy) -> Facts:
    directory.invent_boundaries("500118", now=NOW)
    directory.hold_posts([("u1", post.id) for post in posts("500118")], since=NOW)
    return queries.facts("500118", NOW)


def with_units(policy: Policy, change: Change) -> Policy:
    units = dict(policy.territory.units)
    change(units)
    return replace(policy, territory=territory(1, policy.territory.areas.values(), units.values()))


def errors(policy: Policy, facts: Facts) -> set[tuple[str, str]]:
    return {(f.code, f.where) for f in check(policy, facts) if f.severity is Severity.ERROR}


def test_a_district_from_the_template_with_the_packages_matters_has_no_hole(policy: Policy, facts: Facts) -> None:
    findings = check(policy, facts)
    assert {f.code for f in findings} == {"co_handler_open"}
    assert all(f.severity is Severity.NOTE for f in findings)


def test_the_real_district_has_no_hole(shared_data: Path) -> None:
    directory.import_areas(shared_data / "admin_divisions_chongqing" / "divisions.csv", now=NOW)
    directory.set_up_district("500118", now=NOW)
    actions.install(by="operator", at=NOW)
    policy = queries.policy("500118")
    assert len(leaves(policy)) > 500
    assert errors(policy, queries.facts("500118", NOW)) == set()


def test_a_missing_unit_is_a_hole_for_each_matter_it_leads(policy: Policy, facts: Facts) -> None:
    broken = with_units(policy, lambda units: units.pop("500118118.sanitation_office"))
    found = errors(broken, facts)
    assert found == {("route_hole", code) for code in ("CM-005", "CM-006", "CM-010", "CM-016")}
    (words,) = {f.words for f in check(broken, facts) if f.where == "CM-006"}
    assert "500118118200001" in words
    assert "set one up" in words


def test_two_units_of_a_leading_type_are_a_conflict(policy: Policy, facts: Facts) -> None:
    def second(units: dict[str, Unit]) -> None:
        one = units["500118001.sanitation_office"]
        units["x"] = replace(one, id="500118001.sanitation_office.2")

    assert ("route_conflict", "CM-006") in errors(with_units(policy, second), facts)


def test_a_lead_that_may_not_handle_is_found(policy: Policy, facts: Facts) -> None:
    def idle(units: dict[str, Unit]) -> None:
        one = units["500118.market_regulation"]
        units[one.id] = replace(one, functions=frozenset({Function.REPLY}))

    assert ("route_lead_does_not_handle", "EE-005") in errors(with_units(policy, idle), facts)


def test_without_a_verifying_centre_every_matter_is_an_error(policy: Policy, facts: Facts) -> None:
    def blind(units: dict[str, Unit]) -> None:
        for unit in list(units.values()):
            units[unit.id] = replace(unit, functions=unit.functions - {Function.VERIFY})

    found = errors(with_units(policy, blind), facts)
    assert {where for code, where in found if code == "no_verifier"} == set(policy.matters)
    assert ("no_owner", "verify") in found


def test_a_handling_centre_needs_another_that_verifies(policy: Policy, facts: Facts) -> None:
    def only_towns(units: dict[str, Unit]) -> None:
        for unit in list(units.values()):
            if unit.type != "command_centre":
                units[unit.id] = replace(unit, functions=unit.functions - {Function.VERIFY})

    found = errors(with_units(policy, only_towns), facts)
    assert {where for code, where in found if code == "no_verifier"} == {"PL-007"}


@pytest.mark.parametrize("function", [Function.INTAKE, Function.DISPATCH, Function.RULE, Function.CONVENE])
def test_a_function_that_nobody_has_is_found(policy: Policy, facts: Facts, function: Function) -> None:
    def without(units: dict[str, Unit]) -> None:
        for unit in list(units.values()):
            units[unit.id] = replace(unit, functions=unit.functions - {function})

    assert ("no_owner", function.value) in errors(with_units(policy, without), facts)


def test_a_supervisor_below_the_centre_leaves_complaints_about_the_centre_to_nobody(
    policy: Policy, facts: Facts
) -> None:
    def subordinate(units: dict[str, Unit]) -> None:
        for kind in ("district_supervision_office", "discipline_inspection_intake", "municipal_liaison"):
            one = units[f"500118.{kind}"]
            units[one.id] = replace(one, parent="500118.district_centre")

    found = errors(with_units(policy, subordinate), facts)
    assert ("complaint_no_lead", "500118.district_centre") in found
    assert ("complaint_no_owner", "500118.district_centre") in found


def test_a_guarded_matter_whose_lead_has_nobody_above_is_found(policy: Policy, facts: Facts) -> None:
    broken = with_units(policy, lambda units: units.pop("500118.municipal_liaison"))
    assert ("complaint_route_all_recused", "PL-002") in errors(broken, facts)


def test_a_company_without_an_accountable_public_unit_is_found(policy: Policy, facts: Facts) -> None:
    def loose(units: dict[str, Unit]) -> None:
        units["500118.gas_company"] = replace(units["500118.gas_company"], parent=None)
        units["500118.water_company"] = replace(units["500118.water_company"], parent="500118.gas_company")

    found = errors(with_units(policy, loose), facts)
    assert {("company_unaccountable", f"500118.{name}_company") for name in ("gas", "water")} <= found


def test_a_function_without_a_post_is_found(policy: Policy, facts: Facts) -> None:
    held = {**facts.functions_held, "500118001.command_centre": frozenset({Function.DISPATCH})}
    found = errors(policy, replace(facts, functions_held=held))
    assert ("function_without_post", "verify") in found
    assert ("function_without_post", "dispatch") not in found


def test_an_unknown_co_handler_is_an_error_and_an_open_role_a_note(policy: Policy, facts: Facts) -> None:
    matter = replace(policy.matters["CM-006"], co_unit_types=("moon_office", "bank_branch"))
    changed = replace(policy, matters={**policy.matters, "CM-006": matter})
    assert errors(changed, facts) == {("co_handler_missing", "moon_office")}


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        (Rule("r", (), lead_unit="500118.nobody"), "rule_unit_unknown"),
        (Rule("r", (), co_types=("moon_office",)), "rule_type_unknown"),
        (Rule("r", (Condition("area", Operator.UNDER, ("999999",)),), lead_type="finance_bureau"), "rule_area_unknown"),
    ],
)
def test_a_routing_rule_that_names_what_is_not_there_is_found(
    policy: Policy, facts: Facts, rule: Rule, code: str
) -> None:
    changed = replace(policy, rules=(RuleTable("t", 1, (rule,)),))
    assert (code, "t r") in errors(changed, facts)


@pytest.mark.parametrize(
    ("today", "severity"),
    [(date(2026, 9, 1), None), (date(2026, 11, 23), Severity.WARNING), (date(2027, 1, 1), Severity.ERROR)],
)
def test_a_calendar_that_ends_soon_or_has_ended_is_found(
    policy: Policy, facts: Facts, today: date, severity: Severity | None
) -> None:
    found = {f.severity for f in check(policy, replace(facts, today=today)) if f.code.startswith("calendar")}
    assert found == ({severity} if severity else set())


def test_a_limit_that_a_procedure_names_and_nobody_gives_is_found(policy: Policy, facts: Facts) -> None:
    limits = {name: limit for name, limit in policy.limits.items() if name != "ruling"}
    found = errors(replace(policy, limits=limits), facts)
    assert any(code == "procedure" and "standard" in where for code, where in found)


def test_vacant_posts_and_missing_boundaries_are_notes(policy: Policy, facts: Facts) -> None:
    findings = check(policy, replace(facts, staffed=(), bounded=()))
    assert {f.code for f in findings} >= {"nobody_on_post", "no_boundary"}
    assert {f.severity for f in findings} == {Severity.NOTE}
