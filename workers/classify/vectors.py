"""Word vectors: which words go with which, learned from texts without labels. Needs scikit-learn to train.

Knows nothing of labels. A word's vector is its row of the left singular vectors of the positive pointwise mutual
information of words that stand near each other, four bits a dimension.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.utils.extmath import randomized_svd

from workers.classify.pieces import pieces

DIMENSIONS = 256
"""100 scored 0.02 lower out of fold; 384 scored 0.003 higher and cost half as much time again (README)."""
WORDS = 16_000
MIN_COUNT = 8
WINDOW = 8
"""Words to either side that count as near; sentence ends are not looked at."""
SMOOTHING = 0.75
"""Power of the context's frequency: keeps rare contexts from dominating."""
LEVELS = 7
"""Four bits: -7 to 7."""
CLIPPED_AT = 2.7
"""Standard deviations that the outermost level stands for."""


@dataclass(frozen=True, slots=True)
class WordVectors:
    """Vectors of the most frequent words."""

    words: tuple[str, ...]
    levels: NDArray[np.int8]
    """(words, D), each within ±LEVELS."""
    idf: NDArray[np.float32]
    """(words,)."""


def train_vectors(texts: Iterable[str], seed: int, dimensions: int = DIMENSIONS) -> WordVectors:
    """Return vectors of the words of the texts; fewer dimensions when there are few words."""
    documents = [[piece.word for piece in pieces(text) if piece.word] for text in texts]
    counts = Counter(word for document in documents for word in document)
    words = tuple(word for word, count in sorted(counts.items(), key=_by_count) if count >= MIN_COUNT)[:WORDS]
    ids = {word: at for at, word in enumerate(words)}
    frequency = Counter(word for document in documents for word in set(document))
    idf = [np.log((1 + len(documents)) / (1 + frequency[word])) + 1 for word in words]
    near = _near(documents, ids)
    rank = min(dimensions, max(2, len(words) // 4 * 2))
    levels = np.zeros((len(words), dimensions), dtype=np.int8)
    if len(words) > rank:
        left, _, _ = randomized_svd(_positive_information(near), rank, n_iter=4, random_state=seed)
        levels[:, :rank] = np.clip(np.round(left / (CLIPPED_AT * left.std(axis=0)) * LEVELS), -LEVELS, LEVELS)
    return WordVectors(words, levels, np.array(idf, dtype=np.float32))


def _by_count(item: tuple[str, int]) -> tuple[int, str]:
    return -item[1], item[0]


def _near(documents: Sequence[Sequence[str]], ids: dict[str, int]) -> sparse.csr_matrix:
    """Return how often words stand near each other: (words, words), symmetric."""
    stream: list[int] = []
    for document in documents:
        stream.extend(ids.get(word, -1) for word in document)
        stream.extend([-1] * WINDOW)
    at = np.array(stream, dtype=np.int64)
    size = len(ids)
    near = sparse.csr_matrix((size, size))
    for distance in range(1, WINDOW + 1):
        first, second = at[:-distance], at[distance:]
        known = (first >= 0) & (second >= 0)
        pair = (np.ones(int(known.sum())), (first[known], second[known]))
        near = near + sparse.coo_matrix(pair, shape=(size, size)).tocsr()
    return (near + near.T).tocsr()


def _positive_information(near: sparse.csr_matrix) -> sparse.csr_matrix:
    entries = near.tocoo()
    of_word = np.asarray(near.sum(axis=1)).ravel()
    of_context = of_word**SMOOTHING
    of_context = of_context / of_context.sum()
    information = np.log(entries.data / (of_word[entries.row] * of_context[entries.col]))
    kept = information > 0
    return sparse.csr_matrix((information[kept], (entries.row[kept], entries.col[kept])), shape=near.shape)
