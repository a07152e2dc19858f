"""What people are told: the list and the badge, alerts with their proof, and what they want outside the desk."""

from typing import Any

from django.utils import timezone
from playwright.sync_api import Browser, expect

from linli.ledger.relay import relay_batch
from linli.notices.models import Delivery
from linli.site.subscriptions import SUBSCRIPTIONS
from tests.journeys.browsing import serving
from tests.journeys.conftest import CENTRE, DISTRICT_CENTRE, PASSWORD, SANITATION, STATION, Enter, Hire
from tests.journeys.pages import assert_sound, text
from tests.rooms.conftest import Place

NOTICES, SETTINGS, ALERTS = "/desk/notices/", "/desk/notices/settings/", "/desk/alerts/"


def relayed() -> None:
    while relay_batch(SUBSCRIPTIONS, now=timezone.now()):
        pass


def test_a_clerk_reads_what_came_in_and_opening_the_case_is_enough(
    district: Place, enter: Enter, language: str
) -> None:
    clerk = enter(STATION, "desk_clerk", language=language)
    page = clerk.get(NOTICES)
    assert_sound(page)
    assert page.context["unread"] == 0

    first, second = district.report().case, district.report("路边的井盖不见了。").case
    relayed()
    page = clerk.get(NOTICES)
    assert_sound(page)
    assert [line.row.id for line in page.context["lines"]] == [second, first]
    assert clerk.get(f"{NOTICES}count.json").json() == {"unread": 2}

    assert clerk.get(f"/desk/case/{first}/").status_code == 200
    (left,) = clerk.get(NOTICES).context["lines"]
    assert left.row.id == second
    assert clerk.post(NOTICES, {"notice": left.notice.id}).status_code == 302
    assert clerk.get(NOTICES).context["unread"] == 0
    page = clerk.get(f"{NOTICES}?show=all")
    assert_sound(page)
    assert len(page.context["lines"]) == 2


def test_a_case_that_is_closed_to_the_reader_is_not_named(district: Place, enter: Enter) -> None:
    clerk = enter(STATION, "desk_clerk")
    case = district.report("摊贩占道经营，通道被堵。").case
    number = district.state(case).number
    relayed()
    assert number in text(clerk.get(NOTICES))
    district.act(case, "pass_on", complaint_targets=(STATION,))
    page = clerk.get(NOTICES)
    assert_sound(page)
    assert page.context["unread"] == 1
    assert number not in page.content.decode()


def test_a_duty_head_alerts_units_and_sees_who_has_read_it(district: Place, enter: Enter, language: str) -> None:
    del district
    head = enter(DISTRICT_CENTRE, "duty_head", language=language)
    chief = enter(CENTRE, "dispatcher", language=language)
    page = head.get(ALERTS)
    assert_sound(page)

    empty = head.post(ALERTS, {"unit": [CENTRE]})
    assert empty.status_code == 422
    assert_sound(empty)
    assert f'value="{CENTRE}" checked' in empty.content.decode()  # what was ticked stays

    sent = head.post(ALERTS, {"unit": [CENTRE, DISTRICT_CENTRE.replace("district_centre", "market_regulation")],
                              "words": "河水漫上堤路，立即封路。"})  # fmt: skip
    assert sent.status_code == 302
    proof = head.get(sent.url)
    assert_sound(proof)
    assert [one.proof.read for one in proof.context["reached"]] == [0, 0]

    (line,) = chief.get(NOTICES).context["lines"]
    assert line.words == "河水漫上堤路，立即封路。"
    assert_sound(chief.get(NOTICES))
    page = chief.get(sent.url)
    assert_sound(page)
    assert page.context["reached"] == ()  # whom else it reached is for whoever called
    assert chief.post(f"{sent.url}read/").status_code == 302
    read = {one.proof.unit: one.proof.read for one in head.get(sent.url).context["reached"]}
    assert read[CENTRE] == 1
    assert sent.url not in enter(SANITATION, "handler").get(NOTICES).content.decode()


def test_a_person_says_where_and_when_they_want_messages(enter: Enter, language: str, settings: Any) -> None:
    clerk = enter(STATION, "desk_clerk", language=language)
    page = clerk.get(SETTINGS)
    assert_sound(page)  # a site without any way out says so
    assert not page.context["channels"]

    settings.NOTICE_TRANSPORTS = {"email": "linli.notices.transports.mail.Mail"}
    assert_sound(clerk.get(SETTINGS))
    wrong = clerk.post(SETTINGS, {"email_to": "nobody", "email_least": "extended", "quiet_from": "22:00"})
    assert wrong.status_code == 422
    assert_sound(wrong)
    assert 'value="nobody"' in wrong.content.decode()
    assert set(wrong.context["form"].errors) == {"quiet_until"}
    nowhere = clerk.post(SETTINGS, {"email_least": "extended"})
    assert set(nowhere.context["form"].errors) == {"email_to"}

    wanted = {
        "email_to": "clerk@district.example",
        "email_least": "urgent",
        "quiet_from": "22:00",
        "quiet_until": "07:00",
    }
    assert clerk.post(SETTINGS, wanted).status_code == 302
    shown = clerk.get(SETTINGS)
    assert_sound(shown)
    assert 'value="clerk@district.example"' in shown.content.decode()
    assert 'value="22:00"' in shown.content.decode()
    assert "clerk@district.example" not in enter(CENTRE, "dispatcher").get(SETTINGS).content.decode()


def test_the_log_tells_what_became_of_a_message(district: Place, enter: Enter, settings: Any) -> None:
    settings.NOTICE_TRANSPORTS = {"email": "linli.notices.transports.mail.Mail"}
    clerk = enter(STATION, "desk_clerk")
    clerk.post(SETTINGS, {"email_to": "clerk@district.example", "email_least": "extended"})
    district.report()
    relayed()
    assert Delivery.objects.count() == 1
    Delivery.objects.update(state="failed", fault="SMTP 550 5.1.1")
    page = clerk.get(SETTINGS)
    assert_sound(page)
    assert "SMTP 550 5.1.1" in text(page)


def test_the_badge_shows_the_number_in_a_browser(browser: Browser, district: Place, hire: Hire) -> None:
    user = hire(STATION, "desk_clerk")
    district.report()
    relayed()
    with serving() as address:
        page = browser.new_page(base_url=address)
        page.goto("/account/login/")
        page.fill("[name=username]", user)
        page.fill("[name=password]", PASSWORD)
        page.press("[name=password]", "Enter")
        expect(page.locator("[data-unread]")).to_have_text("1")
        page.locator("[data-notices]").click()
        page.locator("[data-row-link]").first.click()
        expect(page.locator("[data-unread]")).to_be_hidden()
        page.close()
