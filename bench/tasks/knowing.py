"""What the clients must know of the district before they begin: who is routed to, and who holds which function."""

from random import Random

from bench.building import DISTRICT
from linli.catalogue import queries as catalogue
from linli.core.errors import Refusal
from linli.core.policy import Matter
from linli.core.routing import Question, route
from linli.core.territory import AreaKind
from linli.directory import queries as directory


def routes(areas: int, seed: int) -> dict[str, dict[str, str]]:
    """For some communities the lead of every matter that can be carried without a complaint's target."""
    policy = catalogue.policy(DISTRICT)
    known = sorted(
        a.code for a in policy.territory.areas.values() if a.kind is AreaKind.COMMUNITY and not a.placeholder
    )
    chosen = Random(seed).sample(known, min(areas, len(known)))
    found: dict[str, dict[str, str]] = {}
    for area in chosen:
        for matter in policy.matters.values():
            lead = _lead(matter, area)
            if lead is not None:
                found.setdefault(area, {})[matter.code] = lead
    return found


def _lead(matter: Matter, area: str) -> str | None:
    policy = catalogue.policy(DISTRICT)
    if matter.guards:
        return None
    try:
        return route(Question(matter, area), policy).lead
    except Refusal:
        return None


def holders() -> dict[str, str]:
    """A post for each ``UNIT FUNCTION``."""
    found: dict[str, str] = {}
    for post in directory.posts(DISTRICT):
        for function in post.functions:
            found.setdefault(f"{post.unit} {function.value}", post.id)
    return found
