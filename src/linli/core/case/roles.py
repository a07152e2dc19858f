"""Which unit plays which role on a case, and which roles an actor may play."""

from linli.core.actor import Actor, ActorKind
from linli.core.case.state import CaseState
from linli.core.errors import Refusal
from linli.core.policy import Policy
from linli.core.procedure import FUNCTION_OF, Role
from linli.core.routing import centres_above, nearest_with, verifier_for
from linli.core.territory import Function, Unit


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


def roles_of(actor: Actor, state: CaseState, policy: Policy) -> frozenset[Role]:
    """The roles the actor may play on this case. A person of a unit complained about plays none (rights R10)."""
    if actor.kind is ActorKind.CLOCK:
        return frozenset({Role.CLOCK})
    if actor.kind is ActorKind.REPORTER:
        return frozenset({Role.REPORTER}) if actor.case == state.id else frozenset()
    if is_recused(actor, state):
        return frozenset()
    roles: set[Role] = set()
    watching = supervisors(state, policy)
    for post in actor.posts:
        for role, function in FUNCTION_OF.items():
            if function not in post.functions:
                continue
            if role in (Role.SUPERVISOR, Role.ASSESSOR):
                if post.unit in watching:
                    roles.add(role)
            elif post.unit == bound_unit(role, state):
                roles.add(role)
    return frozenset(roles)


def is_recused(actor: Actor, state: CaseState) -> bool:
    """Whether the actor belongs to a unit complained about, or to one below it."""
    return bool(actor.units & set(state.recused))


def _may_stay(role: Role, unit: str, state: CaseState, policy: Policy) -> bool:
    known = policy.territory.units.get(unit)
    if known is None or unit in state.recused or FUNCTION_OF[role] not in known.functions:
        return False
    return not (role is Role.VERIFIER and unit in state.handled_units)


def _fresh(role: Role, state: CaseState, policy: Policy) -> str | None:
    area, recused = state.place.area, frozenset(state.recused)
    if role is Role.VERIFIER:
        found = verifier_for(area, frozenset(state.handled_units), recused, policy)
    elif role is Role.UNIT or role is Role.LEAD:
        return None
    elif role in (Role.DESK, Role.FOLLOW_UP_DESK):
        types = (*policy.desk_types, *policy.centre_types)
        found = nearest_with(types, FUNCTION_OF[role], area, policy, recused)
    elif role is Role.RULER and state.roles.dispatcher is not None:
        found = level_above(state.roles.dispatcher, Function.RULE, state, policy)
    else:
        mine = frozenset({state.roles.unit}) if role is Role.CONVENER and state.roles.unit else frozenset()
        found = nearest_with(policy.centre_types, FUNCTION_OF[role], area, policy, recused | mine)
    return found.id if found else None
