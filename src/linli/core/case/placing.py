"""Where a case stands after areas were re-cut: by the new outlines, by its pin, or by a person's choice.

This is an event of its own, like a recalculation of deadlines, and no action of a procedure: a case stays on the
version of the procedure that it began with, so an action in a newer version could never move the cases that are open
when areas change. Neither the owner nor a deadline moves with it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from linli.core.actor import Actor, ActorKind
from linli.core.case.events import PlaceMoved
from linli.core.case.opening import place_of
from linli.core.case.readers import may_read
from linli.core.case.roles import is_recused, roles_of
from linli.core.case.state import CaseState
from linli.core.case.timing import utc
from linli.core.errors import Refusal
from linli.core.policy import Policy
from linli.core.procedure import Role
from linli.core.recutting import administering_post

PLACING_ROLES = frozenset({Role.DESK, Role.DISPATCHER, Role.SUPERVISOR})
"""Roles that may say where a case lies, besides the administrator of the place."""

BY_PIN, BY_OUTLINE, BY_PERSON, UNSURE = "pin", "outline", "person", "unsure"


@dataclass(frozen=True, slots=True)
class Prospect:
    """Where a case will stand; None where only a person can say, who then chooses among ``candidates``."""

    area: str | None
    by: str
    candidates: tuple[str, ...] = ()


def prospect(area: str, heirs: Sequence[str], pinned: str | None) -> Prospect:
    """Where a case of an area will stand when that area's places lie in ``heirs``.

    The pin counts where it lies in one of the heirs: otherwise a person corrected the place before, or chose it
    without the pin.
    """
    if len(heirs) == 1:
        return Prospect(heirs[0], BY_OUTLINE)
    if pinned is not None and pinned in heirs:
        return Prospect(pinned, BY_PIN)
    return Prospect(None, UNSURE, tuple(heirs) or (area,))


def place_after(
    state: CaseState, heirs: Sequence[str], pinned: str | None, *, plan: str, now: datetime, policy: Policy
) -> PlaceMoved | None:
    """The case's place after a plan took effect; None where nothing changes, or that plan was followed already.

    Where only a person can say, the case stays where it is, or goes to the nearest area above that is in force: it
    never stands in an area that is gone.

    Raises:
        Refusal: ``area_unknown`` or ``area_outside_district``.
    """
    if not state.is_open or state.areas_plan == plan:
        return None
    found = prospect(state.place.area, heirs, pinned)
    here = policy.territory.in_force(found.area or "") or policy.territory.in_force(state.place.area)
    place = place_of(here.code if here else state.district, state.district, policy)
    if found.area is None or place.area != found.area:  # the latter where a newer plan took that area away again
        return PlaceMoved(place, utc(now), UNSURE, plan, found.candidates or tuple(heirs))
    return None if place == state.place else PlaceMoved(place, utc(now), found.by, plan)


def place_chosen(state: CaseState, area: str, actor: Actor, *, now: datetime, policy: Policy) -> PlaceMoved:
    """A person says in which of the new areas the case lies.

    Raises:
        Refusal: ``recused``, ``not_yours``, ``case_has_ended``, ``place_is_settled``, ``area_unknown``,
            ``area_outside_district``, ``area_not_nearby``.
    """
    if is_recused(actor, state):
        raise Refusal("recused", {"case": state.id})
    if not may_place(state, actor, policy):
        raise Refusal("not_yours", {"action": "choose_place", "by": tuple(sorted(PLACING_ROLES))})
    if not state.is_open:
        raise Refusal("case_has_ended", {"case": state.id})
    if not is_unplaced(state, policy):
        raise Refusal("place_is_settled", {"area": state.place.area})
    place = place_of(area, state.district, policy)
    if place.community != state.place.community:
        raise Refusal("area_not_nearby", {"area": area})
    return PlaceMoved(place, utc(now), BY_PERSON, state.areas_plan or "")


def place_followed(parent: PlaceMoved) -> PlaceMoved:
    """A part stands where its parent stands."""
    return PlaceMoved(parent.place, parent.at, parent.by, parent.plan)


def is_unplaced(state: CaseState, policy: Policy) -> bool:
    """Whether somebody has yet to say where the case lies."""
    return state.is_open and (bool(state.place_candidates) or state.place.area not in policy.territory.areas)


def may_place(state: CaseState, actor: Actor, policy: Policy) -> bool:
    """Whether the actor may say so: they take in, dispatch or supervise it, or administer the place and read it."""
    if actor.kind is not ActorKind.PERSON or not may_read(actor, state):
        return False
    if roles_of(actor, state, policy) & PLACING_ROLES:
        return True
    return administering_post(actor, state.place.area, policy.territory) is not None
