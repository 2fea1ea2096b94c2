"""A passage as rules walk through it: the words' texts, and which names begin at which word.

Knows nothing of rules.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from workers.enrich.names import Name, Names
from workers.enrich.reading import Passage, Reading, Sentence, Spot

OPENING = frozenset("«\"'“(*[")
CLOSING = frozenset("»\"'”)*]")
QUOTES = OPENING | CLOSING


@dataclass(slots=True)
class WordView:
    """One passage; indexes are those of its words, ranges half-open."""

    number: int
    passage: Passage
    texts: list[str]
    names: dict[int, tuple[Name, int]]
    """By the index of a name's first word: the name, and the index after its last word."""
    inside: dict[int, int]
    """For words inside a name that begins before: the index at which that name begins."""

    def spot(self, first: int, last: int) -> Spot:
        """Return the range of words as a spot."""
        return Spot(self.number, self.passage.starts[first], self.passage.ends[last - 1])

    def is_mark(self, at: int) -> bool:
        """Tell whether punctuation stands at an index."""
        return not self.texts[at][0].isalnum()

    def past_quotes(self, at: int, end: int) -> int:
        """Return the first index that is no opening mark."""
        while at < end and self.texts[at] in OPENING:
            at += 1
        return at

    def past_marks(self, at: int, end: int) -> int:
        """Return the first index at which a word or number stands."""
        texts = self.texts
        while at < end and not texts[at][0].isalnum():
            at += 1
        return at

    def sentence_before(self, sentence: Sentence) -> Sentence | None:
        """Return the last sentence before another that holds a word: bullets may fill lines of their own."""
        at = sentence.first
        while at > 0:
            found = self.passage.sentence_of(at - 1)
            if self.past_marks(found.first, found.last) < found.last:
                return found
            at = found.first
        return None

    def closing(self, at: int, end: int) -> int:
        """Return the index of the mark that closes the quotation opened right before an index, else `end`."""
        for index in range(at, end):
            if self.texts[index] in CLOSING:
                return index
        return end


def views(reading: Reading, names: Names) -> tuple[WordView, ...]:
    """Return the view of each passage, made once for all parts that ask with the same names."""
    kept: tuple[Names, tuple[WordView, ...]] | None = reading.kept.get(__name__)
    if kept is not None and kept[0] is names:
        return kept[1]
    made = _made(reading, names)
    reading.kept[__name__] = names, made
    return made


def _made(reading: Reading, names: Names) -> tuple[WordView, ...]:
    made = tuple(WordView(number, passage, passage.texts, {}, {}) for number, passage in enumerate(reading.passages))
    for name in names.names:
        view = made[name.spot.passage]
        first = view.passage.index_at(name.spot.start)
        last = view.passage.index_at(name.spot.end - 1) + 1
        view.names[first] = (name, last)
        for index in range(first + 1, last):
            view.inside[index] = first
    return made


def line_starts(view: WordView) -> Iterator[Sentence]:
    """Yield the first sentence of each line that holds more than marks, as it stands."""
    line = -1
    for sentence, opening in zip(view.passage.sentences, view.passage.openings, strict=True):
        if sentence.line != line and opening < sentence.last:
            line = sentence.line
            yield sentence
