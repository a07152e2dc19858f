"""Publishing a plan of grids, and its taking effect: at once or on its date, wholly or not at all, once."""

from dataclasses import dataclass
from datetime import datetime

import shapely
from django.db import transaction

from linli.core.actor import CLOCK, Actor
from linli.core.recutting import FARTHEST_AHEAD, administering_post
from linli.core.territory import AreaKind
from linli.directory import planned
from linli.directory.actions.boundaries import as_boundary, write_boundaries
from linli.directory.actions.past import keep_areas, keep_boundaries
from linli.directory.actions.plans import Editing, locked
from linli.directory.actions.versions import grow
from linli.directory.datum import Datum
from linli.directory.divisions import level_codes
from linli.directory.models import Area, AreaPlan, Boundary, District
from linli.directory.plan_checks import Finding, blocks, judge
from linli.directory.queries import grid_plans as queries
from linli.directory.queries.grid_plans import Plan
from linli.directory.queries.territories import territory
from linli.directory.recut import RecutError
from linli.ledger import actions as ledger

STREAM = "directory"


class PlanBlocked(Exception):
    """The plan can't be published or take effect; ``findings`` say why. Empty where the grids changed underneath."""

    def __init__(self, findings: tuple[Finding, ...] = ()) -> None:
        super().__init__(", ".join(finding.code for finding in findings) or "base_changed")
        self.findings = findings


@dataclass(frozen=True, slots=True)
class Published:
    """When a plan takes effect, and whether it did at once."""

    effective_at: datetime
    in_force: bool


def publish_plan(editing: Editing, effective_at: datetime | None) -> Published:
    """Publishes a draft: it takes effect at that instant, or now where none is given or it has passed.

    Publication and taking effect are entries of the ledger, in the plan's own stream.

    Lock: the district's row, then the plan's.

    Raises:
        PlanMoved: somebody changed the draft in the meantime.
        PlanBlocked: an error was found, or the grids in force are no longer those it was begun upon.
        RecutError: ``no_plan``, ``not_yours``, ``not_a_draft``, ``too_far_ahead``.
    """
    if effective_at is not None and effective_at - editing.now > FARTHEST_AHEAD:
        raise RecutError("too_far_ahead")
    with transaction.atomic():
        _lock_district(editing.district)
        row, plan = locked(editing)
        _require_sound(plan)
        post = administering_post(editing.actor, plan.parent, territory(editing.district))
        assert post is not None
        at = editing.now if effective_at is None or effective_at <= editing.now else effective_at
        row.state, row.effective_at, row.published_at = AreaPlan.SCHEDULED, at, editing.now
        row.published_by, row.published_post, row.fault = editing.actor.id, post.post, ""
        row.save()
        payload = {"effective_at": at.isoformat(), **_told(plan)}
        _record(row, "directory.grids_published", payload, editing.actor, post.post, editing.now)
        if at > editing.now:
            return Published(at, in_force=False)
        _apply(row, plan, editing.actor, post.post, editing.now)
    return Published(at, in_force=True)


def take_back(editing: Editing) -> None:
    """Makes a published plan that is not yet in force a draft again.

    Lock: the plan's row.

    Raises:
        PlanMoved, RecutError: ``no_plan``, ``not_yours``, ``not_scheduled``.
    """
    with transaction.atomic():
        row, plan = locked(editing, AreaPlan.SCHEDULED)
        post = administering_post(editing.actor, plan.parent, territory(editing.district))
        assert post is not None
        row.state, row.effective_at, row.fault = AreaPlan.DRAFT, None, ""
        row.save(update_fields=["state", "effective_at", "fault"])
        _record(row, "directory.grids_taken_back", _told(plan), editing.actor, post.post, editing.now)


def take_effect(district: str, plan_id: str, *, now: datetime) -> bool:
    """Puts a published plan in force if its date has come; False when that is done already or not yet due.

    Several processes may call it: the rows are locked and the state looked at again, so that it happens once. What
    can no longer be put in force stays published, with the fault on its row, for the page and ``linli check``.

    Lock: the district's row, then the plan's.
    """
    with transaction.atomic():
        _lock_district(district)
        row = AreaPlan.objects.select_for_update().filter(district_code=district, id=plan_id).first()
        if row is None or row.state != AreaPlan.SCHEDULED or row.effective_at is None or row.effective_at > now:
            return False
        plan = queries.as_plan(row)
        try:
            _require_sound(plan)
        except PlanBlocked as blocked:
            row.fault = "findings" if blocked.findings else "base_changed"
            row.save(update_fields=["fault"])
            return False
        _apply(row, plan, CLOCK, "", now)
    return True


def settle_plan(district: str, plan_id: str, *, now: datetime) -> None:
    """Notes that no open case is left to move after a plan."""
    AreaPlan.objects.filter(district_code=district, id=plan_id, settled_at__isnull=True).update(settled_at=now)


def _lock_district(district: str) -> None:
    District.objects.select_for_update().get(code=district)


def _require_sound(plan: Plan) -> None:
    around = queries.surroundings(plan.district, plan.parent)
    if planned.digest(around.known) != plan.based_on:
        raise PlanBlocked
    findings = judge(plan.grids, around)
    if blocks(findings):
        raise PlanBlocked(findings)


def _told(plan: Plan) -> dict[str, object]:
    """What the ledger keeps of a plan: codes, and the digest of the whole."""
    kinds = {change.after.code: change.kind for change in plan.changes}
    return {"community": plan.parent, "step": plan.number, "grids": kinds, "sha256": planned.digest(plan.grids)}


def _record(row: AreaPlan, kind: str, payload: dict[str, object], actor: Actor, post: str, at: datetime) -> None:
    ledger.append_to(row.district_code, STREAM, str(row.id), kind, payload, actor=actor.id, post=post, policy="", at=at)


def _apply(row: AreaPlan, plan: Plan, actor: Actor, post: str, now: datetime) -> None:
    """Writes every change, keeps what was before, and grows the district: all of it or nothing."""
    retired = [c.after.code for c in plan.changes if c.kind == "retired"]
    renamed = {c.after.code: c.after.name for c in plan.changes if c.kind in ("renamed", "redrawn_and_renamed")}
    keep_areas(dict.fromkeys([*retired, *renamed], now))
    keep_boundaries(dict.fromkeys(retired, now))
    Boundary.objects.filter(area_code__in=retired).delete()
    Area.objects.filter(code__in=retired).update(retired_at=now, effective_from=now)
    for code, name in renamed.items():
        Area.objects.filter(code=code).update(name=name, effective_from=now)
    for change in plan.changes:
        if change.kind == "new":
            _new_area(change.after.code, change.after.name, plan, now, invented=change.after.invented)
    write_boundaries(
        as_boundary(
            change.after.code, change.after.shape, f"plan {row.id}", Datum.WGS84, now, invented=change.after.invented
        )
        for change in plan.changes
        if change.kind in ("new", "redrawn", "redrawn_and_renamed") and change.after.shape is not None
    )
    _write_corners(plan)
    row.state, row.took_effect_at, row.fault = AreaPlan.IN_FORCE, now, ""
    row.save()
    grow([plan.district])
    _record(row, "directory.grids_in_force", _told(plan), actor, post, now)


def _write_corners(plan: Plan) -> None:
    """Outlines of the same surface that only got a corner for a neighbour's border: no new version of them."""
    changed = {change.after.code for change in plan.changes}
    for grid in plan.grids:
        if grid.code not in changed and grid.shape is not None:
            Boundary.objects.filter(area_code=grid.code).update(shape=shapely.to_wkb(grid.shape, byte_order=1))


def _new_area(code: str, name: str, plan: Plan, now: datetime, *, invented: bool) -> None:
    levels = level_codes(code)
    Area.objects.create(
        code=code,
        kind=AreaKind.GRID.value,
        parent_code=plan.parent,
        name=name,
        invented=invented,
        district_code=levels.district,
        town_code=levels.town,
        community_code=levels.community,
        effective_from=now,
    )
