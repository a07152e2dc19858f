"""How fields and actions stand on a page: what comes first in the work comes first.

A published procedure does not keep the order of its document, so the pages have their own; what is not named here
follows as it comes.
"""

from collections.abc import Iterable

from linli.core.procedure import Action, FormField

FIELD_ORDER = (
    "service", "handed_over_at", "matter", "urgency", "area", "complaint_about", "complaint_targets", "into", "lead",
    "co_handlers", "unit", "ground", "proposed_unit", "task", "result", "finding", "decision", "reason",
    "right_channel", "remedy", "what_was_done", "reporter_contacted", "evidence", "until", "amount", "agenda",
    "decisions", "interim_measure", "rating", "score", "words",
    "mention",
)  # fmt: skip
MAIN_ACTIONS = (
    "accept", "dispatch", "acknowledge", "report_back", "take_over", "verify", "reply", "satisfied", "not_solved",
    "rule", "decide", "extend", "resume", "unpark", "keep_parked",
)  # fmt: skip
"""What carries a case on, in the order of the loop."""

ACTION_ORDER = (
    *MAIN_ACTIONS, "refuse_extension", "divert", "decline", "uphold", "pass_on", "merge", "reclassify", "return",
    "refuse", "open_part", "ask_extension", "pause", "rework", "send_back", "reopen", "contest", "evaluate", "park",
    "call_conference", "escalate", "expedite", "inform_level_above", "note", "cancel",
    "withdraw",
)  # fmt: skip


KEYS = {
    "accept": "a", "dispatch": "d", "acknowledge": "g", "report_back": "b", "take_over": "b", "verify": "v",
    "reply": "r", "satisfied": "s", "decline": "n", "merge": "m", "rework": "w", "pause": "p", "return": "t",
    "rule": "u", "decide": "u", "extend": "e", "ask_extension": "e", "escalate": "h",
}  # fmt: skip
"""The letter that takes an action on the desk; j, k, o and x walk the list."""


def fields_in_order(action: Action) -> list[FormField]:
    """The fields of an action's form as they stand on a page."""
    return sorted(action.form, key=lambda field: _rank(field.name, FIELD_ORDER))


def in_order(actions: Iterable[Action]) -> list[Action]:
    """Actions as they stand on a page."""
    return sorted(actions, key=lambda action: _rank(action.name, ACTION_ORDER))


def _rank(name: str, order: tuple[str, ...]) -> int:
    return order.index(name) if name in order else len(order)
