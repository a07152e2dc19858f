"""The follow page: where it is, who has it, what comes next; the answer first, and what is asked right below it."""

from collections.abc import Iterator

import pytest
from django.db.models import F
from django.test import Client
from playwright.sync_api import Browser, Page

from linli.directory.models import District, Unit
from linli.site.portal import stages
from tests.journeys.browsing import DESKTOP, PHONE, serving
from tests.journeys.conftest import SANITATION
from tests.journeys.pages import assert_sound, text
from tests.journeys.test_accessibility import looked_at
from tests.rooms.conftest import Place


def following(client: Client, place: Place, step: str = "") -> str:
    """A case brought to a step, which the client follows."""
    receipt = place.report("楼下的垃圾堆了三天没有人清运，味道很大。", contact="13812345678")
    if step:
        place.bring_to(receipt.case, step)
    assert client.post("/follow/", {"number": receipt.number, "code": receipt.code}).status_code == 302
    return receipt.case


STEPS = {"": 1, "registered": 2, "dispatched": 2, "handling": 3, "done": 4, "verified": 5, "replied": 6}


@pytest.mark.parametrize("step", STEPS)
def test_it_shows_the_stage_who_has_it_and_what_comes_next(
    reader: Client, district: Place, language: str, step: str
) -> None:
    following(reader, district, step)
    page = reader.get("/case/")
    assert_sound(page)
    said, body = text(page), page.content.decode()
    wanted = f"第 {STEPS[step]} 步，共 6 步" if language == "zh-hans" else f"Stage {STEPS[step]} of 6"
    assert wanted in said
    assert body.count('aria-current="step"') == 1
    assert ("下一步" in said) if language == "zh-hans" else ("Next:" in said)


def test_every_step_of_the_loop_has_a_stage_or_is_an_end(district: Place) -> None:
    procedure = district.policy.current_procedure("standard")
    without = {name for name in procedure.steps if not stages.stages(name)}
    assert without == {"not_accepted", "diverted", "merged", "withdrawn"}
    assert {name for name in procedure.steps if stages.next_of(name)} == set(procedure.steps) - without


def test_an_answer_comes_first_and_right_below_it_is_asked_whether_it_is_solved(
    visitor: Client, district: Place
) -> None:
    following(visitor, district, "replied")
    body = visitor.get("/case/").content.decode()
    order = ['aria-label="答复"', 'id="act-satisfied"', 'id="act-not_solved"', 'id="now-title"', 'id="act-escalate"']
    places = [body.index(mark) for mark in order if mark in body]
    assert places == sorted(places)
    assert 'id="act-satisfied"' in body
    assert 'id="act-not_solved"' in body


def test_before_an_answer_it_first_says_where_the_case_is(visitor: Client, district: Place) -> None:
    following(visitor, district, "handling")
    body = visitor.get("/case/").content.decode()
    assert body.index('id="now-title"') < body.index('id="acts-title"') < body.index('id="handed-title"')
    assert 'id="act-satisfied"' not in body


def test_it_shows_each_hand_over_with_its_reason_and_the_duty_line_of_the_unit(
    visitor: Client, district: Place
) -> None:
    Unit.objects.filter(id=SANITATION).update(phone="023-49000000", invented=False)
    District.objects.update(version=F("version") + 1_000_000)  # what was kept of the units is out of date
    following(visitor, district, "handling")
    page = visitor.get("/case/")
    handed = page.content.decode().partition('id="handed-title"')[2].partition("</section>")[0]
    assert handed.count("<li><strong>") >= 3
    assert "<details>" in handed, "how the unit was found"
    assert 'href="tel:023-49000000"' in page.content.decode()


@pytest.fixture
def page(browser: Browser, district: Place) -> Iterator[Page]:
    del district
    with serving() as address:
        context = browser.new_context(base_url=address, locale="zh-CN")
        context.set_default_timeout(20_000)
        yield context.new_page()
        context.close()


@pytest.mark.parametrize("step", ["handling", "replied"])
def test_it_is_fit_for_everybody_on_phone_and_desktop(page: Page, district: Place, step: str) -> None:
    receipt = district.report("楼下的垃圾堆了三天没有人清运，味道很大。")
    district.bring_to(receipt.case, step)
    faults = []
    page.goto("/follow/")
    page.locator("[name=number]").fill(receipt.number)
    page.locator("[name=code]").fill(receipt.code)
    page.locator("main form button").click()
    page.wait_for_url("**/case/")
    for name, (width, height) in {"phone": PHONE, "desktop": DESKTOP}.items():
        page.set_viewport_size({"width": width, "height": height})
        faults += looked_at(page, f"follow-{step}-{name}", "zh-hans", "light")
    assert faults == []
    if step == "replied":
        page.locator("#act-not_solved summary").click()
        page.locator("#act-not_solved textarea").fill("还是有味道。")
        page.locator("#act-not_solved form button").click()
        page.wait_for_selector(".alert-success")
