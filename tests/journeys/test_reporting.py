"""The report form in a browser: a few words are enough; pin, hints and "me too" help and never stand in the way."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from django.test import Client
from playwright.sync_api import Browser, Page, Route

from linli.cases import queries, rows
from linli.directory import actions as directory_actions
from linli.directory import queries as directory
from linli.intake import sameness
from linli.ledger.relay import relay_batch
from linli.site.portal import slip
from linli.site.subscriptions import SUBSCRIPTIONS
from linli.site.telling import opening_of, records
from tests.journeys.browsing import DESKTOP, PHONE, SCREENSHOTS, serving
from tests.journeys.conftest import DISTRICT, STATION, Enter
from tests.journeys.pages import assert_sound, text
from tests.journeys.test_accessibility import looked_at
from tests.journeys.test_portal import picture
from tests.rooms.conftest import COMMUNITY, FAR, NEIGHBOUR, Place

REPORT = f"/report/{DISTRICT}/"
HINTS = f"{REPORT}hints/"
WORDS = "楼下的垃圾堆了好几天没有人清运，味道很大。"
SIZES = {"phone": PHONE, "desktop": DESKTOP}


@pytest.fixture
def mapped(district: Place) -> Place:
    """The small district with invented outlines."""
    directory_actions.invent_boundaries(DISTRICT, now=district.now)
    return district


@contextmanager
def opened(browser: Browser, size: str = "phone", **more: Any) -> Iterator[Page]:
    width, height = SIZES[size]
    with serving() as address:
        context = browser.new_context(
            base_url=address, viewport={"width": width, "height": height}, locale="zh-CN", **more
        )
        context.set_default_timeout(20_000)
        page = context.new_page()
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda said: faults.append(said.text) if "Content Security" in said.text else None)
        yield page
        context.close()
        assert faults == []


def indexed() -> None:
    while relay_batch(SUBSCRIPTIONS, now=queries.timezone.now()):
        pass


def newest() -> queries.Case:
    """The case that was made last."""
    return queries.Case.objects.order_by("-opened_at")[0]


def known_case(here: Place, detail: str = "楼下的垃圾堆了三天没有人清运，味道很大。", **changes: Any) -> str:
    """An accepted case, a day old, that search finds."""
    here.now -= timedelta(days=1)
    case = here.report(detail, **changes).case
    here.accept(case)
    here.now += timedelta(days=1)
    indexed()
    return case


def hinted(client: Client, detail: str = WORDS, where: str = "中山路街道 甲社区", **fields: str) -> dict[str, str]:
    answer = client.post(HINTS, {"key": "one", "detail": detail, "where": where, **fields})
    assert answer.status_code == 200
    found: dict[str, str] = json.loads(answer.content)
    return found


# What is suggested while somebody writes.


def test_it_says_what_it_takes_the_matter_for_by_which_words_and_that_a_person_decides(
    reader: Client, district: Place, language: str
) -> None:
    del district
    said = hinted(reader)["matter"]
    assert "data-choose-matter" in said
    assert "垃圾" in said
    assert ("由工作人员决定" if language == "zh-hans" else "a person decides") in said


def test_it_tells_who_writes_of_danger_to_call_at_once(visitor: Client, district: Place) -> None:
    del district
    assert 'href="tel:119"' in hinted(visitor, "楼道里着火了，有人被困在里面")["matter"]
    assert "tel:" not in hinted(visitor)["matter"]


def test_it_says_nothing_about_nothing(visitor: Client, district: Place) -> None:
    del district
    nothing = {"matter": "", "similar": "", "questions": None, "place": ""}
    assert hinted(visitor, "路", where="") == nothing
    assert hinted(visitor, "", where="") == nothing


# "Me too": matter, community and age, and nothing of anybody.


def test_it_offers_an_open_case_of_the_same_trouble_nearby_by_matter_community_and_age_only(
    visitor: Client, district: Place
) -> None:
    case = known_case(district, place="三单元东门旁", contact="13812345678")
    said = hinted(visitor)["similar"]
    state = district.state(case)
    assert district.policy.matters["CM-006"].name_zh in said
    assert "甲社区" in said
    assert "1 天前反映" in said
    for secret in (case, state.number, "三单元", "138", "三天", district.codes[case]):
        assert secret not in said, secret


@pytest.mark.parametrize("where", ["中山路街道 乙社区", "胜利路街道 丙社区", "中山路街道", ""])
def test_it_offers_nothing_of_another_community_or_where_none_is_named(
    visitor: Client, district: Place, where: str
) -> None:
    known_case(district)
    assert hinted(visitor, where=where)["similar"] == ""


def test_it_offers_nothing_for_other_words(visitor: Client, district: Place) -> None:
    known_case(district)
    assert hinted(visitor, "半夜工地施工噪音太大，睡不着觉，请管一管。")["similar"] == ""


def test_it_offers_no_case_that_has_ended_or_that_nobody_has_accepted(visitor: Client, district: Place) -> None:
    district.report("楼下的垃圾堆了三天没有人清运，味道很大。")
    ended = district.report("楼下的垃圾堆了四天没有人清运，味道很大。").case
    district.bring_to(ended, "closed")
    indexed()
    assert hinted(visitor)["similar"] == ""


def test_it_offers_no_case_with_a_complaint_and_none_beside_a_complaint(visitor: Client, district: Place) -> None:
    known_case(district)
    assert hinted(visitor)["similar"]
    assert hinted(visitor, about="town:sanitation_office")["similar"] == ""
    queries.Case.objects.update(recused=[STATION])
    assert hinted(visitor)["similar"] == ""


def test_it_offers_no_case_of_a_sensitive_or_guarded_matter(visitor: Client, district: Place) -> None:
    known_case(district)
    guarded = next(m.code for m in district.policy.matters.values() if m.guards and not m.is_sensitive)
    assert hinted(visitor, matter=guarded)["similar"] == ""
    queries.Case.objects.update(sensitive=True)
    assert hinted(visitor)["similar"] == ""


def test_choosing_one_makes_a_case_of_its_own_and_tells_the_desk(
    visitor: Client, district: Place, enter: Enter
) -> None:
    case = known_case(district)
    mark = sameness.mark(case, DISTRICT, "one")
    assert mark in hinted(visitor)["similar"]
    sent = {"key": "one", "detail": WORDS, "where": "中山路街道 甲社区", "same": mark}
    page = visitor.post(REPORT, sent)
    assert page.status_code == 201
    number = page.context["receipt"].number
    assert number != district.state(case).number
    found = queries.by_number(DISTRICT, number)
    assert found is not None
    assert opening_of(records(DISTRICT, found.state.id)).suggestion["same_as"] == case
    assert found.state.merged_into is None
    said = text(enter(STATION, "desk_clerk").get(f"/desk/case/{found.state.id}/"))
    assert f"反映人说与这件是同一件事： {district.state(case).number}" in said
    assert visitor.post(REPORT, sent).context["receipt"].number == number


def test_a_mark_of_another_form_or_a_made_up_one_names_nothing(visitor: Client, district: Place) -> None:
    case = known_case(district)
    for mark in (sameness.mark(case, DISTRICT, "another"), case, "AAAA", "不是"):
        page = visitor.post(REPORT, {"key": f"k{mark[:9]}", "detail": WORDS, "where": "甲社区", "same": mark})
        assert page.status_code == 201, text(page)
        found = queries.by_number(DISTRICT, page.context["receipt"].number)
        assert found is not None
        assert "same_as" not in opening_of(records(DISTRICT, found.state.id)).suggestion


def named_by(client: Client, case: str, key: str, **fields: str) -> str | None:
    """Which case a fresh report names as the same trouble, when the form asked for ``case``."""
    mark = sameness.mark(case, DISTRICT, key)
    page = client.post(REPORT, {"key": key, "detail": WORDS, "where": "中山路街道 甲社区", "same": mark, **fields})
    assert page.status_code == 201, text(page)
    found = queries.by_number(DISTRICT, page.context["receipt"].number)
    assert found is not None
    return opening_of(records(DISTRICT, found.state.id)).suggestion.get("same_as")


def test_what_may_no_longer_be_offered_is_not_named_either(visitor: Client, district: Place) -> None:
    case = known_case(district)
    assert named_by(visitor, case, "one") == case
    assert named_by(visitor, case, "two", about="community:grid_team") is None
    known = queries.Case.objects.filter(id=case)
    known.update(sensitive=True)
    assert named_by(visitor, case, "three") is None
    known.update(sensitive=False, recused=[STATION])
    assert named_by(visitor, case, "four") is None
    guarded = next(m.code for m in district.policy.matters.values() if m.guards and not m.is_sensitive)
    known.update(recused=[], matter=guarded)
    assert named_by(visitor, case, "five") is None


def test_the_desk_reads_of_the_other_case_only_where_it_may_open_it(
    visitor: Client, district: Place, enter: Enter
) -> None:
    case = known_case(district)
    named_by(visitor, case, "one")
    fresh = str(newest().id)
    clerk = enter(STATION, "desk_clerk")
    assert district.state(case).number in text(clerk.get(f"/desk/case/{fresh}/"))
    state = msgspec.structs.replace(district.state(case), recused=(STATION,))
    queries.Case.objects.filter(id=case).update(recused=[STATION], state=rows.encode(state))
    page = text(clerk.get(f"/desk/case/{fresh}/"))
    assert district.state(case).number not in page
    assert "同一件事" not in page


def test_a_photo_alone_is_a_report(visitor: Client, district: Place) -> None:
    del district
    page = visitor.post(REPORT, {"key": "one", "detail": "", "where": "", "photos": picture()})
    assert page.status_code == 201, text(page)


# The receipt.


def test_its_slip_leads_to_the_follow_page_with_the_number_and_never_the_code(reader: Client, district: Place) -> None:
    del district
    page = reader.post(REPORT, {"key": "one", "detail": WORDS, "where": "甲社区"})
    receipt = page.context["receipt"]
    assert_sound(page)
    body = page.content.decode()
    assert "<svg" in body.partition('class="qr"')[2][:400]
    address = slip.follow_address(page.wsgi_request, receipt.number)
    assert address == f"http://testserver/follow/?number={receipt.number}"
    assert receipt.code not in address
    form = reader.get(f"/follow/?number={receipt.number}")
    assert_sound(form)
    assert f'value="{receipt.number}"' in form.content.decode()
    assert receipt.code not in form.content.decode()


def test_its_slip_is_copied_and_printed(browser: Browser, district: Place) -> None:
    del district
    with opened(browser, permissions=["clipboard-read", "clipboard-write"]) as page:
        page.goto(REPORT)
        page.locator("[name=detail]").fill(WORDS)
        page.wait_for_selector("[data-matter-hint] [data-choose-matter]")
        page.locator("main form > button").click()
        page.wait_for_selector(".slip")
        number, code = page.locator(".big-number").all_inner_texts()
        page.locator("[data-copy]").nth(1).click()
        page.wait_for_selector("[data-copy]:has-text('已复制')")
        assert page.evaluate("navigator.clipboard.readText()") == code
        assert page.locator("[data-print]").is_visible()
        assert looked_at(page, "receipt", "zh-hans", "light") == []
        page.emulate_media(media="print")
        page.set_viewport_size({"width": 794, "height": 1123})
        page.screenshot(path=str(SCREENSHOTS / "pages-zh-hans-light" / "receipt-printed.png"), full_page=True)
        assert page.locator(".qr svg").is_visible()
        assert not page.locator("[data-print]").is_visible()
        page.emulate_media(media="screen")
        page.goto(f"/follow/?number={number}")
        page.locator("[name=code]").fill(code)
        page.locator("main form button").click()
        page.wait_for_url("**/case/")


# A pin.


def test_it_says_in_which_community_a_pin_lies(visitor: Client, mapped: Place) -> None:
    del mapped
    point = directory.some_point(NEIGHBOUR, 1)
    assert point is not None
    answer = visitor.post(f"/map/{DISTRICT}/place/", {"lon": point[0], "lat": point[1]}).json()
    assert answer["inside"]
    assert answer["area"].startswith(NEIGHBOUR)
    assert answer["said"].startswith("标记所在：中山路街道 乙社区")
    assert answer["said"].endswith("（边界为虚构）")


ELSEWHERE = {("0", "0"): 200, ("29.6", "106.5"): 200, ("x", "1"): 422, ("nan", "1"): 422, ("", ""): 422}


@pytest.mark.parametrize("point", ELSEWHERE)
def test_it_says_what_to_do_with_a_pin_elsewhere(visitor: Client, mapped: Place, point: tuple[str, str]) -> None:
    del mapped
    answer = visitor.post(f"/map/{DISTRICT}/place/", {"lon": point[0], "lat": point[1]})
    assert answer.status_code == ELSEWHERE[point]
    assert not answer.json()["inside"]
    assert answer.json()["said"]


@pytest.mark.parametrize("size", SIZES)
def test_it_is_sent_within_few_acts_with_a_pin_and_me_too(browser: Browser, mapped: Place, size: str) -> None:
    case = known_case(mapped)
    point = directory.some_point(COMMUNITY, 3)
    assert point is not None
    position = {"longitude": point[0], "latitude": point[1]}
    with opened(browser, size, permissions=["geolocation"], geolocation=position) as page:
        page.goto(REPORT)
        page.locator("[name=detail]").fill(WORDS)
        page.wait_for_selector("[data-matter-hint] [data-choose-matter]")
        page.locator("[data-place-open]").click()
        page.wait_for_selector("[data-map=ready]")
        page.locator("[data-place-here]").click()
        page.wait_for_selector("[data-place-said]:has-text('甲社区')")
        assert page.locator("[name=lon]").input_value() == f"{point[0]:.6f}"
        page.wait_for_selector("[data-similar] .choice")
        page.locator("[data-similar] .choice").first.click()
        page.wait_for_selector("[data-map=ready]")
        assert looked_at(page, f"report-filled-{size}", "zh-hans", "light") == []
        page.locator("main form > button").click()
        page.wait_for_selector(".slip")
        sent = newest()
        assert sent.community_id == COMMUNITY
        assert opening_of(records(DISTRICT, str(sent.id))).suggestion["same_as"] == case


def test_a_report_takes_three_screens_one_field_and_two_clicks(browser: Browser, district: Place) -> None:
    del district
    with opened(browser) as page:
        screens = []
        page.on("domcontentloaded", lambda: screens.append(page.url))
        page.goto("/")
        page.locator(f"main a[href='{REPORT}']").click()
        page.locator("[name=detail]").fill(WORDS)
        page.wait_for_selector("[data-matter-hint] [data-choose-matter]")
        page.locator("main form > button").click()
        page.wait_for_selector(".slip")
        assert len(screens) == 3


def test_a_pin_is_set_and_taken_away_by_keyboard(browser: Browser, mapped: Place) -> None:
    del mapped
    with opened(browser) as page:
        page.goto(REPORT)
        page.locator("[data-place-open]").focus()
        page.keyboard.press("Enter")
        page.wait_for_selector("[data-map=ready]")
        page.locator("canvas").focus()
        page.keyboard.press("ArrowUp")
        page.keyboard.press("Enter")
        page.wait_for_selector("[data-place-said]:has-text('社区')")
        assert page.locator("[name=lat]").input_value() != ""
        page.locator("[data-place-clear]").focus()
        page.keyboard.press("Enter")
        assert page.locator("[name=lat]").input_value() == ""


def test_a_base_map_of_the_site_lies_under_the_outlines(browser: Browser, mapped: Place, settings: Any) -> None:
    del mapped
    settings.MAP_STYLE, settings.MAP_ORIGINS = "https://tiles.example/{z}/{x}/{y}.png", ("https://tiles.example",)
    tile = picture("tile.png").read()
    asked: list[str] = []

    def answer(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(body=tile, content_type="image/png", headers={"access-control-allow-origin": "*"})

    with opened(browser) as page:
        page.route("https://tiles.example/**", answer)
        page.goto(REPORT)
        page.locator("[data-place-open]").click()
        page.wait_for_selector("[data-map=ready]")
        page.locator(".map").screenshot(path=str(SCREENSHOTS / "map-with-base.png"))
    assert asked


def test_without_webgl_it_says_that_words_are_enough(browser: Browser, mapped: Place) -> None:
    del mapped
    with opened(browser) as page:
        page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")
        page.goto(REPORT)
        page.locator("[data-place-open]").click()
        page.wait_for_selector("[data-place-said]:has-text('显示不了地图')")


def test_without_an_answer_from_map_or_hints_it_is_sent_all_the_same(browser: Browser, mapped: Place) -> None:
    del mapped
    with opened(browser) as page:
        page.route("**/map/areas/**", lambda route: route.abort())
        page.route("**/hints/", lambda route: route.abort())
        page.goto(REPORT)
        page.locator("[data-place-open]").click()
        page.wait_for_selector("[data-place-said]:has-text('没有加载出来')")
        page.locator("[name=detail]").fill(WORDS)
        page.locator("main form > button").click()
        page.wait_for_selector(".slip")


def test_without_javascript_it_asks_for_the_place_in_words(browser: Browser, mapped: Place) -> None:
    del mapped
    with opened(browser, java_script_enabled=False) as page:
        page.goto(REPORT)
        assert not page.locator("[data-place]").is_visible()
        page.locator("[name=detail]").fill(WORDS)
        page.locator("[name=where]").fill("丙社区")
        page.locator("main form > button").click()
        page.wait_for_selector(".slip")
        assert newest().community_id == FAR
