"""Writing the questions of matters into the draft of the catalogue. Nothing is asked before it is published."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from django.db import transaction

from linli.catalogue import asked_files
from linli.catalogue.actions.matters import draft_to_write
from linli.catalogue.models import Matter
from linli.core.asked import Question, as_data
from linli.directory.tables import ImportReport


def import_questions(path: Path | None, *, now: datetime, dry_run: bool = False) -> ImportReport:
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
        _write(good, report, now)
        if dry_run:
            transaction.set_rollback(True)
    return report


@transaction.atomic
def set_questions(code: str, questions: Sequence[Question], *, now: datetime) -> bool:
    """Gives one matter of the draft its questions; whether the draft has that matter. Lock: the row of the draft."""
    report = ImportReport("questions")
    _write({code: tuple(questions)}, report, now)
    return not report.bad


def _write(wanted: Mapping[str, Sequence[Question]], report: ImportReport, now: datetime) -> None:
    draft, before = draft_to_write()
    lines = {code: line for line, code in enumerate(wanted, 1)}
    report.bad += asked_files.refused(list(wanted), list(before), lines)
    data = {code: as_data(questions) for code, questions in wanted.items() if code in before}
    changed = [code for code, rows in data.items() if rows != before[code].questions]
    report.new = sum(1 for code in changed if not before[code].questions)
    report.changed = len(changed) - report.new
    report.unchanged = len(data) - len(changed)
    if not changed:
        return
    number = draft(report.source, now)
    for code in changed:
        Matter.objects.filter(catalogue_number=number, code=code).update(questions=data[code])
