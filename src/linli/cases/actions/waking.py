"""The clock's acts: what is due by ``next_wake``, oldest first, each through ``decide``, each exactly once."""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from linli.cases import queries
from linli.cases.actions.acting import act
from linli.cases.actions.saving import CaseMoved
from linli.cases.models import WakeFault
from linli.catalogue import queries as catalogue
from linli.core.actor import CLOCK
from linli.core.case.timing import due_action
from linli.core.errors import Refusal

BACK_OFF = timedelta(minutes=5)
LONGEST = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Woken:
    """One act of the clock, or the fault that kept it from acting. ``due`` is when it should have been taken."""

    case: str
    action: str
    due: datetime
    fault: str = ""
    version: int = 0


def wake_each(district: str, due: Sequence[str], *, clock: Callable[[], datetime]) -> Iterator[Woken]:
    """Takes the one clock act of each of these cases that is due, in their order, and yields what came of it.

    A case whose act fails goes to the fault list with a growing back-off; until then ``queries.due_cases`` passes it
    over, so that it never starves the others. Several processes may do this: the version of the case decides who acted,
    and whoever finds that another was quicker takes the rest in another order, so that they do not meet at each case.

    Args:
        district: the district.
        due: ids of cases, the longest waiting first.
        clock: tells the moment of each act; a long batch ends later than it began.
    """
    waiting = list(reversed(due))
    faulted = {str(case) for case in WakeFault.objects.filter(case_id__in=due).values_list("case_id", flat=True)}
    while waiting:
        case = waiting.pop()
        woken = wake(district, case, now=clock(), faulted=case in faulted)
        if woken is not None:
            yield woken
        else:
            random.shuffle(waiting)


def wake(district: str, case: str, *, now: datetime, faulted: bool = True) -> Woken | None:
    """Takes the one clock act of a case that is due by ``now``; None when none is, or somebody else just acted.

    Whatever goes wrong is put on the fault list; it is answered, not raised. ``faulted`` says whether the case may
    stand there already; it then leaves the list.
    """
    action, due = "", now
    try:
        loaded = queries.load(district, [case]).get(case)
        action = (loaded and due_action(loaded.state, now, catalogue.policy(district))) or ""
        if loaded is None or not action:
            return None
        due = loaded.state.next_wake or now
        after = act(CLOCK, district, case, action, {}, now=now, expected_version=loaded.state.version)
    except Exception as error:  # noqa: BLE001 - whatever is wrong with one case must not stop the others
        if _overtaken(error):
            return None
        _fault(district, case, f"{type(error).__name__}: {error}"[:500], now)
        return Woken(case, action, due, str(error))
    if faulted:
        WakeFault.objects.filter(district_id=district, case_id=case).delete()
    return Woken(case, action, due, version=after.version)


def try_again(district: str, case: str, *, now: datetime) -> bool:
    """Takes a case off its back-off, so that the next sweep tries it; False where it is not on the fault list."""
    return bool(WakeFault.objects.filter(district_id=district, case_id=case).update(retry_at=now))


def _overtaken(error: Exception) -> bool:
    return isinstance(error, CaseMoved) or (isinstance(error, Refusal) and error.code == "state_changed")


@transaction.atomic
def _fault(district: str, case: str, what: str, now: datetime) -> None:
    found = WakeFault.objects.select_for_update().filter(case_id=case).first()
    attempts = found.attempts + 1 if found else 1
    wait = min(BACK_OFF * 2 ** min(attempts - 1, 10), LONGEST)
    WakeFault.objects.update_or_create(
        case_id=case,
        defaults={"district_id": district, "what": what, "attempts": attempts, "retry_at": now + wait},
        create_defaults={
            "district_id": district, "what": what, "attempts": 1, "retry_at": now + wait, "first_at": now,
        },
    )  # fmt: skip
