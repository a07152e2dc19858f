"""Whom a duty officer can call on: the area's units with duty phones and what they have to do."""

from datetime import timedelta
from typing import Any

from tests.journeys.conftest import CENTRE, DISTRICT_CENTRE, SANITATION, STATION, Enter
from tests.journeys.pages import assert_sound, text
from tests.rooms.conftest import COMMUNITY, DISTRICT, OTHER_TOWN, TOWN, Place

UNITS = "/desk/board/units/"


def teams(page: Any) -> dict[str, tuple[int, int]]:
    return {team.unit.id: (team.open, team.late) for team in page.context["teams"]}


def test_it_says_what_each_unit_has_and_how_to_reach_it(district: Place, enter: Enter, language: str) -> None:
    now, district.now = district.now, district.now - timedelta(days=21)
    district.bring_to(district.report().case, "handling")
    district.now = now
    district.bring_to(district.report().case, "handling")
    district.report(area=f"{OTHER_TOWN}001")
    client = enter(CENTRE, "duty_head", language=language)

    page = client.get(UNITS)

    assert_sound(page)
    assert teams(page)[SANITATION] == (2, 1)
    assert next(iter(teams(page))) == SANITATION, "the most burdened first"
    inside = {code for code, _name, _teams in page.context["inside"]}
    assert COMMUNITY in inside
    below = next(found for code, _name, found in page.context["inside"] if code == COMMUNITY)
    assert STATION in {team.unit.id for team in below}
    assert UNITS in client.get("/desk/board/").content.decode()


def test_it_goes_down_from_the_district_and_never_out_of_ones_own_area(district: Place, enter: Enter) -> None:
    del district
    head = enter(DISTRICT_CENTRE, "duty_head")
    page = head.get(UNITS)
    assert_sound(page)
    assert f'href="?in={TOWN}"' in page.content.decode()
    assert head.get(UNITS, {"in": TOWN}).status_code == 200
    town = enter(CENTRE, "duty_head")
    for area in (DISTRICT, OTHER_TOWN, "nonsense"):
        assert town.get(UNITS, {"in": area}).status_code == 404
    assert enter(SANITATION, "handler").get(UNITS).status_code == 404


def test_a_case_names_who_commands_and_who_handles(district: Place, enter: Enter, language: str) -> None:
    case = district.report().case
    district.bring_to(case, "handling")
    page = text(enter(CENTRE, "duty_head", language=language).get(f"/desk/case/{case}/"))
    assert ("指挥单位" if language == "zh-hans" else "Commands") in page
    assert ("主办单位" if language == "zh-hans" else "Lead") in page
