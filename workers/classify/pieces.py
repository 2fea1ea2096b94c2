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

import numpy as np
from numpy.typing import NDArray

type Ints = NDArray[np.int64]
type Codes = NDArray[np.uint64]
type Kinds = NDArray[np.uint8]

NOTHING, WORD, NUMBER, END = range(4)
"""What a piece may be; what stands between pieces is nothing."""
_JOINT, _RAISED, _FRACTION, _FAR = range(4, 8)
"""Of characters: a ZWNJ; digits and fractions that a word may hold («km²»); what is beyond the tables."""

ANY_NUMBER = "#"
"""All numbers are one word: which number it is says nothing of the subject."""
_VARIANTS, _USUAL = "أإآؤئةۀΣİ", "اااویههσi"
"""Spellings that writers mix; and two capitals that would become something else by their place, or two characters."""
_ENDS = ".!؟?؛…|\n"
_ZWNJ = "\u200c"
_KNOWN = 0x20000
"""Characters that the tables hold; beyond are ideographs, which are all letters, and what nobody writes."""
_PIECE_OF = np.array([NOTHING, WORD, NUMBER, END, NOTHING, NUMBER, END, NOTHING], dtype=np.uint8)
"""What a run of letters is that starts with a character of this kind: «²» is a number, «½» no word."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A word or a sentence's end where it stands in a text, half-open; `word` is empty for an end."""

    word: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Pieces:
    """The pieces of some parts of an article in order; the last one of each part is the end of the part."""

    kinds: Kinds
    """WORD, NUMBER or END."""
    starts: Ints
    """Half-open as `ends`, in `codes`."""
    ends: Ints
    codes: Codes
    """A line break, then the folded characters of all parts, each closed by one, without the ZWNJs inside words."""
    joints: Ints
    """Where such a ZWNJ stood."""
    part_ends: Ints
    """Which pieces end a part."""

    def words(self) -> list[str]:
        """Return the folded word of each piece; empty for an end."""
        text = self.codes.astype("<u4").tobytes().decode("utf-32-le", "surrogatepass")
        named = {NUMBER: ANY_NUMBER, END: ""}
        each = zip(self.kinds.tolist(), self.starts.tolist(), self.ends.tolist(), strict=True)
        return [named[kind] if kind in named else text[start:end] for kind, start, end in each]

    def spans(self) -> tuple[Ints, Ints]:
        """Return where the pieces start and end in the parts, each closed by a line break."""
        before = self.joints - np.arange(len(self.joints))
        first, last = self.starts - 1, self.ends - 1
        starts = first + before.searchsorted(self.starts, side="right")
        return starts, last + before.searchsorted(last, side="right")


def find_pieces(parts: Sequence[str]) -> Pieces:
    """Return the pieces of the parts of an article."""
    # between two line breaks every piece has a neighbour on either side
    text = "\n".join(("", *parts, ""))
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    characters = _characters()
    kinds = characters.kinds.take(points, mode="clip")
    odd = int(kinds.max()) > _JOINT
    if odd:
        _settle_far(points, kinds)
    joints = (kinds == _JOINT).nonzero()[0]
    if len(joints):
        before, after = kinds.take(joints - 1), kinds.take(joints + 1)
        joints = joints[_in_word(before) & _in_word(after) if odd else (before == WORD) & (after == WORD)]
        stays = np.ones(len(points), dtype=np.bool_)
        stays[joints] = False
        points, kinds = points[stays], kinds[stays]
    runs = np.where(kinds > _JOINT, WORD, kinds) if odd else kinds
    changes = runs[1:] != runs[:-1]
    changes |= runs[1:] == END
    bounds = changes.nonzero()[0] + 1
    found = _PIECE_OF.take(kinds.take(bounds))
    real = found.nonzero()[0]
    starts, ends = bounds.take(real), bounds.take(real + 1, mode="clip")
    ends[-1:] = len(points)
    closing = np.array(list(accumulate(len(part) + 1 for part in parts)), dtype=np.int64)
    part_ends = starts.searchsorted(closing - joints.searchsorted(closing))
    return Pieces(found.take(real), starts, ends, characters.codes_of(points, odd=odd), joints, part_ends)


def _in_word(kinds: Kinds) -> NDArray[np.bool_]:
    """Tell which characters belong to words."""
    inside: NDArray[np.bool_] = (kinds == WORD) | (kinds > _JOINT)
    return inside


def pieces(text: str) -> Iterator[Piece]:
    """Yield words, folded, and sentence ends, in order."""
    found = find_pieces((text,))
    starts, ends = (each.tolist() for each in found.spans())
    yield from map(Piece, found.words()[:-1], starts, ends)


def code_points(text: str) -> Codes:
    """Return the characters of a text as numbers."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.uint64)


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
    kinds[ord(_ZWNJ)], kinds[_KNOWN] = _JOINT, _FAR
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
