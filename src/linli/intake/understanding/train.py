"""Fits the label model. Needs scikit-learn and scipy, which are development tools and not needed at run time.

The data folder is the one described in its own SOURCE.md (messages of the 8th Teddy Cup). Nothing of its text goes into
the weights: only numbers at hashed places, and only for grams that stand in at least `RAREST` rows.
"""

from __future__ import annotations

import csv
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from linli.intake.understanding.cut import ROWS, WHOLE_ROWS, cut
from linli.intake.understanding.label import IDF_UNIT, LABELS, LabelModel, softmax, term_weights
from linli.intake.understanding.read import read

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

VALIDATION_SEED = "linli-understanding-validation-2026"
"""The validation rows are those with crc32("<seed>:<smallest doc_id of the group>") % 5 == 0; a group is the rows with
the same text. Fixed before the first model was fitted; never change it together with a model setting."""
FOLDS = 5
RAREST = 2
HEAD_WEIGHT = 0.4
RATIO_SMOOTHING = 0.05
RATIO_C = 0.5
PLAIN_C = 1.5

Counts = npt.NDArray[np.int64]
Scores = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Row:
    """One labelled message: its text as tokens run together, its raw text where the source has it, and its group."""

    label: int
    tokens: str
    title: str
    detail: str
    group: str

    @property
    def has_raw(self) -> bool:
        return bool(self.title or self.detail)


def load_rows(data: Path) -> list[Row]:
    """Reads train.csv of the data folder.

    Raises FileNotFoundError when it is not there, ValueError when a label is not one of the seven.
    """
    csv.field_size_limit(2**31 - 1)
    with (data / "train.csv").open(encoding="utf-8", newline="") as file:
        records = list(csv.DictReader(file))
    groups: dict[str, str] = {}
    for record in records:
        text = "".join(record["text_seg"].split())
        groups[text] = min(groups.get(text, record["doc_id"]), record["doc_id"])
    rows = []
    for line, record in enumerate(records, start=2):
        if record["label"] not in LABELS:
            raise ValueError(f"train.csv, record before line {line}: label must be one of {', '.join(LABELS)}")
        text = "".join(record["text_seg"].split())
        raw = bool(record["raw_source"])
        title, detail = (record["title"], record["detail"]) if raw else ("", "")
        rows.append(Row(LABELS.index(record["label"]), text, title, detail, groups[text]))
    return rows


def in_validation(row: Row) -> bool:
    """Whether the row belongs to the validation split, which no setting was chosen on."""
    return zlib.crc32(f"{VALIDATION_SEED}:{row.group}".encode()) % 5 == 0


def fold_of(row: Row) -> int:
    """Which cross-validation fold a row is in; independent of the validation split."""
    return zlib.crc32(f"fold:{row.group}".encode()) % FOLDS


def need_trainer() -> None:
    """Raises RuntimeError saying what to install when scikit-learn or scipy is missing."""
    try:
        import scipy.sparse  # noqa: F401
        import sklearn.svm  # noqa: F401
    except ImportError as missing:
        raise RuntimeError(
            f"training needs scikit-learn and scipy ({missing.name} is missing): install the development dependencies"
        ) from missing


def train(rows: Sequence[Row]) -> LabelModel:
    """Fits weights on all `rows`, and the temperature on scores of folds that were held out in turn."""
    need_trainer()
    held_out = np.zeros((len(rows), len(LABELS)))
    raw = np.array([row.has_raw for row in rows])
    for fold in range(FOLDS):
        out = np.array([fold_of(row) == fold for row in rows])
        model = fit([row for row, is_out in zip(rows, out, strict=True) if not is_out])
        asked = [row for row, is_out in zip(rows, out, strict=True) if is_out]
        held_out[out] = model_scores(model, [(r.title, r.detail) if r.has_raw else ("", r.tokens) for r in asked])
    truth = np.array([row.label for row in rows])
    chosen = raw if raw.sum() >= 500 else np.ones(len(rows), bool)
    model = fit(rows)
    return LabelModel(model.table, model.scale, model.bias, fit_temperature(held_out[chosen], truth[chosen]))


def fit(rows: Sequence[Row]) -> LabelModel:
    """Fits weights on the token texts and on the raw texts where they exist, with temperature 1."""
    texts = [("", row.tokens) for row in rows] + [(row.title, row.detail) for row in rows if row.has_raw]
    truth = np.array([row.label for row in rows] + [row.label for row in rows if row.has_raw])
    counted = _count(texts)
    frequency = np.bincount(counted.indices[: counted.indptr[len(rows)]], minlength=ROWS)
    rarity = np.where(frequency >= RAREST, np.log((1 + len(rows)) / (1 + frequency)) + 1, 0.0)
    steps = np.minimum(np.round(rarity * IDF_UNIT), 255).astype(np.int64)
    weights, bias = _fit_linear(_weigh(counted, steps), truth)
    return _quantise(weights, bias, steps)


def model_scores(model: LabelModel, texts: Sequence[tuple[str, str]]) -> Scores:
    """Scores of (title, detail) pairs, read in chunks as at run time."""
    parts = [np.zeros((0, len(LABELS)))]
    for start in range(0, len(texts), 256):
        batch = read(texts[start : start + 256])
        parts.append(model.scores(cut(batch), len(batch)))
    return np.concatenate(parts)


def fit_temperature(scores: Scores, truth: Counts) -> float:
    """The temperature with the smallest log loss, by golden-section search between 0.02 and 20 (in logarithms)."""
    low, high, golden = np.log(0.02), np.log(20.0), (np.sqrt(5) - 1) / 2

    def loss(temperature: float) -> float:
        shares = softmax(scores / np.exp(temperature))[np.arange(len(truth)), truth]
        return float(-np.log(np.maximum(shares, 1e-12)).mean())

    for _ in range(60):
        left, right = high - golden * (high - low), low + golden * (high - low)
        low, high = (low, right) if loss(left) < loss(right) else (left, high)
    return float(np.exp((low + high) / 2))


def _count(texts: Sequence[tuple[str, str]]) -> csr_matrix:
    from scipy.sparse import csr_matrix, vstack

    parts = []
    for start in range(0, len(texts), 256):
        batch = read(texts[start : start + 256])
        grams = cut(batch)
        terms = term_weights(grams.count).astype(np.float64)
        parts.append(csr_matrix((terms, (grams.document, grams.place)), shape=(len(batch), ROWS)))
    return csr_matrix(vstack(parts))


def _weigh(counted: csr_matrix, steps: Counts) -> csr_matrix:
    """Terms times rarity, each view brought to length 1, the head then to `HEAD_WEIGHT`."""
    from scipy.sparse import csr_matrix, diags, hstack

    views = []
    for part, size in ((slice(0, WHOLE_ROWS), 1.0), (slice(WHOLE_ROWS, ROWS), HEAD_WEIGHT)):
        view = csr_matrix(counted[:, part] @ diags(steps[part].astype(np.float64)))
        length = np.sqrt(np.asarray(view.multiply(view).sum(axis=1)).ravel())
        views.append(diags(size / np.maximum(length, 1.0)) @ view)
    joined = csr_matrix(hstack(views))
    joined.eliminate_zeros()
    return joined


def _fit_linear(values: csr_matrix, truth: Counts) -> tuple[Scores, Scores]:
    """Sum of two linear support vector machines: a plain one, and one on values stretched by naive-Bayes log ratios."""
    from scipy.sparse import diags

    plain = _machine(PLAIN_C).fit(values, truth)
    weights, bias = np.array(plain.coef_), np.array(plain.intercept_)
    for label in range(len(LABELS)):
        inside = truth == label
        with_label = np.asarray(values[inside].sum(axis=0)).ravel() + RATIO_SMOOTHING
        without = np.asarray(values[~inside].sum(axis=0)).ravel() + RATIO_SMOOTHING
        ratio = np.log(with_label / with_label.sum()) - np.log(without / without.sum())
        machine = _machine(RATIO_C).fit(values @ diags(ratio), inside.astype(np.int64))
        weights[label] += machine.coef_.ravel() * ratio
        bias[label] += machine.intercept_[0]
    return weights, bias


def _machine(c: float) -> Any:
    from sklearn.svm import LinearSVC

    return LinearSVC(C=c, class_weight="balanced", random_state=0, max_iter=3000)


def _quantise(weights: Scores, bias: Scores, steps: Counts) -> LabelModel:
    """Folds rarity into the weights and rounds them to one byte; the largest 0.01 % are clipped."""
    folded = weights * steps
    table = np.zeros((ROWS, len(LABELS) + 1), np.int8)
    scale = np.zeros(2)
    for view, (part, size) in enumerate(((slice(0, WHOLE_ROWS), 1.0), (slice(WHOLE_ROWS, ROWS), HEAD_WEIGHT))):
        spread = np.abs(folded[:, part])
        top = float(np.quantile(spread[spread > 0], 0.9999)) if (spread > 0).any() else 1.0
        rounded = np.clip(np.round(folded[:, part] * (127 / top)), -127, 127)
        table[part, : len(LABELS)] = rounded.T.astype(np.int8)
        scale[view] = size * top / 127
    table[:, len(LABELS)] = steps.astype(np.uint8).view(np.int8)
    return LabelModel(table, scale, bias, 1.0)
