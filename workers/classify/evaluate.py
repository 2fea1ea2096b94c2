"""Evaluation: how well a model does on articles that nothing of it was fitted to.

Knows nothing of files. Thresholds and calibration are chosen inside the training folds (nested cross-validation).
"""

import numpy as np

from workers.classify.corpus import Corpus
from workers.classify.dataset import Dataset, folds
from workers.classify.fitting import fit
from workers.classify.measures import Bools, Evaluation, Judged, evaluation
from workers.classify.pieces import Ints

FOLDS = 5


def out_of_fold(corpus: Corpus, learned: Bools, groups: Ints, seed: int, judged: int, count: int = FOLDS) -> Judged:
    """Return what nested cross-validation says: every article is judged by a model that never saw it nor its story.

    The first `judged` articles are judged; all others only teach. `learned` is what the training folds are taught,
    corrections included; it judges nothing.
    """
    fold = folds(groups[:judged], count, seed)
    probabilities = np.zeros((judged, learned.shape[1]))
    assigned, abstained = (np.zeros(probabilities.shape, dtype=np.bool_) for _ in range(2))
    for number in range(count):
        held_out = np.flatnonzero(fold == number)
        taught = unlike(groups, np.arange(judged, len(groups)), held_out)
        fitted = fit(corpus, np.flatnonzero(fold != number), learned, groups, seed, taught)
        probabilities[held_out] = fitted.probabilities(corpus, held_out)
        assigned[held_out] = probabilities[held_out] >= fitted.assign_at
        abstained[held_out] = ~assigned[held_out] & (probabilities[held_out] >= fitted.abstain_at)
    return Judged(probabilities, assigned, abstained, fold)


def unlike(groups: Ints, articles: Ints, others: Ints) -> Ints:
    """Return those of the articles that tell none of the others' stories."""
    return articles[~np.isin(groups[articles], groups[others])]


def evaluate(dataset: Dataset, judged: Judged, groups: Ints, seed: int) -> Evaluation:
    """Return the scores of out-of-fold predictions against the labels as given; `dataset` has those from outside."""
    return evaluation(dataset.labels, judged, dataset.targets, dataset.sure, groups[: dataset.judged], seed)
