"""Every read of supervision."""

from linli.supervision.queries.shifts import ShiftInfo, past_shifts, present_shift, shift, shift_units
from linli.supervision.queries.visits import (
    FollowUpInfo,
    VisitInfo,
    due,
    follow_ups,
    may_note,
    may_settle,
    supervised,
    visible_to,
    visit,
    visits,
)

__all__ = [
    "FollowUpInfo",
    "ShiftInfo",
    "VisitInfo",
    "due",
    "follow_ups",
    "may_note",
    "may_settle",
    "past_shifts",
    "present_shift",
    "shift",
    "shift_units",
    "supervised",
    "visible_to",
    "visit",
    "visits",
]
