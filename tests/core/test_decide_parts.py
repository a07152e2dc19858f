"""Parts: another unit's share of the work, with its own limit, counted by the parent."""

import pytest
from official_days import at
from shell import WORDS, Shell

from linli.core.case.commands import Act
from linli.core.case.decide import decide
from linli.core.case.events import ActionTaken, PartEnded
from linli.core.errors import Refusal
from linli.core.procedure import Role

TEAM, SWEEPERS = "500118001.town_enforcement_team", "500118001.sanitation_office"
TOWN, DISTRICT = "500118001.command_centre", "500118.district_centre"
MARKET, HEALTH, CITY = "500118.market_regulation", "500118.health_commission", "500118.city_management"


def led(shell: Shell, *co_handlers: str, step: str = "handling", lead: str = TEAM) -> str:
    """A case that the enforcement team leads since Monday 9:00, for five working days."""
    return shell.bring(step, matter="EE-009", lead=lead, co_handlers=co_handlers)


def do(shell: Shell, case: str, action: str, role: Role, name: str | None = None) -> None:
    shell.act(case, action, shell.playing(role, case, name), **shell.filled(case, action))


def carried(shell: Shell, part: str) -> None:
    """The part is acknowledged, done and taken over."""
    do(shell, part, "acknowledge", Role.UNIT)
    do(shell, part, "report_back", Role.UNIT)
    do(shell, part, "take_over", Role.LEAD)


# --- opening


def test_it_opens_no_part_before_the_lead_has_acknowledged(shell: Shell) -> None:
    case = led(shell, MARKET, HEALTH, step="dispatched")

    assert shell.parts(case) == []
    assert shell.cases[case].co_handlers == (MARKET, HEALTH)


def test_it_opens_a_part_for_every_co_handler_when_the_lead_acknowledges(shell: Shell) -> None:
    case = led(shell, MARKET, HEALTH)

    parts = [shell.cases[part] for part in shell.parts(case)]
    assert [(p.owner, p.step, p.parent, p.kind) for p in parts] == [
        (MARKET, "assigned", case, "part"),
        (HEALTH, "assigned", case, "part"),
    ]
    assert [p.id for p in shell.cases[case].open_parts] == [p.id for p in parts]


def test_it_numbers_parts_below_the_case(shell: Shell) -> None:
    case = led(shell, MARKET, HEALTH)

    assert [shell.cases[part].number for part in shell.parts(case)] == ["C0001/1", "C0001/2"]


def test_it_gives_a_part_half_of_what_the_lead_has_rounded_up(shell: Shell) -> None:
    case = led(shell, MARKET)

    promise = shell.cases[shell.parts(case)[0]].promise
    assert promise is not None
    assert (str(promise.limit), promise.source, promise.due) == ("3wd", "part_of_lead", at("2026-11-19 Thu 18:00"))


def test_it_hands_the_matter_the_place_and_the_recusal_on_to_the_part(shell: Shell) -> None:
    case = led(shell, MARKET, step="registered")
    shell.act(
        case, "reclassify", shell.playing(Role.DISPATCHER, case),
        **shell.filled(case, "reclassify", matter="EE-009", urgency="urgent"), complaint_targets=(HEALTH,),
    )  # fmt: skip
    shell.act(case, "dispatch", shell.playing(Role.DISPATCHER, case), lead=TEAM, co_handlers=(MARKET,))
    do(shell, case, "acknowledge", Role.UNIT)

    whole, part = shell.cases[case], shell.cases[shell.parts(case)[0]]
    assert (part.matter, part.place, part.urgency) == (whole.matter, whole.place, "urgent")
    assert part.recused == whole.recused == (HEALTH,)


def test_it_adds_a_co_handler_later_with_the_task_in_the_vault(shell: Shell) -> None:
    case = led(shell)
    shell.act(case, "open_part", shell.playing(Role.UNIT, case), unit=CITY, task=WORDS)

    (part,) = shell.parts(case)
    assert shell.opening(part).form == {"task": WORDS}
    assert shell.cases[case].open_parts[0].unit == CITY


def test_it_needs_an_id_for_every_part_that_it_opens(shell: Shell) -> None:
    case = led(shell, MARKET, HEALTH, CITY, step="dispatched")

    with pytest.raises(Refusal) as refused:
        decide(
            shell.cases[case], Act("acknowledge", shell.playing(Role.UNIT, case), ids=("p1", "p2")),
            now=shell.now, policy=shell.policy,
        )  # fmt: skip

    assert (refused.value.code, refused.value.facts) == ("too_many_parts", {"allowed": 2})


def test_it_has_no_part_of_its_own_for_the_lead_that_a_case_was_raised_to(shell: Shell) -> None:
    """The town's centre was to help; now it leads, and helps itself by nobody else."""
    case = led(shell, TOWN, MARKET, step="dispatched")
    shell.act(case, "escalate", shell.reporter(case))
    assert shell.cases[case].roles.unit == TOWN

    do(shell, case, "acknowledge", Role.UNIT)

    assert [shell.cases[part].owner for part in shell.parts(case)] == [MARKET]


# --- working


def test_it_waits_for_every_open_part_before_it_reports_back(shell: Shell) -> None:
    case = led(shell, MARKET, HEALTH)
    first, second = shell.parts(case)
    carried(shell, first)

    with pytest.raises(Refusal) as refused:
        do(shell, case, "report_back", Role.UNIT)
    assert (refused.value.code, refused.value.facts) == ("parts_open", {"units": (HEALTH,)})
    assert "report_back" not in shell.offered(case, shell.playing(Role.UNIT, case))

    carried(shell, second)
    do(shell, case, "report_back", Role.UNIT)
    assert shell.cases[case].step == "done"


def test_it_tells_its_parent_when_the_lead_takes_it_over(shell: Shell) -> None:
    case = led(shell, MARKET)
    (part,) = shell.parts(case)
    carried(shell, part)

    assert shell.cases[part].ended_at == shell.now
    assert [(p.id, p.outcome) for p in shell.cases[case].parts] == [(part, "done")]


def test_it_goes_back_to_the_co_handler_when_the_lead_is_not_content(shell: Shell) -> None:
    case = led(shell, MARKET)
    (part,) = shell.parts(case)
    do(shell, part, "acknowledge", Role.UNIT)
    do(shell, part, "report_back", Role.UNIT)

    do(shell, part, "send_back", Role.LEAD)

    assert (shell.cases[part].step, shell.cases[part].owner) == ("handling", MARKET)
    assert shell.cases[case].open_parts


def test_it_lets_the_lead_decide_about_a_part_that_was_refused(shell: Shell) -> None:
    case = led(shell, MARKET)
    (part,) = shell.parts(case)

    do(shell, part, "refuse", Role.UNIT)

    assert (shell.cases[part].step, shell.cases[part].owner) == ("reported", TEAM)
    assert {"send_back", "cancel", "take_over"} <= shell.offered(part, shell.playing(Role.LEAD, part))


def test_it_tells_its_parent_when_the_lead_cancels_it(shell: Shell) -> None:
    case = led(shell, MARKET)
    (part,) = shell.parts(case)

    do(shell, part, "cancel", Role.LEAD)

    assert [(p.id, p.outcome) for p in shell.cases[case].parts] == [(part, "cancelled")]
    assert not shell.cases[case].open_parts


def test_it_is_no_business_of_the_reporter(shell: Shell) -> None:
    case = led(shell, MARKET)
    (part,) = shell.parts(case)

    assert shell.offered(part, shell.reporter(case)) == set()


# --- what the parent does


def test_it_follows_the_lead_when_the_case_goes_one_level_up(shell: Shell) -> None:
    case = led(shell, MARKET)
    (part,) = shell.parts(case)
    do(shell, part, "acknowledge", Role.UNIT)
    do(shell, part, "report_back", Role.UNIT)

    shell.act(case, "escalate", shell.reporter(case))

    assert (shell.cases[part].roles.lead, shell.cases[part].owner) == (TOWN, TOWN)
    assert "take_over" in shell.offered(part, shell.person("new-lead", TOWN))


def test_it_is_cancelled_by_the_decision_of_a_conference(shell: Shell) -> None:
    case = led(shell, MARKET, step="conference")
    (part,) = shell.parts(case)

    shell.act(case, "decide", shell.playing(Role.CONVENER, case), **shell.filled(case, "decide", lead=SWEEPERS))

    assert shell.cases[part].step == "cancelled"
    assert [(p.id, p.outcome) for p in shell.cases[case].parts] == [(part, "cancelled")]


def test_it_is_cancelled_when_the_reporter_withdraws(shell: Shell) -> None:
    case = led(shell, MARKET, HEALTH)
    first, second = shell.parts(case)
    carried(shell, first)

    shell.act(case, "withdraw", shell.reporter(case))

    assert [shell.cases[part].step for part in (first, second)] == ["done", "cancelled"]
    assert not shell.cases[case].open_parts


def test_it_is_told_of_its_end_in_its_own_ledger_under_the_name_of_who_acted(shell: Shell) -> None:
    case = led(shell, MARKET)
    (part,) = shell.parts(case)
    shell.act(case, "withdraw", shell.reporter(case))

    event = shell.events[part][-1]
    assert isinstance(event, ActionTaken)
    assert (event.action, event.source, event.target, event.ended) == ("cancel", "assigned", "cancelled", True)
    assert not [c for c in event.changes if isinstance(c, PartEnded)]


def test_it_gives_the_co_handlers_of_a_conference_new_parts(shell: Shell) -> None:
    case = led(shell, MARKET, step="conference")
    shell.act(
        case, "decide", shell.playing(Role.CONVENER, case),
        **shell.filled(case, "decide", lead=SWEEPERS), co_handlers=(HEALTH,),
    )  # fmt: skip

    do(shell, case, "acknowledge", Role.UNIT)

    assert [(p.unit, p.outcome) for p in shell.cases[case].parts] == [(MARKET, "cancelled"), (HEALTH, "")]


def test_it_goes_on_while_the_lead_pauses_or_parks(shell: Shell) -> None:
    case = led(shell, MARKET)
    (part,) = shell.parts(case)
    do(shell, case, "pause", Role.UNIT)

    carried(shell, part)

    assert [(p.id, p.outcome) for p in shell.cases[case].parts] == [(part, "done")]
    assert shell.cases[case].step == "paused"


# --- who handled a part handled the whole


def test_it_counts_the_unit_of_a_part_among_those_that_handled(shell: Shell) -> None:
    case = led(shell, MARKET)

    assert shell.cases[case].handled_units == (TEAM, MARKET)


def test_it_tells_the_parent_once_of_each_person_who_acted(shell: Shell) -> None:
    case = led(shell, MARKET)
    (part,) = shell.parts(case)
    do(shell, part, "acknowledge", Role.UNIT, "anna")
    do(shell, part, "report_back", Role.UNIT, "anna")
    do(shell, part, "send_back", Role.LEAD, "bo")
    do(shell, part, "report_back", Role.UNIT, "chen")
    do(shell, part, "take_over", Role.LEAD, "dan")

    told = [e.action for e in shell.events[case] if isinstance(e, ActionTaken) and e.role == "clock"]
    assert told == ["part_handled", "part_handled", "part_handled", "part_ended"]
    assert set(shell.cases[case].handled_by) >= {"anna", "bo", "chen", "dan"}


def test_it_never_lets_somebody_verify_who_acted_on_a_part(shell: Shell) -> None:
    case = led(shell, MARKET)
    (part,) = shell.parts(case)
    both = shell.person("both", MARKET, TOWN)
    shell.act(part, "acknowledge", both)
    do(shell, part, "report_back", Role.UNIT)
    do(shell, part, "take_over", Role.LEAD)
    do(shell, case, "report_back", Role.UNIT)
    assert shell.cases[case].owner == TOWN

    with pytest.raises(Refusal, match="actor_handled"):
        shell.act(case, "verify", both, **shell.filled(case, "verify"))


def test_it_remembers_who_acted_on_a_part_that_was_cancelled(shell: Shell) -> None:
    case = led(shell, MARKET)
    (part,) = shell.parts(case)
    both = shell.person("both", MARKET, TOWN)
    shell.act(part, "acknowledge", both)

    shell.act(case, "call_conference", shell.watcher())
    shell.act(case, "decide", shell.playing(Role.CONVENER, case), **shell.filled(case, "decide", lead=SWEEPERS))

    assert "both" in shell.cases[case].handled_by
    assert MARKET in shell.cases[case].handled_units


def test_it_keeps_a_sensitive_matter_sensitive_in_its_parts(shell: Shell) -> None:
    shell.bring("handling", matter="SL-007", lead=HEALTH, co_handlers=(MARKET,))
    (part,) = shell.parts("c0001")

    assert shell.cases[part].sensitive
    assert shell.offered(part, shell.watcher()) == set()
