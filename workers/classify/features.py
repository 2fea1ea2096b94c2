"""Features of an article: words, their prefixes and pairs of neighbours, counted per section.

Knows nothing of labels or weights. Training and serving read articles through the same code, so that a weight means
the same to both. All texts are normalized ones.
"""

from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from workers.classify.pieces import Codes, Ints, Pieces, find_pieces
from workers.classify.vocabulary import BREAK, PREFIX_LENGTHS
from workers.parts import FieldName

FIELDS: tuple[FieldName, ...] = ("title", "summary", "text")

SECTION_WORDS = 30
"""Sentences are put together until a section has so many words; 8 and 15 scored lower out of fold (README)."""
REST_WORDS = 10
"""A shorter rest goes to the section before it."""
SECTIONS = 64
"""At most; a longer article gets longer sections, so that no length makes scoring slow."""
_PAIR_BITS = 32
_FILTER_BITS = 18
_FILTER_SHIFT = np.uint64(64 - _FILTER_BITS)
_MIXER = np.uint64(0x9E3779B97F4A7C15)
"""Odd, and without a pattern: the highest bits of its product depend on all bits of a key."""

type Parts = tuple[tuple[FieldName, str], ...]
"""The parts of an article that are read, each with its field's name."""
type LookUp = Callable[[Pieces], tuple[Ints, Ints]]
"""From pieces to each one's word and row, see `Sequence`."""


def prefixes(word: str) -> list[str]:
    """Return the word's proper prefixes, shortest first."""
    return [word[:length] for length in PREFIX_LENGTHS if len(word) > length]


def prefix_features(ids: Mapping[str, int], word_count: int) -> Ints:
    """Return for each prefix one more than the features of itself and its own prefixes; zero for none.

    Prefixes are numbered from 1 on in order; their features follow those of the words.
    """
    table = np.zeros((len(ids) + 1, len(PREFIX_LENGTHS)), dtype=np.int64)
    for prefix, at in ids.items():
        known = [own + word_count for each in (*prefixes(prefix), prefix) if (own := ids.get(each))]
        table[at, : len(known)] = known
    return table


class Neighbours(NamedTuple):
    """Some pairs of neighbours of an article."""

    keys: Ints
    places: Ints
    """Of the first word of each."""

    def among(self, pairs: Ints) -> tuple[Ints, Ints]:
        """Return which of the sorted pairs these are, and where; those that are none are left out."""
        if not len(pairs):
            return pairs, pairs
        found = pairs.searchsorted(self.keys)
        known = (pairs.take(found, mode="clip") == self.keys).nonzero()[0]
        return found.take(known), self.places.take(known)


class Sequence(NamedTuple):
    """An article as ids, one per piece."""

    words: Ints
    """Ids of words; UNKNOWN, or BREAK at a sentence's end."""
    rows: Ints
    """Of the features' table: a known word's id, else that of its longest known prefix, see `FeatureSpace`."""
    sections: Ints
    """Which section the piece is in; sections are numbered from 0 and the title, if any, is the first."""
    section_count: int
    breaks: Ints
    """Where the sentences end."""

    def neighbours(self) -> Neighbours:
        """Return all pairs of neighbours."""
        keys = pair_keys(self.words)
        return Neighbours(keys, np.arange(len(keys)))


def encode(parts: tuple[str, ...], look_up: LookUp) -> tuple[Sequence, Pieces]:
    """Return an article's parts in order as ids; a break ends each part, and each starts a section."""
    found = find_pieces(parts)
    words, rows = look_up(found)
    breaks = (words == BREAK).nonzero()[0]
    starts = section_starts(breaks.tolist(), set(found.part_ends.tolist()))
    if len(starts) > SECTIONS:
        starts = starts[:: -(-len(starts) // SECTIONS)]
    lengths = [end - start for start, end in pairwise((*starts, len(words)))]
    return Sequence(words, rows, np.arange(len(starts)).repeat(lengths), len(starts), breaks), found


def section_starts(breaks: list[int], part_ends: set[int]) -> list[int]:
    """Return where sections begin, from where the breaks are and which of them end a part."""
    starts: list[int] = []
    start = after = words = 0
    opened = False
    for at in breaks:
        words += at - after
        after = at + 1
        ends = at in part_ends
        if words < SECTION_WORDS and not ends:
            continue
        if not (ends and opened and words < REST_WORDS):
            starts.append(start)
        start, words, opened = after, 0, not ends
    return starts


def pair_keys(words: Ints) -> Ints:
    """Return a key for each word and its neighbour; where one of them is unknown or a break, it is no known pair's."""
    keys = words[:-1] << _PAIR_BITS
    keys |= words[1:]
    return keys


class PairFilter:
    """Which neighbours may be known pairs: four in five are none, and a look at one byte each says so of most.

    To search a hundred thousand pairs for all of them misses the cache several times for each.
    """

    def __init__(self, pairs: Ints) -> None:
        self._may_be = np.zeros(1 << _FILTER_BITS, dtype=np.bool_)
        self._may_be[self._hashed(pairs)] = True

    def __call__(self, keys: Ints) -> Neighbours:
        """Return the neighbours whose keys may be among the pairs: all that are, and a few more."""
        places = self._may_be.take(self._hashed(keys)).nonzero()[0]
        return Neighbours(keys.take(places), places)

    def _hashed(self, keys: Ints) -> Codes:
        hashed: Codes = keys.view(np.uint64) * _MIXER
        hashed >>= _FILTER_SHIFT
        return hashed


def pair_of(keys: Ints) -> tuple[Ints, Ints]:
    """Return the ids of both words of each key."""
    return keys >> _PAIR_BITS, keys & ((1 << _PAIR_BITS) - 1)


def pair_key(first: Ints, second: Ints) -> Ints:
    """Return the keys of pairs of word ids."""
    return (first << _PAIR_BITS) | second


def article_parts(title: str, summary: str, text: str) -> Parts:
    """Return the parts that are read, each with its field's name; a summary that only repeats the text is not."""
    parts = zip(FIELDS, (title, "" if summary in text else summary, text), strict=True)
    return tuple((name, part) for name, part in parts if part)
