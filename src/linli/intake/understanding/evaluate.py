"""Measures understanding: labels on the fixed validation split beside a plain baseline, matters on graded messages.

The shipped weights have seen every training row, so the labels are measured with weights fitted anew on the rows
outside the split, with the same settings. Needs scikit-learn.
"""

from __future__ import annotations

import csv
import gzip
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from linli.intake.understanding.label import LABELS
from linli.intake.understanding.propose import suggest_many
from linli.intake.understanding.train import Row, Scores, in_validation, model_scores, need_trainer, train

BINS: Final = 15
NO_MATTER: Final = "-"
"""In a grades file: no matter of the catalogue fits, so suggesting none is right."""
Truth = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class LabelMeasures:
    """Measures of label predictions. Shares from 0 to 1; per label: precision, recall, F1, number of rows.

    `calibration_error` is the expected calibration error over 15 equal bins; `at_97` the share of rows that can be
    taken unseen, most confident first, while 97 % of them are right. Both are None without probabilities.
    """

    rows: int
    accuracy: float
    macro_f1: float
    per_label: Mapping[str, tuple[float, float, float, int]]
    calibration_error: float | None = None
    at_97: float | None = None


@dataclass(frozen=True, slots=True)
class LabelEvaluation:
    """The fitted model and the baseline on the same rows of the validation split, as tokens and as raw text."""

    tokens: LabelMeasures
    raw: LabelMeasures
    baseline_tokens: LabelMeasures
    baseline_raw: LabelMeasures
    temperature: float


@dataclass(frozen=True, slots=True)
class MatterEvaluation:
    """Suggested matters against hand grades. `at` gives, per least confidence, (share suggested, share accepted)."""

    messages: int
    suggested: int
    accepted: int
    rightly_none: int
    missed: int
    calibration_error: float
    at: Mapping[float, tuple[float, float]]


def evaluate_labels(rows: Sequence[Row]) -> LabelEvaluation:
    """Fits on the rows outside the validation split and measures on those inside.

    Raises RuntimeError when scikit-learn is missing, ValueError when one side of the split has no rows.
    """
    need_trainer()
    outside = [row for row in rows if not in_validation(row)]
    inside = [row for row in rows if in_validation(row)]
    with_raw = [row for row in inside if row.has_raw]
    if not outside or not with_raw:
        raise ValueError("the data has no rows on one side of the validation split: is train.csv complete?")
    model = train(outside)
    baseline = _baseline(outside, [row.tokens for row in inside], [row.title + row.detail for row in with_raw])
    truth, raw_truth = _labels(inside), _labels(with_raw)
    scores = model_scores(model, [("", row.tokens) for row in inside])
    raw_scores = model_scores(model, [(row.title, row.detail) for row in with_raw])
    return LabelEvaluation(
        tokens=measure(truth, scores.argmax(axis=1), model.probabilities(scores)),
        raw=measure(raw_truth, raw_scores.argmax(axis=1), model.probabilities(raw_scores)),
        baseline_tokens=measure(truth, baseline[0]),
        baseline_raw=measure(raw_truth, baseline[1]),
        temperature=model.temperature,
    )


def measure(truth: Truth, predicted: Truth, shares: Scores | None = None) -> LabelMeasures:
    """Measures predictions; with probabilities also calibration and what could be taken unseen."""
    per_label = {}
    for number, label in enumerate(LABELS):
        hits = int(((truth == number) & (predicted == number)).sum())
        told, there = int((predicted == number).sum()), int((truth == number).sum())
        precision, recall = hits / max(told, 1), hits / max(there, 1)
        per_label[label] = (precision, recall, 2 * hits / max(told + there, 1), there)
    right = truth == predicted
    return LabelMeasures(
        rows=len(truth),
        accuracy=float(right.mean()),
        macro_f1=float(np.mean([values[2] for values in per_label.values()])),
        per_label=per_label,
        calibration_error=None if shares is None else calibration_error(shares.max(axis=1), right),
        at_97=None if shares is None else share_at(shares.max(axis=1), right, 0.97),
    )


def calibration_error(confidences: Scores, right: npt.NDArray[np.bool_]) -> float:
    """Expected calibration error: mean distance of confidence and share right, over equal bins, weighed by size."""
    bins = np.minimum((confidences * BINS).astype(int), BINS - 1)
    gaps = [
        abs(float(confidences[bins == b].mean()) - float(right[bins == b].mean())) * int((bins == b).sum())
        for b in range(BINS)
        if (bins == b).any()
    ]
    return sum(gaps) / max(len(right), 1)


def share_at(confidences: Scores, right: npt.NDArray[np.bool_], precision: float) -> float:
    """The largest share of rows, taken most confident first, of which at least `precision` are right."""
    order = np.argsort(-confidences, kind="stable")
    running = np.cumsum(right[order]) / np.arange(1, len(right) + 1)
    good = np.flatnonzero(running >= precision)
    return float(good[-1] + 1) / len(right) if len(good) else 0.0


def load_grades(path: Path, *, part: str) -> list[tuple[str, str, frozenset[str]]]:
    """Reads hand grades: columns source, message_id, part, matters (codes separated by blanks, `-` for none)."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["part"] == part]
    return [(row["source"], row["message_id"], frozenset(row["matters"].split())) for row in rows]


def evaluate_matters(data: Path, grades: Sequence[tuple[str, str, frozenset[str]]]) -> MatterEvaluation:
    """Suggests for the graded messages of the data folder and compares with the grades.

    Raises FileNotFoundError when a source is not there, KeyError when it lacks a graded message.
    """
    texts: dict[tuple[str, str], tuple[str, str]] = {}
    for source in {source for source, _, _ in grades}:
        with gzip.open(data / f"{source}.csv.gz", "rt", encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                texts[source, row["message_id"]] = (row["title"], row["detail"])
    told = list(suggest_many([texts[source, number] for source, number, _ in grades]))
    accepted = np.array([s.matter in grade for s, (_, _, grade) in zip(told, grades, strict=True)], bool)
    named = np.array([s.matter is not None for s in told], bool)
    none_fits = np.array([NO_MATTER in grade for _, _, grade in grades], bool)
    confidences = np.array([s.confidence for s in told])
    return MatterEvaluation(
        messages=len(told),
        suggested=int(named.sum()),
        accepted=int((accepted & named).sum()),
        rightly_none=int((~named & none_fits).sum()),
        missed=int((~named & ~none_fits).sum()),
        calibration_error=calibration_error(confidences[named], accepted[named]),
        at={least: _at(least, confidences, named, accepted) for least in (0.35, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)},
    )


def _at(
    least: float, confidences: Scores, named: npt.NDArray[np.bool_], accepted: npt.NDArray[np.bool_]
) -> tuple[float, float]:
    chosen = named & (confidences >= least)
    return float(chosen.mean()), float(accepted[chosen].mean()) if chosen.any() else 0.0


def _labels(rows: Sequence[Row]) -> Truth:
    return np.array([row.label for row in rows])


def _baseline(rows: Sequence[Row], *asked: Sequence[str]) -> list[Truth]:
    """The plain peer: TF-IDF of character 1- to 3-grams and a linear support vector machine, no tuning."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.svm import LinearSVC

    vectorizer = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), sublinear_tf=True, min_df=2)
    values = vectorizer.fit_transform([row.tokens for row in rows])
    machine = LinearSVC(random_state=0).fit(values, _labels(rows))
    return [np.asarray(machine.predict(vectorizer.transform(list(texts)))) for texts in asked]
