"""Splitting, merging and redrawing grids: the surface stays whole, without gaps and without overlaps."""

from collections.abc import Mapping

import pytest
import shapely
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, box
from shapely.geometry.base import BaseGeometry

from linli.directory import recut
from linli.directory.partition import generator, invented_outline, partition
from linli.directory.plan_checks import next_codes
from linli.directory.recut import RecutError, square_metres

COMMUNITY = "500118001001"
OUTLINE = invented_outline((105.9, 29.35), 1.2, 4)
ONE, TWO, THREE = (f"{COMMUNITY}00{number}" for number in (1, 2, 3))
SIDE = 0.004
ROW = {
    code: box(105.9 + n * SIDE, 29.35, 105.9 + (n + 1) * SIDE, 29.35 + SIDE) for n, code in enumerate((ONE, TWO, THREE))
}


def codes(count: int) -> list[str]:
    return [f"{COMMUNITY}{number:03}" for number in range(1, count + 1)]


def gaps_and_overlaps(whole: BaseGeometry, cells: Mapping[str, BaseGeometry]) -> tuple[float, float]:
    """Square metres that no cell has, and that two have."""
    union = shapely.union_all(list(cells.values()))
    gaps = square_metres(recut.surface(whole.symmetric_difference(union)))
    doubled = sum(cell.area for cell in cells.values()) - union.area
    return gaps, doubled * square_metres(union) / union.area


def is_whole(whole: BaseGeometry, cells: Mapping[str, BaseGeometry]) -> bool:
    gaps, overlaps = gaps_and_overlaps(whole, cells)
    return gaps < 1 and abs(overlaps) < 1 and all(cell.is_valid and not cell.is_empty for cell in cells.values())


def chord(shape: BaseGeometry, seed: int) -> LineString:
    """A line right through the middle of a shape."""
    chance = generator(seed, "chord")
    middle, (west, south, east, north) = shape.representative_point(), shape.bounds
    reach = max(east - west, north - south) * 2
    x, y = chance.normal(size=2)
    long = (x * x + y * y) ** 0.5
    dx, dy = x / long * reach, y / long * reach
    return LineString([(middle.x - dx, middle.y - dy), (middle.x, middle.y), (middle.x + dx, middle.y + dy)])


partitions = st.tuples(st.integers(2, 12), st.integers(0, 5000)).map(
    lambda drawn: partition(OUTLINE, codes(drawn[0]), drawn[1])
)


@given(cells=partitions, which=st.integers(0, 11), seed=st.integers(0, 1000))
@settings(max_examples=60)
def test_splitting_and_merging_again_gives_the_same_surface(
    cells: Mapping[str, BaseGeometry], which: int, seed: int
) -> None:
    code = sorted(cells)[which % len(cells)]
    try:
        parts = recut.split(cells, code, chord(cells[code], seed), next_codes(COMMUNITY, cells))
    except RecutError as error:
        assume(error.code != "too_many_pieces")
        raise
    fresh = sorted(set(parts) - set(cells))
    assert fresh
    assert is_whole(OUTLINE, parts)
    assert is_whole(cells[code], {each: parts[each] for each in (code, *fresh)})
    merged = recut.merge(parts, code, fresh)
    assert set(merged) == set(cells)
    assert recut.same(merged[code], cells[code])
    assert is_whole(OUTLINE, merged)


@given(cells=partitions, which=st.integers(0, 11), seed=st.integers(0, 1000))
@settings(max_examples=40)
def test_what_is_cut_shares_its_corners_with_the_neighbours(
    cells: Mapping[str, BaseGeometry], which: int, seed: int
) -> None:
    code = sorted(cells)[which % len(cells)]
    parts = recut.split(cells, code, chord(cells[code], seed), next_codes(COMMUNITY, cells))
    made = shapely.union_all([parts[each].boundary for each in parts if each == code or each not in cells])
    for other in set(cells) - {code}:
        for corner in shapely.get_coordinates(parts[code]):
            point = shapely.Point(corner)
            if parts[other].boundary.distance(point) < 1e-10:
                assert made.distance(point) < 1e-10
                assert (abs(shapely.get_coordinates(parts[other]) - corner).max(axis=1) < 1e-9).any()


@given(cells=partitions, which=st.integers(0, 11), seed=st.integers(0, 1000), share=st.floats(0.2, 1.2))
@settings(max_examples=60)
def test_a_redrawn_grid_leaves_neither_gap_nor_overlap(
    cells: Mapping[str, BaseGeometry], which: int, seed: int, share: float
) -> None:
    code = sorted(cells)[which % len(cells)]
    middle = cells[code].representative_point()
    west, south, east, north = cells[code].bounds
    chance = generator(seed, "redraw")
    x, y = middle.x + chance.normal() * (east - west) / 6, middle.y + chance.normal() * (north - south) / 6
    radius = max(east - west, north - south) / 2 * share
    drawn = shapely.Point(x, y).buffer(radius, quad_segs=3)
    try:
        after = recut.redraw(cells, code, drawn, OUTLINE)
    except RecutError as error:
        assume(error.code not in ("swallows", "invalid_outline"))
        raise
    assert set(after) == set(cells)
    assert is_whole(OUTLINE, after)


@given(cells=partitions, chosen=st.lists(st.integers(0, 11), min_size=2, max_size=4, unique=True))
@settings(max_examples=40)
def test_merging_neighbours_keeps_the_surface(cells: Mapping[str, BaseGeometry], chosen: list[int]) -> None:
    keep, *others = dict.fromkeys(sorted(cells)[number % len(cells)] for number in chosen)
    assume(others)
    try:
        merged = recut.merge(cells, keep, others)
    except RecutError as error:
        assume(error.code != "not_neighbours")
        raise
    assert set(merged) == set(cells) - set(others)
    assert is_whole(OUTLINE, merged)


def test_a_line_that_stops_just_short_of_the_border_is_led_on_to_it() -> None:
    short = 3 / 111_320
    line = LineString([(105.902, 29.35 + short), (105.902, 29.35 + SIDE - short)])
    parts = recut.split(ROW, ONE, line, next_codes(COMMUNITY, ROW))
    assert sorted(parts) == [ONE, TWO, THREE, f"{COMMUNITY}004"]
    assert is_whole(ROW[ONE], {code: parts[code] for code in (ONE, f"{COMMUNITY}004")})


@pytest.mark.parametrize(
    "line",
    [[(105.901, 29.351), (105.903, 29.353)], [(105.95, 29.35), (105.95, 29.36)], [(105.90, 29.35), (105.90, 29.354)]],
)
def test_a_line_that_does_not_cut_is_refused(line: list[tuple[float, float]]) -> None:
    with pytest.raises(RecutError, match="line_does_not_cut"):
        recut.split(ROW, ONE, LineString(line), next_codes(COMMUNITY, ROW))


def test_grids_that_lie_apart_are_not_merged() -> None:
    with pytest.raises(RecutError, match="not_neighbours") as caught:
        recut.merge(ROW, ONE, [THREE])
    assert caught.value.grids == (ONE, THREE)
    assert set(recut.merge(ROW, ONE, [THREE, TWO])) == {ONE}


def test_the_neighbour_follows_a_border_that_is_moved() -> None:
    outline = box(105.9, 29.35, 105.9 + 3 * SIDE, 29.35 + SIDE)
    wider = recut.redraw(ROW, ONE, box(105.9, 29.35, 105.9 + SIDE * 1.5, 29.35 + SIDE), outline)
    assert is_whole(outline, wider)
    assert square_metres(wider[TWO]) == pytest.approx(square_metres(ROW[TWO]) / 2, rel=1e-6)
    narrower = recut.redraw(ROW, ONE, box(105.9, 29.35, 105.9 + SIDE / 2, 29.35 + SIDE), outline)
    assert is_whole(outline, narrower)
    assert square_metres(narrower[TWO]) == pytest.approx(square_metres(ROW[TWO]) * 1.5, rel=1e-6)
    with pytest.raises(RecutError, match="swallows"):
        recut.redraw(ROW, ONE, box(105.9, 29.35, 105.9 + SIDE * 2.1, 29.35 + SIDE), outline)


def test_corners_drawn_near_a_border_lie_on_it() -> None:
    outline, off = box(105.9, 29.35, 105.9 + 3 * SIDE, 29.35 + SIDE), 2 / 111_320
    drawn = box(105.9 + off, 29.35 + off, 105.9 + SIDE + off, 29.35 + SIDE - off)
    after = recut.redraw(ROW, ONE, drawn, outline)
    assert recut.same(after[ONE], ROW[ONE])
    assert is_whole(outline, after)


def test_a_missing_outline_is_cut_out_of_the_neighbours_and_the_community() -> None:
    known = {ONE: ROW[ONE], TWO: ROW[TWO]}
    outline = box(105.9, 29.35, 105.9 + 3 * SIDE, 29.35 + SIDE)
    after = recut.redraw(known, THREE, box(105.9 + 1.9 * SIDE, 29.34, 105.9 + 4 * SIDE, 29.36), outline)
    assert is_whole(outline, after)
    assert square_metres(after[TWO]) == pytest.approx(square_metres(ROW[TWO]) * 0.9, rel=1e-6)


def test_borders_that_differ_by_centimetres_become_one() -> None:
    off = 1e-7
    loose = {ONE: ROW[ONE], TWO: box(105.9 + SIDE + off, 29.35, 105.9 + 2 * SIDE, 29.35 + SIDE)}
    made = recut.fitted(loose)
    assert made[ONE].boundary.intersection(made[TWO].boundary).length == pytest.approx(SIDE)
    assert is_whole(box(105.9, 29.35, 105.9 + 2 * SIDE, 29.35 + SIDE), made)
    assert recut.merge(loose, ONE, [TWO])[ONE].geom_type == "Polygon"


def test_heirs_are_those_in_which_the_places_lie_now() -> None:
    parts = recut.split(ROW, ONE, LineString([(105.903, 29.3), (105.903, 29.4)]), next_codes(COMMUNITY, ROW))
    assert recut.heirs(ROW, parts) == {ONE: (ONE, f"{COMMUNITY}004"), TWO: (TWO,), THREE: (THREE,)}
    assert recut.heirs(ROW, recut.merge(ROW, TWO, [ONE])) == {ONE: (TWO,), TWO: (TWO,), THREE: (THREE,)}
    sliver = {**ROW, ONE: box(105.9, 29.35, 105.9 + SIDE * 0.995, 29.35 + SIDE)}
    sliver[TWO] = box(105.9 + SIDE * 0.995, 29.35, 105.9 + 2 * SIDE, 29.35 + SIDE)
    assert recut.heirs(ROW, sliver)[ONE] == (ONE,)
    assert recut.at((105.9001, 29.3501), parts) == ONE
    assert recut.at((105.9039, 29.3501), parts) == f"{COMMUNITY}004"
    assert recut.at((100.0, 29.0), parts) is None


def test_fresh_codes_go_on_from_the_last_ever_given() -> None:
    made = next_codes(COMMUNITY, [f"{COMMUNITY}007", f"{COMMUNITY}002", "500118001002009"])
    assert [next(made), next(made)] == [f"{COMMUNITY}008", f"{COMMUNITY}009"]
    with pytest.raises(ValueError, match="999"):
        next(next_codes(COMMUNITY, [f"{COMMUNITY}999"]))
