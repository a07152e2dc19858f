"""What every write of this room comes with."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from linli.cases import queries as cases
from linli.core.access import unit_may_read
from linli.core.actor import Actor
from linli.core.case.state import CaseState
from linli.core.errors import Refusal
from linli.core.policy import Policy


@dataclass(frozen=True, slots=True)
class Writing:
    """Who writes, in which district, under which rules, and when."""

    actor: Actor
    district: str
    policy: Policy
    now: datetime


def digest(words: str) -> str:
    """What the ledger keeps of words."""
    return hashlib.sha256(words.encode()).hexdigest()


def require_words(*words: str) -> None:
    """Each of them says something.

    Raises:
        Refusal: ``order_words_missing``.
    """
    if not all(text.strip() for text in words):
        raise Refusal("order_words_missing")


def require_readable(by: Writing, unit: str, case: str) -> CaseState:
    """The case, if both sides may read it: nobody is asked about a complaint against themselves (rights R10).

    Raises:
        Refusal: ``case_unknown`` (also when hidden from the actor), ``order_unit_recused``.
    """
    found = cases.case_for(by.actor, by.district, case)
    if found is None:
        raise Refusal("case_unknown")
    if not unit_may_read(by.policy.territory.units[unit], found.state):
        raise Refusal("order_unit_recused")
    return found.state
