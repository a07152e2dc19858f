"""Case after case at the work list: the words first, the form under the fingers, and the keys go on where one stood."""

from django.test import Client
from playwright.sync_api import expect

from tests.journeys.browsing import DESKTOP
from tests.journeys.conftest import CENTRE, STATION, Enter, Hire
from tests.journeys.test_bad_days import Open, entered, opened
from tests.rooms.conftest import Place

__all__ = ["opened"]

WORDS = ("楼下的垃圾堆了三天没有人清运。", "门口的路灯坏了一个星期不亮。", "楼道里堆满杂物，走不过去。")


def test_a_clerk_reads_accepts_and_goes_on_to_the_next_case_by_keys_alone(
    opened: Open, district: Place, hire: Hire
) -> None:
    first, second, third = (district.report(words).case for words in WORDS)
    page = entered(opened(DESKTOP), hire(STATION, "desk_clerk"))
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("o")
    pane = page.locator("#pane")
    expect(pane.locator(".case-report")).to_contain_text(WORDS[1])
    words, acts = pane.locator(".case-report").bounding_box(), pane.locator("#acts").bounding_box()
    assert words
    assert acts
    assert words["y"] < acts["y"], "what was written is read before anything is done about it"
    page.keyboard.press("a")
    expect(pane.locator(".act-form [name=matter]")).to_be_focused()
    pane.locator(".act-form button.btn-primary").press("Enter")
    expect(pane.locator(".alert-success")).to_be_visible()
    expect(page.locator(f"[data-case='{second}'][data-row]")).to_have_count(0)
    expect(page.locator(f"[data-case='{third}'] a[data-row-link]")).to_be_focused()
    assert [district.state(case).step for case in (first, second, third)] == ["reported", "registered", "reported"]


def test_what_is_wrong_with_a_form_in_the_pane_is_where_one_types_next(
    opened: Open, district: Place, hire: Hire
) -> None:
    district.report(WORDS[0])
    page = entered(opened(DESKTOP), hire(STATION, "desk_clerk"))
    page.keyboard.press("j")
    page.keyboard.press("o")
    page.locator("#pane a[href*='act=decline']").click()
    page.locator("#pane .act-form button.btn-primary").click()
    fault = page.locator("#pane .act-form .wrong").first
    expect(fault.locator("input, select, textarea").first).to_be_focused()


def test_whoever_checks_or_answers_reads_first_what_was_reported_back(district: Place, enter: Enter) -> None:
    case = district.report(WORDS[0]).case
    district.bring_to(case, "done")
    verifier, clerk = enter(CENTRE, "verifier"), enter(STATION, "desk_clerk")

    def before_the_acts(client: Client) -> str:
        page = client.get(f"/desk/case/{case}/").content.decode()
        return page.partition('class="case-report"')[2].partition('id="acts"')[0]

    assert "已清运。" in before_the_acts(verifier)
    district.act(case, "verify", finding="confirmed_on_site")
    assert "已清运。" in before_the_acts(clerk)
    district.act(case, "reply", decision="supported", reason="已清运完毕。", remedy="done")
    assert "已清运。" not in before_the_acts(clerk)


def test_a_printed_case_holds_no_form(opened: Open, district: Place, hire: Hire) -> None:
    case = district.report(WORDS[0]).case
    page = entered(opened(DESKTOP), hire(STATION, "desk_clerk"))
    page.goto(f"/desk/case/{case}/?act=accept")
    expect(page.locator(".act-form")).to_be_visible()
    page.emulate_media(media="print")
    expect(page.locator(".case-report")).to_be_visible()
    for form in page.locator("main form, main .act-form").all():
        expect(form).to_be_hidden()
