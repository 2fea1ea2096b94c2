"""The labelled articles as matrices: counts of features and mean word vectors, per section and per article.

Knows nothing of labels or weights. Reads articles through the code that serving uses.
"""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from workers.classify.concepts import Concept, ConceptTable, read_concepts
from workers.classify.dataset import Dataset
from workers.classify.features import Sequence, article_parts, encode, pair_keys, prefix_features, prefixes
from workers.classify.pieces import Ints, Pieces
from workers.classify.scoring import FeatureSpace
from workers.classify.stack import Doubles, Floats
from workers.classify.vectors import WordVectors
from workers.classify.vocabulary import BREAK, UNKNOWN

MIN_ARTICLES = 3
"""A feature of fewer articles is noise, and might give away a text."""


class _GrowingVocabulary:
    """Gives every word and prefix an id as it comes."""

    def __init__(self) -> None:
        self.words: dict[str, int] = {}
        self.prefixes: dict[str, int] = {}
        self.longest_prefixes = [UNKNOWN]
        """Of each word, by its id; first that of no word."""

    def look_up(self, found: Pieces) -> tuple[Ints, Ints]:
        """Return for each piece the word's id, and its row, which is the same, for every word gets known."""
        words = np.array([self._id_of(word) for word in found.words()], dtype=np.int64)
        return words, np.maximum(words, UNKNOWN)

    def _id_of(self, word: str) -> int:
        if not word:
            return BREAK
        longest = UNKNOWN
        for prefix in prefixes(word):
            longest = self.prefixes.setdefault(prefix, len(self.prefixes) + 1)
        if word not in self.words:
            self.words[word] = len(self.words) + 1
            self.longest_prefixes.append(longest)
        return self.words[word]


@dataclass(frozen=True, slots=True)
class Corpus:
    """N articles in S sections over F features; rows of an article's sections are neighbours."""

    words: tuple[str, ...]
    prefixes: tuple[str, ...]
    space: FeatureSpace
    section_counts: sparse.csr_matrix
    """(S, F)."""
    article_counts: sparse.csr_matrix
    """(N, F)."""
    first_section: Ints
    """(N + 1,): where each article's sections start, and the end."""
    word_rows: Ints
    """(words,): each word's row in `vectors`; -1 for a word without a vector."""
    vectors: WordVectors
    section_vectors: Floats
    """(S, D), of unit length."""
    article_vectors: Floats
    """(N, D), of unit length."""
    concept_words: Ints
    """Numbers of the words that a concept has."""
    concept_counts: sparse.csr_matrix
    """(N, K * K): in how many sentences two concepts stand together, see `concepts.ConceptReading`."""

    def sections_of(self, articles: Ints) -> tuple[Ints, Ints]:
        """Return the sections of the articles, and where those of each article start among them."""
        lengths = self.first_section[articles + 1] - self.first_section[articles]
        starts = np.cumsum(lengths) - lengths
        within = np.arange(int(lengths.sum())) - np.repeat(starts, lengths)
        return np.repeat(self.first_section[articles], lengths) + within, starts


def build_corpus(dataset: Dataset, vectors: WordVectors, concepts: tuple[Concept, ...] = ()) -> Corpus:
    """Return the counts of all features that enough articles could have, the mean vectors and what concepts meet."""
    vocabulary = _GrowingVocabulary()
    sequences = [
        encode(tuple(part for _, part in article_parts(title, "", text)), vocabulary.look_up)[0]
        for title, text in zip(dataset.titles, dataset.texts, strict=True)
    ]
    space = _space(vocabulary, sequences)
    first_section = np.cumsum([0, *(max(1, sequence.section_count) for sequence in sequences)])
    counts = _counts(sequences, first_section[:-1], int(first_section[-1]), space)
    article_of = np.repeat(np.arange(len(sequences)), np.diff(first_section))
    ones = np.ones(len(article_of))
    members = sparse.csr_matrix((ones, (article_of, np.arange(len(article_of)))), dtype=np.float64)
    article_counts = (members @ counts).tocsr()
    row_of = {word: at for at, word in enumerate(vectors.words)}
    word_rows = np.array([row_of.get(word, -1) for word in vocabulary.words], dtype=np.int64)
    table = ConceptTable.of(concepts, tuple(vocabulary.words))
    return Corpus(
        words=tuple(vocabulary.words),
        prefixes=tuple(vocabulary.prefixes),
        space=space,
        section_counts=counts,
        article_counts=article_counts,
        first_section=first_section,
        word_rows=word_rows,
        vectors=vectors,
        section_vectors=mean_vectors(counts, word_rows, vectors),
        article_vectors=mean_vectors(article_counts, word_rows, vectors),
        concept_words=table.words() - 1,
        concept_counts=_concept_counts(sequences, table),
    )


def _space(vocabulary: _GrowingVocabulary, sequences: list[Sequence]) -> FeatureSpace:
    every = np.concatenate([pair_keys(each.words) for each in sequences])
    keys, times = np.unique(every[every > 0], return_counts=True)  # below zero are those with a break
    count = len(vocabulary.words)
    of_rows = np.array(vocabulary.longest_prefixes, dtype=np.int64)
    return FeatureSpace(count, of_rows, prefix_features(vocabulary.prefixes, count), keys[times >= MIN_ARTICLES])


def _counts(sequences: list[Sequence], first: Ints, sections: int, space: FeatureSpace) -> sparse.csr_matrix:
    rows, columns = [], []
    for start, sequence in zip(first, sequences, strict=True):
        features, places, _ = space.occurrences(sequence, sequence.neighbours())
        rows.append(start + sequence.sections[places])
        columns.append(features)
    row, column = np.concatenate(rows), np.concatenate(columns)
    return sparse.coo_matrix((np.ones(len(row)), (row, column)), shape=(sections, space.size)).tocsr()


def _concept_counts(sequences: list[Sequence], table: ConceptTable) -> sparse.csr_matrix:
    columns, values = [], []
    for sequence in sequences:
        reading = read_concepts(table, sequence.words, sequence.breaks, sequence.neighbours())
        first, second = np.triu(reading.counts).nonzero()
        columns.append(reading.concepts[first] * table.count + reading.concepts[second])
        values.append(reading.counts[first, second])
    ends = np.cumsum([0, *map(len, columns)])
    shape = len(sequences), table.count**2
    return sparse.csr_matrix((np.concatenate(values).astype(np.float64), np.concatenate(columns), ends), shape=shape)


def mean_vectors(counts: sparse.csr_matrix, word_rows: Ints, vectors: WordVectors) -> Floats:
    """Return for each row of counts the weighted mean of its words' vectors, of unit length."""
    known = np.flatnonzero(word_rows >= 0)
    rows = word_rows[known]
    values = _damped(counts[:, known]) @ sparse.diags_array(vectors.idf[rows].astype(np.float64))
    sums = np.asarray(values @ vectors.levels[rows].astype(np.float64))
    length = np.sqrt(np.einsum("ij,ij->i", sums, sums))
    means: Floats = (sums / np.maximum(length, 1e-9)[:, None]).astype(np.float32)
    return means


def _damped(counts: sparse.csr_matrix) -> sparse.csr_matrix:
    values = counts.copy()
    values.data = 1 + np.log(values.data)
    return values


def unit_rows(counts: sparse.csr_matrix) -> sparse.csr_matrix:
    """Return damped counts, rows of unit length: what `concepts.damped` computes for one article."""
    return tf_idf(counts, np.ones(counts.shape[1]))


def tf_idf(counts: sparse.csr_matrix, idf: Doubles) -> sparse.csr_matrix:
    """Return rows of unit length, damped counts times IDF: what `Scorer` computes for one article."""
    values = _damped(counts) @ sparse.diags_array(idf)
    length = np.sqrt(np.asarray(values.multiply(values).sum(axis=1)).ravel())
    return (sparse.diags_array(1 / np.maximum(length, 1e-9)) @ values).tocsr()
