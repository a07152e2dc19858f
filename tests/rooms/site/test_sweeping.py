"""The sweep as a whole: order, starvation and outages."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection

from linli.cases import actions as cases
from linli.cases import queries
from linli.ledger import queries as ledger
from linli.site import sweeping
from linli.site.sweeping import Round, sweep_once
from tests.rooms.conftest import DISTRICT, Place


def many(place: Place, count: int) -> list[str]:
    """Cases a minute apart."""
    found = []
    for number in range(count):
        found.append(place.report(f"第{number}盏路灯不亮了，晚上走路看不见。").case)
        place.later(minutes=1)
    return found


def clock_acts(case: str) -> list[str]:
    return [e.type.removeprefix("case.") for e in ledger.stream(DISTRICT, "case", case) if e.actor == "clock"]


def settle(place: Place, *, batch: int) -> list[Round]:
    """Rounds until one finds nothing more."""
    rounds = [sweep_once(lambda: place.now, batch=batch)]
    while rounds[-1].acts or rounds[-1].more:
        rounds.append(sweep_once(lambda: place.now, batch=batch))
        assert len(rounds) < 50
    return rounds


def poison(case: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE cases_case SET state = replace(state, %s, %s) WHERE id = %s",
            ['"procedure":"standard"', '"procedure":"poison"', case],
        )


def heal(case: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE cases_case SET state = replace(state, %s, %s) WHERE id = %s",
            ['"procedure":"poison"', '"procedure":"standard"', case],
        )


def test_it_takes_the_longest_waiting_first(place: Place) -> None:
    found = many(place, 6)
    place.later(days=1)

    assert queries.due_cases(DISTRICT, place.now, 500) == found
    assert [woken.case for woken in place.sweep(limit=2)] == found[:2]


def test_one_poisoned_case_in_a_hundred_starves_none_of_the_rest(place: Place) -> None:
    found = many(place, 100)
    poison(found[0])  # at the head of the queue, where it would block the most
    place.later(days=1)

    rounds = settle(place, batch=10)

    assert clock_acts(found[0]) == []
    assert all(clock_acts(case) for case in found[1:])
    assert sum(done.faults for done in rounds) == 1
    (fault,) = queries.faults(DISTRICT)
    assert (str(fault.case_id), fault.attempts) == (found[0], 1)


def test_a_fault_is_tried_again_with_growing_pauses_and_goes_when_it_is_mended(place: Place) -> None:
    (case,) = many(place, 1)
    poison(case)
    place.later(days=1)
    waits = []
    for _ in range(4):
        assert [woken.fault != "" for woken in place.sweep()] == [True]
        (fault,) = queries.faults(DISTRICT)
        waits.append(fault.retry_at - place.now)
        assert place.sweep() == []
        place.now = fault.retry_at
    assert waits == [timedelta(minutes=minutes) for minutes in (5, 10, 20, 40)]

    heal(case)
    assert [woken.fault for woken in place.sweep()] == [""]
    assert queries.faults(DISTRICT) == []


def test_somebody_may_have_a_fault_tried_again_at_once(place: Place) -> None:
    (case,) = many(place, 1)
    poison(case)
    place.later(days=1)
    place.sweep()
    heal(case)
    assert place.sweep() == []

    assert cases.try_again(DISTRICT, case, now=place.now)
    assert [woken.case for woken in place.sweep()] == [case]
    assert not cases.try_again(DISTRICT, case, now=place.now)


def test_a_fault_is_over_when_a_person_has_acted(place: Place) -> None:
    (case,) = many(place, 1)
    poison(case)
    place.later(days=1)
    place.sweep()
    heal(case)
    place.accept(case)

    assert queries.faults(DISTRICT) == []


def test_after_a_day_without_it_it_catches_up_in_order_and_says_what_it_did(place: Place) -> None:
    found = many(place, 30)
    for case in found[:10]:
        place.bring_to(case, "handling")
    place.later(days=12)  # nobody swept

    rounds = settle(place, batch=7)

    assert [done.more for done in rounds[:4]] == [True] * 4
    acts = sum((done.acts for done in rounds), Counter[str]())
    assert acts.total() == sum(len(clock_acts(case)) for case in found)
    assert all(clock_acts(case) for case in found)
    assert "acts of the clock" in str(rounds[0])
    assert rounds[0].latest > timedelta(days=10)
    assert queries.due_cases(DISTRICT, place.now, 500) == []
    assert str(rounds[-1]) == ""


def test_whoever_is_overtaken_goes_on_elsewhere(place: Place) -> None:
    found = many(place, 20)
    place.later(days=1)
    due = queries.due_cases(DISTRICT, place.now, 500)
    for case in found[:10]:  # the other process has taken the first half already
        assert cases.wake(DISTRICT, case, now=place.now)

    mine = [woken.case for woken in cases.wake_each(DISTRICT, due, clock=lambda: place.now)]

    assert sorted(mine) == sorted(found[10:])
    assert all(len(clock_acts(case)) == 1 for case in found)


def test_a_district_that_fails_stops_no_other_and_is_told(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    (case,) = many(place, 1)
    place.later(days=1)
    real = sweeping.districts

    class Broken:
        code = "000000"

    monkeypatch.setattr(sweeping, "districts", lambda: [Broken, *real()])
    monkeypatch.setattr(sweeping, "run_due", failing(sweeping.run_due, "000000"))

    done = sweep_once(lambda: place.now)

    assert clock_acts(case)
    assert done.broken == {"000000": "ValueError: no such rules"}
    assert "district 000000 failed" in str(done)


def failing(real: Callable[..., Any], district: str) -> Callable[..., Any]:
    def run(code: str, **options: Any) -> Any:
        if code == district:
            raise ValueError("no such rules")
        return real(code, **options)

    return run


def test_it_raises_nothing_but_what_is_not_its_own(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database that is gone is told to whoever runs the sweep; it is no fault of any case."""
    many(place, 1)
    place.later(days=1)

    def gone() -> None:
        raise DatabaseError("gone")

    monkeypatch.setattr(sweeping, "districts", gone)
    with pytest.raises(DatabaseError):
        sweep_once(lambda: place.now)
    assert queries.faults(DISTRICT) == []
