"""Administrators keep duty rosters: who is on duty for a unit when, and who stands in."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from linli.core.errors import Refusal
from linli.directory.actions.keeping import lock, note, require_names, unit_of
from linli.directory.models import Duty, Holding, Post
from linli.ledger.recording import By

LONGEST = timedelta(hours=24)
_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class DutyFacts:
    """One duty: the shift's name, from when until when, and either a post or a person. ``deputy`` is a person."""

    shift: str
    begins: datetime
    ends: datetime
    post: str = ""
    person: str = ""
    deputy: str = ""


@transaction.atomic
def add_duties(by: By, unit: str, duties: Iterable[DutyFacts]) -> int:
    """Writes duties into a unit's roster; those that stand there already are left. Gives how many are new.

    Lock: the district's row.

    Raises:
        Refusal: ``unit_unknown``, ``unit_closed``, ``shift_length``, ``duty_over``, ``not_of_unit`` (the post is
            another unit's, or the person or deputy holds none here at the time), ``own_deputy``, or what
            :func:`require_names` refuses of the shift's name.
    """
    lock(by.district)
    if not unit_of(by, unit).active:
        raise Refusal("unit_closed")
    return write_duties(by, unit, list(duties))


def write_duties(by: By, unit: str, wanted: list[DutyFacts]) -> int:
    """What :func:`add_duties` does once the unit is known to be the writer's; run it under the district's lock."""
    posts = posts_of(unit)
    for duty in wanted:
        require_names(**{"shift": duty.shift} if duty.shift else {})
        require_sound(duty, posts, by.now)
    rows = [
        Duty(
            district_code=by.district, unit_id=unit, shift=duty.shift, begins_at=duty.begins, ends_at=duty.ends,
            post_id=duty.post, user_id=duty.person, deputy_id=duty.deputy,
        )
        for duty in wanted
        if not stands(unit, duty)
    ]  # fmt: skip
    Duty.objects.bulk_create(rows)
    if rows:
        note(by, "duty.added", unit=unit, duties=[str(each.id) for each in rows])
    return len(rows)


@transaction.atomic
def remove_duty(by: By, unit: str, duty: str) -> None:
    """Takes a duty out of the roster; the row stays. Lock: the district's row.

    Raises:
        Refusal: ``unit_unknown``, ``duty_unknown`` (never there, or taken out by somebody else), ``duty_over``.
    """
    lock(by.district)
    unit_of(by, unit)
    row = Duty.objects.filter(district_code=by.district, unit_id=unit, id=duty, removed_at=None).first()
    if row is None:
        raise Refusal("duty_unknown")
    if row.ends_at <= by.now:
        raise Refusal("duty_over")
    row.removed_at = by.now
    row.save(update_fields=["removed_at"])
    note(by, "duty.removed", unit=unit, duty=duty)


@transaction.atomic
def copy_week(by: By, unit: str, begins: datetime) -> int:
    """Copies the duties that begin in the week before ``begins`` into the week from it; gives how many.

    Whoever no longer holds a post of the unit is left out, so that the check shows the gap. Lock: the district's row.

    Raises:
        Refusal: ``unit_unknown``, ``week_filled`` (duties stand in it already), ``week_before_empty``.
    """
    lock(by.district)
    unit_of(by, unit)
    rows = Duty.objects.filter(district_code=by.district, unit_id=unit, removed_at=None)
    if rows.filter(begins_at__gte=begins, begins_at__lt=begins + _WEEK).exists():
        raise Refusal("week_filled")
    before = list(rows.filter(begins_at__gte=begins - _WEEK, begins_at__lt=begins))
    if not before:
        raise Refusal("week_before_empty")
    posts = posts_of(unit)
    copied = []
    for row in before:
        start = row.begins_at + _WEEK
        deputy = row.deputy_id if row.deputy_id and _holds(posts, row.deputy_id, start) else ""
        duty = DutyFacts(row.shift, start, row.ends_at + _WEEK, row.post_id, row.user_id, deputy)
        if duty.ends > by.now and (duty.post in posts or _holds(posts, duty.person, start)):
            copied.append(duty)
    return add_duties(by, unit, copied)


def posts_of(unit: str) -> set[str]:
    """Active posts of a unit."""
    return set(Post.objects.filter(unit_id=unit, active=True).values_list("id", flat=True))


def require_sound(duty: DutyFacts, posts: set[str], now: datetime) -> None:
    """Refuses a duty as :func:`add_duties` says; what has been is not written anew."""
    if duty.ends <= now:
        raise Refusal("duty_over")
    if not timedelta(0) < duty.ends - duty.begins <= LONGEST:
        raise Refusal("shift_length")
    if bool(duty.post) == bool(duty.person):
        raise Refusal("not_of_unit")
    if duty.post and duty.post not in posts:
        raise Refusal("not_of_unit")
    for person in filter(None, (duty.person, duty.deputy)):
        if not _holds(posts, person, duty.begins):
            raise Refusal("not_of_unit")
    if duty.deputy and duty.deputy == duty.person:
        raise Refusal("own_deputy")


def _holds(posts: set[str], person: str, at: datetime) -> bool:
    held = Holding.objects.filter(user_id=person, post_id__in=posts, held_from__lte=at)
    return held.filter(held_until=None).exists() or held.filter(held_until__gt=at).exists()


def stands(unit: str, duty: DutyFacts) -> bool:
    """Whether the same duty is in the roster."""
    return Duty.objects.filter(
        unit_id=unit, begins_at=duty.begins, ends_at=duty.ends, post_id=duty.post, user_id=duty.person, removed_at=None
    ).exists()
