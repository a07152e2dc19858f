"""Importing boundaries from GeoJSON, and writing those that were invented."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

import shapely
from django.db import transaction
from shapely.geometry.base import BaseGeometry

from linli.directory.actions.areas import districts_of
from linli.directory.actions.past import keep_boundaries
from linli.directory.actions.versions import grow
from linli.directory.datum import Datum
from linli.directory.divisions import level_codes
from linli.directory.models import Area, Boundary
from linli.directory.outlines import BadOutline, Outline, judge, read_features
from linli.directory.tables import (
    LINE,
    OUT_OF_SCOPE,
    REASON,
    BadRow,
    ImportReport,
    Progress,
    next_free,
    outside_words,
    refused_beside,
)

_BATCH = 500
_WRITTEN = ("shape", "west", "south", "east", "north", "source", "datum", "invented")


def import_boundaries(
    path: Path,
    *,
    datum: Datum,
    now: datetime,
    source: str = "",
    within: Sequence[str] = (),
    dry_run: bool = False,
    progress: Progress | None = None,
) -> ImportReport:
    """Reads boundaries of areas of any level from GeoJSON (``properties.code`` is the division code).

    Coordinates are converted to WGS 84. Slightly invalid shapes are repaired, and the report says so; worse ones are
    refused with the reason and written to ``FILE.errors.geojson``. Feeding the same file twice changes nothing.
    With ``within``, areas of other places are refused.

    Lock: the rows of the districts concerned, in the order of their codes.

    Raises:
        UnreadableFileError: the file as a whole can't be read; nothing was written.
    """
    features = read_features(path)
    report = ImportReport(path.name, dry_run, read=len(features))
    with transaction.atomic():
        known = {row.area_code: row for row in Boundary.objects.all()}
        good, refused = _judged(features, datum, known, progress)
        good, refused = _limited(good, refused, features, within)
        report.notes += [outline.note for outline in good if outline.note]
        rows = [as_boundary(o.code, o.shape, source or path.name, datum, now, invented=False) for o in good]
        new = [row for row in rows if row.area_code not in known]
        changed = [r for r in rows if r.area_code in known and not _same(r, known[r.area_code])]
        report.new, report.changed, report.unchanged = len(new), len(changed), len(rows) - len(new) - len(changed)
        if not dry_run:
            write_boundaries(new + changed)
    report.bad = [BadRow(bad.number, bad.code, bad.reason) for bad in refused]
    if refused and not dry_run:
        report.error_file = _write_refused(path, refused)
    return report


def _judged(
    features: list[object], datum: Datum, known: dict[str, Boundary], progress: Progress | None
) -> tuple[list[Outline], list[BadOutline]]:
    parents = dict(Area.objects.filter(retired_at__isnull=True).values_list("code", "parent_code"))
    boxes = {code: (row.west, row.south, row.east, row.north) for code, row in known.items()}
    good: list[Outline] = []
    refused: list[BadOutline] = []
    for done, judged in enumerate(judge(features, datum, parents, boxes), 1):
        if isinstance(judged, Outline):
            good.append(judged)
        else:
            refused.append(judged)
        if progress is not None:
            progress(done, len(features))
    return good, refused


def _limited(
    good: list[Outline], refused: list[BadOutline], features: list[object], within: Sequence[str]
) -> tuple[list[Outline], list[BadOutline]]:
    """The same with areas of other places refused; without places nothing changes."""
    outside = [outline for outline in good if within and not outline.code.startswith(tuple(within))]
    refused = refused + [
        BadOutline(o.number, OUT_OF_SCOPE, outside_words(o.code, within), features[o.number - 1]) for o in outside
    ]
    numbers = {o.number for o in outside}
    return [o for o in good if o.number not in numbers], sorted(refused, key=lambda bad: bad.number)


def as_boundary(
    code: str, shape: BaseGeometry, source: str, datum: Datum, now: datetime, *, invented: bool
) -> Boundary:
    """A row for an outline in WGS 84; ``datum`` is what it came in."""
    west, south, east, north = (float(part) for part in shape.bounds)
    return Boundary(
        area_code=code,
        district_code=level_codes(code).district,
        shape=shapely.to_wkb(shape, byte_order=1),
        west=west,
        south=south,
        east=east,
        north=north,
        source=source[:200],
        datum=datum.value,
        invented=invented,
        effective_from=now,
    )


def write_boundaries(rows: Iterable[Boundary]) -> None:
    """Inserts or updates boundaries, keeps the outlines that they replace, and grows the districts they lie in."""
    written = list(rows)
    keep_boundaries({row.area_code: row.effective_from for row in written})
    for start in range(0, len(written), _BATCH):
        Boundary.objects.bulk_create(
            written[start : start + _BATCH],
            update_conflicts=True,
            unique_fields=["area_code"],
            update_fields=[*_WRITTEN, "effective_from"],
        )
    if written:
        grow(districts_of(row.area_code for row in written))


def _same(one: Boundary, other: Boundary) -> bool:
    return bytes(one.shape) == bytes(other.shape) and all(
        getattr(one, name) == getattr(other, name) for name in ("source", "datum", "invented")
    )


def _write_refused(path: Path, refused: list[BadOutline]) -> Path:
    target = refused_beside(path, ".geojson")
    if target.exists():
        target.rename(next_free(target))
    features = []
    for bad in refused:
        feature = dict(bad.feature) if isinstance(bad.feature, dict) else {"type": "Feature", "value": bad.feature}
        properties = feature.get("properties") or {}
        feature["properties"] = {**properties, LINE: bad.number, REASON: bad.reason}
        features.append(feature)
    made = {"type": "FeatureCollection", "features": features}
    target.write_text(json.dumps(made, ensure_ascii=False, indent=1), encoding="utf-8")
    return target
