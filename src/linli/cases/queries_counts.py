"""Counting over an area: the cases that the actor may see, asked for in two halves, so that narrow indexes can answer.

A case's row is wide, and what decides who may see it stands in lists of units, which no index should hold. Yet most
cases are plain: not sensitive, and no unit is complained about in them. Whoever reads an area sees all of its plain
cases, so these are counted from an index alone; the others are looked at row by row.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from linli.cases.queries import inside, reading_areas, within
from linli.core.actor import Actor

PLAIN = "NOT sensitive AND recused = '{}'"
OTHER = "(sensitive OR recused <> '{}')"
"""Every case is one or the other. Both are written as the conditions of the indexes ``case_open_…``, ``case_opened_…``
are: in other words the database would not know them again."""

BELOW = {"district": "town_id", "town": "community_id", "community": "community_id"}
"""The column of the areas right below one of that kind; a community has none below, and stands for itself."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Who looks at which area, and when. ``scope`` is ``community``, ``town`` or ``district``, ``key`` its code."""

    actor: Actor
    district: str
    scope: str
    key: str
    now: datetime

    @property
    def reads_the_area(self) -> bool:
        """Whether a post of the actor's reads the area as a whole, or the district around it."""
        return not reading_areas(self.actor).isdisjoint({self.key, self.district})

    def seen(self, columns: str, condition: str, values: Sequence[Any]) -> tuple[str, list[Any]]:
        """The area's cases that meet a condition and that the actor may see: what stands behind FROM, and its values.

        Both halves together are what :func:`linli.cases.queries.within` lets through, every case once.
        """
        area = (self.district, self.scope, self.key)
        open_to, open_values = within(self.actor, *area)
        plain, plain_values = inside(*area) if self.reads_the_area else (open_to, open_values)
        halves = ((plain, PLAIN), (open_to, OTHER))
        both = (f"SELECT {columns} FROM cases_case WHERE {where} AND {half} AND {condition}" for where, half in halves)
        return f"({' UNION ALL '.join(both)}) AS seen", [*plain_values, *values, *open_values, *values]


@dataclass(frozen=True, slots=True)
class Counted:
    """How many open cases stand alike; ``place`` is the area right below the one asked for, empty if not known."""

    place: str
    step: str
    urgency: str
    platform: str
    late: bool
    number: int


def counted(asked: Asked, platforms: Mapping[str, str]) -> list[Counted]:
    """Open cases of an area, counted; parts of cases are not counted beside them, nor what the actor may not see.

    ``platforms`` says to which platform a matter belongs; a matter without one is counted under an empty text. ``late``
    is what has passed its date, whether its clock rests or not.
    """
    columns = f"{BELOW[asked.scope]} AS place, step, urgency, matter, due"
    seen, values = asked.seen(columns, "ended_at IS NULL AND parent_id IS NULL", ())
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT place, step, urgency, coalesce(platform, ''), due <= %s, count(*) FROM {seen} "
            "LEFT JOIN unnest(%s::varchar[], %s::varchar[]) AS of_matter(code, platform) ON code = matter "
            "GROUP BY 1, 2, 3, 4, 5",
            [asked.now, *values, list(platforms), list(platforms.values())],
        )
        return [Counted(*row) for row in cursor.fetchall()]
