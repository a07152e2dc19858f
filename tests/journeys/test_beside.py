"""Duplicates on the desk: found by words near by, seen side by side, merged by a person."""

from django.test import Client

from linli.cases import actions as cases
from linli.cases.models import Case
from tests.journeys.conftest import DISTRICT, STATION, Enter
from tests.journeys.pages import assert_sound, text
from tests.rooms.conftest import OTHER_TOWN, Place

GARBAGE = "小区东门的垃圾堆了三天没有人清运，味道很大。"
AGAIN = "东门垃圾堆没有人清运，已经三天了，臭得很。"
LAMP = "广场的路灯坏了，晚上看不见路。"


def indexed() -> None:
    cases.index_cases(DISTRICT, [str(case) for case in Case.objects.values_list("id", flat=True)])


def offered(client: Client, case: str) -> list[str]:
    page = client.get(f"/desk/case/{case}/")
    assert_sound(page)
    return [row.id for row in page.context["similar"]]


def test_it_offers_what_reads_alike_near_by_and_nothing_else(district: Place, enter: Enter, language: str) -> None:
    first, again, lamp = (district.report(words).case for words in (GARBAGE, AGAIN, LAMP))
    far = district.report(GARBAGE, area=f"{OTHER_TOWN}001").case
    hidden = district.report(GARBAGE, complaint_targets=(STATION,)).case
    indexed()
    client = enter(STATION, "desk_clerk", language=language)

    assert offered(client, again) == [first]
    assert offered(client, lamp) == []
    assert far not in offered(client, first)
    assert hidden not in offered(client, first)


def test_it_shows_two_side_by_side_and_merges_one_into_the_other(district: Place, enter: Enter, language: str) -> None:
    first, again = (district.report(words).case for words in (GARBAGE, AGAIN))
    client = enter(STATION, "desk_clerk", language=language)
    page = client.get(f"/desk/case/{again}/beside/{first}/")
    assert_sound(page)
    assert GARBAGE in text(page)
    assert AGAIN in text(page)
    form = {"expected": 1, "into": district.state(first).number}
    client.post(f"/desk/case/{again}/act/merge/", form)
    assert district.state(again).merged_into == first


def test_it_compares_nothing_that_is_not_theirs(district: Place, enter: Enter) -> None:
    mine, hidden = district.report().case, district.report(complaint_targets=(STATION,)).case
    client = enter(STATION, "desk_clerk")
    assert client.get(f"/desk/case/{mine}/beside/{hidden}/").status_code == 404
    assert client.get(f"/desk/case/{hidden}/beside/{mine}/").status_code == 404
    assert client.get(f"/desk/case/{mine}/beside/{mine}/").status_code == 404
