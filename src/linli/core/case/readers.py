"""Who may read a case. ``linli.cases.queries.visible_to`` says the same in SQL; a property test holds them together."""

from linli.core.actor import Actor, ActorKind, PostHeld
from linli.core.case.state import CaseState
from linli.core.territory import Function, Unit

AREA_READERS = frozenset({Function.SUPERVISE, Function.DISPATCH, Function.INTAKE, Function.ASSESS})
"""Functions that let a post read the cases of the area its unit serves."""


def may_read(actor: Actor, case: CaseState) -> bool:
    """Whether the actor may see the case at all; "hidden" and "missing" are answered alike.

    A reporter sees their own case. A person sees a case if no unit of theirs is complained about in it (rights R10)
    and a unit in which they work on cases is involved in it, or, for a matter that is not sensitive, a post of theirs
    reads the area.
    """
    if actor.kind is ActorKind.REPORTER:
        return actor.case == case.id
    if actor.kind is not ActorKind.PERSON:
        return actor.kind is ActorKind.CLOCK
    if actor.units & set(case.recused):
        return False
    if actor.working_units & set(case.involved):
        return True
    return not case.sensitive and any(reads_area(post, case) for post in actor.posts)


def reads_area(reader: PostHeld | Unit, case: CaseState) -> bool:
    """Whether the post, or some post of the unit, reads the whole area in which the case lies."""
    place = case.place
    return bool(reader.functions & AREA_READERS) and reader.area in (
        place.district, place.town, place.community, place.grid,
    )  # fmt: skip


def unit_may_read(unit: Unit, case: CaseState) -> bool:
    """Whether somebody of the unit may see the case: the rule of :func:`may_read` for a whole unit."""
    if unit.id in case.recused:
        return False
    return unit.id in case.involved or (not case.sensitive and reads_area(unit, case))
