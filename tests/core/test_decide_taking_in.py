"""Taking in: the desk nearest to the trouble, wide areas, complaints about a unit, sensitive matters."""

from dataclasses import replace

import msgspec
import pytest
from official_days import at
from shell import Shell
from world import policy as small_district

from linli.core.access import may_read
from linli.core.case.commands import Open
from linli.core.case.opening import decide_open
from linli.core.errors import Refusal
from linli.core.procedure import Role
from linli.core.territory import Function

STATION, OTHER_STATION = "500118001001.community_station", "500118001002.community_station"
TOWN, OTHER_TOWN = "500118001.command_centre", "500118002.command_centre"
DISTRICT, OFFICE = "500118.district_centre", "500118.district_supervision_office"
SWEEPERS, TEAM = "500118001.sanitation_office", "500118001.town_enforcement_team"
HEALTH = "500118.health_commission"


# --- the desk


DESKS = [
    ("500118001001001", STATION),
    ("500118001001", STATION),
    ("500118001002001", OTHER_STATION),
    ("500118001", TOWN),
    ("500118002", OTHER_TOWN),
    ("500118", DISTRICT),
]


@pytest.mark.parametrize(("area", "desk"), DESKS)
def test_it_is_taken_in_by_the_nearest_desk(shell: Shell, area: str, desk: str) -> None:
    state = shell.cases[shell.open(area)]

    assert (state.step, state.owner, state.roles.desk) == ("reported", desk, desk)


def test_it_freezes_the_areas_above_the_place(shell: Shell) -> None:
    place = shell.cases[shell.open("500118001001001")].place

    assert msgspec.to_builtins(place) == {
        "area": "500118001001001", "grid": "500118001001001", "community": "500118001001",
        "town": "500118001", "district": "500118",
    }  # fmt: skip


def test_it_goes_on_with_nothing_but_the_district_known(shell: Shell) -> None:
    """A wide area is no dead end: the district's centre takes it in, dispatches it and an officer picks the unit."""
    case = shell.bring("replied", area="500118", lead=TEAM)

    state = shell.cases[case]
    assert (state.place.town, state.roles.dispatcher, state.roles.verifier) == (None, DISTRICT, DISTRICT)


def test_it_has_the_urgent_limit_when_it_is_urgent(shell: Shell) -> None:
    urgent, standard = shell.open(urgency="urgent"), shell.open()

    assert shell.cases[urgent].clock.due == at("2026-11-16 Mon 10:00")  # type: ignore[union-attr]
    assert shell.cases[standard].clock.due == at("2026-11-16 Mon 15:00")  # type: ignore[union-attr]


BAD = [
    ({"area": "nowhere"}, "area_unknown", {"area": "nowhere"}),
    ({"area": "50"}, "area_outside_district", {"area": "50", "district": "500118"}),
    ({"complaint_targets": ("nobody",)}, "unit_unknown", {"unit": "nobody"}),
    (
        {"urgency": "yesterday"},
        "urgency_unknown",
        {"urgency": "yesterday", "known": ("extended", "standard", "urgent", "emergency")},
    ),
    ({"procedure": "secret"}, "procedure_not_published", {"procedure": "secret"}),
    ({"complaint_targets": (DISTRICT, OFFICE)}, "no_unit_for_role", {"role": "desk", "area": "500118001001001"}),
]


@pytest.mark.parametrize(("changes", "code", "facts"), BAD, ids=[code for _, code, _ in BAD])
def test_it_refuses_a_report_that_cannot_be_placed_saying_why(
    shell: Shell, changes: dict[str, object], code: str, facts: dict[str, object]
) -> None:
    with pytest.raises(Refusal) as refused:
        shell.open(**changes)  # type: ignore[arg-type]

    assert (refused.value.code, refused.value.facts) == (code, facts)
    assert shell.cases == {}


def test_it_takes_no_moment_without_a_time_zone(shell: Shell) -> None:
    command = Open("c1", "N1", "500118", "portal", shell.reporter("c1"))

    with pytest.raises(ValueError, match="no time zone"):
        decide_open(command, now=shell.now.replace(tzinfo=None), policy=shell.policy, district="500118")


def test_it_keeps_what_was_suggested_and_why_without_acting_on_it(shell: Shell) -> None:
    """Rights R9: a model pre-fills, a person decides."""
    case = shell.open(suggestion={"matter": "CM-006", "confidence": "0.81"}, suggested_matter="CM-006")

    opening = shell.opening(case)
    assert opening.suggestion == {"matter": "CM-006", "confidence": "0.81"}
    assert opening.trace[-1] == {"code": "lead_found", "unit": SWEEPERS, "area": "500118001"}
    assert (opening.state.matter, opening.state.urgency) == (None, "standard")


def test_it_says_in_the_trace_that_a_suggested_matter_has_no_unit(shell: Shell) -> None:
    case = shell.open("500118", suggested_matter="CM-006")

    assert shell.opening(case).trace == (
        {"code": "route_hole", "matter": "CM-006", "type": "sanitation_office", "area": "500118"},
    )


def test_it_keeps_no_trace_of_a_suggestion_that_is_no_matter(shell: Shell) -> None:
    assert shell.opening(shell.open(suggested_matter="ZZ-999")).trace == ()


# --- complaints about a unit (rights R10)


def accept(shell: Shell, case: str, **form: object) -> None:
    shell.act(case, "accept", shell.playing(Role.DESK, case), **shell.filled(case, "accept", **form))


def test_it_names_nobody_as_target_when_the_desk_says_that_nobody_is_named(shell: Shell) -> None:
    case = shell.open()
    accept(shell, case, matter="PL-001", complaint_about="no_unit_named")

    assert shell.cases[case].recused == ()


def test_it_keeps_out_the_unit_complained_about_and_everybody_below_it(shell: Shell) -> None:
    case = shell.open(complaint_targets=(TOWN,))

    state = shell.cases[case]
    assert state.complaint_targets == (TOWN,)
    assert set(state.recused) == {TOWN, *(u for u in shell.policy.territory.units if u.startswith("500118001"))}
    assert state.owner == DISTRICT


def test_it_keeps_out_whom_the_desk_names_from_that_act_on(shell: Shell) -> None:
    case = shell.open()
    accept(shell, case, matter="PL-001", complaint_targets=(SWEEPERS,))

    state = shell.cases[case]
    assert (state.complaint_targets, state.recused, state.owner) == ((SWEEPERS,), (SWEEPERS,), TOWN)


def test_it_goes_on_in_another_line_when_the_district_is_complained_about(shell: Shell) -> None:
    """Everything below the district's centre is kept out; the supervision office is another line."""
    state = shell.cases[shell.open(complaint_targets=(DISTRICT,))]

    assert state.owner == OFFICE


def test_it_never_forgets_a_target(shell: Shell) -> None:
    case = shell.open(complaint_targets=(SWEEPERS,))
    accept(shell, case, matter="PL-001", complaint_targets=(TEAM,))
    dispatcher = shell.playing(Role.DISPATCHER, case)
    form = shell.filled(case, "reclassify", matter="CM-006", complaint_about="no_unit_named")
    shell.act(case, "reclassify", dispatcher, **form)

    assert shell.cases[case].complaint_targets == (SWEEPERS, TEAM)


def test_it_takes_the_case_from_a_dispatcher_who_turns_out_to_be_its_target(shell: Shell) -> None:
    """The district's desk raised it; now a supervisor's line finds out that the town is meant."""
    case = shell.open(complaint_targets=(TOWN,))
    accept(shell, case, matter="PL-001")

    assert shell.cases[case].owner == DISTRICT
    assert TOWN not in shell.cases[case].involved


def test_it_offers_nothing_to_the_staff_of_a_unit_complained_about(shell: Shell) -> None:
    case = shell.bring("handling", lead=HEALTH, complaint_targets=(TOWN,))

    for unit in shell.cases[case].recused:
        member = shell.person("member", unit)
        assert shell.offered(case, member) == set()
        with pytest.raises(Refusal, match="recused"):
            shell.act(case, "escalate", member)


def test_it_offers_nothing_to_somebody_with_one_post_in_a_unit_complained_about(shell: Shell) -> None:
    case = shell.bring("handling", lead=HEALTH, complaint_targets=(TEAM,))

    assert shell.offered(case, shell.person("two-hats", TEAM, OFFICE)) == set()


# --- sensitive matters


def test_it_is_marked_sensitive_by_its_matter(shell: Shell) -> None:
    assert shell.cases[shell.bring("registered", matter="SL-007")].sensitive
    assert not shell.cases[shell.bring("registered", matter="CM-006")].sensitive


def test_it_is_no_longer_sensitive_when_the_matter_was_corrected(shell: Shell) -> None:
    case = shell.bring("registered", matter="SL-007")
    form = shell.filled(case, "reclassify", matter="CM-006", urgency="standard")

    state = shell.act(case, "reclassify", shell.playing(Role.DISPATCHER, case), **form)

    assert (state.sensitive, state.urgency) == (False, "standard")


def test_it_lets_only_units_on_a_sensitive_case_act_on_it(shell: Shell) -> None:
    case = shell.bring("handling", matter="SL-007", lead=HEALTH)

    assert shell.offered(case, shell.watcher()) == set()
    assert "expedite" in shell.offered(case, shell.person("chief", TOWN, only=frozenset({Function.SUPERVISE})))


# --- other ways out


def test_it_is_diverted_to_the_emergency_service_before_anything_else(shell: Shell) -> None:
    case = shell.open(urgency="emergency")
    desk = shell.playing(Role.DESK, case)

    state = shell.act(case, "divert", desk, service="119", handed_over_at="2026-11-16")

    assert (state.step, state.owner, state.ended_at) == ("diverted", None, shell.now)


def test_it_is_withdrawn_by_the_reporter_and_nobody_else(shell: Shell) -> None:
    case = shell.bring("handling")
    for actor in (shell.watcher(), shell.playing(Role.UNIT, case), shell.playing(Role.DESK, case)):
        with pytest.raises(Refusal, match="not_yours"):
            shell.act(case, "withdraw", actor)

    assert shell.act(case, "withdraw", shell.reporter(case)).step == "withdrawn"


def test_it_begins_with_the_newest_published_version_of_its_procedure(shell: Shell) -> None:
    next_one = replace(shell.policy.current_procedure("standard"), version=99)
    shell.policy = small_district(procedures={**shell.policy.procedures, ("standard", 99): next_one})

    assert shell.cases[shell.open()].procedure_version == 99


# --- sensitive from the first moment


def test_it_is_kept_close_as_soon_as_it_is_said_or_seems_to_be_sensitive(shell: Shell) -> None:
    case = shell.open(suggested_matter="SL-007")
    centre, desk = shell.person("head", TOWN), shell.person("clerk", STATION)

    assert shell.cases[case].sensitive
    assert may_read(desk, shell.cases[case])
    assert not may_read(centre, shell.cases[case]), "who only reads the area waits until an officer has settled it"


@pytest.mark.parametrize("end", ["divert", "decline"])
def test_it_stays_closed_to_the_area_when_it_ends_before_anybody_accepted_it(shell: Shell, end: str) -> None:
    case = shell.open(suggested_matter="SL-007")
    after = shell.act(case, end, shell.playing(Role.DESK, case), **shell.filled(case, end))

    assert not after.is_open
    assert not may_read(shell.person("assessor", DISTRICT), after)


def test_it_opens_to_the_area_when_an_officer_finds_an_ordinary_matter(shell: Shell) -> None:
    case = shell.open(suggested_matter="SL-007")
    form = shell.filled(case, "accept", matter="CM-006", complaint_about="no_unit_named")
    after = shell.act(case, "accept", shell.playing(Role.DESK, case), **form)

    assert not after.sensitive
    assert may_read(shell.person("head", TOWN), after)
