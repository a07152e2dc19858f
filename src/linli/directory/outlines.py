"""Judging the features of a boundary file: code, shape, place. No database; what is known comes in."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import shapely
from shapely.errors import ShapelyError
from shapely.geometry import MultiPolygon, Polygon, box, shape
from shapely.geometry.base import BaseGeometry

from linli.directory.datum import Datum, geometry_to_wgs84
from linli.directory.encoding import Note, UnreadableFileError, detect
from linli.directory.tables import RowError

CHINA = (73.0, 3.0, 136.0, 54.0)
"""West, south, east, north in degrees: the plausible range of any coordinate here."""
PROVINCES: Mapping[str, tuple[float, float, float, float]] = {
    "11": (115.4, 39.4, 117.6, 41.1), "12": (116.7, 38.5, 118.1, 40.3), "13": (113.4, 36.0, 119.9, 42.7),
    "14": (110.2, 34.5, 114.6, 40.8), "15": (97.1, 37.4, 126.1, 53.4), "21": (118.8, 38.7, 125.8, 43.5),
    "22": (121.6, 40.8, 131.4, 46.4), "23": (121.1, 43.4, 135.2, 53.6), "31": (120.8, 30.6, 122.3, 31.9),
    "32": (116.3, 30.7, 122.0, 35.2), "33": (118.0, 27.0, 123.2, 31.2), "34": (114.8, 29.3, 119.7, 34.7),
    "35": (115.8, 23.5, 120.8, 28.4), "36": (113.5, 24.4, 118.5, 30.1), "37": (114.7, 34.3, 122.8, 38.5),
    "41": (110.3, 31.3, 116.7, 36.4), "42": (108.3, 29.0, 116.2, 33.3), "43": (108.7, 24.6, 114.3, 30.2),
    "44": (109.6, 20.1, 117.4, 25.6), "45": (104.4, 20.8, 112.1, 26.4), "46": (107.9, 3.3, 118.0, 20.3),
    "50": (105.2, 28.1, 110.3, 32.3), "51": (97.3, 26.0, 108.6, 34.4), "52": (103.6, 24.6, 109.6, 29.3),
    "53": (97.5, 21.1, 106.2, 29.3), "54": (78.3, 26.8, 99.2, 36.6), "61": (105.4, 31.7, 111.3, 39.6),
    "62": (92.2, 32.5, 108.8, 42.9), "63": (89.4, 31.5, 103.1, 39.3), "64": (104.2, 35.2, 107.7, 39.4),
    "65": (73.4, 34.3, 96.5, 49.2), "71": (119.2, 21.8, 122.1, 25.4), "81": (113.8, 22.1, 114.5, 22.6),
    "82": (113.5, 22.0, 113.7, 22.3),
}  # fmt: skip
"""West, south, east, north of each province by the first two digits of a code, roughly: they tell a wrong province."""
ROUGHLY = 0.3
"""Degrees by which a province may be larger than it is listed."""
_MAY_CHANGE = 0.01
_CODE_NAMES = ("code", "adcode", "区划代码")


@dataclass(frozen=True, slots=True)
class Outline:
    """One judged boundary in WGS 84; ``note`` says what was repaired."""

    number: int
    code: str
    shape: BaseGeometry
    note: str = ""


@dataclass(frozen=True, slots=True)
class BadOutline:
    """One refused feature: its number in the file (from 1), the reason and the feature as it stood."""

    number: int
    code: str
    reason: str
    feature: Any


def is_geojson(path: Path) -> bool:
    """Whether the file is meant as GeoJSON, by its beginning and name."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        head = file.read(4096).lstrip(b"\xef\xbb\xbf \t\r\n")
    named = path.suffix.lower() in (".geojson", ".json")
    return named if head.startswith(b"[") else head.startswith(b"{") and (named or b"Feature" in head)


def read_features(path: Path) -> list[Any]:
    """The features of a GeoJSON file.

    Raises:
        UnreadableFileError: no JSON, or neither a Feature nor a FeatureCollection.
    """
    encoding = detect(path)
    try:
        made = json.loads(path.read_text(encoding=encoding.codec))
    except (ValueError, RecursionError) as error:
        raise UnreadableFileError(
            "bad_json", f"{path.name} is no JSON ({error}); export it again as GeoJSON"
        ) from error
    kind = made.get("type") if isinstance(made, dict) else None
    features = made.get("features") if kind == "FeatureCollection" else [made] if kind == "Feature" else None
    if not isinstance(features, list) or not features:
        words = f"{path.name} holds no features: it must be a GeoJSON FeatureCollection with polygons"
        raise UnreadableFileError("no_features", words)
    return features


def judge(
    features: list[Any], datum: Datum, parents: Mapping[str, str | None], boxes: Mapping[str, tuple[float, ...]]
) -> Iterator[Outline | BadOutline]:
    """Judges each feature.

    Args:
        features: GeoJSON features whose ``properties.code`` names an area.
        datum: what the coordinates mean.
        parents: known areas with the area that contains each.
        boxes: bounding boxes (west, south, east, north, WGS 84) of boundaries already known.
    """
    seen: dict[str, int] = {}
    known = dict(boxes)
    for number, feature in enumerate(features, 1):
        try:
            code = _code(feature, parents)
            if code in seen:
                raise RowError(
                    "duplicate_code", f"area {code} has a boundary in feature {seen[code]} already; keep one"
                )
            outline = _outline(number, code, feature.get("geometry"), datum)
            _require_inside(outline, parents, known)
            seen[code] = number
            known[code] = outline.shape.bounds
            yield outline
        except RowError as error:
            yield BadOutline(number, error.code, error.reason, feature)


def _code(feature: Any, parents: Mapping[str, str | None]) -> str:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    found = next((str(properties[name]) for name in _CODE_NAMES if properties.get(name)), "") if properties else ""
    if not found:
        raise RowError("no_code", "the feature has no property code; add the area's division code")
    if found not in parents:
        raise RowError("unknown_area", f"area {found[:40]} is not known; import the divisions first, or correct code")
    return found


def _outline(number: int, code: str, geometry: Any, datum: Datum) -> Outline:
    if not isinstance(geometry, dict) or geometry.get("type") not in ("Polygon", "MultiPolygon"):
        raise RowError("no_polygon", f"area {code} has no Polygon or MultiPolygon; draw its outline as one")
    try:
        made = shape(geometry)
        inside = [float(part) for part in made.bounds]
    except (ShapelyError, ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
        words = f"area {code}: the coordinates can't be read ({error}); draw it again"
        raise RowError("invalid_geometry", words) from error
    if made.is_empty or not all(-1e9 < part < 1e9 for part in inside):
        raise RowError("invalid_geometry", f"area {code}: the shape is empty or not finite; draw it again")
    _require_plausible(code, made)
    made = shapely.force_2d(geometry_to_wgs84(made, datum))
    return _valid(number, code, made)


def _require_plausible(code: str, made: BaseGeometry) -> None:
    west, south, east, north = made.bounds
    if box(*CHINA).contains(box(west, south, east, north)):
        return
    if box(*CHINA).contains(box(south, west, north, east)):
        words = f"area {code}: latitude and longitude look exchanged ({west:.4f}, {south:.4f})"
        raise RowError("swapped_coordinates", f"{words}; GeoJSON wants [longitude, latitude]: exchange them")
    words = f"area {code}: ({west:.4f}, {south:.4f}) to ({east:.4f}, {north:.4f}) lies outside China"
    raise RowError("out_of_range", f"{words}; degrees are wanted (longitude 73 to 136, latitude 3 to 54), not metres")


def _valid(number: int, code: str, made: BaseGeometry) -> Outline:
    if made.is_valid:
        if made.area <= 0:
            raise RowError("invalid_geometry", f"area {code}: the shape has no surface; draw it again")
        return Outline(number, code, made)
    why = shapely.is_valid_reason(made)
    parts = [part for part in shapely.get_parts(shapely.make_valid(made)) if isinstance(part, Polygon | MultiPolygon)]
    repaired = shapely.union_all(parts)
    change = abs(repaired.area - made.area) / repaired.area if repaired.area else 1.0
    if change >= _MAY_CHANGE:
        words = f"area {code} is no valid polygon ({why}); a repair would change its surface by {change:.0%}"
        raise RowError("invalid_geometry", f"{words}: draw it again")
    words = "feature {number}, area {area}: repaired ({why}); its surface changed by {change}"
    note = Note("repaired", words, number=number, area=code, why=why, change=f"{change:.2%}")
    return Outline(number, code, repaired, note)


def _require_inside(
    outline: Outline, parents: Mapping[str, str | None], boxes: Mapping[str, tuple[float, ...]]
) -> None:
    """Within the nearest area above that has an outline; where none has, roughly within the province."""
    middle = outline.shape.representative_point()
    here = f"area {outline.code} at ({middle.x:.4f}, {middle.y:.4f})"
    above = parents[outline.code]
    while above is not None and above not in boxes:
        above = parents.get(above)
    if above is not None:
        if not _holds(boxes[above], middle.x, middle.y):
            whose = f"its parent {above}" if above == parents[outline.code] else f"area {above}, which contains it"
            raise RowError("outside_parent", f"{here} lies outside {whose}; check code, coordinates and --datum")
        return
    province = PROVINCES.get(outline.code[:2])
    if province is not None and not _holds(province, middle.x, middle.y, ROUGHLY):
        words = f"{here} lies outside the province {outline.code[:2]} of its code; check code and coordinates"
        raise RowError("outside_province", f"{words}, and import the outline of the district first")


def _holds(bounds: tuple[float, ...], x: float, y: float, margin: float = 0.0) -> bool:
    west, south, east, north = bounds
    return west - margin <= x <= east + margin and south - margin <= y <= north + margin
