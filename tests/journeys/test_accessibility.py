"""Every page in a real browser: nothing runs out of it sideways on a phone, targets are large, axe finds nothing."""

from datetime import timedelta
from typing import Any

from django.utils import timezone
from playwright.sync_api import Page

from linli.notices.actions import send_alert
from linli.supervision import actions as supervision
from linli.supervision.actions import Writing
from tests.journeys.browsing import AXE, SCREENSHOTS, settled
from tests.journeys.conftest import CENTRE, DISTRICT, DISTRICT_CENTRE, PASSWORD, SANITATION, STATION, Hire
from tests.journeys.test_state import poison
from tests.rooms.conftest import COMMUNITY, Place

SMALL_TARGETS = """() => [...document.querySelectorAll('button, .btn, input, select, textarea, summary, .pick label')]
  .filter(e => e.offsetParent !== null && !e.matches('label input'))
  .map(e => [e.outerHTML.slice(0, 80), Math.round(e.getBoundingClientRect().height)])
  .filter(([, height]) => height < 44)"""
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def looked_at(page: Page, name: str, language: str, scheme: str) -> list[str]:
    """What is wrong with the page as it is; a picture of it is kept."""
    settled(page)
    folder = SCREENSHOTS / f"pages-{language}-{scheme}"
    folder.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=str(folder / f"{name}.png"), full_page=True)
    faults = [f"{name}: too small: {found}" for found in page.evaluate(SMALL_TARGETS)]
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        faults.append(f"{name}: wider than the screen")
    page.evaluate(AXE.read_text("utf-8"))
    found: dict[str, Any] = page.evaluate("rules => axe.run({runOnly: rules})", RULES)
    for violation in found["violations"]:
        nodes = "; ".join(node["html"][:120] + " " + node["failureSummary"][:200] for node in violation["nodes"][:3])
        faults.append(f"{name}: {violation['id']} ({violation['impact']}): {nodes}")
    return faults


def test_its_pages_are_fit_for_everybody(page: Page, district: Place, hire: Hire, seen: tuple[str, str]) -> None:
    language, scheme = seen
    receipt = district.report("楼下的垃圾堆了三天。", place="东门", contact="13812345678", complaint_targets=())
    case = district.report("东门的路灯坏了。", origin="demo").case
    district.bring_to(case, "handling")
    alert = send_alert(
        district.person(CENTRE), DISTRICT, [SANITATION, STATION], "河水漫上堤路，立即封路。",
        now=district.now, policy=district.policy, tz=district.policy.calendar.tz,
    )  # fmt: skip
    district.now -= timedelta(days=30)
    district.report("三十天前的事。")
    head = Writing(district.person(CENTRE), DISTRICT, district.policy, district.now)
    visit = supervision.note_visit(
        head, area=COMMUNITY, visited_on=district.now.date(), units=(SANITATION,), findings="垃圾房已满。"
    )
    for days in (-1, 40):
        due_on = district.now.date() + timedelta(days=days)
        supervision.add_follow_up(head, visit, unit=SANITATION, words="每天清运两次。", due_on=due_on)
    poison(district.report("路边的井盖不见了。").case)
    while district.sweep(timezone.now()):
        pass
    faults: list[str] = []

    def look(name: str) -> None:
        faults.extend(looked_at(page, name, language, scheme))

    plain = {
        "home": "/",
        "report": f"/report/{DISTRICT}/",
        "follow": "/follow/",
        "missing": "/nothing/",
        "components": "/components/",
    }
    for name, path in (plain | {"login": "/account/login/"}).items():
        page.goto(path)
        look(name)
    page.goto(f"/report/{DISTRICT}/")
    page.locator("[name=where]").fill("甲社区或者丙社区")
    page.locator("main button").last.click()
    look("report-refused")
    page.goto("/follow/")
    page.locator("[name=number]").fill(receipt.number)
    page.locator("[name=code]").fill(receipt.code)
    page.locator("main button").click()
    page.locator("#act-escalate summary").click()
    look("my-case")

    for unit, posts, steps in (
        (DISTRICT_CENTRE, ("administrator",), (
            ("procedures", "/desk/admin/procedures/"), ("procedure", "/desk/admin/procedures/standard/3/"),
            ("catalogue", "/desk/admin/catalogue/?platform=SV"),
            ("units", "/desk/admin/units/"), ("unit", f"/desk/admin/units/{SANITATION}/"),
            ("unit-change", f"/desk/admin/units/{SANITATION}/change/"), ("unit-new", "/desk/admin/units/new/"),
            ("unit-close", f"/desk/admin/units/{SANITATION}/close/"),
            ("post", f"/desk/admin/posts/{SANITATION}.head/"),
            ("people", "/desk/admin/people/"), ("person-new", "/desk/admin/people/new/"),
            ("own-password", "/account/password/"),
            ("calendar", "/desk/admin/calendar/"), ("state", "/desk/admin/state/"),
            ("no-matter", "/desk/admin/catalogue/?words=nothing+so"),
            ("matter", "/desk/admin/catalogue/matter/PL-001/?town=500118001"),
            ("publications", "/desk/admin/catalogue/history/"), ("no-draft", "/desk/admin/catalogue/draft/"),
            ("matter-new", "/desk/admin/catalogue/draft/new/?platform=SV"),
            ("matter-change", "/desk/admin/catalogue/draft/matter/PL-001/"),
            ("town-lists", "/desk/admin/catalogue/lists/"),
            ("town-list", "/desk/admin/catalogue/lists/500118001/"))),
        (STATION, (), (("list", "/desk/"), ("accept", f"/desk/case/{receipt.case}/?act=accept"),
                       ("decline", f"/desk/case/{receipt.case}/?act=decline"), ("search", "/desk/search/?q=nothing"))),
        (SANITATION, (), (("handling", f"/desk/case/{case}/"), ("pause", f"/desk/case/{case}/?act=pause"),
                          ("add-part", f"/desk/case/{case}/?act=open_part"))),
        (CENTRE, (), (("area", "/desk/?in=500118001"), ("board", "/desk/board/"),
                      ("leader", "/desk/leader/"), ("leader-list", "/desk/leader/cases/"),
                      ("visits", "/desk/visits/"), ("visit", f"/desk/visits/{visit}/"),
                      ("visit-place", "/desk/visits/new/"), ("visit-new", "/desk/visits/new/?area=500118001001"),
                      ("notices", "/desk/notices/"), ("notices-all", "/desk/notices/?show=all"),
                      ("notices-settings", "/desk/notices/settings/"), ("alerts", "/desk/alerts/"),
                      ("alert", f"/desk/alerts/{alert}/"), ("orders", "/desk/supervision/orders/"),
                      ("stuck", "/desk/supervision/stuck/"), ("self-check", "/desk/leader/check/"),
                      ("bulk", f"/desk/bulk/?case={case}"), ("supervise", f"/desk/case/{case}/"),
                      ("park", f"/desk/case/{case}/?act=park"))),
    ):  # fmt: skip
        page.goto("/account/login/")
        page.locator("[name=username]").fill(hire(unit, *posts, language=language))
        page.locator("[name=password]").fill(PASSWORD)
        page.locator("main button").last.click()
        for name, path in steps:
            page.goto(path)
            look(f"desk-{name}")
    page.goto(f"/desk/case/{case}/?act=park")
    page.locator("#acts button").click()
    look("desk-refused")
    assert faults == [], "\n".join(faults)


def test_it_can_be_used_by_keyboard_alone(page: Page, district: Place) -> None:
    del district
    page.goto("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.goto(f"/report/{DISTRICT}/")
    page.locator("[name=detail]").focus()
    page.keyboard.type("路灯坏了")
    for _ in range(40):
        page.keyboard.press("Tab")
        focused = page.evaluate("document.activeElement.outerHTML.slice(0, 60)")
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none", focused
        if page.evaluate("document.activeElement.matches('main form > button')"):
            break
    page.keyboard.press("Enter")
    page.wait_for_selector(".slip")
