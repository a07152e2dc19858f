"""Notes on the page of a case and the list of mentions, for officers in both languages; the reporter sees neither."""

import json
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from tests.journeys.conftest import CENTRE, DISTRICT, SANITATION, STATION, Enter
from tests.journeys.pages import assert_sound, text
from tests.rooms.conftest import Place

WORDS = "围挡倒了，请顺路看一眼。"


@pytest.fixture
def case(district: Place) -> str:
    case = district.report().case
    district.bring_to(case, "handling")
    return case


def write(client: Client, case: str, words: str = WORDS, *mention: str, **more: Any) -> HttpResponse:
    return client.post(f"/desk/case/{case}/note/", {"words": words, "mention": mention, **more})


def test_it_is_written_in_one_line_and_read_on_the_page_by_everybody_at_work(
    district: Place, case: str, enter: Enter, language: str
) -> None:
    handler, clerk = enter(SANITATION, "handler", language=language), enter(STATION, "desk_clerk", language=language)

    answer = write(handler, case, WORDS, STATION)

    assert answer.headers["Location"] == f"/desk/case/{case}/#notes"
    for client in (handler, clerk):
        page = client.get(f"/desk/case/{case}/")
        assert_sound(page)
        assert text(page).count(WORDS) == 1, "in the thread, not once more in the story"
    title = "内部备注" if language == "zh-hans" else "Internal notes"
    assert title in text(page)


def test_it_is_no_button_among_the_actions(district: Place, case: str, enter: Enter) -> None:
    page = enter(SANITATION, "handler").get(f"/desk/case/{case}/")

    assert "note" not in {offer.name for offer in page.context["file"].offers}
    assert page.context["notes"].form is not None


def test_the_reporter_reads_nothing_of_it(district: Place, case: str, enter: Enter, visitor: Client) -> None:
    write(enter(SANITATION, "handler"), case, WORDS, STATION)
    number = district.state(case).number
    code = {"number": number, "code": district.codes[case]}

    visitor.post("/follow/", code)
    page = visitor.get("/case/")
    told = visitor.post(f"/api/v1/{DISTRICT}/followed", json.dumps(code), content_type="application/json")

    for answer in (page, told):
        assert answer.status_code == 200
        assert "围挡" not in answer.content.decode()
        assert "备注" not in answer.content.decode()
    assert "note" not in {action["name"] for action in told.json()["actions"]}


def test_it_keeps_the_words_and_says_what_is_wrong(district: Place, case: str, enter: Enter, language: str) -> None:
    client = enter(SANITATION, "handler", language=language)

    empty = write(client, case, " ")
    assert empty.status_code == 422
    assert_sound(empty)
    far = write(client, case, WORDS, f"{DISTRICT}.market_regulation")
    assert far.status_code == 422
    assert_sound(far)
    assert WORDS in far.content.decode()
    assert district.state(case).version == 4


def test_it_is_written_whatever_happened_in_between(district: Place, case: str, enter: Enter) -> None:
    client = enter(SANITATION, "handler")
    seen = district.state(case).version
    district.act(case, "note", district.person(CENTRE), words="另一条。")

    assert write(client, case, expected=seen).status_code == 302
    assert district.state(case).version == seen + 2


def test_it_is_written_once_when_the_button_is_pressed_twice(district: Place, case: str, enter: Enter) -> None:
    client = enter(SANITATION, "handler")
    words = "反映人电话 13812345678，明早再打。"

    assert [write(client, case, words).status_code for _ in range(2)] == [302, 302]
    assert district.state(case).version == 5
    assert write(client, case, "另一句。").status_code == 302
    assert district.state(case).version == 6


def test_it_keeps_the_words_where_the_case_has_ended_meanwhile(district: Place, case: str, enter: Enter) -> None:
    client = enter(SANITATION, "handler")
    district.act(case, "withdraw", district.reporter(case))

    page = write(client, case)

    assert page.status_code == 422
    assert_sound(page)
    assert WORDS in text(page)


def test_it_offers_only_units_that_see_the_case(district: Place, case: str, enter: Enter) -> None:
    form = enter(SANITATION, "handler").get(f"/desk/case/{case}/").context["notes"].form

    offered = {unit for _level, units in form.fields["mention"].choices for unit, _name in units}
    assert {STATION, CENTRE, SANITATION} <= offered
    assert f"{DISTRICT}.market_regulation" not in offered


def test_its_list_of_mentions_is_short_and_ends_with_an_answer(
    district: Place, case: str, enter: Enter, language: str
) -> None:
    clerk = enter(STATION, "desk_clerk", language=language)
    assert_sound(clerk.get("/desk/mentions/"))
    write(enter(SANITATION, "handler"), case, WORDS, STATION)

    page = clerk.get("/desk/mentions/")
    assert_sound(page)
    assert [call.row.id for call in page.context["calls"]] == [case]

    write(clerk, case, "已看过。")
    assert clerk.get("/desk/mentions/").context["calls"] == []


def test_its_list_of_mentions_lets_a_unit_say_that_it_is_done(district: Place, case: str, enter: Enter) -> None:
    clerk = enter(STATION, "desk_clerk")
    write(enter(SANITATION, "handler"), case, WORDS, STATION)

    answer = clerk.post(f"/desk/case/{case}/mention/done/", follow=True)

    assert_sound(answer)
    assert answer.context["calls"] == []
    assert district.state(case).version == 5, "the case itself stays as it is"


def test_a_lost_race_shows_the_note_that_came_between(district: Place, case: str, enter: Enter) -> None:
    client = enter(SANITATION, "handler")
    seen = district.state(case).version
    district.act(case, "note", district.person(CENTRE), words="先别动，等电力公司。")

    page = client.post(f"/desk/case/{case}/act/pause/", {"expected": seen, "words": "等"})
    form = {"expected": seen, "reason": "weather", "words": "雨大", "until": "2099-01-01"}
    page = client.post(f"/desk/case/{case}/act/pause/", form)

    assert page.status_code == 409
    assert "先别动" in text(page)
