"""Every write of supervision."""

from linli.supervision.actions.orders import (
    accept_order,
    answer_order,
    issue_order,
    send_back_order,
    withdraw_order,
)
from linli.supervision.actions.problems import act_on_problem, add_case_to_problem, raise_problem
from linli.supervision.actions.shifts import begin_shift, hand_over, take_back, take_over
from linli.supervision.actions.visits import add_follow_up, note_visit, settle_follow_up
from linli.supervision.actions.writing import Writing

__all__ = [
    "Writing",
    "accept_order",
    "act_on_problem",
    "add_case_to_problem",
    "add_follow_up",
    "answer_order",
    "begin_shift",
    "hand_over",
    "issue_order",
    "note_visit",
    "raise_problem",
    "send_back_order",
    "settle_follow_up",
    "take_back",
    "take_over",
    "withdraw_order",
]
