"""Every row of the benches runs, at a size at which its figures mean nothing, and gives the figures it promises."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.__main__ import ASKED_FOR, ROWS, lines, row
from bench.databases import Place
from bench.plan import Plan, meets
from linli.site import embedded

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def plan() -> Iterator[Plan]:
    """A server of its own, because one row stops it."""
    place = Place(ROOT / "var" / "bench-test")
    tiny = Plan(place, small=150, large=250, seconds=0.2, rounds=1, clients=(1, 2), entries=600, rows=60)
    with tiny.until:
        yield tiny
    if place.is_embedded:
        embedded.stop(place.folder)


@pytest.mark.slow
@pytest.mark.parametrize("name", [*ROWS, *ASKED_FOR])
def test_it_measures_every_figure_that_has_a_goal(plan: Plan, name: str) -> None:
    measured = row(name)
    figures = measured.run(plan)
    at_these_sizes = {key for key in measured.goals if not key.startswith("growth_1")}
    assert at_these_sizes <= set(figures)
    assert all(isinstance(figures[key], int | float) and figures[key] is not None for key in at_these_sizes)
    assert len(lines(measured, dict(figures))) == len(figures)


def test_it_knows_a_goal_that_is_met_from_one_that_is_missed() -> None:
    assert meets(0.41, "≥ 0.40")
    assert not meets(0.39, "≥ 0.40")
    assert meets(50, "≤ 50")
    assert not meets(51, "≤ 50")
