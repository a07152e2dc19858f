"""The whole story by mouse: resident, clerk, dispatcher, unit, verifier, answer, resident; no script runs."""

import io
import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page

from linli.cases import queries
from tests.journeys.browsing import DESKTOP, PHONE, SCREENSHOTS, Window, serving, settled
from tests.journeys.conftest import CENTRE, DISTRICT, PASSWORD, SANITATION, STATION, Hire
from tests.rooms.conftest import Place

SAYS: dict[str, dict[str, str]] = {
    "zh-hans": {
        "report": "我要反映", "send": "提交", "see": "查看我的案件", "login": "登录", "accept": "受理立案",
        "dispatch": "派遣", "acknowledge": "签收", "report_back": "反馈处置结果", "verify": "核查通过", "reply": "答复",
        "satisfied": "确认解决", "follow": "查询我的案件", "show": "查看案件", "closed": "已结案", "replied": "待回访",
        "matter": "暴露垃圾与积存垃圾", "contacted": "已联系", "solved": "已解决", "confirmed": "现场核实",
        "supported": "支持诉求", "done": "已解决，无需后续", "happy": "5 很满意", "answer": "答复",
    },
    "en": {
        "report": "Report something", "send": "Send the report", "see": "See my case", "login": "Log in",
        "accept": "Accept and register", "dispatch": "Dispatch", "acknowledge": "Acknowledge",
        "report_back": "Report back", "verify": "Verify", "reply": "Reply", "satisfied": "Confirm it is solved",
        "follow": "Follow my case", "show": "Show my case", "closed": "Closed", "replied": "Awaiting follow-up",
        "matter": "Exposed or accumulated refuse", "contacted": "Yes", "solved": "Solved",
        "confirmed": "Confirmed on site", "supported": "Supported", "done": "Solved, nothing further needed",
        "happy": "5 Very satisfied", "answer": "Answer",
    },
}  # fmt: skip
DETAIL = "小区东门的垃圾堆了三天没有人清运，味道很大，我的电话是13812345678。希望尽快处理。"
DONE = "今天上午已经清运，并在东门加了一个垃圾箱。"
REASON = "经核查，东门的垃圾已经清运，并新增一个垃圾箱，每天早晚各清运一次。"

OpenWindow = Callable[[str], Window]


@pytest.fixture(params=[("zh-hans", PHONE), ("en", PHONE), ("zh-hans", DESKTOP), ("en", DESKTOP)],
                ids=["zh-phone", "en-phone", "zh-desktop", "en-desktop"])  # fmt: skip
def look(request: pytest.FixtureRequest) -> tuple[str, tuple[int, int]]:
    """Language and size of the window."""
    found: tuple[str, tuple[int, int]] = request.param
    return found


@pytest.fixture
def window(browser: Browser, look: tuple[str, tuple[int, int]], district: Place) -> Iterator[OpenWindow]:
    """Opens a window for a person, with its own cookies, no scripts, and a folder for pictures."""
    del district
    language, (width, height) = look
    folder = SCREENSHOTS / f"{language}-{width}"
    numbers = itertools.count(1)
    contexts = []
    with serving() as address:

        def opened(_who: str) -> Window:
            context = browser.new_context(
                viewport={"width": width, "height": height},
                locale="zh-CN" if language == "zh-hans" else "en-GB",
                java_script_enabled=False,
            )
            context.set_default_timeout(15_000)
            contexts.append(context)
            return Window(context, address, folder, lambda: next(numbers))

        yield opened
        for context in contexts:
            context.close()


def photo() -> dict[str, Any]:
    out = io.BytesIO()
    Image.new("RGB", (640, 480), (120, 150, 90)).save(out, "JPEG")
    return {"name": "after.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


def enter(window: Window, username: str, says: dict[str, str]) -> Page:
    page = window.open("/desk/")
    page.locator("[name=username]").fill(username)
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name=says["login"], exact=True).click()
    return page


def open_case(window: Window, number: str) -> Page:
    page = window.open("/desk/")
    page.get_by_role("row").filter(has_text=number).get_by_role("link").click()
    return page


def test_it_carries_a_report_from_the_resident_back_to_the_resident(
    window: OpenWindow, look: tuple[str, tuple[int, int]], hire: Hire, tmp_path: Path
) -> None:
    del tmp_path
    language, _size = look
    says = SAYS[language]
    people = {
        "clerk": hire(STATION, "desk_clerk", language=language),
        "dispatcher": hire(CENTRE, "dispatcher", language=language),
        "handler": hire(SANITATION, "handler", language=language),
        "verifier": hire(CENTRE, "verifier", language=language),
    }

    resident = window("resident")
    page = resident.open("/")
    assert (
        page.get_by_text("110").first.bounding_box()["y"]
        < page.get_by_role("link", name=says["report"]).bounding_box()["y"]
    )  # type: ignore[index]
    resident.picture("home")
    page.get_by_role("link", name=says["report"], exact=True).click()
    resident.picture("report-empty")
    page.locator("[name=detail]").fill(DETAIL)
    page.locator("[name=where]").fill("甲社区")
    page.locator("[name=place]").fill("东门外的垃圾点")
    page.locator("[name=photos]").set_input_files(photo())
    page.locator("form[data-hints] > details > summary").click()
    page.locator("[name=contact]").fill("13812345678")
    resident.picture("report-filled")
    page.get_by_role("button", name=says["send"], exact=True).click()
    resident.picture("receipt")
    number, code = (text.strip() for text in page.locator(".big-number").all_inner_texts())
    page.get_by_role("link", name=says["see"]).click()
    resident.picture("my-case-reported")

    clerk = window("clerk")
    page = enter(clerk, people["clerk"], says)
    clerk.picture("desk-list")
    open_case(clerk, number)
    clerk.picture("desk-case-reported")
    page.get_by_role("link", name=says["accept"], exact=True).click()
    page.locator("[name=matter]").select_option(label=says["matter"])
    clerk.picture("desk-accept")
    page.locator("#acts").get_by_role("button", name=says["accept"], exact=True).click()
    clerk.picture("desk-accepted")

    dispatcher = window("dispatcher")
    page = enter(dispatcher, people["dispatcher"], says)
    open_case(dispatcher, number)
    page.get_by_role("link", name=says["dispatch"], exact=True).click()
    assert page.locator("[name=lead]").input_value() == SANITATION, "the route's lead is filled in"
    page.locator("[name=co_handlers]:checked").uncheck()
    dispatcher.picture("desk-dispatch")
    page.locator("#acts").get_by_role("button", name=says["dispatch"], exact=True).click()
    dispatcher.picture("desk-dispatched")

    handler = window("handler")
    page = enter(handler, people["handler"], says)
    open_case(handler, number)
    page.get_by_role("button", name=says["acknowledge"], exact=True).click()
    page.get_by_role("link", name=says["report_back"], exact=True).click()
    page.get_by_label(says["solved"], exact=True).check()
    page.locator("[name=what_was_done]").fill(DONE)
    page.get_by_label(says["contacted"], exact=True).check()
    page.locator("[name=evidence]").set_input_files(photo())
    handler.picture("desk-report-back")
    page.locator("#acts").get_by_role("button", name=says["report_back"], exact=True).click()
    handler.picture("desk-reported-back")

    verifier = window("verifier")
    page = enter(verifier, people["verifier"], says)
    open_case(verifier, number)
    page.get_by_role("link", name=says["verify"], exact=True).click()
    page.get_by_label(says["confirmed"], exact=True).check()
    verifier.picture("desk-verify")
    page.locator("#acts").get_by_role("button", name=says["verify"], exact=True).click()

    page = open_case(clerk, number)
    page.get_by_role("link", name=says["reply"], exact=True).click()
    page.get_by_label(says["supported"], exact=True).check()
    page.locator("[name=reason]").fill(REASON)
    page.get_by_label(says["done"], exact=True).check()
    clerk.picture("desk-reply")
    page.locator("#acts").get_by_role("button", name=says["reply"], exact=True).click()
    clerk.picture("desk-replied")

    again = window("resident-elsewhere")
    page = again.open("/follow/")
    again.picture("follow")
    page.locator("[name=number]").fill(number)
    page.locator("[name=code]").fill(code.lower().replace("-", ""))
    page.get_by_role("button", name=says["show"], exact=True).click()
    settled(page)
    assert REASON in page.locator("main").inner_text()
    assert DONE not in page.locator("main").inner_text(), "officers' internal words stay inside"
    again.picture("my-case-answered")
    page.get_by_text(says["satisfied"], exact=True).first.click()
    page.get_by_label(says["happy"], exact=True).check()
    again.picture("my-case-rate")
    page.get_by_role("button", name=says["satisfied"], exact=True).click()
    settled(page)
    assert says["closed"] in page.locator("main").inner_text()
    again.picture("my-case-closed")

    state = queries.by_number(DISTRICT, number)
    assert state is not None
    assert state.state.step == "closed"
    assert state.state.rating == 5
