"""Judging the rows of a staff file: who holds which post, from when. No database; what is known comes in."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo

from linli.directory.tables import BadRow, Row, RowError, Table, require_name

COLUMNS = ("username", "name", "post")
ALIASES = {
    "用户名": "username",
    "姓名": "name",
    "岗位": "post",
    "单位编号": "unit",
    "开始日期": "from",
    "结束日期": "until",
}
USERNAME = re.compile(r"[\w.@-]{2,80}")
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[T ].*)?")


@dataclass(frozen=True, slots=True)
class StaffRow:
    """One judged row: a person takes a post at the beginning of a day and leaves it at the end of one (None: open)."""

    line: int
    username: str
    name: str
    post: str
    held_from: datetime | None
    held_until: datetime | None


def judge(table: Table, posts: Collection[str], zone: tzinfo) -> tuple[list[StaffRow], list[BadRow]]:
    """Parts the rows of a staff file into good ones and refused ones.

    Args:
        table: the opened file; ``post`` is a post's id, or with a column ``unit`` the last part of it.
        posts: ids of the active posts.
        zone: the time zone in which the dates are meant.
    """
    good: dict[tuple[str, str], StaffRow] = {}
    bad: list[BadRow] = []
    for row in table:
        if isinstance(row, BadRow):
            bad.append(row)
            continue
        try:
            staff = _staff(row, posts, zone)
            key = (staff.username, staff.post)
            if key in good:
                words = f"{staff.username} holds {staff.post} on line {good[key].line} already; keep one"
                raise RowError("duplicate_row", words)
            good[key] = staff
        except RowError as error:
            bad.append(table.refuse(row, error.code, error.reason))
    return list(good.values()), bad


def _staff(row: Row, posts: Collection[str], zone: tzinfo) -> StaffRow:
    username, name = row.cells["username"], row.cells["name"]
    if USERNAME.fullmatch(username) is None:
        words = f"username {username[:80]!r} must have 2 to 80 letters, digits or . _ @ -; correct it"
        raise RowError("wrong_username", words)
    if not name or len(name) > 80:
        raise RowError("wrong_name", "the name must have 1 to 80 characters; correct it")
    require_name(name, "name")
    unit = row.cells.get("unit", "")
    post = f"{unit}.{row.cells['post']}" if unit else row.cells["post"]
    if post not in posts:
        raise RowError("unknown_post", f"post {post[:80]!r} is not known; correct it or import its unit first")
    since, until = day_of(row.cells.get("from", ""), "from"), day_of(row.cells.get("until", ""), "until")
    if since and until and until < since:
        raise RowError("wrong_dates", f"until {until} lies before from {since}; correct one of them")
    return StaffRow(
        line=row.line,
        username=username,
        name=name,
        post=post,
        held_from=datetime.combine(since, time.min, zone) if since else None,
        held_until=datetime.combine(until, time.max, zone) if until else None,
    )


def day_of(text: str, name: str) -> date | None:
    """The day that a cell names; None for an empty one.

    Raises:
        RowError: ``wrong_date``.
    """
    if not text:
        return None
    match = _DATE.fullmatch(text)
    try:
        return date(*(int(part) for part in match.groups())) if match else date.fromisoformat(text)
    except ValueError as error:
        raise RowError("wrong_date", f"{name} {text[:20]!r} is no date; write it as 2026-11-23") from error
