"""Whose countries a stretch of text speaks of: by name, people, a body, or a capital that stands for the government.

Knows nothing of what the countries do.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from workers.enrich.found import FoundPerson
from workers.enrich.gazetteer_entries import Airport, EntryKind
from workers.enrich.gazetteer_forms import Sense
from workers.enrich.names import Name, Names
from workers.enrich.reading import Reading, Spot

_PAIR = 2
_TOPIC_WORDS = 6
"""How many words may stand between a word such as «درباره» and the country that it brings."""
_BODIES = (EntryKind.BODY, EntryKind.OFFICE)


@dataclass(frozen=True, slots=True)
class PartyWords:
    """What the rules know of how countries are spoken of."""

    places: frozenset[str]
    """Words before a capital that is meant as a place: «در تهران»."""
    ours: frozenset[str]
    """Words for the country of those who speak: «کشورمان»."""
    topics: frozenset[str] = frozenset()
    """Words before a country that is talked about: «دیدار دو وزیر درباره ایران»."""
    our_country: str = "IR"


def countries_in(reading: Reading, names: Names, spot: Spot, words: PartyWords) -> tuple[str, ...]:
    """Return the countries for which somebody acts in a stretch of text, or whose people are there, in order."""
    placed: list[tuple[int, str]] = []
    for name in names.within(spot):
        code = _country(reading, name, words)
        if code:
            placed.append((name.spot.start, code))
    passage = reading.passages[spot.passage]
    placed += [
        (passage.starts[at], words.our_country)
        for at in passage.places_of(words.ours)
        if passage.index_at(spot.start) <= at < passage.index_at(spot.end)
    ]
    return tuple(dict.fromkeys(code for _, code in sorted(placed)))


def parties_in(reading: Reading, names: Names, spot: Spot, words: PartyWords) -> tuple[str, ...]:
    """Return the countries of a stretch of text without those that are only talked about, where a pair is left."""
    passage = reading.passages[spot.passage]
    at, end = passage.index_at(spot.start), passage.index_at(spot.end)
    named = countries_in(reading, names, spot, words)
    topic = next((place for place in range(at, end) if passage.texts[place] in words.topics), None)
    if topic is None or len(named) <= _PAIR:
        return named
    past = passage.ends[min(topic + 1 + _TOPIC_WORDS, len(passage.ends) - 1)]
    talked_about = countries_in(reading, names, Spot(spot.passage, passage.starts[topic], past), words)
    kept = tuple(code for code in named if code not in talked_about)
    return kept if len(kept) >= _PAIR else named


def countries_of_airports(names: Names, spot: Spot) -> tuple[str, ...]:
    """Return the countries of the airports in a stretch of text, in order."""
    entries = (found.entry for name in names.within(spot) if (found := name.of(EntryKind.AIRPORT)) is not None)
    return tuple(dict.fromkeys(entry.country for entry in entries if isinstance(entry, Airport)))


def countries_of(persons: Iterable[FoundPerson]) -> tuple[str, ...]:
    """Return the countries that persons speak for, in order."""
    return tuple(dict.fromkeys(person.country for person in persons if person.country))


def persons_in(persons: tuple[FoundPerson, ...], spot: Spot) -> tuple[int, ...]:
    """Return the indexes of the persons who are named in a stretch of text."""
    return tuple(
        index
        for index, person in enumerate(persons)
        if any(spot.covers(each) for each in (person.name, person.role, *person.mentions) if each is not None)
    )


def _country(reading: Reading, name: Name, words: PartyWords) -> str | None:
    country = name.of(EntryKind.COUNTRY)
    if country:
        if country.sense is Sense.METONYM and _word_before(reading, name.spot) in words.places:
            return None
        return country.entry.id
    body = name.of(*_BODIES)
    return body.country if body else None


def _word_before(reading: Reading, spot: Spot) -> str:
    passage = reading.passages[spot.passage]
    at = passage.index_at(spot.start) - 1
    return passage.texts[at] if at >= 0 else ""
