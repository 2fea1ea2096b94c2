"""From an article's ids to the scores of its labels, and to what each word had to do with them.

Knows nothing of texts, files or decisions.

A unit is the whole article or one of its sections, and is scored twice: by TF-IDF of words, prefixes and pairs, which
knows the very words; and by the mean of its words' vectors, squared, which knows what goes with what. Subjects often
take up one section only: the score of an article is a logistic regression on the scores of the whole, of the best
section and of the first one, which is the title where there is one, and on what sentences bring together (`concepts`).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workers.classify.concepts import ConceptReading, ConceptTable, ConceptWeights, read_concepts
from workers.classify.features import SECTIONS, Ints, Sequence, pair_keys
from workers.classify.figures import Figures

type Doubles = NDArray[np.float64]
type Floats = NDArray[np.float32]

SPREAD = ("whole", "best", "vector whole", "vector best", "concepts")
"""Scores whose weight depends on how long the article is: the longer, the less the whole says."""
STACK = (*(f"{name}, {length}" for length in ("short", "long") for name in SPREAD), "first", "vector first")
"""The scores that the last regression sees of an article, in order; then come its length and the constant."""
_TINY = 1e-9
_DAMPED = np.concatenate([[0.0], 1 + np.log(np.arange(1, 1024))]).astype(np.float32)
"""What a count is worth; a word that stands there more than a thousand times is worth no more."""


@dataclass(frozen=True, slots=True)
class FeatureSpace:
    """Which ids are which features: words, then prefixes, then pairs."""

    word_count: int
    prefix_features: Ints
    """For each prefix id, from UNKNOWN on, one more than the features of itself and its own prefixes; zero for none."""
    pairs: Ints
    """Sorted keys."""

    @property
    def pairs_start(self) -> int:
        """Return the number of the first pair's feature."""
        return self.word_count + len(self.prefix_features) - 1

    @property
    def size(self) -> int:
        """Return the number of features."""
        return self.pairs_start + len(self.pairs)

    def occurrences(self, sequence: Sequence) -> tuple[Ints, Ints]:
        """Return the features in the article, as often as they occur, and the index of the (first) piece of each.

        Words come first, then prefixes, then pairs.
        """
        words = np.flatnonzero(sequence.words > 0)
        prefixes = self.prefix_features.take(sequence.prefixes, axis=0).ravel()
        there = np.flatnonzero(prefixes)
        pairs, first = self._pairs(sequence.words)
        features = np.concatenate([sequence.words[words], prefixes[there], pairs])
        features -= 1
        return features, np.concatenate([words, there // self.prefix_features.shape[1], first])

    def _pairs(self, words: Ints) -> tuple[Ints, Ints]:
        """Return one more than the features of known pairs, and the place of each one's first word."""
        keys, at = pair_keys(words)
        if not len(self.pairs):
            return keys[:0], at[:0]
        found = self.pairs.searchsorted(keys)
        known = np.flatnonzero(self.pairs.take(found, mode="clip") == keys)
        return found[known] + (self.pairs_start + 1), at[known]


@dataclass(frozen=True, slots=True)
class SecondOrder:
    """A quadratic form on unit vectors for each label, kept as its strongest factors."""

    factors: Floats
    """(L, R, D)."""
    signs: Floats
    """(L, R)."""
    slopes: Floats
    """(L, D)."""
    constants: Floats
    """(L,)."""

    def scores(self, vectors: Floats) -> Doubles:
        """Return the scores (units, L) of vectors (units, D)."""
        labels, rank, dimensions = self.factors.shape
        projected = vectors @ self.factors.reshape(labels * rank, dimensions).T
        squares = np.square(projected).reshape(len(vectors), labels, rank)
        scores = np.einsum("ulr,lr->ul", squares, self.signs) + vectors @ self.slopes.T + self.constants
        doubles: Doubles = scores.astype(np.float64)
        return doubles

    def gradient(self, vector: Floats, label: int) -> Floats:
        """Return what to multiply a part of `vector` with to get its share of a label's score."""
        factors = self.factors[label]
        gradient: Floats = ((factors @ vector) * self.signs[label]) @ factors + self.slopes[label]
        return gradient


@dataclass(frozen=True, slots=True)
class Scores:
    """What an article scores, and the working that its explanation needs; unit 0 is the whole, then sections."""

    probability: Doubles
    """Calibrated: (L,)."""
    linear: Doubles
    """(1 + S, L)."""
    curved: Doubles
    """(1 + S, L)."""
    features: Ints
    """Which features occur; words first."""
    of_feature: Ints
    """For each occurrence the index in `features`."""
    units: Ints
    """For each occurrence the unit of its section."""
    places: Ints
    """For each occurrence its piece."""
    counts: Ints
    """(1 + S, features)."""
    damped: Floats
    """(1 + S, features): what the counts are worth."""
    lengths: Floats
    """(1 + S,): of the units' TF-IDF."""
    word_values: Floats
    """(1 + S, words among the features): each word's weight in the unit's vector."""
    vectors: Floats
    """(1 + S, D)."""
    reading: ConceptReading


class Scorer:
    """A model's arithmetic on sequences of its own ids; for one thread, as it keeps a page to work on."""

    def __init__(self, figures: Figures, space: FeatureSpace, vectors: NDArray[np.int8]) -> None:
        self._space = space
        idf = figures.idf.astype(np.float32)[:, None]
        # what one occurrence adds to each label, and to the square of the length: neighbours in memory
        self._worth: Floats = np.hstack([figures.weights.astype(np.float32) * idf, idf * idf])
        self._bias = figures.bias
        self._vectors = vectors
        self._vector_idf = figures.vector_idf.astype(np.float32)
        signs = figures.signs.astype(np.float32)
        self._second = SecondOrder(figures.factors.astype(np.float32), signs, figures.slopes, figures.constants)
        self._stack = figures.stack.astype(np.float64)
        self._numbered = np.zeros(space.size, dtype=np.int64)
        word, pair = figures.concept_of_word, figures.concept_of_pair
        concepts = len(figures.concepts)
        self._concepts = ConceptTable(concepts, word.astype(np.int64), figures.concept_pairs, pair.astype(np.int64))
        self._concept_weights = ConceptWeights(figures.concept_weights, figures.concept_bias)

    def scores(self, sequence: Sequence) -> Scores:
        """Return the scores of an article; one without a known word scores the constants."""
        occurring, places = self._space.occurrences(sequence)
        features, of_feature = self._distinct(occurring)
        sections, width = max(1, sequence.section_count), len(features)
        units = sequence.sections[places] + 1
        counts = np.bincount(units * width + of_feature, minlength=(sections + 1) * width)
        counts[:width] = np.bincount(of_feature, minlength=width)
        damped = _damped(counts).reshape(sections + 1, width)
        worth = self._worth.take(features, axis=0)
        lengths = np.maximum(np.sqrt(np.square(damped) @ worth[:, -1]), _TINY)
        linear = (damped @ worth[:, :-1]) / lengths[:, None] + self._bias
        words = features[: np.count_nonzero(features < self._space.word_count)]
        word_values = damped[:, : len(words)] * self._vector_idf[words]
        vectors = word_values @ self._vectors.take(words, axis=0).astype(np.float32)
        length = _length(vectors)
        vectors /= length
        linear, curved = linear.astype(np.float64), self._second.scores(vectors)
        reading = read_concepts(self._concepts, sequence.words)
        inputs = stack_inputs(linear[0], linear[1:], curved[0], curved[1:], self._concept_weights.scores(reading))
        return Scores(
            probability=probability(inputs, self._stack),
            linear=linear,
            curved=curved,
            features=features,
            of_feature=of_feature,
            units=units,
            places=places,
            counts=counts.reshape(sections + 1, width),
            damped=damped,
            lengths=lengths,
            word_values=word_values / length,
            vectors=vectors,
            reading=reading,
        )

    def _distinct(self, occurring: Ints) -> tuple[Ints, Ints]:
        """Return the features that occur, words first, and for each occurrence which of them it is."""
        order = np.arange(len(occurring))
        self._numbered[occurring] = order
        last = self._numbered[occurring]
        kept = last == order
        features = occurring[kept]
        return features, (np.cumsum(kept) - 1)[last]

    def contributions(self, sequence: Sequence, scores: Scores, label: int) -> Doubles:
        """Return each piece's share in the log-odds of a label; the constants are nobody's."""
        shares = np.zeros(len(scores.of_feature))
        whole, best, curved_whole, curved_best, concepts, first, curved_first = self._weights_of_scores(scores, label)
        at_best, curved_at_best = (1 + int(each[1:, label].argmax()) for each in (scores.linear, scores.curved))
        parts = (
            (0, whole, curved_whole),
            (at_best, best, 0.0),
            (curved_at_best, 0.0, curved_best),
            (1, first, curved_first),
        )
        for unit, on_linear, on_curved in parts:
            share = on_linear * self._linear_shares(scores, unit, label)
            share[: scores.word_values.shape[1]] += on_curved * self._curved_shares(scores, unit, label)
            inside = scores.units == unit if unit else np.ones(len(shares), dtype=np.bool_)
            per_occurrence = share / np.maximum(scores.counts[unit], 1)
            shares[inside] += per_occurrence[scores.of_feature[inside]]
        pieces = np.zeros(len(sequence.words))
        is_pair = scores.features[scores.of_feature] >= self._space.pairs_start
        np.add.at(pieces, scores.places, np.where(is_pair, shares / 2, shares))
        np.add.at(pieces, scores.places[is_pair] + 1, shares[is_pair] / 2)
        of_marks = self._concept_weights.shares(scores.reading, label)
        np.add.at(pieces, scores.reading.places, concepts * of_marks)
        return pieces

    def _weights_of_scores(self, scores: Scores, label: int) -> list[float]:
        """Return what the stack makes of a unit's score, for an article of this length."""
        row, spread = self._stack[label], len(SPREAD)
        long = length_share(len(scores.linear) - 1)
        return [*(row[:spread] * (1 - long) + row[spread : 2 * spread] * long), *row[2 * spread : len(STACK)]]

    def _linear_shares(self, scores: Scores, unit: int, label: int) -> Doubles:
        worth = self._worth[scores.features, label] / scores.lengths[unit]
        shares: Doubles = (scores.damped[unit] * worth).astype(np.float64)
        return shares

    def _curved_shares(self, scores: Scores, unit: int, label: int) -> Doubles:
        words = scores.features[: scores.word_values.shape[1]]
        gradient = self._second.gradient(scores.vectors[unit], label)
        shares: Doubles = (scores.word_values[unit] * (self._vectors[words] @ gradient)).astype(np.float64)
        return shares


def _damped(counts: Ints) -> Floats:
    """Return what counts are worth; most are zero or one."""
    damped = counts.astype(np.float32)  # of what stands there once it is right
    more = np.flatnonzero(counts > 1)
    damped[more] = _DAMPED[np.minimum(counts[more], len(_DAMPED) - 1)]
    return damped


def _length(rows: Floats) -> Floats:
    length: Floats = np.maximum(np.sqrt((rows * rows).sum(axis=1, keepdims=True)), _TINY)
    return length


def length_share(sections: int) -> float:
    """Return how long an article is: 0 for one section, 1 for the most there can be."""
    return float(np.log(sections) / np.log(SECTIONS))


def stack_inputs(
    whole: Doubles, sections: Doubles, curved_whole: Doubles, curved_sections: Doubles, concepts: Doubles
) -> Doubles:
    """Return what the last regression sees of an article, (L, 14), from scores (L,) and (S, L)."""
    long, spread = length_share(len(sections)), len(SPREAD)
    inputs = np.empty((len(whole), len(STACK) + 2))
    for at, score in enumerate((whole, sections.max(axis=0), curved_whole, curved_sections.max(axis=0), concepts)):
        inputs[:, at], inputs[:, spread + at] = score * (1 - long), score * long
    inputs[:, 2 * spread], inputs[:, 2 * spread + 1] = sections[0], curved_sections[0]
    inputs[:, -2], inputs[:, -1] = long, 1.0
    return inputs


def probability(inputs: Doubles, stack: Doubles) -> Doubles:
    """Return calibrated probabilities of stacked inputs (..., L, 14)."""
    log_odds = np.clip((inputs * stack).sum(axis=-1), -50, 50)
    return np.asarray(1 / (1 + np.exp(-log_odds)))
