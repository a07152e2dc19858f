"""The working calendar on its page: corrected, looked at before, published; and what is refused."""

from datetime import timedelta

from django.utils import timezone

from linli.catalogue import queries_calendar as calendars
from tests.journeys.conftest import DISTRICT_CENTRE, Enter
from tests.journeys.pages import assert_sound, text
from tests.rooms.conftest import Place

CALENDAR = "/desk/admin/calendar/"


def test_an_administrator_sees_what_a_correction_does_and_publishes_it(
    district: Place, enter: Enter, language: str
) -> None:
    admin = enter(DISTRICT_CENTRE, "administrator", language=language)
    assert_sound(admin.get(CALENDAR))
    case = district.report("路灯坏了，晚上看不见。").case
    district.bring_to(case, "handling", "EE-009")
    clock = district.state(case).clock
    assert clock is not None
    day = district.policy.calendar.local(clock.due).date()
    given = {
        "first": day.isoformat(),
        "kind": "holiday",
        "name_zh": "防汛停工",
        "name_en": "Flood closure",
        "why": "1号",
    }

    page = admin.post(CALENDAR, given | {"do": "preview"})
    assert page.status_code == 200
    assert_sound(page)
    assert page.context["preview"].moved >= 1
    assert district.state(case).number in text(page)
    assert calendars.calendar_in_force().corrections == ()  # type: ignore[union-attr]

    assert admin.post(CALENDAR, given | {"do": "publish"}).status_code == 302
    page = admin.get(CALENDAR)
    assert_sound(page)
    assert ("防汛停工" if language == "zh-hans" else "Flood closure") in text(page)
    assert calendars.calendar_in_force().corrections[0].day == day  # type: ignore[union-attr]


def test_what_does_not_fit_is_said_at_its_field_and_kept(district: Place, enter: Enter) -> None:
    del district
    admin, today = enter(DISTRICT_CENTRE, "administrator"), timezone.localdate()
    wrong = {
        "first": today.isoformat(), "last": (today - timedelta(days=1)).isoformat(), "kind": "holiday",
        "name_zh": "停工", "complete": "2031", "do": "publish",
    }  # fmt: skip
    page = admin.post(CALENDAR, wrong)
    assert page.status_code == 422
    assert_sound(page)
    assert set(page.context["form"].errors) == {"last", "name_en", "complete", "why"}
    assert 'value="停工"' in page.content.decode()
    far = admin.post(CALENDAR, wrong | {"first": "9999-01-01", "last": ""})
    assert "first" in far.context["form"].errors
    assert calendars.calendar_in_force().corrections == ()  # type: ignore[union-attr]
