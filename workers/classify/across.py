"""Across kinds of sources: how well a model does on agencies and on channels, also when it was trained on the other.

Knows nothing of files. Most labelled articles are posts of channels, and what is polled are agencies.
"""

from dataclasses import dataclass

import numpy as np

from workers.classify.corpus import Corpus
from workers.classify.dataset import FEWEST_ARTICLES, Dataset
from workers.classify.evaluate import unlike
from workers.classify.fitting import fit
from workers.classify.measures import Bools, Interval, Judged, macro_f1, macro_f1_interval
from workers.classify.pieces import Ints

BOTH = "both"
KINDS = {"agencies": "agency", "channels": "channel"}
"""What the articles of each kind are called together; see `Row.kind`."""


@dataclass(frozen=True, slots=True)
class AcrossScore:
    """What a model that was trained on some sources does on others."""

    trained_on: str
    tested_on: str
    articles: int
    """In the test."""
    f1: tuple[float, ...]
    """By label."""
    macro_f1: float
    macro_f1_interval: Interval
    macro_f1_sure: float


@dataclass(frozen=True, slots=True)
class _Test:
    """What scores are computed from: articles from outside, their labels as given, and their stories."""

    dataset: Dataset
    groups: Ints
    seed: int

    def score(self, trained_on: str, tested_on: str, articles: Ints, assigned: Bools) -> AcrossScore:
        targets, sure = self.dataset.targets[articles], self.dataset.sure[articles]
        return AcrossScore(
            trained_on,
            tested_on,
            len(articles),
            tuple(macro_f1(assigned[:, [at]], targets[:, [at]]) for at in range(targets.shape[1])),
            macro_f1(assigned, targets),
            macro_f1_interval(assigned, targets, self.groups[articles], self.seed),
            macro_f1(assigned[sure], targets[sure]),
        )


def across(
    corpus: Corpus, dataset: Dataset, learned: Bools, judged: Judged, groups: Ints, seed: int
) -> tuple[AcrossScore, ...]:
    """Return out-of-fold scores by kind of source, then those of models trained on the other kind.

    `dataset` has the articles from outside; `learned` is what models are taught, corrections included. Empty unless
    each kind has enough articles of each label to train on.
    """
    names = np.array(dataset.kinds)
    kinds = {kind: np.flatnonzero(names == name) for kind, name in KINDS.items()}
    if min(int(dataset.targets[own].sum(axis=0).min()) for own in kinds.values()) < FEWEST_ARTICLES:
        return ()
    test = _Test(dataset, groups, seed)
    found = [test.score(BOTH, kind, own, judged.assigned[own]) for kind, own in kinds.items()]
    for trained_on, tested_on in (("channels", "agencies"), ("agencies", "channels")):
        own = kinds[tested_on]
        fitted = fit(corpus, unlike(groups, kinds[trained_on], own), learned, groups, seed)
        found.append(test.score(trained_on, tested_on, own, fitted.probabilities(corpus, own) >= fitted.assign_at))
    return tuple(found)
