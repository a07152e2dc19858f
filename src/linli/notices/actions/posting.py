"""Telling units: a notice for each person who is there, and a delivery for each channel that the person wants."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from itertools import groupby
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from uuid_utils.compat import uuid7

from linli.core.notifying import Kind, Tiding, Wishes, send_at
from linli.core.policy import Urgency
from linli.core.territory import Function
from linli.directory import queries as directory
from linli.directory.queries import Reachable
from linli.notices import queries
from linli.notices.models import Delivery, Notice
from linli.notices.transports import configured

READ_DAYS, UNREAD_DAYS = 30, 180
"""How long notices are kept: they only point at the ledger, which keeps everything."""
AT_ONCE = 5000
"""So many are deleted in one go."""


@dataclass(frozen=True, slots=True)
class News:
    """One entry of a case (made at ``at``), or one alert, and the units that are told of it."""

    tidings: tuple[Tiding, ...]
    urgency: Urgency
    case: str | None = None
    seq: int = 0
    action: str = ""
    alert: str | None = None
    at: datetime | None = None


def post(district: str, news: Sequence[News], *, now: datetime, tz: tzinfo) -> int:
    """Tells whoever is there for each unit; how many notices are new. Telling the same again adds nothing.

    Those whose function it is are told; where nobody there has it, everybody of the unit. Messages outside the desk go
    to those on duty by the unit's roster, and to all who were told where nobody is.
    """
    units = {tiding.unit for one in news for tiding in one.tidings}
    if not units:
        return 0
    there = directory.reachable(district, sorted(units), now)
    by_unit = {unit: list(found) for unit, found in groupby(there, key=lambda one: one.unit)}
    rows = [row for one in news for tiding in one.tidings for row in _notices(district, one, tiding, by_unit, now)]
    with transaction.atomic():
        return _written(district, rows, now, tz)


def forget(now: datetime) -> int:
    """Deletes notices that are over, with their deliveries; how many."""
    read = Q(read_at__isnull=False, at__lt=now - timedelta(days=READ_DAYS))
    old = Notice.objects.filter(read | Q(at__lt=now - timedelta(days=UNREAD_DAYS)))
    ids = list(old.order_by("at").values_list("id", flat=True)[:AT_ONCE])
    with transaction.atomic():
        Delivery.objects.filter(notice_id__in=ids).delete()
        Notice.objects.filter(id__in=ids).delete()
    return len(ids)


def _notices(
    district: str, news: News, tiding: Tiding, by_unit: dict[str, list[Reachable]], now: datetime
) -> list[Notice]:
    """One for each person, on the first of their posts in that unit."""
    people = {one.user: one for one in reversed(_concerned(by_unit.get(tiding.unit, ()), tiding.function))}
    anyone_on_duty = any(one.on_duty for one in people.values())
    return [
        Notice(
            id=uuid7(),
            district_id=district,
            user_id=user,
            unit_id=tiding.unit,
            post=one.post,
            kind=tiding.kind,
            case_id=UUID(news.case) if news.case else None,
            seq=news.seq,
            action=news.action,
            alert_id=UUID(news.alert) if news.alert else None,
            urgency=news.urgency,
            duty=one.on_duty or not anyone_on_duty,
            at=news.at or now,
        )
        for user, one in sorted(people.items())
    ]


def _concerned(there: Iterable[Reachable], function: Function | None) -> list[Reachable]:
    working = [one for one in there if one.functions - {Function.ADMINISTER}]
    fit = [one for one in working if function in one.functions]
    return fit or working


def _written(district: str, rows: list[Notice], now: datetime, tz: tzinfo) -> int:
    Notice.objects.bulk_create(rows, ignore_conflicts=True)
    # Of what was there before, the row that is kept is the older one: it was sent out then.
    fresh = set(
        Notice.objects.filter(district_id=district, id__in=[row.id for row in rows]).values_list("id", flat=True)
    )
    Delivery.objects.bulk_create(_deliveries([row for row in rows if row.id in fresh and row.duty], now, tz))
    return len(fresh)


def _deliveries(rows: list[Notice], now: datetime, tz: tzinfo) -> list[Delivery]:
    """One for each channel that the site has, that the person wants for such news, and on which they are reached."""
    channels = configured()
    if not channels or not rows:
        return []
    users = sorted({row.user_id for row in rows})
    wishes, addresses = queries.wishes_of(users), queries.channels_of(users)
    found = []
    for row in rows:
        wanted, urgency, kind = wishes.get(row.user_id, Wishes()), Urgency(row.urgency), Kind(row.kind)
        for channel in channels:
            if channel in addresses.get(row.user_id, ()) and wanted.wants(channel, urgency, kind):
                at = send_at(channel, urgency, kind, wanted, now, tz)
                found.append(
                    Delivery(
                        id=uuid7(), district_id=row.district_id, notice_id=row.id, user_id=row.user_id,
                        channel=channel, send_at=at, due_at=at,
                    )
                )  # fmt: skip
    return found
