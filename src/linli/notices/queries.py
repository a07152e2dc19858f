"""Every read of notices: one's own, and what became of deliveries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Min, Q, QuerySet

from linli.core.actor import Actor
from linli.core.notifying import Channel, Kind, Wishes
from linli.core.policy import Urgency
from linli.notices.models import FAILED, SENT, WAITING, Address, Alert, Delivery, Notice, Wish
from linli.vault.sealing import unseal

MOST = 99
"""More unread ones are not counted: the badge says 99+."""
LINES = 30


@dataclass(frozen=True, slots=True)
class NoticeInfo:
    """One notice as its reader sees it."""

    id: str
    district: str
    unit: str
    kind: Kind
    case: str | None
    action: str
    alert: str | None
    urgency: Urgency
    duty: bool
    at: datetime
    read_at: datetime | None


@dataclass(frozen=True, slots=True)
class Page:
    """Some notices, newest first, and the id after which the next page begins."""

    lines: tuple[NoticeInfo, ...]
    after: str | None


@dataclass(frozen=True, slots=True)
class Proof:
    """How an alert reached one unit: persons told, messages that went out and that failed, who has read, from when."""

    unit: str
    told: int
    sent: int
    failed: int
    read: int
    first_read_at: datetime | None


@dataclass(frozen=True, slots=True)
class AlertInfo:
    """One alert."""

    id: str
    unit: str
    post: str
    case: str | None
    units: tuple[str, ...]
    words: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Sending:
    """One delivery in the log: over which channel, how it stands, and what went wrong."""

    id: str
    notice: NoticeInfo | None
    user: str
    channel: Channel
    state: str
    send_at: datetime
    attempts: int
    fault: str
    sent_at: datetime | None


def visible_to(actor: Actor, district: str) -> QuerySet[Notice]:
    """A person's own notices; nobody reads another's."""
    return Notice.objects.filter(district_id=district, user_id=actor.id)


def unread(actor: Actor, district: str) -> int:
    """How many unread notices a person has; 100 stands for any more."""
    return visible_to(actor, district).filter(read_at=None)[: MOST + 1].count()


def page(actor: Actor, district: str, *, unread_only: bool, after: str | None = None, size: int = LINES) -> Page:
    """A person's notices, newest first."""
    rows = visible_to(actor, district).order_by("-at", "-id")
    if unread_only:
        rows = rows.filter(read_at=None)
    last = visible_to(actor, district).filter(id=after).first() if after else None
    if last is not None:
        rows = rows.filter(Q(at__lt=last.at) | Q(at=last.at, id__lt=last.id))
    found = [_info(row) for row in rows[: size + 1]]
    return Page(tuple(found[:size]), found[size - 1].id if len(found) > size else None)


def of_alert(actor: Actor, district: str, alert_id: str) -> list[NoticeInfo]:
    """What a person was told by one alert: one notice for each of their units that was called."""
    return [_info(row) for row in visible_to(actor, district).filter(alert_id=alert_id).order_by("id")]


def is_id(text: str) -> bool:
    """Whether a text can be the id of a notice at all."""
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


def wishes(user: str) -> Wishes:
    """What a person wants outside the desk; nothing where they never said."""
    return wishes_of([user]).get(user, Wishes())


def wishes_of(users: Sequence[str]) -> dict[str, Wishes]:
    """What people want outside the desk, of those who ever said."""
    return {
        row.user_id: Wishes(
            tuple((Channel(channel), Urgency(least)) for channel, least in sorted(row.least.items())),
            row.quiet_from, row.quiet_until, row.digest_at,
        )
        for row in Wish.objects.filter(user_id__in=users)
    }  # fmt: skip


def channels_of(users: Sequence[str]) -> dict[str, frozenset[Channel]]:
    """On which channels people have an address."""
    found: dict[str, set[Channel]] = {}
    for user, channel in Address.objects.filter(user_id__in=users).values_list("user_id", "channel"):
        found.setdefault(user, set()).add(Channel(channel))
    return {user: frozenset(channels) for user, channels in found.items()}


def address(user: str, channel: Channel) -> str | None:
    """Where a person is reached on a channel; for the person's own page and for sending only.

    Raises:
        VaultLocked: the key with which it was kept is not configured.
    """
    row = Address.objects.filter(user_id=user, channel=channel).first()
    if row is None:
        return None
    return unseal(str(row.id), row.key_id, bytes(row.wrapped_key), bytes(row.nonce), bytes(row.sealed)).decode()


def sendings_of(actor: Actor, district: str, size: int = 20) -> list[Sending]:
    """A person's own log of deliveries, newest first."""
    return _sendings(
        list(Delivery.objects.filter(district_id=district, user_id=actor.id).order_by("-send_at", "-id")[:size])
    )


def failed_sendings(district: str, size: int = LINES) -> list[Sending]:
    """Deliveries of a district that were given up, newest first: for those who run the system."""
    return _sendings(list(Delivery.objects.filter(district_id=district, state=FAILED).order_by("-send_at")[:size]))


def waiting_sendings(now: datetime) -> bool:
    """Whether something is to be sent by now."""
    return Delivery.objects.filter(state=WAITING, due_at__lte=now).exists()


def oldest_waiting(district: str, now: datetime) -> datetime | None:
    """Since when the oldest delivery waits that should have gone out."""
    found = Delivery.objects.filter(district_id=district, state=WAITING, due_at__lte=now).aggregate(at=Min("due_at"))
    at: datetime | None = found["at"]
    return at


def alerts(district: str, units: Sequence[str], size: int = 20) -> list[AlertInfo]:
    """Alerts that these units have sent, newest first."""
    rows = Alert.objects.filter(district_id=district, unit_id__in=units).order_by("-at", "-id")[:size]
    return [_alert(row) for row in rows]


def alert(actor: Actor, district: str, alert_id: str) -> AlertInfo | None:
    """An alert that one of the actor's units sent or that was sent to the actor; None if there is none such."""
    row = Alert.objects.filter(district_id=district, id=alert_id).first()
    if row is None:
        return None
    told = visible_to(actor, district).filter(alert_id=row.id).exists()
    return _alert(row) if row.unit_id in actor.working_units or told else None


def alert_words(district: str, alerts: Sequence[str]) -> dict[str, str]:
    """The words of alerts by id."""
    rows = Alert.objects.filter(district_id=district, id__in=alerts).values_list("id", "words")
    return {str(alert_id): words for alert_id, words in rows}


def proofs(alert: AlertInfo, district: str) -> list[Proof]:
    """How the alert reached each unit, in the order in which units were named. Two queries."""
    rows = Notice.objects.filter(district_id=district, alert_id=alert.id)
    told = {
        row["unit_id"]: row
        for row in rows.values("unit_id").annotate(
            told=Count("id"), read=Count("id", filter=Q(read_at__isnull=False)), first=Min("read_at")
        )
    }
    sent: dict[tuple[str, str], int] = {}
    notices = dict(rows.values_list("id", "unit_id"))
    for notice, state in Delivery.objects.filter(district_id=district, notice_id__in=notices).values_list(
        "notice_id", "state"
    ):
        key = (notices[notice], state)
        sent[key] = sent.get(key, 0) + 1
    nobody: dict[str, Any] = {"told": 0, "read": 0, "first": None}
    found = []
    for unit in alert.units:
        row = told.get(unit, nobody)
        ways = sent.get((unit, SENT), 0), sent.get((unit, FAILED), 0)
        found.append(Proof(unit, row["told"], *ways, row["read"], row["first"]))
    return found


def by_ids(notices: Sequence[UUID]) -> list[NoticeInfo]:
    """Notices by id, oldest first: for writing the message that goes out."""
    return [_info(row) for row in Notice.objects.filter(id__in=notices).order_by("at", "id")]


def _sendings(rows: list[Delivery]) -> list[Sending]:
    notices = {notice.id: notice for notice in by_ids([row.notice_id for row in rows])}
    return [
        Sending(
            str(row.id), notices.get(str(row.notice_id)), row.user_id, Channel(row.channel), row.state, row.send_at,
            row.attempts, row.fault, row.sent_at,
        )
        for row in rows
    ]  # fmt: skip


def _info(row: Notice) -> NoticeInfo:
    return NoticeInfo(
        str(row.id), row.district_id, row.unit_id, Kind(row.kind), str(row.case_id) if row.case_id else None,
        row.action, str(row.alert_id) if row.alert_id else None, Urgency(row.urgency), row.duty, row.at, row.read_at,
    )  # fmt: skip


def _alert(row: Alert) -> AlertInfo:
    case = str(row.case_id) if row.case_id else None
    return AlertInfo(str(row.id), row.unit_id, row.post, case, tuple(row.units), row.words, row.at)
