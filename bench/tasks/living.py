"""Tokens of live updates, as pages of the desk are given them."""

from datetime import timedelta

from django.utils import timezone

from bench.building import DISTRICT
from linli.core.actor import Actor, ActorKind, PostHeld
from linli.core.territory import Function
from linli.ledger.queries import newest_told
from linli.site.live.scope import Scope, issue


def tokens(count: int) -> list[str]:
    """As many different tokens, each of somebody who reads the whole district."""
    post = PostHeld("post", f"{DISTRICT}.district_centre", DISTRICT, frozenset({Function.SUPERVISE}))
    scope, now = Scope.of(Actor(ActorKind.PERSON, "bench", (post,)), DISTRICT), timezone.now()
    return [issue(scope, now=now + timedelta(milliseconds=number)) for number in range(count)]


def cursor() -> int:
    """Where news stand now."""
    return newest_told()
