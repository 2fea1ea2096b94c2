"""Pieces of a text, which are words, numbers and sentence ends: found by arithmetic on all its characters at once.

Knows nothing of sections, vocabularies or labels. All texts are normalized ones.

A word is a run of letters, and a ZWNJ between two of them belongs to it but is not read: one writer sets it, another
does not. To find words one by one in a dictionary costs a cache miss or two each, one after the other; passes of numpy
over the whole text cost a fraction of that, whether the words were seen before or not.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

type Ints = NDArray[np.int64]
type Codes = NDArray[np.uint64]
type Kinds = NDArray[np.uint8]

NOTHING, WORD, NUMBER, END = range(4)
"""What a piece may be; what stands between pieces is nothing."""
_RAISED, _FRACTION, _FAR = range(4, 7)
"""Of characters: digits and fractions that a word may hold («km²»); what is beyond the tables."""

ANY_NUMBER = "#"
"""All numbers are one word: which number it is says nothing of the subject."""
_VARIANTS, _USUAL = "أإآؤئةۀΣİ", "اااویههσi"
"""Spellings that writers mix; and two capitals that would become something else by their place, or two characters."""
_ENDS = ".!؟?؛…|\n"
_ZWNJ = "\u200c"
_PARTING = re.compile(rf"{_ZWNJ}[{_ZWNJ}\d]")
"""Begins with a ZWNJ that may part what would be one piece without it; taking out any other changes no piece."""
_NO_JOINT = re.compile(rf"{_ZWNJ}(?:(?![^\W\d_])|(?<![^\W\d_]{_ZWNJ}))")
"""A ZWNJ that does not stand between two letters of a word."""
_KNOWN = 0x20000
"""Characters that the tables hold; beyond are ideographs, which are all letters, and what nobody writes."""
_PIECE_OF = np.array([NOTHING, WORD, NUMBER, END, NUMBER, END, NOTHING], dtype=np.uint8)
"""What a run of letters is that starts with a character of this kind: «²» is a number, «½» no word."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A word or a sentence's end where it stands in a text, half-open; `word` is empty for an end."""

    word: str
    start: int
    end: int


class Pieces(NamedTuple):
    """The pieces of some parts of an article in order; the last one of each part is the end of the part."""

    kinds: Kinds
    """WORD, NUMBER or END."""
    starts: Ints
    """Half-open as `ends`, in `codes`."""
    ends: Ints
    codes: Codes
    """A line break, then the folded characters of all parts, each closed by one, and a space; without ZWNJs."""
    parts: tuple[str, ...]
    """As they were read: idle ZWNJs that part something are spaces."""
    part_ends: Ints
    """Which pieces end a part."""

    def folded(self) -> str:
        """Return the text that `starts` and `ends` are of."""
        return self.codes.astype("<u4").tobytes().decode("utf-32-le", "surrogatepass")

    def words(self) -> list[str]:
        """Return the folded word of each piece; empty for an end."""
        text = self.folded()
        named = {NUMBER: ANY_NUMBER, END: ""}
        each = zip(self.kinds.tolist(), self.starts.tolist(), self.ends.tolist(), strict=True)
        return [named[kind] if kind in named else text[start:end] for kind, start, end in each]

    def spans(self) -> tuple[Ints, Ints]:
        """Return where the pieces start and end in the parts, each closed by a line break."""
        joined = "\n".join(("", *self.parts)).split(_ZWNJ)
        before = np.array(list(accumulate(map(len, joined[:-1]))), dtype=np.int64)  # the places of ZWNJs in `codes`
        first, last = self.starts - 1, self.ends - 1
        starts = first + before.searchsorted(self.starts, side="right")
        return starts, last + before.searchsorted(last, side="right")


def find_pieces(parts: Sequence[str]) -> Pieces:
    """Return the pieces of the parts of an article."""
    if any(map(_PARTING.search, parts)):
        parts = [_NO_JOINT.sub(" ", part) for part in parts]
    bare = [part.replace(_ZWNJ, "") for part in parts]
    # between a line break and a space every piece has a neighbour on either side
    points = _points("\n".join(("", *bare, " ")))
    characters = _characters()
    kinds = characters.kinds.take(points, mode="clip")
    odd = int(kinds.max()) > END
    if odd:
        _settle_far(points, kinds)
    runs = np.where(kinds > END, WORD, kinds) if odd else kinds
    changes = runs[1:] != runs[:-1]
    changes |= runs[1:] == END
    bounds = changes.nonzero()[0]
    bounds += 1
    found = kinds.take(bounds)
    if odd:
        found = _PIECE_OF.take(found)
    real = found.nonzero()[0]
    found, starts = found.take(real), bounds.take(real)
    real += 1
    ends = bounds.take(real)
    part_ends = starts.searchsorted(list(accumulate(len(part) + 1 for part in bare)))
    return Pieces(found, starts, ends, characters.codes_of(points, odd=odd), tuple(parts), part_ends)


def pieces(text: str) -> Iterator[Piece]:
    """Yield words, folded, and sentence ends, in order."""
    found = find_pieces((text,))
    starts, ends = (each.tolist() for each in found.spans())
    yield from map(Piece, found.words()[:-1], starts, ends)


def code_points(text: str) -> Codes:
    """Return the characters of a text as numbers."""
    return _points(text).astype(np.uint64)


def _points(text: str) -> NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")


@dataclass(frozen=True, slots=True)
class _Characters:
    """What each character is, and as which it counts; the last row stands for all beyond."""

    kinds: Kinds
    codes: Codes

    def codes_of(self, points: NDArray[np.uint32], *, odd: bool) -> Codes:
        """Return the folded codes of characters, of which some may be beyond the tables."""
        codes: Codes = self.codes.take(points, mode="clip")
        if odd:
            far = (points >= _KNOWN).nonzero()[0]
            codes[far] = points.take(far)
        return codes


@cache
def _characters() -> _Characters:
    every = np.arange(_KNOWN, dtype="<u4").tobytes().decode("utf-32-le", "surrogatepass")
    kinds = np.zeros(_KNOWN + 1, dtype=np.uint8)
    for run in re.finditer(r"\w+", every.replace("_", " ")):
        letters = WORD if run.group().isalpha() else [_kind(char) for char in run.group()]
        kinds[run.start() : run.end()] = letters
    kinds[[ord(end) for end in _ENDS]] = END
    kinds[_KNOWN] = _FAR
    codes = code_points(every.replace("İ", "i").lower() + "\0")
    codes[[ord(variant) for variant in _VARIANTS]] = [ord(usual) for usual in _USUAL]
    return _Characters(kinds, codes)


def _kind(char: str) -> int:
    """Return the kind of a character of which words or numbers are made."""
    if char.isalpha():
        return WORD
    if char.isdecimal():
        return NUMBER
    return _RAISED if char.isdigit() else _FRACTION


def _settle_far(points: NDArray[np.uint32], kinds: Kinds) -> None:
    """Say in place what the characters beyond the tables are: letters of rare scripts, or nothing."""
    far = (kinds == _FAR).nonzero()[0]
    kinds[far] = [WORD if chr(point).isalnum() else NOTHING for point in points.take(far).tolist()]
