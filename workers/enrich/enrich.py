"""Enrichment of one article: who, where, said by whom, what happened; each part a module, here in their order.

Knows nothing of entries, of publishing or of what the rules are. Built once per process.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Self
from zoneinfo import ZoneInfo

from workers.enrich.calendar import dates
from workers.enrich.calendar_lexicon import CalendarLexicon
from workers.enrich.countries import CountryLexicon, FoundCountry, FoundPair, countries, country_pairs
from workers.enrich.facts import (
    Airline,
    Airport,
    CountryMention,
    CountryPair,
    Crossing,
    Facts,
    Organisation,
    Place,
    TextDate,
)
from workers.enrich.found import FoundDate, FoundOrganisation
from workers.enrich.gazetteer import Gazetteer, load_gazetteer
from workers.enrich.gazetteer_entries import Airline as AirlineEntry
from workers.enrich.gazetteer_entries import Airport as AirportEntry
from workers.enrich.gazetteer_entries import Crossing as CrossingEntry
from workers.enrich.gazetteer_entries import Entry, EntryKind, Outlet
from workers.enrich.names import names_of
from workers.enrich.organisations import OrganisationLexicon, organisations
from workers.enrich.places import FoundPlace, PlaceLexicon, places
from workers.enrich.reading import Reading, Spot, read
from workers.parts import FieldName, Span

_TEHRAN = ZoneInfo("Asia/Tehran")
_YEARS = range(1850, 2100)
"""Of publication, against which dates are placed: outside them a feed's date is no date, and calendars end."""
_UNSURE = "/"
"""Stands in the ids of airports and airlines whose code is not sure; these are published without an id."""


class Enricher:
    """Finds the facts of articles; one thread at a time, for the gazetteers' matcher remembers words."""

    def __init__(self, gazetteer: Gazetteer, lexicons: Path) -> None:
        self._gazetteer = gazetteer
        self._countries = CountryLexicon.load(lexicons, gazetteer)
        self._organisations = OrganisationLexicon.load(lexicons)
        self._places = PlaceLexicon.load(lexicons, gazetteer)
        self._calendar = CalendarLexicon.load(lexicons)

    @classmethod
    def load(cls, seeds: Path) -> Self:
        """Return the enricher of a seeds folder. Raises UsageError that lists what is wrong with its files."""
        return cls(load_gazetteer(seeds / "gazetteer"), seeds / "lexicon")

    def enrich(self, fields: Sequence[tuple[FieldName, str, str]], published_at: datetime | None, outlet: str) -> Facts:
        """Return what an article says.

        `fields` are name, published and normalized text of each field, in the order in which they are read; `outlet`
        is the id of the site that published them: dates are told from the day of publication, in Tehran.
        """
        reading = read(fields)
        day = published_at.astimezone(_TEHRAN).date() if published_at and published_at.year in _YEARS else None
        names = names_of(reading, self._gazetteer)
        bodies = organisations(reading, names, self._organisations)
        placed = places(reading, names, self._places)
        named = countries(reading, names, self._countries)
        pairs = country_pairs(reading, names, named, (), self._country_of(outlet), self._countries)
        told = dates(reading, day, self._calendar)
        return Facts(
            countries=tuple(_country(reading, each) for each in named),
            country_pairs=tuple(_pair(each) for each in pairs),
            organisations=tuple(_organisation(reading, each) for each in bodies),
            places=tuple(_place(reading, each, each.entry) for each in placed if each.entry and _on_land(each)),
            airports=tuple(_airport(reading, each) for each in placed if each.kind is EntryKind.AIRPORT),
            airlines=tuple(_airline(reading, each) for each in placed if each.kind is EntryKind.AIRLINE),
            crossings=tuple(_crossing(reading, each) for each in placed if each.kind is EntryKind.CROSSING),
            dates=tuple(_date(reading, each) for each in told),
        )

    def _country_of(self, outlet: str) -> str | None:
        """Return the country of an outlet's newsroom; None where the gazetteers do not know the outlet."""
        try:
            entry = self._gazetteer.entry(outlet)
        except KeyError:
            return None
        return entry.country if isinstance(entry, Outlet) else None


def _spans(reading: Reading, spots: Iterable[Spot]) -> tuple[Span, ...]:
    return tuple(reading.span(spot) for spot in spots)


def _country(reading: Reading, found: FoundCountry) -> CountryMention:
    return CountryMention(code=found.code, weight=round(found.weight, 3), spans=_spans(reading, found.spots))


def _pair(found: FoundPair) -> CountryPair:
    return CountryPair(first=found.first, second=found.second, weight=round(found.weight, 3))


def _organisation(reading: Reading, found: FoundOrganisation) -> Organisation:
    spans = _spans(reading, found.spots)
    return Organisation(name=spans[0].surface, id=found.id, country=found.country, spans=spans)


def _on_land(found: FoundPlace) -> bool:
    return found.kind in {EntryKind.CITY, EntryKind.PROVINCE}


def _place(reading: Reading, found: FoundPlace, entry: Entry) -> Place:
    spans = _spans(reading, found.spots)
    return Place(id=entry.id, name=entry.name, country=found.country or "", spans=spans)


def _airport(reading: Reading, found: FoundPlace) -> Airport:
    spans = _spans(reading, found.spots)
    entry = found.entry if isinstance(found.entry, AirportEntry) else None
    return Airport(
        id=_code(entry),
        iata=entry.iata if entry else None,
        name=entry.name if entry else spans[0].surface,
        country=found.country,
        spans=spans,
    )


def _airline(reading: Reading, found: FoundPlace) -> Airline:
    spans = _spans(reading, found.spots)
    entry = found.entry if isinstance(found.entry, AirlineEntry) else None
    return Airline(
        id=_code(entry),
        iata=entry.iata if entry else None,
        name=entry.name if entry else spans[0].surface,
        country=found.country,
        spans=spans,
    )


def _crossing(reading: Reading, found: FoundPlace) -> Crossing:
    spans = _spans(reading, found.spots)
    entry = found.entry if isinstance(found.entry, CrossingEntry) else None
    return Crossing(
        id=entry.id if entry else None,
        name=entry.name if entry else spans[0].surface,
        countries=entry.countries if entry else (),
        spans=spans,
    )


def _code(entry: Entry | None) -> str | None:
    return None if entry is None or _UNSURE in entry.id else entry.id


def _date(reading: Reading, found: FoundDate) -> TextDate:
    return TextDate(span=reading.span(found.spot), first=found.first, last=found.last)
