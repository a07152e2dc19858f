"""Why an open case does not get on: read from its state and from when anybody but the clock last did something.

Of cases and steps only. Nothing says who let a case lie, and nothing names a reporter.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from linli.core.calendar import Limit, LimitUnit
from linli.core.case.state import CaseState
from linli.core.policy import Policy
from linli.core.procedure import Role, Step

SILENT_DAYS = 5
"""After so many working days in which nobody did anything a case counts as silent, where no setting says else."""
MANY_HANDOVERS = 2


class Why(StrEnum):
    """What holds a case up."""

    DISPUTED = "disputed"
    PASSED_AROUND = "passed_around"
    RETURNED = "returned"
    IN_CONFERENCE = "in_conference"
    REVIEW_DUE = "review_due"
    EXTENDED = "extended"
    REOPENED = "reopened"
    NOT_SOLVED = "not_solved"
    SILENT = "silent"
    LADDER_ENDED = "ladder_ended"


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that holds a case up; ``count`` is how often it happened, or how many days it lasts."""

    why: Why
    count: int = 1


def silence(policy: Policy) -> Limit:
    """How long nobody must have done anything before a case counts as silent (setting ``stuck_silent_days``)."""
    return Limit(Decimal(max(1, policy.settings.get("stuck_silent_days", SILENT_DAYS))), LimitUnit.WORKING_DAYS)


def reasons(state: CaseState, *, last_act: datetime, now: datetime, policy: Policy) -> tuple[Reason, ...]:
    """Everything that holds an open case up, the heaviest first; nothing for one that gets on.

    ``last_act`` is when anybody but the clock last did something.
    """
    if not state.is_open:
        return ()
    step = _step(state, policy)
    return (
        *_handovers(state, step),
        *_waiting(state, step, now),
        *_again(state),
        *_quiet(state, step, last_act, now, policy),
    )


def _step(state: CaseState, policy: Policy) -> Step | None:
    procedure = policy.procedures.get((state.procedure, state.procedure_version))
    return procedure.steps.get(state.step) if procedure else None


def _handovers(state: CaseState, step: Step | None) -> Iterator[Reason]:
    if step is not None and step.owner is Role.RULER:
        yield Reason(Why.DISPUTED)
    if state.returns + state.raised >= MANY_HANDOVERS:
        yield Reason(Why.PASSED_AROUND, state.returns + state.raised)
    elif state.returns and not (step is not None and step.owner is Role.RULER):
        yield Reason(Why.RETURNED, state.returns)


def _waiting(state: CaseState, step: Step | None, now: datetime) -> Iterator[Reason]:
    if step is None:
        return
    if step.owner is Role.CONVENER:
        yield Reason(Why.IN_CONFERENCE)
    if step.unsolved and state.clock is not None and state.clock.due <= now:
        yield Reason(Why.REVIEW_DUE)


def _again(state: CaseState) -> Iterator[Reason]:
    counts = ((Why.EXTENDED, state.extensions), (Why.REOPENED, state.reopened), (Why.NOT_SOLVED, state.not_solved))
    for why, count in counts:
        if count:
            yield Reason(why, count)


def _quiet(state: CaseState, step: Step | None, last_act: datetime, now: datetime, policy: Policy) -> Iterator[Reason]:
    """Silence, and a ladder that only repeats itself. Parked cases wait for their review, so they are not silent."""
    if step is None or not step.unsolved:
        limit = silence(policy)
        if policy.calendar.add(last_act, limit) <= now:
            yield Reason(Why.SILENT, int(limit.amount))
    if step is not None and _ladder_ended(state, step, policy) and state.clock is not None and state.clock.due <= now:
        yield Reason(Why.LADDER_ENDED)


def _ladder_ended(state: CaseState, step: Step, policy: Policy) -> bool:
    """Whether the clock has taken every rung that it takes once, so that only the last one is left, again and again."""
    if step.paused or step.ladder is None:
        return False
    ladder = policy.procedures[state.procedure, state.procedure_version].ladders[step.ladder]
    return state.rung >= len(ladder) - 1 > 0
