"""Who a person is in the directory: the posts they hold now, as the Actor that the rules ask for."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Q

from linli.core.actor import Actor, ActorKind, PostHeld
from linli.core.territory import Function
from linli.directory.models import Duty, Holding

_POSTS_HELD = """
WITH mine AS (
    SELECT post_id FROM directory_holding
    WHERE user_id = %(user)s AND held_from <= %(now)s AND (held_until IS NULL OR held_until > %(now)s)
), acting AS (
    SELECT post_id FROM mine
    UNION
    SELECT p.id FROM directory_post p WHERE p.deputy_id IN (SELECT post_id FROM mine) AND NOT EXISTS (
        SELECT 1 FROM directory_holding h
        WHERE h.district_code = p.district_code AND h.post_id = p.id
          AND h.held_from <= %(now)s AND (h.held_until IS NULL OR h.held_until > %(now)s)
          AND NOT EXISTS (
              SELECT 1 FROM directory_absence a WHERE a.user_id = h.user_id AND a.district_code = h.district_code
                AND a.away_from <= %(now)s AND a.away_until > %(now)s
          )
    )
)
SELECT p.id, p.unit_id, u.area_code, p.functions
FROM acting JOIN directory_post p ON p.id = acting.post_id
JOIN directory_unit u ON u.id = p.unit_id AND u.district_code = p.district_code
WHERE p.active AND u.active ORDER BY p.id
"""


@dataclass(frozen=True, slots=True)
class HoldingInfo:
    """Who holds a post, from when, until when (None: open)."""

    user: str
    post: str
    held_from: datetime
    held_until: datetime | None


def actor(user_id: str, now: datetime) -> Actor:
    """The person with the posts they hold now, and those for which one of theirs deputises while nobody is there.

    Nobody is there when the post is vacant, or when all who hold it are away.

    A person without a post is an Actor that may do nothing. One query.
    """
    with connection.cursor() as cursor:
        cursor.execute(_POSTS_HELD, {"user": user_id, "now": now})
        rows = cursor.fetchall()
    held = tuple(PostHeld(post, unit, area, frozenset(Function(f) for f in names)) for post, unit, area, names in rows)
    return Actor(ActorKind.PERSON, user_id, held)


_REACHABLE = """
WITH wanted AS (
    SELECT id, unit_id, functions, deputy_id FROM directory_post
    WHERE district_code = %(district)s AND unit_id = ANY(%(units)s) AND active
), present AS (
    SELECT h.post_id, h.user_id FROM directory_holding h
    WHERE h.district_code = %(district)s
      AND h.post_id IN (SELECT id FROM wanted UNION SELECT deputy_id FROM wanted WHERE deputy_id IS NOT NULL)
      AND h.held_from <= %(now)s AND (h.held_until IS NULL OR h.held_until > %(now)s)
      AND NOT EXISTS (
          SELECT 1 FROM directory_absence a WHERE a.user_id = h.user_id AND a.district_code = h.district_code
            AND a.away_from <= %(now)s AND a.away_until > %(now)s
      )
)
SELECT w.unit_id, w.id, w.functions, p.user_id FROM wanted w JOIN present p ON p.post_id = w.id
UNION ALL
SELECT w.unit_id, w.id, w.functions, p.user_id FROM wanted w JOIN present p ON p.post_id = w.deputy_id
WHERE NOT EXISTS (SELECT 1 FROM present q WHERE q.post_id = w.id)
ORDER BY 1, 2, 4
"""


@dataclass(frozen=True, slots=True)
class Reachable:
    """Somebody who is there for a unit now, on a post of it or as its deputy; ``on_duty`` by the unit's roster."""

    unit: str
    post: str
    user: str
    functions: frozenset[Function]
    on_duty: bool


def reachable(district: str, units: Collection[str], now: datetime) -> list[Reachable]:
    """Everybody who is there for these units at the moment: nobody who is away, and deputies of posts left empty.

    Two queries.
    """
    wanted = sorted(set(units))
    with connection.cursor() as cursor:
        cursor.execute(_REACHABLE, {"district": district, "units": wanted, "now": now})
        rows = cursor.fetchall()
    duties = Duty.objects.filter(district_code=district, unit_id__in=wanted, removed_at=None)
    duties = duties.filter(begins_at__lte=now, ends_at__gt=now)
    on_duty = {(duty.unit_id, who) for duty in duties for who in (duty.post_id, duty.user_id, duty.deputy_id) if who}
    return [
        Reachable(unit, post, user, frozenset(map(Function, names)), (unit, post) in on_duty or (unit, user) in on_duty)
        for unit, post, names, user in rows
    ]


def holdings(district: str, now: datetime, unit: str | None = None) -> tuple[HoldingInfo, ...]:
    """Who holds which post of a district (or of one unit) now."""
    rows = Holding.objects.filter(Q(held_until__isnull=True) | Q(held_until__gt=now), district_code=district)
    rows = rows.filter(held_from__lte=now).order_by("post_id", "user_id")
    if unit is not None:
        rows = rows.filter(post_id__startswith=f"{unit}.")
    return tuple(HoldingInfo(row.user_id, row.post_id, row.held_from, row.held_until) for row in rows)
