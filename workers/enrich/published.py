"""What was found in an article, as the event has it: spots become spans of the published text, entries their ids.

Knows nothing of rules. The last step of the enrichment.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from workers.enrich.countries import FoundCountry, FoundPair
from workers.enrich.facts import (
    Airline,
    Airport,
    Attribution,
    ConsularFact,
    CountryMention,
    CountryPair,
    Crossing,
    Facts,
    FlightFact,
    Interaction,
    Organisation,
    Person,
    Place,
    Quote,
    Source,
    TextDate,
)
from workers.enrich.found import (
    FoundConsular,
    FoundDate,
    FoundFlight,
    FoundInteraction,
    FoundOrganisation,
    FoundPerson,
    FoundQuote,
    FoundSource,
)
from workers.enrich.gazetteer_entries import Airline as AirlineEntry
from workers.enrich.gazetteer_entries import Airport as AirportEntry
from workers.enrich.gazetteer_entries import Crossing as CrossingEntry
from workers.enrich.gazetteer_entries import Entry, EntryKind
from workers.enrich.kinds import CAMEO
from workers.enrich.places import FoundPlace
from workers.enrich.reading import Reading, Spot
from workers.parts import Span

_UNSURE = "/"
"""Stands in the ids of airports and airlines whose code is not sure; these are published without an id."""
_ON_LAND = frozenset({EntryKind.CITY, EntryKind.PROVINCE})


@dataclass(frozen=True, slots=True)
class Findings:
    """All that the parts of the enrichment found."""

    chains: tuple[tuple[FoundSource, ...], ...] = ()
    countries: tuple[FoundCountry, ...] = ()
    pairs: tuple[FoundPair, ...] = ()
    persons: tuple[FoundPerson, ...] = ()
    organisations: tuple[FoundOrganisation, ...] = ()
    places: tuple[FoundPlace, ...] = ()
    quotes: tuple[FoundQuote, ...] = ()
    interactions: tuple[FoundInteraction, ...] = ()
    flights: tuple[FoundFlight, ...] = ()
    consular: tuple[FoundConsular, ...] = ()
    dates: tuple[FoundDate, ...] = ()


def published(reading: Reading, found: Findings) -> Facts:
    """Return the findings as facts."""
    reading.make_spans(_spots(found))
    return Facts(
        attribution=tuple(_chain(reading, each) for each in found.chains),
        countries=tuple(_country(reading, each) for each in found.countries),
        country_pairs=tuple(
            CountryPair(first=each.first, second=each.second, weight=round(each.weight, 3)) for each in found.pairs
        ),
        persons=tuple(_person(reading, each) for each in found.persons),
        organisations=tuple(_organisation(reading, each) for each in found.organisations),
        places=tuple(
            _place(reading, each, each.entry) for each in found.places if each.entry and each.kind in _ON_LAND
        ),
        airports=tuple(_airport(reading, each) for each in found.places if each.kind is EntryKind.AIRPORT),
        airlines=tuple(_airline(reading, each) for each in found.places if each.kind is EntryKind.AIRLINE),
        crossings=tuple(_crossing(reading, each) for each in found.places if each.kind is EntryKind.CROSSING),
        quotes=tuple(_quote(reading, each) for each in found.quotes),
        interactions=tuple(_interaction(reading, each) for each in found.interactions),
        flights=tuple(_flight(reading, each) for each in found.flights),
        consular=tuple(_consular(reading, each) for each in found.consular),
        dates=tuple(TextDate(span=reading.span(each.spot), first=each.first, last=each.last) for each in found.dates),
    )


def _spots(found: Findings) -> Iterator[Spot]:
    """Yield every spot that is published, so that their spans can be made at once."""
    yield from (source.spot for chain in found.chains for source in chain)
    yield from (spot for country in found.countries for spot in country.spots)
    yield from (spot for organisation in found.organisations for spot in organisation.spots)
    yield from (spot for place in found.places for spot in place.spots)
    for person in found.persons:
        yield from (spot for spot in (person.name, person.role, person.organisation, *person.mentions) if spot)
    for quote in found.quotes:
        yield from (spot for spot in (quote.speaker, quote.verb, quote.spot) if spot)
    yield from (interaction.trigger for interaction in found.interactions)
    yield from (flight.trigger for flight in found.flights)
    yield from (fact.trigger for fact in found.consular)
    yield from (day.spot for day in found.dates)


def _spans(reading: Reading, spots: Iterable[Spot]) -> tuple[Span, ...]:
    return tuple(map(reading.span, spots))


def _surface(reading: Reading, spot: Spot | None) -> str | None:
    return None if spot is None else reading.span(spot).surface


def _chain(reading: Reading, chain: tuple[FoundSource, ...]) -> Attribution:
    spans = _spans(reading, (source.spot for source in chain))
    return Attribution(
        sources=tuple(
            Source(name=span.surface, kind=source.kind, id=source.id, span=span)
            for source, span in zip(chain, spans, strict=True)
        )
    )


def _country(reading: Reading, found: FoundCountry) -> CountryMention:
    return CountryMention(code=found.code, weight=round(found.weight, 3), spans=_spans(reading, found.spots))


def _person(reading: Reading, found: FoundPerson) -> Person:
    return Person(
        name=_surface(reading, found.name),
        role=_surface(reading, found.role),
        organisation=_surface(reading, found.organisation),
        organisation_id=found.organisation_id,
        country=found.country,
        spans=_spans(reading, (found.spot, *(spot for spot in found.mentions if spot != found.spot))),
    )


def _organisation(reading: Reading, found: FoundOrganisation) -> Organisation:
    spans = _spans(reading, found.spots)
    return Organisation(name=spans[0].surface, id=found.id, country=found.country, spans=spans)


def _place(reading: Reading, found: FoundPlace, entry: Entry) -> Place:
    return Place(id=entry.id, name=entry.name, country=found.country or "", spans=_spans(reading, found.spots))


def _airport(reading: Reading, found: FoundPlace) -> Airport:
    spans = _spans(reading, found.spots)
    entry = found.entry if isinstance(found.entry, AirportEntry) else None
    return Airport(
        id=None if entry is None else _code(entry.id),
        iata=entry.iata if entry else None,
        name=entry.name if entry else spans[0].surface,
        country=found.country,
        spans=spans,
    )


def _airline(reading: Reading, found: FoundPlace) -> Airline:
    spans = _spans(reading, found.spots)
    entry = found.entry if isinstance(found.entry, AirlineEntry) else None
    return Airline(
        id=None if entry is None else _code(entry.id),
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


def _code(entry_id: str) -> str | None:
    """Return the code that an entry's id is; None where the id only names it."""
    return None if _UNSURE in entry_id else entry_id


def _codes(ids: Iterable[str]) -> tuple[str, ...]:
    return tuple(code for each in ids if (code := _code(each)))


def _quote(reading: Reading, found: FoundQuote) -> Quote:
    return Quote(
        speaker=_surface(reading, found.speaker),
        person=found.person,
        verb=None if found.verb is None else reading.span(found.verb),
        span=reading.span(found.spot),
        direct=found.direct,
    )


def _interaction(reading: Reading, found: FoundInteraction) -> Interaction:
    return Interaction(
        kind=found.kind,
        cameo=CAMEO[found.kind],
        trigger=reading.span(found.trigger),
        parties=found.parties,
        persons=found.persons,
        modality=found.modality,
        first=found.first,
        last=found.last,
    )


def _flight(reading: Reading, found: FoundFlight) -> FlightFact:
    return FlightFact(
        status=found.status,
        trigger=reading.span(found.trigger),
        airlines=_codes(found.airlines),
        airports=_codes(found.airports),
        countries=found.countries,
        modality=found.modality,
    )


def _consular(reading: Reading, found: FoundConsular) -> ConsularFact:
    return ConsularFact(
        kind=found.kind,
        trigger=reading.span(found.trigger),
        countries=found.countries,
        number=found.number,
        modality=found.modality,
    )
