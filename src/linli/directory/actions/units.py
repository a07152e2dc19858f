"""Importing units, and writing the units and posts that a template asks for."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from django.db import transaction

from linli.directory.actions.versions import grow
from linli.directory.divisions import level_codes
from linli.directory.models import Area, District, Post, Unit
from linli.directory.tables import ErrorFile, ImportReport, Progress, limited, read
from linli.directory.template import PlannedPost, PlannedUnit, Template, planned_posts, standard
from linli.directory.unit_rows import ALIASES, COLUMNS, UnitRow, judge

_BATCH = 1000
_WRITTEN = [
    "type",
    "area_code",
    "parent_id",
    "name_zh",
    "name_en",
    "functions",
    "phone",
    "hours",
    "company",
    "invented",
    "active",
    "district_code",
]


def import_units(
    path: Path, *, within: Sequence[str] = (), dry_run: bool = False, progress: Progress | None = None
) -> ImportReport:
    """Reads units from CSV or XLSX: type, area, name_zh; optional id, name_en, parent, functions, phone, hours,
    company, active.

    A unit's id is ``AREA.TYPE`` unless given. Imported units are no longer marked as invented. A new unit gets the
    posts of its kind in the template, so that people can hold them. ``active: no`` takes a unit out of routing.
    With ``within``, units of other places are refused.

    Lock: the rows of the districts concerned, in the order of their codes.

    Raises:
        UnreadableFileError: the file as a whole can't be read; nothing was written.
    """
    table, template = limited(read(path, COLUMNS, ALIASES), within, lambda cells: cells.get("area", "")), standard()
    report = ImportReport(path.name, dry_run, notes=list(table.notes))
    with transaction.atomic():
        areas = set(Area.objects.filter(district_code__isnull=False).values_list("code", flat=True))
        districts = set(District.objects.values_list("code", flat=True))
        known = {unit.id: unit for unit in Unit.objects.all()}
        parents = {unit.id: unit.parent_id for unit in known.values()}
        good, report.bad = judge(table, areas, districts, parents, template)
        report.read = len(good) + len(report.bad)
        report.notes += [unit.note for unit in good if unit.note]
        rows = [_as_unit(unit) for unit in good]
        new = [row for row in rows if row.id not in known]
        changed = [row for row in rows if row.id in known and not _same(row, known[row.id])]
        report.new, report.changed, report.unchanged = len(new), len(changed), len(rows) - len(new) - len(changed)
        if not dry_run:
            _write(new, changed, template, progress)
    if not dry_run:
        with ErrorFile(table) as errors:
            for bad in report.bad:
                errors.add(bad)
            report.error_file = errors.path
    return report


def write_planned(district: str, planned: list[PlannedUnit]) -> tuple[int, int]:
    """Adds planned units and posts that are not there; gives how many. What is there stays as it is."""
    known = set(Unit.objects.filter(district_code=district).values_list("id", flat=True))
    new = [_as_planned(district, unit) for unit in planned if unit.id not in known]
    Unit.objects.bulk_create(new, batch_size=_BATCH, ignore_conflicts=True)
    return len(new), write_posts(district, [post for unit in planned for post in unit.posts])


def write_posts(district: str, planned: Iterable[PlannedPost]) -> int:
    """Adds posts that are not there; gives how many."""
    known = set(Post.objects.filter(district_code=district).values_list("id", flat=True))
    new = [
        Post(
            id=post.id,
            district_code=district,
            unit_id=post.unit,
            title_zh=post.title_zh,
            title_en=post.title_en,
            functions=sorted(post.functions),
            deputy_id=post.deputy,
            invented=True,
        )
        for post in planned
        if post.id not in known
    ]
    Post.objects.bulk_create(new, batch_size=_BATCH, ignore_conflicts=True)
    return len(new)


def _write(new: list[Unit], changed: list[Unit], template: Template, progress: Progress | None) -> None:
    rows = new + changed
    for start in range(0, len(rows), _BATCH):
        Unit.objects.bulk_create(
            rows[start : start + _BATCH], update_conflicts=True, unique_fields=["id"], update_fields=_WRITTEN
        )
        if progress is not None:
            progress(min(start + _BATCH, len(rows)), len(rows))
    kinds = {kind.type: kind.posts for kind in template.units}
    districts = {row.district_code for row in rows}
    for district in districts:
        mine = [row for row in new if row.district_code == district]
        write_posts(district, [post for row in mine for post in planned_posts(template, row.id, kinds.get(row.type))])
    if districts:
        grow(districts)


def _as_unit(unit: UnitRow) -> Unit:
    return Unit(
        id=unit.id,
        district_code=level_codes(unit.area).district or "",
        type=unit.type,
        area_code=unit.area,
        parent_id=unit.parent,
        name_zh=unit.name_zh,
        name_en=unit.name_en,
        functions=sorted(unit.functions),
        phone=unit.phone,
        hours=unit.hours,
        company=unit.company,
        invented=False,
        active=unit.active,
    )


def _as_planned(district: str, unit: PlannedUnit) -> Unit:
    return Unit(
        id=unit.id,
        district_code=district,
        type=unit.type,
        area_code=unit.area,
        parent_id=unit.parent,
        name_zh=unit.name_zh,
        name_en=unit.name_en,
        functions=sorted(unit.functions),
        company=unit.company,
        invented=unit.invented,
    )


def _same(one: Unit, other: Unit) -> bool:
    return all(getattr(one, name) == getattr(other, name) for name in _WRITTEN)
