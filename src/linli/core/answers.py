"""Standard answers: texts that officers start from and then make their own.

A text may name a few facts of the case in braces, such as ``{number}``; the list is closed, so that no fact of a person
gets into a text of everybody.
"""

import re
from collections.abc import Mapping

from linli.core.actor import Actor, PostHeld
from linli.core.territory import Function, Territory

PLACES = ("number", "matter", "unit", "place", "due")
"""What a text may name: the case's number and matter, the unit that has it, where the trouble is, until when."""

HEADS = frozenset({"head", "duty_head", "grid_head"})
"""Posts that speak for their unit."""

_PLACE = re.compile(r"\{([^{}]*)\}")


def faults(text: str) -> tuple[str, ...]:
    """What in braces means nothing, as it stands in the text; a brace without its other half is one too."""
    unknown = [f"{{{name}}}" for name in _PLACE.findall(text) if name not in PLACES]
    loose = sorted(set(_PLACE.sub("", text)) & set("{}"))
    return tuple(dict.fromkeys((*unknown, *loose)))


def filled(text: str, facts: Mapping[str, str]) -> str:
    """The text with the facts in their places; a place without a fact stays as it is, for the officer to see."""
    return _PLACE.sub(lambda place: facts.get(place[1]) or place[0], text)


def may_keep(actor: Actor, unit: str, district: str, territory: Territory) -> bool:
    """Whether the actor may write the standard answers of a unit, or of the whole district (no unit).

    The administrator of an area keeps those of all units that serve something in it; a unit's head keeps its own.
    """
    if not unit:
        return any(_administers(post) and post.area == district for post in actor.posts)
    known = territory.units.get(unit)
    if known is None:
        return False
    return any(
        _heads(post, unit) or (_administers(post) and _within(known.area, post, territory)) for post in actor.posts
    )


def _administers(post: PostHeld) -> bool:
    return Function.ADMINISTER in post.functions


def _within(area: str, post: PostHeld, territory: Territory) -> bool:
    return post.area in territory.areas and territory.is_under(area, post.area)


def _heads(post: PostHeld, unit: str) -> bool:
    return post.unit == unit and post.post.rpartition(".")[2] in HEADS
