"""After areas were re-cut: every open case that they touch is moved, each as a recorded act of its own."""

from collections.abc import Callable
from datetime import datetime

from linli.cases import queries, queries_places
from linli.cases.actions.acting import TRIES, BulkResult
from linli.cases.actions.saving import CaseMoved, Step, save
from linli.cases.queries import Loaded
from linli.catalogue import queries as catalogue
from linli.core.actor import Actor
from linli.core.case.events import PlaceMoved
from linli.core.case.evolve import evolve
from linli.core.case.placing import place_after, place_chosen, place_followed
from linli.core.case.state import CaseState
from linli.core.errors import Refusal
from linli.core.policy import Policy
from linli.directory import planned
from linli.directory.queries import Plan


def move_after_plan(actor: Actor, plan: Plan, *, now: datetime) -> list[BulkResult]:
    """Moves the open cases of grids that a plan in force has changed, one transaction a case; each once.

    Answers for every case that was moved, or that could not be. A case that came later, with the new outlines at hand,
    is left as it came unless its grid is gone. Repeating it does what is left. A part moves with its parent.

    Lock: optimistic on (case, version).
    """
    heirs = plan.heirs()
    moving = [code for code, after in heirs.items() if after != (code,)]
    standing = queries_places.standing_in(plan.district, plan.parent, moving)
    pins = queries_places.pinned_in(plan.district, [s.state for s in standing], planned.shapes_of(plan.grids))
    policy = catalogue.policy(plan.district)

    def moved(state: CaseState) -> PlaceMoved | None:
        area = state.place.area
        if area not in heirs or (queries_places.came_later(state, plan) and area in policy.territory.areas):
            return None
        return place_after(state, heirs[area], pins.get(state.id), plan=plan.id, now=now, policy=policy)

    results = [_result(actor, plan.district, found, moved, now, policy) for found in standing]
    return [result for result in results if result is not None]


def choose_place(
    actor: Actor, district: str, case: str, area: str, *, now: datetime, expected_version: int | None = None
) -> CaseState:
    """A person says in which of the new areas a case lies; its open parts go with it, in one transaction.

    Lock: optimistic on (case, version).

    Raises:
        Refusal: ``case_unknown`` (also when hidden), ``state_changed``, or what :func:`place_chosen` refuses.
        CaseMoved: somebody acted on the case or a part at the same moment.
    """
    found = queries.case_for(actor, district, case)
    if found is None:
        raise Refusal("case_unknown", {"case": case})
    if expected_version is not None and expected_version != found.state.version:
        raise Refusal("state_changed", {"expected": expected_version, "version": found.state.version})
    policy = catalogue.policy(district)
    event = place_chosen(found.state, area, actor, now=now, policy=policy)
    parts = queries.load(district, [part.id for part in found.state.open_parts])
    steps = [_step(found, event), *(_step(part, place_followed(event)) for part in parts.values())]
    save(steps, actor, now=now, policy=policy.version)
    return steps[0].after


def _result(
    actor: Actor,
    district: str,
    found: Loaded,
    moved: Callable[[CaseState], PlaceMoved | None],
    now: datetime,
    policy: Policy,
) -> BulkResult | None:
    case = found.state.id
    for _attempt in range(TRIES):
        try:
            event = moved(found.state)
            if event is None:
                return None
            step = _step(found, event)
            save([step], actor, now=now, policy=policy.version)
        except Refusal as refusal:
            return BulkResult(case, None, refusal)
        except CaseMoved:
            found = queries.load(district, [case])[case]
        else:
            return BulkResult(case, step.after)
    return BulkResult(case, None, Refusal("state_changed", {"case": case}))


def _step(found: Loaded, event: PlaceMoved) -> Step:
    return Step(event, evolve(found.state, event), found.state, found.hash)
