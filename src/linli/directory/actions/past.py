"""Keeping what areas and boundaries were before they change: rows are replaced, never what they said."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from linli.directory.models import Area, Boundary, PastArea, PastBoundary

_BATCH = 500


def keep_areas(until: Mapping[str, datetime]) -> None:
    """Keeps the present rows of these areas as they were until the instant given for each; before the write."""
    for codes in _batches(until):
        PastArea.objects.bulk_create(
            PastArea(
                district_code=row.district_code,
                code=row.code,
                kind=row.kind,
                parent_code=row.parent_code,
                name=row.name,
                effective_from=row.effective_from,
                effective_until=until[row.code],
            )
            for row in Area.objects.filter(code__in=codes)
        )


def keep_boundaries(until: Mapping[str, datetime]) -> None:
    """The same for outlines."""
    for codes in _batches(until):
        PastBoundary.objects.bulk_create(
            PastBoundary(
                district_code=row.district_code,
                area_code=row.area_code,
                shape=bytes(row.shape),
                source=row.source,
                datum=row.datum,
                invented=row.invented,
                effective_from=row.effective_from,
                effective_until=until[row.area_code],
            )
            for row in Boundary.objects.filter(area_code__in=codes)
        )


def _batches(until: Mapping[str, datetime]) -> Iterator[list[str]]:
    codes = list(until)
    return (codes[start : start + _BATCH] for start in range(0, len(codes), _BATCH))
