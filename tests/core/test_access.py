"""Who may read a case: the reporter, the units on it, the offices of its area; never whom it complains about."""

import msgspec
import pytest
from shell import Shell
from world import policy as small_district

from linli.core.access import AREA_READERS, may_read, reads_area
from linli.core.actor import CLOCK, Actor, ActorKind, PostHeld
from linli.core.territory import Function

STATION, OTHER_STATION = "500118001001.community_station", "500118001002.community_station"
TOWN, OTHER_TOWN = "500118001.command_centre", "500118002.command_centre"
SWEEPERS, TEAM = "500118001.sanitation_office", "500118001.town_enforcement_team"
DISTRICT, OFFICE = "500118.district_centre", "500118.district_supervision_office"
MARKET, HEALTH = "500118.market_regulation", "500118.health_commission"
EVERY = sorted(small_district().territory.units)


def readers(shell: Shell, case: str) -> set[str]:
    """The units of which a member with all functions of the unit may read the case."""
    return {unit for unit in EVERY if may_read(shell.person("member", unit), shell.cases[case])}


AREA = {TOWN, DISTRICT, OFFICE}


def test_it_is_read_by_the_units_on_it_and_the_offices_of_its_area(shell: Shell) -> None:
    case = shell.bring("handling", lead=TEAM, co_handlers=(MARKET,))

    assert readers(shell, case) == {STATION, TEAM, MARKET} | AREA


def test_it_is_not_read_by_the_neighbours(shell: Shell) -> None:
    case = shell.bring("handling", lead=TEAM)

    assert not readers(shell, case) & {OTHER_STATION, OTHER_TOWN, SWEEPERS, MARKET}


def test_it_is_read_by_the_units_on_it_only_when_the_matter_is_sensitive(shell: Shell) -> None:
    case = shell.bring("handling", matter="SL-007", lead=HEALTH)

    assert readers(shell, case) == {STATION, TOWN, HEALTH}


def test_it_is_hidden_from_the_unit_complained_about_and_everybody_below(shell: Shell) -> None:
    case = shell.bring("handling", lead=HEALTH, complaint_targets=(TOWN,))

    assert readers(shell, case) == {HEALTH, DISTRICT, OFFICE}


def test_it_is_hidden_from_somebody_with_one_post_in_the_unit_complained_about(shell: Shell) -> None:
    case = shell.bring("handling", lead=HEALTH, complaint_targets=(TEAM,))

    assert may_read(shell.person("one-hat", DISTRICT), shell.cases[case])
    assert not may_read(shell.person("two-hats", DISTRICT, TEAM), shell.cases[case])


def test_it_is_hidden_from_the_unit_complained_about_even_if_it_was_on_the_case(shell: Shell) -> None:
    """The sweepers led until it came out that it is about them."""
    case = shell.bring("handling", lead=SWEEPERS)
    state = msgspec.structs.replace(shell.cases[case], complaint_targets=(SWEEPERS,), recused=(SWEEPERS,))

    assert SWEEPERS not in state.involved
    assert not may_read(shell.person("member", SWEEPERS), state)


def test_it_follows_the_lead(shell: Shell) -> None:
    """Who returned a case and lost it by ruling reads it no longer."""
    case = shell.bring("disputed", lead=MARKET)
    assert MARKET in readers(shell, case)
    form = shell.filled(case, "rule", lead=TEAM)
    shell.act(case, "rule", shell.person("ruler", DISTRICT), **form)

    assert MARKET not in readers(shell, case)
    assert TEAM in readers(shell, case)


def test_it_stays_readable_for_a_unit_whose_part_has_ended(shell: Shell) -> None:
    case = shell.bring("handling", lead=TEAM, co_handlers=(MARKET,))
    (part,) = shell.parts(case)
    shell.act(part, "cancel", shell.person("lead", TEAM))

    assert MARKET in readers(shell, case)


def test_it_lets_a_part_be_read_by_its_unit_and_its_lead(shell: Shell) -> None:
    shell.bring("handling", lead=TEAM, co_handlers=(MARKET,))
    (part,) = shell.parts("c0001")

    assert {TEAM, MARKET} <= readers(shell, part)


# --- the reporter


def test_it_is_read_by_its_reporter_and_no_other(shell: Shell) -> None:
    case = shell.bring("handling")

    assert may_read(shell.reporter(case), shell.cases[case])
    assert not may_read(shell.reporter("another"), shell.cases[case])


def test_it_is_not_opened_to_a_reporter_by_the_case_that_was_merged_into_it(shell: Shell) -> None:
    """Whoever joined follows their own report; the other's case is not theirs to read."""
    into, case = shell.bring("handling"), shell.bring("registered")
    shell.act(case, "merge", shell.person("dispatcher", TOWN), into=into)

    assert not may_read(shell.reporter(case), shell.cases[into])


def test_it_does_not_open_its_parts_to_the_reporter(shell: Shell) -> None:
    case = shell.bring("handling", lead=TEAM, co_handlers=(MARKET,))
    (part,) = shell.parts(case)

    assert not may_read(shell.reporter(case), shell.cases[part])


# --- other actors


def test_it_is_read_by_the_clock_and_by_no_other_system(shell: Shell) -> None:
    state = shell.cases[shell.bring("handling")]
    system = Actor(ActorKind.INTEGRATION, "hotline", shell.person("x", DISTRICT).posts)

    assert may_read(CLOCK, state)
    assert not may_read(system, state)


def test_it_is_not_read_by_a_person_without_posts(shell: Shell) -> None:
    assert not may_read(Actor(ActorKind.PERSON, "nobody"), shell.cases[shell.bring("handling")])


# --- the area

PLACES = [
    # the post's area, whether it reads a case in the grid of the first community
    ("500118", True),
    ("500118001", True),
    ("500118001001", True),
    ("500118001001001", True),
    ("500118001002", False),
    ("500118002", False),
    ("50", False),
]


@pytest.mark.parametrize(("area", "reads"), PLACES)
@pytest.mark.parametrize("function", sorted(Function))
def test_it_is_read_by_area_with_a_function_that_oversees_the_area(
    shell: Shell, function: Function, area: str, reads: bool
) -> None:
    state = shell.cases[shell.open()]
    post = PostHeld("p", "some.unit", area, frozenset({function}))

    assert reads_area(post, state) is (reads and function in AREA_READERS)
    assert may_read(Actor(ActorKind.PERSON, "someone", (post,)), state) is (reads and function in AREA_READERS)


def test_it_reads_no_area_by_the_function_of_another_post(shell: Shell) -> None:
    """A supervisor elsewhere who sweeps here oversees nothing here."""
    state = shell.cases[shell.open()]
    away = PostHeld("p1", "x", "500118002", frozenset({Function.SUPERVISE}))
    here = PostHeld("p2", "y", "500118001", frozenset({Function.HANDLE}))

    assert not may_read(Actor(ActorKind.PERSON, "someone", (away, here)), state)


def test_it_is_not_read_by_area_below_the_place_that_is_known(shell: Shell) -> None:
    """Where only the town is known, no community reads it."""
    state = shell.cases[shell.open("500118001")]
    post = PostHeld("p", "x", "500118001001", frozenset({Function.INTAKE}))

    assert not reads_area(post, state)
