"""Which countries an article names, how much, and which pairs of them it is about.

Knows nothing of how names are found. A capital that stands for its government names no country, but it may make a
pair with one.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field

from workers.enrich.found import FoundPerson
from workers.enrich.gazetteer import Candidate, Gazetteer
from workers.enrich.gazetteer_entries import EntryKind
from workers.enrich.gazetteer_forms import Sense, own_forms
from workers.enrich.gazetteer_words import words_of
from workers.enrich.lexicon import Phrases, load_lexicon
from workers.enrich.names import Name, Names
from workers.enrich.reading import Reading, Spot

_OWNED = (EntryKind.OFFICE, EntryKind.BODY, EntryKind.AIRPORT)
"""Names of these may end in that of a country, which is then named too: «وزارت خارجه ترکیه»."""
_CROWD = 5
"""A sentence with more countries is a list: it says little about any two of them."""
_PAIRS = 10
_LEAST = 0.05
"""Share of all pairs under which one is not what the article is about."""


@dataclass(frozen=True, slots=True)
class FoundCountry:
    """A country with all places that name it."""

    code: str
    weight: float
    spots: tuple[Spot, ...]


@dataclass(frozen=True, slots=True)
class FoundPair:
    """Two countries, in alphabetical order, with their share of all pairs."""

    first: str
    second: str
    weight: float


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    own: Phrases
    title_weight: Annotated[float, Field(ge=1)]


@dataclass(frozen=True, slots=True)
class CountryLexicon:
    """What countries are called, and what stands for them; build once per process."""

    own: frozenset[str]
    title_weight: float
    forms: Mapping[tuple[str, ...], frozenset[str]]
    """Codes by the words of each form that names a country or its people."""
    longest: int
    """Words of the longest form."""

    @classmethod
    def load(cls, folder: Path, gazetteer: Gazetteer) -> Self:
        """Return the lexicon of a folder. Raises UsageError that names file, key and reason."""
        file = load_lexicon(folder / "countries.toml", _File)
        forms: dict[tuple[str, ...], set[str]] = defaultdict(set)
        for entry in gazetteer.entries(EntryKind.COUNTRY):
            for form, sense in own_forms(entry).items():
                if sense is not Sense.METONYM:
                    forms[words_of(form)].add(entry.id)
        return cls(
            frozenset(file.own),
            file.title_weight,
            {words: frozenset(codes) for words, codes in forms.items()},
            max(map(len, forms)),
        )


def countries(reading: Reading, names: Names, lexicon: CountryLexicon) -> tuple[FoundCountry, ...]:
    """Return the countries that the article names, the one with the greatest weight first."""
    spots: dict[str, list[Spot]] = defaultdict(list)
    for code, spot in _named(reading, names, lexicon):
        spots[code].append(spot)
    weights = {code: sum(_weight(reading, spot, lexicon) for spot in found) for code, found in spots.items()}
    whole = sum(weights.values())
    ranked = sorted(spots, key=lambda code: (-weights[code], spots[code][0]))
    return tuple(FoundCountry(code, weights[code] / whole, tuple(spots[code])) for code in ranked)


def country_pairs(
    reading: Reading,
    names: Names,
    named: tuple[FoundCountry, ...],
    persons: tuple[FoundPerson, ...],
    own: str | None,
    lexicon: CountryLexicon,
) -> tuple[FoundPair, ...]:
    """Return the pairs of countries that stand together in sentences, the strongest first.

    `own` is the outlet's country, which «کشورمان» stands for. Persons bring the countries that they speak for.
    """
    weights: dict[tuple[str, str], float] = defaultdict(float)
    for (passage, _), codes in _by_sentence(reading, names, named, persons, own, lexicon).items():
        if len(codes) > 1:
            weight = lexicon.title_weight if reading.passages[passage].name == "title" else 1.0
            for first, second in combinations(sorted(codes), 2):
                weights[first, second] += weight / max(1, len(codes) + 1 - _CROWD)
    whole = sum(weights.values())
    ranked = sorted(weights, key=lambda pair: (-weights[pair], pair))[:_PAIRS]
    return tuple(FoundPair(*pair, weights[pair] / whole) for pair in ranked if weights[pair] / whole >= _LEAST)


def _named(reading: Reading, names: Names, lexicon: CountryLexicon) -> Iterator[tuple[str, Spot]]:
    for name in names.names:
        country = _country(name)
        if country is not None:
            yield country.entry.id, name.spot
            continue
        owned = name.of(*_OWNED)
        if owned is not None and (found := _at_the_end(reading, name.spot, owned.country, lexicon)):
            yield found


def _country(name: Name) -> Candidate | None:
    """Return the country that a name means as a country."""
    for each in name.candidates:
        if each.kind is EntryKind.COUNTRY and each.sense is not Sense.METONYM:
            return each
    return None


def _at_the_end(reading: Reading, spot: Spot, country: str | None, lexicon: CountryLexicon) -> tuple[str, Spot] | None:
    """Return the country whose name ends that of a body."""
    passage = reading.passages[spot.passage]
    end = passage.index_at(spot.end - 1) + 1
    for first in range(max(passage.index_at(spot.start) + 1, end - lexicon.longest), end):
        start = passage.starts[first]
        codes = lexicon.forms.get(words_of(passage.normalized[start : spot.end]), frozenset())
        if country in codes or (country is None and len(codes) == 1):
            return country or next(iter(codes)), Spot(spot.passage, start, spot.end)
    return None


def _weight(reading: Reading, spot: Spot, lexicon: CountryLexicon) -> float:
    return lexicon.title_weight if reading.passages[spot.passage].name == "title" else 1.0


def _by_sentence(
    reading: Reading,
    names: Names,
    named: tuple[FoundCountry, ...],
    persons: tuple[FoundPerson, ...],
    own: str | None,
    lexicon: CountryLexicon,
) -> Mapping[tuple[int, int], set[str]]:
    """Return the countries that each sentence means, by passage and the sentence's first word."""
    found: dict[tuple[int, int], set[str]] = defaultdict(set)
    for code, spot in _meant(reading, names, named, persons, own, lexicon):
        sentence = reading.passages[spot.passage].sentence_at(spot.start)
        if sentence:
            found[spot.passage, sentence.first].add(code)
    return found


def _meant(
    reading: Reading,
    names: Names,
    named: tuple[FoundCountry, ...],
    persons: tuple[FoundPerson, ...],
    own: str | None,
    lexicon: CountryLexicon,
) -> Iterator[tuple[str, Spot]]:
    for country in named:
        yield from ((country.code, spot) for spot in country.spots)
    known = {country.code for country in named}
    for name in names.names:
        if _country(name) is None and (code := _government(name)) in known and code:
            yield code, name.spot
    if own:
        yield from ((own, spot) for spot in _own(reading, lexicon))
    for person in persons:
        if person.country:
            yield from ((person.country, spot) for spot in _places(person))


def _government(name: Name) -> str | None:
    """Return the country that a capital or a body speaks for."""
    metonym = name.of(EntryKind.COUNTRY)
    body = name.of(EntryKind.BODY, EntryKind.OFFICE)
    return metonym.entry.id if metonym else body.country if body else None


def _own(reading: Reading, lexicon: CountryLexicon) -> Iterator[Spot]:
    for number, passage in enumerate(reading.passages):
        yield from (Spot(number, passage.starts[at], passage.ends[at]) for at in passage.places_of(lexicon.own))


def _places(person: FoundPerson) -> Iterable[Spot]:
    return (spot for spot in (person.name, person.role, *person.mentions) if spot)
