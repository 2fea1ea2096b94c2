"""Ids of a model's words and prefixes, found for all pieces of an article at once.

Knows nothing of what the ids mean. A word is known by a key of 64 bits, a polynomial in its characters: the keys of all
words and of all their beginnings are differences of one running sum over the text. That another real word has
the key of a known one is as good as impossible; whoever makes one up on purpose has had a word misread, no more.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from workers.classify.pieces import ANY_NUMBER, END, NUMBER, Codes, Ints, Pieces, code_points

BREAK = -1
"""Stands between sentences in a sequence of word ids; no pair of neighbours spans it."""
UNKNOWN = 0
PREFIX_LENGTHS = (3, 4, 5)
"""Proper prefixes stand in for stems, also of words that training never saw."""

_BASE = 0x9E3779B97F4A7C15
"""Odd, so that it has an inverse; else any number without a pattern."""
_BITS = 64
_POWERS = 1 << 17
"""As many as the longest article has characters; more are made when they are asked for."""
_LENGTHS = np.array(PREFIX_LENGTHS)[:, None]


class _Powers(NamedTuple):
    up: Codes
    down: Codes


@lru_cache(maxsize=2)
def _powers(count: int) -> _Powers:
    """Return so many powers of the base, and of its inverse, from the zeroth on."""
    inverse = pow(_BASE, -1, 1 << _BITS)
    up, down = (np.full(count, base, dtype=np.uint64) for base in (_BASE, inverse))
    up[0] = down[0] = 1
    return _Powers(np.cumprod(up, dtype=np.uint64), np.cumprod(down, dtype=np.uint64))


class _Keys:
    """Keys of stretches of some characters, of which the first begins none."""

    def __init__(self, codes: Codes) -> None:
        powers = _powers(max(_POWERS, 1 << len(codes).bit_length()))
        self._sums: Codes = np.empty(len(codes) + 1, dtype=np.uint64)
        self._sums[0] = 0
        (codes * powers.up[: len(codes)]).cumsum(out=self._sums[1:])
        self._down = powers.down

    def of(self, starts: Ints, ends: Ints) -> Codes:
        """Return the keys of half-open stretches; an end beyond the last is taken for it."""
        keys: Codes = self._sums.take(ends, mode="clip")
        keys -= self._sums.take(starts)
        keys *= self._down.take(starts)
        return keys


class _Numbers:
    """Numbers of texts by their keys."""

    def __init__(self, keys: Codes, numbers: Ints) -> None:
        order = np.argsort(keys)
        self._keys, self._numbers = keys[order], numbers[order]

    def find(self, keys: Codes) -> Ints:
        """Return the numbers of keys; UNKNOWN for none."""
        if not len(self._keys):
            return np.full(keys.shape, UNKNOWN)
        at = self._keys.searchsorted(keys)
        known = self._keys.take(at, mode="clip") == keys
        found: Ints = self._numbers.take(at, mode="clip")
        found *= known
        return found


class Vocabulary:
    """A model's words and prefixes."""

    def __init__(self, words: Sequence[str], prefixes: Sequence[str]) -> None:
        keys, starts, ends = _keys_of(words)
        self.size = len(words)
        self._words = _Numbers(keys.of(starts, ends), np.arange(self.size) + 1)
        of_prefixes, *bounds = _keys_of(prefixes)
        shortest_first = np.argsort([len(prefix) for prefix in prefixes], kind="stable")
        ranks = np.empty(len(prefixes), dtype=np.int64)
        ranks[shortest_first] = np.arange(len(prefixes)) + 1
        self._ranks = _Numbers(of_prefixes.of(*bounds), ranks)
        self._of_ranks: Ints = np.concatenate([[UNKNOWN], shortest_first + 1])
        """Ids of prefixes; the longer one has the higher rank."""
        self._rows_of_ranks: Ints = np.concatenate([[UNKNOWN], shortest_first + 1 + self.size])
        number = words.index(ANY_NUMBER) + 1 if ANY_NUMBER in words else UNKNOWN
        self._by_kind = np.zeros(END + 1, dtype=np.int64)
        self._by_kind[NUMBER], self._by_kind[END] = number, BREAK
        own = self._of_ranks[self._longest_prefixes(keys, starts, ends)]
        self.rows: Ints = np.concatenate([[UNKNOWN], own, np.arange(len(prefixes)) + 1])
        """For each row the longest known prefix of the word that stands there: first words, then prefixes alone."""

    def look_up(self, found: Pieces) -> tuple[Ints, Ints]:
        """Return for each piece the word's id, and its row: that of its longest known prefix where it is unknown."""
        keys = _Keys(found.codes)
        words = self._words.find(keys.of(found.starts, found.ends))
        words += self._by_kind.take(found.kinds)  # no known word has digits or marks
        rows = np.maximum(words, UNKNOWN)
        new = (words == UNKNOWN).nonzero()[0]
        if len(new):
            ranks = self._longest_prefixes(keys, found.starts.take(new), found.ends.take(new))
            rows[new] = self._rows_of_ranks.take(ranks)
        return words, rows

    def _longest_prefixes(self, keys: _Keys, starts: Ints, ends: Ints) -> Ints:
        """Return the rank of the longest known proper prefix of each word."""
        until = starts + _LENGTHS
        ranks = self._ranks.find(keys.of(starts, until))
        ranks *= until < ends
        longest: Ints = np.maximum.reduce(ranks, axis=0)
        return longest


def _keys_of(texts: Sequence[str]) -> tuple[_Keys, Ints, Ints]:
    """Return the keys of all texts and of their beginnings, and where each text starts and ends."""
    ends = np.cumsum([len(text) for text in texts], dtype=np.int64) + 1
    starts = np.concatenate([[1], ends])[: len(texts)]
    return _Keys(code_points("\n" + "".join(texts))), starts, ends
