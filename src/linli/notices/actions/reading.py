"""A person has read what they were told: that is the proof that it arrived."""

from datetime import datetime
from uuid import UUID

from linli.core.actor import Actor
from linli.notices.queries import visible_to


def read_one(actor: Actor, district: str, notice: str, *, now: datetime) -> bool:
    """Notes that one notice was read; False if it is not the person's or was read before."""
    return bool(visible_to(actor, district).filter(id=UUID(notice), read_at=None).update(read_at=now))


def read_case(actor: Actor, district: str, case: str, *, now: datetime) -> int:
    """Notes that whoever opened a case has read what they were told of it."""
    return visible_to(actor, district).filter(case_id=UUID(case), read_at=None, alert_id=None).update(read_at=now)


def read_all(actor: Actor, district: str, *, now: datetime) -> int:
    """Notes that everything up to now was read, but alerts: each of those is acknowledged by itself."""
    return visible_to(actor, district).filter(read_at=None, at__lte=now, alert_id=None).update(read_at=now)
