"""Who asks: the one value that every act and every read carries."""

from dataclasses import dataclass
from enum import StrEnum

from linli.core.territory import Function


class ActorKind(StrEnum):
    """A person on a post, the reporter of one case, the clock, or another system."""

    PERSON = "person"
    REPORTER = "reporter"
    CLOCK = "clock"
    INTEGRATION = "integration"


@dataclass(frozen=True, slots=True)
class PostHeld:
    """A post that a person holds now: its id, its unit, the area that unit serves, and what the post may do."""

    post: str
    unit: str
    area: str
    functions: frozenset[Function]


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who acts or reads. ``id`` is opaque; ``case`` is the one case a reporter's code opens.

    A person without posts may do nothing; a reporter may act on their own case only.
    """

    kind: ActorKind
    id: str
    posts: tuple[PostHeld, ...] = ()
    case: str | None = None
    purpose: str = ""

    @property
    def units(self) -> frozenset[str]:
        """Units in which the person holds a post."""
        return frozenset(post.unit for post in self.posts)

    @property
    def working_units(self) -> frozenset[str]:
        """Units in which the person works on cases; who only administers the system reads none of them (rights R6)."""
        return frozenset(post.unit for post in self.posts if post.functions - {Function.ADMINISTER})


CLOCK = Actor(ActorKind.CLOCK, "clock")
"""The clock acts for nobody; its acts are named in the procedure's ladders."""
