"""Taking an action on a case: load, decide, save. Pages, API, clock and CLI all come through here."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from linli.cases import queries
from linli.cases.actions import mentioning
from linli.cases.actions.saving import CaseMoved, Step, save
from linli.cases.filling import sealed_form
from linli.cases.queries import Loaded
from linli.catalogue import queries as catalogue
from linli.core.access import may_read
from linli.core.actor import Actor
from linli.core.case.commands import Act, Sequel
from linli.core.case.decide import action_named, decide, decide_sequel
from linli.core.case.evolve import evolve
from linli.core.case.state import CaseState
from linli.core.errors import Refusal
from linli.core.policy import Policy
from linli.core.proofs import GENESIS

MAX_PARTS = 12
TRIES = MAX_PARTS + 4
"""How often an act is decided anew when somebody else was quicker: all parts of a case may end at the same moment."""


@dataclass(frozen=True, slots=True)
class BulkResult:
    """How one case of a bulk act went: its new state, or the refusal."""

    case: str
    state: CaseState | None
    refusal: Refusal | None = None


def act(
    actor: Actor,
    district: str,
    case: str,
    action: str,
    form: Mapping[str, Any],
    *,
    now: datetime,
    expected_version: int | None = None,
) -> CaseState:
    """Takes one action on one case; the whole act is one transaction.

    ``form`` holds plain values; fields of the vault types (text, contact, photo, point) are encrypted here and only
    their references reach the event. A lost race is decided again on the newest state, a few times; with
    ``expected_version`` that ends in ``state_changed`` if the case itself moved, while a race for another case that
    the act touches (its parent, the one it is merged into) does not concern the actor.

    Lock: optimistic on (case, version), see :mod:`linli.cases.actions.saving`.

    Raises:
        Refusal: ``case_unknown`` (also when hidden from the actor), or what ``decide`` refuses.
        CaseMoved: the race was lost again and again.
    """
    policy = catalogue.policy(district)
    for attempt in range(TRIES):
        try:
            return _once(actor, district, case, action, form, now=now, expected=expected_version, policy=policy)
        except CaseMoved:
            if attempt == TRIES - 1:
                raise
    raise CaseMoved(case)


def act_in_bulk(
    actor: Actor, district: str, cases: Iterable[str], action: str, form: Mapping[str, Any], *, now: datetime
) -> list[BulkResult]:
    """The same action on many cases, one transaction a case, with a result for each."""
    results = []
    for case in cases:
        try:
            results.append(BulkResult(case, act(actor, district, case, action, form, now=now)))
        except Refusal as refusal:
            results.append(BulkResult(case, None, refusal))
        except CaseMoved:
            results.append(BulkResult(case, None, Refusal("state_changed", {"case": case})))
    return results


def _once(
    actor: Actor,
    district: str,
    case: str,
    action: str,
    form: Mapping[str, Any],
    *,
    now: datetime,
    expected: int | None,
    policy: Policy,
) -> CaseState:
    loaded = queries.load(district, [case, *_other(form)])
    if case not in loaded or not may_read(actor, loaded[case].state):
        raise Refusal("case_unknown", {"case": case})
    state = loaded[case].state
    if expected is not None and expected != state.version:
        raise Refusal("state_changed", {"expected": expected, "version": state.version})
    definition = action_named(action, state, policy)
    values, items = sealed_form(definition, form)
    act_ = Act(action, actor, values, ids=_ids(definition.effects), expected_version=expected)
    others = {known: found.state for known, found in loaded.items() if known != case}
    outcome = decide(state, act_, now=now, policy=policy, others=others)
    after = evolve(state, outcome.event)
    steps = [Step(outcome.event, after, state, loaded[case].hash, tuple(items))]
    steps += [Step(opened, opened.state, previous=GENESIS) for opened in outcome.opens]
    steps += _sequels(outcome.sequels, actor, district, loaded, now=now, policy=policy)
    also = mentioning.pieces(definition, outcome.event, after, actor, now)
    save(steps, actor, now=now, policy=policy.version, also=also)
    return after


def _sequels(
    sequels: tuple[Sequel, ...],
    actor: Actor,
    district: str,
    known: Mapping[str, Loaded],
    *,
    now: datetime,
    policy: Policy,
) -> list[Step]:
    """What the act brings about on other cases: one sequel a case, none with sequels of its own.

    A case that the act was decided upon is taken as it was then, so that what was judged is what is written.
    """
    steps: list[Step] = []
    missing = [sequel.case for sequel in sequels if sequel.case not in known]
    loaded = {**known, **queries.load(district, missing)} if missing else known
    for sequel in sequels:
        found = loaded[sequel.case]
        outcome = decide_sequel(found.state, sequel, actor, now=now, policy=policy)
        assert not outcome.sequels, "a sequel brings no further act about"
        assert not outcome.opens, "a sequel opens no case"
        steps.append(Step(outcome.event, evolve(found.state, outcome.event), found.state, found.hash))
    return steps


def _other(form: Mapping[str, Any]) -> tuple[str, ...]:
    """The other case that a form names, if what it gives can be a case's id at all."""
    named = form.get("into")
    try:
        return (str(UUID(named)),) if isinstance(named, str) else ()
    except ValueError:
        return ()


def _ids(effects: tuple[str, ...]) -> tuple[str, ...]:
    if "open_parts" in effects or "open_part" in effects:
        return tuple(str(uuid7()) for _ in range(MAX_PARTS))
    return ()
