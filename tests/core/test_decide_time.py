"""Pausing, resuming, extending, parking: what happens to the date that was promised."""

from dataclasses import replace

import pytest
from official_days import at
from shell import Shell
from world import matter

from linli.core.actor import CLOCK
from linli.core.calendar import Limit
from linli.core.case.state import CaseState
from linli.core.errors import Refusal
from linli.core.procedure import Role

TEAM = "500118001.town_enforcement_team"
TOWN = "500118001.command_centre"


def promised(state: CaseState) -> object:
    assert state.promise is not None
    return state.promise.due


def handled(shell: Shell, matter: str = "EE-009") -> str:
    """A case in handling since Monday 9:00: EE-009 has 5wd, CM-006 has 4wh."""
    return shell.bring("handling", matter=matter, lead=TEAM)


def pause(shell: Shell, case: str, until: str) -> CaseState:
    return shell.act(case, "pause", shell.playing(Role.UNIT, case), **shell.filled(case, "pause", until=until))


def ask(shell: Shell, case: str, amount: int = 2, name: str | None = None) -> CaseState:
    actor = shell.playing(Role.UNIT, case, name)
    return shell.act(case, "ask_extension", actor, **shell.filled(case, "ask_extension", amount=amount))


# --- pauses


def test_it_stands_still_until_the_day_named(shell: Shell) -> None:
    state = pause(shell, handled(shell), "2026-11-26")

    assert state.step == "paused"
    assert state.until == state.next_wake == at("2026-11-26 Thu 00:00")
    assert state.clock == state.promise
    assert state.clock is not None
    assert (state.clock.paused_at, state.clock.paused_reason) == (at("2026-11-16 Mon 09:00"), "waiting_for_reporter")


def test_it_is_not_overdue_while_it_stands_still(shell: Shell) -> None:
    case = handled(shell)
    pause(shell, case, "2026-12-10")
    shell.now = at("2026-12-01 Tue 09:00")

    assert shell.due(case) is None


PAUSED = [
    # matter, paused at, resumed at, due then
    ("EE-009", "2026-11-18 Wed 10:00", "2026-11-26 Thu 10:00", "2026-12-01 Tue 18:00", "3 of 5wd were left"),
    ("EE-009", "2026-11-18 Wed 10:00", "2026-11-18 Wed 16:00", "2026-11-23 Mon 18:00", "the same day changes nothing"),
    (
        "EE-009",
        "2026-11-23 Mon 10:00",
        "2026-11-26 Thu 10:00",
        "2026-11-27 Fri 18:00",
        "the last day is one day",
    ),
    ("CM-006", "2026-11-16 Mon 10:00", "2026-11-20 Fri 09:00", "2026-11-20 Fri 12:00", "3 of 4wh were left"),
    ("CM-006", "2026-11-16 Mon 14:30", "2026-11-19 Thu 17:45", "2026-11-20 Fri 09:15", "half an hour was left"),
]


@pytest.mark.parametrize(("matter", "paused", "resumed", "due", "why"), PAUSED, ids=[row[-1] for row in PAUSED])
def test_it_keeps_what_was_left_when_it_runs_again(
    shell: Shell, matter: str, paused: str, resumed: str, due: str, why: str
) -> None:
    case = handled(shell, matter)
    shell.now = at(paused)
    pause(shell, case, "2026-12-15")
    shell.now = at(resumed)

    state = shell.act(case, "resume", shell.playing(Role.UNIT, case))

    assert state.step == "handling"
    assert promised(state) == at(due), why
    assert state.clock == state.promise
    assert state.until is None


def test_it_runs_again_by_the_clock_on_the_day_named(shell: Shell) -> None:
    case = handled(shell)
    pause(shell, case, "2026-11-26")

    assert shell.wake(case) == "resume"

    state = shell.cases[case]
    assert (state.step, promised(state)) == ("handling", at("2026-12-03 Thu 18:00"))


def test_it_reminds_anew_after_a_pause(shell: Shell) -> None:
    case = handled(shell)
    shell.wake(case)
    pause(shell, case, "2026-11-26")
    shell.wake(case)

    assert shell.cases[case].reminded is False


def test_it_can_go_higher_while_it_stands_still_and_stays_paused(shell: Shell) -> None:
    case = handled(shell)
    pause(shell, case, "2026-11-26")

    state = shell.act(case, "escalate", shell.reporter(case))

    assert (state.step, state.owner) == ("paused", TOWN)
    assert state.until == at("2026-11-26 Thu 00:00")


# --- extensions


def test_it_moves_the_promise_only_when_the_extension_is_approved(shell: Shell) -> None:
    case = handled(shell)

    asked = ask(shell, case)
    granted = shell.act(case, "extend", shell.watcher())

    assert promised(asked) == at("2026-11-23 Mon 18:00")
    assert promised(granted) == at("2026-11-25 Wed 18:00")
    assert granted.clock == granted.promise
    assert (granted.extensions, granted.extension_asked) == (1, None)


def test_it_tells_the_supervisor_of_the_request_and_the_reporter_of_the_approval(shell: Shell) -> None:
    case = handled(shell)
    ask(shell, case)
    shell.act(case, "extend", shell.watcher())

    assert shell.notified == [(case, "supervisor"), (case, "reporter")]


def test_it_grants_one_extension_only(shell: Shell) -> None:
    case = handled(shell)
    ask(shell, case)
    shell.act(case, "extend", shell.watcher())

    with pytest.raises(Refusal, match="extension_once_only"):
        ask(shell, case)
    assert "ask_extension" not in shell.offered(case, shell.playing(Role.UNIT, case))


def test_it_may_be_asked_again_after_a_refusal_and_moves_nothing(shell: Shell) -> None:
    case = handled(shell)
    ask(shell, case)

    state = shell.act(case, "refuse_extension", shell.watcher(), **shell.filled(case, "refuse_extension"))

    assert (promised(state), state.extension_asked, state.extensions) == (at("2026-11-23 Mon 18:00"), None, 0)
    assert ask(shell, case, 1).extension_asked == "1wd"


def test_it_is_not_approved_by_somebody_who_handled(shell: Shell) -> None:
    case = handled(shell)
    both = shell.person("both", TEAM, TOWN)
    shell.act(case, "ask_extension", both, **shell.filled(case, "ask_extension"))

    with pytest.raises(Refusal, match="actor_handled"):
        shell.act(case, "extend", both)


def test_it_is_not_approved_by_a_unit_that_handled(shell: Shell) -> None:
    """The town's centre supervises, but not what it handles itself."""
    case = shell.bring("handling", matter="PL-007", lead=TOWN)
    ask(shell, case)

    with pytest.raises(Refusal, match="not_yours"):
        shell.act(case, "extend", shell.person("colleague", TOWN))


def test_it_is_not_approved_after_the_promise_has_passed(shell: Shell) -> None:
    case = handled(shell)
    ask(shell, case)
    shell.now = at("2026-11-23 Mon 18:00")

    with pytest.raises(Refusal, match="limit_has_passed"):
        shell.act(case, "extend", shell.watcher())
    assert "refuse_extension" in shell.offered(case, shell.watcher())


def test_it_reminds_and_expedites_for_the_new_date(shell: Shell) -> None:
    """7wd have 56 working hours; three quarters are 42: Monday 18:00, before Wednesday 18:00."""
    case = handled(shell)
    ask(shell, case)
    shell.act(case, "extend", shell.watcher())

    rung = [(shell.wake(case), shell.now) for _ in range(2)]

    assert rung == [("remind", at("2026-11-23 Mon 18:00")), ("expedite", at("2026-11-25 Wed 18:00"))]


def test_it_does_not_remind_twice_for_an_extension_granted_after_the_new_reminder(shell: Shell) -> None:
    case = handled(shell)
    shell.wake(case)
    shell.now = at("2026-11-23 Mon 17:00")
    ask(shell, case, 1)
    shell.act(case, "extend", shell.watcher())

    assert (shell.wake(case), shell.now) == ("expedite", at("2026-11-24 Tue 18:00"))


@pytest.mark.parametrize("way_out", ["report_back", "call_conference", "park"])
def test_it_drops_a_request_when_handling_ends(shell: Shell, way_out: str) -> None:
    case = handled(shell)
    ask(shell, case, name="asker")
    actor = shell.playing(Role.UNIT, case) if way_out == "report_back" else shell.watcher()

    state = shell.act(case, way_out, actor, **shell.filled(case, way_out))

    assert (state.extension_asked, state.extension_reason, state.extensions) == (None, None, 0)


def test_it_keeps_a_request_over_a_pause(shell: Shell) -> None:
    case = handled(shell)
    ask(shell, case)
    pause(shell, case, "2026-11-26")
    shell.wake(case)

    assert shell.cases[case].extension_asked == "2wd"


# --- parking


def test_it_counts_a_parked_case_as_owned_and_reviewed_after_thirty_days(shell: Shell) -> None:
    case = shell.bring("parked", matter="EE-009", lead=TEAM)

    state = shell.cases[case]
    assert state.owner == TEAM
    assert state.clock is not None
    assert (state.clock.name, state.clock.due) == ("review", at("2026-12-17 Thu 00:00"))
    assert promised(state) == at("2026-11-23 Mon 18:00")


def test_it_promises_anew_when_it_is_taken_up_again(shell: Shell) -> None:
    case = shell.bring("parked", matter="EE-009", lead=TEAM)
    shell.now = at("2026-12-07 Mon 09:00")

    state = shell.act(case, "unpark", shell.playing(Role.UNIT, case))

    assert (state.step, promised(state)) == ("handling", at("2026-12-14 Mon 18:00"))


def test_it_is_not_parked_by_the_unit_that_handles(shell: Shell) -> None:
    case = handled(shell)

    with pytest.raises(Refusal, match="not_yours"):
        shell.act(case, "park", shell.playing(Role.UNIT, case), **shell.filled(case, "park"))


# --- what never moves a promise


@pytest.mark.parametrize("act", ["expedite", "inform_level_above", "escalate"])
def test_it_keeps_the_date_through_other_acts(shell: Shell, act: str) -> None:
    case = handled(shell)

    assert promised(shell.act(case, act, shell.watcher())) == at("2026-11-23 Mon 18:00")


def test_it_keeps_the_date_through_report_and_rework(shell: Shell) -> None:
    case = shell.bring("done", matter="EE-009", lead=TEAM)
    shell.now = at("2026-11-18 Wed 10:00")

    state = shell.act(case, "rework", shell.playing(Role.VERIFIER, case), **shell.filled(case, "rework"))

    assert (state.step, promised(state)) == ("handling", at("2026-11-23 Mon 18:00"))


def test_it_gives_instants_in_utc_whatever_zone_the_moment_came_in(shell: Shell) -> None:
    case = shell.open()
    shell.now = shell.now.astimezone(shell.policy.calendar.tz)
    shell.act(case, "expedite", shell.watcher())

    event = shell.events[case][-1]
    assert str(event.at.tzinfo) == "UTC"  # type: ignore[union-attr]


def test_it_takes_the_clock_for_nobody(shell: Shell) -> None:
    """What the clock did is nobody's handling."""
    case = handled(shell)
    pause(shell, case, "2026-11-26")
    before = shell.cases[case].handled_by
    shell.wake(case)

    assert shell.cases[case].handled_by == before
    assert CLOCK.id not in before


def test_it_is_reviewed_and_stays_parked_for_another_thirty_days(shell: Shell) -> None:
    case = shell.bring("parked", matter="EE-009", lead=TEAM)
    before = shell.cases[case]
    shell.now = at("2026-12-14 Mon 09:00")

    after = shell.act(case, "keep_parked", shell.watcher(), **shell.filled(case, "keep_parked"))

    assert before.clock is not None
    assert after.clock is not None
    assert (before.clock.due, after.clock.due) == (at("2026-12-17 Thu 00:00"), at("2027-01-14 Thu 00:00"))
    assert (after.step, after.owner, after.rung, after.promise) == ("parked", before.owner, 0, before.promise)
    assert shell.refolded(case) == after


def test_it_is_not_kept_parked_by_the_unit_that_handles(shell: Shell) -> None:
    case = shell.bring("parked", matter="EE-009", lead=TEAM)

    with pytest.raises(Refusal):
        shell.act(case, "keep_parked", shell.playing(Role.UNIT, case), **shell.filled(case, "keep_parked"))


# --- urgency


URGENT = [
    # matter's own limit and where it comes from, urgency at acceptance, due, source
    ("5wd", "project_default", "standard", "2026-11-23 Mon 18:00", "matter:EE-100@1"),
    ("5wd", "project_default", "urgent", "2026-11-17 Tue 09:00", "profile:handle_urgent"),
    ("5wd", "project_default", "emergency", "2026-11-17 Tue 09:00", "profile:handle_urgent"),
    ("4wh", "project_default", "urgent", "2026-11-16 Mon 15:00", "matter:EE-100@1"),
    ("5wd", "statute", "urgent", "2026-11-23 Mon 18:00", "matter:EE-100@1"),
]


@pytest.mark.parametrize(("limit", "limit_source", "urgency", "due", "source"), URGENT)
def test_it_hurries_what_an_officer_found_more_urgent_than_its_matter_is(
    shell: Shell, limit: str, limit_source: str, urgency: str, due: str, source: str
) -> None:
    own = matter("EE-100", "town_enforcement_team", handle_limit=Limit.parse(limit), limit_source=limit_source)
    shell.policy = replace(
        shell.policy,
        matters={**shell.policy.matters, "EE-100": own},
        limits={**shell.policy.limits, "handle_urgent": Limit.parse("24h")},
    )
    case = shell.bring("registered", matter="EE-100")
    form = shell.filled(case, "reclassify", matter="EE-100", urgency=urgency)
    shell.act(case, "reclassify", shell.playing(Role.DISPATCHER, case), **form)
    dispatched = shell.filled(case, "dispatch", lead=TEAM)
    state = shell.act(case, "dispatch", shell.playing(Role.DISPATCHER, case), **dispatched)

    assert state.promise is not None
    assert (state.promise.due, state.promise.source) == (at(due), source)
