"""Plans of grids whose date has come: put in force, and then every open case that they touch is moved.

The two are apart on purpose. A plan takes effect in one transaction; the cases follow one by one, and until they do
they stand in areas that the tree of areas still knows. Whatever is interrupted is done by the next round.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from linli.cases import actions as cases
from linli.cases.actions.acting import BulkResult
from linli.core.actor import CLOCK, Actor
from linli.directory import actions as directory_actions
from linli.directory import queries as directory
from linli.directory.queries import Plan

STRAGGLERS = timedelta(minutes=10)
"""For so long after a plan took effect, cases are looked for that were still taken in under the old outlines."""


@dataclass(frozen=True, slots=True)
class Round:
    """What one round did: plans that took effect, cases that moved, cases that could not be moved."""

    plans: int
    moved: int
    failed: int


def run_due(district: str, *, now: datetime) -> Round:
    """Puts due plans in force, each followed by its cases, the earliest first; several processes may do it at once."""
    plans, results = 0, list(_follow_all(district, now))
    for plan in directory.due_plans(district, now):
        if directory_actions.take_effect(district, plan, now=now):
            plans += 1
            results += _follow_all(district, now)
    return Round(plans, sum(r.state is not None for r in results), sum(r.state is None for r in results))


def follow(plan: Plan, *, now: datetime, actor: Actor = CLOCK) -> list[BulkResult]:
    """Moves what a plan in force has left to move, and notes when nothing is; answers how each case went."""
    with directory.steady():  # a web process may still hold the areas as they were seconds ago
        results = cases.move_after_plan(actor, plan, now=now)
    done = all(result.state is not None for result in results)
    if done and plan.took_effect_at is not None and now - plan.took_effect_at >= STRAGGLERS:
        directory_actions.settle_plan(plan.district, plan.id, now=now)
    return results


def _follow_all(district: str, now: datetime) -> Iterator[BulkResult]:
    for plan in directory.unsettled_plans(district):
        yield from follow(plan, now=now)
