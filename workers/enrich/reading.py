"""An article as the parts of the enrichment read it: words, sentences and lines of its normalized fields.

Knows nothing of what is looked for. Parts find places by normalized offsets; `Reading.span` takes them back to the
published text. Text that says a second time, word for word, what the title or summary said is read all the same.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from workers.normalize import align
from workers.offsets import OffsetMap
from workers.parts import FieldName, Span

_WORD = re.compile(r"[^\W\d_]+(?:\u200c[^\W\d_]+)*|\d+(?:[.,٫٬/]\d+)*|[^\w\s]")
"""A word with its joined suffixes, a number, or a mark."""
_FOLDED = str.maketrans("أإآؤئةۀيىك", "اااویههییک", "ءـ")
_ENDS = frozenset(".!?؟…")
_LETTERS = frozenset(
    [
        "ای",
        "بی",
        "سی",
        "دی",
        "اف",
        "جی",
        "اچ",
        "ای",
        "جی",
        "کی",
        "ال",
        "ام",
        "ان",
        "او",
        "پی",
        "ار",
        "اس",
        "تی",
        "یو",
        "وی",
        "زد",
    ]
)
"""Names of Latin letters: a stop between two of them belongs to «بی.بی.سی», which hazm writes «بی. بی. سی»."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word, number or mark of a normalized field, half-open."""

    text: str
    """Folded: one form for the letters that writers mix; ZWNJ is kept."""
    start: int
    end: int

    @property
    def is_mark(self) -> bool:
        """Tell punctuation from words and numbers."""
        return not self.text[0].isalnum()


@dataclass(frozen=True, slots=True)
class Sentence:
    """A run of words up to a full stop or the end of a line; indexes into the passage's words, half-open."""

    first: int
    last: int
    line: int
    """Which line of the passage it stands in; lines are paragraphs in most feeds."""


@dataclass(frozen=True, slots=True)
class Passage:
    """One field of an article."""

    name: FieldName
    original: str
    normalized: str
    words: tuple[Word, ...]
    sentences: tuple[Sentence, ...]

    def words_of(self, sentence: Sentence) -> tuple[Word, ...]:
        """Return the words and marks of a sentence."""
        return self.words[sentence.first : sentence.last]

    def sentence_at(self, offset: int) -> Sentence | None:
        """Return the sentence that holds a normalized offset."""
        at = bisect_left(self.sentences, offset + 1, key=lambda each: self.words[each.first].start) - 1
        return self.sentences[at] if at >= 0 else None

    def index_at(self, offset: int) -> int:
        """Return the index of the first word that ends after a normalized offset; the count of words if none does."""
        return bisect_left(self.words, offset + 1, key=lambda word: word.end)


@dataclass(frozen=True, slots=True, order=True)
class Spot:
    """A half-open range of one passage's normalized text: how parts of the enrichment say where something stands."""

    passage: int
    start: int
    end: int

    def covers(self, other: "Spot") -> bool:
        """Tell whether the other lies within."""
        return self.passage == other.passage and self.start <= other.start and other.end <= self.end

    def touches(self, other: "Spot") -> bool:
        """Tell whether the two share a character."""
        return self.passage == other.passage and self.start < other.end and other.start < self.end


@dataclass(slots=True)
class Reading:
    """The fields of an article that hold something of their own, in the order in which they are read."""

    passages: tuple[Passage, ...]
    _maps: dict[int, OffsetMap] = field(default_factory=dict)

    def text(self, spot: Spot) -> str:
        """Return the normalized text of a spot."""
        return self.passages[spot.passage].normalized[spot.start : spot.end]

    def span(self, spot: Spot) -> Span:
        """Return a spot, which must not be empty, as a span of the published text."""
        passage = self.passages[spot.passage]
        if spot.passage not in self._maps:
            self._maps[spot.passage] = align(passage.original, passage.normalized)
        start, end = self._maps[spot.passage].span(spot.start, spot.end)
        start = min(start, len(passage.original) - 1)
        end = max(end, start + 1)
        return Span(field=passage.name, start=start, end=end, surface=passage.original[start:end])

    def sentences(self) -> Iterator[tuple[int, Passage, Sentence]]:
        """Yield all sentences with the index of their passage, in order."""
        for number, passage in enumerate(self.passages):
            for sentence in passage.sentences:
                yield number, passage, sentence


def read(fields: Sequence[tuple[FieldName, str, str]]) -> Reading:
    """Return the reading of fields, each with its name, published and normalized text; empty ones are left out.

    A summary that the text begins with, or that is the title, says nothing of its own and is left out too.
    """
    normalized = {name: text for name, _, text in fields}
    summary = normalized.get("summary", "")
    repeats = normalized.get("text", "").startswith(summary) or summary == normalized.get("title", "")
    return Reading(
        tuple(
            _passage(name, original, text)
            for name, original, text in fields
            if text.strip() and original and not (name == "summary" and repeats)
        )
    )


def folded(word: str) -> str:
    """Return the word in the one spelling that stands for all of them."""
    return word.translate(_FOLDED).lower()


def _passage(name: FieldName, original: str, normalized: str) -> Passage:
    words = tuple(
        Word(folded(match.group()) or match.group(), match.start(), match.end()) for match in _WORD.finditer(normalized)
    )
    return Passage(name, original, normalized, words, tuple(_sentences(normalized, words)))


def _sentences(text: str, words: Sequence[Word]) -> Iterator[Sentence]:
    first = line = 0
    for at, (word, following) in enumerate(pairwise(words), start=1):
        breaks = text.count("\n", word.end, following.start)
        inside = at > 1 and _is_letter(words[at - 2].text) and _is_letter(following.text)
        if breaks or (word.text in _ENDS and _ends(text, word) and not inside):
            yield Sentence(first, at, line)
            first = at
        line += breaks
    if words:
        yield Sentence(first, len(words), line)


def _is_letter(word: str) -> bool:
    return word in _LETTERS or (len(word) == 1 and word.isalpha())


def _ends(text: str, stop: Word) -> bool:
    """Tell a full stop from one before another mark of the same row."""
    after = text[stop.end : stop.end + 1]
    return not after or not (after in _ENDS or after in "»”\"'")
