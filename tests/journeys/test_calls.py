"""Taking a call on one page: looked up with consent, typed while talking, read out at the end."""

import json

from django.http import HttpResponse
from django.test import Client

from linli.intake.models import Call
from tests.journeys.conftest import DISTRICT, SANITATION, STATION, Enter
from tests.journeys.pages import assert_sound, text
from tests.rooms.conftest import COMMUNITY, Place

NUMBER = "13812345678"


def begin(client: Client) -> str:
    address = client.post("/desk/calls/").headers["Location"]
    assert client.get(address).status_code == 200
    return str(address)


def ask(client: Client, address: str, do: str, **form: str) -> HttpResponse:
    return client.post(address, {"do": do, "key": "k1", **form})


def test_it_is_one_page_from_the_number_to_what_is_read_out(district: Place, enter: Enter, language: str) -> None:
    case = district.report("东门的路灯坏了。", contact="138-1234-5678").case
    client = enter(STATION, "desk_clerk", language=language)
    assert_sound(client.get("/desk/calls/"))
    address = begin(client)
    assert_sound(client.get(address))

    found = ask(client, address, "look", number=NUMBER, consent="1", detail="楼下的垃圾没人收")
    assert_sound(found)
    assert [row.id for row in found.context["asked"].rows] == [case]
    assert found.context["form"]["detail"].value() == "楼下的垃圾没人收", "what was typed meanwhile stays"
    assert found.context["form"]["contact"].value() in (None, ""), "the number is no contact unless the caller says so"

    near = ask(client, address, "similar", detail="楼下的垃圾没人收", where="甲社区", number=NUMBER, consent="1")
    assert near.status_code == 200
    assert_sound(near)

    done = ask(client, address, "send", detail="楼下的垃圾没人收", where="甲社区", number=NUMBER, keep="1")
    assert done.status_code == 201
    assert_sound(done)
    receipt = done.context["receipt"]
    assert receipt.number in text(done)
    assert receipt.code in text(done)
    assert district.state(receipt.case).channel == "hotline"
    assert district.state(receipt.case).place.area == COMMUNITY

    again = begin(client)
    known = ask(client, again, "look", number=NUMBER, consent="1").context["asked"].rows
    assert {row.id for row in known} == {case, receipt.case}, "kept because the caller wished it"


def test_it_keeps_no_number_that_the_caller_did_not_leave(district: Place, enter: Enter) -> None:
    client = enter(STATION, "desk_clerk")
    address = begin(client)
    ask(client, address, "look", number=NUMBER, consent="1")
    assert ask(client, address, "send", detail="路灯坏了", number=NUMBER, consent="1").status_code == 201

    assert ask(client, begin(client), "look", number=NUMBER, consent="1").context["asked"].rows == []
    assert NUMBER not in json.dumps(list(Call.objects.values()), default=str)
    assert NUMBER not in json.dumps(dict(client.session), default=str)


def test_it_looks_nothing_up_without_consent(district: Place, enter: Enter, language: str) -> None:
    district.report("东门的路灯坏了。", contact=NUMBER)
    client = enter(STATION, "desk_clerk", language=language)
    page = ask(client, begin(client), "look", number=NUMBER)

    assert page.status_code == 422
    assert_sound(page)
    assert page.context["asked"].rows is None
    assert "东门" not in text(page)


def test_the_reporter_reads_who_looked(district: Place, enter: Enter, visitor: Client) -> None:
    receipt = district.report("东门的路灯坏了。", contact=NUMBER)
    ask(client := enter(STATION, "desk_clerk"), begin(client), "look", number=NUMBER, consent="1")

    visitor.post("/follow/", {"number": receipt.number, "code": receipt.code})
    page = visitor.get("/case/")

    assert_sound(page)
    assert "按来电号码找到" in text(page)
    assert "受理员" in text(page)


def test_it_says_what_is_missing_and_keeps_what_was_typed(district: Place, enter: Enter, language: str) -> None:
    client = enter(STATION, "desk_clerk", language=language)
    page = ask(client, begin(client), "send", place="东门", number=NUMBER)

    assert page.status_code == 422
    assert_sound(page)
    assert page.context["form"]["place"].value() == "东门"
    assert page.context["asked"].number == NUMBER


def test_it_shows_the_same_receipt_when_sent_twice_and_takes_no_second_report(district: Place, enter: Enter) -> None:
    client = enter(STATION, "desk_clerk")
    address = begin(client)
    first, second = (ask(client, address, "send", detail="路灯坏了") for _ in range(2))
    assert first.context["receipt"] == second.context["receipt"]

    assert ask(client, address, "send", detail="另一件事").status_code == 422
    assert client.get(address).headers["Location"] == "/desk/calls/"


def test_it_ends_without_a_report(district: Place, enter: Enter) -> None:
    client = enter(STATION, "desk_clerk")
    address = begin(client)

    assert_sound(client.post(f"{address}end/", follow=True))
    assert ask(client, address, "send", detail="路灯坏了").status_code == 422


def test_it_is_for_those_who_take_reports_in_and_each_call_for_who_took_it(district: Place, enter: Enter) -> None:
    clerk, handler = enter(STATION, "desk_clerk"), enter(SANITATION, "handler")
    address = begin(clerk)

    assert handler.get("/desk/calls/").status_code == handler.post("/desk/calls/").status_code == 404
    assert handler.get(address).status_code == 404
    assert "/desk/calls/" in clerk.get("/desk/").content.decode()
    assert "/desk/calls/" not in handler.get("/desk/").content.decode()
    assert DISTRICT
