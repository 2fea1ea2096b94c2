"""Evaluation: how well a model does on articles that nothing of it was fitted to.

Knows nothing of files. Thresholds and calibration are chosen inside the training folds (nested cross-validation).
"""

from dataclasses import dataclass

import numpy as np

from workers.classify.corpus import Corpus
from workers.classify.dataset import Dataset, folds
from workers.classify.features import Ints
from workers.classify.fitting import Bools, fit
from workers.classify.scoring import Doubles

FOLDS = 5
BOOTSTRAPS = 1000


@dataclass(frozen=True, slots=True)
class LabelScore:
    """One label's quality out of fold."""

    label: str
    precision: float
    recall: float
    f1: float
    support: int
    """Articles that carry the label."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Out-of-fold quality over all folds together."""

    labels: tuple[LabelScore, ...]
    macro_f1: float
    macro_f1_interval: tuple[float, float]
    """95 % of bootstrap samples of the articles."""
    macro_f1_by_fold: tuple[float, ...]
    macro_f1_sure: float
    """On the articles that their reader did not call borderline."""
    calibration_error: float
    """Mean distance of probability and frequency in ten bins by probability, weighted by size; worst label."""


@dataclass(frozen=True, slots=True)
class OutOfFold:
    """Every article, judged by a model that never saw it nor its story."""

    fold: Ints
    probabilities: Doubles
    assigned: Bools


def out_of_fold(corpus: Corpus, targets: Bools, groups: Ints, seed: int) -> OutOfFold:
    """Return predictions of nested cross-validation."""
    fold = folds(groups, FOLDS, seed)
    probabilities = np.zeros(targets.shape)
    assigned = np.zeros(targets.shape, dtype=np.bool_)
    for number in range(FOLDS):
        held_out = np.flatnonzero(fold == number)
        fitted = fit(corpus, np.flatnonzero(fold != number), targets, groups, seed)
        probabilities[held_out] = fitted.probabilities(corpus, held_out)
        assigned[held_out] = probabilities[held_out] >= fitted.assign_at
    return OutOfFold(fold, probabilities, assigned)


def evaluate(dataset: Dataset, judged: OutOfFold, seed: int) -> Evaluation:
    """Return the scores of out-of-fold predictions against the labels as given."""
    targets, assigned = dataset.targets, judged.assigned
    names = range(targets.shape[1])
    errors = [_calibration_error(judged.probabilities[:, at], targets[:, at]) for at in names]
    return Evaluation(
        labels=tuple(_label_score(dataset.labels[at], assigned[:, at], targets[:, at]) for at in names),
        macro_f1=macro_f1(assigned, targets),
        macro_f1_interval=_interval(assigned, targets, seed),
        macro_f1_by_fold=tuple(
            macro_f1(assigned[judged.fold == at], targets[judged.fold == at]) for at in range(FOLDS)
        ),
        macro_f1_sure=macro_f1(assigned[dataset.sure], targets[dataset.sure]),
        calibration_error=max(errors),
    )


def macro_f1(assigned: Bools, targets: Bools) -> float:
    """Return the mean over labels of F1; a label that nothing carries and nothing got counts as perfect."""
    hits = (assigned & targets).sum(axis=0)
    total = assigned.sum(axis=0) + targets.sum(axis=0)
    return float(np.where(total > 0, 2 * hits / np.maximum(total, 1), 1.0).mean())


def _label_score(label: str, assigned: Bools, target: Bools) -> LabelScore:
    hits = int((assigned & target).sum())
    given, support = int(assigned.sum()), int(target.sum())
    return LabelScore(label, hits / max(1, given), hits / max(1, support), 2 * hits / max(1, given + support), support)


def _interval(assigned: Bools, targets: Bools, seed: int) -> tuple[float, float]:
    random = np.random.default_rng(seed)
    size = len(targets)
    samples = (random.integers(0, size, size) for _ in range(BOOTSTRAPS))
    low, high = np.quantile([macro_f1(assigned[sample], targets[sample]) for sample in samples], [0.025, 0.975])
    return float(low), float(high)


def _calibration_error(probabilities: Doubles, target: Bools) -> float:
    bins = np.minimum((probabilities * 10).astype(np.int64), 9)
    size = np.bincount(bins, minlength=10)
    gap = np.abs(np.bincount(bins, probabilities, minlength=10) - np.bincount(bins, target, minlength=10))
    return float(gap.sum() / size.sum())
