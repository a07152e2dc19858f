"""What is found before a plan of grids is published, each from the smallest plan that has it."""

from dataclasses import replace

import pytest
from shapely.geometry import MultiPolygon, Polygon, box

from linli.directory.plan_checks import PlannedGrid, Severity, Surroundings, blocks, changes, judge

COMMUNITY = "500118001001"
WEST, EAST = box(105.9, 29.35, 105.904, 29.354), box(105.904, 29.35, 105.908, 29.354)
OUTLINE = box(105.9, 29.35, 105.908, 29.354)
ONE = PlannedGrid(f"{COMMUNITY}001", "东网格", WEST)
TWO = PlannedGrid(f"{COMMUNITY}002", "西网格", EAST)
AROUND = Surroundings(
    COMMUNITY, OUTLINE, (replace(ONE, name="旧名"), TWO), frozenset({ONE.code, TWO.code, f"{COMMUNITY}009"}), {}
)


def found(*plan: PlannedGrid, around: Surroundings = AROUND) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(f.code, f.severity.value, tuple(code[-3:] for code in f.grids)) for f in judge(plan, around)]


def test_a_sound_plan_has_no_findings() -> None:
    assert found(ONE, TWO) == []


@pytest.mark.parametrize(
    ("plan", "expected"),
    [
        ((ONE, replace(TWO, shape=box(105.903, 29.35, 105.908, 29.354))), [("overlap", "error", ("001", "002"))]),
        ((ONE, replace(TWO, shape=box(105.905, 29.35, 105.908, 29.354))), [("hole", "error", ())]),
        ((ONE, replace(TWO, shape=box(105.904, 29.35, 105.909, 29.354))), [("outside", "error", ("002",))]),
        ((ONE, replace(TWO, shape=None)), [("hole", "warning", ()), ("no_outline", "warning", ("002",))]),
        ((ONE, replace(TWO, name=" ")), [("name_missing", "error", ("002",))]),
        ((ONE, replace(TWO, name=ONE.name)), [("name_twice", "error", ("001", "002"))]),
        ((ONE, replace(TWO, code="500118001002002")), [("code_wrong", "error", ("002",))]),
        ((ONE, replace(TWO, code=f"{COMMUNITY}9")), [("code_wrong", "error", ("019",))]),
        ((ONE, replace(TWO, code=f"{COMMUNITY}009")), [("code_taken", "error", ("009",))]),
        ((replace(ONE, name="旧名"), TWO), [("nothing_changed", "error", ())]),
    ],
)
def test_it_names_what_is_wrong(
    plan: tuple[PlannedGrid, ...], expected: list[tuple[str, str, tuple[str, ...]]]
) -> None:
    assert found(*plan) == expected


def test_it_says_how_large_and_where() -> None:
    (overlap,) = judge((ONE, replace(TWO, shape=box(105.903, 29.35, 105.908, 29.354))), AROUND)
    assert overlap.square_metres == pytest.approx(0.001 * 0.004 * 111_320**2 * 0.8717, rel=1e-3)
    assert overlap.at is not None
    assert 105.903 < overlap.at[0] < 105.904
    assert overlap.shape is not None


def test_an_outline_that_crosses_itself_is_no_surface() -> None:
    bow = Polygon([(105.904, 29.35), (105.908, 29.354), (105.908, 29.35), (105.904, 29.354)])
    assert ("invalid_outline", "error", ("002",)) in found(ONE, replace(TWO, shape=bow))


def test_borders_that_differ_by_millimetres_are_no_finding() -> None:
    assert found(ONE, replace(TWO, shape=box(105.904 + 1e-8, 29.35, 105.908 + 1e-8, 29.354))) == []


def test_a_tiny_piece_apart_is_a_note() -> None:
    speck = box(105.9, 29.35, 105.9001, 29.3501)
    whole = MultiPolygon([EAST, speck])
    assert ("sliver", "warning", ("002",)) in found(
        replace(ONE, shape=WEST.difference(speck)), replace(TWO, shape=whole)
    )


def test_a_community_without_an_outline_is_noted() -> None:
    around = replace(AROUND, outline=None)
    assert found(ONE, TWO, around=around) == [("community_without_outline", "warning", ())]
    assert not blocks(judge((ONE, TWO), around))


def test_a_grid_that_units_serve_cannot_go_and_one_must_stay() -> None:
    around = replace(AROUND, units={TWO.code: ("a.team",)})
    gone = replace(TWO, retired=True, shape=None)
    whole = replace(ONE, shape=OUTLINE)
    assert found(whole, gone) == []
    (finding,) = judge((whole, gone), around)
    assert (finding.code, finding.units, finding.severity) == ("unit_without_area", ("a.team",), Severity.ERROR)
    assert ("none_left", "error", ()) in found(replace(ONE, retired=True, shape=None), gone)


def test_it_tells_apart_what_changes() -> None:
    three = PlannedGrid(f"{COMMUNITY}003", "新", WEST)
    plan = (
        replace(ONE, retired=True),
        replace(TWO, name="改", shape=WEST),
        three,
        replace(three, code="x", retired=True),
    )
    assert [(c.kind, c.after.code[-3:]) for c in changes(plan, (ONE, TWO))] == [
        ("retired", "001"), ("redrawn_and_renamed", "002"), ("new", "003"),
    ]  # fmt: skip
