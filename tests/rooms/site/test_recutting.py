"""Plans of grids on the clock: ``linli sweep`` puts them in force, many at once do no harm, a check names strays."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
import shapely
from click.testing import CliRunner, Result
from django.db import connections
from django.utils import timezone

from linli.cases import replay
from linli.catalogue import actions as catalogue_actions
from linli.core.actor import Actor, ActorKind, PostHeld
from linli.core.territory import Function
from linli.directory import actions as directory_actions
from linli.directory import queries as directory
from linli.directory.actions import Editing
from linli.directory.queries import keep_lookups
from linli.ledger import queries as ledger
from linli.site import recutting
from linli.site.cli import linli
from tests.rooms.conftest import COMMUNITY, DISTRICT, DIVISIONS, NEIGHBOUR, Place

ADMIN = Actor(
    ActorKind.PERSON,
    "admin",
    (PostHeld("administrator", f"{DISTRICT}.district_centre", DISTRICT, frozenset({Function.ADMINISTER})),),
)
Run = Callable[..., Result]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    for module in ("sweep", "check"):
        monkeypatch.setattr(f"linli.site.cli.{module}.with_django", lambda: None)
    return lambda *words: CliRunner().invoke(linli, [str(word) for word in words])


@pytest.fixture
def drawn(district: Place) -> Place:
    directory_actions.invent_boundaries(DISTRICT, now=district.now - timedelta(days=50))
    return district


def merged(community: str = COMMUNITY) -> tuple[str, str, str]:
    """A plan that merges the first grid into a neighbour: its id, the code that goes and the one that stays."""
    now = timezone.now()
    plan = directory_actions.begin_plan(ADMIN, DISTRICT, community, now=now)
    shapes = {grid.code: grid.shape for grid in directory.grids_of(community) if grid.shape is not None}
    gone = next(iter(shapes))

    def border(other: str) -> float:
        return float(shapely.intersection(shapes[gone].boundary, shapes[other].boundary).length)

    keep = max((other for other in shapes if other != gone), key=border)
    directory_actions.merge_grids(Editing(ADMIN, DISTRICT, plan, 1, now), keep, [gone])
    return plan, gone, keep


def publish(plan: str, **ahead: float) -> None:
    now = timezone.now()
    directory_actions.publish_plan(Editing(ADMIN, DISTRICT, plan, 2, now), now + timedelta(**ahead) if ahead else None)


def test_a_sweep_puts_in_force_what_is_due_and_says_so(drawn: Place, run: Run) -> None:
    plan, gone, keep = merged()
    case = drawn.report(area=gone).case
    publish(plan, seconds=1)
    assert "took effect" not in run("sweep").output
    directory_actions.take_back(Editing(ADMIN, DISTRICT, plan, 2, timezone.now()))
    publish(plan, microseconds=1)
    done = run("sweep")
    assert done.exit_code == 0
    assert "1 plans of grids took effect, 1 cases moved." in done.output
    assert drawn.state(case).place.grid == keep
    assert "took effect" not in run("sweep").output


def test_a_check_names_open_cases_in_areas_no_longer_in_force(drawn: Place, run: Run) -> None:
    plan, gone, _keep = merged()
    number = drawn.state(drawn.report(area=gone).case).number
    publish(plan)
    found = run("check", "--district", DISTRICT)
    assert found.exit_code == 1
    assert f"case {number} is open in area {gone}" in found.output
    run("sweep")
    assert "area_retired" not in run("check", "--district", DISTRICT).output


def test_a_check_names_a_plan_that_should_be_in_force(drawn: Place, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    plan, _gone, _keep = merged()
    publish(plan, minutes=1)
    assert "plan_overdue" not in run("check", "--district", DISTRICT).output
    monkeypatch.setattr("linli.site.cli.check.PATIENCE", timedelta(minutes=-2))
    found = run("check", "--district", DISTRICT)
    assert f"plan_overdue  the plan of grids for {COMMUNITY}" in found.output
    assert found.exit_code == 1


def test_a_process_that_keeps_lookups_moves_cases_by_the_new_grids(drawn: Place) -> None:
    plan, gone, keep = merged()
    case = drawn.report(area=gone).case
    keep_lookups(3600)
    try:
        assert gone in drawn.policy.territory.areas
        publish(plan)
        found = directory.plan(DISTRICT, plan)
        assert found is not None
        recutting.follow(found, now=timezone.now(), actor=ADMIN)
    finally:
        keep_lookups(0)
    assert (drawn.state(case).place.grid, drawn.state(case).place_candidates) == (keep, ())


def test_what_an_import_changes_is_kept_as_it_was(drawn: Place, tmp_path: Path) -> None:
    grid = directory.grids_of(NEIGHBOUR)[0]
    file = tmp_path / "grids.csv"
    file.write_text(f"code,parent_code,level,name\n{grid.code},{NEIGHBOUR},6,河西网格\n", "utf-8")
    now = timezone.now()
    report = directory_actions.import_areas(file, now=now)
    assert (report.changed, report.bad) == (1, [])
    assert directory.grids_of(NEIGHBOUR)[0].name == "河西网格"
    assert directory.grids_as_of(NEIGHBOUR, now - timedelta(seconds=1))[0].name == grid.name
    assert directory.grids_as_of(NEIGHBOUR, now)[0].name == "河西网格"


@pytest.fixture(scope="module")
def committed(own_database: None, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The small district in a database of its own, where everything is committed."""
    file = tmp_path_factory.mktemp("recutting") / "divisions.csv"
    file.write_text(DIVISIONS, "utf-8")
    long_ago = timezone.now() - timedelta(days=60)
    directory_actions.import_areas(file, now=long_ago)
    directory_actions.set_up_district(DISTRICT, now=long_ago)
    directory_actions.invent_boundaries(DISTRICT, now=long_ago)
    catalogue_actions.import_matters(None, now=long_ago)
    catalogue_actions.publish(by="test", at=long_ago)


@pytest.fixture
def shared(committed: None, plain_site: None) -> Iterator[Place]:
    yield Place(now=timezone.now() - timedelta(hours=6))
    assert [found for found in replay.compare(DISTRICT) if found] == []
    assert not any(isinstance(found, ledger.Fault) for found in ledger.verify(DISTRICT))


def at_once(many: int, deed: Callable[[], object]) -> list[object]:
    start = threading.Barrier(many)

    def run_one(_number: int) -> object:
        directory.version(DISTRICT)
        start.wait(timeout=60)
        try:
            return deed()
        except Exception as error:  # noqa: BLE001 - what went wrong is looked at below
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(many) as pool:
        return list(pool.map(run_one, range(many)))


def test_many_processes_at_once_put_a_plan_in_force_once_and_move_each_case_once(shared: Place) -> None:
    plan, gone, keep = merged()
    reported = [shared.report(area=gone).case for _ in range(6)]
    publish(plan, microseconds=1)
    rounds = at_once(6, lambda: recutting.run_due(DISTRICT, now=timezone.now()))
    assert all(isinstance(each, recutting.Round) for each in rounds), rounds
    assert sum(each.plans for each in rounds if isinstance(each, recutting.Round)) == 1
    assert [entry.type for entry in ledger.stream(DISTRICT, "directory", plan)] == [
        "directory.grids_published", "directory.grids_in_force",
    ]  # fmt: skip
    for case in reported:
        assert shared.state(case).place.grid == keep
        types = [entry.type for entry in ledger.stream(DISTRICT, "case", case)]
        assert types == ["case.opened", "case.place_moved"]


def test_many_administrators_at_once_publish_and_change_a_plan_once(shared: Place) -> None:
    plan, gone, _keep = merged(NEIGHBOUR)
    editing = Editing(ADMIN, DISTRICT, plan, 2, timezone.now())
    fell = at_once(6, lambda: directory_actions.rename_grids(editing, {gone: "别名"}))
    assert all(isinstance(error, Exception) for error in fell), "the grid that went cannot be renamed"
    results = at_once(6, lambda: directory_actions.publish_plan(editing, None))
    assert sum(not isinstance(result, Exception) for result in results) == 1
    assert len(ledger.stream(DISTRICT, "directory", plan)) == 2
