"""A command centre's shift: what is open, signed by one officer, taken over by another, read again afterwards."""

from django.test import Client

from tests.journeys.conftest import CENTRE, SANITATION, Enter
from tests.journeys.pages import assert_sound, text
from tests.rooms.conftest import COMMUNITY, Place

SHIFT = "/desk/shift/"


def does(client: Client, what: str, **more: str) -> int:
    shift = client.get(SHIFT).context["shift"]
    status = client.post(SHIFT, {"do": what, "shift": shift.id if shift else "", **more}).status_code
    assert_sound(client.get(SHIFT))
    return status


def test_two_officers_hand_over_in_two_acts_each(district: Place, enter: Enter, language: str) -> None:
    urgent = district.report("井盖不见了，有孩子差点掉下去。").case
    district.act(urgent, "accept", matter="CM-001", urgency="emergency", area=COMMUNITY)
    early, night = enter(CENTRE, "dispatcher", language=language), enter(CENTRE, "duty_head", language=language)
    assert early.get(SHIFT).context["report"] is None
    assert does(early, "begin") == 302
    assert does(night, "begin") == 409

    assert does(early, "hand_over", words="3 号井盖等配件。") == 302
    page = night.get(SHIFT)
    assert_sound(page)
    assert "3 号井盖等配件。" in text(page)
    assert does(early, "take_over") == 409
    assert does(night, "take_over") == 302

    [(past, _posts)] = early.get(SHIFT).context["past"]
    page = early.get(f"{SHIFT}{past.id}/")
    assert_sound(page)
    assert "3 号井盖等配件。" in text(page)
    report = page.context["report"]
    assert report.open == 1
    assert {part.key: part.number for part in report.parts}["hurried"] == 1
    assert [row.id for part in report.parts if part.key == "hurried" for row in part.rows] == [urgent]


def test_a_page_from_before_changes_nothing_and_keeps_what_was_typed(district: Place, enter: Enter) -> None:
    del district
    early, night = enter(CENTRE, "dispatcher"), enter(CENTRE, "duty_head")
    does(early, "begin")
    first = early.get(SHIFT).context["shift"].id
    does(early, "hand_over")
    does(night, "take_over")
    page = early.post(SHIFT, {"do": "hand_over", "shift": first, "words": "还有一件事"})
    assert page.status_code == 409
    assert "还有一件事" in page.content.decode()
    assert early.get(SHIFT).context["shift"].state == "running"


def test_what_is_too_long_is_refused_and_kept(district: Place, enter: Enter) -> None:
    del district
    client = enter(CENTRE, "dispatcher")
    does(client, "begin")
    assert does(client, "hand_over", words="长" * 5000) == 422
    assert client.get(SHIFT).context["shift"].state == "running"


def test_it_is_there_for_whoever_keeps_the_shift_only(district: Place, enter: Enter) -> None:
    del district
    handler = enter(SANITATION, "handler")
    assert handler.get(SHIFT).status_code == 404
    assert SHIFT not in handler.get("/desk/").content.decode()
    assert SHIFT in enter(CENTRE, "dispatcher").get("/desk/").content.decode()


def test_the_foot_of_the_page_names_the_readers_own_posts(district: Place, enter: Enter) -> None:
    del district
    client = enter(CENTRE, "dispatcher")
    does(client, "begin")
    assert client.get(SHIFT).context["posts"] == client.get("/desk/").context["posts"]
