"""Cuts cleaned text into single characters and pairs, and hashes them: no dictionary, no word list, no segmenter.

Two views of a message are hashed into separate ranges: the whole of it, and its first `HEAD` characters, where people
say what it is about.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from linli.intake.understanding.read import Batch

WHOLE_BITS = 18
HEAD_BITS = 17
HEAD = 16
WHOLE_ROWS = 1 << WHOLE_BITS
ROWS = WHOLE_ROWS + (1 << HEAD_BITS)
"""Number of hash places: indices below `WHOLE_ROWS` belong to the whole message, the others to its head."""

_FIRST = np.uint64(0x9E3779B97F4A7C15)
_SECOND = np.uint64(0xC2B2AE3D27D4EB4F)
_LAST = np.uint64(0xFF51AFD7ED558CCD)
_SINGLE, _PAIR = np.uint64(1 << 40), np.uint64(1 << 41)


@dataclass(frozen=True, slots=True)
class Grams:
    """Distinct grams of a batch, ordered by message and place: `count[i]` times `place[i]` in message `document[i]`.

    `single_places` and `pair_places` give, for every position of the batch, the place of the character there and of the
    pair that begins there (at the last position of a message the pair means nothing).
    """

    document: npt.NDArray[np.int64]
    place: npt.NDArray[np.int64]
    count: npt.NDArray[np.int64]
    single_places: npt.NDArray[np.int64]
    pair_places: npt.NDArray[np.int64]


def _mix(values: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    values = values * _FIRST
    values ^= values >> np.uint64(32)
    values *= _LAST
    return values


def cut(batch: Batch) -> Grams:
    """Hashes the characters and pairs of each message; equal messages give equal grams whatever stands beside them."""
    document = batch.document
    single, pair = _hashed(batch.codes)
    joined = document[1:] == document[:-1]
    single_places, pair_places = _whole_places(single), _whole_places(pair)
    head = np.arange(len(document)) - batch.starts[document] < HEAD
    head_pair = joined & head[1:]
    keys = np.concatenate(
        [
            single_places + document * ROWS,
            (pair_places + document[:-1] * ROWS)[joined],
            _head_places(single[head]) + document[head] * ROWS,
            _head_places(pair[head_pair]) + document[:-1][head_pair] * ROWS,
        ]
    )
    keys.sort()
    changed = np.ones(len(keys), bool)
    changed[1:] = keys[1:] != keys[:-1]
    first = np.flatnonzero(changed)
    count = np.diff(first, append=len(keys))
    distinct = keys[first]
    owner = distinct // ROWS
    return Grams(
        document=owner, place=distinct - owner * ROWS, count=count, single_places=single_places, pair_places=pair_places
    )


def place_of(characters: str) -> int:
    """The place, among those of whole messages, of one cleaned character or of a pair."""
    single, pair = _hashed(np.array([ord(character) for character in characters], np.uint32))
    return int(_whole_places(pair if len(characters) == 2 else single)[0])


def _hashed(codes: npt.NDArray[np.uint32]) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint64]]:
    """Hashes of the single characters and of the pairs (one fewer)."""
    wide = codes.astype(np.uint64)
    return _mix(wide + _SINGLE), _mix(wide[:-1] * _SECOND + wide[1:] + _PAIR)


def _whole_places(hashed: npt.NDArray[np.uint64]) -> npt.NDArray[np.int64]:
    return (hashed >> np.uint64(64 - WHOLE_BITS)).astype(np.int64)


def _head_places(hashed: npt.NDArray[np.uint64]) -> npt.NDArray[np.int64]:
    again = hashed * _SECOND
    return (again >> np.uint64(64 - HEAD_BITS)).astype(np.int64) + WHOLE_ROWS
