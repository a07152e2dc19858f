"""Judging the rows of a roster file: who is on duty for a unit when. No database; what is known comes in."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo

from linli.directory.staff_rows import day_of
from linli.directory.tables import BadRow, Row, RowError, Table, require_name

COLUMNS = ("unit", "date", "from", "until")
ALIASES = {
    "单位编号": "unit",
    "日期": "date",
    "班次": "shift",
    "开始时间": "from",
    "结束时间": "until",
    "岗位": "post",
    "用户名": "username",
    "代班人": "deputy",
}
_TIME = re.compile(r"(\d{1,2})[:：](\d{2})(?::00)?")


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One judged row; ``username`` and ``post`` are never both there. An end before the beginning is the next day."""

    line: int
    unit: str
    shift: str
    begins: datetime
    ends: datetime
    post: str
    username: str
    deputy: str


def judge(
    table: Table, units: Collection[str], people: Mapping[str, str], zone: tzinfo
) -> tuple[list[tuple[RosterRow, Row]], list[BadRow]]:
    """Parts the rows of a roster file into good ones, with the row they came from, and refused ones.

    Args:
        table: the opened file.
        units: ids of active units.
        people: ids of people by user name.
        zone: the time zone in which the times are meant.
    """
    good: list[tuple[RosterRow, Row]] = []
    bad: list[BadRow] = []
    for row in table:
        if isinstance(row, BadRow):
            bad.append(row)
            continue
        try:
            good.append((_duty(row, units, people, zone), row))
        except RowError as error:
            bad.append(table.refuse(row, error.code, error.reason))
    return good, bad


def _duty(row: Row, units: Collection[str], people: Mapping[str, str], zone: tzinfo) -> RosterRow:
    cells = {name: row.cells.get(name, "") for name in (*COLUMNS, *ALIASES.values())}
    unit, post, username, deputy = cells["unit"], cells["post"], cells["username"], cells["deputy"]
    if unit not in units:
        raise RowError("unknown_unit", f"unit {unit[:80]!r} is not known or closed; correct it or import it first")
    if len(cells["shift"]) > 40:
        raise RowError("too_long", "the shift's name may have 40 characters; shorten it")
    require_name(cells["shift"], "shift")
    if bool(post) == bool(username):
        raise RowError("wrong_who", "name either a post or a username, one of them; correct the row")
    for name in filter(None, (username, deputy)):
        if name not in people:
            raise RowError("unknown_person", f"nobody has the user name {name[:80]!r}; correct it or import the staff")
    day = day_of(cells["date"], "date")
    if day is None:
        raise RowError("wrong_date", "the date is missing; write it as 2026-11-23")
    midnight = datetime.combine(day, time.min, zone)
    begins, ends = _minutes(cells["from"], "from"), _minutes(cells["until"], "until")
    ends += 0 if ends > begins else 24 * 60
    return RosterRow(
        line=row.line,
        unit=unit,
        shift=cells["shift"],
        begins=midnight + timedelta(minutes=begins),
        ends=midnight + timedelta(minutes=ends),
        post=post if not post or post.startswith(f"{unit}.") else f"{unit}.{post}",
        username=username,
        deputy=deputy,
    )


def _minutes(text: str, name: str) -> int:
    match = _TIME.fullmatch(text.strip())
    if match is None or int(match[2]) > 59 or int(match[1]) * 60 + int(match[2]) > 24 * 60:
        raise RowError("wrong_time", f"{name} {text[:20]!r} is no time of day; write it as 08:30")
    return int(match[1]) * 60 + int(match[2])
