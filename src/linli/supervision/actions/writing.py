"""What every write of this room comes with."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from linli.core.actor import Actor
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
