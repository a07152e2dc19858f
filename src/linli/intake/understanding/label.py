"""Tells which of the seven labels a message belongs to: a linear model over hashed grams, in whole-number arithmetic.

Sums are taken over integers, so a message gets bit for bit the same answer alone, in a batch, and on any machine.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from linli.intake.understanding.cut import ROWS, WHOLE_ROWS, Grams

LABELS: Final = ("城乡建设", "劳动和社会保障", "教育文体", "商贸旅游", "环境保护", "卫生计生", "交通运输")
"""The first-level categories of the labelled messages, in the order of the weight columns."""

IDF_UNIT: Final = 24
"""Inverse document frequencies are stored as whole 24ths in one byte."""
_RARITY = len(LABELS)
_TERM_UNIT = 64
_TERMS: Final = np.round(_TERM_UNIT * (1 + np.log(np.maximum(np.arange(1024), 1)))).astype(np.int64)


def term_weights(counts: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """1 + ln(count) in whole 64ths: the tenth mention says more than the first, but not ten times as much."""
    return _TERMS[np.minimum(counts, len(_TERMS) - 1)]


@dataclass(frozen=True, slots=True)
class LabelModel:
    """Fitted weights. `table` has one row a hash place: seven signed weights, then the rarity as an unsigned byte.

    A score is bias + scale[view] · Σ weight·term / √Σ(rarity·term)², summed over the two views (whole, head);
    probabilities are the softmax of score / temperature.
    """

    table: npt.NDArray[np.int8]
    scale: npt.NDArray[np.float64]
    bias: npt.NDArray[np.float64]
    temperature: float

    def scores(self, grams: Grams, documents: int) -> npt.NDArray[np.float64]:
        """Scores, shape (documents, 7); a message without a known gram gets the bias."""
        sums = np.zeros((documents * 2, _RARITY), np.int64)
        squares = np.ones(documents * 2, np.int64)
        if len(grams.place):
            rows = self.table[grams.place]
            terms = term_weights(grams.count)
            part = grams.document * 2 + (grams.place >= WHOLE_ROWS)
            first = np.flatnonzero(np.diff(part, prepend=-1))
            weighed = rows[:, :_RARITY] * terms[:, None]
            sums[part[first]] = np.add.reduceat(weighed, first, axis=0)
            rarity = rows[:, _RARITY].view(np.uint8) * terms
            squares[part[first]] = np.maximum(np.add.reduceat(rarity * rarity, first), 1)
        parts = sums / np.sqrt(squares)[:, None]
        scored: npt.NDArray[np.float64] = parts[0::2] * self.scale[0] + parts[1::2] * self.scale[1] + self.bias
        return scored

    def probabilities(self, scores: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Calibrated probabilities of the seven labels, shape (documents, 7)."""
        return softmax(scores / self.temperature)

    def pair_evidence(self, places: npt.NDArray[np.int64], label: int) -> npt.NDArray[np.int64]:
        """How much each pair speaks for `label` rather than for the mean of the others, in weight units."""
        rows = self.table[places, :_RARITY].astype(np.int64)
        evidence: npt.NDArray[np.int64] = rows[:, label] * _RARITY - rows.sum(axis=1)
        return evidence

    def to_bytes(self) -> bytes:
        """The shipped form: numeric arrays only, places without weight left out."""
        used = np.flatnonzero(self.table.any(axis=1))
        packed = io.BytesIO()
        np.savez_compressed(
            packed,
            gap=np.diff(used, prepend=0).astype(np.uint16),
            table=np.ascontiguousarray(self.table[used].T),
            scale=self.scale,
            bias=self.bias,
            temperature=np.array([self.temperature]),
        )
        return packed.getvalue()


def softmax(scores: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Row-wise softmax."""
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares: npt.NDArray[np.float64] = raised / raised.sum(axis=1, keepdims=True)
    return shares


def load(source: Path | bytes) -> LabelModel:
    """Reads shipped weights.

    Raises ValueError when the file holds anything but the numeric arrays this version writes.
    """
    content = source if isinstance(source, bytes) else source.read_bytes()
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        missing = {"gap", "table", "scale", "bias", "temperature"} - set(arrays.files)
        if missing:
            raise ValueError(f"the weights lack {sorted(missing)}; make them with `linli understand train`")
        used = np.cumsum(arrays["gap"].astype(np.int64))
        packed = arrays["table"]
        if packed.dtype != np.int8 or packed.shape != (_RARITY + 1, len(used)) or (len(used) and used[-1] >= ROWS):
            raise ValueError("the weights were made for another version; make them with `linli understand train`")
        table = np.zeros((ROWS, _RARITY + 1), np.int8)
        table[used] = packed.T
        return LabelModel(table, arrays["scale"], arrays["bias"], float(arrays["temperature"][0]))
