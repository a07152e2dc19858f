"""Who holds which post: importing a staff file, giving and ending posts."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from django.db import transaction
from django.utils.timezone import get_default_timezone

from linli.accounts import actions as accounts
from linli.accounts.queries import named
from linli.directory.models import Holding, Post
from linli.directory.staff_rows import ALIASES, COLUMNS, StaffRow, judge
from linli.directory.tables import ErrorFile, ImportReport, Progress, limited, read

_BATCH = 1000


class UnknownPostError(LookupError):
    """No active post of that id."""


def import_staff(
    path: Path,
    *,
    now: datetime,
    within: Sequence[str] = (),
    dry_run: bool = False,
    progress: Progress | None = None,
) -> ImportReport:
    """Reads who holds which post from CSV or XLSX: username, name, post; optional unit, from, until.

    Unknown usernames become accounts that can't log in until a password is set. ``post`` is a post's id
    (``500118001.command_centre.dispatcher``), or its last part beside a column ``unit``. A row without ``from`` holds
    from ``now``. With ``within``, posts of other places are refused.

    Lock: none beyond the rows written; an open holding stands once per person and post.

    Raises:
        UnreadableFileError: the file as a whole can't be read; nothing was written.
    """
    table = limited(read(path, COLUMNS, ALIASES), within, _area_of)
    report = ImportReport(path.name, dry_run, notes=list(table.notes))
    with transaction.atomic():
        posts = dict(Post.objects.filter(active=True).values_list("id", "district_code"))
        good, report.bad = judge(table, posts, get_default_timezone())
        report.read = len(good) + len(report.bad)
        ids = _user_ids(good, make=not dry_run)
        for done, row in enumerate(good, 1):
            what, holding = _plan(row, ids.get(row.username, ""), posts[row.post], now)
            setattr(report, what, getattr(report, what) + 1)
            if holding is not None and not dry_run:
                holding.save()
            if progress is not None and (done % 100 == 0 or done == len(good)):
                progress(done, len(good))
    if not dry_run:
        with ErrorFile(table) as errors:
            for bad in report.bad:
                errors.add(bad)
            report.error_file = errors.path
    return report


def _area_of(cells: Mapping[str, str]) -> str:
    """The area of the unit in whose post somebody is: a unit's id begins with it."""
    return (cells.get("unit") or cells.get("post", "")).partition(".")[0]


def hold_posts(pairs: Iterable[tuple[str, str]], *, since: datetime, until: datetime | None = None) -> int:
    """Gives posts to people, (user id, post id) each; whoever holds a post already keeps it. Gives how many are new.

    Raises:
        UnknownPostError: a post is not there or not active; nothing was written.
    """
    wanted = list(dict.fromkeys(pairs))
    with transaction.atomic():
        posts = dict(Post.objects.filter(active=True).values_list("id", "district_code"))
        for _, post in wanted:
            if post not in posts:
                raise UnknownPostError(post)
        users = {user for user, _ in wanted}
        held = set(Holding.objects.filter(user_id__in=users, held_until=None).values_list("user_id", "post_id"))
        new = [
            Holding(district_code=posts[post], user_id=user, post_id=post, held_from=since, held_until=until)
            for user, post in wanted
            if (user, post) not in held
        ]
        Holding.objects.bulk_create(new, batch_size=_BATCH, ignore_conflicts=True)
    return len(new)


def leave_post(user_id: str, post_id: str, *, at: datetime) -> bool:
    """Ends a person's open holding of a post; False when there was none. The row stays: it says who held it when."""
    ended = Holding.objects.filter(user_id=user_id, post_id=post_id, held_until=None, held_from__lte=at)
    return ended.update(held_until=at) > 0


def _plan(row: StaffRow, user_id: str, district: str, now: datetime) -> tuple[str, Holding | None]:
    mine = Holding.objects.filter(district_code=district, user_id=user_id, post_id=row.post)
    same = mine.filter(held_until=row.held_until)
    if row.held_from is not None:
        same = same.filter(held_from=row.held_from)
    if same.exists():
        return "unchanged", None
    open_one = mine.filter(held_until=None).first()
    if open_one is not None:
        open_one.held_from = row.held_from or open_one.held_from
        open_one.held_until = row.held_until
        return "changed", open_one
    since = row.held_from or now
    return "new", Holding(
        district_code=district, user_id=user_id, post_id=row.post, held_from=since, held_until=row.held_until
    )


def _user_ids(rows: Iterable[StaffRow], *, make: bool) -> dict[str, str]:
    names = {row.username: row.name for row in rows}
    if make:
        return {name: str(user.id) for name, user in accounts.create_users(sorted(names.items()), None).items()}
    return {name: str(user.id) for name in names if (user := named(name)) is not None}
