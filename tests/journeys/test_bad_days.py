"""Bad days in a real browser: a lost session, a dead network, a button pressed twice, two people on one case."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import msgspec
import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Browser, BrowserContext, Page, Route

from linli.cases import rows
from linli.cases.models import Case
from tests.journeys.browsing import DESKTOP, PHONE, serving
from tests.journeys.conftest import CENTRE, DISTRICT, PASSWORD, SANITATION, STATION, Hire
from tests.journeys.test_accessibility import looked_at
from tests.rooms.conftest import Place

REPORT = f"/report/{DISTRICT}/"
WORDS = "楼下的垃圾堆了好几天没有人清运，味道很大。"
TYPED = "写了很久的处置经过，不能丢。"
PROBE = "**/static/ui/linli.svg"

Open = Callable[..., Page]


@pytest.fixture
def opened(browser: Browser, district: Place) -> Iterator[Open]:
    """Opens a window of its own for each person; a fault in a script fails the test."""
    del district
    contexts: list[BrowserContext] = []
    faults: list[str] = []
    with serving() as address:

        def opening(size: tuple[int, int] = PHONE, **more: Any) -> Page:
            width, height = size
            context = browser.new_context(
                base_url=address, viewport={"width": width, "height": height}, locale="zh-CN", **more
            )
            context.set_default_timeout(20_000)
            contexts.append(context)
            page = context.new_page()
            page.on("pageerror", lambda error: faults.append(str(error)))
            return page

        yield opening
        for context in contexts:
            context.close()
    assert faults == []


def log_in(page: Page, username: str) -> None:
    page.locator("[name=username]").fill(username)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main button").last.click()
    page.wait_for_selector("[data-who]")


def entered(page: Page, username: str) -> Page:
    page.goto("/account/login/")
    log_in(page, username)
    return page


def lose_sessions() -> None:
    Session.objects.all().delete()


def send(page: Page) -> None:
    page.locator("#acts form button.btn-primary").click()


def drafts(page: Page) -> list[str]:
    """What the tab keeps of forms."""
    found: list[str] = page.evaluate("Object.values(sessionStorage).concat(Object.values(localStorage))")
    return [kept for kept in found if kept not in ("light", "dark")]


def until(page: Page, true: Callable[[], bool]) -> None:
    """Waits until something is so; the pages' policy lets Playwright evaluate no condition in them."""
    for _ in range(100):
        if true():
            return
        page.wait_for_timeout(50)
    raise AssertionError("it never became so")


def handled(district: Place) -> str:
    case = district.report().case
    district.bring_to(case, "handling")
    return case


# A lost session.


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_after_a_lost_session_the_words_of_an_act_are_there_again(
    opened: Open, district: Place, hire: Hire, size: tuple[int, int]
) -> None:
    case, handler = handled(district), hire(SANITATION, "handler")
    page = entered(opened(size), handler)
    page.goto(f"/desk/case/{case}/?act=report_back")
    page.locator("[name=result]").first.check()
    page.locator("[name=what_was_done]").fill(TYPED)
    lose_sessions()
    send(page)
    page.wait_for_selector("[name=username]")
    log_in(page, handler)
    page.wait_for_selector("#acts .alert-success:has-text('已恢复')")
    assert page.locator("[name=what_was_done]").input_value() == TYPED
    assert page.locator("[name=result]").first.is_checked()
    assert looked_at(page, f"desk-restored-{size[0]}", "zh-hans", "light") == []
    page.locator("[name=reporter_contacted]").first.check()
    send(page)
    page.wait_for_selector("main > .alert-success")
    assert district.state(case).step == "done"
    assert drafts(page) == [], "nothing stays behind"


def test_in_the_pane_beside_the_list_too(opened: Open, district: Place, hire: Hire) -> None:
    case, handler = handled(district), hire(SANITATION, "handler")
    page = entered(opened(DESKTOP), handler)
    page.locator("a[data-row-link]").first.click()
    page.locator("#pane a[href*='act=report_back']").click()
    page.locator("#pane [name=what_was_done]").fill(TYPED)
    lose_sessions()
    page.locator("#pane #acts form button.btn-primary").click()
    log_in(page, handler)
    page.wait_for_selector(".alert-success:has-text('已恢复')")
    assert page.locator("[name=what_was_done]").input_value() == TYPED
    assert district.state(case).step == "handling"


def test_after_a_lost_session_the_words_of_a_note_are_there_again_and_go_when_it_is_written(
    opened: Open, district: Place, hire: Hire
) -> None:
    case, handler = handled(district), hire(SANITATION, "handler")
    page = entered(opened(), handler)
    page.goto(f"/desk/case/{case}/")
    page.locator("#notes [name=words]").fill(TYPED)
    lose_sessions()
    page.locator("#notes form button").last.click()
    log_in(page, handler)
    page.wait_for_selector("#notes .alert-success:has-text('已恢复')")
    assert page.locator("#notes [name=words]").input_value() == TYPED
    page.locator("#notes form > button.btn").click()
    page.wait_for_selector(f"#notes .said:has-text('{TYPED}')")
    assert page.locator("#notes [name=words]").input_value() == ""
    assert drafts(page) == []


def test_what_was_typed_is_forgotten_at_logout_and_shown_to_nobody_else(
    opened: Open, district: Place, hire: Hire
) -> None:
    case, handler = handled(district), hire(SANITATION, "handler")
    colleague = hire(SANITATION, "head")
    form = f"/desk/case/{case}/?act=report_back"
    page = entered(opened(), handler)
    page.goto(form)
    page.locator("[name=what_was_done]").fill(TYPED)
    until(page, lambda: drafts(page) != [])
    page.locator("form[data-forgets] button").click()
    page.wait_for_url("**/")
    assert drafts(page) == []
    entered(page, handler).goto(form)
    page.locator("[name=what_was_done]").fill(TYPED)
    until(page, lambda: drafts(page) != [])
    lose_sessions()
    entered(page, colleague).goto(form)
    assert page.locator("[name=what_was_done]").input_value() == ""
    assert drafts(page) == []


def test_of_a_sensitive_case_nothing_stays_in_the_browser(opened: Open, district: Place, hire: Hire) -> None:
    case = handled(district)
    state = msgspec.structs.replace(district.state(case), sensitive=True)
    Case.objects.filter(id=case).update(sensitive=True, state=rows.encode(state))
    page = entered(opened(), hire(SANITATION, "handler"))
    page.goto(f"/desk/case/{case}/?act=report_back")
    page.locator("[name=what_was_done]").fill(TYPED)
    page.locator("#notes [name=words]").fill(TYPED)
    page.wait_for_timeout(600)
    assert drafts(page) == []


def test_a_report_keeps_neither_contact_nor_the_words_about_a_sensitive_matter(opened: Open, district: Place) -> None:
    page = opened()
    page.goto(REPORT)
    page.locator("form[data-hints] > details > summary").click()
    page.locator("[name=contact]").fill("13812345678")
    page.locator("[name=detail]").fill(WORDS)
    until(page, lambda: drafts(page) != [])
    assert WORDS in "".join(drafts(page))
    assert "13812345678" not in "".join(drafts(page))
    sensitive = next(m.code for m in district.policy.matters.values() if m.is_sensitive)
    page.locator("[name=matter]").select_option(sensitive)
    until(page, lambda: drafts(page) == [])


# No network.


def test_without_a_network_a_report_stays_as_it_is_and_is_sent_when_it_is_back(opened: Open) -> None:
    page = opened()
    page.goto(REPORT)
    page.locator("[name=detail]").fill(WORDS)
    page.context.set_offline(True)
    page.locator("main form > button").click()
    note = page.locator("[data-offline-note]")
    note.wait_for()
    assert "没有网络" in note.inner_text()
    assert page.locator("[name=detail]").input_value() == WORDS
    assert looked_at(page, "report-offline", "zh-hans", "light") == []
    page.context.set_offline(False)
    page.wait_for_selector("[data-offline-note]:has-text('网络已恢复')")
    page.locator("main form > button").click()
    page.wait_for_selector(".slip")
    assert Case.objects.count() == 1


def test_a_network_that_is_there_but_leads_nowhere_is_noticed_too(opened: Open, district: Place, hire: Hire) -> None:
    case = handled(district)
    page = entered(opened(), hire(SANITATION, "handler"))
    page.goto(f"/desk/case/{case}/?act=report_back")
    page.locator("[name=what_was_done]").fill(TYPED)
    page.route(PROBE, lambda route: route.abort() if route.request.method == "HEAD" else route.continue_())
    send(page)
    page.wait_for_selector("#acts [data-offline-note]")
    assert page.locator("[name=what_was_done]").input_value() == TYPED
    assert district.state(case).step == "handling"


def test_an_answer_that_never_arrives_leaves_one_case_and_the_form_as_it_was(opened: Open) -> None:
    page = opened()
    page.goto(REPORT)
    page.locator("[name=detail]").fill(WORDS)

    def taken_but_lost(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route(f"**{REPORT}", lambda r: taken_but_lost(r) if r.request.method == "POST" else r.continue_())
    with suppress(Exception):
        page.locator("main form > button").click()
    page.wait_for_timeout(1500)
    assert Case.objects.count() == 1, "the site has it"
    page.unroute_all()
    page.goto("/")
    page.goto(REPORT)
    assert page.locator("[name=detail]").input_value() == WORDS
    page.locator("main form > button").click()
    page.wait_for_selector(".slip")
    assert Case.objects.count() == 1, "sent again it is the same case"


# Twice.


def test_a_button_pressed_twice_makes_one_case(opened: Open) -> None:
    page = opened()
    page.goto(REPORT)
    page.locator("[name=detail]").fill(WORDS)
    page.locator("main form > button").dblclick()
    page.wait_for_selector(".slip")
    assert Case.objects.count() == 1


def test_without_javascript_it_is_one_case_all_the_same_also_after_going_back(opened: Open) -> None:
    page = opened(java_script_enabled=False)
    page.goto(REPORT)
    page.locator("[name=detail]").fill(WORDS)
    page.locator("main form > button").dblclick()
    page.wait_for_selector(".slip")
    number = page.locator(".big-number").first.inner_text()
    page.go_back()
    page.locator("[name=detail]").fill(WORDS)
    page.locator("main form > button").click()
    page.wait_for_selector(".slip")
    assert page.locator(".big-number").first.inner_text() == number
    assert Case.objects.count() == 1


def test_two_tabs_of_one_filled_form_make_one_case(opened: Open) -> None:
    page = opened()
    page.goto(REPORT)
    page.locator("[name=detail]").fill(WORDS)
    until(page, lambda: drafts(page) != [])
    with page.expect_popup() as popped:
        page.evaluate("window.open(location.href)")  # the browser gives the new tab what this one kept
    other = popped.value
    other.wait_for_selector(".alert-success:has-text('已恢复')")
    numbers = []
    for each in (page, other):
        each.locator("main form > button").click()
        each.wait_for_selector(".slip")
        numbers.append(each.locator(".big-number").first.inner_text())
    assert numbers[0] == numbers[1]
    assert Case.objects.count() == 1


# Two people on one case.


def test_two_people_on_one_case_get_a_conflict_with_the_state_and_their_own_words(
    opened: Open, district: Place, hire: Hire
) -> None:
    case = district.report().case
    page = entered(opened(), hire(STATION, "desk_clerk"))
    page.goto(f"/desk/case/{case}/?act=decline")
    for choice in page.locator("#acts select").all():
        choice.select_option(index=1)
    for area in page.locator("#acts textarea").all():
        area.fill(TYPED)
    district.accept(case)
    send(page)
    page.wait_for_selector(".case-head [role=alert]:has-text('您的操作没有生效')")
    said = page.locator("main").inner_text()
    assert TYPED in said
    assert "受理立案" in said, "what the other did"
    assert district.state(case).version == 2, "one act took place"
    assert looked_at(page, "desk-conflict", "zh-hans", "light") == []


# Narrow and enlarged.


@pytest.mark.parametrize("width", [320, 720], ids=["320 px", "200 % of 1440"])
def test_every_main_page_reflows(opened: Open, district: Place, hire: Hire, width: int) -> None:
    """WCAG 1.4.10: at 320 CSS pixels, and at 720 (1440 enlarged to 200 %), nothing needs sideways scrolling."""
    case = handled(district)
    page = opened((width, 900))
    faults = [fault for path in ("/", REPORT, "/follow/", f"/team/{DISTRICT}/") for fault in sideways(page, path)]
    entered(page, hire(CENTRE, "duty_head", "dispatcher"))
    desk = ("/desk/", "/desk/?in=500118001", f"/desk/case/{case}/", f"/desk/case/{case}/?act=supervise", "/desk/board/",
            "/desk/leader/", "/desk/leader/cases/", "/desk/visits/", "/desk/search/?q=垃圾", f"/desk/bulk/?case={case}",
            "/desk/mentions/", "/desk/answers/", "/desk/admin/procedures/", "/components/")  # fmt: skip
    faults += [fault for path in desk for fault in sideways(page, path)]
    assert faults == []


def sideways(page: Page, path: str) -> list[str]:
    """What sticks out of the page at that address, if anything does."""
    page.goto(path)
    if not page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        return []
    out = page.evaluate(
        "[...document.querySelectorAll('main *, header *, footer *')]"
        ".filter(e => e.getBoundingClientRect().right > innerWidth + 1).slice(0, 3).map(e => e.outerHTML.slice(0, 90))"
    )
    return [f"{path}: {out}"]
