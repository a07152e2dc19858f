"""The state of the system for those who run it: what is behind, what failed, and trying it again."""

from datetime import timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from linli.cases import queries
from linli.notices.models import Delivery
from tests.journeys.conftest import DISTRICT_CENTRE, STATION, Enter
from tests.journeys.pages import assert_sound, text
from tests.journeys.test_notices import relayed
from tests.rooms.conftest import DISTRICT, Place

STATE = "/desk/admin/state/"


def poison(case: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE cases_case SET state = replace(state, %s, %s) WHERE id = %s",
            ['"procedure":"standard"', '"procedure":"poison"', case],
        )


def late(page: Any) -> list[bool]:
    return [pace.late for pace in page.context["paces"]]


def test_it_says_that_everything_keeps_up_or_what_is_behind(district: Place, enter: Enter, language: str) -> None:
    admin = enter(DISTRICT_CENTRE, "administrator", language=language)
    relayed()  # what setting the district up left
    page = admin.get(STATE)
    assert_sound(page)
    assert late(page) == [False, False, False]

    district.now = timezone.now() - timedelta(days=9)
    district.report()
    page = admin.get(STATE)
    assert_sound(page)
    assert late(page) == [True, True, False]  # nobody swept, nobody relayed
    while district.sweep(timezone.now()):  # every rung of the ladder that has come due meanwhile
        pass
    relayed()
    assert late(admin.get(STATE)) == [False, False, False]


def test_a_failed_act_of_the_clock_is_seen_by_its_number_alone_and_tried_again(district: Place, enter: Enter) -> None:
    admin = enter(DISTRICT_CENTRE, "administrator", language="en")
    district.now = timezone.now() - timedelta(days=9)
    case = district.report("楼下的垃圾堆了三天没有人清运。").case
    poison(case)
    district.sweep(timezone.now())
    page = admin.get(STATE)
    assert_sound(page)
    assert district.state(case).number in text(page)
    assert "垃圾" not in page.content.decode()

    (fault,) = queries.faults(DISTRICT)
    assert fault.retry_at > timezone.now()
    assert admin.post(STATE, {"case": case}).status_code == 302
    (fault,) = queries.faults(DISTRICT)
    assert fault.retry_at <= timezone.now()


def test_a_message_that_was_given_up_is_sent_again(district: Place, enter: Enter, settings: Any) -> None:
    settings.NOTICE_TRANSPORTS = {"email": "linli.notices.transports.mail.Mail"}
    clerk, admin = enter(STATION, "desk_clerk"), enter(DISTRICT_CENTRE, "administrator")
    clerk.post("/desk/notices/settings/", {"email_to": "clerk@district.example", "email_least": "extended"})
    district.report()
    relayed()
    Delivery.objects.update(state="failed", fault="SMTP 550 5.1.1", attempts=8)
    page = admin.get(STATE)
    assert_sound(page)
    assert "SMTP 550 5.1.1" in text(page)
    assert "clerk@district.example" not in page.content.decode()
    (row,) = Delivery.objects.all()
    assert admin.post(STATE, {"message": str(row.id)}).status_code == 302
    assert Delivery.objects.get().state == "waiting"


def test_what_names_nothing_is_not_found(district: Place, enter: Enter) -> None:
    del district
    admin = enter(DISTRICT_CENTRE, "administrator")
    assert admin.post(STATE, {}).status_code == 404
    assert admin.post(STATE, {"case": "x"}).status_code == 404
