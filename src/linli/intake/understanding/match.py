"""Finds the phrases that an experienced hotline operator would know, from keywords.yaml.

A phrase is one or more parts joined by `+`, each part one or more wordings joined by `|`: "路灯+不亮|熄灭" is found
where 路灯 stands and one of the wordings within `WINDOW` characters before or after it. The first part whose wordings
all have two characters or more leads the search.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import yaml

from linli.intake.understanding.label import LABELS
from linli.intake.understanding.read import read

WINDOW: Final = 20
SCAN_CAP: Final = 3_000
"""Cleaned characters in which phrases are looked for; what matters stands before that."""
MENTIONS: Final = 4
"""Places of one wording that are looked at; more mentions add nothing."""
WEIGHTS: Final = {"strong": 3.0, "good": 1.8, "hint": 0.7, "against": -2.5}
Danger = Literal["emergency", "urgent"]
OFTEN: Final = {"common": 1.0, "usual": 0.0, "rare": -1.0}
"""How often a matter is reported, as an operator would say; what that weighs stands in rank.py."""
DANGERS: Final[tuple[Danger, ...]] = ("emergency", "urgent")


Spans = tuple[tuple[int, int], ...]
"""Stretches of a cleaned text: position of the first and of the last character."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """One phrase, what it speaks for (a matter's code or a danger level) and how much (negative: against)."""

    speaks_for: str
    weight: float
    lead: tuple[str, ...]
    others: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Match:
    """A phrase found: for each finding (at most `MENTIONS`) the cleaned positions (first, last) of its parts."""

    phrase: Phrase
    hits: tuple[Spans, ...]


@dataclass(frozen=True, slots=True)
class Keywords:
    """The loaded phrase book.

    `labels`: under which labels messages on a matter are usually found (may be none); `frequency`: from -1 (rare) to
    1 (common); `by_pair`: wordings by their first two characters, with the phrases they lead; `hedges`: words that
    shortly before a phrase of danger make it a fear, a drill or a thing of the past.
    """

    labels: Mapping[str, tuple[int, ...]]
    frequency: Mapping[str, float]
    by_pair: Mapping[str, tuple[tuple[str, tuple[Phrase, ...]], ...]]
    hedges: tuple[str, ...]

    @property
    def matters(self) -> tuple[str, ...]:
        """Codes of all matters in the book, in its order."""
        return tuple(self.labels)


def load_keywords(path: Path) -> Keywords:
    """Reads the phrase book.

    Raises ValueError naming the matter and the phrase when one is written so that it could never be found.
    """
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the C one reads the book ten times faster
    book: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), Loader=loader)  # noqa: S506  # safe either way
    labels: dict[str, tuple[int, ...]] = {}
    frequency: dict[str, float] = {}
    phrases: list[Phrase] = []
    for code, entry in book["matters"].items():
        labels[code] = tuple(LABELS.index(label) for label in entry.get("labels", ()))
        frequency[code] = OFTEN[entry.get("often", "usual")]
        for strength, weight in WEIGHTS.items():
            phrases += [_parse(code, weight, text) for text in entry.get(strength, ())]
    for danger in DANGERS:
        phrases += [_parse(danger, 1.0, text) for text in book["danger"][danger]]
    _refuse_unreadable(phrases)
    return Keywords(labels, frequency, _index(phrases), tuple(book["danger"]["unless"]))


def _parse(speaks_for: str, weight: float, text: str) -> Phrase:
    parts = [tuple(wording.strip() for wording in part.split("|")) for part in text.split("+")]
    lead = next((part for part in parts if min(map(len, part)) >= 2), None)
    if lead is None:
        raise ValueError(f"{speaks_for}: {text!r}: one part needs wordings of two characters and more only")
    return Phrase(speaks_for, weight, lead, tuple(part for part in parts if part is not lead))


def _refuse_unreadable(phrases: Sequence[Phrase]) -> None:
    uses = [(wording, phrase) for phrase in phrases for part in (phrase.lead, *phrase.others) for wording in part]
    for (wording, phrase), clean in zip(uses, read(("", wording) for wording, _ in uses).texts, strict=True):
        if not wording or clean != wording:
            raise ValueError(
                f"{phrase.speaks_for}: write {wording!r} as it is read: lower case, no blank, any number as 0"
            )


def _index(phrases: Sequence[Phrase]) -> dict[str, tuple[tuple[str, tuple[Phrase, ...]], ...]]:
    by_wording: dict[str, list[Phrase]] = {}
    for phrase in phrases:
        for wording in dict.fromkeys(phrase.lead):
            by_wording.setdefault(wording, []).append(phrase)
    by_pair: dict[str, list[tuple[str, tuple[Phrase, ...]]]] = {}
    for wording, users in by_wording.items():
        by_pair.setdefault(wording[:2], []).append((wording, tuple(users)))
    return {pair: tuple(found) for pair, found in by_pair.items()}


def match(keywords: Keywords, text: str) -> list[Match]:
    """All phrases of the book found in a cleaned text, each once, in a fixed order."""
    text = text[:SCAN_CAP]
    found: dict[int, tuple[Phrase, list[tuple[int, int]]]] = {}
    for wording, users, places in _wordings(keywords, text):
        for phrase in users:
            entry = found.setdefault(id(phrase), (phrase, []))
            entry[1].extend((place, place + len(wording) - 1) for place in places)
    matches = []
    for phrase, leads in found.values():
        hits = [spans for lead in sorted(leads)[:MENTIONS] if (spans := _with_others(phrase, text, lead))]
        if hits:
            matches.append(Match(phrase, tuple(hits)))
    return matches


def _wordings(keywords: Keywords, text: str) -> Iterator[tuple[str, tuple[Phrase, ...], list[int]]]:
    by_pair = keywords.by_pair
    places: dict[str, list[int]] = {}
    for place, pair in enumerate(map(str.__add__, text, text[1:])):
        if pair in by_pair:
            places.setdefault(pair, []).append(place)
    for pair, starts in places.items():
        for wording, users in by_pair[pair]:
            whole = starts if len(wording) == 2 else [start for start in starts if text.startswith(wording, start)]
            if whole:
                yield wording, users, whole


def _with_others(phrase: Phrase, text: str, lead: tuple[int, int]) -> Spans:
    """Spans of the lead and of each other part near it; empty when a part is missing."""
    spans = [lead]
    for wordings in phrase.others:
        span = _near(wordings, text, lead)
        if span is None:
            return ()
        spans.append(span)
    return tuple(spans)


def _near(wordings: tuple[str, ...], text: str, lead: tuple[int, int]) -> tuple[int, int] | None:
    first, last = lead
    for wording in wordings:
        after = text.find(wording, last + 1, last + 1 + WINDOW + len(wording))
        if after >= 0:
            return after, after + len(wording) - 1
    for wording in wordings:
        before = text.rfind(wording, max(0, first - WINDOW - len(wording)), first)
        if before >= 0:
            return before, before + len(wording) - 1
    return None
