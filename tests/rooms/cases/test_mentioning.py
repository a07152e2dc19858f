"""Mentions: each unit's list of cases to which notes call it, written with the note and never told the reporter."""

import pytest
from django.db import connection

from linli.cases import actions as cases
from linli.cases import queries, replay
from linli.cases.actions import CaseMoved
from linli.core.actor import Actor
from linli.core.errors import Refusal
from linli.ledger import queries as ledger
from linli.ledger.queries import Fault
from linli.vault import queries as vault
from tests.rooms.conftest import COMMUNITY, DISTRICT, TOWN, Place

STATION = f"{COMMUNITY}.community_station"
CENTRE = f"{TOWN}.command_centre"
SANITATION = f"{TOWN}.sanitation_office"
WORDS = "请看一眼现场，电话 13812345678。"


def listed(actor: Actor) -> list[str]:
    return [found.line.id for found in queries.mentions(actor, DISTRICT)]


def note(place: Place, case: str, by: str, *mention: str, words: str = WORDS) -> None:
    place.act(case, "note", place.person(by), words=words, mention=mention)


@pytest.fixture
def case(place: Place) -> str:
    case = place.report().case
    place.bring_to(case, "handling")
    return case


def test_it_is_on_the_list_of_the_unit_at_once_and_of_no_other(place: Place, case: str) -> None:
    note(place, case, SANITATION, STATION)

    assert listed(place.person(STATION)) == [case]
    assert listed(place.person(SANITATION)) == listed(place.person(CENTRE)) == []
    [found] = queries.mentions(place.person(STATION), DISTRICT)
    assert (found.units, found.at) == ((STATION,), place.now)


def test_its_words_are_in_the_vault_and_not_in_the_ledger(place: Place, case: str) -> None:
    note(place, case, SANITATION, STATION)

    last = ledger.stream(DISTRICT, "case", case)[-1]
    assert last.type == "case.note"
    assert "13812345678" not in str(last.payload)
    assert "现场" not in str(last.payload)
    texts = vault.masked(DISTRICT, [item for item, _kind, field in vault.kinds(DISTRICT, case) if field == "words"])
    assert any("请看一眼现场" in text and "13812345678" not in text for text in texts.values())
    assert "请看一眼现场" not in str(vault.masked_by_case(DISTRICT, [case])), "no search finds a case by a note"


def test_it_leaves_the_list_with_a_note_of_the_unit_and_comes_back_when_called_again(place: Place, case: str) -> None:
    note(place, case, SANITATION, STATION, CENTRE)
    note(place, case, STATION, words="已看过。")

    assert listed(place.person(STATION)) == []
    assert listed(place.person(CENTRE)) == [case], "the other unit has not answered"

    note(place, case, SANITATION, STATION)
    assert listed(place.person(STATION)) == [case]


def test_it_may_call_on_ones_own_unit(place: Place, case: str) -> None:
    """The one on duty tells the next: the same act neither answers nor forgets the call."""
    note(place, case, SANITATION, SANITATION)

    assert listed(place.person(SANITATION)) == [case]


def test_it_leaves_the_list_when_the_unit_says_so_and_with_the_end_of_the_case(place: Place, case: str) -> None:
    note(place, case, SANITATION, STATION, CENTRE)
    version = place.state(case).version

    assert cases.settle_mention(place.person(STATION), DISTRICT, case, now=place.now)
    assert not cases.settle_mention(place.person(STATION), DISTRICT, case, now=place.now)
    assert place.state(case).version == version
    assert listed(place.person(STATION)) == []
    assert listed(place.person(CENTRE)) == [case]

    place.act(case, "withdraw", place.reporter(case))
    assert listed(place.person(CENTRE)) == []


def test_nobody_takes_a_case_off_the_list_of_another_unit(place: Place, case: str) -> None:
    note(place, case, SANITATION, STATION)

    assert not cases.settle_mention(place.person(CENTRE), DISTRICT, case, now=place.now)
    assert listed(place.person(STATION)) == [case]


def test_it_is_listed_to_nobody_whom_the_complaint_turns_out_to_be_about(place: Place) -> None:
    case = place.report().case
    note(place, case, STATION, STATION)
    assert listed(place.person(STATION)) == [case]

    place.act(case, "pass_on", complaint_targets=(STATION,))

    assert STATION in place.state(case).recused
    assert listed(place.person(STATION)) == []


def test_it_writes_nothing_when_the_note_is_refused_or_the_race_is_lost(
    place: Place, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Refusal, match="mentioned_cannot_read"):
        note(place, case, SANITATION, f"{TOWN}.town_enforcement_team")
    stale = queries.load(DISTRICT, [case])
    place.act(case, "note", place.person(SANITATION), words="快一步。")
    monkeypatch.setattr(queries, "load", lambda *_: stale)
    with pytest.raises(CaseMoved):
        note(place, case, SANITATION, STATION)

    assert listed(place.person(STATION)) == []
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM cases_mention")
        assert cursor.fetchone() == (0,)


def test_it_keeps_ledger_and_rows_in_agreement(place: Place, case: str) -> None:
    note(place, case, SANITATION, STATION, CENTRE)
    note(place, case, CENTRE)

    assert [found for found in replay.compare(DISTRICT) if found] == []
    assert not any(isinstance(found, Fault) for found in ledger.verify(DISTRICT))


def test_it_is_written_on_a_part_by_its_unit_and_by_the_lead(place: Place) -> None:
    case = place.report().case
    place.accept(case, "EE-009")
    place.dispatch(case, (f"{DISTRICT}.market_regulation",))
    place.act(case, "acknowledge")
    lead = place.state(case).roles.unit or ""
    part = place.state(case).open_parts[0].id

    note(place, part, f"{DISTRICT}.market_regulation", lead)
    assert listed(place.person(lead)) == [part]
    assert place.state(case).handled_by == place.state(part).handled_by + place.state(case).handled_by

    note(place, part, lead)
    assert listed(place.person(lead)) == []
