"""Which airports, airlines, crossings and places an article names, also several after one word of their kind.

Knows nothing of what happens there. «فرودگاه‌های مهرآباد، مشهد و اصفهان» names three airports and no city; a name
that no gazetteer knows counts after the word of its kind, without an id.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict

from workers.enrich.gazetteer import Gazetteer
from workers.enrich.gazetteer_entries import Airline, Airport, City, Entry, EntryKind, Province
from workers.enrich.kind_words import ByFirst, Ends, NamedPassage, by_first, heads_in, tail
from workers.enrich.lexicon import Phrase, Phrases, load_lexicon
from workers.enrich.names import Names
from workers.enrich.reading import Passage, Reading, Spot

_KINDS = (EntryKind.AIRPORT, EntryKind.AIRLINE, EntryKind.CROSSING)
_PLACES = (EntryKind.CITY, EntryKind.PROVINCE)
_LONGEST_NAME = 2
_LONGEST_LIST = 12
_COMPANY = "شرکت"
_PLURAL_WORDS = 2
_PLURAL = "های"


@dataclass(frozen=True, slots=True)
class FoundPlace:
    """Something that stands on a map, or flies there, with all places in the text that name it."""

    kind: EntryKind
    spots: tuple[Spot, ...]
    entry: Entry | None
    """Null where no gazetteer knows it."""
    country: str | None


class _Kind(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    heads: Phrases
    plurals: Phrases
    one: Phrase


class _Words(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    separators: Phrases
    not_after: Phrases
    generic: Phrases
    stops: Phrases


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    airport: _Kind
    airline: _Kind
    crossing: _Kind
    words: _Words


@dataclass(frozen=True, slots=True)
class PlaceLexicon:
    """The words of each kind, and how names after them end; build once per process."""

    heads: tuple[tuple[EntryKind, ByFirst], ...]
    plurals: tuple[tuple[EntryKind, ByFirst, str], ...]
    """With the word under which the gazetteers know one of the kind."""
    separators: frozenset[str]
    not_after: frozenset[str]
    ends: Ends
    gazetteer: Gazetteer

    @classmethod
    def load(cls, folder: Path, gazetteer: Gazetteer) -> Self:
        """Return the lexicon of a folder. Raises UsageError that names file, key and reason."""
        file = load_lexicon(folder / "places.toml", _File)
        kinds = tuple(zip(_KINDS, (file.airport, file.airline, file.crossing), strict=True))
        return cls(
            tuple((kind, by_first(each.heads)) for kind, each in kinds),
            tuple((kind, by_first(each.plurals), each.one) for kind, each in kinds),
            frozenset(file.words.separators),
            frozenset(file.words.not_after),
            Ends(frozenset(file.words.stops), frozenset(file.words.generic), _LONGEST_NAME),
            gazetteer,
        )


@dataclass(frozen=True, slots=True)
class _Mention:
    kind: EntryKind
    spot: Spot
    entry: Entry | None
    country: str | None = None


def places(reading: Reading, names: Names, lexicon: PlaceLexicon) -> tuple[FoundPlace, ...]:
    """Return what is named, in order of the first mention, each with all its mentions."""
    listed = [
        mention
        for number, passage in enumerate(reading.passages)
        for mention in _listed(number, passage, names, lexicon)
    ]
    taken = {mention.spot for mention in listed}
    known = [
        _Mention(candidate.kind, name.spot, candidate.entry)
        for name, candidate in names.of(*_KINDS, *_PLACES)
        if not any(spot.touches(name.spot) for spot in taken)
        and not _is_nationality(reading, name.spot, names)
        and not _is_plural(reading, name.spot, lexicon)
        and not (candidate.kind is EntryKind.AIRPORT and _is_company(reading, name.spot))
    ]
    unknown = [
        mention
        for number, passage in enumerate(reading.passages)
        for mention in _unknown(number, passage, names, lexicon)
        if not any(spot.touches(mention.spot) for spot in taken)
    ]
    inside = [mention.spot for mention in unknown]
    known = [mention for mention in known if not any(spot.covers(mention.spot) for spot in inside)]
    found: dict[tuple[EntryKind, str], list[_Mention]] = {}
    for mention in sorted((*listed, *known, *unknown), key=lambda each: each.spot):
        key = mention.entry.id if mention.entry else reading.text(mention.spot)
        found.setdefault((mention.kind, key), []).append(mention)
    return tuple(
        FoundPlace(kind, tuple(each.spot for each in group), group[0].entry, _country(group[0]))
        for (kind, _), group in found.items()
    )


def _is_nationality(reading: Reading, spot: Spot, names: Names) -> bool:
    """Tell an airline that is only said to be some country's from one that a quotation right behind it names."""
    passage = reading.passages[spot.passage]
    last = passage.index_at(spot.end - 1) + 1
    if last + 1 >= len(passage.texts) or passage.texts[last] != "«":
        return False
    quoted = names.within(Spot(spot.passage, passage.starts[last + 1], passage.ends[last + 1]))
    return bool(quoted) and quoted[0].of(EntryKind.AIRLINE) is not None


def _is_company(reading: Reading, spot: Spot) -> bool:
    """Tell «شرکت فرودگاه امام خمینی» from the airport."""
    passage = reading.passages[spot.passage]
    at = passage.index_at(spot.start)
    return at > 0 and passage.texts[at - 1] == _COMPANY


def _is_plural(reading: Reading, spot: Spot, lexicon: PlaceLexicon) -> bool:
    """Tell any airlines of a country from one: «شرکت‌های هواپیمایی ترکیه»."""
    passage = reading.passages[spot.passage]
    words = passage.normalized[spot.start : spot.end].split(" ")
    at = passage.index_at(spot.start)
    before = passage.texts[at - 1] if at else ""
    if len(words) < _PLURAL_WORDS or not any(word.endswith(_PLURAL) for word in (before, *words[:2])):
        return False
    return any(match.of(EntryKind.COUNTRY) for match in lexicon.gazetteer.find(words[-1]))


def _country(mention: _Mention) -> str | None:
    if isinstance(mention.entry, Airport | Airline | City | Province):
        return mention.entry.country
    return mention.country


def _listed(number: int, passage: Passage, names: Names, lexicon: PlaceLexicon) -> Iterator[_Mention]:
    """Yield the members of lists after a plural: each is looked up as if its kind's word stood before it."""
    for kind, plurals, one in lexicon.plurals:
        for at, end, _ in heads_in(passage, plurals):
            begins = passage.starts[at]
            members = tuple(_members(passage, end, lexicon))
            if len(members) == 1 and _is_country(number, passage, end, names):
                continue  # «شرکت‌های هواپیمایی ترکیه» are any of them
            for start, last in members:
                spot = Spot(number, passage.starts[start], passage.ends[last - 1])
                entry, length = _entry(kind, one, passage.normalized[spot.start : spot.end], lexicon)
                country = None if entry else _city_country(spot, names)
                if entry or country:
                    yield _Mention(kind, Spot(number, min(begins, spot.start), spot.start + length), entry, country)
                begins = len(passage.normalized)  # the word of the kind belongs to the first member


def _members(passage: Passage, at: int, lexicon: PlaceLexicon) -> Iterator[tuple[int, int]]:
    """Yield first word and word after the last of each member of a list."""
    start = at
    for place in range(at, min(at + _LONGEST_LIST * 2, len(passage.texts))):
        text = passage.texts[place]
        if text in lexicon.separators:
            if place > start:
                yield start, place
            start = place + 1
        elif text in lexicon.ends.stops or not text[0].isalpha():
            if place > start:
                yield start, place
            return


def _entry(kind: EntryKind, one: str, text: str, lexicon: PlaceLexicon) -> tuple[Entry | None, int]:
    """Return the entry of a kind that a text names from its beginning, and how much of the text names it."""
    for match in lexicon.gazetteer.find(f"{one} {text}"):
        candidate = match.of(kind)
        if candidate is not None and match.start == 0:
            return candidate.entry, match.end - len(one) - 1
    return None, len(text)


def _city_country(spot: Spot, names: Names) -> str | None:
    """Return the country of a city that a spot is the name of."""
    for name in names.within(spot):
        city = name.of(EntryKind.CITY)
        if city and name.spot.covers(spot) and isinstance(city.entry, City):
            return city.entry.country
    return None


def _unknown(number: int, passage: Passage, names: Names, lexicon: PlaceLexicon) -> Iterator[_Mention]:
    """Yield what a word of a kind names and no gazetteer knows."""
    for kind, heads in lexicon.heads:
        for at, end, _ in heads_in(passage, heads):
            start = passage.starts[at]
            if names.within(Spot(number, start, passage.ends[at])):
                continue
            if at and passage.texts[at - 1] in lexicon.not_after:
                continue
            named = NamedPassage(number, passage, names)
            last = None if _is_country(number, passage, end, names) else tail(named, end, lexicon.ends)
            if last is not None:
                spot = Spot(number, start, passage.ends[last - 1])
                yield _Mention(kind, spot, None, _stands_in(spot, names))


def _is_country(number: int, passage: Passage, at: int, names: Names) -> bool:
    """Tell whether a country stands at a word: «فرودگاه ترکیه» is any of them."""
    if at >= len(passage.texts):
        return False
    following = names.within(Spot(number, passage.starts[at], passage.ends[at]))
    return bool(following) and following[0].of(EntryKind.COUNTRY) is not None and following[0].of(*_PLACES) is None


def _stands_in(spot: Spot, names: Names) -> str | None:
    """Return the country of the place that a name holds."""
    for name in names.within(spot):
        place = name.of(EntryKind.COUNTRY, *_PLACES)
        if place is not None:
            entry = place.entry
            return entry.country if isinstance(entry, City | Province) else entry.id
    return None
