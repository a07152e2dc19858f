"""The administration: procedures as diagram and document, for everybody at the desk and in both languages."""

import re
from dataclasses import replace
from itertools import pairwise

from linli.catalogue import queries as catalogue
from linli.core.procedure import Procedure
from linli.site.administration import reading
from linli.site.administration.diagram import Drawing, draw, width_of, wrapped
from linli.site.administration.order import steps_in_order
from tests.journeys.conftest import DISTRICT, DISTRICT_CENTRE, STATION, Enter
from tests.journeys.pages import assert_sound, text
from tests.rooms.conftest import Place

PROCEDURES = "/desk/admin/procedures/"


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
