"""A matter's questions: they come while somebody writes, or by a button without scripts, and hold nobody up."""

from typing import Any

from django.http import HttpResponse
from django.test import Client
from playwright.sync_api import Browser, expect

from linli.cases import queries
from linli.cases.models import Case
from tests.journeys.conftest import DISTRICT, STATION, Enter
from tests.journeys.pages import assert_sound, text
from tests.journeys.test_portal import key
from tests.journeys.test_reporting import HINTS, REPORT, opened
from tests.rooms.conftest import Place

LAMP = {"asked": "CM-003", "answer.lamp": "dark", "answer.how_many": "few", "answer.post_number": "东12号"}


def send(client: Client, **fields: Any) -> HttpResponse:
    return client.post(REPORT, {"key": key(client), "detail": "东门的路灯不亮", "where": "", **fields})


def test_without_scripts_a_button_brings_the_questions_and_keeps_what_was_typed(
    reader: Client, district: Place, language: str
) -> None:
    del district
    page = send(reader, do="ask", matter="CM-003", title="黑", contact="13812345678")
    assert page.status_code == 200
    assert_sound(page)
    said = {"zh-hans": "路灯怎么了？", "en": "What is wrong with the light?"}[language]
    assert said in text(page)
    assert page.context["form"]["detail"].value() == "东门的路灯不亮"
    assert page.context["form"]["contact"].value() == "13812345678"
    done = send(reader, matter="CM-003", **LAMP)
    assert done.status_code == 201, text(done)
    assert_sound(done)
    mine = reader.get("/case/")
    assert_sound(mine)
    assert {"zh-hans": "几盏", "en": "A few"}[language] in text(mine)
    assert "东12号" in text(mine)


def test_questions_that_were_not_shown_hold_nobody_up(reader: Client, district: Place) -> None:
    del district
    assert send(reader, matter="CM-003").status_code == 201


def test_a_wanted_answer_that_is_left_out_holds_nobody_up(reader: Client, district: Place) -> None:
    assert send(reader, matter="CM-003", **(LAMP | {"answer.lamp": ""})).status_code == 201
    (case,) = Case.objects.all()
    assert district.state(str(case.id)).answers["lamp"] == "unknown"


def test_a_wrong_answer_is_told_beside_it_and_nothing_is_lost(reader: Client, district: Place) -> None:
    del district
    page = send(reader, matter="CM-003", **(LAMP | {"answer.lamp": "purple"}))
    assert page.status_code == 422
    assert_sound(page)
    assert page.context["questions"].errors.keys() == {"answer.lamp"}
    assert "东12号" in page.content.decode()
    assert send(reader, matter="CM-003", **(LAMP | {"answer.lamp": "unknown"})).status_code == 201


def test_while_somebody_writes_the_questions_of_the_likely_matter_come(reader: Client, district: Place) -> None:
    del district
    said = reader.post(HINTS, {"detail": "路灯不亮", "matter": "CM-003", "key": "k"}).json()
    assert 'name="answer.lamp"' in said["questions"]
    assert reader.post(HINTS, {"detail": "路灯不亮", "matter": "CM-003", "asked": "CM-003"}).json()["questions"] is None
    assert reader.post(HINTS, {"detail": "路灯不亮", "matter": "SV-001", "asked": "CM-003"}).json()["questions"] == ""


def test_the_desk_asks_on_the_telephone_and_reads_the_answers(district: Place, enter: Enter, language: str) -> None:
    client = enter(STATION, "desk_clerk", language=language)
    address = str(client.post("/desk/calls/").headers["Location"])
    form = {"key": "k1", "detail": "楼道里有燃气味", "where": "甲社区", "matter": "SL-011"}
    page = client.post(address, form | {"do": "ask"})
    assert_sound(page)
    answers = {"asked": "SL-011", "answer.smell_now": "yes", "answer.anyone_hurt": "no"}
    kept = client.post(address, form | answers | {"do": "similar"})
    assert kept.context["questions"]["answer.smell_now"].value() == "yes", "what was ticked stays"
    done = client.post(address, form | answers | {"do": "send"})
    assert done.status_code == 201, text(done)
    case = done.context["receipt"].case
    assert queries.load(DISTRICT, [case])[case].state.answers == {"smell_now": "yes", "anyone_hurt": "no"}
    shown = client.get(f"/desk/case/{case}/")
    assert_sound(shown)
    assert {"zh-hans": "现在能闻到燃气味吗？", "en": "Do you smell gas now?"}[language] in text(shown)


def test_in_a_browser_a_dangerous_answer_shows_the_emergency_numbers_at_once(browser: Browser, district: Place) -> None:
    del district
    with opened(browser) as page:
        page.goto(REPORT)
        page.locator("[name=detail]").fill("楼道里有很重的燃气味")
        page.locator("details summary").last.click()
        page.locator("[name=matter]").select_option("SL-011")
        questions = page.locator("[data-questions]")
        expect(questions.locator("[data-question='answer.smell_now']")).to_be_visible()
        expect(questions.locator("[data-question='answer.valve_closed']")).to_be_hidden()
        expect(questions.locator("[data-danger]")).to_be_hidden()
        questions.locator("[name='answer.smell_now'][value=yes]").check()
        expect(questions.locator("[data-danger]")).to_be_visible()
        expect(questions.locator("[data-question='answer.valve_closed']")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        questions.locator("[name='answer.anyone_hurt'][value=no]").check()
        page.screenshot(path="/tmp/asked-390.png", full_page=True)
        page.get_by_role("button", name="提交").or_(page.locator("form[data-hints] > button")).first.click()
        expect(page.locator(".big-number").first).to_be_visible()
