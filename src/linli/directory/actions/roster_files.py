"""Importing duty rosters from a file."""

from datetime import datetime
from pathlib import Path

from django.db import transaction
from django.utils.timezone import get_default_timezone

from linli.accounts.queries import ids_by_name
from linli.core.actor import Actor, ActorKind
from linli.core.errors import Refusal
from linli.directory.actions.keeping import lock
from linli.directory.actions.rosters import DutyFacts, posts_of, require_sound, stands, write_duties
from linli.directory.models import District, Unit
from linli.directory.roster_rows import ALIASES, COLUMNS, RosterRow, judge
from linli.directory.tables import BadRow, ErrorFile, ImportReport, Progress, Table, read
from linli.ledger.recording import By

_REASONS = {
    "duty_over": "this duty is over already; take the row out",
    "shift_length": "a duty lasts at most 24 hours; correct from or until",
    "not_of_unit": "the post, person or deputy is not of this unit on that day; correct it or import the staff first",
    "own_deputy": "nobody stands in for themselves; name another deputy",
}


def import_rosters(
    path: Path, *, now: datetime, dry_run: bool = False, progress: Progress | None = None
) -> ImportReport:
    """Reads who is on duty from CSV or XLSX: unit, date, from, until; post or username; optional shift, deputy.

    Times are the district's own; an ``until`` that is not after ``from`` is on the next day. What stands in the roster
    already is left.

    Lock: the rows of the districts, one after the other.

    Raises:
        UnreadableFileError: the file as a whole can't be read; nothing was written.
    """
    table = read(path, COLUMNS, ALIASES)
    report = ImportReport(path.name, dry_run, notes=list(table.notes))
    with transaction.atomic():
        for district in District.objects.order_by("code").values_list("code", flat=True):
            lock(district)
        units = dict(Unit.objects.filter(active=True).values_list("id", "district_code"))
        rows = [row for row in table if not isinstance(row, BadRow)]
        names = {row.cells.get(column, "") for row in rows for column in ("username", "deputy")}
        people = ids_by_name(names - {""})
        good, report.bad = judge(table, units, people, get_default_timezone())
        report.read = len(good) + len(report.bad)
        for done, (row, source) in enumerate(good, 1):
            duty = _facts(row, people)
            try:
                new = _is_new(row.unit, duty, now)
            except Refusal as refusal:
                report.bad.append(table.refuse(source, refusal.code, _REASONS[refusal.code]))
                continue
            report.new, report.unchanged = report.new + new, report.unchanged + (not new)
            if new and not dry_run:
                write_duties(_operator(units[row.unit], now), row.unit, [duty])
            if progress is not None and (done % 100 == 0 or done == len(good)):
                progress(done, len(good))
        report.bad.sort(key=lambda bad: bad.line)
    if not dry_run:
        _give_back(table, report)
    return report


def _facts(row: RosterRow, people: dict[str, str]) -> DutyFacts:
    person, deputy = people.get(row.username, ""), people.get(row.deputy, "")
    return DutyFacts(row.shift, row.begins, row.ends, row.post, person, deputy)


def _is_new(unit: str, duty: DutyFacts, now: datetime) -> bool:
    if stands(unit, duty):
        return False
    require_sound(duty, posts_of(unit), now)
    return True


def _operator(district: str, now: datetime) -> By:
    return By(Actor(ActorKind.INTEGRATION, "operator"), district, "", "", now)


def _give_back(table: Table, report: ImportReport) -> None:
    with ErrorFile(table) as errors:
        for bad in report.bad:
            errors.add(bad)
        report.error_file = errors.path
