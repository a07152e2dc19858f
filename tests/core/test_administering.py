"""Who may keep the directory where."""

import pytest

from linli.core.actor import Actor, ActorKind, PostHeld
from linli.core.administering import administered, administering_post, may_administer, may_give, may_manage
from linli.core.territory import Function

DISTRICT, TOWN, OTHER_TOWN, COMMUNITY = "500118", "500118001", "500118002", "500118001001"


def somebody(*areas: str, function: Function = Function.ADMINISTER) -> Actor:
    posts = (PostHeld(f"{area}.unit.post", f"{area}.unit", area, frozenset({function})) for area in areas)
    return Actor(ActorKind.PERSON, "p1", tuple(posts))


@pytest.mark.parametrize(
    ("covers", "area", "may"),
    [
        (DISTRICT, DISTRICT, True),
        (DISTRICT, COMMUNITY, True),
        (TOWN, TOWN, True),
        (TOWN, COMMUNITY, True),
        (TOWN, OTHER_TOWN, False),
        (TOWN, DISTRICT, False),
        (COMMUNITY, TOWN, False),
        (DISTRICT, "500119001", False),
    ],
)
def test_it_covers_its_area_and_what_lies_inside(covers: str, area: str, may: bool) -> None:
    assert may_administer(somebody(covers), area) is may


def test_who_holds_no_administering_post_keeps_nothing() -> None:
    handler = somebody(DISTRICT, function=Function.HANDLE)
    assert (administered(handler), may_administer(handler, TOWN), may_manage(handler, [TOWN])) == ((), False, False)


def test_an_area_inside_another_is_named_once() -> None:
    assert administered(somebody(TOWN, DISTRICT, COMMUNITY)) == (DISTRICT,)
    assert administered(somebody(TOWN, OTHER_TOWN)) == (TOWN, OTHER_TOWN)


@pytest.mark.parametrize("function", [Function.ADMINISTER, Function.IDENTITY])
def test_a_town_gives_nobody_the_districts_functions(function: Function) -> None:
    assert not may_give(somebody(TOWN), TOWN, {function, Function.HANDLE})
    assert may_give(somebody(DISTRICT), TOWN, {function})
    assert may_give(somebody(TOWN), TOWN, {Function.HANDLE})
    assert not may_give(somebody(TOWN), OTHER_TOWN, {Function.HANDLE})


def test_an_account_is_managed_by_whoever_covers_all_its_posts() -> None:
    assert may_manage(somebody(TOWN), [TOWN, COMMUNITY])
    assert not may_manage(somebody(TOWN), [TOWN, OTHER_TOWN])
    assert not may_manage(somebody(TOWN), [DISTRICT])
    assert not may_manage(somebody(TOWN), [])


def test_it_writes_in_the_name_of_the_nearest_post() -> None:
    both = somebody(DISTRICT, TOWN)
    assert administering_post(both, COMMUNITY) == f"{TOWN}.unit.post"
    assert administering_post(both, OTHER_TOWN) == f"{DISTRICT}.unit.post"
    assert administering_post(both, "510100") == ""
