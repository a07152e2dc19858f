"""Notes, mentions and standard answers in a real browser: on a phone, by keyboard, and fit for everybody."""

import pytest
from playwright.sync_api import Page, expect

from linli.cases import actions as cases
from tests.journeys.conftest import DISTRICT, DISTRICT_CENTRE, PASSWORD, STATION, Hire
from tests.journeys.test_accessibility import looked_at
from tests.rooms.conftest import Place

pytestmark = pytest.mark.browser


def log_in(page: Page, username: str) -> None:
    page.goto("/account/login/")
    page.locator("[name=username]").fill(username)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main button").last.click()
    page.wait_for_url("**/desk/")


def test_its_pages_are_fit_for_everybody(page: Page, district: Place, hire: Hire, seen: tuple[str, str]) -> None:
    language, scheme = seen
    cases.load_answers(DISTRICT, now=district.now)
    case = district.report("东门的路灯坏了。").case
    district.bring_to(case, "verified")
    words = "请看一眼围挡是否还在，晚上有老人路过。"
    district.act(case, "note", district.person(DISTRICT_CENTRE), words=words, mention=(STATION,))
    faults: list[str] = []

    def look(name: str) -> None:
        faults.extend(looked_at(page, f"records-{name}", language, scheme))

    log_in(page, hire(STATION, language=language))
    page.goto("/desk/mentions/")
    look("mentions")
    page.locator("a[data-row-link]").click()
    page.locator("#notes details summary").first.click()
    look("notes")
    page.goto(f"/desk/case/{case}/note/")
    page.locator("#notes form button").click()
    page.wait_for_selector(".invalid-feedback")
    look("note-refused")
    page.goto(f"/desk/case/{case}/?act=reply")
    page.locator("details.answers summary").click()
    look("reply-answers")
    page.goto("/desk/answers/")
    look("answers")
    page.goto("/desk/")
    page.locator("details.dropdown summary").first.click()
    look("saved-menu")
    page.locator("#saved-name").fill("明天到期")
    page.locator("details.dropdown form button").click()
    page.goto("/desk/saved/")
    look("saved")
    district.report("西门的路灯坏了。", contact="13812345678")
    page.goto("/desk/calls/")
    look("call-begin")
    page.locator("main form button").click()
    page.locator("#number").fill("13812345678")
    page.locator("[value=look]").click()
    look("call-refused")
    page.locator("[name=consent]").check()
    page.locator("[value=look]").click()
    look("call-found")
    page.locator("[name=detail]").fill("楼下的垃圾没人收。")
    page.locator("[value=send]").click()
    page.wait_for_selector(".slip")
    look("call-done")

    page.context.clear_cookies()
    log_in(page, hire(DISTRICT_CENTRE, "administrator", language=language))
    page.goto("/desk/answers/new/")
    page.locator("main form button").last.click()
    page.wait_for_selector(".invalid-feedback")
    look("answer-refused")
    assert faults == [], "\n".join(faults)


def test_an_answer_fills_the_field_without_another_page_and_a_key_leads_to_the_note(
    page: Page, district: Place, hire: Hire
) -> None:
    cases.load_answers(DISTRICT, now=district.now)
    case = district.report("东门的路灯坏了。").case
    district.bring_to(case, "verified")
    log_in(page, hire(STATION))
    address = f"/desk/case/{case}/?act=reply"
    page.goto(address)
    page.locator("[name=reason]").fill("您好！")

    page.locator("details.answers summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    filled = page.locator("[name=reason]").input_value()
    assert filled.startswith("您好！\n")
    assert district.state(case).number in filled
    assert page.url.endswith(address)
    assert page.evaluate("document.activeElement.name") == "reason"

    page.goto(f"/desk/case/{case}/")
    page.keyboard.press("i")
    expect(page.locator("#note-words")).to_be_focused()
    page.keyboard.type("已看过现场。")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("#notes .said")
    assert page.locator("#notes .said").inner_text() == "已看过现场。"
