"""One round of the clock over every district: what is due is acted on, and what it did is told.

Districts take turns, one batch each, so that a district with a day's backlog holds up no other; what fails in one
district is told and leaves the others alone.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from linli.cases.actions import wake_each
from linli.cases.queries import due_cases
from linli.directory.queries import districts
from linli.intake.actions import forget
from linli.site import recounting
from linli.site.recutting import run_due

BATCH = 500
"""Due cases that are read at once."""


@dataclass(slots=True)
class Round:
    """What one round did.

    Attributes:
        acts: the clock's acts by the name of the action.
        faults: acts that failed; each stands on the fault list.
        latest: how long the longest-waiting act had been due.
        more: a district had a whole batch due, so that the next round should follow at once.
        recounted, uncounted: deadlines that followed a corrected calendar, and those that could not.
        plans, moved, stuck: plans of grids that took effect, cases that moved with them, and those that could not.
        broken: districts in which the round itself failed, with what was said.
    """

    acts: Counter[str] = field(default_factory=Counter)
    faults: int = 0
    latest: timedelta = timedelta()
    more: bool = False
    plans: int = 0
    moved: int = 0
    stuck: int = 0
    recounted: int = 0
    uncounted: int = 0
    broken: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        """For the operator: one line, empty where nothing happened."""
        parts = []
        if self.plans or self.moved or self.stuck:
            stuck = f", {self.stuck:,} could not" if self.stuck else ""
            parts.append(f"{self.plans:,} plans of grids took effect, {self.moved:,} cases moved{stuck}")
        if self.recounted or self.uncounted:
            parts.append(
                f"{self.recounted:,} deadlines moved with the calendar, {self.uncounted:,} could not be counted"
            )
        if self.acts:
            by_name = ", ".join(f"{name} {count:,}" for name, count in sorted(self.acts.items()))
            waited = timedelta(seconds=int(self.latest.total_seconds()))
            parts.append(f"{self.acts.total():,} acts of the clock ({by_name}), the latest after {waited}")
        if self.faults:
            parts.append(f"{self.faults:,} faults, see the state of the system")
        parts += [f"district {code} failed: {error}" for code, error in self.broken.items()]
        return "; ".join(parts)


def sweep_once(clock: Callable[[], datetime], *, batch: int = BATCH) -> Round:
    """Takes one batch of what is due in each district, the longest waiting first.

    Several processes may do this at once; each act happens once.
    """
    done = Round()
    forget(clock())
    for district in districts():
        try:
            _district(district.code, clock, batch, done)
        except Exception as error:  # noqa: BLE001 - one district must not stop the clock of another
            done.broken[district.code] = f"{type(error).__name__}: {error}"[:500]
    return done


def _district(code: str, clock: Callable[[], datetime], batch: int, done: Round) -> None:
    plans = run_due(code, now=clock())
    done.plans, done.moved, done.stuck = done.plans + plans.plans, done.moved + plans.moved, done.stuck + plans.failed
    recount = recounting.run_due(code, clock)
    done.recounted, done.uncounted = done.recounted + recount.moved, done.uncounted + recount.failed
    due = due_cases(code, clock(), batch)
    done.more = done.more or len(due) >= batch
    for woken in wake_each(code, due, clock=clock):
        if woken.fault:
            done.faults += 1
            continue
        done.acts[woken.action] += 1
        done.latest = max(done.latest, clock() - woken.due)
