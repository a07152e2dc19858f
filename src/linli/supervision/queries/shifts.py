"""Reads of shifts: of the coordinating units in which the actor dispatches or supervises."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from linli.core.actor import Actor, ActorKind
from linli.core.policy import Policy
from linli.core.territory import Function
from linli.supervision.models import Shift

ON_DUTY = frozenset({Function.DISPATCH, Function.SUPERVISE})
"""Who keeps the shifts of a command centre: whoever sends work out there, or watches over it."""


@dataclass(frozen=True, slots=True)
class ShiftInfo:
    """A shift as pages show it; ``report`` and ``words`` are there once it was handed over."""

    id: str
    unit: str
    began_at: datetime
    began_post: str
    handed_at: datetime | None
    handed_post: str
    handed_by: str
    taken_at: datetime | None
    taken_post: str
    report: Mapping[str, Any] | None
    words: str

    @property
    def state(self) -> str:
        """``running``, ``handed_over`` or ``closed``."""
        return "closed" if self.taken_at else "handed_over" if self.handed_at else "running"


def shift_units(actor: Actor, policy: Policy) -> list[str]:
    """Coordinating units whose shifts the actor keeps, by id."""
    return sorted(unit for unit in actor.working_units if post_in(actor, unit, policy))


def post_in(actor: Actor, unit: str, policy: Policy) -> str:
    """The post by which the actor keeps the unit's shifts; empty when none does."""
    known = policy.territory.units.get(unit)
    if actor.kind is not ActorKind.PERSON or known is None or known.type not in policy.centre_types:
        return ""
    return min((post.post for post in actor.posts if post.unit == unit and post.functions & ON_DUTY), default="")


def visible_shifts(actor: Actor, district: str, policy: Policy) -> QuerySet[Shift]:
    """Shifts of the units whose shifts the actor keeps."""
    return Shift.objects.filter(district_id=district, unit_id__in=shift_units(actor, policy))


def present_shift(actor: Actor, district: str, policy: Policy, unit: str) -> ShiftInfo | None:
    """The unit's shift that is running or waits to be taken over; None without one."""
    row = visible_shifts(actor, district, policy).filter(unit_id=unit, taken_at__isnull=True).first()
    return _info(row) if row else None


def past_shifts(actor: Actor, district: str, policy: Policy, unit: str, size: int = 30) -> list[ShiftInfo]:
    """The unit's closed shifts, the newest first."""
    rows = visible_shifts(actor, district, policy).filter(unit_id=unit, taken_at__isnull=False)
    return [_info(row) for row in rows.order_by("-began_at", "-id")[:size]]


def shift(actor: Actor, district: str, policy: Policy, shift_id: str) -> ShiftInfo | None:
    """One shift, or None when it is missing or hidden from the actor."""
    row = visible_shifts(actor, district, policy).filter(id=shift_id).first()
    return _info(row) if row else None


def _info(row: Shift) -> ShiftInfo:
    return ShiftInfo(
        str(row.id), row.unit_id, row.began_at, row.began_post, row.handed_at, row.handed_post, row.handed_by,
        row.taken_at, row.taken_post, row.report, row.words,
    )  # fmt: skip
