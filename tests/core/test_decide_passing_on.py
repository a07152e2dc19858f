"""A complaint about the unit that has it, or about one above it: passed on, and out of sight (rights R10)."""

import pytest
from shell import Shell

from linli.core.access import may_read
from linli.core.errors import Refusal
from linli.core.procedure import Role

STATION, TOWN = "500118001001.community_station", "500118001.command_centre"
DISTRICT, OFFICE = "500118.district_centre", "500118.district_supervision_office"
SWEEPERS = "500118001.sanitation_office"

PASSED = [
    # step, role, complained about, who has it then
    ("reported", Role.DESK, STATION, TOWN),
    ("reported", Role.DESK, TOWN, DISTRICT),
    ("reported", Role.DESK, DISTRICT, OFFICE),
    ("registered", Role.DISPATCHER, TOWN, DISTRICT),
    ("registered", Role.DISPATCHER, DISTRICT, OFFICE),
]


@pytest.mark.parametrize(("step", "role", "target", "owner"), PASSED)
def test_it_goes_to_the_nearest_that_is_not_complained_about(
    shell: Shell, step: str, role: Role, target: str, owner: str
) -> None:
    case = shell.bring(step)
    actor, before = shell.playing(role, case), shell.cases[case]

    after = shell.act(case, "pass_on", actor, complaint_targets=(target,))

    assert (after.step, after.owner, after.complaint_targets) == (step, owner, (target,))
    assert (after.clock, after.next_wake) == (before.clock, before.next_wake), "the resident waits no longer for it"
    assert not may_read(actor, after)
    assert shell.refolded(case) == after


def test_it_comes_to_an_end_without_those_it_is_about(shell: Shell) -> None:
    case = shell.bring("reported")
    shell.act(case, "pass_on", shell.playing(Role.DESK, case), complaint_targets=(TOWN,))

    shell.act(case, "accept", shell.playing(Role.DESK, case), **shell.filled(case, "accept", matter="EE-005"))
    assert shell.cases[case].complaint_targets == (TOWN,)
    form = shell.filled(case, "dispatch", lead="500118.market_regulation")
    after = shell.act(case, "dispatch", shell.playing(Role.DISPATCHER, case), **form)

    assert after.step == "dispatched"
    assert not set(after.involved) & set(after.recused)


REFUSED = [
    ((SWEEPERS,), "not_about_own_line", "another unit is complained about: the desk goes on itself"),
    ((), "form_invalid", "nobody is named"),
    ((DISTRICT, OFFICE), "no_unit_for_role", "nobody is left who could take it"),
]


@pytest.mark.parametrize(("targets", "code", "why"), REFUSED)
def test_it_is_not_passed_on_otherwise(shell: Shell, targets: tuple[str, ...], code: str, why: str) -> None:
    case = shell.bring("reported")

    with pytest.raises(Refusal) as refused:
        shell.act(case, "pass_on", shell.playing(Role.DESK, case), complaint_targets=targets)

    assert refused.value.code == code, why
