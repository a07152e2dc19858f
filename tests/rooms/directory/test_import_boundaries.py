"""``linli import areas`` on boundary files, and what a pin finds in them."""

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from linli.directory import actions, queries
from linli.directory.datum import Datum, point_to_wgs84
from linli.directory.encoding import UnreadableFileError
from linli.directory.models import Boundary, District
from linli.directory.outlines import is_geojson, read_features
from linli.directory.queries import PointVerdict

Write = Callable[..., Path]
Coordinates = list[tuple[float, float]]
pytestmark = pytest.mark.django_db
SQUARE: Coordinates = [(105.8, 29.2), (106.0, 29.2), (106.0, 29.4), (105.8, 29.4), (105.8, 29.2)]
WEST: Coordinates = [(105.8, 29.2), (105.9, 29.2), (105.9, 29.4), (105.8, 29.4), (105.8, 29.2)]
EAST: Coordinates = [(105.9, 29.2), (106.0, 29.2), (106.0, 29.4), (105.9, 29.4), (105.9, 29.2)]


@pytest.fixture
def small(write: Write, now: datetime, small_rows: list[str]) -> None:
    actions.import_areas(write(small_rows), now=now)
    District.objects.create(code="500118", short_code="118", name_zh="永川区", name_en="Yongchuan", version=0)


def feature(code: str, ring: Coordinates, kind: str = "Polygon") -> dict[str, Any]:
    geometry = {"type": kind, "coordinates": [ring] if kind == "Polygon" else ring}
    return {"type": "Feature", "properties": {"code": code}, "geometry": geometry}


def geojson(write: Write, *features: object, name: str = "b.geojson") -> Path:
    return write(json.dumps({"type": "FeatureCollection", "features": features}).encode(), name)


def test_it_reads_the_real_districts_as_gcj02_and_converts_them(shared_data: Path, now: datetime) -> None:
    actions.import_areas(shared_data / "admin_divisions_chongqing" / "divisions.csv", now=now)
    path = shared_data / "boundaries_chongqing" / "districts.geojson"
    report = actions.import_boundaries(path, datum=Datum.GCJ02, now=now)
    assert (report.new, report.bad) == (38, [])
    assert actions.import_boundaries(path, datum=Datum.GCJ02, now=now).unchanged == 38
    raw = next(f for f in json.loads(path.read_text())["features"] if f["properties"]["code"] == "500118")
    middle = point_to_wgs84(*raw["properties"]["centroid"], Datum.GCJ02)
    assert queries.judge_point(*middle, "500118") == (PointVerdict.INSIDE, "500118")
    assert queries.judge_point(*middle, "500101") == (PointVerdict.OUTSIDE_DISTRICT, "500118")
    assert queries.judge_point(middle[1], middle[0], "500118") == (PointVerdict.SWAPPED, None)
    assert queries.judge_point(116.4, 39.9, "500118") == (PointVerdict.OUTSIDE_MUNICIPALITY, None)
    assert queries.judge_point(2.3, 48.9, "500118") == (PointVerdict.OUT_OF_RANGE, None)


@pytest.mark.parametrize(
    ("bad", "code", "words"),
    [
        (feature("500118118", [(y, x) for x, y in EAST]), "swapped_coordinates", "exchange them"),
        (feature("500118118", [(x * 111_320, y * 111_320) for x, y in EAST]), "out_of_range", "not metres"),
        (feature("500118118", [EAST[i] for i in (0, 2, 1, 3, 0)]), "invalid_geometry", "draw it again"),
        (feature("500118118", EAST[:2]), "invalid_geometry", "draw it again"),
        (feature("500118118", [(x + 2, y) for x, y in EAST]), "outside_parent", "lies outside its parent 500118"),
        (feature("500118118200", [(x + 2, y) for x, y in EAST]), "outside_parent", "area 500118, which contains it"),
        (feature("500199", EAST), "unknown_area", "import the divisions first"),
        (feature("500118001", EAST), "duplicate_code", "keep one"),
        (feature("", EAST), "no_code", "add the area's division code"),
        (feature("500118118", EAST, "LineString"), "no_polygon", "draw its outline"),
        ({"type": "Feature", "properties": {"code": "500118118"}, "geometry": None}, "no_polygon", "draw its outline"),
        ({"type": "Feature", "properties": None}, "no_code", "add the area's division code"),
        ("text", "no_code", "add the area's division code"),
    ],
)
@pytest.mark.usefixtures("small")
def test_it_refuses_a_bad_feature_with_number_and_reason_and_keeps_the_others(
    write: Write, now: datetime, bad: object, code: str, words: str
) -> None:
    actions.import_boundaries(geojson(write, feature("500118", SQUARE)), datum=Datum.WGS84, now=now)
    path = geojson(write, feature("500118001", WEST), bad)
    report = actions.import_boundaries(path, datum=Datum.WGS84, now=now)
    assert [(row.line, row.code) for row in report.bad] == [(2, code)]
    assert words in report.bad[0].reason
    assert report.new == 1
    assert report.error_file is not None
    given_back = json.loads(report.error_file.read_text())["features"]
    assert [f["properties"]["linli_line"] for f in given_back] == [2]


@pytest.mark.usefixtures("small")
def test_a_slight_fault_is_repaired_and_named(write: Write, now: datetime) -> None:
    spike: Coordinates = [*SQUARE[:2], (106.0, 29.41), (106.0, 29.3), *SQUARE[2:]]
    path = geojson(write, feature("500118", spike))
    report = actions.import_boundaries(path, datum=Datum.WGS84, now=now)
    assert report.ok
    assert "repaired" in report.notes[0]


@pytest.mark.usefixtures("small")
def test_a_dry_run_writes_no_boundary(write: Write, now: datetime) -> None:
    path = geojson(write, feature("500118", SQUARE), feature("500199", EAST))
    report = actions.import_boundaries(path, datum=Datum.WGS84, now=now, dry_run=True)
    assert (report.new, len(report.bad), report.error_file) == (1, 1, None)
    assert not Boundary.objects.exists()


@pytest.mark.parametrize(
    "content", [b"{", b'{"type": "FeatureCollection", "features": []}', b"[1]", b'{"type": "Topology"}']
)
def test_a_file_that_is_no_geojson_is_refused_as_a_whole(write: Write, now: datetime, content: bytes) -> None:
    with pytest.raises(UnreadableFileError, match="GeoJSON"):
        actions.import_boundaries(write(content, "x.geojson"), datum=Datum.WGS84, now=now)


@pytest.mark.usefixtures("small")
def test_a_pin_gives_the_deepest_area_first_and_the_neighbour_when_it_is_near_the_border(
    write: Write, now: datetime
) -> None:
    path = geojson(write, feature("500118", SQUARE), feature("500118001", WEST), feature("500118118", EAST))
    actions.import_boundaries(path, datum=Datum.WGS84, now=now)
    assert [f.area for f in queries.locate(105.85, 29.3, "500118")] == ["500118001", "500118"]
    near = queries.locate(105.9005, 29.3, "500118")
    assert [(f.area, f.metres) for f in near[:2]] == [("500118118", 0), ("500118", 0)]
    assert near[2].area == "500118001"
    assert near[2].metres == pytest.approx(49, abs=2)
    assert queries.locate(105.0, 29.3, "500118") == ()


@pytest.mark.usefixtures("small")
def test_a_pin_without_any_boundary_gives_no_candidate() -> None:
    assert queries.locate(105.85, 29.3, "500118") == ()


@pytest.mark.usefixtures("small")
def test_a_new_boundary_is_seen_at_once(write: Write, now: datetime) -> None:
    assert queries.locate(105.85, 29.3, "500118") == ()
    actions.import_boundaries(geojson(write, feature("500118", SQUARE)), datum=Datum.WGS84, now=now)
    assert [f.area for f in queries.locate(105.85, 29.3, "500118")] == ["500118"]


@pytest.mark.usefixtures("small")
def test_words_name_areas_and_the_town_named_beside_decides_between_equal_names() -> None:
    both = queries.find_areas("三星村的路灯坏了", "500118")
    assert {f.area for f in both} == {"500118001200", "500118118200"}
    assert queries.find_areas("朱沱镇三星村的路灯坏了", "500118")[0].area == "500118118200"
    assert queries.find_areas("中山路街道三星村村民委员会", "500118")[0].area == "500118001200"
    assert queries.find_areas("朱沱那边", "500118")[0].area == "500118118"
    assert queries.find_areas("别处", "500118") == ()


@pytest.mark.usefixtures("small")
def test_a_community_of_another_town_than_the_named_one_comes_last() -> None:
    found = queries.find_areas("朱沱镇中山路社区", "500118")
    assert [f.area for f in found] == ["500118118", "500118001001"]


@pytest.mark.usefixtures("small")
def test_it_refuses_an_outline_in_another_province_where_nothing_above_has_one(write: Write, now: datetime) -> None:
    beijing = [(x + 10.5, y + 10.7) for x, y in EAST]
    report = actions.import_boundaries(geojson(write, feature("500118001", beijing)), datum=Datum.WGS84, now=now)

    assert [row.code for row in report.bad] == ["outside_province"]
    assert "import the outline of the district first" in report.bad[0].reason
    assert not Boundary.objects.exists()


@pytest.mark.usefixtures("small")
def test_it_goes_by_an_outline_of_the_same_file(write: Write, now: datetime) -> None:
    path = geojson(write, feature("500118", WEST), feature("500118001", [(x + 1, y) for x, y in EAST]))
    report = actions.import_boundaries(path, datum=Datum.WGS84, now=now)

    assert [(row.line, row.code) for row in report.bad] == [(2, "outside_parent")]


def test_a_geojson_that_holds_a_list_is_told_what_it_must_hold(write: Write) -> None:
    path = write(b'[{"type": "Feature"}]', "b.geojson")

    assert is_geojson(path)
    with pytest.raises(UnreadableFileError, match="FeatureCollection"):
        read_features(path)
