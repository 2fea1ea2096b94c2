"""What each word of an article has to do with a label's log-odds, and what these come to without some of the words.

Knows nothing of texts or decisions.

Without some words a score is what it was less what they gave to it: no table is read again, and only what they stood
in is counted anew. What they stood between does not become neighbours by that.
"""

from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np

from workers.classify.concepts import ConceptReading, ConceptWeights
from workers.classify.pieces import Ints
from workers.classify.scoring import DAMPED, TINY, Scorer, Scores
from workers.classify.stack import SERVED, Doubles, Floats

_CONCEPTS = SERVED.index("concepts")
_NOTHING_LEFT = 1e-4
"""Of the square of a unit's length: what is less than that is what rounding left of a unit without any words."""


@dataclass(frozen=True, slots=True)
class LabelTables:
    """What a model knows of one label."""

    label: int
    bias: float
    projections: Floats
    """(D, R + 1): the factors of the label's form, then its slope."""
    signs: Floats
    """(R,)."""
    constant: float
    vector_idf: Floats
    concepts: ConceptWeights

    @classmethod
    def of(cls, scorer: Scorer, label: int) -> Self:
        """Return the tables of one of a scorer's labels."""
        second = scorer.second
        rows = np.concatenate([second.factors[label], second.slopes[label][None]])
        return cls(
            label=label,
            bias=float(scorer.bias[label]),
            projections=np.ascontiguousarray(rows.T),
            signs=second.signs[label],
            constant=float(second.constants[label]),
            vector_idf=scorer.vector_idf,
            concepts=scorer.concept_weights,
        )


class _Counts(NamedTuple):
    """The features of words that were taken out, and what is left of them."""

    features: Ints
    """Indices among the article's features."""
    counts: Ints
    """(1 + S, features)."""
    damped: Floats
    """(1 + S, features)."""


class Rest(NamedTuple):
    """What one label sees of an article, or of what is left of it; unit 0 is the whole, then sections."""

    log_odds: float
    linear: Floats
    """(1 + S,), as all below but `vectors`."""
    lengths: Floats
    curved: Floats
    vectors: Floats
    """(1 + S, D), of unit length."""
    vector_lengths: Floats
    concepts: float
    reading: ConceptReading
    lost: Ints | None = None
    """Which occurrences were taken out."""
    changed: _Counts | None = None


class Explanation:
    """One label of one article."""

    def __init__(self, tables: LabelTables, scores: Scores, pieces: int) -> None:
        """Take the scores of an article of so many pieces."""
        self._tables, self._scores, self._pieces = tables, scores, pieces
        label = tables.label
        self._weights: list[float] = scores.weights[:, label].tolist()
        self.whole = Rest(
            float(scores.log_odds[label]),
            scores.linear[:, label],
            scores.lengths,
            scores.curved[:, label],
            scores.vectors,
            scores.vector_lengths,
            float(scores.concepts[label]),
            scores.reading,
        )
        self._seen = _seen(self.whole.linear, self.whole.curved, self.whole.concepts)

    def shares(self, rest: Rest) -> Doubles:
        """Return each piece's share in the log-odds; the constants are nobody's."""
        scores = self._scores
        units, of_features = self._shares_of_features(rest)
        of_units = np.zeros((len(rest.linear), of_features.shape[1]), dtype=np.float32)
        for unit, shares in zip(units[1:], of_features[1:], strict=True):
            of_units[unit] += shares
        of_occurrences = of_units.ravel().take(scores.units * of_units.shape[1] + scores.of_feature)
        of_occurrences += of_features[0].take(scores.of_feature)
        if rest.lost is not None:
            of_occurrences[rest.lost] = 0.0
        first_pair = len(of_occurrences) - scores.pairs
        of_pairs = of_occurrences[first_pair:]
        of_pairs /= 2
        pieces = np.bincount(scores.places, of_occurrences, minlength=self._pieces)
        pieces += np.bincount(scores.places[first_pair:] + 1, of_pairs, minlength=self._pieces)
        places, of_marks = self._tables.concepts.shares(rest.reading, self._tables.label)
        of_marks *= self._weights[_CONCEPTS]
        return np.asarray(pieces + np.bincount(places, of_marks, minlength=self._pieces))

    def _shares_of_features(self, rest: Rest) -> tuple[list[int], Floats]:
        """Return the units that count, the whole first, and the share of one occurrence of each feature in each."""
        whole, best, curved_whole, curved_best, _, first, curved_first = self._weights
        scores, tables = self._scores, self._tables
        at_best, curved_at_best = (1 + int(each[1:].argmax()) for each in (rest.linear, rest.curved))
        units = [0, 1, curved_at_best, at_best]
        curved = units[:-1]
        on_linear = np.array([whole, first, 0.0, best], dtype=np.float32) / rest.lengths[units]
        on_curved = np.array([curved_whole, curved_first, curved_best], dtype=np.float32) / rest.vector_lengths[curved]
        counts = scores.counts.take(units, axis=0)
        if rest.changed:
            counts[:, rest.changed.features] = rest.changed.counts.take(units, axis=0)
        of_one = DAMPED.take(counts, mode="clip")
        of_one /= np.maximum(counts, 1)
        shares = of_one * on_linear[:, None]
        shares *= scores.worth[:, tables.label]
        words = len(scores.word_vectors)
        values = of_one[:-1, :words] * on_curved[:, None]
        values *= tables.vector_idf.take(scores.features[:words])
        values *= (scores.word_vectors @ self._gradients(rest.vectors.take(curved, axis=0)).T).T
        shares[:-1, :words] += values
        return units, shares

    def _gradients(self, vectors: Floats) -> Floats:
        """Return what to multiply a part of each vector with to get its share of the label's curved score."""
        projections = self._tables.projections
        factors = projections[:, :-1]
        projected: Floats = vectors @ factors
        projected *= self._tables.signs
        gradients: Floats = projected @ factors.T
        gradients += projections[:, -1]
        return gradients

    def without(self, places: Ints) -> Rest:
        """Return what is left when the pieces at some places are taken out."""
        scores, tables = self._scores, self._tables
        gone = np.zeros(self._pieces, dtype=np.bool_)
        gone[places] = True
        is_lost = gone.take(scores.places)
        first_pair = len(is_lost) - scores.pairs
        is_lost[first_pair:] |= gone.take(scores.places[first_pair:] + 1)
        lost = is_lost.nonzero()[0]
        changed = self._counts_without(lost)
        linear, lengths = self._linear_without(changed)
        curved, vectors, vector_lengths = self._curved_without(changed)
        reading = scores.reading.without(gone)
        concepts = float(tables.concepts.scores(reading)[tables.label])
        log_odds = self.whole.log_odds + sum(
            weight * (now - was)
            for weight, now, was in zip(self._weights, _seen(linear, curved, concepts), self._seen, strict=True)
        )
        return Rest(log_odds, linear, lengths, curved, vectors, vector_lengths, concepts, reading, lost, changed)

    def _counts_without(self, lost: Ints) -> _Counts:
        """Return the features that occur less often, and how often they do, without some occurrences."""
        scores = self._scores
        units, of_lost = len(scores.linear), scores.of_feature.take(lost)
        touched = np.zeros(len(scores.features), dtype=np.bool_)
        touched[of_lost] = True
        features = touched.nonzero()[0]
        width = len(features)
        at = scores.units.take(lost) * width
        at += touched.cumsum().take(of_lost)
        at -= 1
        less = np.bincount(at, minlength=units * width).reshape(units, width)
        less[0] = less.sum(axis=0)
        counts = scores.counts.take(features, axis=1)
        counts -= less
        return _Counts(features, counts, DAMPED.take(counts, mode="clip"))

    def _linear_without(self, changed: _Counts) -> tuple[Floats, Floats]:
        """Return the label's linear scores, and the lengths of the units."""
        scores, bias = self._scores, self._tables.bias
        was, now = scores.damped.take(changed.features, axis=1), changed.damped
        worth = scores.worth.take(changed.features, axis=0)
        before = scores.lengths * scores.lengths
        squares = before - (was * was - now * now) @ worth[:, -1]
        left = squares > _NOTHING_LEFT * before
        lengths: Floats = np.sqrt(np.where(left, squares, 1))
        linear: Floats = self.whole.linear - bias
        linear *= scores.lengths
        linear -= (was - now) @ worth[:, self._tables.label]
        linear *= left
        linear /= lengths
        linear += bias
        return linear, lengths

    def _curved_without(self, changed: _Counts) -> tuple[Floats, Floats, Floats]:
        """Return the label's curved scores, the units' vectors, and how long these were."""
        scores, tables = self._scores, self._tables
        words = changed.features[: changed.features.searchsorted(len(scores.word_vectors))]
        less = scores.damped.take(words, axis=1)
        less -= changed.damped[:, : len(words)]
        less *= tables.vector_idf.take(scores.features.take(words))
        vectors = scores.vectors * scores.vector_lengths[:, None]
        vectors -= less @ scores.word_vectors.take(words, axis=0)
        squares = np.vecdot(vectors, vectors)
        left = squares > _NOTHING_LEFT * scores.vector_lengths * scores.vector_lengths
        lengths: Floats = np.sqrt(np.where(left, squares, 1))
        vectors *= (left / lengths)[:, None]
        projected = vectors @ tables.projections
        curved: Floats = np.square(projected[:, :-1]) @ tables.signs
        curved += projected[:, -1]
        curved += tables.constant
        return curved, vectors, np.maximum(lengths, TINY)


def _seen(linear: Floats, curved: Floats, concepts: float) -> tuple[float, ...]:
    """Return the scores that the stack sees of an article, see `stack.SERVED`."""
    whole, first, *others = linear.tolist()
    curved_whole, curved_first, *curved_others = curved.tolist()
    best, curved_best = max((first, *others)), max((curved_first, *curved_others))
    return whole, best, curved_whole, curved_best, concepts, first, curved_first
