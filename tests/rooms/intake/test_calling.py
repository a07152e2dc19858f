"""Calls: a look-up needs consent and a running call, is recorded for the reporter, and leaves nothing of the caller."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import override_settings

from linli.core.actor import Actor
from linli.core.case.state import CaseState
from linli.core.errors import Refusal
from linli.intake import actions as intake
from linli.intake.codes import phone_hash
from linli.intake.models import Call
from linli.intake.report import Report
from linli.ledger import queries as ledger
from linli.ledger.queries import Fault
from linli.vault import actions as vault
from linli.vault import queries as vaulted
from tests.rooms.conftest import COMMUNITY, DISTRICT, FAR, TOWN, Place

STATION, SANITATION = f"{COMMUNITY}.community_station", f"{TOWN}.sanitation_office"
NUMBER, OTHER = "13812345678", "13912345678"


@pytest.fixture
def clerk(place: Place) -> Actor:
    return place.person(STATION)


@pytest.fixture
def call(place: Place, clerk: Actor) -> str:
    return intake.begin_call(clerk, DISTRICT, now=place.now)


def look(place: Place, clerk: Actor, call: str, number: str = NUMBER, *, consented: bool = True) -> list[CaseState]:
    return intake.look_up(clerk, DISTRICT, call, number, consented=consented, now=place.later())


def refused(deed: object) -> str:
    with pytest.raises(Refusal) as refusal:
        deed()  # type: ignore[operator]
    return refusal.value.code


def test_it_finds_the_callers_own_open_cases_however_the_number_is_written(
    place: Place, clerk: Actor, call: str
) -> None:
    first = place.report(contact="王女士 138 1234 5678").case
    second = place.report("路灯坏了。", contact="+86-13812345678").case
    place.report("别人的事。", contact=OTHER)
    place.report("没有留电话。")

    assert [state.id for state in look(place, clerk, call)] == [second, first]
    assert look(place, clerk, call, "13700000000") == []


def test_it_shows_only_open_cases_that_the_officer_may_see(place: Place, clerk: Actor, call: str) -> None:
    ended = place.report(contact=NUMBER).case
    place.bring_to(ended, "closed")
    place.report("别处的事。", contact=NUMBER, area=FAR)
    about_us = place.report("工作站不理人。", contact=NUMBER, complaint_targets=(STATION,)).case
    assert STATION in place.state(about_us).recused
    own = place.report("门口的事。", contact=NUMBER).case

    assert [state.id for state in look(place, clerk, call)] == [own]
    assert {str(row.case_id) for row in vaulted.reveals(DISTRICT, own)} == {own}
    assert vaulted.reveals(DISTRICT, about_us) == [], "what is not shown was not looked at"


def test_its_look_is_told_to_the_reporter_and_stands_in_the_ledger(place: Place, clerk: Actor, call: str) -> None:
    case = place.report(contact=NUMBER).case
    look(place, clerk, call)

    [told] = vaulted.reveals(DISTRICT, case)
    assert (str(told.call_id), told.actor, told.reason) == (call, clerk.id, "")
    [entry] = ledger.stream(DISTRICT, "reveal", case)
    assert (entry.type, entry.actor) == ("vault.looked_up", clerk.id)
    looked = [entry for entry in ledger.stream(DISTRICT, "call", call) if entry.type == "call.looked_up"]
    assert len(looked) == 1
    assert NUMBER not in str(entry.payload) + str(looked[0].payload)
    assert not any(isinstance(found, Fault) for found in ledger.verify(DISTRICT))


def test_a_look_that_finds_nothing_is_recorded_too(place: Place, clerk: Actor, call: str) -> None:
    look(place, clerk, call)

    assert [entry.type for entry in ledger.stream(DISTRICT, "call", call)] == ["call.begun", "call.looked_up"]


def test_it_refuses_without_consent_without_a_number_and_after_a_handful(place: Place, clerk: Actor, call: str) -> None:
    case = place.report(contact=NUMBER).case
    assert refused(lambda: look(place, clerk, call, consented=False)) == "consent_missing"
    assert refused(lambda: look(place, clerk, call, "不知道")) == "number_unreadable"
    assert vaulted.reveals(DISTRICT, case) == []
    for _ in range(5):
        look(place, clerk, call)
    assert refused(lambda: look(place, clerk, call)) == "too_many_looks"
    assert len(vaulted.reveals(DISTRICT, case)) == 5


def test_it_is_done_by_who_took_the_call_and_while_it_runs(place: Place, clerk: Actor, call: str) -> None:
    other = place.person(STATION, "a-colleague")
    assert refused(lambda: look(place, other, call)) == "call_unknown"
    assert refused(lambda: intake.begin_call(place.person(SANITATION), DISTRICT, now=place.now)) == "not_yours"
    intake.end_call(clerk, DISTRICT, call, now=place.later())
    assert refused(lambda: look(place, clerk, call)) == "call_ended"

    late = intake.begin_call(clerk, DISTRICT, now=place.now)
    place.now += timedelta(hours=3)
    assert refused(lambda: look(place, clerk, late)) == "call_ended"
    assert refused(lambda: report(place, clerk, late)) == "call_ended"


def report(place: Place, clerk: Actor, call: str, detail: str = "路灯坏了。") -> str:
    given = Report(DISTRICT, "portal", detail, area=COMMUNITY)
    return intake.report_call(clerk, DISTRICT, call, given, now=place.now).case


def test_it_ends_in_one_case_of_the_hotline_however_often_it_is_sent(place: Place, clerk: Actor, call: str) -> None:
    case = report(place, clerk, call)

    assert place.state(case).channel == "hotline"
    assert report(place, clerk, call) == case
    with pytest.raises(intake.BodyDiffers):
        report(place, clerk, call, "另一件事。")
    assert [entry.type for entry in ledger.stream(DISTRICT, "call", call)] == ["call.begun", "call.ended"]
    assert refused(lambda: look(place, clerk, call)) == "call_ended"


def test_it_makes_no_report_of_a_call_that_ended_without_one(place: Place, clerk: Actor, call: str) -> None:
    intake.end_call(clerk, DISTRICT, call, now=place.now)

    assert refused(lambda: report(place, clerk, call)) == "call_ended"


def test_a_tenth_call_is_taken_like_the_first_and_nothing_of_the_caller_is_kept(place: Place, clerk: Actor) -> None:
    """Rights R19: no tag, no history, no other path for whoever calls often."""
    case = place.report(contact=NUMBER).case
    answers = []
    for _ in range(10):
        call = intake.begin_call(clerk, DISTRICT, now=place.later())
        answers.append([state.id for state in look(place, clerk, call)])
        intake.end_call(clerk, DISTRICT, call, now=place.now)

    assert answers == [[case]] * 10
    rows = [
        {name: value for name, value in row.items() if name not in ("id", "started_at", "consent_at", "ended_at")}
        for row in Call.objects.values()
    ]
    assert rows == [rows[0]] * 10, "no call differs from another by who called"
    assert rows[0]["case_id"] is None


def test_its_hash_is_keyed_differs_by_district_and_goes_with_the_contact(place: Place) -> None:
    case = place.report(contact=NUMBER).case
    with connection.cursor() as cursor:
        cursor.execute("SELECT lookup FROM vault_item WHERE case_id = %s AND lookup <> ''", [case])
        [(kept,)] = cursor.fetchall()
    assert kept == phone_hash(DISTRICT, NUMBER) != phone_hash("500119", NUMBER)
    with override_settings(CODE_KEY=b"another key"):
        assert phone_hash(DISTRICT, NUMBER) != kept

    vault.erase(district=DISTRICT, case=case)
    assert vaulted.by_lookup(DISTRICT, kept) == []


def test_whatever_the_way_in_only_a_contact_gets_a_hash(place: Place) -> None:
    ready = intake.prepare(
        Report(DISTRICT, "hotline", "漏水。", area=COMMUNITY, contact=NUMBER),
        now=place.now, policy=place.policy, suggestion=None,
    )  # fmt: skip
    assert [bool(item.lookup) for item in ready.items if item.kind == "contact"] == [True]
    assert not any(item.lookup for item in ready.items if item.kind != "contact")
