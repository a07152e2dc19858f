"""Three lists for each town and the routing exceptions, on the screen and in a spreadsheet."""

import csv
from dataclasses import replace
from unittest.mock import Mock

import pytest
from django.test import Client
from django.utils import timezone, translation

from linli.catalogue import actions
from linli.catalogue import queries as catalogue
from linli.catalogue import queries_drafts as drafts
from linli.catalogue.actions import Preparing
from linli.catalogue.matter_rows import MatterRow
from linli.core.routing import Condition, Operator, Question, Rule, RuleTable, route
from linli.site.administration import lists
from linli.site.naming import Names
from tests.journeys.conftest import DISTRICT, DISTRICT_CENTRE, Enter
from tests.journeys.pages import assert_sound, text
from tests.rooms.conftest import COMMUNITY, TOWN, Place

LISTS = "/desk/admin/catalogue/lists/"
REFUSE = "CM-006"


def shown(client: Client) -> dict[str, set[str]]:
    page = client.get(f"{LISTS}{TOWN}/")
    assert_sound(page)
    return {kind: {duty.code for duty in duties} for kind, _title, duties in page.context["lists"]}


def test_each_matter_stands_in_the_list_that_the_routing_gives(enter: Enter, language: str) -> None:
    client = enter(DISTRICT_CENTRE, "administrator", language=language)
    found, policy = shown(client), catalogue.policy(DISTRICT)
    for code, matter in policy.offered.items():
        there = route(Question(matter, COMMUNITY), policy)
        own = policy.territory.units[there.lead].area.startswith(TOWN)
        helps = any(policy.territory.units[unit].area.startswith(TOWN) for unit in there.co_handlers)
        expected = lists.OWN if own else lists.SHARED if helps else lists.OTHERS
        assert code in found[expected], code
    assert sum(map(len, found.values())) == len(policy.offered)
    assert all(found[kind] for kind in (lists.OWN, lists.SHARED, lists.OTHERS))


def test_no_list_is_called_official(enter: Enter) -> None:
    said = text(enter(DISTRICT_CENTRE, "administrator").get(f"{LISTS}{TOWN}/"))
    assert "不是政府正式印发的清单" in said


def test_what_nobody_leads_stands_apart(place: Place) -> None:
    policy = place.policy
    unled = replace(policy.matters[REFUSE], lead_unit_type="nobody_of_this_type")
    asking = Mock(policy=replace(policy, matters={REFUSE: unled}), names=Names(DISTRICT, policy, "zh-hans"))
    found = lists.lists_of(asking, policy.territory.areas[TOWN])
    assert [duty.code for duty in found[lists.NOBODYS]] == [REFUSE]


def test_retired_matters_are_in_no_list(enter: Enter) -> None:
    client = enter(DISTRICT_CENTRE, "administrator")
    who = Preparing("u1", "", DISTRICT, "1", timezone.now())
    actions.retire_matter(who, REFUSE, drafts.standing()[REFUSE].stamp, retired=True)
    actions.publish(by="test", at=timezone.now())
    assert not any(REFUSE in codes for codes in shown(client).values())


def test_the_spreadsheet_says_the_same_and_runs_nothing(enter: Enter, language: str) -> None:
    client = enter(DISTRICT_CENTRE, "administrator", language=language)
    answer = client.get(f"{LISTS}{TOWN}/sheet/")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert f'filename="lists-{TOWN}.csv"' in answer.headers["content-disposition"]
    rows = list(csv.DictReader(answer.content.decode("utf-8-sig").splitlines()))
    code = {"zh-hans": "编码", "en": "Code"}[language]
    assert {row[code] for row in rows} == set(catalogue.policy(DISTRICT).offered)
    assert len(rows[0]) == 8


@pytest.mark.parametrize("law", ["=cmd|' /C calc'!A0", "+1", "@SUM(A1)", "-2"])
def test_a_cell_that_would_run_is_defused(enter: Enter, law: str) -> None:
    client = enter(DISTRICT_CENTRE, "administrator")
    known = drafts.standing()[REFUSE]
    who = Preparing("u1", "", DISTRICT, "1", timezone.now())
    actions.keep_matter(who, MatterRow(0, 1, replace(known.matter, legal_basis=law)), known.stamp)
    actions.publish(by="test", at=timezone.now())
    body = client.get(f"{LISTS}{TOWN}/sheet/").content.decode("utf-8-sig")
    rows = [row for row in csv.reader(body.splitlines()) if row[1] == REFUSE]
    assert [row[-1] for row in rows] == [f"'{law}"]


def test_the_exceptions_are_shown_in_words_and_change_the_lists(enter: Enter, language: str) -> None:
    client = enter(DISTRICT_CENTRE, "administrator", language=language)
    page = client.get(LISTS)
    assert_sound(page)
    assert page.context["tables"] == []
    conditions = (
        Condition("area", Operator.UNDER, (TOWN,)),
        Condition("matter", Operator.IS, (REFUSE,)),
        Condition("hour", Operator.BETWEEN, ("8", "18")),
        Condition("urgency", Operator.IN, ("standard", "urgent")),
    )
    rule = Rule("r1", conditions[:2], lead_type="city_management", co_types=(), note="试点")
    worded = replace(rule, id="r2", conditions=conditions, lead_type=None, co_types=("fire_rescue",))
    table = RuleTable("2027", 1, (rule, worded))
    before = shown(client)
    assert REFUSE in before[lists.OWN]
    actions.publish(by="test", at=timezone.now(), rules=[table])
    page = client.get(LISTS)
    assert_sound(page)
    [(_name, rows)] = page.context["tables"]
    translation.activate(language)
    assert rows[0].lead == {"zh-hans": "城市管理局", "en": "City management bureau"}[language]
    assert {"zh-hans": "时段（时）：8 至 18", "en": "Hour: 8 to 18"}[language] in rows[1].conditions
    assert "试点" in text(page)
    assert REFUSE in shown(client)[lists.OTHERS]


def test_only_a_town_has_lists(enter: Enter) -> None:
    client = enter(DISTRICT_CENTRE, "administrator")
    for area in (DISTRICT, COMMUNITY, "nowhere"):
        assert client.get(f"{LISTS}{area}/").status_code == 404
        assert client.get(f"{LISTS}{area}/sheet/").status_code == 404
