"""Fitting a model to articles: what scores a unit, the stack of scores over it, and the thresholds.

Knows nothing of files. Needs scikit-learn, which serving does not. Everything that is chosen, is chosen on articles
that the scores in question were not fitted to.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.linear_model import LogisticRegression
from sklearn.svm import SVC

from workers.classify.concepts import ConceptWeights
from workers.classify.corpus import MIN_ARTICLES, Corpus, mean_vectors, tf_idf, unit_rows
from workers.classify.dataset import folds
from workers.classify.pieces import Ints
from workers.classify.scoring import SecondOrder
from workers.classify.stack import STACK, Doubles, Floats, probability, stack_inputs

type Bools = NDArray[np.bool_]

NO_ARTICLES: Ints = np.zeros(0, dtype=np.int64)
INNER_FOLDS = 5
STRENGTH = 32.0
"""Inverse of the base's regularization; 4 and 16 scored lower out of fold (README)."""
LONG_SECTIONS = 3
"""An article of so many sections is long: its subject may take up one of them only."""
GAMMA, OFFSET = 2.0, 0.3
"""Of the quadratic kernel `(GAMMA * x.y + OFFSET) ** 2`; 1 and 1, which is less curved, scored 0.01 lower."""
FACTORS = 48
CONCEPT_STRENGTH = 40.0
"""Inverse of the regularization of the concepts' weights; 10 scored 0.005 lower out of fold, 80 and 160 no higher."""
MIN_MEETINGS = 5
"""Concepts that meet in fewer articles have no weight."""
ARTICLES_PER_DIGEST = 3
"""One digest is made up for so many articles."""
DIGEST_ARTICLES = 5
"""At most."""
DIGEST_WEIGHT = 0.3
"""Of a digest in the stack's fit, an article being 1: enough for the seed article's kind, no loss out of fold."""
ABSTAIN_RECALL = 0.9
"""Of the articles that carry a label, so many score at least as high as where abstaining starts."""


@dataclass(frozen=True, slots=True)
class Linear:
    """Weights on TF-IDF of the columns that enough of the articles fitted to have."""

    columns: Ints
    idf: Doubles
    weights: Doubles
    """(columns, L)."""
    bias: Doubles

    def scores(self, counts: sparse.csr_matrix) -> Doubles:
        """Return log-odds (rows, L)."""
        return np.asarray(tf_idf(counts[:, self.columns], self.idf) @ self.weights) + self.bias


@dataclass(frozen=True, slots=True)
class Base:
    """What scores a unit: an article or a section."""

    linear: Linear
    curved: SecondOrder
    concepts: ConceptWeights
    """Scores whole articles only: by sentence, the one with the most concepts would win."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """A whole model."""

    base: Base
    stack: Doubles
    """(L, 14)."""
    assign_at: Doubles
    abstain_at: Doubles

    def probabilities(self, corpus: Corpus, articles: Ints) -> Doubles:
        """Return calibrated probabilities (articles, L)."""
        return probability(score_inputs(self.base, units_of(corpus, articles)), self.stack)


@dataclass(frozen=True, slots=True)
class Units:
    """What is to be scored: counts and vectors of M articles, and of their sections, which are neighbours."""

    counts: sparse.csr_matrix
    vectors: Floats
    section_counts: sparse.csr_matrix
    section_vectors: Floats
    starts: Ints
    """(M,): where each article's sections start."""
    concept_counts: sparse.csr_matrix


def fit(corpus: Corpus, articles: Ints, targets: Bools, groups: Ints, seed: int, taught: Ints = NO_ARTICLES) -> Fitted:
    """Return a model of the articles; `targets` and `groups` are those of all articles of the corpus.

    What scores units learns from `taught` too; stack and thresholds, which must know the live mix, do not.
    """
    fold = folds(groups[articles], INNER_FOLDS, seed)
    random = np.random.default_rng(seed)
    inputs = np.zeros((len(articles), targets.shape[1], len(STACK) + 2))
    digest_inputs, digest_targets = [], []
    for number in range(INNER_FOLDS):
        held_out = articles[fold == number]
        base = fit_base(corpus, np.concatenate([articles[fold != number], taught]), targets, seed)
        inputs[fold == number] = score_inputs(base, units_of(corpus, held_out))
        digests = _digests(held_out, random)
        digest_inputs.append(score_inputs(base, _units_of_digests(corpus, digests)))
        digest_targets += [targets[digest].any(axis=0) for digest in digests]
    own, theirs = targets[articles], np.array(digest_targets)
    all_inputs, all_targets = np.concatenate([inputs, *digest_inputs]), np.concatenate([own, theirs])
    weights = np.concatenate([np.ones(len(own)), np.full(len(theirs), DIGEST_WEIGHT)])
    labels = range(own.shape[1])
    stack = np.stack([_fit_stack(all_inputs[:, label], all_targets[:, label], weights) for label in labels])
    probabilities = probability(inputs, stack)
    bands = [_band(probabilities[:, label], own[:, label]) for label in labels]
    assign_at, abstain_at = (np.array(side) for side in zip(*bands, strict=True))
    return Fitted(fit_base(corpus, np.concatenate([articles, taught]), targets, seed), stack, assign_at, abstain_at)


def _digests(articles: Ints, random: np.random.Generator) -> list[Ints]:
    """Return articles strung together: one of several subjects has them in sections of their own, and no doubt."""
    count = len(articles) // ARTICLES_PER_DIGEST
    sizes = random.integers(2, DIGEST_ARTICLES + 1, count)
    return [random.choice(articles, min(int(size), len(articles)), replace=False) for size in sizes]


def units_of(corpus: Corpus, articles: Ints) -> Units:
    """Return the articles and their sections."""
    sections, starts = corpus.sections_of(articles)
    return Units(
        corpus.article_counts[articles],
        corpus.article_vectors[articles],
        corpus.section_counts[sections],
        corpus.section_vectors[sections],
        starts,
        corpus.concept_counts[articles],
    )


def _units_of_digests(corpus: Corpus, digests: list[Ints]) -> Units:
    """Return the digests and the sections of all their articles."""
    sizes = [len(digest) for digest in digests]
    members = np.concatenate(digests)
    rows = np.repeat(np.arange(len(digests)), sizes)
    together = sparse.csr_matrix((np.ones(len(members)), (rows, np.arange(len(members)))))
    counts = (together @ corpus.article_counts[members]).tocsr()
    sections, starts = corpus.sections_of(members)
    return Units(
        counts,
        mean_vectors(counts, corpus.word_rows, corpus.vectors),
        corpus.section_counts[sections],
        corpus.section_vectors[sections],
        starts[np.cumsum([0, *sizes[:-1]])],
        (together @ corpus.concept_counts[members]).tocsr(),
    )


def fit_base(corpus: Corpus, articles: Ints, targets: Bools, seed: int) -> Base:
    """Return the scorers of units, fitted to the articles."""
    return Base(
        _fit_linear(corpus, articles, targets, seed),
        _fit_second_order(corpus, articles, targets),
        _fit_concepts(corpus, articles, targets, seed),
    )


def _fit_linear(corpus: Corpus, articles: Ints, targets: Bools, seed: int) -> Linear:
    """Fit to whole articles; then again with the best section of each long one, so that sections count too."""
    counts = corpus.article_counts[articles]
    frequency = np.asarray((counts > 0).sum(axis=0)).ravel()
    columns = np.flatnonzero(frequency >= MIN_ARTICLES)
    idf = np.log((1 + len(articles)) / (1 + frequency[columns])) + 1
    whole = tf_idf(counts[:, columns], idf)
    long = articles[np.diff(corpus.first_section)[articles] >= LONG_SECTIONS]
    sections, starts = corpus.sections_of(long)
    by_section = tf_idf(corpus.section_counts[sections][:, columns], idf)
    weights, bias = [], []
    for target in targets.T:
        model = _logistic(whole, target[articles], seed)
        if len(long):
            best = _best_rows(model.decision_function(by_section), starts)
            rows = sparse.vstack([whole, by_section[best]])
            model = _logistic(rows, np.concatenate([target[articles], target[long]]), seed)
        weights.append(model.coef_[0])
        bias.append(model.intercept_[0])
    return Linear(columns, idf, np.stack(weights, axis=1), np.array(bias))


def _logistic(rows: sparse.csr_matrix, target: Bools, seed: int, strength: float = STRENGTH) -> LogisticRegression:
    model = LogisticRegression(C=strength, solver="liblinear", class_weight="balanced", tol=1e-3, random_state=seed)
    return model.fit(rows, target)


def _best_rows(scores: Doubles, starts: Ints) -> Ints:
    """Return the row with the greatest score of each group of rows."""
    ends = np.append(starts[1:], len(scores))
    return np.array([start + scores[start:end].argmax() for start, end in zip(starts, ends, strict=True)])


def _fit_second_order(corpus: Corpus, articles: Ints, targets: Bools) -> SecondOrder:
    """Fit a support vector machine with a quadratic kernel, and write it out as a quadratic form."""
    vectors = corpus.article_vectors[articles].astype(np.float64)
    kernel = GAMMA * vectors @ vectors.T
    kernel += OFFSET
    np.square(kernel, out=kernel)  # in place: at 10,000 articles each copy would be 800 MB
    factors, signs, slopes, constants = [], [], [], []
    for target in targets[articles].T:
        machine = SVC(C=1.0, kernel="precomputed", class_weight="balanced").fit(kernel, target)
        support, alphas = vectors[machine.support_], machine.dual_coef_.ravel()
        values, directions = np.linalg.eigh((support.T * alphas) @ support * GAMMA**2)
        strongest = np.argsort(-np.abs(values), kind="stable")[:FACTORS]
        factors.append(directions[:, strongest].T * np.sqrt(np.abs(values[strongest]))[:, None])
        signs.append(np.sign(values[strongest]))
        slopes.append(2 * GAMMA * OFFSET * (alphas @ support))
        constants.append(OFFSET**2 * alphas.sum() + machine.intercept_[0])
    arrays = (np.asarray(each, dtype=np.float32) for each in (factors, signs, slopes, constants))
    return SecondOrder(*arrays)


def _fit_concepts(corpus: Corpus, articles: Ints, targets: Bools, seed: int) -> ConceptWeights:
    counts = corpus.concept_counts[articles]
    kept = np.flatnonzero(np.asarray((counts > 0).sum(axis=0)).ravel() >= MIN_MEETINGS)
    labels, size = targets.shape[1], round(counts.shape[1] ** 0.5)
    weights, bias = np.zeros((labels, size * size), dtype=np.float32), np.zeros(labels, dtype=np.float32)
    if len(kept):
        rows = unit_rows(counts)[:, kept]
        models = [_logistic(rows, target, seed, CONCEPT_STRENGTH) for target in targets[articles].T]
        weights[:, kept] = [model.coef_[0] for model in models]
        bias[:] = [model.intercept_[0] for model in models]
    return ConceptWeights(weights.reshape(labels, size, size), bias)


def score_inputs(base: Base, units: Units) -> Doubles:
    """Return what the stack sees of the articles: (M, L, 14)."""
    whole, by_section = base.linear.scores(units.counts), base.linear.scores(units.section_counts)
    curved, curved_by_section = base.curved.scores(units.vectors), base.curved.scores(units.section_vectors)
    weights = base.concepts.weights.reshape(len(base.concepts.bias), -1)
    concepts = unit_rows(units.concept_counts) @ weights.T + base.concepts.bias
    ends = np.append(units.starts[1:], len(by_section))
    return np.stack(
        [
            stack_inputs(whole[at], by_section[start:end], curved[at], curved_by_section[start:end], concepts[at])
            for at, (start, end) in enumerate(zip(units.starts, ends, strict=True))
        ]
    )


def _fit_stack(inputs: Doubles, target: Bools, weights: Doubles) -> Doubles:
    """Return weights of the inputs; none of a score is below zero: what speaks for a label never speaks against it."""
    length = len(STACK)
    kept = [*range(len(STACK)), length]
    while True:
        model = LogisticRegression(C=1.0, max_iter=5000).fit(inputs[:, kept], target, sample_weight=weights)
        found = dict(zip(kept, model.coef_[0].tolist(), strict=True))
        worst = min((at for at in kept if at != length), key=found.__getitem__, default=None)
        if worst is None or found[worst] >= 0:
            break
        kept.remove(worst)
    return np.array([*(found.get(at, 0.0) for at in range(length + 1)), float(model.intercept_[0])])


def _band(scores: Doubles, target: Bools) -> tuple[float, float]:
    """Return from which probability to assign, and from which to abstain.

    The best threshold for F1 on calibrated probabilities is half of the F1 that it reaches (Lipton et al. 2014, Optimal
    Thresholding of Classifiers to Maximize F1 Measure): steadier than the place of the best F1 itself, which jumps.
    """
    order = np.argsort(-scores, kind="stable")
    ranked = scores[order]
    hits = np.cumsum(target[order])
    f1 = 2 * hits / (np.arange(1, len(scores) + 1) + target.sum())
    assign_at = float(f1.max()) / 2
    enough = int(np.searchsorted(hits, ABSTAIN_RECALL * target.sum()))
    return assign_at, min(float(ranked[min(enough, len(ranked) - 1)]), assign_at)
