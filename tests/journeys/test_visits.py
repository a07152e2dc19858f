"""Field visits in the browser's terms: written down by a leader, followed up by a unit, seen on the leader's desk."""

from datetime import timedelta

from django.test import Client

from linli.supervision import queries
from tests.journeys.conftest import CENTRE, DISTRICT_CENTRE, SANITATION, STATION, Enter
from tests.journeys.pages import assert_sound, text
from tests.rooms.conftest import COMMUNITY, OTHER_TOWN, TOWN, Place


def today(district: Place, days: int = 0) -> str:
    return (district.policy.calendar.local(district.now).date() + timedelta(days=days)).isoformat()


def written(district: Place, client: Client) -> str:
    answer = client.post(
        f"/desk/visits/new/?area={COMMUNITY}",
        {"visited_on": today(district, -1), "units": [SANITATION], "findings": "垃圾房已满，电话13812345678。"},
    )
    assert answer.status_code == 302, answer.content.decode()
    return str(answer.headers["Location"])


def test_a_leader_writes_and_a_unit_follows_up(district: Place, enter: Enter, language: str) -> None:
    leader = enter(DISTRICT_CENTRE, "supervisor", language=language)
    handler = enter(SANITATION, "handler", language=language)
    for address in ("/desk/visits/", "/desk/visits/new/", f"/desk/visits/new/?area={COMMUNITY}"):
        page = leader.get(address)
        assert page.status_code == 200
        assert_sound(page)

    visit = written(district, leader)
    assert handler.get(visit).status_code == 404
    set_ = leader.post(visit, {"words": "每天清运两次。", "unit": SANITATION, "due_on": today(district, 2)})
    assert set_.status_code == 302

    for client in (leader, handler):
        page = client.get(visit)
        assert_sound(page)
        assert "垃圾房已满" in text(page)
        assert "13812345678" not in text(page)
        assert_sound(client.get("/desk/visits/"))
    desk = leader.get("/desk/leader/")
    assert_sound(desk)
    assert "每天清运两次。" in text(desk)
    [task] = desk.context["tasks"]
    assert handler.post(visit, {"words": "x", "unit": SANITATION, "due_on": today(district)}).status_code == 404
    assert handler.post(f"{visit}{task.id}/done/").status_code == 302
    assert leader.get("/desk/leader/").context["tasks"] == []
    assert_sound(leader.get(visit))


def test_it_refuses_what_does_not_fit_and_keeps_what_was_typed(district: Place, enter: Enter, language: str) -> None:
    leader = enter(CENTRE, "duty_head", language=language)
    wrong = {"visited_on": today(district, 3), "units": ["nonsense"], "findings": "垃圾房已满"}
    page = leader.post(f"/desk/visits/new/?area={COMMUNITY}", wrong)
    assert page.status_code == 422
    assert_sound(page)
    assert set(page.context["form"].errors) == {"visited_on", "units"}
    assert "垃圾房已满" in page.content.decode()
    visit = written(district, leader)
    for days, unit in ((-2, SANITATION), (1, "nonsense"), (1, "")):
        page = leader.post(visit, {"words": "清运", "unit": unit, "due_on": today(district, days)})
        assert page.status_code == 422
        assert_sound(page)
    assert leader.post(visit, {}).status_code == 422
    assert len(queries.follow_ups("500118", visit.rstrip("/").rpartition("/")[2])) == 0


def test_only_who_supervises_the_place_gets_there(district: Place, enter: Enter) -> None:
    visit = written(district, enter(CENTRE, "duty_head"))
    other = enter(f"{OTHER_TOWN}.command_centre", "duty_head")
    assert other.get(visit).status_code == 404
    assert "form" not in other.get("/desk/visits/new/", {"area": TOWN}).context, "asks for a place of their own"
    clerk = enter(STATION, "desk_clerk")
    assert clerk.get("/desk/visits/new/").status_code == 404
    assert clerk.get("/desk/visits/").context["visits"] == []
    assert clerk.get(visit).status_code == 404
