"""A plan of grids, from the first change to the day it is in force: checked, kept, exactly once."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import shapely
from shapely.geometry import LineString, box

from linli.core.actor import Actor, ActorKind, PostHeld
from linli.core.territory import Function
from linli.directory import actions, queries
from linli.directory.actions import Editing, PlanBlocked, PlanMoved
from linli.directory.datum import Datum
from linli.directory.models import Area, AreaPlan, Unit
from linli.directory.plan_checks import Severity, judge
from linli.directory.queries import Plan
from linli.directory.recut import RecutError, same
from linli.ledger import queries as ledger
from tests.rooms.conftest import COMMUNITY, DISTRICT, MONDAY, NEIGHBOUR, TOWN, Place

ADMIN = Actor(
    ActorKind.PERSON,
    "admin",
    (PostHeld("administrator", f"{DISTRICT}.district_centre", DISTRICT, frozenset({Function.ADMINISTER})),),
)
HEAD = replace(ADMIN, id="head", posts=(replace(ADMIN.posts[0], functions=frozenset({Function.SUPERVISE})),))
NOW = MONDAY + timedelta(days=1)


@pytest.fixture
def drawn(place: Place) -> Place:
    """The small district with invented outlines."""
    actions.invent_boundaries(DISTRICT, now=MONDAY - timedelta(days=50))
    return place


def plan(plan_id: str) -> Plan:
    found = queries.plan(DISTRICT, plan_id)
    assert found is not None
    return found


def editing(plan_id: str, actor: Actor = ADMIN, now: datetime = NOW) -> Editing:
    return Editing(actor, DISTRICT, plan_id, plan(plan_id).number, now)


def begun(community: str = COMMUNITY) -> str:
    return actions.begin_plan(ADMIN, DISTRICT, community, now=NOW)


def cut(plan_id: str, code: str) -> str:
    """Cuts a grid of the plan from north to south, and gives the code of the new one."""
    shape = next(grid.shape for grid in plan(plan_id).grids if grid.code == code)
    assert shape is not None
    x, (_, south, _, north) = shape.representative_point().x, shape.bounds
    before = {grid.code for grid in plan(plan_id).grids}
    actions.split_grid(editing(plan_id), code, LineString([(x, south - 0.01), (x, north + 0.01)]))
    return next(grid.code for grid in plan(plan_id).grids if grid.code not in before)


def beside(plan_id: str, code: str) -> str:
    """A neighbour of the grid in the plan, of those in force."""
    shapes = {grid.code: grid.shape for grid in plan(plan_id).grids if grid.shape is not None}
    known = [other for other in codes() if other != code and other in shapes]
    return max(known, key=lambda other: shapes[code].boundary.intersection(shapes[other].boundary).length)


def codes() -> list[str]:
    return [grid.code for grid in queries.grids_of(COMMUNITY)]


def test_a_plan_is_split_merged_and_renamed_and_nothing_is_in_force_before_it_is_published(drawn: Place) -> None:
    before = queries.grids_of(COMMUNITY)
    one, found = codes()[0], begun()
    assert begun() == found, "one open plan a community"
    fresh = cut(found, one)
    assert fresh == f"{COMMUNITY}{len(before) + 1:03}"
    two = beside(found, one)
    actions.rename_grids(editing(found), {fresh: "河东网格"})
    actions.merge_grids(editing(found), one, [two])
    now = {grid.code: grid for grid in plan(found).grids}
    assert now[fresh].name == "河东网格"
    assert (now[two].retired, now[two].into, now[two].shape) == (True, one, None)
    assert [(c.kind, c.after.code) for c in plan(found).changes] == [
        ("redrawn", one), ("retired", two), ("new", fresh),
    ]  # fmt: skip
    assert judge(plan(found).grids, queries.surroundings(DISTRICT, COMMUNITY)) == ()
    assert queries.grids_of(COMMUNITY) == before
    assert [step.deed for step in plan(found).steps] == ["began", "split", "renamed", "merged"]


def test_steps_are_taken_back_one_after_the_other(drawn: Place) -> None:
    found, one = begun(), codes()[0]
    states = [plan(found).grids]
    cut(found, one)
    states.append(plan(found).grids)
    actions.rename_grids(editing(found), {one: "甲"})
    actions.undo_step(editing(found))
    assert plan(found).grids == states[1]
    actions.rename_grids(editing(found), {one: "乙"})
    actions.undo_step(editing(found))
    actions.undo_step(editing(found))
    assert plan(found).grids == states[0]
    with pytest.raises(RecutError, match="nothing_to_undo"):
        actions.undo_step(editing(found))


def test_of_two_who_change_the_same_step_the_second_is_told(drawn: Place) -> None:
    found, one = begun(), codes()[0]
    mine = editing(found)
    cut(found, one)
    with pytest.raises(PlanMoved):
        actions.rename_grids(mine, {one: "甲"})
    with pytest.raises(PlanMoved):
        actions.publish_plan(mine, None)
    assert [step.deed for step in plan(found).steps] == ["began", "split"]


def test_only_an_administrator_of_the_place_changes_it(drawn: Place) -> None:
    found = begun()
    town = replace(ADMIN.posts[0], area="500118002")
    for actor in (HEAD, replace(ADMIN, posts=(town,)), replace(ADMIN, posts=())):
        for deed in (
            lambda a=actor: actions.begin_plan(a, DISTRICT, COMMUNITY, now=NOW),
            lambda a=actor: actions.rename_grids(editing(found, a), {codes()[0]: "甲"}),
            lambda a=actor: actions.publish_plan(editing(found, a), None),
        ):
            with pytest.raises(RecutError, match="not_yours"):
                deed()
    with pytest.raises(RecutError, match="no_community"):
        actions.begin_plan(ADMIN, DISTRICT, TOWN, now=NOW)


def test_published_it_is_in_force_at_once_and_what_was_before_can_be_read(drawn: Place) -> None:
    before, version = queries.grids_of(COMMUNITY), queries.version(DISTRICT)
    found = begun()
    one = codes()[0]
    fresh = cut(found, one)
    two = beside(found, one)
    rest = [code for code in codes() if code not in (one, two)]
    actions.merge_grids(editing(found), one, [two])
    actions.rename_grids(editing(found), {one: "甲网格"})
    assert actions.publish_plan(editing(found), None).in_force
    after = queries.grids_of(COMMUNITY)
    assert [grid.code for grid in after] == sorted([one, fresh, *rest])
    assert queries.version(DISTRICT) > version
    assert queries.grids_as_of(COMMUNITY, NOW) == after
    assert queries.grids_as_of(COMMUNITY, NOW - timedelta(seconds=1)) == before
    assert two not in queries.areas(DISTRICT)
    assert queries.former_areas(DISTRICT)[two].name
    territory = queries.territory(DISTRICT)
    assert [area.code for area in territory.path(two)][:2] == [two, COMMUNITY]
    assert territory.in_force(two) == territory.areas[COMMUNITY]
    point = next(grid.shape for grid in before if grid.code == two).representative_point()
    assert queries.locate(point.x, point.y, DISTRICT)[0].area == one
    entries = ledger.stream(DISTRICT, "directory", found)
    assert [(entry.type, entry.actor) for entry in entries] == [
        ("directory.grids_published", "admin"), ("directory.grids_in_force", "admin"),
    ]  # fmt: skip
    told = json.loads(entries[1].payload)["grids"]
    assert told == {one: "redrawn_and_renamed", two: "retired", fresh: "new"}
    with pytest.raises(RecutError, match="not_a_draft"):
        actions.rename_grids(editing(found), {one: "乙"})


def test_a_code_that_was_given_is_never_given_again(drawn: Place) -> None:
    found = begun()
    last = codes()[-1]
    actions.merge_grids(editing(found), beside(found, last), [last])
    actions.publish_plan(editing(found), None)
    assert cut(begun(), codes()[0]) == f"{COMMUNITY}{int(last[-3:]) + 1:03}"


def test_with_a_date_ahead_it_takes_effect_then_once_and_also_after_an_outage(drawn: Place) -> None:
    found = begun()
    fresh = cut(found, codes()[0])
    then = NOW + timedelta(days=3)
    assert not actions.publish_plan(editing(found), then).in_force
    assert queries.due_plans(DISTRICT, then - timedelta(seconds=1)) == ()
    assert not actions.take_effect(DISTRICT, found, now=then - timedelta(seconds=1))
    assert fresh not in codes()
    late = then + timedelta(hours=9)
    assert queries.due_plans(DISTRICT, late) == (found,)
    assert actions.take_effect(DISTRICT, found, now=late)
    assert not actions.take_effect(DISTRICT, found, now=late)
    assert fresh in codes()
    assert (plan(found).state, plan(found).effective_at, plan(found).took_effect_at) == ("in_force", then, late)
    assert [entry.actor for entry in ledger.stream(DISTRICT, "directory", found)] == ["admin", "clock"]
    assert fresh not in [grid.code for grid in queries.grids_as_of(COMMUNITY, late - timedelta(seconds=1))]


def test_a_date_ahead_can_be_taken_back(drawn: Place) -> None:
    found = begun()
    cut(found, codes()[0])
    actions.publish_plan(editing(found), NOW + timedelta(days=3))
    with pytest.raises(RecutError, match="not_a_draft"):
        actions.rename_grids(editing(found), {codes()[0]: "甲"})
    actions.take_back(editing(found))
    assert not actions.take_effect(DISTRICT, found, now=NOW + timedelta(days=9))
    actions.rename_grids(editing(found), {codes()[0]: "甲"})
    actions.discard_plan(editing(found))
    assert plan(found).state == "withdrawn"
    assert begun() != found


def test_it_never_takes_effect_on_other_grids_than_it_was_begun_upon(drawn: Place) -> None:
    found, one = begun(), codes()[0]
    cut(found, one)
    then = NOW + timedelta(days=3)
    actions.publish_plan(editing(found), then)
    Area.objects.filter(code=one).update(name="改过的网格")
    assert not actions.take_effect(DISTRICT, found, now=then)
    assert (plan(found).state, plan(found).fault) == ("scheduled", "base_changed")
    actions.take_back(editing(found))
    with pytest.raises(PlanBlocked) as caught:
        actions.publish_plan(editing(found), None)
    assert caught.value.findings == ()


def test_what_fails_half_way_changes_nothing(drawn: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    before, found = queries.grids_of(COMMUNITY), begun()
    cut(found, codes()[0])
    actions.publish_plan(editing(found), NOW + timedelta(days=1))

    def broken(*_unused: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as broke:
        broke.setattr("linli.directory.actions.plan_publishing.grow", broken)
        with pytest.raises(RuntimeError):
            actions.take_effect(DISTRICT, found, now=NOW + timedelta(days=2))
    assert queries.grids_of(COMMUNITY) == before
    assert plan(found).state == "scheduled"
    assert actions.take_effect(DISTRICT, found, now=NOW + timedelta(days=2))


def test_errors_stand_in_the_way_of_publishing(drawn: Place) -> None:
    found, one = begun(), codes()[0]
    actions.retire_grid(editing(found), one)
    with pytest.raises(PlanBlocked) as caught:
        actions.publish_plan(editing(found), None)
    assert [(f.code, f.severity) for f in caught.value.findings] == [("hole", Severity.ERROR)]
    assert caught.value.findings[0].at is not None
    assert plan(found).state == "draft"


def test_a_grid_that_a_unit_serves_is_not_retired(drawn: Place) -> None:
    found, one = begun(), codes()[0]
    two = beside(found, one)
    unit = Unit.objects.filter(district_code=DISTRICT, area_code=COMMUNITY).first()
    assert unit is not None
    Unit.objects.filter(id=unit.id).update(area_code=two)
    actions.merge_grids(editing(found), one, [two])
    with pytest.raises(PlanBlocked) as caught:
        actions.publish_plan(editing(found), None)
    assert [(f.code, f.grids, f.units) for f in caught.value.findings] == [("unit_without_area", (two,), (unit.id,))]


def test_a_missing_outline_is_drawn_and_neighbours_give_way(drawn: Place) -> None:
    found = begun()
    around = queries.surroundings(DISTRICT, COMMUNITY)
    assert around.outline is not None
    west, south, east, north = around.outline.bounds
    before = {grid.code for grid in plan(found).grids}
    actions.add_grid(editing(found), "", box(west, south, (west + east) / 2, (south + north) / 2))
    (made,) = [grid for grid in plan(found).grids if grid.code not in before]
    assert made.name == f"甲社区第{len(before) + 1}网格"
    assert not [f for f in judge(plan(found).grids, around) if f.severity is Severity.ERROR]


def feature(code: str | None, shape: shapely.Geometry, **properties: str) -> dict[str, object]:
    named = {**properties, **({"code": code} if code else {})}
    return {"type": "Feature", "properties": named, "geometry": shapely.geometry.mapping(shape)}


def collection(*features: object) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def test_a_file_gives_outlines_and_names_and_the_check_judges_them(drawn: Place) -> None:
    found, one = begun(), codes()[0]
    around = queries.surroundings(DISTRICT, COMMUNITY)
    assert around.outline is not None
    content = collection(
        feature(one, around.outline, name="全社区"), feature(None, around.outline.buffer(0.001), name="新网格")
    )
    actions.upload_grids(editing(found), content, Datum.WGS84)
    now = {grid.code: grid for grid in plan(found).grids}
    assert now[one].name == "全社区"
    assert same(now[one].shape, around.outline)
    kinds = {finding.code for finding in judge(plan(found).grids, around)}
    assert kinds == {"overlap", "outside"}


BOW = shapely.Polygon([(105.904, 29.35), (105.908, 29.354), (105.908, 29.35), (105.904, 29.354)])
SOMEWHERE = box(105.9, 29.35, 105.91, 29.36)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"\xff\xfe\x00", "bad_json"),
        (b"[1, 2]", "no_features"),
        (collection(), "no_features"),
        (collection(7), "no_polygon"),
        (collection(feature(None, LineString([(105.9, 29.3), (105.91, 29.3)]))), "no_polygon"),
        (collection(feature(f"{COMMUNITY}001", BOW)), "crosses_itself"),
        (collection(feature(f"{COMMUNITY}777", SOMEWHERE)), "unknown_grid"),
        (collection(feature(f"{COMMUNITY}001", SOMEWHERE), feature(f"{COMMUNITY}001", SOMEWHERE)), "grid_twice"),
        (collection(feature(None, box(29.35, 105.9, 29.36, 105.91))), "swapped_coordinates"),
        (collection(feature(None, box(5e5, 3e6, 6e5, 4e6))), "out_of_range"),
        (collection(*[feature(None, SOMEWHERE)] * 201), "too_large"),
        (collection(feature(f"{COMMUNITY}001", SOMEWHERE, name="<b>甲</b>")), "name_has_signs"),
        (collection({"geometry": {"type": "Polygon", "coordinates": [["x"]]}}), "no_polygon"),
        (collection({"geometry": {"type": "Polygon", "coordinates": []}}), "no_polygon"),
    ],
)
def test_a_file_that_does_not_fit_changes_nothing(drawn: Place, content: bytes, code: str) -> None:
    found = begun()
    with pytest.raises(RecutError, match=code):
        actions.upload_grids(editing(found), content, Datum.WGS84)
    assert plan(found).number == 1


@pytest.mark.parametrize(
    ("deed", "code"),
    [
        (lambda e, one: actions.split_grid(e, "500118001001777", LineString([(1, 1), (2, 2)])), "no_grid"),
        (lambda e, one: actions.split_grid(e, one, SOMEWHERE), "no_line"),
        (lambda e, one: actions.merge_grids(e, one, [one]), "nothing_to_merge"),
        (lambda e, one: actions.rename_grids(e, {}), "nothing_changed"),
        (lambda e, one: actions.rename_grids(e, {one: "=1+1"}), "name_is_formula"),
        (lambda e, one: actions.rename_grids(e, {one: "甲😀"}), "name_has_signs"),
        (lambda e, one: actions.publish_plan(e, e.now + timedelta(days=800)), "too_far_ahead"),
        (lambda e, one: actions.redraw_grid(e, one, SOMEWHERE), "invalid_outline"),
        (lambda e, one: actions.rename_grids(replace(e, plan="01900000-0000-7000-8000-000000000000"), {}), "no_plan"),
    ],
)
def test_what_cannot_be_done_says_why(drawn: Place, deed: Callable[[Editing, str], None], code: str) -> None:
    found = begun()
    with pytest.raises(RecutError, match=code):
        deed(editing(found), codes()[0])
    assert plan(found).number == 1


def test_grids_without_outlines_can_be_merged_and_renamed(place: Place) -> None:
    found = begun(NEIGHBOUR)
    one, two, *_ = [grid.code for grid in plan(found).grids]
    actions.merge_grids(editing(found), one, [two])
    actions.publish_plan(editing(found), None)
    assert two not in [grid.code for grid in queries.grids_of(NEIGHBOUR)]
    assert plan(found).heirs()[two] == (one,)


def test_outlines_invented_anew_leave_a_published_plan_as_it_is(drawn: Place) -> None:
    found = begun()
    cut(found, codes()[0])
    actions.publish_plan(editing(found), None)
    after = queries.grids_of(COMMUNITY)
    actions.invent_boundaries(DISTRICT, now=NOW + timedelta(days=1))
    assert queries.grids_of(COMMUNITY) == after
    assert AreaPlan.objects.get(id=found).state == "in_force"


def test_an_import_brings_no_retired_grid_back(drawn: Place, tmp_path: Path) -> None:
    found, one = begun(), codes()[0]
    keep = beside(found, one)
    actions.merge_grids(editing(found), keep, [one])
    actions.publish_plan(editing(found), None)
    file = tmp_path / "grids.csv"
    file.write_text(f"code,parent_code,level,name\n{one},{COMMUNITY},6,旧网格\n", "utf-8")
    report = actions.import_areas(file, now=NOW + timedelta(days=1))
    assert one in report.notes[-1]
    assert one not in codes()
    shapes = tmp_path / "grids.geojson"
    shapes.write_bytes(collection(feature(one, SOMEWHERE)))
    refused = actions.import_boundaries(shapes, datum=Datum.WGS84, now=NOW + timedelta(days=1))
    assert len(refused.bad) == 1
    assert queries.shape_of(one) is None
