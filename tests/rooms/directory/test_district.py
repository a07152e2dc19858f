"""``linli district new``: a whole district from a template."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
import yaml

from linli.core.territory import AreaKind, Function, Territory
from linli.directory import actions, queries
from linli.directory.models import Area, Unit
from linli.directory.template import TemplateError, load, read_template, standard

Write = Callable[..., Path]
DOCUMENT = Path(__file__).parents[3] / "src" / "linli" / "directory" / "templates_data" / "standard.yaml"


@pytest.fixture
def yongchuan(db: None, write: Write, now: datetime, small_rows: list[str]) -> Territory:
    actions.import_areas(write(small_rows), now=now)
    actions.set_up_district("500118", now=now)
    return queries.territory("500118")


def test_it_sets_up_every_real_town_and_community_and_nothing_twice(db: None, shared_data: Path, now: datetime) -> None:
    actions.import_areas(shared_data / "admin_divisions_chongqing" / "divisions.csv", now=now)
    first = actions.set_up_district("500118", now=now)
    assert (first.towns, first.communities, first.new) == (23, 267, True)
    territory = queries.territory("500118")
    for area in territory.areas.values():
        if area.kind is AreaKind.TOWN:
            assert len(territory.serving("command_centre", area.code)) == 1
        if area.kind is AreaKind.COMMUNITY:
            assert len(territory.serving("community_station", area.code)) == 1
            grids = [a for a in territory.areas.values() if a.parent == area.code]
            assert 2 <= len(grids) <= 5
    second = actions.set_up_district("500118", now=now)
    assert (second.grids, second.units, second.posts, second.new) == (0, 0, 0, False)
    assert queries.territory("500118") is territory


@pytest.mark.django_db
def test_what_is_invented_is_marked_and_what_the_codes_name_is_not(yongchuan: Territory) -> None:
    assert set(Area.objects.filter(invented=True).values_list("kind", flat=True)) == {"grid"}
    assert not Area.objects.filter(kind="grid", invented=False).exists()
    real = Unit.objects.filter(invented=False)
    assert set(real.values_list("type", flat=True)) == {"residents_or_village_committee"}
    assert real.get(area_code="500118118200").name_zh == "三星村村民委员会"


@pytest.mark.django_db
def test_the_second_run_keeps_what_people_changed(yongchuan: Territory, now: datetime) -> None:
    Unit.objects.filter(id="500118001.command_centre").update(name_zh="改过的名字")
    Unit.objects.filter(id="500118118.river_chief_office").delete()
    again = actions.set_up_district("500118", now=now)
    assert again.units == 1
    assert Unit.objects.get(id="500118001.command_centre").name_zh == "改过的名字"


@pytest.mark.django_db
def test_a_committee_is_above_its_desk_and_the_supervisors_are_below_nobody(yongchuan: Territory) -> None:
    committee = yongchuan.subordinates("500118001200.residents_or_village_committee")
    assert "500118001200.community_station" in committee
    assert "500118001200.village_supervision_committee" not in committee
    above = [unit.id for unit in yongchuan.superiors("500118001200.community_station")]
    assert above == [
        "500118001200.residents_or_village_committee",
        "500118001.command_centre",
        "500118.district_centre",
    ]
    for independent in ("district_supervision_office", "discipline_inspection_intake", "district_centre", "court"):
        assert yongchuan.units[f"500118.{independent}"].parent is None


@pytest.mark.django_db
def test_each_platform_stands_under_its_command_centre(yongchuan: Territory) -> None:
    below = yongchuan.subordinates("500118118.command_centre")
    assert sum(1 for unit in below if ".platform_" in unit) == 4


@pytest.mark.django_db
def test_every_company_answers_through_a_public_unit(yongchuan: Territory) -> None:
    companies = [unit for unit in queries.units("500118").values() if unit.company]
    assert len(companies) >= 4
    for company in companies:
        parent = yongchuan.units[company.id].parent
        assert parent is not None
        assert not queries.units("500118")[parent].company


@pytest.mark.django_db
def test_every_function_of_a_unit_is_held_by_a_post_and_whoever_handles_does_not_verify(yongchuan: Territory) -> None:
    for unit in yongchuan.units.values():
        posts = queries.posts("500118", unit.id)
        assert frozenset().union(*(post.functions for post in posts)) == unit.functions
        assert not any({Function.HANDLE, Function.VERIFY} <= post.functions for post in posts)


@pytest.mark.django_db
def test_a_district_without_areas_says_what_to_import(now: datetime) -> None:
    with pytest.raises(actions.DistrictError, match="linli import areas"):
        actions.set_up_district("500118", now=now)


@pytest.mark.django_db
def test_a_placeholder_or_a_town_is_no_district(yongchuan: Territory, now: datetime) -> None:
    for code in ("5001", "500118001"):
        with pytest.raises(actions.DistrictError, match="not among the areas"):
            actions.set_up_district(code, now=now)


@pytest.mark.django_db
def test_two_districts_never_share_a_short_code(yongchuan: Territory, write: Write, now: datetime) -> None:
    actions.import_areas(write(["51,,1,四川省", "5101,51,2,成都市", "510118,5101,3,某区"]), now=now)
    with pytest.raises(actions.DistrictError, match="--short-code"):
        actions.set_up_district("510118", now=now)
    assert actions.set_up_district("510118", now=now, short_code="S118").new
    found = queries.district_of_short_code("S118")
    assert found is not None
    assert found.code == "510118"


def test_an_unknown_district_is_named_with_the_remedy(db: None) -> None:
    with pytest.raises(queries.UnknownDistrictError, match="linli district new 500118"):
        queries.territory("500118")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda d: d["units"]["town"]["sanitation_office"].update(posts=["sweeper"]), "not under posts"),
        (lambda d: d["units"]["town"]["sanitation_office"].update(parent="nobody"), "no unit of the template"),
        (lambda d: d["units"]["town"]["sanitation_office"].update(parent="community_station"), "lives below"),
        (lambda d: d["units"]["district"]["gas_company"].update(parent="none"), "accountable"),
        (lambda d: d["units"]["district"]["gas_company"].update(parent="water_company"), "accountable"),
        (lambda d: d["posts"]["handler"].update(functions=["fly"]), "misspelt"),
        (lambda d: d.pop("posts"), "misspelt"),
        (lambda d: d["same_as"].update(education="nobody"), "no unit of the template"),
        (lambda d: d["same_as"].update(court="procuratorate"), "both a unit and another name"),
    ],
)
def test_a_broken_template_is_refused_with_the_place(change: Callable[[object], object], words: str) -> None:
    document = yaml.safe_load(DOCUMENT.read_text("utf-8"))
    change(document)
    with pytest.raises(TemplateError, match=words):
        load(document)


def test_a_template_that_is_no_yaml_is_refused(write: Write) -> None:
    with pytest.raises(TemplateError, match="YAML"):
        read_template(write(b"a: [", "t.yaml"))


def test_every_level_has_one_unit_for_each_coordinating_function() -> None:
    template = standard()
    for level in (AreaKind.TOWN, AreaKind.COMMUNITY):
        for function in (Function.INTAKE, Function.DISPATCH, Function.VERIFY, Function.SUPERVISE, Function.CONVENE):
            able = [k.type for k in template.units if k.level is level and function in template.functions(k)]
            assert len(able) <= 1, (level, function)
