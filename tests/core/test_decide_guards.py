"""Every guard: the act that meets it not, the code it answers, and the facts that say how to meet it."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import msgspec
import pytest
from shell import Shell
from world import MATTERS

from linli.core.case.guards import GUARDS
from linli.core.errors import Refusal
from linli.core.procedure import Role

TOWN = "500118001.command_centre"
SWEEPERS = "500118001.sanitation_office"
TEAM = "500118001.town_enforcement_team"
OTHER_TOWN = "500118002.command_centre"
MARKET = "500118.market_regulation"
CITY = "500118.city_management"
DISTRICT = "500118.district_centre"
OFFICE = "500118.district_supervision_office"

Scenario = Callable[[Shell], object]


def accept(**form: Any) -> Scenario:
    def scenario(shell: Shell) -> object:
        case = shell.open()
        return shell.act(case, "accept", shell.playing(Role.DESK, case), **shell.filled(case, "accept", **form))

    return scenario


def dispatch(lead: str, *co_handlers: str, **opening: Any) -> Scenario:
    def scenario(shell: Shell) -> object:
        case = shell.bring("registered", **opening)
        return shell.act(case, "dispatch", shell.playing(Role.DISPATCHER, case), lead=lead, co_handlers=co_handlers)

    return scenario


def handling(action: str, **form: Any) -> Scenario:
    """The handling unit acts on Monday at 9:00 on a case it may handle for five working days."""

    def scenario(shell: Shell) -> object:
        case = shell.bring("handling", matter="EE-009")
        return shell.act(case, action, shell.playing(Role.UNIT, case), **shell.filled(case, action, **form))

    return scenario


def merge(into: Callable[[Shell], str], **opening: Any) -> Scenario:
    def scenario(shell: Shell) -> object:
        other = into(shell)
        case = shell.bring("registered", **opening)
        return shell.act(case, "merge", shell.playing(Role.DISPATCHER, case), into=other)

    return scenario


def merge_into_another_district(shell: Shell) -> object:
    other = shell.bring("registered")
    shell.cases[other] = msgspec.structs.replace(shell.cases[other], district="500119")
    case = shell.bring("registered")
    return shell.act(case, "merge", shell.playing(Role.DISPATCHER, case), into=other)


def merge_what_others_joined(shell: Shell) -> object:
    first, second, third = (shell.bring("registered") for _ in range(3))
    shell.act(second, "merge", shell.playing(Role.DISPATCHER, second), into=first)
    return shell.act(first, "merge", shell.playing(Role.DISPATCHER, first), into=third)


def withdraw_what_others_joined(shell: Shell) -> object:
    first, second = shell.bring("registered"), shell.bring("registered")
    shell.act(second, "merge", shell.playing(Role.DISPATCHER, second), into=first)
    return shell.act(first, "withdraw", shell.reporter(first))


def dispatch_unclassified(shell: Shell) -> object:
    case = shell.bring("not_accepted")
    shell.act(case, "contest", shell.reporter(case), **shell.filled(case, "contest"))
    return shell.act(case, "dispatch", shell.playing(Role.DISPATCHER, case), lead=SWEEPERS)


def return_twice(shell: Shell) -> object:
    case = shell.bring("disputed")
    shell.cases[case] = msgspec.structs.replace(shell.cases[case], step="dispatched")
    return shell.act(case, "return", shell.playing(Role.UNIT, case), **shell.filled(case, "return"))


def return_after_a_conference(shell: Shell) -> object:
    case = shell.bring("conference")
    shell.act(case, "decide", shell.playing(Role.CONVENER, case), **shell.filled(case, "decide", lead=TEAM))
    return shell.act(case, "return", shell.playing(Role.UNIT, case), **shell.filled(case, "return"))


def act_after_expiry(action: str) -> Scenario:
    def scenario(shell: Shell) -> object:
        case = shell.bring("handling", matter="EE-009")
        shell.wait(days=7, hours=9)
        return shell.act(case, action, shell.playing(Role.UNIT, case), **shell.filled(case, action))

    return scenario


def ask_twice(shell: Shell) -> object:
    case = shell.bring("handling", matter="EE-009")
    unit = shell.playing(Role.UNIT, case)
    shell.act(case, "ask_extension", unit, **shell.filled(case, "ask_extension"))
    return shell.act(case, "ask_extension", unit, **shell.filled(case, "ask_extension"))


def extend_unasked(shell: Shell) -> object:
    case = shell.bring("handling", matter="EE-009")
    return shell.act(case, "extend", shell.watcher())


def verify_what_one_handled(shell: Shell) -> object:
    case = shell.bring("handling")
    busybody = shell.person("busybody", SWEEPERS, TOWN)
    shell.act(case, "report_back", busybody, **shell.filled(case, "report_back"))
    return shell.act(case, "verify", busybody, **shell.filled(case, "verify"))


def follow_up_what_all_units_handled(shell: Shell) -> object:
    case = shell.bring("replied")
    every = tuple(sorted(shell.policy.territory.units))
    shell.cases[case] = msgspec.structs.replace(shell.cases[case], handled_units=every)
    return shell.act(case, "satisfied", shell.playing(Role.FOLLOW_UP_DESK, case))


def escalate_at_the_top(shell: Shell) -> object:
    case = shell.bring("registered")
    for _ in range(2):
        shell.act(case, "escalate", shell.reporter(case))
    return shell.act(case, "escalate", shell.reporter(case))


def report_with_a_part_open(shell: Shell) -> object:
    case = shell.bring("handling", matter="EE-009", co_handlers=(MARKET,))
    return shell.act(case, "report_back", shell.playing(Role.UNIT, case), **shell.filled(case, "report_back"))


def in_step(step: str, action: str, role: Role, **form: Any) -> Scenario:
    def scenario(shell: Shell) -> object:
        case = shell.bring(step)
        actor = shell.reporter(case) if role is Role.REPORTER else shell.playing(role, case)
        return shell.act(case, action, actor, **shell.filled(case, action, **form))

    return scenario


def reopen_after_the_window(shell: Shell) -> object:
    case = shell.bring("closed")
    shell.wait(days=30, seconds=1)
    return shell.act(case, "reopen", shell.reporter(case))


def withdraw_a_danger(shell: Shell) -> object:
    case = shell.bring("registered", matter="SL-007")
    return shell.act(case, "withdraw", shell.reporter(case))


def split_among_all(shell: Shell) -> object:
    """One centre after the other gets a part, until the last one that could verify."""
    case = shell.bring("handling")
    unit = shell.playing(Role.UNIT, case)
    for helper in (TOWN, DISTRICT):
        shell.act(case, "open_part", unit, **shell.filled(case, "open_part", unit=helper))
    return shell.act(case, "open_part", unit, **shell.filled(case, "open_part", unit=OFFICE))


def closed_case(shell: Shell) -> str:
    return shell.bring("closed")


SENSITIVE_FACTS = {"unit": SWEEPERS, "matter": "SL-007", "type": "health_commission"}


def dispatch_sensitive_to_sweepers(shell: Shell) -> object:
    case = shell.bring("registered", matter="SL-007")
    actor = shell.playing(Role.DISPATCHER, case)
    return shell.act(case, "dispatch", actor, **shell.filled(case, "dispatch", lead=SWEEPERS))


REFUSED: list[tuple[str, str, Mapping[str, Any], Scenario]] = [
    # --- taking in
    ("matter_known", "matter_unknown", {"matter": "ZZ-999"}, accept(matter="ZZ-999")),
    ("area_known", "area_outside_district", {"area": "50", "district": "500118"}, accept(area="50")),
    ("complaint_target_stated", "complaint_target_missing", {"matter": "PL-001"}, accept(matter="PL-001")),
    (
        "complaint_target_stated",
        "complaint_target_missing",
        {"matter": "CM-006"},
        accept(matter="CM-006", complaint_about="unit_named"),
    ),
    (
        "complaint_target_stated",
        "complaint_target_contradiction",
        {"targets": (SWEEPERS,)},
        accept(matter="PL-001", complaint_about="no_unit_named", complaint_targets=(SWEEPERS,)),
    ),
    (
        "complaint_target_stated",
        "recused",
        {"units": ("500118001001.community_station",)},
        accept(matter="PL-001", complaint_targets=(TOWN,)),
    ),
    (
        "concerns_own_line",
        "not_about_own_line",
        {"units": (SWEEPERS,)},
        in_step("reported", "pass_on", Role.DESK, complaint_targets=(SWEEPERS,)),
    ),
    ("never_accepted", "accepted_before", {"case": "c0001"}, in_step("registered", "uphold", Role.DISPATCHER)),
    # --- notes
    (
        "mentioned_may_read",
        "mentioned_cannot_read",
        {"units": (TEAM,)},
        in_step("reported", "note", Role.DESK, mention=(TEAM,)),
    ),
    # --- dispatching
    ("classified", "not_classified", {"case": "c0001"}, dispatch_unclassified),
    ("lead_fits", "co_handlers_repeat", {"lead": SWEEPERS, "co_handlers": (SWEEPERS,)}, dispatch(SWEEPERS, SWEEPERS)),
    (
        "lead_fits",
        "co_handlers_repeat",
        {"lead": SWEEPERS, "co_handlers": (TEAM, TEAM)},
        dispatch(SWEEPERS, TEAM, TEAM),
    ),
    (
        "lead_fits",
        "lead_serves_elsewhere",
        {"unit": "500118002.sanitation_office", "area": "500118001001001"},
        dispatch("500118002.sanitation_office"),
    ),
    ("lead_fits", "lead_not_for_this_matter", SENSITIVE_FACTS, dispatch_sensitive_to_sweepers),
    (
        "not_the_unit_complained_about",
        "unit_complained_about",
        {"units": (SWEEPERS,)},
        dispatch(SWEEPERS, TEAM, complaint_targets=(SWEEPERS,)),
    ),
    (
        "not_the_unit_complained_about",
        "unit_complained_about",
        {"units": (SWEEPERS,)},
        dispatch(TEAM, SWEEPERS, complaint_targets=(SWEEPERS,)),
    ),
    (
        "verifier_exists",
        "no_verifier_left",
        {"lead": TOWN, "area": "500118001001001"},
        dispatch(TOWN, DISTRICT, OFFICE),
    ),
    # --- ownership
    ("first_return", "returned_already", {"returns": 1}, return_twice),
    ("no_ruling_yet", "ruling_binds", {"unit": TEAM}, return_after_a_conference),
    # --- parts
    (
        "part_unit_fits",
        "unit_has_it_already",
        {"unit": SWEEPERS},
        in_step("handling", "open_part", Role.UNIT, unit=SWEEPERS),
    ),
    ("part_unit_fits", "no_verifier_left", {"lead": OFFICE, "area": "500118001001001"}, split_among_all),
    ("required_parts_done", "parts_open", {"units": (MARKET,)}, report_with_a_part_open),
    # --- time
    ("within_pause_limit", "pause_end_not_ahead", {"until": "2026-11-16"}, handling("pause", until="2026-11-16")),
    (
        "within_pause_limit",
        "pause_too_long",
        {"until": "2026-12-17", "max_days": 30, "rested": 0},
        handling("pause", until="2026-12-17"),
    ),
    ("before_expiry", "limit_has_passed", {"due": "2026-11-23T10:00:00+00:00"}, act_after_expiry("pause")),
    ("before_expiry", "limit_has_passed", {"due": "2026-11-23T10:00:00+00:00"}, act_after_expiry("ask_extension")),
    ("none_granted_yet", "extension_once_only", {"asked": "2wd"}, ask_twice),
    (
        "extension_within_original",
        "extension_too_long",
        {"asked": 6, "original": "5wd"},
        handling("ask_extension", amount=6),
    ),
    (
        "extension_within_original",
        "extension_too_long",
        {"asked": 0, "original": "5wd"},
        handling("ask_extension", amount=0),
    ),
    ("extension_asked", "no_extension_asked", {}, extend_unasked),
    # --- who handled
    ("never_handled", "actor_handled", {"case": "c0001"}, verify_what_one_handled),
    (
        "never_handled",
        "unit_handled",
        {"units": ("500118001001.community_station",)},
        follow_up_what_all_units_handled,
    ),
    # --- upwards, out, and back
    ("a_level_above_exists", "no_level_above", {"unit": OFFICE}, escalate_at_the_top),
    (
        "rating_in_range",
        "out_of_range",
        {"field": "rating", "low": 1, "high": 5},
        in_step("replied", "satisfied", Role.REPORTER, rating=0),
    ),
    (
        "rating_in_range",
        "out_of_range",
        {"field": "rating", "low": 1, "high": 5},
        in_step("replied", "satisfied", Role.REPORTER, rating=6),
    ),
    (
        "score_in_range",
        "out_of_range",
        {"field": "score", "low": 1, "high": 5},
        in_step("closed", "evaluate", Role.FOLLOW_UP_DESK, score=9),
    ),
    ("within_reopen_window", "reopen_window_passed", {"days": 30}, reopen_after_the_window),
    ("no_public_danger", "public_danger", {"urgency": "emergency"}, withdraw_a_danger),
    ("nobody_else_follows", "others_follow", {"joined": 1}, withdraw_what_others_joined),
    # --- merging
    ("not_a_part", "cannot_be_merged", {"case": "c0001"}, merge_what_others_joined),
    ("target_open", "merge_target_unknown", {"into": "c9999"}, merge(lambda _: "c9999")),
    ("target_open", "merge_target_ended", {"into": "C0001"}, merge(closed_case)),
    (
        "target_open",
        "merge_target_unknown",
        {"into": "c0001"},
        merge(lambda shell: shell.bring("registered", area="500118002001001")),
    ),
    (
        "target_open",
        "merge_would_reach_unit_complained_about",
        {"into": "C0001", "units": (SWEEPERS,)},
        merge(lambda shell: shell.bring("handling"), complaint_targets=(SWEEPERS,)),
    ),
    ("same_district", "merge_other_district", {"into": "c0001"}, merge_into_another_district),
]


@pytest.mark.parametrize(
    ("guard", "code", "facts", "scenario"), REFUSED, ids=[f"{g}-{c}-{n}" for n, (g, c, _, _) in enumerate(REFUSED)]
)
def test_it_refuses_with_its_code_and_the_facts(
    shell: Shell, guard: str, code: str, facts: Mapping[str, Any], scenario: Scenario
) -> None:
    with pytest.raises(Refusal) as refused:
        scenario(shell)

    assert (refused.value.code, refused.value.facts) == (code, facts)


def test_it_is_tested_for_every_guard() -> None:
    assert {guard for guard, *_ in REFUSED} == set(GUARDS)


def test_it_keeps_personal_data_out_of_the_facts(shell: Shell) -> None:
    """Facts are codes, ids, instants and numbers: nothing that a person wrote."""
    for _, _, _, scenario in REFUSED:
        fresh = Shell(shell.policy, shell.now)
        with pytest.raises(Refusal) as refused:
            scenario(fresh)
        for value in refused.value.facts.values():
            texts = value if isinstance(value, tuple) else (value,)
            assert all(isinstance(text, str | int | None) for text in texts)


def test_it_refuses_a_lead_that_does_not_handle(shell: Shell) -> None:
    case = shell.bring("registered")
    only_watching(shell, TEAM)

    with pytest.raises(Refusal) as refused:
        shell.act(case, "dispatch", shell.playing(Role.DISPATCHER, case), lead=TEAM)

    assert (refused.value.code, refused.value.facts) == ("unit_does_not_handle", {"unit": TEAM})


def test_it_refuses_a_co_handler_that_does_not_handle(shell: Shell) -> None:
    case = shell.bring("registered")
    only_watching(shell, TEAM)

    with pytest.raises(Refusal) as refused:
        shell.act(case, "dispatch", shell.playing(Role.DISPATCHER, case), lead=SWEEPERS, co_handlers=(TEAM,))

    assert (refused.value.code, refused.value.facts) == ("unit_does_not_handle", {"unit": TEAM})


def test_it_refuses_a_part_to_a_unit_that_does_not_handle(shell: Shell) -> None:
    case = shell.bring("handling")
    only_watching(shell, TEAM)

    with pytest.raises(Refusal, match="unit_does_not_handle"):
        shell.act(case, "open_part", shell.playing(Role.UNIT, case), **shell.filled(case, "open_part", unit=TEAM))


def test_it_refuses_a_part_to_a_unit_complained_about(shell: Shell) -> None:
    case = shell.bring("handling", complaint_targets=(TEAM,))

    with pytest.raises(Refusal) as refused:
        shell.act(case, "open_part", shell.playing(Role.UNIT, case), **shell.filled(case, "open_part", unit=TEAM))

    assert (refused.value.code, refused.value.facts) == ("unit_complained_about", {"units": (TEAM,)})


def test_it_refuses_a_second_open_part_to_the_same_unit(shell: Shell) -> None:
    case = shell.bring("handling", matter="EE-009", co_handlers=(MARKET,))

    with pytest.raises(Refusal) as refused:
        shell.act(case, "open_part", shell.playing(Role.UNIT, case), **shell.filled(case, "open_part", unit=MARKET))

    assert (refused.value.code, refused.value.facts) == ("unit_has_it_already", {"unit": MARKET})


def test_it_does_not_say_whether_a_case_exists_that_the_officer_may_not_read(shell: Shell) -> None:
    """Hidden and missing are answered alike."""
    hidden = shell.bring("registered", area="500118002001001")
    case = shell.bring("registered")
    answers = []
    for into in (hidden, "c9999"):
        with pytest.raises(Refusal) as refused:
            shell.act(case, "merge", shell.playing(Role.DISPATCHER, case), into=into)
        answers.append((refused.value.code, set(refused.value.facts)))

    assert answers[0] == answers[1]


def test_it_takes_an_empty_answer_for_none(shell: Shell) -> None:
    """A complaint matter is not accepted with the question left empty."""
    case = shell.open()

    with pytest.raises(Refusal, match="complaint_target_missing"):
        shell.act(
            case, "accept", shell.playing(Role.DESK, case), **shell.filled(case, "accept", matter="PL-001"),
            complaint_about="", complaint_targets=(),
        )  # fmt: skip


def test_it_needs_no_second_naming_of_whom_the_reporter_has_named(shell: Shell) -> None:
    case = shell.open(complaint_targets=(SWEEPERS,))

    after = shell.act(case, "accept", shell.playing(Role.DESK, case), **shell.filled(case, "accept", matter="PL-001"))

    assert after.complaint_targets == (SWEEPERS,)


def test_it_counts_all_pauses_of_one_promise_together(shell: Shell) -> None:
    case = shell.bring("handling", matter="EE-009")
    unit = shell.playing(Role.UNIT, case)
    shell.act(case, "pause", unit, **shell.filled(case, "pause", until="2026-12-11"))
    shell.wait(days=20)
    shell.act(case, "resume", unit)

    with pytest.raises(Refusal) as refused:
        shell.act(case, "pause", unit, **shell.filled(case, "pause", until="2026-12-18"))

    assert refused.value.facts == {"until": "2026-12-18", "max_days": 30, "rested": 20}


def test_it_takes_the_whole_original_limit_as_the_longest_extension(shell: Shell) -> None:
    case = shell.bring("handling", matter="EE-009")

    after = shell.act(
        case, "ask_extension", shell.playing(Role.UNIT, case), **shell.filled(case, "ask_extension", amount=5)
    )

    assert after.extension_asked == "5wd"


def test_it_asks_for_an_extension_in_the_unit_of_the_limit(shell: Shell) -> None:
    case = shell.bring("handling")
    assert MATTERS["CM-006"].handle_limit.unit == "wh"

    after = shell.act(case, "ask_extension", shell.playing(Role.UNIT, case), **shell.filled(case, "ask_extension"))

    assert after.extension_asked == "2wh"


def only_watching(shell: Shell, unit: str) -> None:
    """Takes the function of handling from a unit."""
    territory = shell.policy.territory
    units = dict(territory.units)
    units[unit] = replace(units[unit], functions=frozenset())
    shell.policy = replace(shell.policy, territory=replace(territory, units=units))
