"""Shifts as rows: one at a time, handed over in writing, taken over by somebody else; the ledger keeps digests."""

from datetime import timedelta
from typing import Any

import pytest

from linli.core.actor import Actor, ActorKind, PostHeld
from linli.core.errors import Refusal
from linli.core.territory import Function
from linli.ledger import queries as ledger
from linli.supervision import actions, queries
from linli.supervision.actions import Writing
from tests.rooms.conftest import DISTRICT, OTHER_TOWN, TOWN, Place

CENTRE = f"{TOWN}.command_centre"
REPORT: dict[str, Any] = {"opened": 3, "open": 7, "late": {"number": 1, "cases": ["a"]}}


def holding(name: str, unit: str = CENTRE, function: Function = Function.DISPATCH) -> Actor:
    return Actor(ActorKind.PERSON, name, (PostHeld(f"{unit}.post", unit, TOWN, frozenset({function})),))


EARLY, LATE = holding("early"), holding("late", function=Function.SUPERVISE)
STRANGERS = (
    holding("other town", f"{OTHER_TOWN}.command_centre"),
    holding("handler", function=Function.HANDLE),
    holding("administrator", function=Function.ADMINISTER),
    holding("no centre", f"{TOWN}.sanitation_office"),
    Actor(ActorKind.REPORTER, "reporter"),
)


def by(place: Place, actor: Actor = EARLY) -> Writing:
    return Writing(actor, DISTRICT, place.policy, place.later())


def present(place: Place, actor: Actor = EARLY) -> queries.ShiftInfo | None:
    return queries.present_shift(actor, DISTRICT, place.policy, CENTRE)


def refused(code: str) -> Any:
    return pytest.raises(Refusal, match=f"^{code}")


def test_it_is_begun_handed_over_and_taken_over_by_somebody_else(place: Place) -> None:
    first = actions.begin_shift(by(place), CENTRE)
    with refused("shift_runs"):
        actions.begin_shift(by(place, LATE), CENTRE)
    with refused("shift_moved"):
        actions.take_over(by(place, LATE), first)

    actions.hand_over(by(place), first, report=REPORT, words="3 号井盖等配件，联系人13812345678")
    with refused("shift_moved"):
        actions.hand_over(by(place, LATE), first, report=REPORT, words="")
    with refused("shift_your_own"):
        actions.take_over(by(place), first)
    found = present(place, LATE)
    assert found is not None
    assert (found.state, found.report, "13812345678" in found.words, "3 号井盖" in found.words) == (
        "handed_over", REPORT, False, True,
    )  # fmt: skip

    second = actions.take_over(by(place, LATE), first)

    found = present(place)
    assert found is not None
    assert (found.id, found.state, found.handed_at) == (second, "running", None)
    [past] = queries.past_shifts(EARLY, DISTRICT, place.policy, CENTRE)
    assert (past.id, past.state, past.report) == (first, "closed", REPORT)
    for act in (actions.take_over, actions.take_back):
        with refused("shift_moved"):
            act(by(place, LATE), first)
    entries = list(ledger.stream(DISTRICT, "shift", first))
    assert [entry.type for entry in entries] == ["shift.begun", "shift.handed_over", "shift.taken_over"]
    assert "井盖" not in repr([entry.payload for entry in entries])


def test_it_can_be_taken_back_by_whoever_handed_it_over(place: Place) -> None:
    shift = actions.begin_shift(by(place), CENTRE)
    with refused("shift_moved"):
        actions.take_back(by(place), shift)
    actions.hand_over(by(place), shift, report=REPORT, words="x")
    with refused("shift_moved"):
        actions.take_back(by(place, LATE), shift)
    actions.take_back(by(place), shift)
    found = present(place)
    assert found is not None
    assert (found.state, found.report, found.words) == ("running", None, "")


@pytest.mark.parametrize("stranger", STRANGERS, ids=lambda actor: actor.id)
def test_it_is_hidden_from_whoever_keeps_no_shift_there(place: Place, stranger: Actor) -> None:
    shift = actions.begin_shift(by(place), CENTRE)
    assert queries.shift(stranger, DISTRICT, place.policy, shift) is None
    assert CENTRE not in queries.shift_units(stranger, place.policy)
    with refused("not_on_duty_there"):
        actions.begin_shift(by(place, stranger), CENTRE)
    with refused("shift_unknown"):
        actions.hand_over(by(place, stranger), shift, report=REPORT, words="")


def test_it_counts_what_passes_through_a_shift(place: Place) -> None:
    from linli.cases import queries_overview as overview
    from linli.cases.queries_counts import Asked

    actor = Actor(
        ActorKind.PERSON, "head", (PostHeld("p", CENTRE, TOWN, frozenset({Function.SUPERVISE})),)
    )  # fmt: skip
    place.report()
    before = place.later()
    place.later()
    place.report()
    place.report(area=f"{OTHER_TOWN}001")
    asked = Asked(actor, DISTRICT, "town", TOWN, place.later())
    found = overview.passing(asked, ["reported"], since=before, until=asked.now + timedelta(days=3))
    assert (found.opened, found.due) == (1, 2)
    assert overview.passing(asked, ["reported"], since=before, until=asked.now).due == 0
