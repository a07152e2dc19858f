"""Inventing boundaries below a district, where there are none: marked as invented wherever they are shown."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import shapely
from django.db import transaction
from shapely.geometry.base import BaseGeometry

from linli.core.territory import AreaKind
from linli.directory.actions.boundaries import as_boundary, write_boundaries
from linli.directory.datum import Datum
from linli.directory.divisions import level_codes
from linli.directory.models import Area, Boundary, District
from linli.directory.partition import invented_outline, partition
from linli.directory.queries import UnknownDistrictError, replanned

MIDDLE_OF_NOWHERE = (106.5, 29.6)
SQUARE_KM = 1500.0
SOURCE = "invented: seeded Voronoi cells"
_BELOW = (AreaKind.TOWN, AreaKind.COMMUNITY, AreaKind.GRID)


@dataclass(frozen=True, slots=True)
class Invented:
    """How many boundaries were invented anew, stood as they are, are real; whether the district's own is invented."""

    new: int
    unchanged: int
    real: int
    outline_invented: bool


def invent_boundaries(district: str, *, now: datetime, seed: int = 0) -> Invented:
    """Gives every town, community and grid of a district that has no real boundary an invented one.

    Cells fill the district's outline exactly, level by level; an outline is invented where none was imported. Real
    boundaries are kept, and so are the grids of a community for which a plan was published. The same seed gives the
    same cells again.

    Lock: the district's row.

    Raises:
        UnknownDistrictError: no such district.
    """
    with transaction.atomic():
        if not District.objects.select_for_update().filter(code=district).exists():
            raise UnknownDistrictError(district)
        known = {row.area_code: row for row in Boundary.objects.filter(district_code=district)}
        decided = replanned(district)
        real = {
            code: shapely.from_wkb(bytes(row.shape))
            for code, row in known.items()
            if not row.invented or level_codes(code).community in decided
        }
        made = _invent(district, _children(district), real, seed)
        rows = [as_boundary(code, shape, SOURCE, Datum.WGS84, now, invented=True) for code, shape in made.items()]
        new = [
            row for row in rows if row.area_code not in known or bytes(known[row.area_code].shape) != bytes(row.shape)
        ]
        write_boundaries(new)
    return Invented(len(new), len(rows) - len(new), len(real), district not in real)


def _children(district: str) -> dict[str, list[str]]:
    rows = Area.objects.filter(
        district_code=district, kind__in=[kind.value for kind in _BELOW], placeholder=False, retired_at__isnull=True
    )
    children: dict[str, list[str]] = {}
    for code, parent in rows.order_by("code").values_list("code", "parent_code"):
        children.setdefault(parent or "", []).append(code)
    return children


def _invent(
    district: str, children: Mapping[str, list[str]], real: Mapping[str, BaseGeometry], seed: int
) -> dict[str, BaseGeometry]:
    made: dict[str, BaseGeometry] = {}
    if district not in real:
        made[district] = invented_outline(MIDDLE_OF_NOWHERE, SQUARE_KM, seed)
    waiting = [district]
    while waiting:
        parent = waiting.pop()
        below = children.get(parent, [])
        waiting += below
        missing = [code for code in below if code not in real]
        outline = real[parent] if parent in real else made.get(parent)
        taken = [real[code] for code in below if code in real]
        rest = outline.difference(shapely.union_all(taken)) if outline is not None and taken else outline
        if rest is not None and not rest.is_empty:
            made.update(partition(rest, missing, seed))
    return made
