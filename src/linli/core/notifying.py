"""Who is told of an act, and when a message may reach them: pure rules, without addresses."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum

from linli.core.actor import Actor, PostHeld
from linli.core.case.events import ActionTaken, Event, LeadSet, Opened, Raised, RoleBound
from linli.core.case.roles import level_above
from linli.core.case.state import CaseState
from linli.core.policy import Policy, Urgency
from linli.core.procedure import FUNCTION_OF, Procedure
from linli.core.territory import Function

_DAY = 24 * 60


class Kind(StrEnum):
    """What somebody is told: a case came to their unit, a limit nears or passed, they are asked, called on, alerted."""

    CAME_IN = "came_in"
    REMIND = "remind"
    EXPEDITE = "expedite"
    INFORMED = "informed"
    EXTENSION_ASKED = "extension_asked"
    MENTIONED = "mentioned"
    ALERT = "alert"


class Channel(StrEnum):
    """A way out of the house; what is shown on the desk needs none."""

    EMAIL = "email"
    SMS = "sms"
    MESSENGER = "messenger"


@dataclass(frozen=True, slots=True)
class Tiding:
    """One unit is told one thing; ``function`` says which of its posts (None: whoever works there)."""

    kind: Kind
    unit: str
    function: Function | None = None


def tidings(event: Event, actor_unit: str, state: CaseState, policy: Policy) -> tuple[Tiding, ...]:
    """What units are told of an event on a case, each unit once.

    A unit is not told what one of its own posts did. A unit that keeps out of the case (rights R10) is never told.

    Args:
        event: what happened.
        actor_unit: the unit of the post on which it was done; empty for reporters and the clock.
        state: the case as it is by now.
        policy: the rules in force.
    """
    found: dict[str, Tiding] = {}
    for tiding in _all(event, state, policy):
        if tiding.unit != actor_unit and tiding.unit not in state.recused:
            found.setdefault(tiding.unit, tiding)
    return tuple(found.values())


def _all(event: Event, state: CaseState, policy: Policy) -> Iterator[Tiding]:
    procedure = policy.procedures.get((state.procedure, state.procedure_version))
    if procedure is None:
        return
    if isinstance(event, Opened):
        if event.state.owner and not _handed_over_in_bulk(event):
            yield Tiding(Kind.CAME_IN, event.state.owner, _function(procedure, event.state.step))
    elif isinstance(event, ActionTaken):
        yield from _asked_for(event, state, policy)
        if event.owner and _came_in(event):
            yield Tiding(Kind.CAME_IN, event.owner, _function(procedure, event.target))


def _asked_for(event: ActionTaken, state: CaseState, policy: Policy) -> Iterator[Tiding]:
    owner = event.owner or ""
    for whom in event.notify:
        if whom == "owner" and owner:
            yield Tiding(Kind.REMIND if event.action == "remind" else Kind.EXPEDITE, owner)
        elif whom in ("level_above", "supervisor") and owner in policy.territory.units:
            above = level_above(owner, Function.SUPERVISE, state, policy)
            kind = Kind.INFORMED if whom == "level_above" else Kind.EXTENSION_ASKED
            if above is not None:
                yield Tiding(kind, above.id, Function.SUPERVISE)
        elif whom.startswith("unit:"):
            yield Tiding(Kind.MENTIONED, whom.removeprefix("unit:"))


def _handed_over_in_bulk(event: Opened) -> bool:
    """What another system hands over by the thousand waits in the work list; only what is urgent is told."""
    return event.state.source is not None and Urgency(event.state.urgency).rank < Urgency.URGENT.rank


def _came_in(event: ActionTaken) -> bool:
    return event.source != event.target or any(isinstance(c, LeadSet | RoleBound | Raised) for c in event.changes)


def _function(procedure: Procedure, step: str) -> Function | None:
    found = procedure.steps.get(step)
    return FUNCTION_OF.get(found.owner) if found is not None and found.owner is not None else None


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a person wants outside the desk.

    Attributes:
        least: from which urgency on a channel is used; a channel that is not named is not used.
        quiet_from, quiet_until: minutes of the local day in which nothing is sent that can wait; equal: never quiet.
        digest_at: the minute of the local day at which e-mails that can wait are sent together; None: one by one.
    """

    least: tuple[tuple[Channel, Urgency], ...] = ()
    quiet_from: int = 0
    quiet_until: int = 0
    digest_at: int | None = None

    def wants(self, channel: Channel, urgency: Urgency, kind: Kind) -> bool:
        """Whether the channel is used for such news at all; an alert uses every one that the person has chosen."""
        chosen = dict(self.least).get(channel)
        return chosen is not None and (kind is Kind.ALERT or urgency.rank >= chosen.rank)


def send_at(channel: Channel, urgency: Urgency, kind: Kind, wishes: Wishes, now: datetime, tz: tzinfo) -> datetime:
    """The earliest moment at which a message may go out.

    Alerts and emergencies go at once. What is urgent waits for the end of the quiet hours; anything else also for the
    person's hour of e-mails, where they have one.
    """
    if kind is Kind.ALERT or urgency is Urgency.EMERGENCY:
        return now
    at = now
    if channel is Channel.EMAIL and wishes.digest_at is not None and urgency.rank < Urgency.URGENT.rank:
        at = _next(at, wishes.digest_at, tz)
    return _after_quiet(at, wishes, tz)


def _after_quiet(at: datetime, wishes: Wishes, tz: tzinfo) -> datetime:
    begins, ends = wishes.quiet_from, wishes.quiet_until
    if begins == ends:
        return at
    local = at.astimezone(tz)
    minute = local.hour * 60 + local.minute
    quiet = begins <= minute < ends if begins < ends else minute >= begins or minute < ends
    return _next(at, ends, tz) if quiet else at


def _next(at: datetime, minute: int, tz: tzinfo) -> datetime:
    """The next moment at which the local clock shows that minute of the day; ``at`` itself where it shows it now."""
    local = at.astimezone(tz)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    shown = local.hour * 60 + local.minute
    if shown == minute:
        return at
    day = midnight if shown < minute else midnight + timedelta(days=1)
    return (day + timedelta(minutes=minute % _DAY)).astimezone(at.tzinfo)


CALLS = frozenset({Function.DISPATCH, Function.SUPERVISE, Function.CONVENE})
"""What a post needs to call others together at once."""


def callers(actor: Actor) -> tuple[PostHeld, ...]:
    """The posts on which the actor may call units of their area together."""
    return tuple(held for held in actor.posts if held.functions & CALLS)


def may_be_called(held: PostHeld, policy: Policy) -> list[str]:
    """The units that a post may call: all that serve its area or a part of it, but its own."""
    return [
        unit.id
        for unit in policy.territory.units.values()
        if unit.id != held.unit and policy.territory.is_under(unit.area, held.area)
    ]
