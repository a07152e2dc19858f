"""Reads messages: cleans the characters, keeps the way back to the reporter's own spelling.

Only the title and the text of a message come in here (rights R9): there is no parameter for anything else.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

TITLE_CAP = 300
"""Characters of a title that are read; the rest is ignored and the suggestion says `truncated`."""
DETAIL_CAP = 8_000
"""Characters of a detail that are read; 99.9 % of real messages are shorter."""

_DROPPED = (
    (0x00, 0x20), (0x7F, 0xA0), (0xAD, 0xAD), (0x1680, 0x1680), (0x2000, 0x200F), (0x2028, 0x202F), (0x205F, 0x206F),
    (0x3000, 0x3000), (0xD800, 0xF8FF), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFF0, 0xFFFF),
)  # fmt: skip
_DIGIT = ord("0")
_DIVISIONS = tuple(map(ord, "市区县镇"))


def _character_table() -> npt.NDArray[np.uint32]:
    """Maps each code point below 65,536 to the one it is read as; 0 means that it is left out."""
    table = np.arange(0x1_0001, dtype=np.uint32)
    table[0xFF01:0xFF5F] = np.arange(0x21, 0x7F)
    upper = np.flatnonzero((table >= ord("A")) & (table <= ord("Z")))
    table[upper] += 32
    table[(table >= ord("0")) & (table <= ord("9"))] = _DIGIT
    for first, last in _DROPPED:
        table[first : last + 1] = 0
    table[0x1_0000] = 0  # stands for every code point above: emoji and rare characters
    return table


_TABLE = _character_table()


@dataclass(frozen=True, slots=True)
class Batch:
    """Cleaned messages, end to end in one array so that a thousand cost little more than one.

    `codes` are the kept code points, `document` says whose each is, `starts` (one longer than the batch) where each
    message begins in `codes`; `origin` is the position of each in its message's own `sources` text.
    """

    codes: npt.NDArray[np.uint32]
    document: npt.NDArray[np.int64]
    origin: npt.NDArray[np.int64]
    starts: npt.NDArray[np.int64]
    texts: tuple[str, ...]
    sources: tuple[str, ...]
    title_lengths: tuple[int, ...]
    truncated: tuple[bool, ...]

    def __len__(self) -> int:
        return len(self.sources)

    def headline(self, number: int) -> int:
        """How many cleaned characters of message `number` stand in its title."""
        own = self.origin[int(self.starts[number]) : int(self.starts[number + 1])]
        return int(np.searchsorted(own, self.title_lengths[number]))

    def span(self, number: int, first: int, last: int) -> str:
        """The reporter's own characters from cleaned position `first` to `last` (inclusive) of message `number`.

        Never runs over the border of title and detail, so that it always stands in one of the two.
        """
        base = int(self.starts[number])
        begin, end = int(self.origin[base + first]), int(self.origin[base + last]) + 1
        border = self.title_lengths[number]
        if begin < border < end:
            begin, end = (begin, border) if border - begin >= end - border else (border, end)
        return self.sources[number][begin:end].strip()


def read(messages: Iterable[tuple[str, str]]) -> Batch:
    """Cleans (title, detail) pairs: folds width and case, writes every number as one 0, drops blanks, control
    characters, emoji and the letter names of pseudonymised places ("A3区")."""
    sources, title_lengths, truncated = [], [], []
    for title, detail in messages:
        truncated.append(len(title) > TITLE_CAP or len(detail) > DETAIL_CAP)
        title_lengths.append(min(len(title), TITLE_CAP))
        sources.append(title[:TITLE_CAP] + detail[:DETAIL_CAP])
    raw = np.frombuffer("".join(sources).encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    lengths = np.fromiter(map(len, sources), dtype=np.int64, count=len(sources))
    begins = np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)])
    document = np.repeat(np.arange(len(sources)), lengths)
    codes = _TABLE[np.minimum(raw, 0x1_0000)]
    kept = _kept_positions(codes, document)
    codes, document = codes[kept], document[kept]
    starts = np.searchsorted(document, np.arange(len(sources) + 1))
    everything = codes.tobytes().decode("utf-32-le")
    ends = starts.tolist()
    return Batch(
        codes=codes,
        document=document,
        origin=kept - begins[document],
        starts=starts,
        texts=tuple(everything[ends[i] : ends[i + 1]] for i in range(len(sources))),
        sources=tuple(sources),
        title_lengths=tuple(title_lengths),
        truncated=tuple(truncated),
    )


def _kept_positions(codes: npt.NDArray[np.uint32], document: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    kept = np.flatnonzero(codes)
    run, owner = codes[kept], document[kept]
    repeated = np.zeros(len(kept), bool)
    repeated[1:] = (run[1:] == _DIGIT) & (run[:-1] == _DIGIT) & (owner[1:] == owner[:-1])
    kept = kept[~repeated]
    run, owner = codes[kept], document[kept]
    letter = (run >= ord("a")) & (run <= ord("z"))
    division = np.isin(run, _DIVISIONS)
    placed = np.zeros(len(kept), bool)
    placed[:-1] = letter[:-1] & division[1:] & (owner[1:] == owner[:-1])
    numbered = letter[:-2] & (run[1:-1] == _DIGIT) & division[2:] & (owner[2:] == owner[:-2])
    placed[:-2] |= numbered
    placed[1:-1] |= numbered
    return kept[~placed]
