"""Which unit plays which role on a case, and which roles an actor may play."""

from collections.abc import Iterable

from linli.core.actor import Actor, ActorKind
from linli.core.case.readers import may_read
from linli.core.case.state import CaseState
from linli.core.errors import Refusal
from linli.core.policy import Policy
from linli.core.procedure import FUNCTION_OF, Role
from linli.core.routing import centres_above, nearest_with, verifier_for
from linli.core.territory import Function, Unit

DESKS = frozenset({Role.DESK, Role.FOLLOW_UP_DESK})

LAST_RESORT = frozenset({Role.CONVENER, Role.FOLLOW_UP_DESK})
"""Roles which a unit with a part of its own in the case plays if nobody else is left, so that no case gets stuck."""


def unit_for(role: Role, state: CaseState, policy: Policy) -> str:
    """The one unit that plays an owning role now: the bound one while it still may, else the nearest that may.

    Raises:
        Refusal: ``no_unit_for_role`` when nobody may.
    """
    bound = bound_unit(role, state)
    if bound is not None and _may_stay(role, bound, state, policy):
        return bound
    found = _fresh(role, state, policy)
    if found is None:
        raise Refusal("no_unit_for_role", {"role": role.value, "area": state.place.area})
    return found


def bound_unit(role: Role, state: CaseState) -> str | None:
    """The unit bound to the role so far."""
    if role in (Role.SUPERVISOR, Role.ASSESSOR, Role.REPORTER, Role.CLOCK):
        return None
    unit: str | None = getattr(state.roles, role.value)
    return unit


def supervisors(state: CaseState, policy: Policy) -> frozenset[str]:
    """Units that supervise this case: centres above its owner or its area, never one that owned handling."""
    centres = {
        unit.id
        for unit_type in policy.centre_types
        for place in policy.territory.path(state.place.area)
        for unit in policy.territory.serving(unit_type, place.code)
        if Function.SUPERVISE in unit.functions
    }
    if state.roles.unit is not None:
        centres |= {u.id for u in policy.territory.superiors(state.roles.unit) if Function.SUPERVISE in u.functions}
    return frozenset(centres - set(state.handled_units) - set(state.recused))


def level_above(unit: str, function: Function, state: CaseState, policy: Policy) -> Unit | None:
    """The nearest unit above that may do the work and is not complained about; None at the top."""
    return next(centres_above(unit, function, state.place.area, policy, frozenset(state.recused)), None)


def one_level_up(role: Role, state: CaseState, policy: Policy) -> Unit | None:
    """The nearest unit above the one that plays the role now, which may play it instead; None at the top.

    It is never complained about. A verifier never handled; a new handling unit leaves somebody who may verify; nobody
    rules on or convenes about their own work.
    """
    unit = bound_unit(role, state) or unit_for(role, state, policy)
    barred = frozenset(state.recused) | _barred(role, state)
    for above in centres_above(unit, FUNCTION_OF[role], state.place.area, policy, barred):
        if role is not Role.UNIT or leaves_a_verifier({above.id, *state.co_handlers}, state, policy):
            return above
    return None


def leaves_a_verifier(units: Iterable[str], state: CaseState, policy: Policy) -> bool:
    """Whether somebody is left who may verify once these units have handled as well."""
    handled = frozenset((*state.handled_units, *units))
    return verifier_for(state.place.area, handled, frozenset(state.recused), policy) is not None


def roles_of(actor: Actor, state: CaseState, policy: Policy) -> frozenset[Role]:
    """The roles the actor may play on this case.

    Who may not read it plays none: a unit complained about (rights R10), and whoever is far from a sensitive matter.
    """
    if actor.kind is ActorKind.CLOCK:
        return frozenset({Role.CLOCK})
    if actor.kind is ActorKind.REPORTER:
        return frozenset({Role.REPORTER}) if actor.case == state.id else frozenset()
    if not may_read(actor, state):
        return frozenset()
    roles: set[Role] = set()
    for role, function in FUNCTION_OF.items():
        units = units_playing(role, state, policy)
        if any(function in post.functions and post.unit in units for post in actor.posts):
            roles.add(role)
    return frozenset(roles)


def units_playing(role: Role, state: CaseState, policy: Policy) -> frozenset[str]:
    """The units in whose name the role may be played now: the bound one, or all that supervise this case."""
    if role in (Role.SUPERVISOR, Role.ASSESSOR):
        return supervisors(state, policy)
    unit = bound_unit(role, state)
    return frozenset({unit}) if unit is not None else frozenset()


def is_recused(actor: Actor, state: CaseState) -> bool:
    """Whether the actor belongs to a unit complained about, or to one below it."""
    return bool(actor.units & set(state.recused))


def _may_stay(role: Role, unit: str, state: CaseState, policy: Policy) -> bool:
    known = policy.territory.units.get(unit)
    if known is None or FUNCTION_OF[role] not in known.functions:
        return False
    if role is Role.DISPATCHER and not policy.territory.is_under(state.place.area, known.area):
        return False  # the place was corrected: another town's centre dispatches now
    return unit not in _barred(role, state) | set(state.recused)


def _barred(role: Role, state: CaseState) -> frozenset[str]:
    """Units that may not play the role because of their own part in the case."""
    if role in (Role.VERIFIER, Role.FOLLOW_UP_DESK):
        return frozenset(state.handled_units)
    if role in (Role.RULER, Role.CONVENER) and state.roles.unit is not None:
        return frozenset({state.roles.unit})
    return frozenset()


def _fresh(role: Role, state: CaseState, policy: Policy) -> str | None:
    area, recused = state.place.area, frozenset(state.recused)
    if role is Role.UNIT or role is Role.LEAD:
        return None
    barred = recused | _barred(role, state)
    if role is Role.RULER and state.roles.dispatcher is not None:
        above = next(centres_above(state.roles.dispatcher, Function.RULE, area, policy, barred), None)
        if above is not None:
            return above.id
    types = (*policy.desk_types, *policy.centre_types) if role in DESKS else policy.centre_types
    found = nearest_with(types, FUNCTION_OF[role], area, policy, barred)
    if found is None and role in LAST_RESORT:
        found = nearest_with(types, FUNCTION_OF[role], area, policy, recused)
    return found.id if found else None
