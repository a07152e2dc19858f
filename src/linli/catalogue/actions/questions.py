"""Writing the questions of matters into the draft of the catalogue. Nothing is asked before it is published."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from django.db import transaction

from linli.catalogue import asked_files
from linli.catalogue.actions.rows import begun, locked_draft, note, put, rows_of
from linli.catalogue.queries import newest_catalogue
from linli.core.asked import Question, as_data
from linli.directory.tables import ImportReport


def import_questions(path: Path | None, *, now: datetime, by: str = "operator", dry_run: bool = False) -> ImportReport:
    """Reads a file of questions (None: the package's own) into the draft of the next catalogue version.

    A matter in the file gets exactly the questions that stand there, an empty list takes them away; other matters
    keep theirs. ``read``, ``new``, ``changed`` count matters. Lock: the row of the draft.

    Raises:
        UnreadableFileError: the file as a whole can't be read; nothing was written.
    """
    good, bad = (asked_files.shipped(), []) if path is None else asked_files.from_file(path)
    report = ImportReport("questions.yaml" if path is None else path.name, dry_run, bad=bad)
    report.read = len(good) + len(bad)
    with transaction.atomic():
        _write(good, report, by, now)
        if dry_run:
            transaction.set_rollback(True)
    return report


def _write(wanted: Mapping[str, Sequence[Question]], report: ImportReport, by: str, now: datetime) -> None:
    draft = locked_draft()
    before = rows_of(draft.number if draft else newest_catalogue())
    lines = {code: line for line, code in enumerate(wanted, 1)}
    report.bad += asked_files.refused(list(wanted), list(before), lines)
    data = {code: as_data(questions) for code, questions in wanted.items() if code in before}
    changed = [code for code, rows in data.items() if rows != before[code].questions]
    report.new = sum(1 for code in changed if not before[code].questions)
    report.changed = len(changed) - report.new
    report.unchanged = len(data) - len(changed)
    if not changed:
        return
    draft = draft or begun(now=now)
    draft.source = report.source
    for code in changed:
        before[code].questions = data[code]
    put(draft, [before[code] for code in changed])
    note(draft, [("", "imported")], by=by, at=now)
