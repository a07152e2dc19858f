"""Answers to a matter's questions: codes in the ledger, words in the vault, urgency raised, and what is refused."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from linli.cases import actions as cases
from linli.cases import queries
from linli.cases.replay import compare
from linli.catalogue import actions as catalogue
from linli.catalogue import queries as rules
from linli.core.errors import Refusal
from linli.intake import actions as intake
from linli.intake.report import Report
from linli.vault import queries as vault
from tests.rooms.conftest import COMMUNITY, DISTRICT, Place

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
LAMP = {"lamp": "dark", "how_many": "few", "wires_bare": "no", "post_number": "灯杆 13812345678"}


def submit(place: Place, answers: dict[str, Any], matter: str | None = "CM-003", **more: Any) -> str:
    report = Report(DISTRICT, "portal", "坏了，请来看看。", area=COMMUNITY, matter=matter, answers=answers, **more)
    return intake.submit(report, now=place.now).case


def ledger_of(case: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT payload FROM ledger_entry WHERE stream_id = %s ORDER BY seq", [case])
        return "\n".join(bytes(row[0]).decode() if not isinstance(row[0], str) else row[0] for row in cursor.fetchall())


def test_codes_stand_in_the_ledger_and_words_in_the_vault(place: Place) -> None:
    case = submit(place, LAMP)
    state = queries.load(DISTRICT, [case])[case].state
    assert (state.answers_for, state.answers["lamp"], state.answers["wires_bare"]) == ("CM-003", "dark", "no")
    typed = state.answers["post_number"]
    assert vault.masked(DISTRICT, [str(typed)])[str(typed)] == "灯杆 [电话]"
    assert "灯杆" not in ledger_of(case)
    assert [found for found in compare(DISTRICT) if found is not None] == []


def test_an_answer_raises_the_urgency_and_none_lowers_it(place: Place) -> None:
    calm, danger = submit(place, LAMP), submit(place, LAMP | {"wires_bare": "yes"})
    states = queries.load(DISTRICT, [calm, danger])
    assert states[calm].state.urgency == "standard"
    assert states[danger].state.urgency == "emergency"
    gas = submit(place, {"smell_now": "no", "anyone_hurt": "no"}, "SL-011")
    assert queries.load(DISTRICT, [gas])[gas].state.urgency == "emergency"


def test_a_report_without_answers_is_taken_in_whatever_its_matter_asks(place: Place) -> None:
    assert queries.load(DISTRICT, [case := submit(place, {})])[case].state.answers == {}


def test_answers_of_another_matter_are_no_longer_the_answers(place: Place) -> None:
    same, other = submit(place, LAMP), submit(place, LAMP)
    clerk = place.person(f"{COMMUNITY}.community_station")
    form = {"urgency": "standard", "area": COMMUNITY}
    kept = cases.act(clerk, DISTRICT, same, "accept", form | {"matter": "CM-003"}, now=place.now)
    dropped = cases.act(clerk, DISTRICT, other, "accept", form | {"matter": "CM-006"}, now=place.now)
    assert kept.answers["lamp"] == "dark"
    assert (dropped.answers, dropped.answers_for) == ({}, None)
    assert '"answer.lamp":"dark"' in ledger_of(other)
    assert [found for found in compare(DISTRICT) if found is not None] == []


def test_what_does_not_answer_is_refused_by_key(place: Place) -> None:
    with pytest.raises(Refusal) as no:
        submit(place, {"lamp": "purple", "taste": "sweet"})
    assert (no.value.code, no.value.facts["answer.lamp"]) == ("answers_invalid", "invalid")
    assert no.value.facts["answer.taste"] == "unknown_question"
    with pytest.raises(Refusal, match="answers_without_matter"):
        submit(place, LAMP, None)


def test_a_file_of_questions_goes_into_the_draft_and_bad_ones_are_named(place: Place, tmp_path: Path) -> None:
    file = tmp_path / "questions.yaml"
    file.write_text(
        "SV-021:\n- {key: storeys, type: number, title: {zh: 几层？, en: Storeys}}\n"
        "CM-003:\n- {key: lamp, type: essay, title: {zh: 灯, en: Lamp}}\nXX-999: []\n",
        "utf-8",
    )
    report = catalogue.import_questions(file, now=NOW)
    assert (report.new, report.changed, sorted(bad.code for bad in report.bad)) == (
        1,
        0,
        ["bad_question", "matter_unknown"],
    )
    number = rules.draft_number()
    assert number is not None
    assert [question.key for question in rules.matters(number)["SV-021"].questions] == ["storeys"]
    assert rules.published_matters()["SV-021"].questions == ()
    assert catalogue.import_questions(file, now=NOW).unchanged == 1
