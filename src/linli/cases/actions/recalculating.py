"""After a calendar correction: open deadlines are computed anew, each as a recorded act."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from linli.cases import queries
from linli.cases.actions.saving import Step, save
from linli.catalogue import queries as catalogue
from linli.core.actor import Actor
from linli.core.case.decide import recalculated
from linli.core.case.evolve import evolve
from linli.core.case.state import CaseState


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
