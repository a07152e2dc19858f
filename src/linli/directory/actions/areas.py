"""Importing the divisions file: provinces down to micro-grids."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

from django.db import transaction

from linli.directory.actions.past import keep_areas
from linli.directory.actions.versions import grow
from linli.directory.divisions import ALIASES, COLUMNS, Division, judge, level_codes
from linli.directory.encoding import Note
from linli.directory.models import Area
from linli.directory.tables import ErrorFile, ImportReport, Progress, limited, read

_BATCH = 2000
_WRITTEN = ("kind", "parent_code", "name", "placeholder", "invented", "district_code", "town_code", "community_code")


def import_areas(
    path: Path,
    *,
    now: datetime,
    within: Sequence[str] = (),
    dry_run: bool = False,
    progress: Progress | None = None,
) -> ImportReport:
    """Reads a divisions file (columns code, parent_code, level, name) into the areas.

    Good rows are kept, refused ones are listed and written beside the file. Feeding the same file twice changes
    nothing; an area that is no longer in the file stays, because cases may name it. With ``within``, rows of other
    places are refused.

    Lock: the rows of the districts concerned, in the order of their codes.

    Raises:
        UnreadableFileError: the file as a whole can't be read; nothing was written.
    """
    table = limited(read(path, COLUMNS, ALIASES), within, lambda cells: cells.get("code", ""))
    report = ImportReport(path.name, dry_run, notes=list(table.notes))
    with transaction.atomic():
        known = {area.code: area for area in Area.objects.all()}
        good, report.bad = judge(table, known)
        report.read = len(good) + len(report.bad)
        fresh = [_as_area(division, now) for division in good]
        changed = [area for area in fresh if area.code in known and not _same(area, known[area.code])]
        new = [area for area in fresh if area.code not in known]
        report.new, report.changed = len(new), len(changed)
        retired = sorted(area.code for area in fresh if area.code in known and known[area.code].retired_at)
        if retired:
            report.notes.append(
                Note(
                    "retired",
                    "{number} areas of the file were retired by a plan and stay so: {codes}",
                    number=len(retired),
                    codes=", ".join(retired[:5]),
                )
            )
        report.unchanged = len(good) - report.new - report.changed
        if not dry_run:
            write_areas(new + changed, progress, done=report.unchanged, total=len(good))
    if not dry_run:
        with ErrorFile(table) as errors:
            for bad in report.bad:
                errors.add(bad)
            report.error_file = errors.path
    return report


def write_areas(areas: list[Area], progress: Progress | None = None, done: int = 0, total: int | None = None) -> None:
    """Inserts or updates areas in batches, keeps what they were before, and grows the districts they lie in."""
    keep_areas({area.code: area.effective_from for area in areas})
    for start in range(0, len(areas), _BATCH):
        Area.objects.bulk_create(
            areas[start : start + _BATCH],
            update_conflicts=True,
            unique_fields=["code"],
            update_fields=[*_WRITTEN, "effective_from"],
        )
        if progress is not None:
            progress(done + min(start + _BATCH, len(areas)), total)
    if areas:
        grow(districts_of(area.code for area in areas))


def districts_of(codes: Iterable[str]) -> set[str] | None:
    """The districts that areas lie in; None (all districts) when one of them lies above."""
    districts = {level_codes(code).district for code in codes}
    return None if None in districts else {code for code in districts if code}


def _as_area(division: Division, now: datetime) -> Area:
    levels = level_codes(division.code)
    return Area(
        code=division.code,
        kind=division.kind.value,
        parent_code=division.parent,
        name=division.name,
        placeholder=division.placeholder,
        invented=False,
        district_code=levels.district,
        town_code=levels.town,
        community_code=levels.community,
        effective_from=now,
    )


def _same(one: Area, other: Area) -> bool:
    return all(getattr(one, name) == getattr(other, name) for name in _WRITTEN)
