"""What an area's own reports say of how it works: by channel, platform and place, and how far the loop has closed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from linli.cases.queries_counts import Asked

WEEK = timedelta(days=7)
RIPE = timedelta(days=28)
"""Reports of the week that ended so long ago have had time to come to their end."""


@dataclass(frozen=True, slots=True)
class Came:
    """Reports of the last seven days, by channel and by platform; and how many of them stand in no community yet."""

    by_channel: Mapping[str, int]
    by_platform: Mapping[str, int]
    total: int
    unplaced: int


@dataclass(frozen=True, slots=True)
class Loop:
    """Reports of one ripe week: all, those at their end, and those still open after their date."""

    begins: datetime
    ends: datetime
    total: int
    ended: int
    late: int


def came(asked: Asked, platforms: Mapping[str, str]) -> Came:
    """The last seven days. ``platforms`` says to which platform a matter belongs. One query."""
    condition = "parent_id IS NULL AND opened_at > %s AND opened_at <= %s"
    seen, values = asked.seen("channel, matter, community_id", condition, [asked.now - WEEK, asked.now])
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT channel, coalesce(platform, ''), community_id <> '', count(*) FROM {seen} "
            "LEFT JOIN unnest(%s::varchar[], %s::varchar[]) AS of_matter(code, platform) ON code = matter "
            "GROUP BY 1, 2, 3",
            [*values, list(platforms), list(platforms.values())],
        )
        rows = cursor.fetchall()
    by_channel: dict[str, int] = {}
    by_platform: dict[str, int] = {}
    for channel, platform, _placed, number in rows:
        by_channel[channel] = by_channel.get(channel, 0) + number
        by_platform[platform] = by_platform.get(platform, 0) + number
    unplaced = sum(number for _channel, _platform, placed, number in rows if not placed)
    return Came(by_channel, by_platform, sum(row[3] for row in rows), unplaced)


def loop(asked: Asked) -> Loop:
    """The week that ended four weeks ago. One query."""
    ends = asked.now - RIPE
    begins = ends - WEEK
    condition = "parent_id IS NULL AND opened_at > %s AND opened_at <= %s"
    seen, values = asked.seen("ended_at, due", condition, [begins, ends])
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*), count(ended_at), count(*) FILTER (WHERE ended_at IS NULL AND due <= %s) FROM {seen}",
            [asked.now, *values],
        )
        total, ended, late = cursor.fetchone()
    return Loop(begins, ends, total, ended, late)
