"""Features of an article: words, their prefixes and pairs of neighbours, counted per section.

Knows nothing of labels or weights. Training and serving read articles through the same code, so that a weight means
the same to both. All texts are normalized ones.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from workers.parts import FieldName

FIELDS: tuple[FieldName, ...] = ("title", "summary", "text")
type Ints = NDArray[np.int64]

BREAK = -1
"""Stands between sentences in a sequence of word ids; no pair of neighbours spans it."""
UNKNOWN = 0
NUMBER = "#"
"""All numbers are one word: which number it is says nothing of the subject."""

SECTION_WORDS = 30
"""Sentences are put together until a section has so many words; 8 and 15 scored lower out of fold (README)."""
REST_WORDS = 10
"""A shorter rest goes to the section before it."""
SECTIONS = 64
"""At most; a longer article gets longer sections, so that no length makes scoring slow."""
PREFIX_LENGTHS = (3, 4, 5)
"""Proper prefixes stand in for stems, also of words that training never saw."""
_PAIR_BITS = 32

_PIECE = re.compile(r"[^\W\d_]+(?:\u200c[^\W\d_]+)*|\d+|[.!؟?؛…|\n]")
_VARIANTS = "أإآؤئةۀ"
_FOLDED = str.maketrans(_VARIANTS, "اااویهه", "\u200c")
"""Spelling variants that writers mix; a ZWNJ that one writes and the other does not."""
_CHANGES = frozenset(f"{_VARIANTS}\u200c")
_ENDS = frozenset(".!؟?؛…|")
_AROUND = "«»()[]{}،,:\"'-–/*"
"""Marks that stand against words and are no pieces."""

_REMEMBERED = 200_000
"""Chunks between spaces whose pieces are kept, at about 150 bytes each; then all are forgotten."""
_REMEMBERED_LENGTH = 40
"""Longer chunks are links and noise that do not come again, and would fill the memory."""
_ROWS_AT_FIRST = 1024
_END = (BREAK, UNKNOWN)
_ENDS_PART = -2
_PART_END = " "
"""A chunk that no text holds, for chunks are what stands between spaces."""

type LookUp = Callable[[str], tuple[int, int]]
"""From a folded word to its id and the id of its longest known prefix; UNKNOWN for neither."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A word or a sentence's end where it stands in a normalized text, half-open; `word` is empty for an end."""

    word: str
    start: int
    end: int


def pieces(text: str) -> Iterator[Piece]:
    """Yield words, folded, and sentence ends, in order."""
    for match in _PIECE.finditer(text):
        yield Piece(_folded(match.group()), match.start(), match.end())


def spans(text: str) -> Iterator[tuple[int, int, bool]]:
    """Yield where each of `pieces` stands, and whether it is a word: all that pointing at words needs."""
    for match in _PIECE.finditer(text):
        start, end = match.span()
        yield start, end, text[start].isalnum()


def _folded(piece: str) -> str:
    if piece[0].isalpha():
        return _folded_word(piece)
    return NUMBER if piece[0].isdigit() else ""


def _folded_word(word: str) -> str:
    # looking is three times as fast as translating, which few words need
    return (word if _CHANGES.isdisjoint(word) else word.translate(_FOLDED)).lower()


def prefixes(word: str) -> list[str]:
    """Return the word's proper prefixes, shortest first."""
    return [word[:length] for length in PREFIX_LENGTHS if len(word) > length]


def prefix_features(ids: Mapping[str, int], word_count: int) -> Ints:
    """Return what `FeatureSpace` wants to know of prefixes, which are numbered from 1 on in order."""
    table = np.zeros((len(ids) + 1, len(PREFIX_LENGTHS)), dtype=np.int64)
    for prefix, at in ids.items():
        known = [own + word_count for each in (*prefixes(prefix), prefix) if (own := ids.get(each))]
        table[at, : len(known)] = known
    return table


@dataclass(frozen=True, slots=True)
class Sequence:
    """An article as ids, one per piece."""

    words: Ints
    prefixes: Ints
    """Id of the longest known prefix."""
    sections: Ints
    """Which section the piece is in; sections are numbered from 0 and the title, if any, is the first."""
    section_count: int


class _Chunks(dict[str, tuple[int, ...]]):
    """What each chunk between spaces is made of; one that is not there is read, and remembered unless it is long."""

    def __init__(self, read: Callable[[str], tuple[int, ...]]) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, chunk: str) -> tuple[int, ...]:
        rows = self._read(chunk)
        if len(chunk) <= _REMEMBERED_LENGTH:
            self[chunk] = rows
        return rows


class Encoder:
    """Turns texts into ids, and remembers the chunks between spaces that it saw.

    The ids of each different piece are a row of a table, and a chunk is the rows of its pieces: an article is one walk
    through a dictionary and one take from the table.
    """

    def __init__(self, look_up: LookUp) -> None:
        self._look_up = look_up
        self._rows: dict[tuple[int, int], int] = {}
        self._words = np.empty(_ROWS_AT_FIRST, dtype=np.int64)
        self._prefixes = np.empty(_ROWS_AT_FIRST, dtype=np.int64)
        self._chunks = _Chunks(self._read)

    def encode(self, parts: tuple[str, ...]) -> Sequence:
        """Return the ids of an article's parts in order; a break ends each part, and each starts a section."""
        if len(self._chunks) > _REMEMBERED:
            self._chunks.clear()
        self._chunks[_PART_END] = (self._row((_ENDS_PART, UNKNOWN)),)
        chunks: list[str] = []
        for part in parts:
            chunks += part.replace("\n", " \n ").split(" ")
            chunks.append(_PART_END)
        found = chain.from_iterable(map(self._chunks.__getitem__, chunks))
        rows = np.fromiter(found, dtype=np.int64)
        words = self._words[rows]
        breaks = np.flatnonzero(words < 0)
        starts = section_starts(breaks.tolist(), (words[breaks] == _ENDS_PART).tolist())
        words[breaks] = BREAK
        if len(starts) > SECTIONS:
            starts = starts[:: -(-len(starts) // SECTIONS)]
        bounds = np.array([*starts, len(words)], dtype=np.int64)
        sections = np.repeat(np.arange(len(starts)), bounds[1:] - bounds[:-1])
        return Sequence(words, self._prefixes[rows], sections, len(starts))

    def _read(self, chunk: str) -> tuple[int, ...]:
        """Return the rows of a chunk's pieces."""
        if chunk.isalpha():
            return (self._row(self._look_up(_folded_word(chunk))),)
        if 1 < len(chunk) <= _REMEMBERED_LENGTH:  # the word without its marks may be known
            if chunk[-1] in _ENDS:
                return (*self._chunks[chunk[:-1]], self._row(_END))
            if (word := chunk.strip(_AROUND)) != chunk:
                return self._chunks[word]
        folded = map(_folded, _PIECE.findall(chunk))
        return tuple(self._row(self._look_up(word) if word else _END) for word in folded)

    def _row(self, ids: tuple[int, int]) -> int:
        """Return the row of the table that holds the ids of a word and of its prefix."""
        if (known := self._rows.get(ids)) is not None:
            return known
        row = self._rows[ids] = len(self._rows)
        if row == len(self._words):
            self._words = np.concatenate([self._words, np.empty_like(self._words)])
            self._prefixes = np.concatenate([self._prefixes, np.empty_like(self._prefixes)])
        self._words[row], self._prefixes[row] = ids
        return row


def section_starts(breaks: list[int], ends_part: list[bool]) -> list[int]:
    """Return where sections begin, from where the breaks are and which of them end a part."""
    starts: list[int] = []
    start = after = words = 0
    opened = False
    for at, ends in zip(breaks, ends_part, strict=True):
        words += at - after
        after = at + 1
        if words < SECTION_WORDS and not ends:
            continue
        if not (ends and opened and words < REST_WORDS):
            starts.append(start)
        start, words, opened = after, 0, not ends
    return starts


def pair_keys(words: Ints) -> tuple[Ints, Ints]:
    """Return a key for each pair of known neighbours, and the place of its first word."""
    first, second = words[:-1], words[1:]
    at = np.flatnonzero((first > UNKNOWN) & (second > UNKNOWN))
    return (first[at] << _PAIR_BITS) | second[at], at


def pair_of(keys: Ints) -> tuple[Ints, Ints]:
    """Return the ids of both words of each key."""
    return keys >> _PAIR_BITS, keys & ((1 << _PAIR_BITS) - 1)


def pair_key(first: Ints, second: Ints) -> Ints:
    """Return the keys of pairs of word ids."""
    return (first << _PAIR_BITS) | second


def article_parts(title: str, summary: str, text: str) -> tuple[tuple[FieldName, str], ...]:
    """Return the parts that are read, each with its field's name; a summary that only repeats the text is not."""
    parts = zip(FIELDS, (title, "" if summary in text else summary, text), strict=True)
    return tuple((name, part) for name, part in parts if part)
