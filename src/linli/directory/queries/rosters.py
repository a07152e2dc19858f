"""Duty rosters: what stands in them, and who is on duty at a moment."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from linli.directory.models import Duty


@dataclass(frozen=True, slots=True)
class DutyInfo:
    """One duty of a unit: a post or a person, and who stands in for the person."""

    id: str
    unit: str
    shift: str
    begins: datetime
    ends: datetime
    post: str
    person: str
    deputy: str


def duties(district: str, unit: str, begins: datetime, ends: datetime) -> list[DutyInfo]:
    """Duties of a unit that touch a time, in order."""
    rows = Duty.objects.filter(district_code=district, unit_id=unit, removed_at=None)
    rows = rows.filter(begins_at__lt=ends, ends_at__gt=begins)
    return [_duty(row) for row in rows.order_by("begins_at", "ends_at", "post_id", "user_id")]


def duties_of_people(district: str, people: Collection[str], begins: datetime, ends: datetime) -> list[DutyInfo]:
    """Duties of these people in any unit that touch a time, for finding who would be in two places at once."""
    rows = Duty.objects.filter(district_code=district, user_id__in=list(people), removed_at=None)
    rows = rows.filter(begins_at__lt=ends, ends_at__gt=begins)
    return [_duty(row) for row in rows.order_by("begins_at", "id")]


def on_duty(district: str, unit: str, now: datetime) -> list[DutyInfo]:
    """Who is on duty for a unit at the moment."""
    rows = Duty.objects.filter(district_code=district, unit_id=unit, removed_at=None, begins_at__lte=now)
    return [_duty(row) for row in rows.filter(ends_at__gt=now).order_by("begins_at", "id")]


def _duty(row: Duty) -> DutyInfo:
    return DutyInfo(
        str(row.id), row.unit_id, row.shift, row.begins_at, row.ends_at, row.post_id, row.user_id, row.deputy_id
    )
