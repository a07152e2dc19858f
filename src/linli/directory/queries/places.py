"""From a pin or words to areas: candidates that a person confirms, never a silent decision."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import cos, radians
from typing import Any

import numpy as np
import shapely
from django.db.models import Count, F, FloatField, Max, Sum
from django.db.models.functions import Length
from shapely.geometry import Point, box

from linli.core.territory import AreaKind
from linli.directory.divisions import KIND_OF, short_name
from linli.directory.models import Boundary
from linli.directory.outlines import CHINA
from linli.directory.partition import generator, points_inside
from linli.directory.queries.steady import Freshness
from linli.directory.queries.territories import PerVersion, areas

NEAR_METRES = 150
"""A pin this close to a border also gives the neighbour: phones and datums are off by as much."""
_METRES_A_DEGREE = 111_320.0
_LONGEST_TEXT = 5000


class PointVerdict(StrEnum):
    """What a point is worth before it is used."""

    INSIDE = "inside"
    OUTSIDE_DISTRICT = "outside_district"
    OUTSIDE_MUNICIPALITY = "outside_municipality"
    SWAPPED = "swapped_coordinates"
    OUT_OF_RANGE = "out_of_range"
    NO_BOUNDARY = "no_boundary"


@dataclass(frozen=True, slots=True)
class Located:
    """An area that holds the pin (``metres`` 0) or lies near it. ``invented`` boundaries must be shown as such."""

    area: str
    kind: AreaKind
    invented: bool
    metres: int


@dataclass(frozen=True, slots=True)
class Found:
    """An area that the text names: by which words, and whether by its name as written or by a shortened one."""

    area: str
    kind: AreaKind
    name: str
    words: str
    exact: bool


@dataclass(frozen=True, slots=True)
class _Plane:
    """Boundaries of a district in metres around its middle, in a tree."""

    tree: shapely.STRtree
    shapes: Any
    codes: tuple[str, ...]
    invented: tuple[bool, ...]
    scale: tuple[float, float]


_planes = PerVersion()
_names = PerVersion()
_districts: dict[str, Any] = {}
_districts_fresh = Freshness()


def locate(longitude: float, latitude: float, district: str) -> tuple[Located, ...]:
    """Areas of the district at a point in WGS 84: those that hold it first (grid before community …), then near ones.

    Empty where the point lies outside, or no boundary is known.

    Raises:
        UnknownDistrictError: no such district.
    """
    plane = _planes.get(district, lambda _number: _read_plane(district))
    if plane is None:
        return ()
    point = Point(longitude * plane.scale[0], latitude * plane.scale[1])
    holding = set(plane.tree.query(point, predicate="intersects").tolist())
    near = plane.tree.query(point, predicate="dwithin", distance=NEAR_METRES).tolist()
    found = []
    for hit in near:
        metres = 0 if hit in holding else max(1, round(float(shapely.distance(plane.shapes[hit], point))))
        found.append(Located(plane.codes[hit], KIND_OF[len(plane.codes[hit])], plane.invented[hit], metres))
    return tuple(sorted(found, key=lambda f: (f.metres > 0, -f.kind.depth, f.metres, f.area)))


def judge_point(longitude: float, latitude: float, district: str) -> tuple[PointVerdict, str | None]:
    """Whether a point in WGS 84 may belong to the district, and the district in which it lies, if known.

    Swapped coordinates are told apart from places far away; nothing is exchanged silently.
    """
    if not box(*CHINA).contains(Point(longitude, latitude)):
        swapped = box(*CHINA).contains(Point(latitude, longitude))
        return (PointVerdict.SWAPPED if swapped else PointVerdict.OUT_OF_RANGE), None
    plane = _district_plane()
    if plane is None:
        return PointVerdict.NO_BOUNDARY, None
    point = Point(longitude * plane.scale[0], latitude * plane.scale[1])
    inside = [plane.codes[hit] for hit in plane.tree.query(point, predicate="intersects")]
    if district in inside:
        return PointVerdict.INSIDE, district
    if inside:
        return PointVerdict.OUTSIDE_DISTRICT, inside[0]
    known = {code[:2] for code in plane.codes if code != district}
    verdict = PointVerdict.OUTSIDE_MUNICIPALITY if known or district in plane.codes else PointVerdict.NO_BOUNDARY
    return verdict, None


def shape_of(area: str) -> tuple[dict[str, Any], bool] | None:
    """The boundary of an area as a GeoJSON geometry in WGS 84, and whether it was invented; None without one."""
    row = Boundary.objects.filter(area_code=area).first()
    if row is None:
        return None
    return shapely.geometry.mapping(shapely.from_wkb(bytes(row.shape))), row.invented


def bounded_areas(district: str) -> frozenset[str]:
    """Areas of the district that have a boundary, real or invented."""
    return frozenset(Boundary.objects.filter(district_code=district).values_list("area_code", flat=True))


def some_point(area: str, seed: int) -> tuple[float, float] | None:
    """A point inside the area's boundary (longitude, latitude), the same for the same seed; None without a boundary."""
    row = Boundary.objects.filter(area_code=area).first()
    if row is None:
        return None
    longitude, latitude = points_inside(shapely.from_wkb(bytes(row.shape)), 1, generator(seed, area))[0]
    return round(float(longitude), 6), round(float(latitude), 6)


def find_areas(text: str, district: str) -> tuple[Found, ...]:
    """Areas of the district that a text names by code, full name or short name.

    A community whose town is named too comes first, one of another town than the named one last; otherwise deeper
    areas come before wider, names as written before shortened.

    Raises:
        UnknownDistrictError: no such district.
    """
    by_name, longest = _names.get(district, lambda _number: _read_names(district))
    known = areas(district)
    found: dict[str, Found] = {}
    for words, exact in _named(text[:_LONGEST_TEXT], by_name, longest):
        for code in by_name[words][exact]:
            if code not in found:
                found[code] = Found(code, known[code].kind, known[code].name, words, exact)
    return tuple(sorted(found.values(), key=lambda f: _rank(f, found)))


def _rank(found: Found, all_found: Mapping[str, Found]) -> tuple[bool, bool, int, bool, str]:
    towns = [f.area for f in all_found.values() if f.exact and f.kind is AreaKind.TOWN]
    contradicted = bool(towns) and found.kind.depth >= AreaKind.TOWN.depth and found.area[:9] not in towns
    supported = any(code != found.area and found.area.startswith(code) for code in all_found)
    deep = found.kind.depth if supported or found.exact else -1
    return (contradicted, not supported, -deep, not found.exact, found.area)


def _named(text: str, by_name: Mapping[str, Any], longest: int) -> Iterator[tuple[str, bool]]:
    for start in range(len(text)):
        for length in range(min(longest, len(text) - start), 1, -1):
            words = text[start : start + length]
            if words in by_name:
                yield words, True
                yield words, False
                break


def _read_names(district: str) -> tuple[dict[str, dict[bool, list[str]]], int]:
    by_name: dict[str, dict[bool, list[str]]] = {}
    for area in areas(district).values():
        if area.kind not in (AreaKind.DISTRICT, AreaKind.TOWN, AreaKind.COMMUNITY):
            continue
        full = short_name(area.name)
        for words, exact in ((area.code, True), (area.name, True), (full, True), (_stem(full), False)):
            codes = by_name.setdefault(words, {True: [], False: []})
            if len(words) > 1 and area.code not in codes[True] + codes[False]:
                codes[exact].append(area.code)
    by_name = {words: codes for words, codes in by_name.items() if codes[True] or codes[False]}
    return by_name, max(map(len, by_name), default=0)


def _stem(name: str) -> str:
    for ending in ("街道", "社区", "镇", "乡", "村", "区", "县"):
        if name.endswith(ending) and len(name) - len(ending) >= 2:
            return name.removesuffix(ending)
    return name


def _read_plane(district: str) -> _Plane | None:
    return _plane(list(Boundary.objects.filter(district_code=district).order_by("area_code")))


def _district_plane() -> _Plane | None:
    """Outlines of all known districts. Most have no version of their own, so a summary of the rows is the key."""
    if not _districts_fresh.is_checked("plane"):
        rows = Boundary.objects.annotate(digits=Length("area_code")).filter(digits=6)
        corners = Sum(F("west") + F("south") * 3 + F("east") * 5 + F("north") * 7, output_field=FloatField())
        summary = rows.aggregate(count=Count("area_code"), newest=Max("effective_from"), corners=corners)
        if _districts.get("summary") != summary:
            _districts.update(plane=_plane(list(rows.order_by("area_code"))), summary=summary)
        _districts_fresh.note("plane")
    plane: _Plane | None = _districts["plane"]
    return plane


def _plane(rows: list[Boundary]) -> _Plane | None:
    if not rows:
        return None
    middle = sum(row.south + row.north for row in rows) / (2 * len(rows))
    scale = (_METRES_A_DEGREE * cos(radians(middle)), _METRES_A_DEGREE)
    shapes = shapely.transform(shapely.from_wkb([bytes(row.shape) for row in rows]), lambda c: c * np.array(scale))
    shapely.prepare(shapes)
    return _Plane(
        shapely.STRtree(shapes), shapes, tuple(r.area_code for r in rows), tuple(r.invented for r in rows), scale
    )
