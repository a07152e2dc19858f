"""Who may keep the directory where: which units, posts and people somebody's administering posts cover.

Codes of areas are nested (GB/T 2260, GB/T 10114, GB/T 30428: a town's code begins with its district's), so that an
area lies in another when its code begins with the other's.
"""

from collections.abc import Iterable

from linli.core.actor import Actor
from linli.core.territory import Function

KEPT_BY_THE_DISTRICT = frozenset({Function.ADMINISTER, Function.IDENTITY})
"""Functions that open more than one's own work: only whoever administers the whole district gives them."""

_DISTRICT_DIGITS = 6


def administered(actor: Actor) -> tuple[str, ...]:
    """Areas that the actor's administering posts cover, none of them inside another."""
    areas = {post.area for post in actor.posts if Function.ADMINISTER in post.functions}
    return tuple(sorted(a for a in areas if not any(a != other and a.startswith(other) for other in areas)))


def may_administer(actor: Actor, area: str) -> bool:
    """Whether units and posts that serve the area are the actor's to keep."""
    return any(area.startswith(covered) for covered in administered(actor))


def may_give(actor: Actor, area: str, functions: Iterable[Function]) -> bool:
    """Whether the actor may write these functions into a unit or post of the area, or give a post that has them."""
    if not may_administer(actor, area):
        return False
    covers_district = any(len(covered) <= _DISTRICT_DIGITS for covered in administered(actor))
    return covers_district or not KEPT_BY_THE_DISTRICT & set(functions)


def may_manage(actor: Actor, areas: Iterable[str]) -> bool:
    """Whether a person's account is the actor's to manage: every post that the person holds serves the actor's areas.

    A password set anew opens all of a person's posts; so one post elsewhere is enough to keep others out. Whoever
    holds none is nobody's, and ``areas`` then are those of the posts held last.
    """
    held = tuple(areas)
    return bool(held) and all(may_administer(actor, area) for area in held)


def administering_post(actor: Actor, area: str) -> str:
    """The post in whose name the actor keeps the area: the nearest that covers it; empty when none does."""
    posts = (p for p in actor.posts if Function.ADMINISTER in p.functions and area.startswith(p.area))
    return max(((len(post.area), post.post) for post in posts), default=(0, ""))[1]
