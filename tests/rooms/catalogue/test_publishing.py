"""Publishing: from then on the rules are one frozen value that nobody can change."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import yaml
from django.db import DatabaseError, transaction

from linli.catalogue import actions, queries
from linli.catalogue.actions.publishing import stream_of
from linli.catalogue.calendars import Correction, DayKind
from linli.catalogue.models import CatalogueVersion, Matter, PolicyVersion, ProcedureVersion
from linli.core.calendar import Limit
from linli.core.routing import Condition, Operator, Rule, RuleTable
from linli.directory import actions as directory
from linli.ledger import queries as ledger

pytestmark = pytest.mark.django_db
STANDARD = Path(__file__).resolve().parents[3] / "src/linli/catalogue/data/procedures/standard.yaml"
NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
AREAS = """code,parent_code,level,name
50,,1,重庆市
5001,50,2,市辖区
500118,5001,3,永川区
500118001,500118,4,中山路街道
500118001001,500118001,5,中山路社区居民委员会
"""


@pytest.fixture(autouse=True)
def _district(tmp_path: Path) -> None:
    (tmp_path / "areas.csv").write_text(AREAS, encoding="utf-8")
    directory.import_areas(tmp_path / "areas.csv", now=NOW)
    directory.set_up_district("500118", now=NOW)


def test_before_publishing_there_are_no_rules_and_the_remedy_is_named() -> None:
    with pytest.raises(queries.NothingPublishedError, match="linli import matters --publish"):
        queries.policy("500118")


def test_publishing_without_matters_says_what_to_import() -> None:
    with pytest.raises(actions.PublishError, match="linli import matters"):
        actions.publish(by="operator", at=NOW)


def test_installing_puts_the_package_in_force_once() -> None:
    first = actions.install(by="operator", at=NOW)
    policy = queries.policy("500118")
    assert policy.version == f"{first.number}.{policy.territory.version}"
    assert len(policy.matters) == 83
    assert policy.matters["CM-006"].version == first.catalogue
    assert policy.limits["intake_urgent"] == Limit.parse("1h")
    assert policy.current_procedure("standard").start == "reported"
    again = actions.install(by="operator", at=NOW)
    assert (again.number, again.new) == (first.number, False)
    assert queries.policy("500118") is policy


def test_a_second_name_of_a_body_stands_as_the_unit_it_is() -> None:
    actions.install(by="operator", at=NOW)
    assert "education_commission" in queries.policy("500118").matters["SL-008"].co_unit_types


def test_another_profile_changes_what_is_no_law_and_makes_a_new_version() -> None:
    first = actions.install(by="operator", at=NOW)
    second = actions.publish(by="operator", at=NOW, profile="sc2025")
    assert (second.new, second.catalogue, second.number > first.number) == (True, first.catalogue, True)
    matters = queries.policy("500118").matters
    assert matters["EE-001"].handle_limit == Limit.parse("15wd")
    assert matters["SV-011"].handle_limit == Limit.parse("3wd"), "of consult and complaint the shorter counts"
    assert matters["EE-005"].handle_limit == Limit.parse("45wd"), "law"
    assert matters["SL-009"].handle_limit == Limit.parse("24h"), "urgent"
    assert actions.publish(by="operator", at=NOW).number == second.number, "what is not given stays"


def test_an_unknown_profile_is_refused_with_the_known_ones() -> None:
    actions.import_matters(None, now=NOW)
    with pytest.raises(actions.PublishError, match="default, sc2025"):
        actions.publish(by="operator", at=NOW, profile="fast")
    assert queries.in_force() is None


def test_a_corrected_day_is_in_the_calendar_and_stays_there() -> None:
    actions.install(by="operator", at=NOW)
    flood = Correction(date(2026, 11, 24), DayKind.HOLIDAY, "防汛停工 / Flood closure")
    actions.publish(by="operator", at=NOW, corrections=[flood])
    actions.publish(by="operator", at=NOW, profile="sc2025")
    assert not queries.policy("500118").calendar.is_workday(date(2026, 11, 24))


def test_routing_rules_are_frozen_into_the_policy_and_come_back_as_they_were() -> None:
    actions.install(by="operator", at=NOW)
    conditions = (Condition("area", Operator.UNDER, ("500118001",)), Condition("matter", Operator.IS, ("CM-006",)))
    table = RuleTable("exceptions", 1, (Rule("r1", conditions, lead_type="city_management", note="local"),))
    actions.publish(by="operator", at=NOW, rules=[table])
    assert queries.policy("500118").rules == (table,)


def test_every_publication_is_an_entry_in_the_districts_ledger() -> None:
    first = actions.install(by="u1", at=NOW)
    actions.install(by="u1", at=NOW)
    entries = ledger.stream("500118", "catalogue", str(stream_of("500118")))
    assert [(entry.type, entry.actor) for entry in entries] == [("policy.published", "u1")]
    assert f'"policy":{first.number}' in entries[0].payload


def _changes() -> Iterator[Callable[[], object]]:
    yield lambda: Matter.objects.filter(code="CM-006").update(handle_limit="1d")
    yield lambda: Matter.objects.filter(code="CM-006").delete()
    yield lambda: Matter.objects.filter(code="CM-006").update(catalogue_number=999)
    yield lambda: Matter.objects.create(**_copy("CM-006", id="x", code="CM-099"))
    yield lambda: CatalogueVersion.objects.update(state="draft")
    yield lambda: CatalogueVersion.objects.all().delete()
    yield lambda: ProcedureVersion.objects.update(document={})
    yield lambda: ProcedureVersion.objects.all().delete()
    yield lambda: PolicyVersion.objects.update(document={})
    yield lambda: PolicyVersion.objects.all().delete()


def _copy(code: str, /, **changes: object) -> dict[str, object]:
    (row,) = Matter.objects.filter(code=code).values()
    return {**row, **changes}


@pytest.mark.parametrize("change", list(_changes()))
def test_nothing_published_can_be_changed_in_the_database(change: Callable[[], object]) -> None:
    actions.install(by="operator", at=NOW)
    with pytest.raises(DatabaseError, match="frozen"), transaction.atomic():
        change()


def test_a_change_of_one_matter_makes_a_new_version_and_leaves_the_old_one_as_it_was(tmp_path: Path) -> None:
    first = actions.install(by="operator", at=NOW)
    header, *rows = (Path(actions.__file__).parents[1] / "data" / "matters.csv").read_text("utf-8").splitlines()
    row = next(r for r in rows if r.startswith("CM-006"))
    (tmp_path / "m.csv").write_text(f"{header}\n{row.replace(',1wh,4wh,', ',1wh,8wh,')}\n", encoding="utf-8")
    assert actions.import_matters(tmp_path / "m.csv", now=NOW).changed == 1
    assert queries.policy("500118").matters["CM-006"].handle_limit == Limit.parse("4wh"), "a draft is not in force"
    second = actions.publish(by="operator", at=NOW)
    assert second.catalogue > first.catalogue
    assert queries.policy("500118").matters["CM-006"].handle_limit == Limit.parse("8wh")
    assert len(queries.matters(second.catalogue)) == 83
    assert queries.matters(first.catalogue)["CM-006"].handle_limit == Limit.parse("4wh")


def test_a_new_unit_gives_the_policy_a_new_version_at_once(tmp_path: Path) -> None:
    actions.install(by="operator", at=NOW)
    before = queries.policy("500118")
    (tmp_path / "u.csv").write_text("type,area,name_zh\npark_office,500118001,公园\n", encoding="utf-8")
    directory.import_units(tmp_path / "u.csv")
    after = queries.policy("500118")
    assert after.version != before.version
    assert after.territory.serving("park_office", "500118001")


def test_a_published_procedure_never_changes_under_its_number() -> None:
    document = yaml.safe_load(STANDARD.read_text("utf-8"))
    number = document["version"]
    ProcedureVersion.objects.create(
        id=f"standard.{number}", name="standard", version=number, document={"other": 1}, state="published", made_at=NOW
    )
    with pytest.raises(actions.PublishError, match="raise its version number"):
        actions.install(by="operator", at=NOW)
    assert queries.in_force() is None
