"""What a corrected calendar would do to open deadlines; nothing is changed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from linli.cases import rows
from linli.cases.models import Case
from linli.core.calendar import WorkCalendar
from linli.core.case.decide import recalculated
from linli.core.errors import Refusal
from linli.core.policy import Policy

MOST = 2000
"""So many cases are counted for a preview, those that are due next."""


@dataclass(frozen=True, slots=True)
class Shift:
    """One open case whose running limit would end at another moment."""

    number: str
    before: datetime
    after: datetime


@dataclass(frozen=True, slots=True)
class Preview:
    """How many of the open cases that were looked at would move, and the first of them; ``more`` were not looked at."""

    looked: int
    moved: int
    shifts: Sequence[Shift]
    more: bool


def preview(district: str, policy: Policy, calendar: WorkCalendar, *, now: datetime, shown: int = 20) -> Preview:
    """Counts open deadlines under another calendar. Only numbers and dates come out: no case is opened by it."""
    other = replace(policy, calendar=calendar)
    states = (
        Case.objects.filter(district_id=district, ended_at=None).order_by("due", "id").values_list("state", flat=True)
    )
    found = [rows.decode(state) for state in states[: MOST + 1]]
    shifts = []
    for state in found[:MOST]:
        try:
            clock = recalculated(state, now=now, policy=other).tick.clock
        except Refusal:
            continue
        if clock is not None and state.clock is not None and clock.due != state.clock.due:
            shifts.append(Shift(state.number, state.clock.due, clock.due))
    return Preview(min(len(found), MOST), len(shifts), shifts[:shown], len(found) > MOST)
