"""The promises that run on a case, each with the sentences by which it can be counted again."""

from dataclasses import dataclass
from datetime import datetime

from linli.cases import words
from linli.core.case.state import CaseState
from linli.core.deadlines import Clock, explain, is_overdue
from linli.core.policy import Policy
from linli.core.procedure import Role

WORK = frozenset({Role.UNIT, Role.LEAD, Role.RULER, Role.CONVENER})
"""Owners of the steps in which the work itself is still owed."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """One running limit, by name."""

    name: str
    clock: Clock
    late: bool
    paused: bool
    why: tuple[str, ...]


def deadlines(state: CaseState, policy: Policy, lang: str, now: datetime) -> list[Deadline]:
    """The limit of this step, and the promised handling limit where it is another one and the work is still owed."""
    step = policy.procedures[state.procedure, state.procedure_version].steps[state.step]
    clocks = dict.fromkeys((state.clock, state.promise if step.owner in WORK else None))
    return [
        Deadline(
            name=words.label("limit", clock.name, lang),
            clock=clock,
            late=is_overdue(clock, now),
            paused=clock.paused_at is not None,
            why=explain(clock, policy.calendar, lang, words.clock_labels(lang)),
        )
        for clock in clocks
        if clock is not None
    ]
