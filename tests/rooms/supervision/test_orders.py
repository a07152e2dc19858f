"""Supervision orders as rows: who issues, answers and judges them, who reads them, and that no case changes."""

from datetime import date, timedelta
from typing import Any

import pytest
from uuid_utils.compat import uuid7

from linli.core.actor import Actor, ActorKind, PostHeld
from linli.core.errors import Refusal
from linli.core.supervising import Ground, OrderState
from linli.core.territory import Function
from linli.ledger import queries as ledger
from linli.supervision import actions, queries
from linli.supervision.actions import Writing
from linli.vault import queries as vault
from tests.rooms.conftest import DISTRICT, MONDAY, OTHER_TOWN, TOWN, Place

CENTRE, DISTRICT_CENTRE = f"{TOWN}.command_centre", f"{DISTRICT}.district_centre"
SANITATION, OTHER_SANITATION = f"{TOWN}.sanitation_office", f"{OTHER_TOWN}.sanitation_office"
FRIDAY = MONDAY.date() + timedelta(days=4)
NOBODYS = "01890000-0000-7000-8000-000000000000"


def holding(name: str, unit: str, area: str, *functions: Function) -> Actor:
    return Actor(ActorKind.PERSON, name, (PostHeld(f"{unit}.post", unit, area, frozenset(functions)),))


HEAD = holding("head", CENTRE, TOWN, Function.SUPERVISE)
HANDLER = holding("handler", SANITATION, TOWN, Function.HANDLE)
DISTRICT_HEAD = holding("district head", DISTRICT_CENTRE, DISTRICT, Function.SUPERVISE)
OTHER_HEAD = holding("other head", f"{OTHER_TOWN}.command_centre", OTHER_TOWN, Function.SUPERVISE)
DISPATCHER = holding("dispatcher", CENTRE, TOWN, Function.DISPATCH)
ADMINISTRATOR = holding("administrator", SANITATION, TOWN, Function.ADMINISTER)
REPORTER = Actor(ActorKind.REPORTER, "reporter")


def by(place: Place, actor: Actor = HEAD) -> Writing:
    return Writing(actor, DISTRICT, place.policy, place.later())


def refused(code: str) -> Any:
    return pytest.raises(Refusal, match=f"^{code}")


def issued(place: Place, actor: Actor = HEAD, **changes: Any) -> str:
    values = {
        "issuer": CENTRE, "unit": SANITATION, "ground": Ground.SILENT, "words": "请说明办理进展。", "due_on": FRIDAY,
    }  # fmt: skip
    return actions.issue_order(by(place, actor), changes.pop("key", str(uuid7())), **(values | changes))


def seen(place: Place, order: str, actor: Actor = HEAD) -> queries.OrderInfo:
    found = queries.order(actor, DISTRICT, order)
    assert found is not None
    return found


def test_it_is_asked_answered_sent_back_answered_again_and_accepted(place: Place) -> None:
    order = issued(place)
    found = seen(place, order, HANDLER)
    assert (found.unit, found.issuer, found.case, found.state) == (SANITATION, CENTRE, None, OrderState.ISSUED)
    actions.answer_order(by(place, HANDLER), order, version=1, words="已联系王小明，电话13812345678。")
    actions.send_back_order(by(place), order, version=2, words="没有说何时办结。", due_on=FRIDAY)
    place.now = MONDAY + timedelta(days=5)
    actions.answer_order(by(place, HANDLER), order, version=3, words="下周三办结。")
    actions.accept_order(by(place), order, version=4)

    found = seen(place, order)
    assert (found.state, found.late, found.ended_at, found.version) == (OrderState.ACCEPTED, True, place.now, 5)
    told = queries.order_history(DISTRICT, order)
    assert [entry.what for entry in told] == ["issued", "answered", "sent_back", "answered", "accepted"]
    assert [entry.late for entry in told] == [False, False, False, True, False]
    texts = vault.masked(DISTRICT, [entry.item for entry in told if entry.item])
    said = [texts.get(entry.item, "") for entry in told]
    assert said[0] == "请说明办理进展。"
    assert "13812345678" not in said[1]
    kept = repr([entry.payload for entry in ledger.stream(DISTRICT, "order", order)])
    assert "进展" not in kept
    assert "13812345678" not in kept


def test_an_order_about_a_case_changes_nothing_of_the_case(place: Place) -> None:
    case = place.report().case
    place.bring_to(case, "handling")
    before, entries = place.state(case), len(ledger.stream(DISTRICT, "case", case))
    order = issued(place, case=case)
    actions.answer_order(by(place, HANDLER), order, version=1, words="明天办结。")
    actions.accept_order(by(place), order, version=2)
    assert place.state(case) == before
    assert len(ledger.stream(DISTRICT, "case", case)) == entries
    assert [one.id for one in queries.orders_of_case(DISTRICT, case)] == [order]
    fields = [field for _item, _kind, field in vault.kinds(DISTRICT, case)]
    assert fields.count("order_words") == 2, "its words go when the words of the case go"


@pytest.mark.parametrize("actor", [OTHER_HEAD, HANDLER, DISPATCHER, ADMINISTRATOR, REPORTER], ids=lambda a: a.id)
def test_only_who_supervises_in_the_unit_issues_in_its_name(place: Place, actor: Actor) -> None:
    with refused("order_not_yours"):
        issued(place, actor)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"unit": OTHER_SANITATION}, "order_unit_not_below"),
        ({"unit": DISTRICT_CENTRE}, "order_unit_not_below"),
        ({"unit": CENTRE}, "order_unit_not_below"),
        ({"unit": "nonsense"}, "order_unit_not_below"),
        ({"words": " \n"}, "order_words_missing"),
        ({"due_on": date(2026, 11, 13)}, "order_day_over"),
        ({"case": NOBODYS}, "case_unknown"),
    ],
)
def test_it_refuses_what_does_not_fit(place: Place, changes: dict[str, Any], code: str) -> None:
    with refused(code):
        issued(place, **changes)


def test_sent_twice_with_one_key_it_is_one_order_and_the_same_is_not_asked_twice(place: Place) -> None:
    case = place.report().case
    place.bring_to(case, "handling")
    key = str(uuid7())
    assert issued(place, key=key, case=case) == issued(place, key=key, case=case) == key
    with refused("order_open"):
        issued(place, case=case)
    actions.withdraw_order(by(place), key, version=1, words="已另行安排。")
    assert issued(place, case=case) != key, "once it has ended it can be asked again"
    assert len(ledger.stream(DISTRICT, "order", key)) == 2


def test_whoever_is_late_with_an_old_version_changes_nothing(place: Place) -> None:
    order = issued(place)
    actions.answer_order(by(place, HANDLER), order, version=1, words="已办。")
    with refused("order_moved"):
        actions.answer_order(by(place, HANDLER), order, version=1, words="再答。")
    with refused("order_moved"):
        actions.withdraw_order(by(place), order, version=1, words="不用了。")
    actions.withdraw_order(by(place), order, version=2, words="不用了。")
    with refused("order_moved"):
        actions.accept_order(by(place), order, version=3)
    assert [entry.type for entry in ledger.stream(DISTRICT, "order", order)] == [
        "order.issued", "order.answered", "order.withdrawn",
    ]  # fmt: skip


def test_an_order_about_no_case_is_read_by_its_two_units(place: Place) -> None:
    order = issued(place)
    readers = {
        actor.id: queries.order(actor, DISTRICT, order) is not None
        for actor in (HEAD, DISPATCHER, HANDLER, DISTRICT_HEAD, OTHER_HEAD, ADMINISTRATOR, REPORTER)
    }
    assert readers == {
        "head": True, "dispatcher": True, "handler": True, "district head": False, "other head": False,
        "administrator": False, "reporter": False,
    }  # fmt: skip
    with refused("order_unknown"):
        actions.answer_order(by(place, OTHER_HEAD), order, version=1, words="x")
    with refused("order_not_yours"):
        actions.answer_order(by(place, HEAD), order, version=1, words="x")


def test_an_order_about_a_sensitive_case_is_read_only_with_the_case(place: Place) -> None:
    case = place.report().case
    state = place.accept(case, "SL-007")
    assert state.sensitive
    involved = state.owner or ""
    assert involved == CENTRE
    order = issued(place, case=case, unit=place.state(case).roles.desk)
    assert queries.order(DISTRICT_HEAD, DISTRICT, order) is None, "supervises the whole district, and may not read it"
    assert queries.order(HANDLER, DISTRICT, order) is None
    assert queries.order(HEAD, DISTRICT, order) is not None
    with refused("order_unit_recused"):
        issued(place, case=case)


def test_a_unit_that_a_case_complains_about_is_never_asked_about_it_and_loses_sight_of_its_orders(place: Place) -> None:
    case = place.report("清运员乱收费。").case
    place.bring_to(case, "handling")
    order = issued(place, DISTRICT_HEAD, issuer=DISTRICT_CENTRE, case=case)
    assert queries.order(HANDLER, DISTRICT, order) is not None
    assert queries.waiting_orders(HANDLER, DISTRICT) == 1
    recuse(case, SANITATION)
    assert queries.order(HANDLER, DISTRICT, order) is None
    assert queries.waiting_orders(HANDLER, DISTRICT) == 0
    page = queries.orders(HANDLER, DISTRICT, side="asked", which="open", now=place.now)
    assert page.orders == ()


def recuse(case: str, unit: str) -> None:
    """As a row says it once a person named the unit as the one complained about."""
    from linli.cases.models import Case

    Case.objects.filter(id=case).update(recused=[unit])


def test_it_lists_both_sides_open_overdue_and_ended_a_page_at_a_time(place: Place) -> None:
    orders = [issued(place, due_on=FRIDAY - timedelta(days=day)) for day in (0, 1, 2)]

    def listed(actor: Actor, side: str, which: str) -> list[str]:
        found, after = [], None
        while True:
            page = queries.orders(actor, DISTRICT, side=side, which=which, now=place.now, after=after, size=1)
            found += [one.id for one in page.orders]
            if page.after is None:
                return found
            after = page.after

    assert listed(HEAD, "issued", "open") == listed(HANDLER, "asked", "open") == orders[::-1]
    assert listed(HEAD, "asked", "open") == listed(HANDLER, "issued", "open") == []
    place.now = MONDAY + timedelta(days=3, hours=12)
    assert listed(HANDLER, "asked", "overdue") == [orders[2], orders[1]]
    actions.answer_order(by(place, HANDLER), orders[2], version=1, words="已办。")
    assert listed(HANDLER, "asked", "overdue") == [orders[1]], "what is answered owes no answer"
    for order, version in ((orders[2], 2), (orders[0], 1)):
        actions.withdraw_order(by(place), order, version=version, words="不用了。")
    assert listed(HEAD, "issued", "ended") == [orders[0], orders[2]]
    assert listed(HEAD, "issued", "open") == [orders[1]]
    assert listed(OTHER_HEAD, "issued", "ended") == []
