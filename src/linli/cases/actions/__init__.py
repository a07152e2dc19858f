"""Every write on cases. All of them go through :mod:`linli.cases.actions.saving`, in one transaction."""

from linli.cases.actions.acting import act, act_in_bulk
from linli.cases.actions.answering import keep_answer, load_answers, remove_answer
from linli.cases.actions.indexing import index_cases
from linli.cases.actions.mentioning import settle_mention
from linli.cases.actions.opening import open_case, prepare
from linli.cases.actions.placing import choose_place, move_after_plan
from linli.cases.actions.recalculating import recalculate_deadlines, recalculate_open
from linli.cases.actions.saving import CaseMoved
from linli.cases.actions.waking import try_again, wake, wake_each

__all__ = [
    "CaseMoved",
    "act",
    "act_in_bulk",
    "choose_place",
    "index_cases",
    "keep_answer",
    "load_answers",
    "move_after_plan",
    "open_case",
    "prepare",
    "recalculate_deadlines",
    "recalculate_open",
    "remove_answer",
    "settle_mention",
    "try_again",
    "wake",
    "wake_each",
]
