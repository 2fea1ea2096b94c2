"""Pieces of a text, which are words, numbers and sentence ends: found by arithmetic on all its characters at once.

Knows nothing of sections, vocabularies or labels. All texts are normalized ones.

A word is a run of letters, and a ZWNJ between two of them belongs to it but is not read: one writer sets it, another
does not. To find words one by one in a dictionary costs a cache miss or two each, one after the other; passes of numpy
over the whole text cost a fraction of that, whether the words were seen before or not.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

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
_FOLDED = str.maketrans(_VARIANTS, _USUAL)
_BMP = 0x10000
_PIECE_OF = np.array([NOTHING, WORD, NUMBER, END, NOTHING, NUMBER, END, NOTHING], dtype=np.uint8)
"""What a run of letters is that starts with a character of this kind: «²» is a number, «½» no word."""
_NO_BOUNDS: Ints = np.zeros(1, dtype=np.int64)


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
    """As `ends` half-open, in `codes`."""
    ends: Ints
    codes: Codes
    """The folded characters of all parts, each closed by a line break, without the ZWNJs inside words."""
    joints: Ints
    """Where in the parts such a ZWNJ stands."""
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
        last = self.ends - 1
        starts = self.starts + before.searchsorted(self.starts, side="right")
        return starts, last + before.searchsorted(last, side="right") + 1


def find_pieces(parts: Sequence[str]) -> Pieces:
    """Return the pieces of the parts of an article."""
    text = "\n".join([*parts, ""])
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    characters = _characters()
    kinds, codes = characters.kinds.take(points, mode="clip"), characters.codes.take(points, mode="clip")
    odd = len(kinds) > 0 and int(kinds.max()) > _JOINT
    if odd:
        _settle_far(points, kinds, codes)
    runs = np.where(kinds > _JOINT, WORD, kinds) if odd else kinds
    joints = np.flatnonzero(runs == _JOINT)
    if len(joints):
        # the text ends with a line break: something follows every ZWNJ, and "before" the first character is no letter
        joints = joints[(runs[joints - 1] == WORD) & (runs[joints + 1] == WORD)]
        stays = np.ones(len(runs), dtype=np.bool_)
        stays[joints] = False
        runs, kinds, codes = runs[stays], kinds[stays], codes[stays]
    changes = runs[1:] != runs[:-1]
    changes |= runs[1:] == END
    bounds = np.concatenate([[0], np.flatnonzero(changes) + 1, [len(runs)]]) if len(runs) else _NO_BOUNDS
    found = kinds[bounds[:-1]]
    found = _PIECE_OF.take(found)
    real = np.flatnonzero(found)
    starts, found = bounds[real], found[real]
    closing = np.cumsum([len(part) + 1 for part in parts], dtype=np.int64) - 1
    part_ends = starts.searchsorted(closing - joints.searchsorted(closing))
    return Pieces(found, starts, bounds[real + 1], codes, joints, part_ends)


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


@cache
def _characters() -> _Characters:
    every = "".join(map(chr, range(_BMP)))
    kinds = np.zeros(_BMP + 1, dtype=np.uint8)
    for kind, belongs in ((_FRACTION, str.isalnum), (_RAISED, str.isdigit), (NUMBER, str.isdecimal)):
        kinds[:_BMP][np.fromiter(map(belongs, every), dtype=np.bool_, count=_BMP)] = kind
    kinds[:_BMP][np.fromiter(map(str.isalpha, every), dtype=np.bool_, count=_BMP)] = WORD
    kinds[[ord(end) for end in _ENDS]] = END
    kinds[ord(_ZWNJ)], kinds[_BMP] = _JOINT, _FAR
    lower = every.translate(_FOLDED).lower()
    return _Characters(kinds, np.append(code_points(lower), np.uint64(_BMP)))


def _settle_far(points: NDArray[np.uint32], kinds: Kinds, codes: Codes) -> None:
    """Say in place what the characters beyond the tables are: letters of rare scripts, or nothing, as emoji are."""
    far = np.flatnonzero(kinds == _FAR)
    kinds[far] = NOTHING
    for point in np.unique(points[far]).tolist():
        char = chr(point)
        if char.isalnum():
            at = far[points[far] == point]
            kinds[at] = _far_kind(char)
            codes[at] = ord(char.lower())


def _far_kind(char: str) -> int:
    if char.isalpha():
        return WORD
    if char.isdecimal():
        return NUMBER
    return _RAISED if char.isdigit() else _FRACTION
