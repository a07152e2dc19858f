"""The five by which a centre checks itself, each well or not for a reason that is there."""

from datetime import timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from linli.directory import actions as directory_actions
from linli.directory import queries as directory
from tests.journeys.conftest import CENTRE, DISTRICT_CENTRE, SANITATION, Enter
from tests.journeys.pages import assert_sound, text
from tests.rooms.conftest import DISTRICT, FAR, Place

PAGE = "/desk/leader/check/"


def well(client: Client) -> list[bool]:
    page = client.get(PAGE)
    assert_sound(page)
    return [line.well for line in page.context["lines"]]


def found(client: Client, number: int) -> str:
    lines: list[Any] = client.get(PAGE).context["lines"]
    return " | ".join(lines[number].found)


def test_it_says_what_is_missing_where_nothing_is_there_yet(district: Place, enter: Enter, language: str) -> None:
    del district
    head = enter(CENTRE, "duty_head", language=language)
    assert well(head) == [False, True, False, False, False]
    assert ("网页" if language == "zh-hans" else "Web page") in found(head, 0)


def test_channels_and_platforms_are_counted_and_small_numbers_are_not_told(district: Place, enter: Enter) -> None:
    head = enter(CENTRE, "duty_head", language="en")
    for number in range(6):
        district.accept(district.report(f"第{number}盏路灯不亮。").case, "EE-009")
    district.report("有人来访反映噪声。", channel="walk_in")
    assert well(head)[0]
    assert "Web page: 6" in found(head, 0)
    assert "In person: fewer than 5" in found(head, 0)
    assert "Economy and ecology: 6" in found(head, 2)
    assert "not settled yet: fewer than 5" in found(head, 2)
    district.report("别的镇街的事。", area=FAR)
    assert "Web page: 6" in found(head, 0)  # another town's is not counted


def test_a_ripe_report_that_is_open_after_its_date_is_found(district: Place, enter: Enter) -> None:
    head = enter(CENTRE, "duty_head", language="en")
    assert well(head)[1]
    now, district.now = district.now, timezone.now() - timedelta(days=30)
    late = district.report().case
    assert not well(head)[1]
    district.bring_to(late, "closed")
    district.now = now
    assert well(head)[1]


def test_units_without_anybody_and_grids_without_an_outline_are_found(district: Place, enter: Enter) -> None:
    head = enter(DISTRICT_CENTRE, "duty_head", language="en")
    assert not well(head)[3]
    directory_actions.invent_boundaries(DISTRICT, now=district.now)
    assert well(head)[3]
    units = [unit for unit in directory.units(DISTRICT) if directory.posts(DISTRICT, unit)]
    assert not well(head)[4]
    before = found(head, 4)
    enter(SANITATION, "handler")
    assert len(units) > 10
    assert found(head, 4) != before


def test_it_is_there_for_whoever_supervises_only(district: Place, enter: Enter) -> None:
    del district
    assert enter(SANITATION, "handler").get(PAGE).status_code == 404
    assert PAGE in enter(CENTRE, "duty_head").get("/desk/leader/").content.decode()
    assert "Self-check" in text(enter(DISTRICT_CENTRE, "supervisor", language="en").get(PAGE))
