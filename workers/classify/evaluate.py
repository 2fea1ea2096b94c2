"""Evaluation: how well a model does on articles that nothing of it was fitted to.

Knows nothing of files. Thresholds and calibration are chosen inside the training folds (nested cross-validation).
"""

import numpy as np

from workers.classify.corpus import Corpus
from workers.classify.dataset import Dataset, folds
from workers.classify.features import Ints
from workers.classify.fitting import fit
from workers.classify.measures import Bools, Evaluation, Judged, evaluation

FOLDS = 5


def out_of_fold(corpus: Corpus, learned: Bools, groups: Ints, seed: int, count: int = FOLDS) -> Judged:
    """Return what nested cross-validation says: every article is judged by a model that never saw it nor its story.

    `learned` is what the training folds are taught, corrections included; it judges nothing.
    """
    fold = folds(groups, count, seed)
    probabilities = np.zeros(learned.shape)
    assigned, abstained = np.zeros(learned.shape, dtype=np.bool_), np.zeros(learned.shape, dtype=np.bool_)
    for number in range(count):
        held_out = np.flatnonzero(fold == number)
        fitted = fit(corpus, np.flatnonzero(fold != number), learned, groups, seed)
        probabilities[held_out] = fitted.probabilities(corpus, held_out)
        assigned[held_out] = probabilities[held_out] >= fitted.assign_at
        abstained[held_out] = ~assigned[held_out] & (probabilities[held_out] >= fitted.abstain_at)
    return Judged(probabilities, assigned, abstained, fold)


def evaluate(dataset: Dataset, judged: Judged, groups: Ints, seed: int) -> Evaluation:
    """Return the scores of out-of-fold predictions against the labels as given."""
    return evaluation(dataset.labels, judged, dataset.targets, dataset.sure, groups, seed)
