"""Which open cases may be the trouble that somebody is about to report: offered to them, decided by a person.

What is offered is a matter, a community and an age; whose case it is, what was written and where the pin lies stays
with its reporter. So a case is offered only where matter and place speak for it and the words agree as well.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from linli.core.policy import Matter
from linli.core.searching import bigrams

LEAST_WRITTEN = 4
"""Pairs of characters that a text must have before anything is offered: "路灯" alone says too little."""
LEAST_SHARED = 3
LEAST_PART = 0.2
"""How much of the shorter text the two must have in common."""
OFFERED = 3


@dataclass(frozen=True, slots=True)
class Candidate:
    """An open case of the same community and matter, with the bigrams of its working text."""

    case: str
    matter: str
    opened_at: datetime
    terms: frozenset[str]


def may_be_offered(matter: Matter) -> bool:
    """Whether an open case of the matter may be named to a neighbour: nothing sensitive, nothing with a guard.

    A guard means that somebody is complained about, must consent, or stays unnamed: then even "reported 2 days ago in
    your community" may tell who spoke.
    """
    return not matter.is_sensitive and not matter.guards


def alike(text: str, candidates: Iterable[Candidate]) -> tuple[Candidate, ...]:
    """The few candidates whose words agree with the text, those that agree most first; ``text`` is masked."""
    own = frozenset(bigrams(text))
    if len(own) < LEAST_WRITTEN:
        return ()
    shared = [(len(own & candidate.terms), candidate) for candidate in candidates]
    enough = [
        (count, candidate)
        for count, candidate in shared
        if count >= LEAST_SHARED and count >= LEAST_PART * min(len(own), len(candidate.terms))
    ]
    ranked = sorted(enough, key=lambda each: (each[0], each[1].opened_at, each[1].case), reverse=True)
    return tuple(candidate for _count, candidate in ranked[:OFFERED])
