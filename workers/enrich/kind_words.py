"""Names after a word that says what kind of thing they name: «سازمان …», «فرودگاه …»; where each begins and ends.

Knows nothing of organisations or places: the words of the kinds, and those at which a name ends, are arguments.
Indexes are of a passage's words; the end of a name is the index behind its last word.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from workers.enrich.gazetteer_entries import EntryKind
from workers.enrich.gazetteer_forms import Sense
from workers.enrich.gazetteer_words import ZWNJ
from workers.enrich.names import Name, Names
from workers.enrich.reading import Passage, Reading, Spot

_PLACES = (EntryKind.COUNTRY, EntryKind.CITY, EntryKind.PROVINCE, EntryKind.AIRPORT)
_VERBAL = (f"می{ZWNJ}", f"نمی{ZWNJ}")
_DESCRIBING = ("هایی", f"{ZWNJ}شده", f"{ZWNJ}تر", f"{ZWNJ}تری", f"{ZWNJ}ترین")
"""Endings of words that describe: «راهکارهایی», «تعیین‌شده», «کوچک‌تر»."""
_AND = "و"
_QUOTES = {"«": "»", "(": ")"}
_GAPS = frozenset({"", " ", "  "})
"""Between words side by side; some put two spaces there."""

type ByFirst = Mapping[str, tuple[tuple[str, ...], ...]]
"""Phrases by their first word, longer ones first."""


def by_first(phrases: Iterable[str]) -> ByFirst:
    """Return phrases as they are looked up."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for phrase in phrases:
        words = tuple(phrase.split(" "))
        found.setdefault(words[0], []).append(words)
    return {first: tuple(sorted(each, key=len, reverse=True)) for first, each in found.items()}


def heads_in(passage: Passage, phrases: ByFirst) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    """Yield first word, word after the last, and phrase where phrases stand, the longest at each place."""
    texts = passage.texts
    past = 0
    for at in passage.places_of(phrases):
        if at < past:
            continue  # «هواپیمایی» of «شرکت هواپیمایی»
        for phrase in phrases[texts[at]]:
            end = at + len(phrase)
            if len(phrase) == 1 or tuple(texts[at:end]) == phrase:
                if _is_run(passage, at, end):
                    past = end
                    yield at, end, phrase
                break


def phrase_end(passage: Passage, phrases: ByFirst, at: int) -> int | None:
    """Return the word after the longest phrase that stands at a word; None where none does."""
    texts = passage.texts
    ends = (at + len(phrase) for phrase in phrases.get(texts[at], ()) if tuple(texts[at : at + len(phrase)]) == phrase)
    return next(ends, None)


def _is_run(passage: Passage, at: int, end: int) -> bool:
    """Tell words that stand side by side."""
    return all(_is_next(passage, index) for index in range(at + 1, end))


def _is_next(passage: Passage, at: int) -> bool:
    return passage.normalized[passage.ends[at - 1] : passage.starts[at]] in _GAPS


class NamedPassage(NamedTuple):
    """A passage by its index, and the names that the gazetteers know in it."""

    number: int
    passage: Passage
    names: Names

    def spot(self, first: int, last: int) -> Spot:
        """Return where words stand, half-open."""
        return Spot(self.number, self.passage.starts[first], self.passage.ends[last - 1])

    def follows(self, at: int) -> bool:
        """Tell whether there is a word at an index, with nothing but a space between it and the one before it."""
        passage = self.passage
        return 0 < at < len(passage.texts) and passage.normalized[passage.ends[at - 1] : passage.starts[at]] in {
            " ",
            "",
        }

    def name_at(self, at: int) -> Name | None:
        """Return the name that begins at a word."""
        if at >= len(self.passage.texts):
            return None
        start = self.passage.starts[at]
        found = self.names.within(Spot(self.number, start, self.passage.ends[at]))
        return found[0] if found and found[0].spot.start == start else None

    def end_of(self, name: Name) -> int:
        """Return the word after a name."""
        return self.passage.index_at(name.spot.end - 1) + 1

    def place_end(self, at: int) -> int | None:
        """Return the word after the place that follows at a word; None where none does."""
        name = self.name_at(at) if self.follows(at) else None
        place = name.of(*_PLACES) if name is not None else None
        if name is None or place is None or place.sense is Sense.PEOPLE:
            return None
        return self.end_of(name)

    def people_at(self, at: int) -> bool:
        """Tell whether a word is a people's or a country's adjective: «اتریشی»."""
        name = self.name_at(at)
        place = name.of(EntryKind.COUNTRY) if name is not None else None
        return name is not None and place is not None and place.sense is Sense.PEOPLE and self.end_of(name) == at + 1

    def ends_in_place(self, end: int) -> bool:
        """Tell whether the word before an index is of a place."""
        return any(each.of(*_PLACES) for each in self.names.within(self.spot(end - 1, end)))


def passages(reading: Reading, names: Names) -> Iterator[NamedPassage]:
    """Yield the passages in order, each with the names of all."""
    for number, passage in enumerate(reading.passages):
        yield NamedPassage(number, passage, names)


@dataclass(frozen=True, slots=True)
class Ends:
    """Where names after a kind word end."""

    stops: frozenset[str]
    """Words that are of no name."""
    generic: frozenset[str]
    """Words with which no name begins, but a description."""
    longest: int
    """Words of a name after its kind word."""
    through: frozenset[tuple[str, str]] = frozenset()
    """A word of a name and one that would end it, but does not after that word: «مبارزه با»."""
    numbered: frozenset[str] = frozenset()
    """Words after which a number belongs to the name: «اصل ۹۰»."""
    describing: frozenset[str] = frozenset()
    """Of the generic words, those with which a name begins that goes on: «جهانی»."""
    companions: frozenset[str] = frozenset()
    """Words that are of no name after «و»: «… و معاونان»."""

    def may_hold(self, text: str) -> bool:
        """Tell a word that may be of a name."""
        verbal = text.startswith(_VERBAL) or text.endswith(_DESCRIBING)
        return text[0].isalpha() and text not in self.stops and not verbal

    def goes_through(self, before: str, text: str) -> bool:
        """Tell a word that is of a name behind another one of it."""
        return (before, text) in self.through or (text.isdigit() and before in self.numbered)


def tail(named: NamedPassage, at: int, ends: Ends, pairs: bool = False) -> int | None:
    """Return the word after the last one of the name that begins at a word; None where no name does.

    A name ends before a mark, a number, a verb or another stop, and after a place. `pairs` lets it go over one «و»:
    «سازمان حج و زیارت».
    """
    texts = named.passage.texts
    if not named.follows(at):
        return None
    if texts[at] in _QUOTES:
        return _quoted(named.passage, at, ends)
    if texts[at] in ends.generic and not _goes_on_describing(named, at, ends):
        return None
    end, joined = at, not pairs
    while end - at < ends.longest and named.follows(end):
        text = texts[end]
        name = named.name_at(end)
        if name is not None:
            place = name.of(*_PLACES)
            whole = place is not None and (place.sense is not Sense.PEOPLE or end > at)
            return named.end_of(name) if whole else end if end > at else None
        if ends.goes_through(texts[end - 1], text) or ends.may_hold(text):
            end += 1
        elif text == _AND and not joined and end > at and _is_joined(named, end + 1, ends):
            joined = True
            end += 2
        else:
            break
    return end if end > at else None


def _goes_on_describing(named: NamedPassage, at: int, ends: Ends) -> bool:
    """Tell whether a name begins with a word that describes: «فدراسیون جهانی چوگان», «دانشگاه دولتی ایروان»."""
    goes_on = _goes_on(named, at + 1, ends) or named.place_end(at + 1) is not None
    return named.passage.texts[at] in ends.describing and goes_on


def _is_joined(named: NamedPassage, at: int, ends: Ends) -> bool:
    return _goes_on(named, at, ends) and named.passage.texts[at] not in ends.companions


def _goes_on(named: NamedPassage, at: int, ends: Ends) -> bool:
    """Tell whether a word may belong to the name before it, and is none itself."""
    return stays(named, at, ends) and named.passage.texts[at] not in ends.generic and named.name_at(at) is None


def stays(named: NamedPassage, at: int, ends: Ends) -> bool:
    """Tell whether a word may go on with the name before it."""
    return named.follows(at) and ends.may_hold(named.passage.texts[at])


def _quoted(passage: Passage, at: int, ends: Ends) -> int | None:
    """Return the end of a name within quotation marks, which belong to it when a kind word stands before them."""
    closing = _QUOTES[passage.texts[at]]
    if closing == ")":
        return None
    for end in range(at + 1, min(at + ends.longest + 2, len(passage.texts))):
        if passage.texts[end] == closing:
            return end + 1 if end > at + 1 else None
    return None
