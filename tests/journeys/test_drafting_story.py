"""A limit is changed in a real browser: one prepares it, another publishes, two residents see what holds."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page

from linli.accounts import actions as accounts
from linli.core.calendar import Limit
from linli.directory import actions as directory
from tests.journeys.browsing import DESKTOP, PHONE, serving, settled
from tests.journeys.conftest import DISTRICT_CENTRE, PASSWORD, Hire
from tests.journeys.test_accessibility import looked_at
from tests.rooms.conftest import Place

REFUSE = "CM-006"
SAYS = {
    "zh-hans": {
        "administration": "系统管理", "matters": "事项", "change": "修改该事项", "handle": "办理时限", "many": "数量",
        "keep": "保存到草案", "why": "原因", "propose": "申请发布", "publish": "发布", "draft": "草案",
        "reason": "清运力量调整，按 8 个工作小时承诺", "history": "发布记录", "back": "以此新建草案",
    },
    "en": {
        "administration": "Administration", "matters": "Matters", "change": "Change this matter", "handle": "To handle",
        "many": "How many", "keep": "Keep in the draft", "why": "Why", "propose": "Propose", "publish": "Publish",
        "draft": "Draft", "reason": "Fewer lorries; eight working hours can be kept", "history": "Publications",
        "back": "Make a draft from this",
    },
}  # fmt: skip
OLD, NEW = Limit.parse("4wh"), Limit.parse("8wh")

Opened = Callable[[], Page]


@pytest.fixture(params=[("zh-hans", PHONE), ("en", DESKTOP)], ids=["zh-phone", "en-desktop"])
def look(request: pytest.FixtureRequest) -> tuple[str, tuple[int, int]]:
    """Language and size of the window."""
    found: tuple[str, tuple[int, int]] = request.param
    return found


@pytest.fixture
def opened(browser: Browser, district: Place, look: tuple[str, tuple[int, int]]) -> Iterator[Opened]:
    """Opens a window with cookies of its own."""
    del district
    language, (width, height) = look
    contexts = []
    with serving() as address:

        def open_one() -> Page:
            context = browser.new_context(
                base_url=address,
                viewport={"width": width, "height": height},
                locale="zh-CN" if language == "zh-hans" else "en-GB",
            )
            context.set_default_timeout(20_000)
            contexts.append(context)
            return context.new_page()

        yield open_one
        for context in contexts:
            context.close()


def entered(page: Page, name: str) -> None:
    page.goto("/account/login/")
    page.locator("[name=username]").fill(name)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main button").last.click()


def followed(page: Page, place: Place, case: str) -> str:
    page.goto("/follow/")
    page.locator("[name=number]").fill(place.state(case).number)
    page.locator("[name=code]").fill(place.codes[case])
    page.locator("main button").click()
    return page.locator("main").text_content() or ""


def test_a_limit_is_changed_by_two_and_holds_for_what_comes(
    opened: Opened, district: Place, hire: Hire, look: tuple[str, tuple[int, int]]
) -> None:
    language = look[0]
    say, faults = SAYS[language], list[str]()
    under_way = district.report().case
    district.bring_to(under_way, "dispatched")
    first_name = hire(DISTRICT_CENTRE, "administrator", language=language)
    other = accounts.create_user("second", PASSWORD, "Second", language=language)
    directory.hold_posts([(str(other.id), f"{DISTRICT_CENTRE}.administrator")], since=district.now - timedelta(days=1))

    first = opened()
    entered(first, first_name)
    first.get_by_role("link", name=say["administration"], exact=True).click()
    first.locator("main").get_by_role("link", name=say["matters"], exact=True).first.click()
    first.locator("[name=words]").fill(REFUSE)
    first.locator("main .filters button").click()
    first.locator(f"a[href*='matter/{REFUSE}']").click()
    first.get_by_role("link", name=say["change"]).click()
    first.get_by_role("group", name=say["handle"]).get_by_label(say["many"]).fill("0")
    first.get_by_role("button", name=say["keep"]).click()
    settled(first)
    assert first.locator(".field.wrong").count() == 1
    faults += looked_at(first, "draft-refused", language, "light")
    first.get_by_role("group", name=say["handle"]).get_by_label(say["many"]).fill("8")
    first.get_by_role("button", name=say["keep"]).click()
    settled(first)
    seen = first.locator("main").inner_text()
    assert OLD.words(language) in seen
    assert NEW.words(language) in seen
    assert first.get_by_role("button", name=say["publish"], exact=True).count() == 0
    first.get_by_label(say["why"]).fill(say["reason"])
    faults += looked_at(first, "draft", language, "light")
    first.get_by_role("button", name=say["propose"], exact=True).click()
    settled(first)
    assert first.get_by_role("button", name=say["publish"], exact=True).count() == 0
    assert str(district.policy.matters[REFUSE].handle_limit) == "4wh", "nothing is in force yet"

    second = opened()
    entered(second, "second")
    second.get_by_role("link", name=say["administration"], exact=True).click()
    second.locator("main").get_by_role("link", name=say["draft"], exact=True).first.click()
    assert NEW.words(language) in second.locator("main").inner_text()
    assert second.get_by_label(say["why"]).input_value() == say["reason"]
    second.get_by_role("button", name=say["publish"], exact=True).click()
    settled(second)
    assert say["reason"] in second.locator("main").inner_text()
    faults += looked_at(second, "history", language, "light")
    assert str(district.policy.matters[REFUSE].handle_limit) == "8wh"

    fresh = district.report().case
    district.bring_to(fresh, "handling")
    district.act(under_way, "acknowledge")
    for case, limit in ((under_way, OLD), (fresh, NEW)):
        resident = opened()
        said = followed(resident, district, case)
        assert limit.words(language) in said, said
    assert faults == [], "\n".join(faults)

    second.get_by_role("button", name=say["back"]).click()
    settled(second)
    assert second.get_by_role("heading", level=2).first.inner_text().endswith(REFUSE)
