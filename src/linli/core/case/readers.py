"""Who may read a case. ``linli.cases.queries.visible_to`` says the same in SQL; a property test holds them together."""

from linli.core.actor import Actor, ActorKind, PostHeld
from linli.core.case.state import CaseState
from linli.core.territory import Function

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


def reads_area(post: PostHeld, case: CaseState) -> bool:
    """Whether the post reads the whole area in which the case lies."""
    place = case.place
    return bool(post.functions & AREA_READERS) and post.area in (
        place.district, place.town, place.community, place.grid,
    )  # fmt: skip
