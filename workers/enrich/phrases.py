"""Phrases of the lexicons, found at a place in the words of a reading.

Knows nothing of what a phrase means. A ZWNJ in a phrase also stands for a space or for nothing, as writers have it.
"""

from collections.abc import Iterable, Sequence
from itertools import product

from workers.enrich.reading import folded

_ZWNJ = "\u200c"


class Phrases:
    """Phrases by their first word, the longest first."""

    def __init__(self, phrases: Iterable[str]) -> None:
        by_first: dict[str, set[tuple[str, ...]]] = {}
        for phrase in phrases:
            for words in spellings(phrase):
                by_first.setdefault(words[0], set()).add(words[1:])
        self._by_first = {
            first: tuple(sorted(rests, key=lambda rest: (-len(rest), rest))) for first, rests in by_first.items()
        }
        self.firsts = frozenset(self._by_first)
        """Every word with which a phrase begins."""

    def length(self, texts: Sequence[str], at: int, end: int) -> int:
        """Return how many words the longest phrase has that begins at an index and ends before `end`; 0 if none."""
        rests = self._by_first.get(texts[at]) if at < end else None
        if rests is None:
            return 0
        for rest in rests:
            if not rest:
                return 1
            stop = at + 1 + len(rest)
            if stop <= end and tuple(texts[at + 1 : stop]) == rest:
                return len(rest) + 1
        return 0

    def length_before(self, texts: Sequence[str], start: int, at: int) -> int:
        """Return how many words the longest phrase has that ends right before an index, from `start` on; 0 if none."""
        for first in range(max(start, at - _LONGEST), at):
            if first + self.length(texts, first, at) == at:
                return at - first
        return 0


_LONGEST = 5
"""Words of the longest phrase that is looked for backwards."""


def spellings(phrase: str) -> set[tuple[str, ...]]:
    """Return the folded words of a phrase, once for each way of writing its ZWNJs."""
    parts = [part.split(_ZWNJ) for part in phrase.split()]
    choices = [
        [tuple(map(folded, way)) for way in ({(_ZWNJ.join(part),), ("".join(part),), tuple(part)})] for part in parts
    ]
    return {tuple(word for way in ways for word in way) for ways in product(*choices)}


def words_in(phrases: Iterable[str]) -> frozenset[str]:
    """Return the spellings of phrases that are one word."""
    return frozenset(words[0] for phrase in phrases for words in spellings(phrase) if len(words) == 1)
