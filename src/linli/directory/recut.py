"""Re-cutting the grids of one community: splitting, merging, redrawing. Geometry in degrees of WGS 84; no database.

Neighbours share exact edges: whatever changes a border takes all lines around it, cuts them at every crossing, and
builds the surfaces anew from the same pieces. What is smaller than :data:`SPECK` is rounding, never a place, and
goes to the neighbour with which it shares the longest border.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import cos, radians

import numpy as np
import shapely
from shapely.geometry import LineString, MultiPoint, MultiPolygon, Point, Polygon, box
from shapely.geometry.base import BaseGeometry

Shapes = Mapping[str, BaseGeometry]

SPECK = 1.0
"""Square metres: less is the rounding of coordinates."""
SNAP_METRES = 5.0
"""A corner drawn this close to an existing border is meant to lie on it."""
HEIR_SHARE = 0.01
"""An area that got at least this share of another's surface may be where its cases lie now."""
MOST_PIECES = 9
_HALVINGS = 40
_METRES_A_DEGREE = 111_320.0
_SAME_POINT = 1e-9
_CLOSE, _CORNER = 1e-6, 1e-5


class RecutError(ValueError):
    """A change that can't be made: ``code`` says why, ``grids`` which are concerned."""

    def __init__(self, code: str, *grids: str) -> None:
        super().__init__(code)
        self.code, self.grids = code, grids


def square_metres(shape: BaseGeometry) -> float:
    """The surface, on a plane that fits at the latitude of the shape."""
    if shape.is_empty:
        return 0.0
    _, south, _, north = shape.bounds
    return float(shape.area) * _METRES_A_DEGREE**2 * cos(radians((south + north) / 2))


def is_speck(shape: BaseGeometry) -> bool:
    """Whether a surface is only rounding: below a square metre, or a strip some centimetres wide."""
    return square_metres(shape) < SPECK or bool(shape.buffer(-_CLOSE / 2).is_empty)


def surface(shape: BaseGeometry) -> BaseGeometry:
    """Only the polygons of a shape; lines and points that an overlay leaves are dust."""
    if isinstance(shape, Polygon | MultiPolygon):
        return shape
    return shapely.union_all([part for part in shapely.get_parts(shape) if isinstance(part, Polygon | MultiPolygon)])


def polygons(shape: BaseGeometry) -> list[Polygon]:
    """The polygons of a shape, one by one."""
    return [part for part in shapely.get_parts(surface(shape)) if isinstance(part, Polygon) and not part.is_empty]


def same(one: BaseGeometry | None, other: BaseGeometry | None) -> bool:
    """Whether two outlines are the same but for rounding."""
    if one is None or other is None:
        return one is other
    if not (one.is_valid and other.is_valid):
        return bool(one.equals_exact(other, 0))
    return one.equals(other) or all(map(is_speck, polygons(one.symmetric_difference(other))))


def split(shapes: Shapes, code: str, line: LineString, fresh: Iterator[str]) -> dict[str, BaseGeometry]:
    """Cuts one area along a line; the largest piece keeps the code, the others get fresh ones, west to east.

    Neighbours get the corners where the line meets their border.

    Args:
        shapes: all areas of the community that have an outline.
        code: which one is cut.
        line: the cut; an end that stops just short of the border is led on to it.
        fresh: codes for the pieces.

    Raises:
        RecutError: ``line_does_not_cut`` or ``too_many_pieces``.
    """
    shape = shapes[code]
    line = _led_to_border(line, shape)
    untouched = [part for part in polygons(shape) if not part.crosses(line)]
    crossed = [part for part in polygons(shape) if part.crosses(line)]
    pieces = _without_specks([piece for part in crossed for piece in _pieces(part, line)])
    if len(pieces) < 1 + len(crossed) or not crossed:
        raise RecutError("line_does_not_cut", code)
    if len(pieces) > MOST_PIECES:
        raise RecutError("too_many_pieces", code)
    first, *others = sorted(pieces, key=lambda piece: -piece.area)
    made = {code: surface(shapely.union_all([first, *untouched]))}
    for piece in sorted(others, key=lambda piece: (piece.centroid.x, -piece.centroid.y)):
        made[next(fresh)] = piece
    corners = MultiPoint([corner for piece in pieces for corner in piece.exterior.coords])
    around = {other: _with_corners(shapes[other], corners) for other in _touching(shapes, code)}
    return {**shapes, **around, **made}


def halving_line(shape: BaseGeometry, *, north_south: bool) -> LineString:
    """A straight line from north to south, or from west to east, that halves the surface."""
    west, south, east, north = shape.bounds
    low, high = (west, east) if north_south else (south, north)
    start, half = low, shape.area / 2
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        part = box(west, south, middle, north) if north_south else box(west, south, east, middle)
        low, high = (middle, high) if shape.intersection(part).area < half else (low, middle)
    at, over = (low + high) / 2, max(north - south, east - west)
    assert at > start
    if north_south:
        return LineString([(at, south - over), (at, north + over)])
    return LineString([(west - over, at), (east + over, at)])


def merge(shapes: Shapes, keep: str, others: Sequence[str]) -> dict[str, BaseGeometry]:
    """Joins neighbours into one area, which keeps one of their codes. Areas without an outline just go.

    Raises:
        RecutError: ``not_neighbours``: one of them has no border in common with the rest.
    """
    waiting = [code for code in others if code in shapes]
    joined = fitted({code: shapes[code] for code in (keep, *waiting) if code in shapes})
    whole = joined.get(keep)
    while waiting:
        if whole is None:
            raise RecutError("not_neighbours", keep, *waiting)
        beside = next((code for code in waiting if _border(whole, joined[code]) > 0), None)
        if beside is None:
            raise RecutError("not_neighbours", keep, *waiting)
        whole = _closed(surface(whole.union(joined[beside])))
        waiting.remove(beside)
    gone = {keep, *others}
    left = {code: shape for code, shape in shapes.items() if code not in gone}
    return left if whole is None else {**left, keep: whole}


def redraw(shapes: Shapes, code: str, drawn: BaseGeometry, inside: BaseGeometry | None) -> dict[str, BaseGeometry]:
    """Gives one area a new outline; the neighbours follow, so that neither gap nor overlap is left.

    What the new outline takes is taken from the neighbours. What it gives up goes to the neighbour with the longest
    border on it, and stays where no neighbour has one. Corners near an existing border snap to it, and nothing leaves
    the community.

    Args:
        shapes: all areas of the community that have an outline.
        code: which one is drawn; it may have had none so far.
        drawn: its new outline.
        inside: the outline of the community, if it has one.

    Raises:
        RecutError: ``invalid_outline`` (nothing of it lies in the community), or ``swallows`` another area whole.
    """
    before = shapes.get(code)
    others = {other: shape for other, shape in shapes.items() if other != code}
    new = _snapped(drawn, [*others.values(), *([before] if before else []), *([inside] if inside else [])])
    if inside is not None:
        new = surface(new.intersection(inside))
    if is_speck(new):
        raise RecutError("invalid_outline", code)
    left = {other: surface(shape.difference(new)) for other, shape in others.items()}
    swallowed = tuple(other for other, shape in left.items() if is_speck(shape))
    if swallowed:
        raise RecutError("swallows", code, *swallowed)
    given_up = polygons(before.difference(new)) if before is not None else []
    for piece in given_up:
        heir = max(left, key=lambda other: _border(left[other], piece), default=None)
        if heir is not None and _border(left[heir], piece) > 0:
            left[heir] = surface(left[heir].union(piece))
        else:
            new = surface(new.union(piece))
    wanted = {code: new, **left}
    changed = shapely.union_all([new, *([before] if before is not None else [])])
    near = [other for other in wanted if wanted[other].intersects(changed)]
    return {**wanted, **fitted({other: wanted[other] for other in near})}


def fitted(shapes: Shapes) -> dict[str, BaseGeometry]:
    """The same areas, built anew from the same pieces of border, so that neighbours share every corner.

    Where several claim a place the first gets it.
    """
    prepared = list(_closer(shapes).items())
    lines = shapely.union_all([shape.boundary for _code, shape in prepared])
    faces = [face for face in shapely.get_parts(shapely.polygonize([lines])) if isinstance(face, Polygon)]
    for _code, shape in prepared:
        shapely.prepare(shape)
    mine: dict[str, list[Polygon]] = {code: [] for code in shapes}
    specks: list[Polygon] = []
    for face in faces:
        if is_speck(face):
            specks.append(face)
            continue
        point = face.representative_point()
        owner = next((code for code, shape in prepared if shape.contains(point)), None)
        if owner is not None:
            mine[owner].append(face)
    for speck in specks:
        near = max(mine, key=lambda code: sum(_border(face, speck) for face in mine[code]))
        if any(_border(face, speck) > 0 for face in mine[near]):
            mine[near].append(speck)
    return {code: surface(shapely.union_all(faces)) for code, faces in mine.items() if faces}


def _closer(shapes: Shapes) -> dict[str, BaseGeometry]:
    """Corners that differ by centimetres from those of an earlier shape become the same."""
    found: dict[str, BaseGeometry] = {}
    for code, shape in shapes.items():
        near = [other for other in found.values() if other.distance(shape) <= _CLOSE]
        moved = valid(shapely.snap(shape, shapely.union_all([n.boundary for n in near]), _CLOSE)) if near else shape
        found[code] = moved if not moved.is_empty else shape
    return found


def heirs(before: Shapes, after: Shapes) -> dict[str, tuple[str, ...]]:
    """For every area that had an outline: the areas in which its places lie now, the largest share first.

    A share below :data:`HEIR_SHARE` counts only where nothing larger is there.
    """
    found: dict[str, tuple[str, ...]] = {}
    for code, shape in before.items():
        shares = {other: _overlap(shape, then) / shape.area for other, then in after.items()}
        taken = sorted((other for other, share in shares.items() if share > 0), key=lambda other: -shares[other])
        large = tuple(other for other in taken if shares[other] >= HEIR_SHARE)
        found[code] = large or tuple(taken[:1])
    return found


def at(point: tuple[float, float], shapes: Shapes) -> str | None:
    """The area that holds a point (longitude, latitude); on a border the one with the smaller code."""
    here = Point(*point)
    return next((code for code in sorted(shapes) if shapes[code].intersects(here)), None)


def _overlap(one: BaseGeometry, other: BaseGeometry) -> float:
    return float(surface(one.intersection(other)).area) if one.intersects(other) else 0.0


def _border(one: BaseGeometry, other: BaseGeometry) -> float:
    """The length of the border in common, in degrees; lines that differ by centimetres count, a mere corner doesn't."""
    exact = float(one.boundary.intersection(other.boundary).length) if one.intersects(other) else 0.0
    if exact > 0 or one.distance(other) > _CLOSE:
        return exact
    beside = float(one.boundary.intersection(other.buffer(_CLOSE)).length)
    return beside if beside > _CORNER else 0.0


def _touching(shapes: Shapes, code: str) -> list[str]:
    return [other for other, shape in shapes.items() if other != code and shape.intersects(shapes[code])]


def _pieces(part: Polygon, line: LineString) -> list[Polygon]:
    faces = shapely.get_parts(shapely.polygonize([shapely.union_all([part.boundary, line])]))
    return [face for face in faces if part.contains(face.representative_point())]


def _without_specks(pieces: list[Polygon]) -> list[Polygon]:
    """Specks that a cut along the border leaves go to the piece beside them."""
    large = [piece for piece in pieces if not is_speck(piece)]
    for speck in (piece for piece in pieces if is_speck(piece)):
        beside = max(range(len(large)), key=lambda number: _border(large[number], speck), default=None)
        if beside is not None:
            joined = polygons(large[beside].union(speck))
            large[beside] = max(joined, key=lambda polygon: polygon.area)
    return large


def _led_to_border(line: LineString, shape: BaseGeometry) -> LineString:
    corners = [tuple(corner) for corner in line.coords]
    reach = SNAP_METRES / _METRES_A_DEGREE
    for end in (0, -1):
        tip = Point(corners[end])
        if shape.contains(tip) and shape.boundary.distance(tip) <= reach:
            goal = shapely.shortest_line(tip, shape.boundary).coords[1]
            beyond = tuple(g + (g - t) * 0.05 for g, t in zip(goal, corners[end], strict=True))
            corners.insert(len(corners) if end else 0, beyond)
    return LineString(corners)


def _with_corners(shape: BaseGeometry, corners: MultiPoint) -> BaseGeometry:
    """The same surface, with a corner wherever one of the given lies on its border."""
    near = [corner for corner in corners.geoms if shape.boundary.distance(corner) < _SAME_POINT]
    return surface(shapely.snap(shape, MultiPoint(near), _SAME_POINT)) if near else shape


def _snapped(drawn: BaseGeometry, to: Sequence[BaseGeometry]) -> BaseGeometry:
    if not to:
        return valid(drawn)
    borders = shapely.union_all([shape.boundary for shape in to])
    reach = SNAP_METRES / _METRES_A_DEGREE
    on_lines = shapely.transform(drawn, lambda corners: np.array([_onto(corner, borders, reach) for corner in corners]))
    return valid(shapely.snap(valid(on_lines), borders, reach))


def _onto(corner: Sequence[float], borders: BaseGeometry, reach: float) -> tuple[float, float]:
    """The corner itself, or the nearest place on a border close to it, preferring a border's own corner."""
    point = Point(corner[0], corner[1])
    if borders.distance(point) > reach:
        return float(corner[0]), float(corner[1])
    known = shapely.get_coordinates(borders.intersection(point.buffer(reach)))
    nearest = min(known, key=lambda place: (place[0] - point.x) ** 2 + (place[1] - point.y) ** 2, default=None)
    goal = shapely.shortest_line(point, borders).coords[1]
    if nearest is not None and _is_corner(nearest, borders) and Point(nearest).distance(point) <= reach:
        return float(nearest[0]), float(nearest[1])
    return float(goal[0]), float(goal[1])


def _is_corner(place: Iterable[float], borders: BaseGeometry) -> bool:
    return bool((np.abs(shapely.get_coordinates(borders) - np.array(list(place))).max(axis=1) < _SAME_POINT).any())


def valid(shape: BaseGeometry) -> BaseGeometry:
    """The polygons of the shape, mended where its line crosses itself."""
    return surface(shape if shape.is_valid else shapely.make_valid(shape))


def _closed(shape: BaseGeometry) -> BaseGeometry:
    """Without the specks that joining two borders may leave open inside."""
    kept = [
        Polygon(part.exterior, [ring for ring in part.interiors if not is_speck(Polygon(ring))])
        for part in polygons(shape)
        if not is_speck(part)
    ]
    return kept[0] if len(kept) == 1 else MultiPolygon(kept)
