"""Finds the phrases that an experienced hotline operator would know, from keywords.yaml.

A phrase is one or more parts joined by `+`, each part one or more wordings joined by `|`: "路灯+不亮|熄灭" is found
where 路灯 stands and one of the wordings within `WINDOW` characters before or after it. The first part whose wordings
all have two characters or more leads the search.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt
import yaml

from linli.intake.understanding.cut import WHOLE_ROWS, Grams, place_of
from linli.intake.understanding.label import LABELS
from linli.intake.understanding.read import Batch, read

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


Part = Mapping[int, tuple[str, ...]]
"""Wordings of one part of a phrase by the hash place of how they begin (two characters, or the only one): a quick look
whether any can be in a text at all."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """One phrase, what it speaks for (a matter's code or a danger level) and how much (negative: against).

    `number` is its place in the book.
    """

    number: int
    speaks_for: str
    weight: float
    lead: tuple[str, ...]
    others: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """A phrase found: for each finding (at most `MENTIONS`) the cleaned positions (first, last) of its parts."""

    phrase: Phrase
    hits: tuple[Spans, ...]


@dataclass(frozen=True, slots=True)
class Keywords:
    """The loaded phrase book.

    `labels`: under which labels messages on a matter are usually found (may be none); `frequency`: from -1 (rare) to
    1 (common); `by_place`: leading wordings by the hash place of their first two characters, with the phrases they
    lead; `leads` and `others`: for each hash place whether a leading wording, or one of another part, begins so;
    `hedges`: words that shortly before a phrase of danger make it a fear, a drill or a thing of the past.
    """

    labels: Mapping[str, tuple[int, ...]]
    frequency: Mapping[str, float]
    by_place: Mapping[int, tuple[tuple[str, tuple[Phrase, ...]], ...]]
    leads: npt.NDArray[np.bool_]
    others: npt.NDArray[np.bool_]
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
    written: list[tuple[str, float, str]] = []
    for code, entry in book["matters"].items():
        labels[code] = tuple(LABELS.index(label) for label in entry.get("labels", ()))
        frequency[code] = OFTEN[entry.get("often", "usual")]
        for strength, weight in WEIGHTS.items():
            written += [(code, weight, text) for text in entry.get(strength, ())]
    for danger in DANGERS:
        written += [(danger, 1.0, text) for text in book["danger"][danger]]
    phrases = [_parse(number, *entry) for number, entry in enumerate(written)]
    _refuse_unreadable(phrases)
    by_place = _index(phrases)
    others = {place for phrase in phrases for part in phrase.others for place in part}
    return Keywords(labels, frequency, by_place, _marked(by_place), _marked(others), tuple(book["danger"]["unless"]))


def _marked(places: Iterable[int]) -> npt.NDArray[np.bool_]:
    marks = np.zeros(WHOLE_ROWS, bool)
    marks[list(places)] = True
    return marks


def _parse(number: int, speaks_for: str, weight: float, text: str) -> Phrase:
    parts = [tuple(wording.strip() for wording in part.split("|")) for part in text.split("+")]
    lead = next((part for part in parts if min(map(len, part)) >= 2), None)
    if lead is None:
        raise ValueError(f"{speaks_for}: {text!r}: one part needs wordings of two characters and more only")
    others = tuple(_by_beginning(part) for part in parts if part is not lead)
    return Phrase(number, speaks_for, weight, lead, others)


def _by_beginning(wordings: Sequence[str]) -> Part:
    part: dict[int, tuple[str, ...]] = {}
    for wording in wordings:
        place = _place(wording[:2])
        part[place] = (*part.get(place, ()), wording)
    return part


_place = cache(place_of)


def _refuse_unreadable(phrases: Sequence[Phrase]) -> None:
    uses = [(wording, phrase) for phrase in phrases for wording in _all_wordings(phrase)]
    for (wording, phrase), clean in zip(uses, read(("", wording) for wording, _ in uses).texts, strict=True):
        if not wording or clean != wording:
            raise ValueError(
                f"{phrase.speaks_for}: write {wording!r} as it is read: lower case, no blank, any number as 0"
            )


def _all_wordings(phrase: Phrase) -> Iterator[str]:
    yield from phrase.lead
    for part in phrase.others:
        for wordings in part.values():
            yield from wordings


def _index(phrases: Sequence[Phrase]) -> dict[int, tuple[tuple[str, tuple[Phrase, ...]], ...]]:
    by_wording: dict[str, list[Phrase]] = {}
    for phrase in phrases:
        for wording in dict.fromkeys(phrase.lead):
            by_wording.setdefault(wording, []).append(phrase)
    by_place: dict[int, list[tuple[str, tuple[Phrase, ...]]]] = {}
    for wording, users in by_wording.items():
        by_place.setdefault(_place(wording[:2]), []).append((wording, tuple(users)))
    return {place: tuple(found) for place, found in by_place.items()}


def match(keywords: Keywords, batch: Batch, grams: Grams) -> Iterator[list[Match]]:
    """For each message of a batch all phrases of the book found in it, each once, in the book's order."""
    pairs, singles = grams.pair_places, grams.single_places
    leading, beginning, alone = keywords.leads[pairs], keywords.others[pairs], keywords.others[singles]
    for number, text in enumerate(batch.texts):
        first = int(batch.starts[number])
        last = first + min(len(text), SCAN_CAP)
        one, two = slice(first, last), slice(first, max(last - 1, first))
        leads = set(pairs[two][leading[two]].tolist())
        beginnings = set(pairs[two][beginning[two]].tolist())
        beginnings.update(singles[one][alone[one]].tolist())
        yield _match_one(keywords, text[:SCAN_CAP], leads, beginnings)


def _match_one(keywords: Keywords, text: str, lead_places: set[int], beginnings: set[int]) -> list[Match]:
    leads: dict[int, tuple[Phrase, list[tuple[int, int]]]] = {}
    for place in lead_places:
        for wording, users in keywords.by_place[place]:
            possible = [phrase for phrase in users if _possible(phrase, beginnings)]
            if possible and (places := _places(wording, text)):
                for phrase in possible:
                    leads.setdefault(phrase.number, (phrase, []))[1].extend(places)
    matches = []
    for number in sorted(leads):
        phrase, found = leads[number]
        hits = _hits(phrase, sorted(found)[:MENTIONS], text, beginnings)
        if hits:
            matches.append(Match(phrase, hits))
    return matches


def _possible(phrase: Phrase, beginnings: set[int]) -> bool:
    """Whether each other part has a wording that begins as something in the text does."""
    for part in phrase.others:  # noqa: SIM110  # a generator here costs a third of the time of `match`
        if part.keys().isdisjoint(beginnings):
            return False
    return True


def _places(wording: str, text: str) -> list[tuple[int, int]]:
    places: list[tuple[int, int]] = []
    start = text.find(wording)
    while start >= 0 and len(places) < MENTIONS:
        places.append((start, start + len(wording) - 1))
        start = text.find(wording, start + 1)
    return places


def _hits(phrase: Phrase, leads: Sequence[tuple[int, int]], text: str, beginnings: set[int]) -> tuple[Spans, ...]:
    """For each place of the lead its span and that of each other part near it; leads without a part are left out."""
    parts = [
        [wording for begin, wordings in part.items() if begin in beginnings for wording in wordings]
        for part in phrase.others
    ]
    hits: list[Spans] = []
    for lead in leads:
        spans = [lead]
        for wordings in parts:
            span = _near(wordings, text, lead)
            if span is None:
                break
            spans.append(span)
        else:
            hits.append(tuple(spans))
    return tuple(hits)


def _near(wordings: Sequence[str], text: str, lead: tuple[int, int]) -> tuple[int, int] | None:
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
