"""Field visits as rows: who may write and read them, what the ledger keeps, and that persons are masked."""

from datetime import date, timedelta

import pytest

from linli.core.actor import CLOCK, Actor, ActorKind, PostHeld
from linli.core.errors import Refusal
from linli.core.territory import Function
from linli.ledger import queries as ledger
from linli.supervision import actions, queries
from linli.supervision.actions import Writing
from tests.rooms.conftest import COMMUNITY, DISTRICT, MONDAY, NEIGHBOUR, OTHER_TOWN, TOWN, Place

SANITATION = f"{TOWN}.sanitation_office"
NOBODYS = "01890000-0000-7000-8000-000000000000"
TODAY = MONDAY.date()


def holding(area: str, unit: str, *functions: Function) -> Actor:
    return Actor(ActorKind.PERSON, unit, (PostHeld(f"{unit}.post", unit, area, frozenset(functions)),))


HEAD = holding(DISTRICT, f"{DISTRICT}.district_centre", Function.SUPERVISE)
TOWN_HEAD = holding(TOWN, f"{TOWN}.command_centre", Function.SUPERVISE)
OTHER_HEAD = holding(OTHER_TOWN, f"{OTHER_TOWN}.command_centre", Function.SUPERVISE)
HANDLER = holding(TOWN, SANITATION, Function.HANDLE)
ADMINISTRATOR = holding(TOWN, SANITATION, Function.ADMINISTER)


def by(place: Place, actor: Actor = HEAD) -> Writing:
    return Writing(actor, DISTRICT, place.policy, place.later())


def noted(place: Place, actor: Actor = HEAD, area: str = COMMUNITY, findings: str = "垃圾房已满。") -> str:
    return actions.note_visit(by(place, actor), area=area, visited_on=TODAY, units=(SANITATION,), findings=findings)


def set_up(place: Place, visit: str, actor: Actor = HEAD, due_on: date = TODAY) -> str:
    return actions.add_follow_up(by(place, actor), visit, unit=SANITATION, words="每天清运两次。", due_on=due_on)


def test_it_keeps_a_visit_with_its_follow_ups(place: Place) -> None:
    visit = noted(place)
    later, soon = set_up(place, visit, due_on=TODAY + timedelta(days=3)), set_up(place, visit)
    found = queries.visit(HEAD, DISTRICT, visit)
    assert found is not None
    assert (found.area, found.units, found.waiting) == (COMMUNITY, (SANITATION,), 2)
    assert [one.id for one in queries.follow_ups(DISTRICT, visit)] == [soon, later]

    assert actions.settle_follow_up(by(place), visit, soon)
    assert not actions.settle_follow_up(by(place), visit, soon), "twice changes nothing"

    assert [(one.id, one.done_at is not None) for one in queries.follow_ups(DISTRICT, visit)] == [
        (later, False), (soon, True)
    ]  # fmt: skip
    types = [entry.type for entry in ledger.stream(DISTRICT, "visit", visit)]
    assert types == ["visit.noted", "visit.follow_up_set", "visit.follow_up_set", "visit.follow_up_done"]


def test_it_masks_persons_and_keeps_no_words_in_the_ledger(place: Place) -> None:
    visit = noted(place, findings="联系人王小明，电话13812345678，反映垃圾房已满。")
    found = queries.visit(HEAD, DISTRICT, visit)
    assert found is not None
    assert "13812345678" not in found.findings
    assert "王小明" not in found.findings
    [entry] = ledger.stream(DISTRICT, "visit", visit)
    assert "垃圾房" not in entry.payload


@pytest.mark.parametrize("actor", [OTHER_HEAD, HANDLER, ADMINISTRATOR, CLOCK], ids=lambda actor: actor.id)
def test_only_who_supervises_the_place_writes_of_it(place: Place, actor: Actor) -> None:
    with pytest.raises(Refusal, match="not_yours"):
        noted(place, actor)


@pytest.mark.parametrize("area", ["nonsense", DISTRICT, OTHER_TOWN])
def test_nobody_writes_of_a_place_elsewhere_or_above(place: Place, area: str) -> None:
    with pytest.raises(Refusal, match="not_yours"):
        noted(place, TOWN_HEAD, area)


def test_it_is_seen_by_who_supervises_and_by_units_that_follow_up(place: Place) -> None:
    visit = noted(place)
    seen = {actor: len(queries.visits(actor, DISTRICT)) for actor in (HEAD, TOWN_HEAD, OTHER_HEAD, HANDLER, CLOCK)}
    assert seen == {HEAD: 1, TOWN_HEAD: 1, OTHER_HEAD: 0, HANDLER: 0, CLOCK: 0}
    set_up(place, visit, TOWN_HEAD)
    set_up(place, visit, TOWN_HEAD)
    assert [found.id for found in queries.visits(HANDLER, DISTRICT)] == [visit], "once, also with two follow-ups"
    assert queries.visits(ADMINISTRATOR, DISTRICT) == []
    assert queries.visit(OTHER_HEAD, DISTRICT, visit) is None


def test_a_follow_up_is_done_by_its_unit_or_who_supervises(place: Place) -> None:
    visit = noted(place)
    follow_up = set_up(place, visit)
    with pytest.raises(Refusal, match="not_yours"):
        set_up(place, visit, HANDLER)
    for stranger in (OTHER_HEAD, ADMINISTRATOR):
        with pytest.raises(Refusal, match="item_unknown"):
            actions.settle_follow_up(by(place, stranger), visit, follow_up)
    with pytest.raises(Refusal, match="item_unknown"):
        actions.settle_follow_up(by(place), visit, NOBODYS)
    with pytest.raises(Refusal, match="item_unknown"):
        actions.settle_follow_up(by(place), NOBODYS, follow_up)
    assert actions.settle_follow_up(by(place, HANDLER), visit, follow_up)


def test_a_unit_does_not_settle_another_units_follow_up(place: Place) -> None:
    visit = noted(place)
    set_up(place, visit)
    centre = f"{TOWN}.command_centre"
    other = actions.add_follow_up(by(place), visit, unit=centre, words="督促。", due_on=TODAY)
    with pytest.raises(Refusal, match="not_yours"):
        actions.settle_follow_up(by(place, HANDLER), visit, other)


def test_due_ones_are_of_the_area_and_the_longest_due_first(place: Place) -> None:
    here, there = noted(place), noted(place, area=NEIGHBOUR)
    last = set_up(place, here, due_on=TODAY + timedelta(days=7))
    first = set_up(place, there, due_on=TODAY - timedelta(days=1))
    set_up(place, here, due_on=TODAY + timedelta(days=8))
    done = set_up(place, here)
    actions.settle_follow_up(by(place), here, done)
    by_day = TODAY + timedelta(days=7)
    assert [one.id for one in queries.due(HEAD, DISTRICT, TOWN, by=by_day)] == [first, last]
    assert [one.id for one in queries.due(HEAD, DISTRICT, COMMUNITY, by=by_day)] == [last]
    assert queries.due(OTHER_HEAD, DISTRICT, TOWN, by=by_day) == []
