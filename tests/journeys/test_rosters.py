"""Duty rosters: a week is filled, copied and checked; nobody's name leaves the administration."""

from datetime import datetime, timedelta

from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page

from linli.accounts.models import User
from linli.directory import actions as directory_actions
from linli.directory import queries as directory
from linli.directory.actions import DutyFacts
from linli.directory.models import Unit
from tests.journeys.conftest import CENTRE, DISTRICT, DISTRICT_CENTRE, PASSWORD, SANITATION, Enter, Hire
from tests.journeys.pages import assert_sound, text
from tests.journeys.test_accessibility import looked_at
from tests.journeys.test_keeping import administrator, log_in
from tests.rooms.conftest import TOWN

ROSTER = f"/desk/admin/units/{SANITATION}/roster/"
HANDLER = f"{SANITATION}.handler"


def monday() -> datetime:
    """The beginning of next week."""
    today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    return today + timedelta(days=7 - today.weekday())


def week(after: int = 0) -> str:
    return f"{ROSTER}?week={(monday() + timedelta(days=7 * after)).date().isoformat()}"


def days(*numbers: int) -> list[str]:
    return [(monday() + timedelta(days=number)).date().isoformat() for number in numbers]


def set_hours(client: Client, hours: str) -> None:
    del client
    Unit.objects.filter(id=SANITATION).update(hours=hours)


def test_a_week_is_filled_copied_and_checked(enter: Enter, hire: Hire, language: str) -> None:
    person = User.objects.get(username=hire(SANITATION, "handler")).id
    client = administrator(enter, language)
    set_hours(client, "24小时")
    empty = client.get(week())
    assert_sound(empty)
    assert [len(day.gaps) for day in empty.context["days"]] == [1] * 7
    shift = {"days": days(*range(7)), "shift": "日班", "begins": "08:00", "ends": "20:00", "who": f"person:{person}"}
    assert client.post(week(), shift).status_code == 302
    night = shift | {
        "shift": "夜班",
        "begins": "20:00",
        "ends": "08:00",
        "who": f"post:{SANITATION}.head",
        "deputy": f"person:{person}",
    }
    assert client.post(week(), night).status_code == 302
    full = client.get(week())
    assert_sound(full)
    assert [day.gaps for day in full.context["days"]] == [("00:00-08:00",), *[()] * 6], "before Monday's first shift"
    assert client.post(f"{ROSTER}copy/", {"week": days(7)[0]}).status_code == 302
    copied = client.get(week(1))
    assert [len(day.duties) for day in copied.context["days"]] == [2] * 7
    assert [day.gaps for day in copied.context["days"]] == [()] * 7
    duty = copied.context["days"][0].duties[0].duty.id
    assert client.post(f"{ROSTER}{duty}/remove/", {"week": days(7)[0]}).status_code == 302
    assert len(client.get(week(1)).context["days"][0].duties) == 1
    assert client.post(f"{ROSTER}{duty}/remove/", {"week": days(7)[0]}).status_code == 302, "said as a message"


def test_a_bad_shift_is_said_beside_its_field_and_kept(enter: Enter, language: str) -> None:
    client = administrator(enter, language)
    answer = client.post(week(), {"days": days(0), "shift": "日班甲", "begins": "x", "ends": "20:00", "who": ""})
    assert_sound(answer)
    assert answer.status_code == 422
    assert {"begins", "who"} <= set(answer.context["form"].errors)
    assert "日班甲" in answer.content.decode()
    for odd in ("9999-12-31", "0001-01-01", "x"):
        assert client.get(f"{ROSTER}?week={odd}").status_code == 200
    set_hours(client, "随时")
    assert_sound(client.get(week()))
    assert not client.get(week()).context["readable"]


def test_one_person_in_two_places_is_marked_with_the_other_unit(enter: Enter, hire: Hire, language: str) -> None:
    username = hire(SANITATION, "handler")
    person = str(User.objects.get(username=username).id)
    post = f"{CENTRE}.dispatcher"
    directory_actions.hold_posts([(person, post)], since=timezone.now() - timedelta(days=1))
    client = administrator(enter, language)
    shift = {"days": days(2), "begins": "08:00", "ends": "20:00", "who": f"person:{person}"}
    assert client.post(week(), shift).status_code == 302
    there = week().replace(SANITATION, CENTRE)
    assert client.post(there, shift | {"begins": "19:00", "ends": "22:00"}).status_code == 302
    (row,) = client.get(week()).context["days"][2].duties
    assert row.twice
    assert row.twice in text(client.get(week()))


def test_who_is_on_duty_is_on_the_units_page_and_never_on_a_residents(
    enter: Enter, hire: Hire, visitor: Client, language: str
) -> None:
    username = hire(SANITATION, "handler")
    User.objects.filter(username=username).update(display_name="值守甲")
    person = str(User.objects.get(username=username).id)
    client = administrator(enter, language)
    now = timezone.now()
    boss = directory.actor(str(User.objects.get(username=f"{DISTRICT_CENTRE}.administrator").id), now)
    from linli.ledger.recording import By

    duty = DutyFacts("日班", now - timedelta(hours=1), now + timedelta(hours=1), person=person)
    directory_actions.add_duties(By(boss, DISTRICT, "", "", now), SANITATION, [duty])
    assert "值守甲" in text(client.get(f"/desk/admin/units/{SANITATION}/"))
    team = visitor.get(f"/team/{DISTRICT}/{TOWN}/")
    assert team.status_code == 200
    assert "值守甲" not in team.content.decode()
    assert SANITATION not in team.content.decode()


def test_its_page_is_fit_for_everybody(page: Page, hire: Hire, seen: tuple[str, str]) -> None:
    person = User.objects.get(username=hire(SANITATION, "handler")).id
    username = hire(DISTRICT_CENTRE, "administrator", language=seen[0])
    set_hours(Client(), "工作日 08:30-17:30")
    log_in(page, username, PASSWORD)
    page.goto(week())
    page.locator("[name=days]").first.check()
    page.locator("[name=begins]").fill("08:30")
    page.locator("[name=ends]").fill("12:00")
    page.locator("[name=who]").select_option(f"person:{person}")
    page.locator("main form button.btn-primary").last.click()
    page.wait_for_load_state()
    assert looked_at(page, "roster", *seen) == []
