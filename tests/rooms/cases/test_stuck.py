"""The finder of stuck cases: each list by its index, a page at a time, and never a case that is hidden."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from linli.cases import queries_stuck as stuck
from linli.cases import rows
from linli.cases.models import Case
from linli.cases.queries_overview import Asked
from linli.cases.queries_stuck import StuckPage
from linli.core.actor import Actor, ActorKind, PostHeld
from linli.core.territory import Function
from tests.rooms.conftest import DISTRICT, NEIGHBOUR, OTHER_TOWN, TOWN, Place

DISPUTED = [2, ["disputed"]]


def head(area: str = DISTRICT, unit: str = f"{DISTRICT}.district_centre") -> Actor:
    return Actor(ActorKind.PERSON, "head", (PostHeld(f"{unit}.post", unit, area, frozenset({Function.SUPERVISE})),))


def asked(place: Place, scope: str = "district", key: str = DISTRICT, actor: Actor | None = None) -> Asked:
    return Asked(actor or head(), DISTRICT, scope, key, place.now)


def ids(page: StuckPage) -> list[str]:
    return [one.line.id for one in page.found]


def opened(place: Place, *, number: int = 1, **given: Any) -> list[str]:
    found = []
    for _ in range(number):
        place.later()
        found.append(place.report(**given).case)
    return found


def suffered(case: str, **changes: Any) -> str:
    """A case as its row says it after such troubles: the same columns as an act writes."""
    import msgspec

    row = Case.objects.get(id=case)
    state = msgspec.structs.replace(rows.decode(row.state), **changes)
    Case.objects.filter(id=case).update(**{name: rows.columns(state)[name] for name in rows.CHANGING})
    return case


def test_it_finds_what_was_handed_around_extended_or_reopened_oldest_first(place: Place) -> None:
    plain, once, twice, disputed, extended, reopened, unsolved = opened(place, number=7)
    suffered(once, returns=1)
    suffered(twice, returns=1, raised=1)
    place.accept(disputed)
    place.dispatch(disputed)
    place.act(disputed, "return", ground="not_our_duty", words="不是我们的职责。")
    suffered(extended, extensions=1)
    suffered(reopened, reopened=1)
    suffered(unsolved, not_solved=1)
    assert ids(stuck.troubled(asked(place), "returned", DISPUTED)) == [twice, disputed]
    assert ids(stuck.troubled(asked(place), "extended")) == [extended]
    assert ids(stuck.troubled(asked(place), "reopened")) == [reopened, unsolved]
    suffered(reopened, ended_at=place.now)
    assert ids(stuck.troubled(asked(place), "reopened")) == [unsolved]
    assert plain not in ids(stuck.troubled(asked(place), "returned", DISPUTED))


def test_a_clock_that_was_extended_is_no_extension_of_the_case(place: Place) -> None:
    [case] = opened(place)
    place.bring_to(case, "handling")
    assert '"extensions":0' not in rows.encode(place.state(case))
    assert ids(stuck.troubled(asked(place), "extended")) == []


def test_it_goes_on_where_the_page_before_ended(place: Place) -> None:
    cases = [suffered(case, extensions=1) for case in opened(place, number=5)]
    found, after = [], None
    while True:
        page = stuck.troubled(asked(place), "extended", after=after, size=2)
        found.append(ids(page))
        if page.after is None:
            break
        after = page.after
    assert found == [cases[:2], cases[2:4], cases[4:]]


def test_it_keeps_to_the_area_and_to_what_the_actor_may_see(place: Place) -> None:
    [here], [there], [elsewhere] = (
        opened(place), opened(place, area=NEIGHBOUR), opened(place, area=f"{OTHER_TOWN}001"),
    )  # fmt: skip
    for case in (here, there, elsewhere):
        suffered(case, extensions=1)
    town_head = head(TOWN, f"{TOWN}.command_centre")
    assert ids(stuck.troubled(asked(place, "town", TOWN), "extended")) == [here, there]
    assert ids(stuck.troubled(asked(place, "community", NEIGHBOUR), "extended")) == [there]
    suffered(there, sensitive=True)
    assert ids(stuck.troubled(asked(place), "extended")) == [here, elsewhere]
    suffered(here, recused=(f"{TOWN}.command_centre",))
    assert ids(stuck.troubled(asked(place, "town", TOWN, town_head), "extended")) == []


def test_it_walks_to_what_fits_and_says_where_it_stopped(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    cases = opened(place, number=7)
    steps = ["reported"]
    wanted = {cases[1], cases[4], cases[5]}

    def walk(size: int, **more: Any) -> list[list[str]]:
        found, after = [], None
        while True:
            page = stuck.walked(asked(place), steps, lambda one: one.line.id in wanted, after=after, size=size, **more)
            found.append(ids(page))
            if page.after is None:
                return found
            after = page.after

    assert walk(10) == [[cases[1], cases[4], cases[5]]]
    assert walk(2) == [[cases[1], cases[4]], [cases[5]]]
    assert walk(10, late=True) == [[]], "nothing is past its date yet"
    monkeypatch.setattr(stuck, "AT_ONCE", 2)
    monkeypatch.setattr(stuck, "MOST_LOOKED_THROUGH", 4)
    assert walk(10) == [[cases[1]], [cases[4], cases[5]]], "a page may be short, the next goes on"
    place.later(days=10)
    assert {case for page in walk(10, late=True) for case in page} == wanted


def test_it_says_when_anybody_but_the_clock_last_acted(place: Place) -> None:
    [case] = opened(place)
    place.accept(case)
    at = place.now
    place.later(days=3)
    [one] = stuck.walked(asked(place), ["registered"], lambda _one: True).found
    assert (one.last_act, one.state.id) == (at, case)


@pytest.mark.parametrize("which", sorted(stuck.CONDITIONS))
@pytest.mark.parametrize(("scope", "key"), [("district", DISTRICT), ("town", TOWN)])
def test_each_list_is_one_walk_down_the_partial_index(place: Place, which: str, scope: str, key: str) -> None:
    [case] = opened(place)
    suffered(case, extensions=1, reopened=1, returns=2)
    columns = ", ".join(field.column for field in Case._meta.get_fields() if field.name not in ("id", "number"))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO cases_case (id, number, {columns}) SELECT gen_random_uuid(), 'x' || n, {columns} "
            "FROM cases_case, generate_series(1, 300) AS n"
        )
        plain = place.report().case
        cursor.execute(
            f"INSERT INTO cases_case (id, number, {columns}) SELECT gen_random_uuid(), 'y' || n, {columns} "
            "FROM cases_case, generate_series(1, 8000) AS n WHERE id = %s",
            [plain],
        )
        cursor.execute("ANALYZE cases_case")
        values = DISPUTED if which == "returned" else []
        after = (place.now - timedelta(days=1), case)
        statement, given = stuck.troubled_statement(asked(place, scope, key), which, values, after, 31)
        cursor.execute(f"EXPLAIN {statement}", given)
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "case_troubled" in plan, plan
    assert "Seq Scan" not in plan, plan
