"""A search finds the newest first, however far back it has to go."""

from datetime import timedelta

from linli.cases import actions, queries
from linli.core.actor import Actor
from tests.rooms.conftest import COMMUNITY, DISTRICT, MONDAY, Place


def reported(place: Place, *days_ago: int, words: str = "楼下的垃圾堆了三天没有人清运。") -> list[str]:
    made = []
    for days in days_ago:
        place.now = MONDAY - timedelta(days=days)
        made.append(place.report(words).case)
    actions.index_cases(DISTRICT, made)
    return made


def clerk(place: Place) -> Actor:
    return place.person(f"{COMMUNITY}.community_station")


def test_it_finds_cases_of_every_age_newest_first(place: Place) -> None:
    made = reported(place, 0, 40, 200, 364, 400, 900)
    found = queries.search(clerk(place), DISTRICT, "垃圾", now=MONDAY)
    assert [line.id for line in found] == made


def test_it_stops_at_the_size_of_a_page_with_the_newest(place: Place) -> None:
    made = reported(place, 0, 1, 40, 41, 400)
    found = queries.search(clerk(place), DISTRICT, "垃圾", size=3, now=MONDAY)
    assert [line.id for line in found] == made[:3]


def test_it_goes_on_where_a_page_ended(place: Place) -> None:
    made = reported(place, 0, 1, 40, 400, 800)
    first = queries.search(clerk(place), DISTRICT, "垃圾", size=2, now=MONDAY)
    second = queries.search(clerk(place), DISTRICT, "垃圾", before=(first[-1].opened_at, first[-1].id), size=2)
    third = queries.search(clerk(place), DISTRICT, "垃圾", before=(second[-1].opened_at, second[-1].id), size=2)
    assert [line.id for line in (*first, *second, *third)] == made


def test_it_finds_what_was_reported_after_the_month_it_begins_with(place: Place) -> None:
    made = reported(place, -40, 0)
    assert [line.id for line in queries.search(clerk(place), DISTRICT, "垃圾", now=MONDAY)] == made
