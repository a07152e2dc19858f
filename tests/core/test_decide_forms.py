"""Forms: every fault at once, nothing of a person in an event, every type held to its shape."""

from typing import Any

import pytest
from shell import WORDS, Shell

from linli.core.case.events import ActionTaken
from linli.core.errors import Refusal
from linli.core.procedure import Role

TEAM = "500118001.town_enforcement_team"


def faults(shell: Shell, step: str, action: str, role: Role, **form: Any) -> dict[str, Any]:
    case = shell.bring(step)
    with pytest.raises(Refusal) as refused:
        shell.act(case, action, shell.playing(role, case), **form)
    assert refused.value.code == "form_invalid"
    return dict(refused.value.facts)


def test_it_names_all_faults_of_a_form_at_once(shell: Shell) -> None:
    found = faults(shell, "reported", "accept", Role.DESK, urgency="at once", area=7, colour="red", mood="bad")

    assert found == {"missing": ("matter",), "unknown": ("colour", "mood"), "invalid": ("urgency", "area")}


def test_it_takes_an_empty_field_for_a_missing_one(shell: Shell) -> None:
    found = faults(shell, "verified", "reply", Role.DESK, decision="", reason=None, remedy=())

    assert found["missing"] == ("decision", "reason", "remedy")


def test_it_answers_a_claim_with_decision_reason_and_remedy_or_not_at_all(shell: Shell) -> None:
    """Rights R4: closing without remedy fails."""
    assert faults(shell, "verified", "reply", Role.DESK, decision="supported", reason=WORDS)["missing"] == ("remedy",)
    assert faults(shell, "verified", "reply", Role.DESK, decision="supported", remedy="done")["missing"] == ("reason",)


def test_it_knows_no_decision_that_says_persuaded(shell: Shell) -> None:
    found = faults(shell, "verified", "reply", Role.DESK, decision="persuaded", reason=WORDS, remedy="done")

    assert found["invalid"] == ("decision",)


def test_it_declines_with_reason_right_channel_and_words_only(shell: Shell) -> None:
    found = faults(shell, "reported", "decline", Role.DESK, reason="because", right_channel="court")

    assert found == {"missing": ("words",), "unknown": (), "invalid": ("reason",)}


def test_it_keeps_the_reason_and_the_right_channel_of_a_decline(shell: Shell) -> None:
    case = shell.open()
    shell.act(
        case, "decline", shell.playing(Role.DESK, case),
        reason="in_court", right_channel="court", words=WORDS,
    )  # fmt: skip

    event = shell.events[case][-1]
    assert isinstance(event, ActionTaken)
    assert event.form == {"reason": "in_court", "right_channel": "court", "words": WORDS}
    assert shell.cases[case].step == "not_accepted"


WRONG = [
    # step, action, role, field, values of the wrong shape
    (
        "reported",
        "accept",
        Role.DESK,
        "matter",
        [7, True, ["CM-006"], "路灯坏了", "a b", "x" * 101, "call me"],
    ),
    ("reported", "accept", Role.DESK, "area", ["nowhere", 500118, "", None]),
    ("reported", "accept", Role.DESK, "complaint_targets", [TEAM, [TEAM], ("nobody",), (TEAM, 7)]),
    ("registered", "dispatch", Role.DISPATCHER, "lead", ["nobody", ("x",), 1]),
    ("handling", "pause", Role.UNIT, "until", ["soon", "2026-02-30", "20261130", "2026-W48-1", 20261130, "0001-01-01"]),
    ("handling", "pause", Role.UNIT, "words", ["plain text", 1, {"id": "v1"}]),
    ("handling", "ask_extension", Role.UNIT, "amount", ["2", 2.0, True, 2**53, -(2**53)]),
    ("registered", "merge", Role.DISPATCHER, "into", [7, "the one above", "x" * 200]),
]


@pytest.mark.parametrize(("step", "action", "role", "field", "values"), WRONG, ids=[f"{w[1]}-{w[3]}" for w in WRONG])
def test_it_refuses_a_value_of_the_wrong_shape(
    shell: Shell, step: str, action: str, role: Role, field: str, values: list[Any]
) -> None:
    case = shell.bring(step)
    for value in values:
        form = {**shell.filled(case, action), field: value}
        with pytest.raises(Refusal) as refused:
            shell.act(case, action, shell.playing(role, case), **form)
        named = {*refused.value.facts["invalid"], *refused.value.facts["missing"]}  # type: ignore[misc]
        assert (refused.value.code, named) == ("form_invalid", {field}), value


def test_it_keeps_no_empty_field_in_the_event(shell: Shell) -> None:
    case = shell.bring("registered")
    shell.act(case, "dispatch", shell.playing(Role.DISPATCHER, case), lead=TEAM, co_handlers=(), words=None)

    event = shell.events[case][-1]
    assert isinstance(event, ActionTaken)
    assert event.form == {"lead": TEAM}


def test_it_says_first_what_no_form_can_mend(shell: Shell) -> None:
    """Nobody fills in a form to learn afterwards that the act was closed to them."""
    case = shell.bring("handling", lead=TEAM, co_handlers=("500118.market_regulation",))

    with pytest.raises(Refusal, match="parts_open"):
        shell.act(case, "report_back", shell.playing(Role.UNIT, case))


@pytest.mark.parametrize("day", ["2026-11-17", "2030-01-01"])
def test_it_takes_no_date_ahead_for_something_done(shell: Shell, day: str) -> None:
    case = shell.open()
    with pytest.raises(Refusal) as refused:
        shell.act(case, "divert", shell.playing(Role.DESK, case), service="119", handed_over_at=day)

    assert refused.value.code == "date_lies_ahead"
    assert refused.value.facts == {"field": "handed_over_at", "date": day}
    assert shell.cases[case].step == "reported"
