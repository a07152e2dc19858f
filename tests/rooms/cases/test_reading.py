"""Work lists, search and who sees what."""

from itertools import chain

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linli.cases import queries
from linli.core.access import may_read
from linli.core.actor import Actor, ActorKind, PostHeld
from linli.core.territory import Function
from linli.ledger.relay import relay_batch
from linli.site.subscriptions import SUBSCRIPTIONS
from tests.rooms.conftest import COMMUNITY, DISTRICT, FAR, NEIGHBOUR, OTHER_TOWN, TOWN, Place

OPEN = ["reported", "registered", "dispatched", "handling", "assigned", "done", "verified", "replied"]


@pytest.fixture
def busy(place: Place) -> Place:
    """Cases in several places, steps and with a unit complained about, a sensitive one and one with parts."""
    for number, area in enumerate((COMMUNITY, COMMUNITY, NEIGHBOUR, FAR, None, COMMUNITY)):
        place.later(hours=3)
        case = place.report(f"第{number}个问题：垃圾没人清", area=area).case
        if number == 1:
            place.bring_to(case, "handling", "EE-009")
        if number == 2:
            place.act(
                case, "accept", matter="SL-022", urgency="standard", area=NEIGHBOUR, complaint_about="unit_named",
                complaint_targets=(f"{TOWN}.town_enforcement_team",),
            )  # fmt: skip
        if number == 3:
            place.accept(case, "SL-007")
        if number == 5:
            place.accept(case, "EE-009")
            place.dispatch(case, ("500118.market_regulation",))
            place.act(case, "acknowledge")
    return place


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_sql_and_rulebook_agree_on_who_sees_what(busy: Place, data: st.DataObject) -> None:
    units = sorted(busy.policy.territory.units)
    near = [u for u in units if u.startswith((TOWN, OTHER_TOWN, f"{DISTRICT}."))]
    chosen = data.draw(st.lists(st.sampled_from(near), max_size=3, unique=True))
    functions = data.draw(st.frozensets(st.sampled_from(list(Function)), max_size=4))
    posts = tuple(PostHeld(f"{u}.p", u, busy.policy.territory.units[u].area, functions) for u in chosen)
    actor = Actor(ActorKind.PERSON, "someone", posts)
    seen = {str(case) for case in queries.visible_to(actor, DISTRICT).values_list("id", flat=True)}
    everything = list(queries.all_states(DISTRICT))
    assert seen == {state.id for _, state in everything if may_read(actor, state)}
    listed = chain(
        *(queries.work_list(actor, DISTRICT, scope=scope, keys=keys, steps=OPEN, size=200).lines
          for scope, keys in (("owner", sorted(actor.units)), ("district", [DISTRICT]), ("town", [TOWN, OTHER_TOWN]),
                              ("community", [COMMUNITY, NEIGHBOUR, FAR])))
    )  # fmt: skip
    assert {line.id for line in listed} <= seen


def test_it_pages_through_a_list_completely_and_in_order(busy: Place) -> None:
    head = busy.person(f"{DISTRICT}.district_centre")
    found, after = [], None
    while True:
        page = queries.work_list(head, DISTRICT, scope="district", keys=[DISTRICT], steps=OPEN, after=after, size=2)
        found += page.lines
        after = page.after
        if after is None:
            break
    whole = queries.work_list(head, DISTRICT, scope="district", keys=[DISTRICT], steps=OPEN, size=50).lines
    assert found == list(whole)
    assert len({line.id for line in found}) == len(found) >= 6
    assert [line.due for line in found] == sorted(line.due for line in found if line.due)


def test_a_page_costs_one_statement(busy: Place) -> None:
    head = busy.person(f"{DISTRICT}.district_centre")
    with CaptureQueriesContext(
        connection,
    ) as statements:
        queries.work_list(head, DISTRICT, scope="town", keys=[TOWN], steps=OPEN)
    assert len(statements) == 1


def test_it_finds_a_case_by_words_within_ones_scope_only(busy: Place) -> None:
    while relay_batch(SUBSCRIPTIONS, now=busy.now):
        pass
    clerk, stranger = busy.person(f"{COMMUNITY}.community_station"), busy.person(f"{FAR}.community_station")
    assert {line.community for line in queries.search(clerk, DISTRICT, "垃圾没人清")} == {COMMUNITY}
    assert COMMUNITY not in {line.community for line in queries.search(stranger, DISTRICT, "垃圾")}
    assert queries.search(clerk, DISTRICT, "恐龙") == []


def test_a_unit_complained_about_finds_nothing_of_it(busy: Place) -> None:
    while relay_batch(SUBSCRIPTIONS, now=busy.now):
        pass
    team = busy.person(f"{TOWN}.town_enforcement_team")
    assert NEIGHBOUR not in {line.community for line in queries.search(team, DISTRICT, "垃圾")}


def test_the_sweep_passes_over_a_poisoned_case_and_acts_on_the_rest(busy: Place) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id::text FROM cases_case WHERE ended_at IS NULL ORDER BY next_wake LIMIT 1")
        (poisoned,) = cursor.fetchone()
        cursor.execute(
            "UPDATE cases_case SET state = replace(state, %s, %s) WHERE id = %s",
            ['"procedure":"standard"', '"procedure":"poison"', poisoned],
        )
    busy.later(days=3)
    faults = [woken for woken in busy.sweep() if woken.fault]
    assert [woken.case for woken in faults] == [poisoned]
    assert [str(fault.case_id) for fault in queries.faults(DISTRICT)] == [poisoned]
    assert poisoned not in set(queries.due_cases(DISTRICT, busy.now, 500))
    assert poisoned in set(queries.due_cases(DISTRICT, busy.later(minutes=10), 500))
