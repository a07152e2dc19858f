"""Notes among officers: they move nothing, handle nothing, and call only on whoever sees the case anyway."""

import pytest
from msgspec.structs import replace
from shell import WAYS, WORDS, Shell, refusal_of

from linli.core.access import may_read, unit_may_read
from linli.core.actor import CLOCK
from linli.core.procedure import Role

STATION = "500118001001.community_station"
TOWN, DISTRICT = "500118001.command_centre", "500118.district_centre"
TEAM, SWEEPERS, MARKET = (
    "500118001.town_enforcement_team", "500118001.sanitation_office", "500118.market_regulation",
)  # fmt: skip
OPEN = [step for step in WAYS if step not in ("closed", "not_accepted", "diverted")]


def noted(shell: Shell, case: str, role: Role = Role.DESK, *mention: str) -> tuple[str, ...]:
    """Writes a note and gives who is told."""
    shell.act(case, "note", shell.playing(role, case), words=WORDS, mention=mention)
    return tuple(who for id_, who in shell.notified if id_ == case)


@pytest.mark.parametrize("step", OPEN)
def test_it_is_written_from_every_open_step_and_leaves_the_case_as_it_is(shell: Shell, step: str) -> None:
    case = shell.bring(step)
    before = shell.cases[case]
    shell.wait(hours=3)

    noted(shell, case)

    assert shell.cases[case] == replace(before, version=before.version + 1)


@pytest.mark.parametrize("step", ["closed", "not_accepted", "diverted"])
def test_it_is_not_written_once_the_case_has_ended(shell: Shell, step: str) -> None:
    case = shell.bring(step)

    assert "note" not in shell.offered(case, shell.playing(Role.DESK, case))


def test_it_moves_no_reminder_that_is_still_to_come_or_was_given(shell: Shell) -> None:
    case = shell.bring("handling")
    noted(shell, case, Role.UNIT)
    assert shell.wake(case) == "remind"
    reminded = shell.cases[case]

    noted(shell, case, Role.UNIT)

    assert shell.cases[case] == replace(reminded, version=reminded.version + 1)
    assert shell.wake(case) == "expedite"
    assert shell.cases[case].rung == 1


def test_it_keeps_an_owner_even_where_another_would_be_found_now(shell: Shell) -> None:
    """A request for more time and the owner stand as they were: a note decides nothing."""
    case = shell.bring("handling")
    unit = shell.playing(Role.UNIT, case)
    shell.act(case, "ask_extension", unit, **shell.filled(case, "ask_extension"))
    asked = shell.cases[case]

    noted(shell, case, Role.UNIT)

    assert shell.cases[case].extension_asked == asked.extension_asked
    assert shell.cases[case].owner == asked.owner


def test_who_only_noted_has_not_handled(shell: Shell) -> None:
    case = shell.bring("handling")
    handler = shell.playing(Role.UNIT, case, "writes-only")

    shell.act(case, "note", handler, words=WORDS)

    assert "writes-only" not in shell.cases[case].handled_by


def test_who_only_noted_on_a_part_has_handled_neither_it_nor_the_whole(shell: Shell) -> None:
    case = shell.bring("handling", matter="EE-009", co_handlers=(MARKET,))
    part = shell.cases[case].open_parts[0].id

    for role, name in ((Role.UNIT, "helper"), (Role.LEAD, "leader")):
        shell.act(part, "note", shell.playing(role, part, name), words=WORDS)

    assert not {"helper", "leader"} & {*shell.cases[part].handled_by, *shell.cases[case].handled_by}


def test_it_is_not_written_by_the_reporter_the_clock_or_somebody_far(shell: Shell) -> None:
    case = shell.bring("handling")

    for who in (shell.reporter(case), CLOCK, shell.person("far", "500118002.sanitation_office")):
        assert "note" not in shell.offered(case, who)
        assert refusal_of(lambda who=who: shell.act(case, "note", who, words=WORDS)) == "not_yours"


def test_it_says_something(shell: Shell) -> None:
    case = shell.bring("handling")

    assert refusal_of(lambda: shell.act(case, "note", shell.playing(Role.UNIT, case))) == "form_invalid"


# --- mentions


def test_it_tells_each_unit_that_it_calls_on_once(shell: Shell) -> None:
    case = shell.bring("handling")

    assert noted(shell, case, Role.UNIT, STATION, TOWN, STATION) == (f"unit:{STATION}", f"unit:{TOWN}")


def test_it_calls_on_readers_of_the_area_that_have_no_role_yet(shell: Shell) -> None:
    case = shell.bring("reported")
    assert DISTRICT not in shell.cases[case].involved

    assert noted(shell, case, Role.DESK, DISTRICT) == (f"unit:{DISTRICT}",)


def test_it_calls_on_nobody_who_does_not_see_the_case(shell: Shell) -> None:
    case = shell.bring("handling")
    outside = ("500118002.sanitation_office", "500118002.command_centre", TEAM)

    for unit in outside:
        assert refusal_of(lambda unit=unit: noted(shell, case, Role.UNIT, unit)) == "mentioned_cannot_read"


def test_it_never_calls_on_the_unit_that_the_report_is_about_nor_on_one_below_it(shell: Shell) -> None:
    case = shell.bring("reported", complaint_targets=(TOWN,))
    assert {TOWN, SWEEPERS, TEAM} <= set(shell.cases[case].recused)

    for unit in (TOWN, SWEEPERS, TEAM):
        assert refusal_of(lambda unit=unit: noted(shell, case, Role.DESK, unit)) == "unit_complained_about"


def test_it_calls_on_no_mere_reader_of_the_area_in_a_sensitive_matter(shell: Shell) -> None:
    case = shell.bring("handling")
    shell.cases[case] = replace(shell.cases[case], sensitive=True)

    assert refusal_of(lambda: noted(shell, case, Role.UNIT, DISTRICT)) == "mentioned_cannot_read"
    assert noted(shell, case, Role.UNIT, STATION) == (f"unit:{STATION}",), "who is involved still sees it"


def test_it_calls_on_a_dozen_units_at_most(shell: Shell) -> None:
    case = shell.bring("reported")
    state = shell.cases[case]
    readers = [u.id for u in shell.policy.territory.units.values() if unit_may_read(u, state)]
    many = tuple(dict.fromkeys((*readers, *(u for u in shell.policy.territory.units))))[:13]

    assert refusal_of(lambda: noted(shell, case, Role.DESK, *many)) in ("too_many_mentioned", "mentioned_cannot_read")


@pytest.mark.parametrize("step", OPEN)
def test_a_unit_sees_a_case_just_where_one_of_its_people_would(shell: Shell, step: str) -> None:
    case = shell.bring(step)
    state = shell.cases[case]

    for unit in shell.policy.territory.units.values():
        assert unit_may_read(unit, state) == may_read(shell.person("one", unit.id), state), unit.id
