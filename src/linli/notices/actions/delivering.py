"""Sending what is due: each try is written down before it is made, and again with what came of it.

Whatever dies in between is tried again after the lease: a message may arrive twice then, with the same id, but none is
lost. Several processes may send. What waits for one person on one channel goes out as one message.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from django.db import connection

from linli.core.notifying import Channel
from linli.notices import queries
from linli.notices.models import FAILED, SENT, WAITING, Delivery
from linli.notices.queries import NoticeInfo
from linli.notices.transports import Message, NotSent, Transport, transport
from linli.vault.sealing import VaultLocked

TRIES = 8
LEASE = timedelta(minutes=5)
BACK_OFF = timedelta(minutes=1)
LONGEST = timedelta(hours=2)

Writer = Callable[[str, str, Channel, Sequence[NoticeInfo]], Message]
"""Makes the message out of (id, user, channel, notices), in the language of the user."""

_CLAIM = """
UPDATE notices_delivery d SET attempts = d.attempts + 1, due_at = %s FROM (
    SELECT id FROM notices_delivery WHERE district_id = %s AND state = 'waiting' AND due_at <= %s
    ORDER BY due_at, id LIMIT %s FOR UPDATE SKIP LOCKED
) found WHERE d.district_id = %s AND d.id = found.id RETURNING d.id
"""


@dataclass(frozen=True, slots=True)
class Sent:
    """What one round did: messages that went out, tries that failed, and deliveries that were given up."""

    messages: int = 0
    failed: int = 0
    given_up: int = 0


def deliver(district: str, clock: Callable[[], datetime], write: Writer, *, size: int = 200) -> Sent:
    """Sends one batch of what is due in a district; how it went."""
    now = clock()
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [now + LEASE, district, now, size, district])
        ids = [row[0] for row in cursor.fetchall()]
    rows = list(
        Delivery.objects.filter(district_id=district, id__in=ids).order_by("user_id", "channel", "send_at", "id")
    )
    messages = failed = given_up = 0
    for (user, channel), group in groupby(rows, key=lambda row: (row.user_id, row.channel)):
        batch = list(group)
        try:
            reference = _sent(user, Channel(channel), batch, write)
        except NotSent as fault:
            failed += 1
            given_up += _put_off(batch, fault, clock())
        else:
            messages += 1
            Delivery.objects.filter(district_id=district, id__in=[row.id for row in batch]).update(
                state=SENT, sent_at=clock(), reference=reference, fault=""
            )
    return Sent(messages, failed, given_up)


def send_again(district: str, delivery: str, *, now: datetime) -> bool:
    """Puts a delivery that was given up back in line; False if it was not given up."""
    found = Delivery.objects.filter(district_id=district, id=delivery, state=FAILED)
    return bool(found.update(state=WAITING, due_at=now, attempts=0))


def _sent(user: str, channel: Channel, batch: list[Delivery], write: Writer) -> str:
    try:
        to = queries.address(user, channel)
    except VaultLocked as locked:
        raise NotSent(str(locked), lasting=False) from locked
    if to is None:
        raise NotSent("the person has taken the address away", lasting=True)
    try:
        way: Transport = transport(channel)
    except KeyError:
        raise NotSent("this site does not have that channel any more", lasting=True) from None
    message = write(str(batch[0].id), user, channel, queries.by_ids([row.notice_id for row in batch]))
    return way.send(to, message)


def _put_off(batch: list[Delivery], fault: NotSent, now: datetime) -> int:
    """Notes the fault and the moment of the next try; how many were given up."""
    given_up = 0
    for row in batch:
        over = fault.lasting or row.attempts >= TRIES
        given_up += over
        row.state = FAILED if over else WAITING
        row.fault = str(fault)[:200]
        row.due_at = now + min(BACK_OFF * 2 ** (row.attempts - 1), LONGEST)
    Delivery.objects.bulk_update(batch, ["state", "fault", "due_at"])
    return given_up
