"""Measures of what a model said against what readers said: arrays in, figures out.

Knows nothing of models, texts or files; needs numpy only.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workers.classify.pieces import Ints
from workers.classify.stack import Doubles

type Bools = NDArray[np.bool_]
type Interval = tuple[float, float]

BOOTSTRAPS = 1000
BINS = 20
"""Of equal mass: with ten, all that may carry a label of one article in fifteen would fall into one bin."""
_COVERED = (0.025, 0.975)


@dataclass(frozen=True, slots=True)
class Judged:
    """What was said of N articles and L labels."""

    probabilities: Doubles
    """(N, L)."""
    assigned: Bools
    abstained: Bools
    fold: Ints
    """(N,): which model said it; all zero where it was one."""


@dataclass(frozen=True, slots=True)
class LabelScore:
    """One label's quality."""

    label: str
    precision: float
    recall: float
    f1: float
    support: int
    """Articles that carry the label."""
    precision_interval: Interval
    """95 % of bootstrap samples of the stories, as all intervals here."""
    recall_interval: Interval
    f1_interval: Interval
    abstained: float
    """Share of the articles that the model would not decide."""
    abstained_carry: float
    """Share of those that carry the label."""
    calibration_error: float
    brier: float


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Quality over all articles together."""

    labels: tuple[LabelScore, ...]
    macro_f1: float
    macro_f1_interval: Interval
    macro_f1_by_fold: tuple[float, ...]
    macro_f1_sure: float
    """On the articles that their reader did not call borderline."""
    macro_f1_sure_interval: Interval
    calibration_error: float
    """Of the worst label."""


def evaluation(
    labels: Sequence[str], judged: Judged, targets: Bools, sure: Bools, groups: Ints, seed: int
) -> Evaluation:
    """Return the quality of what was said; `groups` are the stories, which are drawn as wholes for the intervals."""
    samples = _Samples(judged.assigned, targets, groups, seed)
    certain = _Samples(judged.assigned[sure], targets[sure], groups[sure], seed)
    scores = tuple(_label_score(at, label, judged, targets, samples) for at, label in enumerate(labels))
    by_fold = [judged.fold == number for number in np.unique(judged.fold)]
    return Evaluation(
        labels=scores,
        macro_f1=macro_f1(judged.assigned, targets),
        macro_f1_interval=samples.macro_f1_interval(),
        macro_f1_by_fold=tuple(macro_f1(judged.assigned[fold], targets[fold]) for fold in by_fold),
        macro_f1_sure=macro_f1(judged.assigned[sure], targets[sure]),
        macro_f1_sure_interval=certain.macro_f1_interval(),
        calibration_error=max(score.calibration_error for score in scores),
    )


def macro_f1(assigned: Bools, targets: Bools) -> float:
    """Return the mean over labels of F1; a label that nothing carries and nothing got counts as perfect."""
    hits = (assigned & targets).sum(axis=0)
    return float(_f1(hits, assigned.sum(axis=0), targets.sum(axis=0)).mean())


def macro_f1_interval(assigned: Bools, targets: Bools, groups: Ints, seed: int) -> Interval:
    """Return where macro-F1 lies in 95 % of bootstrap samples of the stories."""
    return _Samples(assigned, targets, groups, seed).macro_f1_interval()


def calibration_error(probabilities: Doubles, target: Bools, weights: Doubles | None = None) -> float:
    """Return the mean distance of probability and frequency over bins of equal mass, each by its weight."""
    weights = np.ones(len(target)) if weights is None else weights
    if not len(target):
        return 0.0
    order = np.argsort(probabilities, kind="stable")
    mass = np.cumsum(weights[order]) - weights[order] / 2
    bins = np.minimum((mass / weights.sum() * BINS).astype(np.int64), BINS - 1)
    gaps = np.bincount(bins, weights[order] * (probabilities[order] - target[order]), minlength=BINS)
    return float(np.abs(gaps).sum() / weights.sum())


def brier(probabilities: Doubles, target: Bools) -> float:
    """Return the mean squared distance of probability and truth."""
    return float(np.square(probabilities - target).mean()) if len(target) else 0.0


def _label_score(at: int, label: str, judged: Judged, targets: Bools, samples: "_Samples") -> LabelScore:
    probabilities, assigned, target = judged.probabilities[:, at], judged.assigned[:, at], targets[:, at]
    undecided = judged.abstained[:, at]
    hits, given, support = int((assigned & target).sum()), int(assigned.sum()), int(target.sum())
    return LabelScore(
        label=label,
        precision=hits / max(1, given),
        recall=hits / max(1, support),
        f1=2 * hits / max(1, given + support),
        support=support,
        precision_interval=samples.interval(at, "precision"),
        recall_interval=samples.interval(at, "recall"),
        f1_interval=samples.interval(at, "f1"),
        abstained=float(undecided.mean()) if len(undecided) else 0.0,
        abstained_carry=int((undecided & target).sum()) / max(1, int(undecided.sum())),
        calibration_error=calibration_error(probabilities, target),
        brier=brier(probabilities, target),
    )


class _Samples:
    """Bootstrap samples of stories: how often each label was right, was given and was carried, in each sample."""

    def __init__(self, assigned: Bools, targets: Bools, groups: Ints, seed: int) -> None:
        names, members = np.unique(groups, return_inverse=True)
        random = np.random.default_rng(seed)
        count = len(names)
        drawn = random.multinomial(count, np.full(count, 1 / count), BOOTSTRAPS) if count else np.zeros((1, 0))
        by_group = [np.zeros((count, targets.shape[1])) for _ in range(3)]
        for sums, flags in zip(by_group, (assigned & targets, assigned, targets), strict=True):
            np.add.at(sums, members, flags)
        self._hits, self._given, self._carried = (drawn @ sums for sums in by_group)

    def macro_f1_interval(self) -> Interval:
        return _interval(_f1(self._hits, self._given, self._carried).mean(axis=1))

    def interval(self, label: int, measure: str) -> Interval:
        hits, given, carried = self._hits[:, label], self._given[:, label], self._carried[:, label]
        if measure == "f1":
            return _interval(_f1(hits, given, carried))
        return _interval(hits / np.maximum(1, given if measure == "precision" else carried))


def _f1(hits: NDArray[np.number], given: NDArray[np.number], carried: NDArray[np.number]) -> Doubles:
    total = np.asarray(given + carried)
    return np.where(total > 0, 2 * hits / np.maximum(total, 1), 1.0)


def _interval(values: Doubles) -> Interval:
    low, high = np.quantile(values, _COVERED)
    return float(low), float(high)
