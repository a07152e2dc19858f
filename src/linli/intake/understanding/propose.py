"""Puts reading, label and matter together into one suggestion with its reasons."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Final, Literal

import numpy as np

from linli.intake.understanding.cut import Grams, cut
from linli.intake.understanding.label import LABELS, LabelModel, load
from linli.intake.understanding.match import Keywords, Match, load_keywords, match
from linli.intake.understanding.rank import confidence, danger, rank
from linli.intake.understanding.read import Batch, read

HERE: Final = Path(__file__).parent
WEIGHTS: Final = HERE / "weights.npz"
KEYWORDS: Final = HERE / "keywords.yaml"
CHUNK: Final = 128
"""Messages worked on together in bulk."""
FLOOR: Final = 0.45
"""A matter with less confidence is only an alternative: then the suggestion names none."""
ALTERNATIVES: Final = 5
MOST_WORDS: Final = 6
LABEL_WORDS: Final = 3
SHORTEST_WORD: Final = 2
LONGEST_WORD: Final = 24
ORDER: Final = ("extended", "standard", "urgent", "emergency")
"""Urgencies of the catalogue, lowest first."""

Urgency = Literal["standard", "urgent", "emergency"]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What a message seems to be about. A proposal to a person, never a decision.

    `label` is always one of the seven, `label_confidence` the calibrated probability that it is right. `matter` is a
    code of the catalogue or None when nothing was found or too little; `confidence` belongs to the matter: the
    calibrated chance that an operator would accept it (with None: that of the best candidate left out, or 0).
    `words` are stretches of the reporter's own text, strongest first: those of danger and matter, else of the label.
    `urgency` may only raise what the catalogue says (`raise_urgency`); None means no word of danger was found.
    `alternatives` are other matters with their confidence. `truncated` says that the end of the text was not read.
    """

    label: str
    matter: str | None
    confidence: float
    label_confidence: float
    words: tuple[str, ...]
    urgency: Urgency | None
    alternatives: tuple[tuple[str, float], ...]
    model_version: str
    truncated: bool = False


@dataclass(frozen=True, slots=True)
class _Model:
    labels: LabelModel
    keywords: Keywords
    version: str


@cache
def _model() -> _Model:
    weights, book = WEIGHTS.read_bytes(), KEYWORDS.read_bytes()
    digest = hashlib.sha256(weights + book).hexdigest()[:10]
    return _Model(load(weights), load_keywords(KEYWORDS), f"1-{digest}")


def model_version() -> str:
    """Version of the shipped model: changes whenever the weights or the phrase book change."""
    return _model().version


def suggest(title: str, detail: str) -> Suggestion:
    """Suggests label, matter and urgency for one message, from its masked text alone."""
    return next(suggest_many([(title, detail)]))


def suggest_many(messages: Iterable[tuple[str, str]]) -> Iterator[Suggestion]:
    """The same for many (title, detail) pairs, in their order; each gets exactly what `suggest` would give it."""
    model = _model()
    waiting = iter(messages)
    while chunk := list(islice(waiting, CHUNK)):
        yield from _suggest_chunk(model, chunk)


def raise_urgency(stated: str, suggested: str | None) -> str:
    """The higher of a stated urgency and a suggested one; a suggestion never lowers it.

    Raises ValueError for an urgency that is not in `ORDER`.
    """
    if stated not in ORDER or (suggested is not None and suggested not in ORDER):
        raise ValueError(f"an urgency is one of {', '.join(ORDER)}; got {stated!r} and {suggested!r}")
    return stated if suggested is None else max(stated, suggested, key=ORDER.index)


def _suggest_chunk(model: _Model, chunk: Sequence[tuple[str, str]]) -> Iterator[Suggestion]:
    batch = read(chunk)
    grams = cut(batch)
    shares = model.labels.probabilities(model.labels.scores(grams, len(batch)))
    for number, matches in enumerate(match(model.keywords, batch, grams)):
        yield _suggestion(model, batch, grams, number, matches, shares[number].tolist())


def _suggestion(
    model: _Model, batch: Batch, grams: Grams, number: int, matches: Sequence[Match], shares: list[float]
) -> Suggestion:
    chosen = shares.index(max(shares))
    candidates = rank(model.keywords, matches, shares, batch.headline(number))
    urgency, danger_spans = danger(matches, batch.texts[number], model.keywords.hedges)
    named = [(candidate.matter, round(confidence(candidate.share), 4)) for candidate in candidates[: ALTERNATIVES + 1]]
    found = bool(named) and named[0][1] >= FLOOR
    spans = [*danger_spans, *(candidates[0].spans if found else ())]
    words = _words(batch, number, spans) or _label_words(model.labels, batch, grams, number, chosen)
    return Suggestion(
        label=LABELS[chosen],
        matter=named[0][0] if found else None,
        confidence=named[0][1] if named else 0.0,
        label_confidence=round(shares[chosen], 4),
        words=words,
        urgency=urgency,
        alternatives=tuple(named[1:] if found else named[:ALTERNATIVES]),
        model_version=model.version,
        truncated=batch.truncated[number],
    )


def _words(batch: Batch, number: int, spans: Iterable[tuple[int, int]]) -> tuple[str, ...]:
    words = (batch.span(number, first, last) for first, last in spans)
    fit = dict.fromkeys(word for word in words if SHORTEST_WORD <= len(word) <= LONGEST_WORD)
    return tuple(islice(fit, MOST_WORDS))


def _label_words(model: LabelModel, batch: Batch, grams: Grams, number: int, label: int) -> tuple[str, ...]:
    """The pairs of characters that speak most for the label, those that overlap joined into one stretch."""
    first, last = int(batch.starts[number]), int(batch.starts[number + 1]) - 1
    evidence = model.pair_evidence(grams.pair_places[first:last], label)
    strongest = np.argsort(-evidence, kind="stable")[: LABEL_WORDS * 2]
    places = sorted(int(place) for place in strongest if evidence[place] > 0)
    spans: list[tuple[int, int]] = []
    for place in places:
        if spans and place <= spans[-1][1]:
            spans[-1] = (spans[-1][0], place + 1)
        else:
            spans.append((place, place + 1))
    spans.sort(key=lambda span: -int(evidence[span[0] : span[1]].sum()))
    return _words(batch, number, spans)[:LABEL_WORDS]
