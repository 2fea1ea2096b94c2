"""Several bodies after one word for their kind: «وزارتخانه‌های کشور، علوم و راه و شهرسازی».

Knows nothing of which bodies there are. Each is a spot: the first holds the word for the kind, the others are alone.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from pydantic import BaseModel, ConfigDict

from workers.enrich.body_names import NameWords, before_verb
from workers.enrich.gazetteer_entries import EntryKind
from workers.enrich.kind_words import ByFirst, Ends, NamedPassage, by_first, heads_in, stays
from workers.enrich.lexicon import Phrases
from workers.enrich.reading import Spot

_COMMA, _AND, _QUOTE, _CLOSING = "،", "و", "«", "»"
_LONGEST_QUOTED, _LONGEST_NAME = 5, 2
_DESCRIBING = "ی"
"""The last letter of words that describe: «شرکت‌های تولیدی و صنعتی»."""

_MINISTRY = "وزارت"

_PLURALS = ("ها", "های")

type _Item = Callable[[NamedPassage, int], int | None]
"""Returns the word after the body that is named at a word; None where none is."""


class ListFile(BaseModel):
    """The plural words of kinds in `organisations.toml`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    ministries: Phrases
    missions: Phrases
    others: Phrases
    counted: Phrases
    counts: Phrases
    honours: Phrases


class _Kind(StrEnum):
    """What stands behind a word for several bodies."""

    MINISTRY = "what it is for"
    MISSION = "country"
    OTHER = "name"
    COUNTED = "name, where a number stands before the word"


@dataclass(frozen=True, slots=True)
class BodyLists:
    """The words before several bodies, and how each of them ends."""

    phrases: ByFirst
    kinds: Mapping[tuple[str, ...], _Kind]
    """Of the phrases."""
    counts: frozenset[str]
    honours: frozenset[str]
    """Usual words with which names begin: «شهید»."""
    words: NameWords
    ends: Ends

    @classmethod
    def load(cls, file: ListFile, words: NameWords, ends: Ends) -> Self:
        """Return the lists of a lexicon's file."""
        by_kind = zip(_Kind, (file.ministries, file.missions, file.others, file.counted), strict=True)
        kinds = {tuple(phrase.split(" ")): kind for kind, phrases in by_kind for phrase in phrases}
        phrases = by_first(map(" ".join, kinds))
        return cls(phrases, kinds, frozenset(file.counts), frozenset(file.honours), words, ends)

    def spots(self, named: NamedPassage) -> Iterator[tuple[Spot, str]]:
        """Yield where each body of a list stands, of ministries those without the word with it."""
        for at, end, phrase in heads_in(named.passage, self.phrases):
            kind = self.kinds[phrase]
            if kind is _Kind.COUNTED and (at == 0 or named.passage.texts[at - 1] not in self.counts):
                continue
            items = tuple(_items(named, end, self._item(kind)))
            if len(items) > (0 if kind is _Kind.MINISTRY else 1):
                yield named.spot(at, items[0][1]), ""
                for first, last in items[1:]:
                    yield named.spot(first, last), _MINISTRY if kind is _Kind.MINISTRY else ""

    def _item(self, kind: _Kind) -> _Item:
        if kind is _Kind.MINISTRY:
            return self._ministry
        return _country if kind is _Kind.MISSION else self._name

    def _ministry(self, named: NamedPassage, at: int) -> int | None:
        texts, fields = named.passage.texts, self.words.fields
        if at >= len(texts) or texts[at] not in fields:
            return None
        end = at + 1
        while end < len(texts):
            if texts[end] in fields:
                end += 1
            elif texts[end] in {_AND, _COMMA} and tuple(texts[end - 1 : end + 2 : 2]) in self.words.joined:
                end += 2
            else:
                break
        return named.place_end(end) or end

    def _name(self, named: NamedPassage, at: int) -> int | None:
        texts = named.passage.texts
        if texts[at : at + 1] == [_QUOTE]:
            return _closed(texts, at)
        end = at
        while end < min(at + _LONGEST_NAME, len(texts)):
            name = named.name_at(end)
            if name is not None:
                return named.end_of(name) if name.of(EntryKind.CITY) else None
            if not stays(named, end, self.ends) or self._describes(texts[end], end == at):
                break
            end += 1
        return before_verb(named.passage, at, end, self.words) if end > at else None

    def _describes(self, text: str, first: bool) -> bool:
        """Tell a word of a description, not of a name: any plural, and a usual word with which it begins."""
        usual = text in self.words.usual and text not in self.honours
        return text.endswith(_PLURALS) or (first and (usual or text.endswith(_DESCRIBING) or text in self.ends.generic))


def _country(named: NamedPassage, at: int) -> int | None:
    if at >= len(named.passage.texts):
        return None
    for name in named.names.within(named.spot(at, at + 1)):  # of the first, the kind's word is of the name
        office = name.of(EntryKind.OFFICE)
        if name.of(EntryKind.COUNTRY) is not None or (office is not None and office.country is not None):
            return named.end_of(name)
    return None


def _closed(texts: list[str], at: int) -> int | None:
    """Return the word after the name in the quotation marks that open at a word."""
    for end in range(at + 2, min(at + _LONGEST_QUOTED + 2, len(texts))):
        if texts[end] == _CLOSING:
            return end + 1
    return None


def _items(named: NamedPassage, at: int, item: _Item) -> Iterator[tuple[int, int]]:
    """Yield first word and word after the last of each body from a word on, with a comma or «و» between them."""
    texts = named.passage.texts
    end = item(named, at)
    while end is not None:
        yield at, end
        if end >= len(texts) or texts[end] not in {_COMMA, _AND}:
            return
        at = end + 1
        end = item(named, at)
