"""A scope tells of exactly the cases that its person may read, and its token can be neither changed nor kept."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linli.cases import queries, rows
from linli.cases.queries import Sighting
from linli.core.access import may_read
from linli.core.actor import CLOCK, Actor, ActorKind, PostHeld
from linli.core.case.state import CaseState, Part, Place, Roles
from linli.core.territory import Function
from linli.site.live.scope import LASTS, BadToken, Grant, Scope, issue, read
from tests.rooms.conftest import COMMUNITY, DISTRICT, FAR, NEIGHBOUR, OTHER_TOWN, TOWN
from tests.rooms.conftest import Place as SmallDistrict

NOON = datetime(2026, 11, 16, 4, 0, tzinfo=UTC)
OTHER_DISTRICT = "500119"
GRID = f"{COMMUNITY}001"
AREAS = (DISTRICT, TOWN, OTHER_TOWN, COMMUNITY, NEIGHBOUR, FAR, GRID, OTHER_DISTRICT)
UNITS = tuple(f"{area}.{kind}" for area in (DISTRICT, TOWN, COMMUNITY) for kind in ("office", "team"))

units = st.sampled_from(UNITS)
places = st.sampled_from(
    (
        Place(DISTRICT, DISTRICT),
        Place(TOWN, DISTRICT, TOWN),
        Place(COMMUNITY, DISTRICT, TOWN, COMMUNITY),
        Place(GRID, DISTRICT, TOWN, COMMUNITY, GRID),
        Place(FAR, DISTRICT, OTHER_TOWN, FAR),
    )
)
posts = st.builds(PostHeld, st.just("post"), units, st.sampled_from(AREAS), st.frozensets(st.sampled_from(Function)))
actors = st.builds(Actor, st.just(ActorKind.PERSON), st.just("someone"), st.lists(posts, max_size=3).map(tuple))
scopes = actors.map(lambda actor: Scope.of(actor, DISTRICT))


@st.composite
def cases(draw: st.DrawFn) -> CaseState:
    """A case with any units on it or complained about; only what reading looks at varies."""
    some = st.lists(units, max_size=2).map(tuple)
    return CaseState(
        id="c", number="n", district=DISTRICT, kind="report", procedure="standard", procedure_version=1,
        place=draw(places), channel="portal", urgency="standard", step="handling", opened_at=NOON, step_since=NOON,
        sensitive=draw(st.booleans()), owner=draw(st.none() | units),
        roles=Roles(desk=draw(st.none() | units), unit=draw(st.none() | units)), recused=draw(some),
        co_handlers=draw(some), parts=tuple(Part("p", unit) for unit in draw(some)),
    )  # fmt: skip


def sighting(state: CaseState) -> Sighting:
    """The case as its row shows it."""
    row = rows.columns(state)
    areas = {row[name] for name in ("district_id", "town_id", "community_id", "grid_id")} - {""}
    involved, recused = frozenset(row["involved"]), frozenset(row["recused"])
    return Sighting(state.id, state.district, frozenset(areas), involved, recused, row["sensitive"])


@settings(max_examples=500)
@given(actors, cases())
def test_a_scope_sees_what_its_person_may_read(actor: Actor, case: CaseState) -> None:
    assert Scope.of(actor, DISTRICT).sees(sighting(case)) == may_read(actor, case)


@settings(max_examples=60)
@given(scopes)
def test_a_token_gives_back_its_scope(scope: Scope) -> None:
    grant = read(issue(scope, now=NOON), now=NOON)
    assert grant == Grant(scope, NOON + LASTS)


def test_a_scope_sees_nothing_of_another_district() -> None:
    head = Actor(ActorKind.PERSON, "h", (PostHeld("p", UNITS[0], DISTRICT, frozenset(Function)),))
    elsewhere = Sighting("c", OTHER_DISTRICT, frozenset({DISTRICT}), frozenset(UNITS), frozenset(), False)
    assert not Scope.of(head, DISTRICT).sees(elsewhere)


@given(cases())
def test_nobody_but_a_person_gets_news(case: CaseState) -> None:
    for actor in (CLOCK, Actor(ActorKind.REPORTER, "r", case="c"), Actor(ActorKind.INTEGRATION, "i")):
        assert not Scope.of(actor, DISTRICT).sees(sighting(case))


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_the_database_shows_a_case_as_its_state_does(place: SmallDistrict, data: st.DataObject) -> None:
    hidden = place.report("值班的人骂人", area=NEIGHBOUR).case
    place.accept(hidden, complaint_about="unit_named", complaint_targets=(f"{TOWN}.town_enforcement_team",))
    quiet = place.report("楼上吵", area=COMMUNITY).case
    place.accept(quiet, "SL-007")
    found = {case.case: case for case in queries.sightings(DISTRICT, [hidden, quiet])}
    assert found == {case: sighting(place.state(case)) for case in (hidden, quiet)}
    assert queries.sightings(OTHER_DISTRICT, [hidden]) == []
    unit = data.draw(st.sampled_from(sorted(place.policy.territory.units)))
    actor = place.person(unit)
    for case in (hidden, quiet):
        assert Scope.of(actor, DISTRICT).sees(found[case]) == may_read(actor, place.state(case))


def test_a_token_ends() -> None:
    token = issue(Scope(DISTRICT, frozenset({TOWN}), frozenset(), frozenset()), now=NOON)
    read(token, now=NOON + LASTS - timedelta(seconds=1))
    with pytest.raises(BadToken):
        read(token, now=NOON + LASTS)


@pytest.mark.parametrize("place_of_change", [0, 5, 30, -1])
def test_a_changed_token_is_refused(place_of_change: int) -> None:
    token = issue(Scope(DISTRICT, frozenset({TOWN}), frozenset(), frozenset()), now=NOON)
    letters = list(token)
    letters[place_of_change] = "A" if letters[place_of_change] != "A" else "B"
    for changed in ("".join(letters), token[1:], token + "A", "", "a:b"):
        with pytest.raises(BadToken):
            read(changed, now=NOON)


def test_a_token_of_another_key_is_refused(settings: "object") -> None:
    token = issue(Scope(DISTRICT, frozenset(), frozenset(), frozenset()), now=NOON)
    settings.SECRET_KEY = "another"  # type: ignore[attr-defined]
    with pytest.raises(BadToken):
        read(token, now=NOON)


def test_a_token_names_no_person() -> None:
    actor = Actor(ActorKind.PERSON, "018f-person", (PostHeld("018f-post", UNITS[0], DISTRICT, frozenset(Function)),))
    scope = Scope.of(actor, DISTRICT)
    assert "018f" not in repr(scope)
    assert read(issue(scope, now=NOON), now=NOON).scope == scope
