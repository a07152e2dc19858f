"""Outlines for a map: an area with those inside it, as GeoJSON in WGS 84."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from linli.core.territory import AreaKind
from linli.directory.divisions import short_name
from linli.directory.models import Boundary
from linli.directory.queries.territories import areas

LEVELS_BELOW = 2
"""A district is drawn with its towns and communities, a town with its communities and grids."""
_DIGITS = 5
"""Decimal places of a degree: about a metre."""


@dataclass(frozen=True, slots=True)
class Outlined:
    """One area with its outline; ``invented`` must be shown wherever it is."""

    area: str
    kind: AreaKind
    name: str
    invented: bool
    geometry: dict[str, Any]
    bounds: tuple[float, float, float, float]


def outlines(area: str, district: str) -> tuple[Outlined, ...]:
    """The outlines of an area of the district and of those up to two levels below, widest first.

    Empty where no outline is known.

    Raises:
        UnknownDistrictError: no such district.
    """
    known = areas(district)
    if area not in known:
        return ()
    deepest = known[area].kind.depth + LEVELS_BELOW
    inside = [code for code, info in known.items() if code.startswith(area) and info.kind.depth <= deepest]
    rows = Boundary.objects.filter(area_code__in=inside).order_by("area_code")
    found = [
        Outlined(
            area=row.area_code,
            kind=known[row.area_code].kind,
            name=short_name(known[row.area_code].name),
            invented=row.invented,
            geometry=_rounded(bytes(row.shape)),
            bounds=(row.west, row.south, row.east, row.north),
        )
        for row in rows
    ]
    return tuple(sorted(found, key=lambda outlined: (outlined.kind.depth, outlined.area)))


def _rounded(shape: bytes) -> dict[str, Any]:
    rounded = shapely.transform(shapely.from_wkb(shape), lambda corners: np.round(corners, _DIGITS))
    found: dict[str, Any] = shapely.geometry.mapping(rounded)
    return found
