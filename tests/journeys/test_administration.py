"""The administration: procedures for everybody at the desk, the catalogue for administrators; in both languages."""

import re
from dataclasses import replace
from itertools import pairwise
from unittest.mock import Mock

from django.test import Client
from django.utils import timezone

from linli.catalogue import actions as catalogue_actions
from linli.catalogue import coverage
from linli.catalogue import queries as catalogue
from linli.catalogue.queries import Promises
from linli.core.calendar import Limit
from linli.core.procedure import Procedure
from linli.core.routing import Question, route
from linli.directory import queries as directory
from linli.site.administration import leading, promising, reading
from linli.site.administration.diagram import Drawing, draw, width_of, wrapped
from linli.site.administration.order import steps_in_order
from linli.site.naming import Names
from tests.journeys.conftest import DISTRICT, DISTRICT_CENTRE, STATION, Enter
from tests.journeys.pages import assert_sound, text
from tests.rooms.conftest import TOWN, Place

PROCEDURES = "/desk/admin/procedures/"
CATALOGUE = "/desk/admin/catalogue/"


def standard() -> Procedure:
    return catalogue.policy(DISTRICT).current_procedure("standard")


# --- the drawing


def test_it_draws_every_step_and_every_way_once(place: Place, language: str) -> None:
    del place
    for procedure in catalogue.policy(DISTRICT).procedures.values():
        drawing = draw(procedure, language)
        assert [box.step for box in drawing.boxes] == list(steps_in_order(procedure))
        every = set(procedure.open_steps)
        expected = {
            (source, action.target)
            for action in procedure.actions.values()
            for source in action.sources
            if action.target not in (None, source) and not every <= action.sources
        }
        assert {(way.source, way.target) for way in drawing.ways} == expected
        assert len(drawing.ways) == len(expected)


def test_its_boxes_stand_apart_with_the_open_steps_in_their_order(place: Place, language: str) -> None:
    del place
    procedure = standard()
    assert " ".join(steps_in_order(procedure)[:11]) == (
        "reported registered dispatched disputed handling conference parked paused done verified replied"
    )
    drawing = draw(procedure, language)
    places = {box.step: box for box in drawing.boxes}
    opened = [places[name].x for name in steps_in_order(procedure)[:11]]
    assert opened == sorted(opened)
    assert {places[name].y for name in procedure.open_steps} == {places[procedure.start].y}
    ends = [box for box in drawing.boxes if box.kind == "end"]
    assert all(box.y > places[procedure.start].y + places[procedure.start].height for box in ends)
    for row in (ends, [places[name] for name in procedure.open_steps]):
        xs = sorted(box.x for box in row)
        assert all(right - left >= ends[0].width for left, right in pairwise(xs))
    assert all(box.x + box.width <= drawing.width and box.y + box.height <= drawing.height for box in drawing.boxes)


def test_its_labels_lie_over_no_other_label_and_over_no_box(place: Place, language: str) -> None:
    del place

    def spots(drawing: Drawing) -> list[tuple[float, float, int]]:
        lines = [line for way in drawing.ways for line in way.label]
        return [(line.x - width_of(line.words) / 2, line.x + width_of(line.words) / 2, line.y) for line in lines]

    for procedure in catalogue.policy(DISTRICT).procedures.values():
        drawing = draw(procedure, language)
        found = spots(drawing)
        assert all(left >= drawing.left and right <= drawing.left + drawing.width for left, right, _y in found)
        for number, (left, right, y) in enumerate(found):
            for other_left, other_right, other_y in found[number + 1 :]:
                assert abs(y - other_y) >= 14 or right <= other_left or other_right <= left
            for box in drawing.boxes:
                beside = right <= box.x or box.x + box.width <= left
                assert beside or not box.y < y < box.y + box.height


def test_it_breaks_lines_between_words_and_between_chinese_characters() -> None:
    assert wrapped("Record the decision of the conference", 120) == ["Record the", "decision of the", "conference"]
    assert wrapped("未能联系，期满结案", 60) == ["未能联系", "，期满结", "案"]
    assert wrapped("extraordinarily", 20) == ["extraordinarily"]


# --- the pages


def test_everybody_at_the_desk_reads_every_procedure(enter: Enter, language: str) -> None:
    client = enter(STATION, "desk_clerk", language=language)
    index = client.get(PROCEDURES)
    assert_sound(index)
    pages = re.findall(rf'href="({PROCEDURES}[a-z]+/\d+/)"', index.content.decode())
    assert len(pages) == len(catalogue.policy(DISTRICT).procedures) == 2
    for address in pages:
        page = client.get(address)
        assert_sound(page)
        for action in page.context["actions"]:
            assert action.title in text(page)
        assert page.context["findings"] == []
    assert client.get(f"{PROCEDURES}standard/999/").status_code == 404
    assert client.get(f"{PROCEDURES}nothing/1/").status_code == 404


def test_its_tables_say_what_the_document_says(enter: Enter, language: str) -> None:
    client = enter(DISTRICT_CENTRE, "administrator", language=language)
    page = text(client.get(f"{PROCEDURES}standard/3/"))
    for said in {
        "zh-hans": ("立即： 催办", "5 个工作日", "案件从这里开始", "办理人及其单位没有参与处置", "没有发现问题"),
        "en": ("at once: Expedite", "otherwise 5 working days", "A case begins here",
               "Who decides has never handled the case", "Nothing. Every open step"),
    }[language]:  # fmt: skip
        assert said.replace("： ", "：") in page, said


def test_it_shows_findings_in_words(place: Place, language: str) -> None:
    del place
    whole = standard()
    steps = {name: step for name, step in whole.steps.items() if name != "parked"}
    broken = replace(whole, steps=steps | {"reported": replace(whole.steps["reported"], limit=None)})
    policy = catalogue.policy(DISTRICT)
    assert {(found.detail, found.raw) for found in reading.findings(broken, policy, language)} == {("", "parked")}
    without_limit = replace(whole, steps=whole.steps | {"reported": replace(whole.steps["reported"], limit=None)})
    [found] = reading.findings(without_limit, policy, language)
    assert found.where == whole.steps["reported"].title["zh" if language == "zh-hans" else "en"]
    assert found.said == {"zh-hans": "环节没有时限", "en": "The step has no limit"}[language]
    draw(broken, language)
    reading.steps(broken, policy, language)
    reading.actions(broken, language)


# --- the catalogue


def administrator(enter: Enter, language: str = "zh-hans") -> Client:
    return enter(DISTRICT_CENTRE, "administrator", language=language)


def test_only_who_administers_is_led_to_the_catalogue(enter: Enter) -> None:
    clerk = enter(STATION, "desk_clerk")
    assert '/desk/admin/"' not in clerk.get("/desk/").content.decode()
    assert clerk.get("/desk/admin/").status_code == 404
    assert clerk.get(CATALOGUE).status_code == 404
    administration = administrator(enter)
    assert 'href="/desk/admin/"' in administration.get("/desk/").content.decode()
    first = administration.get("/desk/admin/")
    assert_sound(first)
    assert CATALOGUE in first.content.decode()


def test_it_lists_every_matter_and_narrows_the_list(enter: Enter, language: str) -> None:
    client, known = administrator(enter, language), catalogue.policy(DISTRICT).matters

    def listed(**asked: str) -> set[str]:
        page = client.get(CATALOGUE, asked)
        assert_sound(page)
        return {row.code for row in page.context["matters"]}

    assert listed() == set(known)
    assert listed(platform="SV") == {code for code, matter in known.items() if matter.platform == "SV"}
    lit = known["CM-006"]
    assert "CM-006" in listed(domain=lit.domain, words=lit.name_en.upper())
    assert listed(words="cm-006") == {"CM-006"}
    assert listed(platform="PL", domain=lit.domain, words="nothing like it") == set()


def test_every_matter_has_its_page_with_all_that_it_promises(enter: Enter, language: str) -> None:
    client = administrator(enter, language)
    for code in sorted(catalogue.policy(DISTRICT).matters):
        page = client.get(f"{CATALOGUE}matter/{code}/", {"town": TOWN})
        assert_sound(page)
        assert code in text(page)
    assert client.get(f"{CATALOGUE}matter/XX-999/").status_code == 404


def test_it_says_who_leads_where_as_the_routing_does_and_why(enter: Enter, language: str) -> None:
    client, policy = administrator(enter, language), catalogue.policy(DISTRICT)
    page = client.get(f"{CATALOGUE}matter/CM-006/", {"town": TOWN})
    inside = [a for a in policy.territory.areas.values() if a.parent == TOWN]
    units = directory.units(DISTRICT)
    assert len(page.context["places"]) == len(inside) > 0
    for place, area in zip(page.context["places"], sorted(inside, key=lambda a: a.code), strict=True):
        found = route(Question(policy.matters["CM-006"], area.code), policy)
        unit = units[found.lead]
        assert place.lead == (unit.name_zh if language == "zh-hans" else unit.name_en)
        assert len(place.trace) == len(found.trace)
    assert {"zh-hans": "按责任清单", "en": "By the responsibility list"}[language] in text(page)
    assert client.get(f"{CATALOGUE}matter/CM-006/", {"town": "nowhere"}).context["places"] == []


def test_it_shows_holes_and_conflicts_as_the_coverage_check_finds_them(enter: Enter, language: str) -> None:
    policy = catalogue.policy(DISTRICT)
    found = {f.where for f in coverage.check(policy, catalogue.facts(DISTRICT, timezone.now())) if "route" in f.code}
    client = administrator(enter, language)
    for code, matter in sorted(policy.matters.items()):
        stops = coverage.problems(matter, policy)
        assert (code in found) == any("route" in each for codes in stops.values() for each in codes), code
        page = client.get(f"{CATALOGUE}matter/{code}/")
        shown = [town for town in page.context["towns"] if town.problems]
        assert bool(shown) == any(area.startswith(tuple(t.code for t in page.context["towns"])) for area in stops)


def test_it_says_where_nobody_leads_and_why(place: Place, language: str) -> None:
    del place
    policy = catalogue.policy(DISTRICT)
    asking = Mock(policy=policy, names=Names(DISTRICT, policy, language))
    unled = replace(policy.matters["CM-006"], lead_unit_type="nobody_of_this_type", guards=frozenset())
    hole = {"zh-hans": "没有主办单位", "en": "No unit leads"}[language]
    rows = leading.towns(unled, asking)
    assert rows
    assert all(row.leads == () and row.problems == (hole,) for row in rows)
    for found in leading.places(unled, TOWN, asking):
        assert (found.lead, found.problems) == ("", (hole,))
        assert len(found.trace) == 1


def test_the_history_says_what_each_publication_changed(enter: Enter, language: str) -> None:
    client = administrator(enter, language)
    first = client.get(f"{CATALOGUE}history/")
    assert_sound(first)
    assert [row.before for row in first.context["publications"]][-1] is None
    newer = catalogue_actions.publish(by="operator", at=timezone.now(), profile="sc2025").number
    page = client.get(f"{CATALOGUE}history/")
    assert_sound(page)
    row = page.context["publications"][0]
    assert row.number == newer
    assert row.changes > 0
    changed = client.get(f"{CATALOGUE}history/{row.before}/{newer}/")
    assert_sound(changed)
    change = changed.context["change"]
    assert change.count == row.changes
    assert change.added == change.removed == ()
    after, before = (promised.matters for promised in catalogue.promises(catalogue.publications()[:2]))
    assert {each.code for each in change.changed} == {code for code in after if before[code] != after[code]}
    limits = {(fact.before, fact.said) for each in change.changed for fact in each.facts}
    assert all(was != now for was, now in limits)
    assert client.get(f"{CATALOGUE}history/{newer}/{row.before}/").status_code == 404
    assert client.get(f"{CATALOGUE}history/0/{newer}/").status_code == 404


def test_it_names_matters_that_came_and_went(enter: Enter, language: str) -> None:
    del enter
    policy = catalogue.policy(DISTRICT)
    asking = Mock(names=Names(DISTRICT, policy, language))
    [whole] = catalogue.promises(catalogue.publications()[:1])
    without = {code: matter for code, matter in whole.matters.items() if code != "CM-006"}
    fewer = Promises(without, {**whole.limits, "verify": Limit.parse("9wd")})
    change = promising.change(fewer, whole, asking)
    assert [fact.name for fact in change.added] == ["CM-006"]
    assert change.removed == change.changed == ()
    [limit] = change.limits
    assert limit.before == Limit.parse("9wd").words(language)
    assert [fact.name for fact in promising.change(whole, fewer, asking).removed] == ["CM-006"]
