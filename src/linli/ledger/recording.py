"""Acts that belong to a whole district, not to one case: who does them, and the one stream a kind of them stands in."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db import connection

from linli.core.actor import Actor
from linli.ledger.actions import append_to


@dataclass(frozen=True, slots=True)
class By:
    """Who writes in which district, in the name of which post, under which rules, and when."""

    actor: Actor
    district: str
    post: str
    policy: str
    now: datetime


def stream_of(kind: str, district: str) -> UUID:
    """The district's stream of that kind."""
    return uuid5(NAMESPACE_URL, f"linli:{kind}:{district}")


def record(by: By, kind: str, type_: str, payload: dict[str, Any]) -> None:
    """Appends to the district's stream; the payload holds ids, codes and instants only. Run it in the act's own
    transaction.

    Lock: an advisory lock on the stream until the commit, so that two writers stand in a row.
    """
    stream = stream_of(kind, by.district)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [str(stream)])
    append_to(
        by.district, kind, str(stream), type_, payload, actor=by.actor.id, post=by.post, policy=by.policy, at=by.now
    )
