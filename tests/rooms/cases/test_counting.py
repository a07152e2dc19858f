"""Counts over an area: of the same cases as the rule book lets the actor read, and from an index where that may be."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linli.cases import queries, rows
from linli.cases import queries_counts as counts
from linli.cases import queries_overview as overview
from linli.cases.queries_counts import Asked
from linli.core.access import may_read
from linli.core.actor import Actor, ActorKind, PostHeld
from linli.core.case.state import CaseState
from linli.core.territory import Function
from tests.rooms.conftest import COMMUNITY, DISTRICT, FAR, NEIGHBOUR, OTHER_TOWN, TOWN, Place

AREAS = {
    DISTRICT: "district", TOWN: "town", OTHER_TOWN: "town",
    COMMUNITY: "community", NEIGHBOUR: "community", FAR: "community",
}  # fmt: skip
RUNNING = ["reported", "registered", "dispatched", "handling", "assigned", "done", "verified"]
PLATFORMS = {"CM-006": "PL", "EE-009": "EE"}
INDEXES = {index.name for index in queries.Case._meta.indexes}
KEYS = ["cases_case_pkey", *(constraint.name for constraint in queries.Case._meta.constraints)]
TEAM, CENTRE = f"{TOWN}.town_enforcement_team", f"{DISTRICT}.district_centre"


@pytest.fixture
def busy(place: Place) -> Place:
    """Six weeks of cases: plain, sensitive, with a unit complained about, with parts, ended, without a place."""
    kinds = (ended, sensitive, handled, complaint, fresh, nowhere, in_parts, handled, fresh)
    for number, make in enumerate(kinds):
        place.later(days=6)
        make(place, f"第{number}个问题：垃圾没人清")
    for number in range(5):
        place.later(minutes=30)
        place.accept(place.report(f"楼下第{number}堆垃圾没人清").case)
    return place


def fresh(place: Place, words: str) -> None:
    place.report(words, area=FAR)


def nowhere(place: Place, words: str) -> None:
    place.report(words, area=None)


def ended(place: Place, words: str) -> None:
    place.bring_to(place.report(words).case, "closed")


def handled(place: Place, words: str) -> None:
    place.bring_to(place.report(words).case, "handling", "EE-009")


def sensitive(place: Place, words: str) -> None:
    case = place.report(words, area=FAR).case
    place.accept(case, "SL-007")
    assert place.state(case).sensitive


def complaint(place: Place, words: str) -> None:
    case = place.report(words, area=NEIGHBOUR).case
    place.act(
        case, "accept", matter="SL-022", urgency="standard", area=NEIGHBOUR, complaint_about="unit_named",
        complaint_targets=(TEAM,),
    )  # fmt: skip
    assert TEAM in place.state(case).recused


def in_parts(place: Place, words: str) -> None:
    case = place.report(words).case
    place.accept(case, "EE-009")
    place.dispatch(case, ("500118.market_regulation",))
    place.act(case, "acknowledge")


def truth(busy: Place, asked: Asked) -> list[CaseState]:
    """States that lie in the area and that the rule book lets the actor read."""
    states = [state for _row, state in queries.all_states(DISTRICT) if state is not None]
    inside = {"district": "district_id", "town": "town_id", "community": "community_id"}[asked.scope]
    return [s for s in states if rows.columns(s)[inside] == asked.key and may_read(asked.actor, s)]


def below(asked: Asked, state: CaseState) -> str:
    return (state.place.town if asked.scope == "district" else state.place.community) or ""


def late(state: CaseState, now: datetime) -> bool:
    due = rows.columns(state)["due"]
    return due is not None and due <= now


def drawn(busy: Place, data: st.DataObject) -> Asked:
    units = sorted(busy.policy.territory.units)
    near = [u for u in units if u.startswith((TOWN, OTHER_TOWN, f"{DISTRICT}."))]
    chosen = data.draw(st.lists(st.sampled_from(near), max_size=3, unique=True))
    functions = data.draw(st.frozensets(st.sampled_from(list(Function)), max_size=4))
    posts = tuple(PostHeld(f"{u}.p", u, busy.policy.territory.units[u].area, functions) for u in chosen)
    key = data.draw(st.sampled_from(sorted(AREAS)))
    moment = busy.now + timedelta(hours=data.draw(st.integers(0, 24 * 30)))
    return Asked(Actor(ActorKind.PERSON, "someone", posts), DISTRICT, AREAS[key], key, moment)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_every_count_is_that_of_the_cases_which_the_rulebook_shows(busy: Place, data: st.DataObject) -> None:
    asked = drawn(busy, data)
    seen = truth(busy, asked)
    whole = [s for s in seen if s.parent is None]
    going = [s for s in whole if s.is_open]

    told = {(c.place, c.step, c.urgency, c.platform, c.late): c.number for c in counts.counted(asked, PLATFORMS)}
    assert told == Counter(
        (below(asked, s), s.step, s.urgency, PLATFORMS.get(s.matter or "", ""), late(s, asked.now)) for s in going
    )

    passed = [s for s in going if s.step in RUNNING and late(s, asked.now)]
    by_unit = {(o.place, o.owner): o.number for o in overview.overdue(asked, RUNNING)}
    assert by_unit == Counter((below(asked, s), s.owner) for s in passed)
    listed = overview.overdue_cases(asked, RUNNING, overview.Cell(), 2)
    assert listed.total == len(passed)
    assert set(listed.ids) <= {s.id for s in passed}

    week = [s for s in whole if s.matter and asked.now - overview.WEEK < s.opened_at <= asked.now]
    cells = Counter((s.place.town or "", s.place.community or "", s.matter) for s in week)
    assert {(o.town, o.community, o.matter): o.latest for o in overview.opened(asked)} == {
        cell: number for cell, number in cells.items() if number >= 5
    }
    assert overview.opened_cases(asked, overview.Cell(), 50).ids == tuple(
        s.id for s in sorted(week, key=lambda s: (s.opened_at, s.id), reverse=True)
    )

    at_units = [s for s in seen if s.is_open and s.owner]
    assert {load.owner: load.open for load in overview.loads(asked, RUNNING).values()} == Counter(
        s.owner for s in at_units
    )
    since, until = asked.now - timedelta(days=9), asked.now + timedelta(days=5)
    assert overview.passing(asked, RUNNING, since=since, until=until) == overview.Passing(
        sum(s.opened_at > since for s in whole),
        sum(s.step in RUNNING and late(s, until) and not late(s, asked.now) for s in going),
    )


def test_the_cases_it_counts_are_of_every_kind(busy: Place) -> None:
    """Otherwise the test above would say little."""
    states = [state for _row, state in queries.all_states(DISTRICT) if state is not None]
    kinds = Counter((s.sensitive, bool(s.recused), s.parent is not None, s.is_open) for s in states)
    assert {(True, False, False, True), (False, False, True, True), (False, False, False, False)} <= set(kinds)
    assert any(recused for _sensitive, recused, *_rest in kinds)
    asked = Asked(busy.person(CENTRE), DISTRICT, "district", DISTRICT, busy.now)
    assert overview.opened(asked)
    assert overview.overdue(asked, RUNNING)


@pytest.mark.parametrize(
    ("count", "index"),
    [
        (lambda asked: counts.counted(asked, PLATFORMS), "case_open_plain"),
        (lambda asked: overview.overdue(asked, RUNNING), "case_open_plain"),
        (lambda asked: overview.overdue_cases(asked, RUNNING, overview.Cell(owner=CENTRE), 9), "case_open_plain"),
        (lambda asked: overview.loads(asked, RUNNING), "case_open_plain"),
        (overview.opened, "case_opened_plain"),
    ],
)
def test_it_counts_a_district_s_plain_cases_from_an_index_alone(
    busy: Place, count: Callable[[Asked], Any], index: str
) -> None:
    """Reading their rows is what made the pages of a whole district grow with its cases."""
    asked = Asked(busy.person(CENTRE), DISTRICT, "district", DISTRICT, busy.now)
    with CaptureQueriesContext(connection) as said:
        count(asked)
    assert len(said) == 1
    with connection.cursor() as cursor:
        # Of a table of a few rows any index is as good, so the planner gets no other to choose from.
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
        cursor.execute(f"DROP INDEX {', '.join(INDEXES - {index, index.replace('plain', 'other')})}")
        cursor.execute(f"ALTER TABLE cases_case {', '.join(f'DROP CONSTRAINT {name}' for name in KEYS)}")
        cursor.execute(f"EXPLAIN {said[0]['sql']}")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert f"Index Only Scan using {index} " in plan, plan
    assert f"Index Scan using {index.replace('plain', 'other')} " in plan, plan
