"""Standard answers: what a text may name, and who keeps whose."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shell import Shell

from linli.core.actor import Actor, ActorKind, PostHeld
from linli.core.answers import PLACES, faults, filled, may_keep
from linli.core.territory import Function

DISTRICT, TOWN, OTHER = "500118", "500118001", "500118002"
SWEEPERS, MARKET = f"{TOWN}.sanitation_office", f"{DISTRICT}.market_regulation"
CENTRE = f"{DISTRICT}.district_centre"


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("Number {number} is with {unit} until {due}.", ()),
        ("", ()),
        ("Dear {name}", ("{name}",)),
        ("{Number} { unit } {}", ("{Number}", "{ unit }", "{}")),
        ("half { open", ("{",)),
        ("half } shut {unit}", ("}",)),
        ("{{number}}", ("{", "}")),
        ("{name} and {name}", ("{name}",)),
        ("{number.district} {0} {number!r}", ("{number.district}", "{0}", "{number!r}")),
    ],
)
def test_it_finds_everything_in_braces_that_means_nothing(text: str, wrong: tuple[str, ...]) -> None:
    assert faults(text) == wrong


def test_it_puts_facts_in_their_places_and_leaves_open_what_is_not_known() -> None:
    facts = {"number": "118-1", "unit": "", "place": "{due}"}

    assert filled("{number}, {unit}, {place}, {due}", facts) == "118-1, {unit}, {due}, {due}"


@given(st.text(), st.dictionaries(st.sampled_from(PLACES), st.text(min_size=1), min_size=len(PLACES)))
def test_it_fills_any_sound_text_completely_and_changes_nothing_else(text: str, facts: dict[str, str]) -> None:
    sound = text.replace("{", "").replace("}", "")
    whole = sound + "".join(f"{{{place}}}" for place in PLACES)

    assert faults(whole) == ()
    assert filled(whole, facts) == sound + "".join(facts[place] for place in PLACES)


def holding(shell: Shell, unit: str, post: str, *functions: Function) -> Actor:
    area = shell.policy.territory.units[unit].area
    return Actor(ActorKind.PERSON, "one", (PostHeld(f"{unit}.{post}", unit, area, frozenset(functions)),))


def test_a_head_keeps_those_of_their_own_unit_only(shell: Shell) -> None:
    head = holding(shell, SWEEPERS, "head", Function.HANDLE)
    keeps = {unit for unit in ("", SWEEPERS, MARKET) if may_keep(head, unit, DISTRICT, shell.policy.territory)}

    assert keeps == {SWEEPERS}
    handler = holding(shell, SWEEPERS, "handler", Function.HANDLE)
    assert not may_keep(handler, SWEEPERS, DISTRICT, shell.policy.territory)


def test_an_administrator_keeps_those_of_everybody_in_their_area(shell: Shell) -> None:
    territory = shell.policy.territory
    of_all = holding(shell, CENTRE, "administrator", Function.ADMINISTER)
    of_town = holding(shell, f"{TOWN}.command_centre", "administrator", Function.ADMINISTER)

    assert all(may_keep(of_all, unit, DISTRICT, territory) for unit in ("", SWEEPERS, MARKET))
    assert may_keep(of_town, SWEEPERS, DISTRICT, territory)
    for unit in ("", MARKET, f"{OTHER}.sanitation_office"):
        assert not may_keep(of_town, unit, DISTRICT, territory), unit


def test_nobody_keeps_those_of_a_unit_that_is_not_there_or_of_another_district(shell: Shell) -> None:
    of_all = holding(shell, CENTRE, "administrator", Function.ADMINISTER)

    assert not may_keep(of_all, "500118.gone", DISTRICT, shell.policy.territory)
    assert not may_keep(of_all, "", "500119", shell.policy.territory)
    assert not may_keep(Actor(ActorKind.REPORTER, "r", case="c"), "", DISTRICT, shell.policy.territory)
