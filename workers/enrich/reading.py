"""An article as the parts of the enrichment read it: words, sentences and lines of its normalized fields.

Knows nothing of what is looked for. Parts find places by normalized offsets; `Reading.span` takes them back to the
published text. Text that says a second time, word for word, what the title or summary said is read all the same.
"""

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from itertools import chain
from typing import Any, NamedTuple

from pydantic import TypeAdapter

from workers.enrich.chunks import FIRST, Chunk, Chunks, Numbered, members_of, texts_of
from workers.enrich.chunks import folded as folded  # noqa: PLC0414 - whoever reads with a reading folds as it does
from workers.normalize import align
from workers.offsets import OffsetMap
from workers.parts import FieldName, Span

_ENDS = frozenset(".!?؟…")
_CLOSING = "»"
_MAY_END = _ENDS | {_CLOSING}
_GOES_ON = frozenset({"و", "را", "که"})
"""After a quotation that ends in a full stop: its sentence is not over."""
_FEWEST_WRAPPED, _NARROWEST, _WIDEST = 3, 60, 100
"""Lines that were broken at a width of 80 or so: how many make a text that is read on, and how long they are."""
_WIDTH_BREAK = re.compile(r"(?<=[^\n.!?؟…:])\n(?!\n)")
"""A single line break that ends no sentence."""
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


class Sentence(NamedTuple):
    """A run of words up to a full stop or the end of a line; indexes into the passage's words, half-open."""

    first: int
    last: int
    line: int
    """Which line of the passage it stands in; lines are paragraphs in most feeds."""


@dataclass(frozen=True)
class Passage:
    """One field of an article: its words as lists side by side, for few are ever looked at one by one."""

    name: FieldName
    original: str
    normalized: str
    chunks: Sequence[str]
    """What stands between spaces and line breaks."""
    read: Sequence[Chunk]
    """What is known of each chunk."""
    texts: list[str]
    """Of the words, numbers and marks, folded: one form for the letters that writers mix. Nobody changes it."""
    sets: Mapping[int, Numbered]
    """The known sets of words, by their identity."""
    known: int
    """How many of them that differ there were when it was read."""

    @property
    def chunk_starts(self) -> list[int]:
        """Where each chunk begins."""
        return self._offsets[0]

    @cached_property
    def starts(self) -> list[int]:
        """Where each word begins."""
        return self._offsets[1]

    @cached_property
    def ends(self) -> list[int]:
        """Where each word ends."""
        return self._offsets[2]

    @cached_property
    def _offsets(self) -> tuple[list[int], list[int], list[int]]:
        """Where chunks begin, where words begin and where they end, all in one walk over the chunks."""
        begin: list[int] = []
        starts: list[int] = []
        ends: list[int] = []
        place = 0
        for chunk, (_, inside, lengths, _) in zip(self.chunks, self.read, strict=True):
            begin.append(place)
            if inside is FIRST:
                starts.append(place)
                ends.append(place + lengths[0])
            else:
                for start, length in zip(inside, lengths, strict=True):
                    starts.append(place + start)
                    ends.append(place + start + length)
            place += len(chunk) + 1
        return begin, starts, ends

    @cached_property
    def line_breaks(self) -> Mapping[int, int]:
        """How many line breaks stand before a word, by its index."""
        breaks: dict[int, int] = {}
        starts, normalized = self.starts, self.normalized
        at = normalized.find("\n")
        while at >= 0:
            word = bisect_left(starts, at)
            breaks[word] = breaks.get(word, 0) + 1
            at = normalized.find("\n", at + 1)
        return breaks

    def where(self, word: str) -> Sequence[int]:
        """Return where a word of the text stands, in order; for those of a lexicon there is `places_of`."""
        texts, at, places = self.texts, -1, list[int]()
        for _ in range(texts.count(word)):
            at = texts.index(word, at + 1)
            places.append(at)
        return places

    @cached_property
    def sentences(self) -> tuple[Sentence, ...]:
        """The sentences, in order."""
        return tuple(_sentences(self))

    @cached_property
    def firsts(self) -> list[int]:
        """The first word of each sentence."""
        return [sentence[0] for sentence in self.sentences]

    @cached_property
    def openings(self) -> list[int]:
        """The first word of each sentence that is no mark; where the sentence ends if it has none."""
        texts = self.texts
        openings: list[int] = []
        for first, last, _ in self.sentences:
            at = first
            while at < last and not texts[at][0].isalnum():
                at += 1
            openings.append(at)
        return openings

    def sentence_of(self, index: int) -> Sentence:
        """Return the sentence that holds a word."""
        return self.sentences[bisect_right(self.firsts, index) - 1]

    def sentence_at(self, offset: int) -> Sentence | None:
        """Return the sentence that holds a normalized offset."""
        index = bisect_right(self.starts, offset) - 1
        return self.sentence_of(index) if index >= 0 else None

    def index_at(self, offset: int) -> int:
        """Return the index of the first word that ends after a normalized offset; the count of words if none does."""
        return bisect_right(self.ends, offset)

    def places_of(self, words: Collection[str]) -> Sequence[int]:
        """Return where any of these words stand, in order.

        It is found once for all sets of words that were asked for before; a set is known by its identity, so only one
        that is kept, as lexicons keep theirs, may be asked for.
        """
        known = self.sets.get(id(words))
        if known is None:
            _chunks.learn(words)
        elif known.number < self.known:
            return self._members[known.number]
        return [at for at, text in enumerate(self.texts) if text in words]

    @cached_property
    def _members(self) -> list[list[int]]:
        """Where the words of each set stand that was known when the passage was read."""
        members: list[list[int]] = [[] for _ in range(self.known)]
        adding = [each.append for each in members]
        for at, numbers in enumerate(chain.from_iterable(map(members_of, self.read))):
            for number in numbers:
                adding[number](at)
        return members


class Spot(NamedTuple):
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
    _spans: dict[Spot, Span] = field(default_factory=dict)
    kept: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)
    """What a part of the enrichment made of the passages once for all parts, under its module's name."""

    def text(self, spot: Spot) -> str:
        """Return the normalized text of a spot."""
        return self.passages[spot.passage].normalized[spot.start : spot.end]

    def span(self, spot: Spot) -> Span:
        """Return a spot, which must not be empty, as a span of the published text."""
        span = self._spans.get(spot)
        if span is None:
            self.make_spans((spot,))
            span = self._spans[spot]
        return span

    def make_spans(self, spots: Iterable[Spot]) -> None:
        """Make the spans of spots at once, which costs a part of what it costs one by one."""
        by_passage: defaultdict[int, list[Spot]] = defaultdict(list)
        for spot in {*spots}.difference(self._spans):
            by_passage[spot.passage].append(spot)
        for number, asked in by_passage.items():
            passage = self.passages[number]
            if number not in self._maps:
                self._maps[number] = align(passage.original, passage.normalized)
            ranges = self._maps[number].spans([spot.start for spot in asked], [spot.end for spot in asked])
            self._spans.update(zip(asked, _spans(_made(passage, ranges)), strict=True))

    def sentences(self) -> Iterator[tuple[int, Passage, Sentence]]:
        """Yield all sentences with the index of their passage, in order."""
        for number, passage in enumerate(self.passages):
            for sentence in passage.sentences:
                yield number, passage, sentence


def _made(passage: Passage, ranges: Iterable[tuple[int, int]]) -> list[dict[str, object]]:
    """Return what spans are made of; what stands for nothing at the end of a text is its last character."""
    text, name, made = passage.original, passage.name, list[dict[str, object]]()
    for first, last in ranges:
        start, end = first, last
        if first >= last:
            start = min(first, len(text) - 1)
            end = start + 1
        made.append({"field": name, "start": start, "end": end, "surface": text[start:end]})
    return made


def read(fields: Sequence[tuple[FieldName, str, str]]) -> Reading:
    """Return the reading of fields, each with its name, published and normalized text; empty ones are left out.

    A summary that the text begins with, or that is the title, says nothing of its own and is left out too.
    """
    normalized = {name: text for name, _, text in fields}
    summary = normalized.get("summary", "")
    repeats = normalized.get("text", "").startswith(summary) or summary == normalized.get("title", "")
    return Reading(
        tuple(
            _passage(name, original, _unwrapped(text))
            for name, original, text in fields
            if text.strip() and original and not (name == "summary" and repeats)
        )
    )


_chunks = Chunks()
_spans: Callable[[object], list[Span]] = TypeAdapter(list[Span]).validator.validate_python
_sentence = partial(tuple.__new__, Sentence)


def _passage(name: FieldName, original: str, normalized: str) -> Passage:
    chunks = normalized.replace("\n", " ").split(" ")
    read = list(map(_chunks.__getitem__, chunks))
    texts = list(chain.from_iterable(map(texts_of, read)))
    return Passage(name, original, normalized, chunks, read, texts, _chunks.sets, _chunks.distinct)


def _sentences(passage: Passage) -> Iterator[Sentence]:
    """Yield the sentences; one can only end after some marks and before a line break."""
    texts, lines = passage.texts, passage.line_breaks
    wrapped = bool(lines) and _is_wrapped(passage.normalized)
    ends = {at + 1 for at in passage.places_of(_MAY_END)}
    first = line = 0
    for at in sorted(ends | lines.keys()):
        if 0 < at < len(texts):
            breaks = lines.get(at, 0)
            if breaks and wrapped and breaks == 1 and texts[at - 1] not in _ENDS:
                breaks = 0
            if breaks or _ends_sentence(passage, at):
                yield _sentence((first, at, line))
                first = at
            line += breaks
    if texts:
        yield _sentence((first, len(texts), line))


def _ends_sentence(passage: Passage, at: int) -> bool:
    """Tell whether the mark before a place ends a sentence: a full stop that is none of «بی.بی.سی», or its quote."""
    texts = passage.texts
    mark, before = texts[at - 1], texts[at - 2] if at > 1 else ""
    if mark == _CLOSING:
        return before in _ENDS and texts[at] not in _GOES_ON
    if mark not in _ENDS or not _ends(passage.normalized, passage.ends[at - 1]):
        return False
    return not (before and _is_letter(before) and _is_letter(texts[at]))


def _unwrapped(text: str) -> str:
    """Return a text with spaces for the breaks that only keep its lines at a width: names go over them."""
    return _WIDTH_BREAK.sub(" ", text) if "\n" in text and _is_wrapped(text) else text


def _is_wrapped(text: str) -> bool:
    """Tell a text whose lines were broken at a width, so that a line break ends nothing. Addresses are never broken."""
    lines: list[str] = []
    for line in text.split("\n"):
        if line and "http" not in line:
            if len(line) > _WIDEST:
                return False
            lines.append(line)
    if len(lines) < _FEWEST_WRAPPED:
        return False
    broken = sum(len(line) >= _NARROWEST and line.rstrip()[-1:] not in _ENDS for line in lines)
    return broken * 2 >= len(lines)


def _is_letter(word: str) -> bool:
    return word in _LETTERS or (len(word) == 1 and word.isalpha())


def _ends(text: str, end: int) -> bool:
    """Tell a full stop that ends at an offset from one before another mark of the same row."""
    after = text[end : end + 1]
    return not after or not (after in _ENDS or after in "»”\"'")
