"""Ranks the catalogue's matters for one message: phrases found, weighed with the label probabilities.

P(matter) = softmax over the matters with evidence, and over "none of them", which has a fixed score: too little
evidence leaves it ahead, and then no matter is suggested. A matter's score is what its phrases add up to, plus a share
for how probable the labels are under which such messages are found; matters without a label compete by phrases alone.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from linli.intake.understanding.match import DANGERS, Danger, Keywords, Match, Spans

EARLY: Final = 30
"""Cleaned characters that count as headline where a message has no title."""
HEADLINE_FACTOR: Final = 1.6
LATE_FACTOR: Final = 0.55
LATE: Final = 250
FADING: Final = 0.5
"""Each further phrase for the same matter counts this much of the one before it."""
REPEAT: Final = 0.4
COMMON: Final = 0.2
"""What being common adds to a score, and being rare takes off."""
LABEL_SHARE: Final = 0.9
OTHER_LABEL: Final = 0.12
NO_LABEL: Final = 0.5
NONE_SCORE: Final = 2.4
SPREAD: Final = 1.0
LEAST: Final = 0.5
"""Evidence below this is not shown as a candidate."""
ACCEPT_SLOPE: Final = 0.95
ACCEPT_OFFSET: Final = 0.38
"""Fitted on messages graded by hand (model card); `linli understand evaluate` measures what they are worth."""
ALARM_REACH: Final = 80
"""Cleaned characters from the beginning in which a phrase can say emergency; who is in danger says so first. Further
down it says urgent, and after `LATE` nothing."""
HEDGE_REACH: Final = 6
"""Cleaned characters before a danger phrase in which a word such as 如果 takes its urgency away."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A matter, its share of the probability, and the cleaned spans that spoke for it, strongest first."""

    matter: str
    share: float
    spans: Spans


def rank(keywords: Keywords, matches: Sequence[Match], labels: Sequence[float], headline: int) -> list[Candidate]:
    """Candidates, most probable first; their shares and that of "none" add up to 1. Ties keep the book's order.

    `labels` are the seven label probabilities, `headline` is how many cleaned characters the title has.
    """
    by_matter: dict[str, list[Match]] = {}
    for match in matches:
        if match.phrase.speaks_for in keywords.labels:
            by_matter.setdefault(match.phrase.speaks_for, []).append(match)
    scored = []
    for matter in keywords.matters:
        found = by_matter.get(matter)
        if found and (evidence := _evidence(found, headline or EARLY)) >= LEAST:
            scored.append((evidence + _before(keywords, matter, labels), matter, found))
    if not scored:
        return []
    scored.sort(key=lambda entry: -entry[0])
    top = max(scored[0][0], NONE_SCORE)
    raised = [math.exp((score - top) / SPREAD) for score, _, _ in scored]
    total = math.fsum([*raised, math.exp((NONE_SCORE - top) / SPREAD)])
    return [
        Candidate(matter, value / total, _spans(found))
        for value, (_, matter, found) in zip(raised, scored, strict=True)
    ]


def _evidence(found: Sequence[Match], headline: int) -> float:
    gains, against = [], 0.0
    for match in found:
        first = match.hits[0][0][0]
        place = HEADLINE_FACTOR if first < headline else LATE_FACTOR if first > LATE else 1.0
        weight = match.phrase.weight * place
        if weight < 0:
            against += weight
        else:
            gains.append(weight * (1 + REPEAT * math.log2(len(match.hits))))
    gains.sort(reverse=True)
    return math.fsum(gain * FADING**step for step, gain in enumerate(gains)) + against


def _before(keywords: Keywords, matter: str, labels: Sequence[float]) -> float:
    """What speaks for a matter before any phrase is counted: how common it is, and the labels."""
    usual = COMMON * keywords.frequency[matter]
    expected = keywords.labels[matter]
    if not expected:
        return usual + LABEL_SHARE * math.log(NO_LABEL)
    inside = min(math.fsum(labels[label] for label in expected), 1.0)
    return usual + LABEL_SHARE * math.log(OTHER_LABEL + (1 - OTHER_LABEL) * inside)


def _spans(found: Sequence[Match]) -> Spans:
    helpful = sorted((match for match in found if match.phrase.weight > 0), key=lambda match: -match.phrase.weight)
    return tuple(dict.fromkeys(span for match in helpful for span in match.hits[0]))


def danger(matches: Sequence[Match], text: str, hedges: Sequence[str]) -> tuple[Danger | None, Spans]:
    """The highest danger level with a phrase that no hedge takes back, and the spans that say so."""
    told: dict[Danger, list[tuple[int, int]]] = {level: [] for level in DANGERS}
    for match in matches:
        for level in DANGERS:
            if match.phrase.speaks_for != level:
                continue
            for spans in match.hits:
                first = min(span[0] for span in spans)
                if first <= LATE and not _hedged(first, text, hedges):
                    told[level if first <= ALARM_REACH else "urgent"].extend(spans)
    for level in DANGERS:
        if told[level]:
            return level, tuple(dict.fromkeys(told[level]))
    return None, ()


def _hedged(first: int, text: str, hedges: Sequence[str]) -> bool:
    before = text[max(0, first - HEDGE_REACH) : first]
    return any(hedge in before for hedge in hedges)


def confidence(share: float) -> float:
    """The chance that an operator would accept a candidate with this share: logistic in its log odds."""
    share = min(max(share, 1e-6), 1 - 1e-6)
    odds = ACCEPT_SLOPE * math.log(share / (1 - share)) + ACCEPT_OFFSET
    return 1 / (1 + math.exp(-odds))
