"""``linli district outline``: invented cells that fill their parent exactly."""

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import MultiPolygon, Polygon, box
from shapely.geometry.base import BaseGeometry

from linli.core.territory import AreaKind
from linli.directory import actions, queries
from linli.directory.datum import Datum
from linli.directory.models import Boundary
from linli.directory.partition import invented_outline, partition

Write = Callable[..., Path]
EXACT = 1e-9


def fills(parent: BaseGeometry, cells: Mapping[str, BaseGeometry]) -> bool:
    shapes = list(cells.values())
    union = shapely.union_all(shapes)
    overlaps = sum(shape.area for shape in shapes) - union.area
    gaps = parent.symmetric_difference(union).area
    return abs(overlaps) < EXACT and gaps < EXACT and all(shape.is_valid and shape.area > 0 for shape in shapes)


OUTLINES = {
    "square": box(105.8, 29.2, 106.0, 29.4),
    "concave": Polygon([(106, 29), (107, 29), (107, 30), (106.9, 29.1), (106.1, 29.1), (106, 30)]),
    "two islands": MultiPolygon([box(106, 29, 106.2, 29.2), box(106.5, 29, 106.9, 29.4)]),
    "with a hole": Polygon(box(106, 29, 107, 30).exterior, [box(106.4, 29.4, 106.6, 29.6).exterior]),
    "blob": invented_outline((106.5, 29.6), 1500, 3),
}


@pytest.mark.parametrize("name", OUTLINES)
@given(count=st.integers(1, 30), seed=st.integers(0, 10_000))
@settings(max_examples=15, deadline=None)
def test_cells_fill_their_parent_without_gap_or_overlap(name: str, count: int, seed: int) -> None:
    cells = partition(OUTLINES[name], [f"c{i:02}" for i in range(count)], seed)
    assert len(cells) == count
    assert fills(OUTLINES[name], cells)


def test_the_same_seed_gives_the_same_cells_and_another_seed_others() -> None:
    codes = ["a", "b", "c", "d"]
    one, same, other = (partition(OUTLINES["blob"], codes, seed) for seed in (1, 1, 2))
    assert {code: cell.wkb for code, cell in one.items()} == {code: cell.wkb for code, cell in same.items()}
    assert one["a"].wkb != other["a"].wkb


def test_an_invented_outline_has_the_surface_asked_for() -> None:
    shape = invented_outline((106.5, 29.6), 1500, 0)
    degree = 111.32
    square_km = shape.area * degree * degree * 0.8695
    assert square_km == pytest.approx(1500, rel=0.01)


@pytest.fixture
def _yongchuan(db: None, write: Write, now: datetime, small_rows: list[str]) -> None:
    actions.import_areas(write(small_rows), now=now)
    actions.set_up_district("500118", now=now)


def shapes() -> dict[str, BaseGeometry]:
    return {row.area_code: shapely.from_wkb(bytes(row.shape)) for row in Boundary.objects.all()}


@pytest.mark.usefixtures("_yongchuan")
def test_every_level_fills_the_one_above_and_is_marked_as_invented(now: datetime) -> None:
    made = actions.invent_boundaries("500118", now=now)
    assert made.outline_invented
    found = shapes()
    assert set(found) == {a.code for a in queries.areas("500118").values() if a.kind.depth >= AreaKind.DISTRICT.depth}
    for code in found:
        below = {c: shape for c, shape in found.items() if queries.areas("500118")[c].parent == code}
        assert not below or fills(found[code], below)
    assert not Boundary.objects.filter(invented=False).exists()
    assert actions.invent_boundaries("500118", now=now).new == 0


@pytest.mark.usefixtures("_yongchuan")
def test_every_pin_in_the_district_finds_its_grid_and_says_that_it_is_invented(now: datetime) -> None:
    actions.invent_boundaries("500118", now=now)
    for area in queries.areas("500118").values():
        if area.kind is not AreaKind.GRID:
            continue
        for seed in range(3):
            point = queries.some_point(area.code, seed)
            assert point is not None
            found = [f for f in queries.locate(*point, "500118") if f.metres == 0]
            assert found[0].area == area.code
            assert [f.kind for f in found] == [AreaKind.GRID, AreaKind.COMMUNITY, AreaKind.TOWN, AreaKind.DISTRICT]
            assert all(f.invented for f in found)


@pytest.mark.usefixtures("_yongchuan")
def test_real_boundaries_are_kept_and_what_is_left_is_shared_out(write: Write, now: datetime) -> None:
    square, west = OUTLINES["square"], box(105.8, 29.2, 105.85, 29.4)
    features = [
        f'{{"type":"Feature","properties":{{"code":"{code}"}},"geometry":{shapely.to_geojson(shape)}}}'
        for code, shape in (("500118", square), ("500118001", west))
    ]
    content = f'{{"type":"FeatureCollection","features":[{",".join(features)}]}}'.encode()
    actions.import_boundaries(write(content, "b.geojson"), datum=Datum.WGS84, now=now)
    made = actions.invent_boundaries("500118", now=now)
    assert (made.real, made.outline_invented) == (2, False)
    found = shapes()
    assert found["500118001"].equals(west)
    assert fills(square, {code: found[code] for code in ("500118001", "500118118")})


def test_an_unknown_district_gets_no_outline(db: None, now: datetime) -> None:
    with pytest.raises(queries.UnknownDistrictError):
        actions.invent_boundaries("500118", now=now)


@pytest.mark.usefixtures("db")
def test_the_real_district_is_filled_down_to_its_grids(shared_data: Path, now: datetime) -> None:
    actions.import_areas(shared_data / "admin_divisions_chongqing" / "divisions.csv", now=now)
    path = shared_data / "boundaries_chongqing" / "districts.geojson"
    actions.import_boundaries(path, datum=Datum.GCJ02, now=now)
    actions.set_up_district("500118", now=now)
    made = actions.invent_boundaries("500118", now=now)
    assert (made.real, made.outline_invented) == (1, False)
    found = shapes()
    grids = {code: shape for code, shape in found.items() if len(code) == 15}
    assert fills(found["500118"], grids)
