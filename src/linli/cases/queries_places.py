"""Reading cases for a change of areas: which stand where, where they will stand, and which have no place yet."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import Q

from linli.cases import rows
from linli.cases.queries import Loaded, visible_to
from linli.cases.replay import event_of
from linli.core.access import may_read
from linli.core.actor import Actor
from linli.core.case.events import PlaceMoved
from linli.core.case.placing import BY_PERSON, Prospect, is_unplaced, may_place, prospect
from linli.core.case.state import CaseState
from linli.core.policy import Policy
from linli.directory import planned
from linli.directory import queries as directory
from linli.directory.queries import Plan
from linli.directory.recut import at
from linli.ledger import queries as ledger
from linli.vault import queries as vault

MOST = 500
"""So many cases at most are listed; all are counted."""

_STATES = "SELECT id::text, state, hash, title_item::text FROM cases_case WHERE district_id = %s AND ended_at IS NULL"


@dataclass(frozen=True, slots=True)
class Affected:
    """An open case that a plan touches; ``seen`` says whether the person who asks may read it."""

    state: CaseState
    prospect: Prospect
    seen: bool

    @property
    def stays(self) -> bool:
        """Whether it stands after as it did before."""
        return self.prospect.area == self.state.place.area


def standing_in(district: str, community: str, grids: Collection[str]) -> list[Loaded]:
    """Open cases that stand in one of these grids of a community, parents before parts; unscoped, for actions."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"{_STATES} AND community_id = %s AND grid_id = ANY(%s) ORDER BY parent_id IS NOT NULL, id",
            [district, community, sorted(grids)],
        )
        return _loaded(cursor.fetchall())


def pinned_in(district: str, states: Iterable[CaseState], shapes: Mapping[str, object]) -> dict[str, str | None]:
    """The area of the pin by case id; a part has its parent's pin."""
    whose = {state.id: state.parent or state.id for state in states}
    found = vault.judged_points(district, set(whose.values()), lambda point: at(point, shapes))  # type: ignore[arg-type]
    return {case: found.get(source) for case, source in whose.items()}


def affected(actor: Actor, plan: Plan) -> list[Affected]:
    """Open cases in the grids that a plan changes, with where each will stand; those that stay are left out."""
    heirs = plan.heirs()
    moving = [code for code, after in heirs.items() if after != (code,)]
    left = {grid.code for grid in plan.grids if not grid.retired}
    standing = [found.state for found in standing_in(plan.district, plan.parent, moving)]
    states = [state for state in standing if not (came_later(state, plan) and state.place.area in left)]
    pins = pinned_in(plan.district, states, planned.shapes_of(plan.grids))
    found = [
        Affected(state, prospect(state.place.area, heirs[state.place.area], pins[state.id]), may_read(actor, state))
        for state in states
        if state.place.area in heirs
    ]
    return [case for case in found if not case.stays]


def moves(plan: Plan) -> dict[str, PlaceMoved]:
    """How each case followed a plan in force, by case, as the ledger has it; unscoped, for counting.

    What a person chose afterwards is left out: that is a case's own story.
    """
    if plan.took_effect_at is None:
        return {}
    entries = ledger.holding(plan.district, "case", "case.place_moved", plan.id, plan.took_effect_at, plan.settled_at)
    found: dict[str, PlaceMoved] = {}
    for entry in entries:
        event = event_of(entry)
        if isinstance(event, PlaceMoved) and event.plan == plan.id and event.by != BY_PERSON:
            found.setdefault(entry.stream, event)
    return found


def came_later(state: CaseState, plan: Plan) -> bool:
    """Whether a case was opened after a plan took effect, with its outlines at hand."""
    return plan.took_effect_at is not None and state.opened_at > plan.took_effect_at


def unplaced(actor: Actor, district: str, policy: Policy) -> list[Loaded]:
    """Open cases whose grid the actor has to choose; nothing is read where no plan was ever in force."""
    communities = directory.replanned(district)
    if not communities:
        return []
    waits = Q(state__contains='"place_candidates":') | Q(grid_id__in=directory.former_areas(district))
    cases = visible_to(actor, district).filter(
        waits, ended_at__isnull=True, community_id__in=communities, parent_id__isnull=True
    )
    rows_ = cases.order_by("opened_at", "id").values_list("id", "state", "hash", "title_item")[:MOST]
    found = _loaded(
        [(str(case), state, bytes(hash_), str(item) if item else None) for case, state, hash_, item in rows_]
    )
    return [case for case in found if is_unplaced(case.state, policy) and may_place(case.state, actor, policy)]


def astray(district: str) -> list[tuple[str, str]]:
    """Number and area of every open case that stands in an area no longer in force; unscoped, for checks."""
    gone = sorted(directory.former_areas(district))
    if not gone:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT number, coalesce(nullif(grid_id, ''), nullif(community_id, ''), town_id) FROM cases_case "
            "WHERE district_id = %s AND ended_at IS NULL "
            "AND (grid_id = ANY(%s) OR community_id = ANY(%s) OR town_id = ANY(%s)) ORDER BY number",
            [district, gone, gone, gone],
        )
        return [(str(number), str(area)) for number, area in cursor.fetchall()]


def _loaded(found: Sequence[tuple[str, str, bytes, str | None]]) -> list[Loaded]:
    return [Loaded(rows.decode(state), bytes(hash_), item) for _case, state, hash_, item in found]
