"""The scope of a page: what its reader may be told of, as a signed token that lives for minutes.

The live process knows no sessions and reads no directory: it believes the token. Somebody who loses a post is told of
moving cases until their token ends, but can no longer read one.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from django.core import signing

from linli.cases.queries import Sighting, reading_areas
from linli.core.actor import Actor

LASTS = timedelta(minutes=5)
_SALT = "linli.site.live"


class BadToken(Exception):
    """The token is not ours, was changed, or has ended."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What one reader may be told of: a district, the areas they read, the units they work in and those they are in.

    It names posts' units and areas only, never the person.
    """

    district: str
    areas: frozenset[str]
    works: frozenset[str]
    units: frozenset[str]

    @classmethod
    def of(cls, actor: Actor, district: str) -> Self:
        """The scope of a person; nobody else gets news."""
        return cls(district, reading_areas(actor), actor.working_units, actor.units)

    def sees(self, case: Sighting) -> bool:
        """``linli.core.access.may_read`` for what a scope knows; a property test holds the two together."""
        if case.district != self.district or not self.units.isdisjoint(case.recused):
            return False
        if not self.works.isdisjoint(case.involved):
            return True
        return not case.sensitive and not self.areas.isdisjoint(case.areas)


@dataclass(frozen=True, slots=True)
class Grant:
    """A scope and the moment at which it ends."""

    scope: Scope
    until: datetime


def issue(scope: Scope, *, now: datetime) -> str:
    """A token for the scope, good for :data:`LASTS`."""
    said = {
        "d": scope.district,
        "a": sorted(scope.areas),
        "w": sorted(scope.works),
        "u": sorted(scope.units),
        "until": int((now + LASTS).timestamp() * 1000),
    }
    return signing.Signer(salt=_SALT).sign_object(said, compress=True)


def read(token: str, *, now: datetime) -> Grant:
    """What the token grants.

    Raises:
        BadToken: the signature does not fit, or the token has ended.
    """
    try:
        said: dict[str, Any] = signing.Signer(salt=_SALT).unsign_object(token)
    except signing.BadSignature as fault:
        raise BadToken("signature") from fault
    until = datetime.fromtimestamp(said["until"] / 1000, UTC)
    if until <= now:
        raise BadToken("ended")
    return Grant(Scope(said["d"], frozenset(said["a"]), frozenset(said["w"]), frozenset(said["u"])), until)
