"""Working off uploaded files in the background: the check of the whole file, and the import itself.

Any number of processes may do it. A job is held by an advisory lock of the database's session, which ends with the
process however it ends; so the next one takes it up at once. Reports go in by chunks, each with its count, and known
rows are skipped; everything else is one transaction with the end of its job. So each row counts exactly once.
"""

import csv
import json
import logging
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from linli.catalogue import actions as catalogue_actions
from linli.catalogue import queries as catalogue
from linli.catalogue.queries import NothingPublishedError
from linli.core.privacy import mask
from linli.directory import actions as directory
from linli.directory.datum import Datum
from linli.directory.encoding import UnreadableFileError
from linli.directory.tables import LINE, REASON, BadRow
from linli.intake import queries_imports
from linli.intake.actions.holding import held
from linli.intake.actions.importing import Options, import_reports
from linli.intake.actions.uploading import STREAM, end, keep_bytes, keep_json, laid_out
from linli.intake.import_words import column_of, reason, remark
from linli.intake.mapping import MappingError
from linli.intake.models import ImportJob
from linli.intake.row_words import LANGUAGES
from linli.intake.unzipping import PREFIX
from linli.ledger import actions as ledger

SHOWN = 50
"""Refused rows that a preview shows."""
MOST_TRIES = 5
"""How often a job is taken up whose process ended each time before it did."""
_SHOWN_CELL = 60
_TOLD_EVERY = 1000

Clock = Callable[[], datetime]


class _Cancelled(Exception):
    """Somebody asked for the end of the job."""


@dataclass(slots=True)
class _Result:
    """What an importer said, in one form for all kinds. ``errors`` is the file of refused rows."""

    read: int
    new: int
    changed: int
    unchanged: int
    bad: list[BadRow]
    notes: list[str]
    errors: Path | None


def work_next(clock: Clock = timezone.now, *, helpers: int = 0) -> bool:
    """Takes up one job that nobody else holds and works it off; False when there is none.

    ``helpers`` is as in :class:`linli.intake.actions.importing.Options`.
    """
    waiting = ImportJob.objects.filter(state__in=queries_imports.WAITING).order_by("made_at", "id")
    for job_id in waiting.values_list("id", flat=True):
        with held(job_id) as mine:
            job = ImportJob.objects.filter(id=job_id, state__in=queries_imports.WAITING).first() if mine else None
            if job is not None:
                _work(job, clock, helpers)
                return True
    return False


def waits() -> bool:
    """Whether a job waits that nobody works on."""
    waiting = ImportJob.objects.filter(state__in=queries_imports.WAITING)
    for job_id in waiting.values_list("id", flat=True):
        with held(job_id) as free:
            if free:
                return True
    return False


def _work(job: ImportJob, clock: Clock, helpers: int) -> None:
    ImportJob.objects.filter(id=job.id).update(attempts=F("attempts") + 1)
    job.attempts += 1
    if job.attempts > MOST_TRIES:
        _fail(job, "interrupted", clock)
        return
    try:
        if job.cancel_asked:
            raise _Cancelled
        if job.state == "checking":
            _check(job, clock)
        else:
            _run(job, clock, helpers)
    except _Cancelled:
        with transaction.atomic():
            if (found := _again(job)) is not None:
                found.read = found.rows_done
                end(found, "cancelled", clock())
    except Exception as error:  # noqa: BLE001 - whatever a file brings must not stop the work on the others
        _fail(job, _code(error, job), clock)


def _code(error: Exception, job: ImportJob) -> str:
    """What the page says of an error. Its own words may quote a row, so they go to the program's log only."""
    if isinstance(error, UnreadableFileError):
        return error.code
    if isinstance(error, MappingError):
        return "mapping"
    if isinstance(error, NothingPublishedError):
        return "nothing_published"
    logging.getLogger(__name__).error("import %s failed", job.id, exc_info=error)
    return "fault"


def _check(job: ImportJob, clock: Clock) -> None:
    """A dry run over the whole file; what it found becomes the preview."""
    with _file_of(job) as path:
        found = _import(job, path, clock, dry_run=True, helpers=0)
    with transaction.atomic():
        now = _again(job)
        if now is None:
            return
        document = queries_imports.preview(now)
        shown = [_shown(job, bad) for bad in found.bad[:SHOWN]]
        notes = [{lang: remark(note, lang) for lang in LANGUAGES} for note in found.notes]
        keep_json(now, "preview", document | {"bad": shown, "notes": notes})
        _count(now, found)
        now.state, now.attempts, now.problem = "checked", 0, ""
        now.version += 1
        now.save()


def _run(job: ImportJob, clock: Clock, helpers: int) -> None:
    with _file_of(job) as path:
        if job.kind == "reports":
            found = _import(job, path, clock, dry_run=False, helpers=helpers)
            with transaction.atomic():
                _finish(job, found, clock)
        else:
            with transaction.atomic():
                _finish(job, _import(job, path, clock, dry_run=False, helpers=0), clock)


def _finish(job: ImportJob, found: _Result, clock: Clock) -> None:
    """Writes the end of an import with its refused rows and its entry; inside the caller's transaction."""
    now = _again(job)
    if now is None or (now.cancel_asked and job.kind != "reports"):  # reports are all in by now
        raise _Cancelled
    if job.kind == "reports":  # its own chunks have counted what they made, also before an interruption
        found = replace(found, new=now.new, unchanged=found.read - now.new - len(found.bad))
    _count(now, found)
    if found.errors is not None:
        _speak(job, found.errors, {bad.line: reason(job.kind, bad, job.lang) for bad in found.bad})
        keep_bytes(now, "errors", found.errors.read_bytes())
    end(now, "done", clock())
    payload = {
        "kind": job.kind, "sha256": job.digest, "read": now.read, "new": now.new, "changed": now.changed,
        "unchanged": now.unchanged, "refused": now.refused,
    }  # fmt: skip
    _record(now, "import.finished", payload, clock())


def _import(job: ImportJob, path: Path, clock: Clock, *, dry_run: bool, helpers: int) -> _Result:
    """Runs the importer of the job's kind."""
    tell = _teller(job)
    if job.kind == "reports":
        return _import_reports(job, path, clock, dry_run=dry_run, helpers=helpers)
    if job.kind == "areas":
        made = directory.import_areas(path, now=clock(), within=job.within, dry_run=dry_run, progress=tell)
    elif job.kind == "units":
        made = directory.import_units(path, within=job.within, dry_run=dry_run, progress=tell)
    elif job.kind == "staff":
        made = directory.import_staff(path, now=clock(), within=job.within, dry_run=dry_run, progress=tell)
    elif job.kind == "matters":
        made = catalogue_actions.import_matters(path, now=clock(), by=job.actor, dry_run=dry_run, progress=tell)
    else:
        made = directory.import_boundaries(
            path, datum=Datum(job.datum), now=clock(), within=job.within, dry_run=dry_run, progress=tell
        )
    return _Result(made.read, made.new, made.changed, made.unchanged, made.bad, made.notes, made.error_file)


def _import_reports(job: ImportJob, path: Path, clock: Clock, *, dry_run: bool, helpers: int) -> _Result:
    def wrote(new: int) -> None:
        # Who gets further may be interrupted as often as it takes: a server that restarts is no fault of the file.
        ImportJob.objects.filter(id=job.id).update(new=F("new") + new, attempts=1 if new else F("attempts"))

    options = Options(
        columns=queries_imports.columns_of(job), lang=job.lang, dry_run=dry_run, understand=not dry_run,
        helpers=helpers, wrote=wrote,
    )  # fmt: skip
    made = import_reports(path, district=job.district_id, now=clock(), options=options, progress=_teller(job))
    return _Result(made.read, made.new, 0, made.already, made.bad, made.notes, made.error_file)


def _teller(job: ImportJob) -> Callable[[int, int | None], None]:
    """Notes how far the work has come, and stops it where somebody asked for that.

    What is one transaction notes nothing: nobody would see it, and who cancels would wait for the row.
    """
    told = [0]

    def tell(done: int, expected: int | None) -> None:
        if done - told[0] < _TOLD_EVERY and done != expected:
            return
        told[0] = done
        row = ImportJob.objects.filter(id=job.id)
        if job.kind == "reports":
            row.update(rows_done=done, rows_expected=expected)
        state = row.values_list("cancel_asked", "state").first()
        if state is None or state[0] or state[1] != job.state:
            raise _Cancelled

    return tell


@contextmanager
def _file_of(job: ImportJob) -> Iterator[Path]:
    content = queries_imports.part(job, "file")
    if content is None:
        raise UnreadableFileError("key_missing", "the sealed file cannot be opened")
    for left in settings.DATA.glob(f"{PREFIX}{job.id}-*"):  # of a process that was killed at this job: we hold it now
        shutil.rmtree(left, ignore_errors=True)
    with laid_out(job.file_name, content, str(job.id)) as path:
        yield path


def _again(job: ImportJob) -> ImportJob | None:
    """The job's row, locked; None where it was ended meanwhile, or its mapping changed."""
    found = ImportJob.objects.select_for_update().get(id=job.id)
    return found if found.state == job.state and found.version == job.version else None


def _fail(job: ImportJob, code: str, clock: Clock) -> None:
    """A check that fails leaves the file, so that another mapping may be tried; a run that fails ends the job."""
    with transaction.atomic():
        found = _again(job)
        if found is None:
            return
        found.problem = code
        if job.state == "checking" and job.kind == "reports" and code == "mapping":
            found.state = "checked"
            found.version += 1
            found.save()
            return
        end(found, "failed", clock())
        _record(found, "import.failed", {"kind": job.kind, "code": code}, clock())


def _count(job: ImportJob, found: _Result) -> None:
    job.read, job.new, job.changed, job.unchanged = found.read, found.new, found.changed, found.unchanged
    job.refused = len(found.bad)
    job.rows_done = job.rows_expected = found.read


def _shown(job: ImportJob, bad: BadRow) -> dict[str, Any]:
    return {
        "line": bad.line,
        "column": column_of(bad),
        "reason": {lang: reason(job.kind, bad, lang) for lang in LANGUAGES},
        "cells": [(mask(text) if job.kind == "reports" else text)[:_SHOWN_CELL] for text in bad.values[:8]],
    }


def _speak(job: ImportJob, errors: Path, reasons: Mapping[int, str]) -> None:
    """Puts the reasons of the job's language into the file of refused rows."""
    if job.lang == "en":
        return
    if errors.suffix == ".geojson":
        made = json.loads(errors.read_text("utf-8"))
        for feature in made["features"]:
            feature["properties"][REASON] = reasons.get(feature["properties"][LINE], "")
        errors.write_text(json.dumps(made, ensure_ascii=False, indent=1), "utf-8")
    elif errors.suffix == ".csv":
        with errors.open(encoding="utf-8-sig", newline="") as file:
            head, *rows = csv.reader(file)
        with errors.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows([head, *([r[0], reasons.get(int(r[0]), r[1]), *r[2:]] for r in rows)])


def _record(job: ImportJob, type_: str, payload: Mapping[str, Any], now: datetime) -> None:
    try:
        policy = catalogue.policy(job.district_id).version
    except NothingPublishedError:
        policy = ""
    ledger.append_to(
        job.district_id, STREAM, str(job.id), type_, payload, actor=job.actor, post=job.post, policy=policy, at=now
    )
