"""Every read of visits. ``visible_to`` comes first: whoever supervises the place, and units that are to follow up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from linli.core.actor import Actor, ActorKind
from linli.core.territory import Function
from linli.supervision.models import FollowUp, Visit


def supervised(actor: Actor) -> frozenset[str]:
    """Areas that the actor's posts supervise."""
    return frozenset(post.area for post in actor.posts if Function.SUPERVISE in post.functions)


def visible_to(actor: Actor, district: str) -> QuerySet[Visit]:
    """Visits that the actor may see: of places that they supervise, or with a follow-up of a unit in which they work.

    A unit that is to follow up reads the whole note, so that it knows what was found.
    """
    visits = Visit.objects.filter(district_id=district)
    if actor.kind is not ActorKind.PERSON:
        return visits.none()
    works = sorted(actor.working_units)
    own = FollowUp.objects.filter(district_id=district, visit_id=OuterRef("id"), unit_id__in=works)
    return visits.filter(Q(path__overlap=sorted(supervised(actor))) | Exists(own))


@dataclass(frozen=True, slots=True)
class FollowUpInfo:
    """A follow-up as pages show it."""

    id: str
    visit: str
    area: str
    unit: str
    words: str
    due_on: date
    done_at: datetime | None


@dataclass(frozen=True, slots=True)
class VisitInfo:
    """A visit as pages show it; ``waiting`` is how many of its follow-ups are open."""

    id: str
    area: str
    visited_on: date
    units: tuple[str, ...]
    findings: str
    post: str
    waiting: int


def visits(actor: Actor, district: str, *, size: int = 100) -> list[VisitInfo]:
    """Visits that the actor may see, the newest first."""
    return [_visit(row) for row in _counted(actor, district).order_by("-visited_on", "-id")[:size]]


def visit(actor: Actor, district: str, visit_id: str) -> VisitInfo | None:
    """One visit, or None when it is missing or hidden from the actor."""
    found = _counted(actor, district).filter(id=visit_id).first()
    return _visit(found) if found else None


def _counted(actor: Actor, district: str) -> QuerySet[Visit]:
    waiting = Count("follow_ups", filter=Q(follow_ups__done_at__isnull=True))
    return visible_to(actor, district).annotate(waiting=waiting)


def follow_ups(district: str, visit_id: str) -> list[FollowUpInfo]:
    """Follow-ups of a visit that the caller has found visible, open ones first."""
    rows = FollowUp.objects.filter(district_id=district, visit_id=visit_id).select_related("visit")
    return sorted((_follow_up(row) for row in rows), key=lambda one: (one.done_at is not None, one.due_on, one.id))


def due(actor: Actor, district: str, area: str, *, by: date, size: int = 20) -> list[FollowUpInfo]:
    """Open follow-ups of visits in an area that are due by that day, the longest due first."""
    seen = visible_to(actor, district).filter(path__contains=[area])
    rows = FollowUp.objects.filter(district_id=district, done_at__isnull=True, due_on__lte=by, visit__in=seen)
    return [_follow_up(row) for row in rows.select_related("visit").order_by("due_on", "id")[:size]]


def may_note(actor: Actor, path: Sequence[str]) -> bool:
    """Whether the actor may write of a place: its path of areas has one that they supervise."""
    return actor.kind is ActorKind.PERSON and not supervised(actor).isdisjoint(path)


def may_settle(actor: Actor, path: Sequence[str], unit: str) -> bool:
    """Whether the actor may say that a follow-up is done: whoever may write of the place, and the unit itself."""
    return may_note(actor, path) or (actor.kind is ActorKind.PERSON and unit in actor.working_units)


def _visit(row: Visit) -> VisitInfo:
    waiting: int = getattr(row, "waiting", 0)
    return VisitInfo(str(row.id), row.area, row.visited_on, tuple(row.units), row.findings, row.post, waiting)


def _follow_up(row: FollowUp) -> FollowUpInfo:
    return FollowUpInfo(str(row.id), str(row.visit_id), row.visit.area, row.unit_id, row.words, row.due_on, row.done_at)
