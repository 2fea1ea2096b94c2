"""Names after a word that says what kind of thing they name: «سازمان …», «فرودگاه …»; where each begins and ends.

Knows nothing of organisations or places: the words of the kinds, and those at which a name ends, are arguments.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from workers.enrich.gazetteer_entries import EntryKind
from workers.enrich.gazetteer_forms import Sense
from workers.enrich.gazetteer_words import ZWNJ
from workers.enrich.names import Name, Names
from workers.enrich.reading import Passage, Spot

_PLACES = (EntryKind.COUNTRY, EntryKind.CITY, EntryKind.PROVINCE, EntryKind.AIRPORT)
_VERBAL = (f"می{ZWNJ}", f"نمی{ZWNJ}")
_DESCRIBING = ("هایی", f"{ZWNJ}شده", f"{ZWNJ}تر", f"{ZWNJ}تری", f"{ZWNJ}ترین")
"""Endings of words that describe: «راهکارهایی», «تعیین‌شده», «کوچک‌تر»."""
_AND = "و"
_QUOTES = {"«": "»", "(": ")"}

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
                if passage.ends[end - 1] - passage.starts[at] <= _length(phrase):
                    past = end
                    yield at, end, phrase
                break


def _length(phrase: tuple[str, ...]) -> int:
    return sum(map(len, phrase)) + len(phrase) - 1


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


def tail(number: int, names: Names, passage: Passage, at: int, ends: Ends, pairs: bool = False) -> int | None:
    """Return the word after the last one of the name that begins at a word; None where no name does.

    A name ends before a mark, a number, a verb or another stop, and after a place. `pairs` lets it go over one «و»:
    «سازمان حج و زیارت».
    """
    texts = passage.texts
    if at >= len(texts) or not _near(passage, at):
        return None
    if texts[at] in _QUOTES:
        return _quoted(passage, at, ends)
    if texts[at] in ends.generic:
        return None
    end, joined = at, not pairs
    while end < len(texts) and end - at < ends.longest and _near(passage, end):
        text = texts[end]
        name = _name_at(number, names, passage, end)
        if name is not None:
            place = name.of(*_PLACES)
            whole = place is not None and (place.sense is not Sense.PEOPLE or end > at)
            return passage.index_at(name.spot.end - 1) + 1 if whole else end if end > at else None
        if text == _AND and not joined and end > at and _goes_on(number, names, passage, end + 1, ends):
            joined = True
            end += 2
            continue
        before = texts[end - 1]
        taken = (before, text) in ends.through or (text.isdigit() and before in ends.numbered)
        if not taken and not _may_belong(text, ends):
            break
        end += 1
    return end if end > at else None


def _near(passage: Passage, at: int) -> bool:
    """Tell whether a word stands one space after the one before it."""
    return at > 0 and passage.normalized[passage.ends[at - 1] : passage.starts[at]] in {" ", ""}


def _goes_on(number: int, names: Names, passage: Passage, at: int, ends: Ends) -> bool:
    """Tell whether the word after «و» may belong to the same name."""
    if at >= len(passage.texts) or not _near(passage, at):
        return False
    text = passage.texts[at]
    return _may_belong(text, ends) and text not in ends.generic and _name_at(number, names, passage, at) is None


def _may_belong(text: str, ends: Ends) -> bool:
    """Tell a word that may be of a name."""
    verbal = text.startswith(_VERBAL) or text.endswith(_DESCRIBING)
    return text[0].isalpha() and text not in ends.stops and not verbal


def _name_at(number: int, names: Names, passage: Passage, at: int) -> Name | None:
    """Return the name of the gazetteers that begins at a word."""
    start = passage.starts[at]
    found = names.within(Spot(number, start, passage.ends[at]))
    return found[0] if found and found[0].spot.start == start else None


def _quoted(passage: Passage, at: int, ends: Ends) -> int | None:
    """Return the end of a name within quotation marks, which belong to it when a kind word stands before them."""
    closing = _QUOTES[passage.texts[at]]
    if closing == ")":
        return None
    for end in range(at + 1, min(at + ends.longest + 2, len(passage.texts))):
        if passage.texts[end] == closing:
            return end + 1 if end > at + 1 else None
    return None
