"""After a calendar correction: open deadlines are computed anew, each as a recorded act."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from linli.cases import queries
from linli.cases.actions.saving import CaseMoved, Step, save
from linli.catalogue import queries as catalogue
from linli.core.actor import CLOCK, Actor
from linli.core.case.decide import recalculated
from linli.core.case.evolve import evolve
from linli.core.case.state import CaseState

TRIES = 5


@dataclass(frozen=True, slots=True)
class Recounted:
    """How one open case followed a corrected calendar: whether its date moved, or why it could not be counted again."""

    case: str
    moved: bool = False
    fault: str = ""


def recalculate_open(district: str, *, clock: Callable[[], datetime], size: int = 500) -> Iterator[Recounted]:
    """Counts the deadlines of every open case of a district again, page by page; yields how each went.

    Repeating it changes nothing: a case whose dates stay gets no entry. Whoever acts meanwhile acts under the new
    calendar already.
    """
    after = ""
    while cases := queries.open_ids(district, after, size):
        after = cases[-1]
        for case in cases:
            yield _recounted(district, case, clock)


def _recounted(district: str, case: str, clock: Callable[[], datetime]) -> Recounted:
    try:
        for attempt in range(TRIES):
            try:
                return Recounted(case, moved=any(recalculate_deadlines(CLOCK, district, [case], now=clock())))
            except CaseMoved:
                if attempt == TRIES - 1:
                    raise
    except Exception as error:  # noqa: BLE001 - one case must not keep the others from the right date
        return Recounted(case, fault=f"{type(error).__name__}: {error}"[:200])
    return Recounted(case)


def recalculate_deadlines(actor: Actor, district: str, cases: Iterable[str], *, now: datetime) -> Iterator[CaseState]:
    """Recomputes the limits of open cases under the calendar in force; yields each case whose due date moved.

    One transaction a case; lock: optimistic on (case, version).

    Raises:
        CaseMoved: somebody acted on a case in between; run it again.
    """
    policy = catalogue.policy(district)
    for loaded in queries.load(district, list(cases)).values():
        if not loaded.state.is_open:
            continue
        event = recalculated(loaded.state, now=now, policy=policy)
        after = evolve(loaded.state, event)
        if (after.clock, after.promise) == (loaded.state.clock, loaded.state.promise):
            continue
        save([Step(event, after, loaded.state, loaded.hash)], actor, now=now, policy=policy.version)
        yield after
