"""Importing the list of matters into a draft. Nothing is in force before it is published."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from importlib.resources import as_file, files
from pathlib import Path

from django.db import transaction

from linli.catalogue import asked_files, queries
from linli.catalogue.actions.rows import begun, locked_draft, note, put, rows_of, same, written
from linli.catalogue.matter_rows import ALIASES, COLUMNS, Known, MatterRow, judge
from linli.catalogue.queries import newest_catalogue
from linli.core.asked import Question, as_data
from linli.core.policy import Matter as MatterValue
from linli.directory import queries as directory
from linli.directory.encoding import Note
from linli.directory.tables import ErrorFile, ImportReport, Progress, read
from linli.directory.template import standard

OPERATOR = "operator"
"""Who acts on the command line."""


def import_matters(
    path: Path | None,
    *,
    now: datetime,
    by: str = OPERATOR,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> ImportReport:
    """Reads a matters file (None: the package's own) into the draft of the next catalogue version.

    The draft begins as a copy of what is published; rows of the file are added or replace those of the same code, so a
    corrected file of refused rows completes it. A file that says what is published already makes no draft. What a file
    has no column for stays as it is. ``by`` is the opaque id of who imports.

    Lock: the row of the draft.

    Raises:
        UnreadableFileError: the file as a whole can't be read; nothing was written.
    """
    if path is None:
        with as_file(files("linli.catalogue") / "data" / "matters.csv") as shipped:
            return _import(shipped, asked_files.shipped(), now=now, by=by, dry_run=dry_run, progress=progress)
    return _import(path, {}, now=now, by=by, dry_run=dry_run, progress=progress)


def _import(
    path: Path,
    questions: Mapping[str, tuple[Question, ...]],
    *,
    now: datetime,
    by: str,
    dry_run: bool,
    progress: Progress | None,
) -> ImportReport:
    table = read(path, COLUMNS, ALIASES)
    report = ImportReport(path.name, dry_run, notes=list(table.notes))
    with transaction.atomic():
        good, report.bad = judge(table, known_now())
        good = [replace(row, matter=replace(row.matter, questions=questions.get(row.matter.code, ()))) for row in good]
        report.read = len(good) + len(report.bad)
        _into_draft(good, path.name, report, by, now)
        if dry_run:
            transaction.set_rollback(True)
    if progress is not None:
        progress(report.read, report.read)
    if not dry_run:
        with ErrorFile(table) as errors:
            for bad in report.bad:
                errors.add(bad)
            report.error_file = errors.path
    return report


def known_now() -> Known:
    """What rows are judged against now: the template's unit types, those set up, and what is published or shipped."""
    used = {unit.type for info in directory.districts() for unit in directory.units(info.code).values()}
    return Known(standard(), frozenset(used), queries.published_matters() or shipped_matters())


def shipped_matters() -> dict[str, MatterValue]:
    """The matters of the package's own file: whose limits of the law hold before anything is published."""
    with as_file(files("linli.catalogue") / "data" / "matters.csv") as path:
        good, _ = judge(read(path, COLUMNS, ALIASES), Known(standard(), frozenset(), {}))
    return {row.matter.code: row.matter for row in good}


def _into_draft(good: list[MatterRow], source: str, report: ImportReport, by: str, now: datetime) -> None:
    draft = locked_draft()
    before = rows_of(draft.number if draft else newest_catalogue())
    rows = [written(before.get(made.matter.code), made) for made in good]
    for row, made in zip(rows, good, strict=True):
        if made.matter.questions:  # a table of matters has no column for them: without any a matter keeps its own
            row.questions = as_data(made.matter.questions)
    new = [row for row in rows if row.code not in before]
    changed = [row for row in rows if row.code in before and not same(row, before[row.code])]
    report.new, report.changed, report.unchanged = len(new), len(changed), len(rows) - len(new) - len(changed)
    missing = sorted(set(before) - {row.code for row in rows})
    if missing and not report.bad:
        report.notes.append(
            Note(
                "left_out",
                "{number} matters are not in the file and stay as they are: {codes}…",
                number=len(missing),
                codes=", ".join(missing[:5]),
            )
        )
    if not new and not changed:
        return
    draft = draft or begun(now=now)
    draft.source = source
    put(draft, new + changed)
    note(draft, [("", "imported")], by=by, at=now)
