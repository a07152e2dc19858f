"""A search finds the newest first, however far back it has to go."""

from collections.abc import Callable
from datetime import timedelta

from linli.cases import actions, queries
from linli.core.actor import Actor
from linli.core.case.state import CaseState
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


def test_it_writes_the_index_when_a_unit_comes_in_that_could_not_be_foreseen_and_not_otherwise(place: Place) -> None:
    case = place.report("楼下的垃圾堆了三天没有人清运。").case
    moves: list[Callable[[], CaseState]] = [
        lambda: place.accept(case),
        lambda: place.dispatch(case),
        lambda: place.act(case, "acknowledge"),
        lambda: place.act(case, "report_back", result="solved", what_was_done="好了。", reporter_contacted="yes"),
        lambda: place.act(case, "verify", finding="confirmed_on_site"),
    ]
    written = [actions.index_cases(DISTRICT, [case])]
    for move in moves:
        move()
        written.append(actions.index_cases(DISTRICT, [case]))

    assert written == [1, 0, 1, 0, 0, 0], "when it is reported, and when it is dispatched to a unit that handles"


def test_it_shows_nobody_a_case_about_themselves_although_the_index_names_them(place: Place) -> None:
    (about_clerk,) = (place.report("垃圾没有人管。", complaint_targets=(f"{COMMUNITY}.community_station",)).case,)
    (other,) = reported(place, 0)
    actions.index_cases(DISTRICT, [about_clerk])

    assert [line.id for line in queries.search(clerk(place), DISTRICT, "垃圾", now=MONDAY)] == [other]
