"""The way back from a normalized text to the published one: evidence and entities highlight the original.

Knows nothing of hazm but the tables it is given: which characters become which, and which vanish.

Both texts are folded to what normalization leaves alone, letters, digits and marks in one form each, without spaces
and vanishing characters. The two folded texts are equal but for runs of one character that were shortened
(«سلاممم», «...»), so equal runs are paired in order, all at once. Where even that fails, a bounded look ahead finds the
next place where they agree: the map is then coarse, never wrong about order or bounds, and always linear.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

type _Ints = NDArray[np.int64]

_SPACE = 0
"""Folded form of what separates words, or joins them: spaces, line breaks, controls, ZWNJ."""
_MARK = 1
"""Folded form of what vanishes and belongs to the character before it: diacritics, tatweel."""
_LIGATURE = -1
"""Stands for a character that is spelt out before it is folded."""
_BEYOND = -2
"""Stands for a character outside the table, which is its own folded form."""
_BMP = 0x10000
_LOOK_AHEAD = 8
"""Characters looked over for the next agreement; 45 pairs at most, so that hostile text stays linear."""


class Fold:
    """One form for each character, whichever side it is found on; build once."""

    def __init__(self, replaced: Mapping[str, str], vanishing: Iterable[str], spelt_out: Mapping[str, str]) -> None:
        codes = np.arange(_BMP + 1, dtype=np.int64)
        codes[[code for code in range(_BMP) if _separates(chr(code))]] = _SPACE
        codes[[ord(char) for char in vanishing]] = _MARK
        for char, to in {**replaced, "«": '"', "»": '"', "…": ".", "٫": "."}.items():
            codes[ord(char)] = codes[ord('"' if to in "«»" else to)]
        codes[_BMP] = _BEYOND
        self._codes = codes
        self._spelt_out = {old: new for old, new in spelt_out.items() if len(old) == 1}
        self._codes_but_ligatures = codes.copy()
        self._codes_but_ligatures[[ord(char) for char in self._spelt_out]] = _LIGATURE

    def codes(self, text: str) -> _Ints:
        """Return the folded code of each character of the text."""
        return _looked_up(text, self._codes)

    def codes_without_ligatures(self, text: str) -> _Ints | None:
        """Return the same for a text that holds no ligature; None for one that does."""
        codes = _looked_up(text, self._codes_but_ligatures)
        return None if _least(codes) < 0 else codes

    def spelt_out(self, text: str) -> tuple[_Ints, _Ints | None]:
        """Return the codes of a text with ligatures spelt out, and whence each came if that is not its place."""
        codes = self.codes_without_ligatures(text)
        if codes is not None:
            return codes, None
        parts = [self._spelt_out.get(char, char) for char in text]
        return self.codes("".join(parts)), np.repeat(np.arange(len(text)), [len(part) for part in parts])


@dataclass(frozen=True)
class OffsetMap:
    """For each normalized character, the half-open range of the original that it stands for."""

    known_starts: _Ints
    """Less than 0 where a character stands for nothing of its own, such as a space set in."""
    known_ends: _Ints
    original_length: int

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the original range of the normalized range [start, end), which must not be empty."""
        first = self.known_starts.item(start)
        # words begin and end in characters of their own: the others are seldom asked for
        if first < 0 or self.known_starts.item(end - 1) < 0:
            return self.starts.item(start), self.ends.item(end - 1)
        return first, self.known_ends.item(end - 1)

    def spans(self, starts: Sequence[int], ends: Sequence[int]) -> list[tuple[int, int]]:
        """Return the original ranges of several normalized ranges, none of them empty."""
        first, last = np.array(starts), np.array(ends) - 1
        if min(self.known_starts[first].min(), self.known_starts[last].min()) < 0:
            return list(zip(self.starts[first].tolist(), self.ends[last].tolist(), strict=True))
        return list(zip(self.known_starts[first].tolist(), self.known_ends[last].tolist(), strict=True))

    @property
    def starts(self) -> _Ints:
        """Where the range of each character begins."""
        return self._filled[0]

    @property
    def ends(self) -> _Ints:
        """Where the range of each character ends."""
        return self._filled[1]

    @cached_property
    def _filled(self) -> tuple[_Ints, _Ints]:
        return _filled(self.known_starts, self.known_ends, self.original_length)


def offset_map(original: str, normalized: str, fold: Fold) -> OffsetMap:
    """Return the map from `normalized` back to `original`, of which it is the normalized form."""
    return _alike(original, normalized, fold) or _unlike(original, normalized, fold)


def _alike(original: str, normalized: str, fold: Fold) -> OffsetMap | None:
    """Return the map where the two texts fold to the same characters, looked up together; None where they do not."""
    codes = fold.codes_without_ligatures(original + normalized)
    if codes is None:
        return None
    length = len(original)
    (kept,) = (codes > _MARK).nonzero()
    count, odd = divmod(len(kept), 2)
    if odd or not count or not kept.item(count - 1) < length <= kept.item(count):
        return None
    folded = codes[kept]
    if np.count_nonzero(folded[:count] != folded[count:]):
        return None
    starts = np.empty(len(normalized), dtype=np.int64)
    starts.fill(-1)
    starts[kept[count:] - length] = kept[:count]
    marked = np.count_nonzero(codes[:length] == _MARK)
    return OffsetMap(starts, _past_marks(codes[:length])[starts + 1] if marked else starts + 1, length)


def _unlike(original: str, normalized: str, fold: Fold) -> OffsetMap:
    """Return the map where they differ: by ligatures, by runs that were shortened, or more."""
    original_codes, came_from = fold.spelt_out(original)
    normalized_codes = fold.codes(normalized)
    kept = np.flatnonzero(original_codes > _MARK)
    places = np.flatnonzero(normalized_codes > _MARK)
    pairs = _paired(original_codes[kept], normalized_codes[places])
    found = pairs[0] >= 0
    places, first, last = places[found], kept[pairs[0][found]], kept[pairs[1][found]]

    starts = np.full(len(normalized), -1)
    ends = np.full(len(normalized), -1)
    starts[places] = first
    ends[places] = _past_marks(original_codes)[last + 1]
    if came_from is not None:
        starts, ends = _unspelt(starts, ends, came_from)
    return OffsetMap(starts, ends, len(original))


def _separates(char: str) -> bool:
    return char.isspace() or not char.isprintable() or char == "\u200c"


def _looked_up(text: str, codes: _Ints) -> _Ints:
    """Return the code of each character; what lies outside the table is its own code."""
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    found = codes.take(points, mode="clip")
    return np.where(found == _BEYOND, points.astype(np.int64), found) if _least(found) == _BEYOND else found


def _least(codes: _Ints) -> int:
    """Return the least of the codes, or nought where that is less: without the layers that `min` goes through."""
    return int(np.minimum.reduce(codes, initial=0))


def _past_marks(codes: _Ints) -> _Ints:
    """Return, for each position and the end, the next position that holds no vanishing character."""
    length = len(codes)
    stops = np.append(np.where(codes == _MARK, length, np.arange(length)), length)
    return np.minimum.accumulate(stops[::-1])[::-1]


def _paired(original: _Ints, normalized: _Ints) -> tuple[_Ints, _Ints]:
    """Return for each normalized code the first and the last original code that it stands for; -1 for none."""
    original_runs, normalized_runs = _run_starts(original), _run_starts(normalized)
    if not np.array_equal(original[original_runs], normalized[normalized_runs]):
        return _resynchronized(original, normalized)
    lengths = np.diff(np.append(normalized_runs, len(normalized)))
    run = np.repeat(np.arange(len(normalized_runs)), lengths)
    place = np.arange(len(normalized)) - normalized_runs[run]
    run_ends = np.append(original_runs[1:], len(original))[run]
    first = np.minimum(original_runs[run] + place, run_ends - 1)
    return first, np.where(place == lengths[run] - 1, run_ends - 1, first)


def _run_starts(codes: _Ints) -> _Ints:
    """Return where runs of one code start."""
    return np.flatnonzero(np.append(True, codes[1:] != codes[:-1])) if len(codes) else np.zeros(0, dtype=np.int64)


def _resynchronized(original: _Ints, normalized: _Ints) -> tuple[_Ints, _Ints]:
    """Pair code by code, and look a little ahead wherever the two disagree."""
    left, right = original.tolist(), normalized.tolist()
    pairs = np.full(len(right), -1)
    at = place = 0
    while at < len(left) and place < len(right):
        skip_left, skip_right = _next_agreement(left, right, at, place)
        at, place = at + skip_left, place + skip_right
        if at < len(left) and place < len(right) and left[at] == right[place]:
            pairs[place] = at
        at, place = at + 1, place + 1
    return pairs, pairs


def _next_agreement(left: list[int], right: list[int], at: int, place: int) -> tuple[int, int]:
    """Return how far to skip on either side to where the two agree again; (0, 0) when that is not near."""
    for total in range(_LOOK_AHEAD + 1):
        for skip_left in range(total + 1):
            x, y = at + skip_left, place + total - skip_left
            if x < len(left) and y < len(right) and left[x] == right[y]:
                return skip_left, total - skip_left
    return 0, 0


def _unspelt(starts: _Ints, ends: _Ints, came_from: _Ints) -> tuple[_Ints, _Ints]:
    """Return ranges of the spelt-out text as ranges of the text with its ligatures."""
    found = starts >= 0
    starts, ends = starts.copy(), ends.copy()
    starts[found], ends[found] = came_from[starts[found]], came_from[ends[found] - 1] + 1
    return starts, ends


def _filled(starts: _Ints, ends: _Ints, length: int) -> tuple[_Ints, _Ints]:
    """Give what stands for nothing of its own, such as a space set in, the gap between its neighbours."""
    missing = starts < 0
    before = np.maximum.accumulate(np.where(missing, 0, ends))
    after = np.minimum.accumulate(np.where(missing, length, starts)[::-1])[::-1]
    # inside a ligature that was spelt out the gap's neighbours are one and the same character
    starts = np.where(missing, np.minimum(before, after), starts)
    return starts, np.where(missing, np.maximum(before, after), ends)
