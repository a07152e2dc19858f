"""Importing the list of matters into a draft. Nothing is in force before it is published."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from importlib.resources import as_file, files
from pathlib import Path

from django.db import connection, transaction

from linli.catalogue import asked_files, queries
from linli.catalogue.matter_rows import ALIASES, COLUMNS, Known, MatterRow, judge
from linli.catalogue.models import DRAFT, CatalogueVersion, Matter
from linli.core.asked import Question, as_data
from linli.core.policy import Matter as MatterValue
from linli.directory import queries as directory
from linli.directory.tables import ErrorFile, ImportReport, Progress, read
from linli.directory.template import standard

_VALUES = [field.name for field in Matter._meta.fields if field.name not in ("id", "catalogue_number")]


def import_matters(
    path: Path | None, *, now: datetime, dry_run: bool = False, progress: Progress | None = None
) -> ImportReport:
    """Reads a matters file (None: the package's own) into the draft of the next catalogue version.

    The draft begins as a copy of what is published; rows of the file are added or replace those of the same code, so a
    corrected file of refused rows completes it. A file that says what is published already makes no draft.

    Lock: the row of the draft.

    Raises:
        UnreadableFileError: the file as a whole can't be read; nothing was written.
    """
    if path is None:
        with as_file(files("linli.catalogue") / "data" / "matters.csv") as shipped:
            return _import(shipped, asked_files.shipped(), now=now, dry_run=dry_run, progress=progress)
    return _import(path, {}, now=now, dry_run=dry_run, progress=progress)


def _import(
    path: Path,
    questions: Mapping[str, tuple[Question, ...]],
    *,
    now: datetime,
    dry_run: bool,
    progress: Progress | None,
) -> ImportReport:
    table = read(path, COLUMNS, ALIASES)
    report = ImportReport(path.name, dry_run, notes=list(table.notes))
    with transaction.atomic():
        good, report.bad = judge(table, known_now())
        good = [replace(row, matter=replace(row.matter, questions=questions.get(row.matter.code, ()))) for row in good]
        report.read = len(good) + len(report.bad)
        _into_draft(good, path.name, report, now)
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


def next_number() -> int:
    """A number for a catalogue or policy version that was never given before."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('catalogue_number_seq')")
        (number,) = cursor.fetchone()
    return int(number)


def _into_draft(good: list[MatterRow], source: str, report: ImportReport, now: datetime) -> None:
    draft, base, before = _before()
    rows = [_as_row(made, base.number if base else 0) for made in good]
    for row in rows:
        # A table of matters has no column for questions: without others a matter keeps those it has.
        if not row.questions and row.code in before:
            row.questions = before[row.code].questions
    new = [row for row in rows if row.code not in before]
    changed = [row for row in rows if row.code in before and not _same(row, before[row.code])]
    report.new, report.changed, report.unchanged = len(new), len(changed), len(rows) - len(new) - len(changed)
    missing = sorted(set(before) - {row.code for row in rows})
    if missing and not report.bad:
        report.notes.append(
            f"{len(missing)} matters are not in the file and stay as they are: {', '.join(missing[:5])}…"
        )
    if not new and not changed:
        return
    draft = draft or _new_draft(before, source, now)
    Matter.objects.filter(catalogue_number=draft.number, code__in=[row.code for row in changed]).delete()
    _write(draft.number, new + changed)


def draft_to_write() -> tuple[Callable[[str, datetime], int], Mapping[str, Matter]]:
    """What makes the draft where there is none (source, instant -> its number), and the matters it begins with.

    Lock: the row of the draft.
    """
    draft, _base, before = _before()
    return lambda source, now: (draft or _new_draft(before, source, now)).number, before


def _before() -> tuple[CatalogueVersion | None, CatalogueVersion | None, dict[str, Matter]]:
    draft = CatalogueVersion.objects.select_for_update().filter(state=DRAFT).first()
    published = CatalogueVersion.objects.exclude(state=DRAFT).order_by("-number").first()
    base = draft or published
    before = {row.code: row for row in Matter.objects.filter(catalogue_number=base.number)} if base else {}
    return draft, base, before


def _new_draft(before: Mapping[str, Matter], source: str, now: datetime) -> CatalogueVersion:
    draft = CatalogueVersion.objects.create(number=next_number(), source=source, made_at=now)
    _write(draft.number, list(before.values()))
    return draft


def _write(number: int, rows: list[Matter]) -> None:
    for row in rows:
        row.id, row.catalogue_number = f"{number}.{row.code}", number
    Matter.objects.bulk_create(rows)


def _as_row(made: MatterRow, number: int) -> Matter:
    matter = made.matter
    return Matter(
        id=f"{number}.{matter.code}",
        catalogue_number=number,
        code=matter.code,
        wave=made.wave,
        platform=matter.platform,
        domain=matter.domain,
        name_zh=matter.name_zh,
        name_en=matter.name_en,
        case_kinds=list(matter.case_kinds),
        normal_level=matter.normal_level.value,
        lead_unit_type=matter.lead_unit_type,
        co_unit_types=list(matter.co_unit_types),
        urgency_default=matter.urgency.value,
        accept_limit=str(matter.accept_limit),
        handle_limit=str(matter.handle_limit),
        limit_source=str(matter.limit_source),
        legal_basis=matter.legal_basis,
        label=matter.label,
        sensitivity=matter.sensitivity,
        guards=sorted(guard.value for guard in matter.guards),
        notes=matter.notes,
        questions=as_data(matter.questions),
    )


def _same(one: Matter, other: Matter) -> bool:
    return all(getattr(one, name) == getattr(other, name) for name in _VALUES)
