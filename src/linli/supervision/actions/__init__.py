"""Every write of supervision."""

from linli.supervision.actions.shifts import begin_shift, hand_over, take_back, take_over
from linli.supervision.actions.visits import add_follow_up, note_visit, settle_follow_up
from linli.supervision.actions.writing import Writing

__all__ = [
    "Writing",
    "add_follow_up",
    "begin_shift",
    "hand_over",
    "note_visit",
    "settle_follow_up",
    "take_back",
    "take_over",
]
