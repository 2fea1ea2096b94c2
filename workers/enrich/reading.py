"""An article as the parts of the enrichment read it: words, sentences and lines of its normalized fields.

Knows nothing of what is looked for. Parts find places by normalized offsets; `Reading.span` takes them back to the
published text. Text that says a second time, word for word, what the title or summary said is read all the same.
"""

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple

from workers.normalize import align
from workers.offsets import OffsetMap
from workers.parts import FieldName, Span

_WORD = re.compile(r"[^\W\d_]+(?:\u200c[^\W\d_]+)*|\d+(?:[.,٫٬/]\d+)*|[^\w\s]")
"""A word with its joined suffixes, a number, or a mark."""
_FOLDED = str.maketrans("أإآؤئةۀيىك", "اااویههییک", "ءـ")
_ENDS = frozenset(".!?؟…")
_CLOSING = "»"
_GOES_ON = frozenset({"و", "را", "که"})
"""After a quotation that ends in a full stop: its sentence is not over."""
_FEWEST_WRAPPED, _NARROWEST, _WIDEST = 3, 60, 100
"""Lines that were broken at a width of 80 or so: how many make a text that is read on, and how long they are."""
_REMEMBERED = 100_000
"""Chunks kept, at about 200 bytes each; then all are forgotten."""
_REMEMBERED_LENGTH = 40
"""Longer chunks are links and noise that do not come again."""
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


class Word(NamedTuple):
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
    places: Mapping[str, Sequence[int]]
    """Where each word stands: indexes into `words`, in order. Rules look here first for the words that they need."""

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
    kept: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)
    """What a part of the enrichment made of the passages once for all parts, under its module's name."""

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


type _Chunk = tuple[tuple[str, int, int], ...]
"""The words of a piece between two spaces, with their places in it."""
_chunks: dict[str, _Chunk] = {"": ()}
"""What is known of chunks: most were seen before. It changes nothing about what is returned."""
_word = partial(tuple.__new__, Word)


def _passage(name: FieldName, original: str, normalized: str) -> Passage:
    words: list[Word] = []
    add = words.append
    place = 0
    for chunk in normalized.replace("\n", " ").split(" "):
        known = _chunks.get(chunk)
        for text, start, end in known if known is not None else _read_chunk(chunk):
            add(_word((text, place + start, place + end)))
        place += len(chunk) + 1
    places: defaultdict[str, list[int]] = defaultdict(list)
    for at, word in enumerate(words):
        places[word[0]].append(at)
    places.default_factory = None
    return Passage(name, original, normalized, tuple(words), tuple(_sentences(normalized, words, places)), places)


def _read_chunk(chunk: str) -> _Chunk:
    """Return the words of a chunk, and remember them."""
    found = tuple((folded(match.group()) or match.group(), *match.span()) for match in _WORD.finditer(chunk))
    if len(chunk) <= _REMEMBERED_LENGTH:
        if len(_chunks) > _REMEMBERED:
            _chunks.clear()
        _chunks[chunk] = found
    return found


def _sentences(text: str, words: Sequence[Word], places: Mapping[str, Sequence[int]]) -> Iterator[Sentence]:
    """Yield the sentences; one can only end after some marks and before a line break."""
    lines: Counter[int] = Counter()
    at = text.find("\n")
    while at >= 0:
        lines[bisect_left(words, at, key=lambda word: word.start)] += 1
        at = text.find("\n", at + 1)
    wrapped = bool(lines) and _is_wrapped(text)
    ends = {at + 1 for mark in (*_ENDS, _CLOSING) for at in places.get(mark, ())}
    first = line = 0
    for at in sorted(ends | lines.keys()):
        if 0 < at < len(words):
            mark = words[at - 1].text
            breaks = lines[at] if not wrapped or lines[at] > 1 or mark in _ENDS else 0
            if breaks or _ends_sentence(text, words, at):
                yield Sentence(first, at, line)
                first = at
            line += breaks
    if words:
        yield Sentence(first, len(words), line)


def _ends_sentence(text: str, words: Sequence[Word], at: int) -> bool:
    """Tell whether the mark before a place ends a sentence: a full stop that is none of «بی.بی.سی», or its quote."""
    mark = words[at - 1]
    if mark.text == _CLOSING:
        return at > 1 and words[at - 2].text in _ENDS and words[at].text not in _GOES_ON
    inside = at > 1 and _is_letter(words[at - 2].text) and _is_letter(words[at].text)
    return mark.text in _ENDS and _ends(text, mark) and not inside


def _is_wrapped(text: str) -> bool:
    """Tell a text whose lines were broken at a width, so that a line break ends nothing."""
    lines = [line for line in text.split("\n") if line]
    if len(lines) < _FEWEST_WRAPPED or max(map(len, lines)) > _WIDEST:
        return False
    broken = sum(len(line) >= _NARROWEST and line.rstrip()[-1:] not in _ENDS for line in lines)
    return broken * 2 >= len(lines)


def _is_letter(word: str) -> bool:
    return word in _LETTERS or (len(word) == 1 and word.isalpha())


def _ends(text: str, stop: Word) -> bool:
    """Tell a full stop from one before another mark of the same row."""
    after = text[stop.end : stop.end + 1]
    return not after or not (after in _ENDS or after in "»”\"'")
