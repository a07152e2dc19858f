"""Invented outlines: a seeded Voronoi partition that fills its parent exactly, for demos without real boundaries.

The same outline, codes and seed give the same cells on every machine. Codes are laid out from north to south and
west to east, as unit grids are numbered (GB/T 30428).
"""

from collections.abc import Sequence
from hashlib import sha256
from math import cos, pi, radians, sin

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import MultiPoint, MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

_RELAXATIONS = 3
_BANDS = 5
_KM_A_DEGREE = 111.32


def partition(outline: BaseGeometry, codes: Sequence[str], seed: int) -> dict[str, BaseGeometry]:
    """Cuts an outline (polygon or multipolygon, degrees) into one cell for each code, without gaps or overlaps."""
    if not codes:
        return {}
    if len(codes) == 1:
        return {codes[0]: outline}
    chance = generator(seed, *codes)
    points = points_inside(outline, len(codes), chance)
    cells = _cells(outline, points)
    for _ in range(_RELAXATIONS):
        points = np.array([_middle(cell) for cell in cells])
        cells = _cells(outline, points)
    return dict(zip(sorted(codes), _in_reading_order(cells), strict=True))


def invented_outline(middle: tuple[float, float], square_km: float, seed: int) -> Polygon:
    """A blob of about that surface around a point (longitude, latitude)."""
    chance = generator(seed, "outline")
    waves = [(order, chance.uniform(0.02, 0.10), chance.uniform(0, 2 * pi)) for order in range(2, 7)]
    angles = np.linspace(0, 2 * pi, 180, endpoint=False)
    radii = np.ones_like(angles)
    for order, strength, shift in waves:
        radii += strength * np.cos(order * angles + shift)
    flat = Polygon([(r * cos(a), r * sin(a)) for r, a in zip(radii, angles, strict=True)])
    size = (square_km / flat.area) ** 0.5 / _KM_A_DEGREE
    stretch = size / cos(radians(middle[1]))
    return shapely.transform(
        flat, lambda c: np.column_stack((middle[0] + c[:, 0] * stretch, middle[1] + c[:, 1] * size))
    )


def generator(seed: int, *words: str) -> np.random.Generator:
    """Chance that is the same for the same seed and words."""
    digest = sha256("\x1f".join((str(seed), *words)).encode()).digest()
    return np.random.Generator(np.random.PCG64(int.from_bytes(digest[:16], "big")))


def points_inside(outline: BaseGeometry, count: int, chance: np.random.Generator) -> NDArray[np.float64]:
    """Random points inside an outline, shape (count, 2)."""
    west, south, east, north = outline.bounds
    shapely.prepare(outline)
    found = np.empty((0, 2))
    while len(found) < count:
        tried = chance.uniform((west, south), (east, north), (4 * count, 2))
        found = np.vstack((found, tried[shapely.contains_xy(outline, tried[:, 0], tried[:, 1])]))
    return found[:count]


def _cells(outline: BaseGeometry, points: NDArray[np.float64]) -> list[BaseGeometry]:
    raw = shapely.voronoi_polygons(MultiPoint(points), extend_to=shapely.box(*outline.bounds).buffer(1.0))
    cells = [_surface(shapely.intersection(cell, outline)) for cell in shapely.get_parts(raw)]
    return [cell for cell in cells if not cell.is_empty]


def _surface(shape: BaseGeometry) -> BaseGeometry:
    """Only the polygons of an intersection: touching at a point or along a line leaves dust."""
    if isinstance(shape, Polygon | MultiPolygon):
        return shape
    return shapely.union_all([part for part in shapely.get_parts(shape) if isinstance(part, Polygon)])


def _middle(cell: BaseGeometry) -> tuple[float, float]:
    centre = cell.centroid
    inside = centre if cell.contains(centre) else cell.representative_point()
    return inside.x, inside.y


def _in_reading_order(cells: Sequence[BaseGeometry]) -> list[BaseGeometry]:
    """North to south in bands, west to east within a band."""
    middles = [cell.centroid for cell in cells]
    top, bottom = max(m.y for m in middles), min(m.y for m in middles)
    bands = min(_BANDS, max(1, round(len(cells) ** 0.5)))
    height = (top - bottom) / bands or 1.0

    def key(pair: tuple[BaseGeometry, shapely.Point]) -> tuple[int, float]:
        return min(bands - 1, int((top - pair[1].y) / height)), pair[1].x

    return [cell for cell, _ in sorted(zip(cells, middles, strict=True), key=key)]
