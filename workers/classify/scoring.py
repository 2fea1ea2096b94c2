"""From an article's ids to the scores of its labels.

Knows nothing of texts, files or decisions.

A unit is the whole article or one of its sections, and is scored twice: by TF-IDF of words, prefixes and pairs, which
knows the very words; and by the mean of its words' vectors, squared, which knows what goes with what. `stack` makes one
score of them, and of what sentences bring together (`concepts`).
"""

import math
from dataclasses import dataclass
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from workers.classify.concepts import ConceptReading, ConceptTable, ConceptWeights, read_concepts
from workers.classify.features import Neighbours, PairFilter, Sequence, pair_keys
from workers.classify.figures import Figures
from workers.classify.pieces import Ints
from workers.classify.stack import FARTHEST, Doubles, Floats, ServedStack

TINY = 1e-9
DAMPED = np.concatenate([[0.0], 1 + np.log(np.arange(1, 1024))]).astype(np.float32)
"""What a count is worth; a word that stands there more than a thousand times is worth no more."""
_SMALL_PRODUCT = 1_000_000
_MOST_STRIPES = 4
"""Narrower ones of a long article are slower than copying."""


class FeatureSpace:
    """Which pieces have which features: words, then prefixes, then pairs."""

    def __init__(self, word_count: int, of_rows: Ints, prefix_features: Ints, pairs: Ints) -> None:
        """Take for each row of a sequence the id of a prefix, what each prefix stands for, and sorted keys of pairs.

        `prefix_features` holds one more than the features of a prefix and of its own prefixes; zero for none.
        """
        self.word_count = word_count
        self.pairs = pairs
        self.pairs_start = word_count + len(prefix_features) - 1
        """Number of the first pair's feature."""
        self.size = self.pairs_start + len(pairs)
        words = np.arange(len(of_rows))
        words[word_count + 1 :] = 0
        # the features of each row, below zero for none
        self._of_rows = np.hstack([words[:, None], prefix_features[of_rows]]).astype(np.int32) - np.int32(1)

    def occurrences(self, sequence: Sequence, neighbours: Neighbours) -> tuple[Ints, Ints, int]:
        """Return the features, as often as they occur, the (first) piece of each, and how many are pairs.

        Words come first, then prefixes, then pairs.
        """
        by_piece = self._of_rows.take(sequence.rows, axis=0).T.ravel()
        there = (by_piece >= 0).nonzero()[0]
        pairs, first = neighbours.among(self.pairs)
        pairs += self.pairs_start
        features: Ints = np.concatenate((by_piece.take(there), pairs))
        there %= max(1, len(sequence.rows))
        return features, np.concatenate((there, first)), len(pairs)


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


@dataclass(frozen=True, slots=True)
class SecondOrderForms:
    """The same forms for all labels as one matrix, for serving."""

    projections: Floats
    """(D, L * R + L): factors, then slopes."""
    signs: Floats
    """(L * R, L)."""
    constants: Floats

    @classmethod
    def of(cls, second: SecondOrder) -> Self:
        """Return the forms of a model."""
        labels, rank, dimensions = second.factors.shape
        rows = np.concatenate([second.factors.reshape(labels * rank, dimensions), second.slopes])
        signs = np.zeros((labels, rank, labels), dtype=np.float32)
        signs[range(labels), :, range(labels)] = second.signs
        return cls(np.ascontiguousarray(rows.T), signs.reshape(labels * rank, labels), second.constants)

    def scores(self, vectors: Floats, scores: Floats) -> None:
        """Write the scores (units, L) of vectors (units, D)."""
        projected = product(vectors, self.projections)
        factors = len(self.signs)
        np.matmul(np.square(projected[:, :factors]), self.signs, out=scores)
        scores += projected[:, factors:]
        scores += self.constants


class Scores(NamedTuple):
    """What an article scores, and the working that its explanation needs; unit 0 is the whole, then sections."""

    log_odds: Doubles
    """(L,)."""
    linear: Floats
    """(1 + S, L)."""
    curved: Floats
    """(1 + S, L)."""
    concepts: Floats
    """(L,)."""
    features: Ints
    """Which features occur; words first."""
    of_feature: Ints
    """For each occurrence the index in `features`."""
    units: Ints
    """For each occurrence the unit of its section."""
    places: Ints
    """For each occurrence its piece; of a pair the first one."""
    pairs: int
    """So many of the occurrences, the last ones, are pairs."""
    worth: Floats
    """(features, L + 1): what one occurrence adds to each label, and to the square of the length."""
    counts: Ints
    """(1 + S, features)."""
    damped: Floats
    """(1 + S, features): what the counts are worth."""
    lengths: Floats
    """(1 + S,): of the units' TF-IDF."""
    word_values: Floats
    """(1 + S, words among the features): each word's weight in the sum of the unit's words."""
    word_vectors: Floats
    """(words among the features, D)."""
    vector_lengths: Floats
    """(1 + S,): of those sums."""
    vectors: Floats
    """(1 + S, D), of unit length."""
    weights: Doubles
    """(7, L): what the stack makes of the scores that it sees, see `stack.SERVED`."""
    reading: ConceptReading

    def probabilities(self) -> list[float]:
        """Return the calibrated probability of each label."""
        return [1 / (1 + math.exp(-min(max(each, -FARTHEST), FARTHEST))) for each in self.log_odds.tolist()]


class Scorer:
    """A model's arithmetic on sequences of its own ids; for one thread, as it keeps a page to work on."""

    def __init__(self, figures: Figures, space: FeatureSpace, vectors: NDArray[np.int8]) -> None:
        self._space = space
        idf = figures.idf.astype(np.float32)[:, None]
        # what one occurrence adds to each label, and to the square of the length: neighbours in memory
        self._worth: Floats = np.hstack([figures.weights.astype(np.float32) * idf, idf * idf])
        self.bias = figures.bias
        self._vectors = vectors
        self.vector_idf = figures.vector_idf.astype(np.float32)
        signs = figures.signs.astype(np.float32)
        self.second = SecondOrder(figures.factors.astype(np.float32), signs, figures.slopes, figures.constants)
        self._forms = SecondOrderForms.of(self.second)
        self._stack = ServedStack(figures.stack.astype(np.float64))
        self._numbered: NDArray[Any] = np.zeros(space.size, dtype=np.int64)
        word, pair = figures.concept_of_word, figures.concept_of_pair
        concepts = len(figures.concepts)
        self._concepts = ConceptTable(concepts, word.astype(np.int64), figures.concept_pairs, pair.astype(np.int64))
        self._likely_pairs = PairFilter(np.concatenate([space.pairs, figures.concept_pairs]))
        self.concept_weights = ConceptWeights(figures.concept_weights.astype(np.float32), figures.concept_bias)

    def scores(self, sequence: Sequence) -> Scores:
        """Return the scores of an article; one without a known word scores the constants."""
        neighbours = self._likely_pairs(pair_keys(sequence.words))
        occurring, places, pairs = self._space.occurrences(sequence, neighbours)
        features, of_feature = self._distinct(occurring)
        units = sequence.sections.take(places) + 1
        counts, damped = _counted(max(1, sequence.section_count), len(features), units, of_feature)
        worth = self._worth.take(features, axis=0)
        lengths = np.maximum(np.sqrt(((damped * damped) @ worth)[:, -1]), TINY)
        labels = len(self.bias)
        scores: Floats = np.empty((len(damped), 2 * labels), dtype=np.float32)
        linear, curved = scores[:, :labels], scores[:, labels:]
        np.divide(damped @ worth[:, :-1], lengths[:, None], out=linear)
        linear += self.bias
        words = features[: len((features < self._space.word_count).nonzero()[0])]
        word_values = damped[:, : len(words)] * self.vector_idf.take(words)
        word_vectors = self._vectors.take(words, axis=0).astype(np.float32)
        vectors = product(word_values, word_vectors)
        vector_lengths = np.maximum(np.sqrt(np.vecdot(vectors, vectors)), TINY)
        vectors /= vector_lengths[:, None]
        self._forms.scores(vectors, curved)
        reading = read_concepts(self._concepts, sequence.words, sequence.breaks, neighbours)
        concepts = self.concept_weights.scores(reading)
        return Scores(
            log_odds=self._stack.log_odds(scores, concepts),
            linear=linear,
            curved=curved,
            concepts=concepts,
            features=features,
            of_feature=of_feature,
            units=units,
            places=places,
            pairs=pairs,
            worth=worth,
            counts=counts,
            damped=damped,
            lengths=lengths,
            word_values=word_values,
            word_vectors=word_vectors,
            vector_lengths=vector_lengths,
            vectors=vectors,
            weights=self._stack.weights(len(linear) - 1),
            reading=reading,
        )

    def _distinct(self, occurring: Ints) -> tuple[Ints, Ints]:
        """Return the features that occur, words first, and for each occurrence which of them it is."""
        order = np.arange(len(occurring))
        self._numbered[occurring] = order
        kept = (self._numbered.take(occurring) == order).nonzero()[0]
        features = occurring.take(kept)
        self._numbered[features] = order[: len(kept)]
        return features, self._numbered.take(occurring)


def _counted(sections: int, width: int, units: Ints, of_feature: Ints) -> tuple[Ints, Floats]:
    """Return how often each feature occurs in each unit, and what that is worth: (1 + S, features)."""
    at = units * width
    at += of_feature
    counts = np.bincount(at, minlength=(sections + 1) * width)
    counts[:width] = np.bincount(of_feature, minlength=width)
    damped = np.zeros(len(counts), dtype=np.float32)  # only what occurs is looked up: nine in ten counts are none
    damped[at] = DAMPED.take(counts.take(at), mode="clip")
    damped[:width] = DAMPED.take(counts[:width], mode="clip")
    return counts.reshape(sections + 1, width), damped.reshape(sections + 1, width)


def product(left: Floats, right: Floats) -> Floats:
    """Return the product of two matrices, in stripes that OpenBLAS multiplies without copying them first.

    It does so below a million multiplications, four times as fast for matrices of an article's size.
    """
    columns = right.shape[1]
    stripes = min(-(-left.size * columns // _SMALL_PRODUCT), _MOST_STRIPES)
    if stripes <= 1:
        whole: Floats = left @ right
        return whole
    result = np.empty((len(left), columns), dtype=np.float32)
    width = -(-columns // stripes)
    for at in range(0, columns, width):
        np.matmul(left, right[:, at : at + width], out=result[:, at : at + width])
    return result
