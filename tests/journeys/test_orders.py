"""Supervision orders in the browser's terms: issued from a case, answered by the unit, judged by who asked."""

from datetime import timedelta
from typing import Any

from django.test import Client
from playwright.sync_api import Page
from uuid_utils.compat import uuid7

from linli.supervision import queries
from tests.journeys.conftest import CENTRE, DISTRICT_CENTRE, PASSWORD, SANITATION, STATION, Enter, Hire
from tests.journeys.pages import assert_sound, text
from tests.rooms.conftest import DISTRICT, OTHER_TOWN, Place

NEW = "/desk/supervision/orders/new/"


def day(district: Place, days: int) -> str:
    return (district.policy.calendar.local(district.now).date() + timedelta(days=days)).isoformat()


def form(district: Place, **changes: Any) -> dict[str, Any]:
    return {
        "key": str(uuid7()), "issuer": CENTRE, "unit": SANITATION, "ground": "silent",
        "words": "请说明进展，电话13812345678。", "due_on": day(district, 7),
    } | changes  # fmt: skip


def asked(district: Place, client: Client, case: str = "", **changes: Any) -> str:
    answer = client.post(f"{NEW}?case={case}" if case else NEW, form(district, **changes))
    assert answer.status_code == 302, text(answer)
    return str(answer.headers["Location"])


def test_an_order_goes_from_the_case_to_the_unit_and_back(district: Place, enter: Enter, language: str) -> None:
    case = district.report().case
    district.bring_to(case, "handling")
    head = enter(CENTRE, "duty_head", language=language)
    handler = enter(SANITATION, "handler", language=language)
    assert f"{NEW}?case={case}" in head.get(f"/desk/case/{case}/").content.decode()
    page = head.get(f"{NEW}?case={case}&ground=silent")
    assert_sound(page)
    assert (page.context["form"]["unit"].value(), page.context["form"]["ground"].value()) == (SANITATION, "silent")

    order = asked(district, head, case)

    for client in (head, handler):
        for address in (order, f"/desk/case/{case}/", "/desk/supervision/orders/"):
            page = client.get(address)
            assert page.status_code == 200
            assert_sound(page)
            assert order in page.content.decode() or address == order
        assert "请说明进展" in text(client.get(order))
        assert "13812345678" not in text(client.get(order))
    assert handler.get("/desk/").context["orders_waiting"] == 1
    assert_sound(handler.get("/desk/"))
    assert [offer.act for offer in handler.get(order).context["offers"]] == ["answer"]
    assert [offer.act for offer in head.get(order).context["offers"]] == ["withdraw"]

    assert handler.post(order, {"do": "answer", "expected": 1, "words": "后天办结。"}).status_code == 302
    assert handler.get("/desk/").context["orders_waiting"] == 0
    sent_back = {"do": "send_back", "expected": 2, "words": "请写明措施。", "due_on": day(district, 9)}
    assert head.post(order, sent_back).status_code == 302
    assert handler.post(order, {"do": "answer", "expected": 3, "words": "已约施工队。"}).status_code == 302
    assert head.post(order, {"do": "accept", "expected": 4}).status_code == 302
    page = head.get(order)
    assert_sound(page)
    assert page.context["offers"] == []
    for words in ("后天办结。", "请写明措施。", "已约施工队。"):
        assert words in text(page)
    assert order in head.get("/desk/supervision/orders/?which=ended").content.decode()


def test_it_refuses_what_does_not_fit_and_keeps_what_was_typed(district: Place, enter: Enter, language: str) -> None:
    head = enter(CENTRE, "duty_head", language=language)
    for changes, wrong in (
        ({"unit": DISTRICT_CENTRE}, {"unit"}),
        ({"ground": "nonsense"}, {"ground"}),
        ({"due_on": day(district, -2)}, {"due_on"}),
        ({"issuer": DISTRICT_CENTRE}, {"issuer"}),
    ):
        page = head.post(NEW, form(district, **changes))
        assert (page.status_code, set(page.context["form"].errors)) == (422, wrong)
        assert_sound(page)
        assert "请说明进展" in page.content.decode()
    case = district.report().case
    district.bring_to(case, "handling")
    asked(district, head, case)
    page = head.post(f"{NEW}?case={case}", form(district))
    assert page.status_code == 422
    assert_sound(page)
    [said] = page.context["form"].non_field_errors()
    assert said
    order = asked(district, head)
    page = head.post(order, {"do": "withdraw", "expected": 1, "words": ""})
    assert page.status_code == 422
    assert_sound(page)
    assert head.post(order, {"do": "nonsense"}).status_code == 404


def test_who_comes_second_is_told_and_keeps_the_words(district: Place, enter: Enter, language: str) -> None:
    head = enter(CENTRE, "duty_head", language=language)
    handler = enter(SANITATION, "handler", language=language)
    order = asked(district, head)
    assert head.post(order, {"do": "withdraw", "expected": 1, "words": "已另行安排。"}).status_code == 302
    page = handler.post(order, {"do": "answer", "expected": 1, "words": "我写了很久的答复。"})
    assert page.status_code == 409
    assert_sound(page)
    assert "我写了很久的答复。" in text(page)

    order = asked(district, head)
    assert handler.post(order, {"do": "answer", "expected": 1, "words": "已办。"}).status_code == 302
    page = head.post(order, {"do": "withdraw", "expected": 1, "words": "不用了。"})
    assert page.status_code == 409
    again = next(offer.form for offer in page.context["offers"] if offer.act == "withdraw")
    assert (again["expected"].value(), again["words"].value()) == ("2", "不用了。"), "the next try goes on from there"


def test_only_the_two_units_get_there_and_only_supervisors_issue(district: Place, enter: Enter) -> None:
    head = enter(CENTRE, "duty_head")
    order = asked(district, head)
    for unit, post in ((f"{OTHER_TOWN}.command_centre", "duty_head"), (STATION, "desk_clerk")):
        client = enter(unit, post)
        assert client.get(order).status_code == 404
        assert client.post(order, {"do": "answer", "expected": 1, "words": "x"}).status_code == 404
    clerk = enter(CENTRE, "dispatcher")
    assert clerk.get(NEW).status_code == 404
    assert clerk.get(order).context["offers"] == []
    case = district.report(area=f"{OTHER_TOWN}001").case
    assert head.get(f"{NEW}?case={case}").status_code == 404
    found = queries.order(district.person(CENTRE), DISTRICT, order.rstrip("/").rpartition("/")[2])
    assert found is not None
    assert found.version == 1


def test_it_fits_on_a_phone(page: Page, district: Place, hire: Hire, seen: tuple[str, str]) -> None:
    name = hire(CENTRE, "duty_head", language=seen[0])
    case = district.report().case
    district.bring_to(case, "handling")
    page.goto("/account/login/")
    page.fill("#id_username", name)
    page.fill("#id_password", PASSWORD)
    page.click("main button")
    page.wait_for_url("**/desk/")
    page.goto(f"{NEW}?case={case}&ground=silent")
    page.fill("#order-words", "请说明进展。")
    page.click("form button.btn-primary")
    page.wait_for_url("**/orders/0*/")
    for address in (page.url, "/desk/supervision/orders/", f"/desk/case/{case}/"):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), address
