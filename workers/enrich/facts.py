"""What enrichment finds in an article: the parts of the event that say who, where, said by whom, and what happened.

Knows nothing of rules or gazetteers. Ids: countries ISO 3166-1 alpha-2, airports and airlines ICAO with IATA beside it,
outlets, organisations and crossings as in `seeds/gazetteer/`. Consumers must accept values that they do not know.
"""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from pydantic import Field

from workers.enrich.kinds import ConsularKind, FlightStatus, InteractionKind, Modality, SourceKind
from workers.parts import Part, Span

type Weight = Annotated[float, Field(ge=0, le=1)]


class Source(Part):
    """One link of an attribution chain."""

    name: str
    kind: SourceKind
    id: str | None = None
    span: Span


class Attribution(Part):
    """Who says so: a chain from the nearest source to the original one («به گزارش … به نقل از …»)."""

    sources: Annotated[tuple[Source, ...], Field(min_length=1)]


class CountryMention(Part):
    """A country that the article names, by its name, its people or an adjective."""

    code: str
    weight: Weight
    """Share of the article's mentions of countries; what stands in the title counts more."""
    spans: tuple[Span, ...]


class CountryPair(Part):
    """Two countries that the article is about, in alphabetical order of their codes."""

    first: str
    second: str
    weight: Weight


class Person(Part):
    """Somebody with a name or an office of their own, with all places that mean them."""

    name: str | None
    """The fullest form in the article, without titles."""
    role: str | None
    """The office as the article gives it."""
    organisation: str | None
    organisation_id: str | None = None
    country: str | None
    """The state that an official speaks for."""
    spans: tuple[Span, ...]
    """Name or role first, then later mentions; pronouns are left out."""


class Organisation(Part):
    """A named body."""

    name: str
    id: str | None = None
    country: str | None = None
    spans: tuple[Span, ...]


class Place(Part):
    """A province or city."""

    id: str
    name: str
    country: str
    spans: tuple[Span, ...]


class Airport(Part):
    """An airport; `id` is its ICAO code, null where only its name is known."""

    id: str | None
    iata: str | None
    name: str
    country: str | None
    spans: tuple[Span, ...]


class Airline(Part):
    """An airline; `id` is its ICAO designator, null where only its name is known."""

    id: str | None
    iata: str | None
    name: str
    country: str | None
    spans: tuple[Span, ...]


class Crossing(Part):
    """A border crossing."""

    id: str | None
    name: str
    countries: tuple[str, ...]
    spans: tuple[Span, ...]


class Quote(Part):
    """What somebody is made to say."""

    speaker: str | None
    """As resolved: of «وی» the one it stands for; null where that is not safe."""
    person: int | None = None
    """Index in the event's persons, where the speaker is one of them."""
    verb: Span | None
    span: Span
    direct: bool


class Interaction(Part):
    """Something that the article reports between parties."""

    kind: InteractionKind
    cameo: str
    """Root code of the CAMEO ontology; empty where it has none."""
    trigger: Span
    parties: tuple[str, ...] = ()
    """Countries on whose behalf they act, or whose people they are."""
    persons: tuple[int, ...] = ()
    """Indexes in the event's persons."""
    modality: Modality = Modality.ACTUAL
    first: date | None = None
    last: date | None = None
    """Days on which it happened, if the sentence says so."""


class FlightFact(Part):
    """What happened to flights, an airport or airspace."""

    status: FlightStatus
    trigger: Span
    airlines: tuple[str, ...] = ()
    """ICAO designators."""
    airports: tuple[str, ...] = ()
    """ICAO codes."""
    countries: tuple[str, ...] = ()
    modality: Modality = Modality.ACTUAL


class ConsularFact(Part):
    """What happened to people across borders, or to their papers."""

    kind: ConsularKind
    trigger: Span
    countries: tuple[str, ...] = ()
    number: int | None = None
    """Of people."""
    modality: Modality = Modality.ACTUAL


class TextDate(Part):
    """A day or a run of days that the text names, against the day of publication; both days are included."""

    span: Span
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Facts:
    """All that was found in one article; each tuple in order of first appearance unless it says otherwise."""

    attribution: tuple[Attribution, ...] = ()
    countries: tuple[CountryMention, ...] = ()
    """By weight, the greatest first."""
    country_pairs: tuple[CountryPair, ...] = ()
    """By weight, the greatest first."""
    persons: tuple[Person, ...] = ()
    organisations: tuple[Organisation, ...] = ()
    places: tuple[Place, ...] = ()
    airports: tuple[Airport, ...] = ()
    airlines: tuple[Airline, ...] = ()
    crossings: tuple[Crossing, ...] = ()
    quotes: tuple[Quote, ...] = ()
    interactions: tuple[Interaction, ...] = ()
    flights: tuple[FlightFact, ...] = ()
    consular: tuple[ConsularFact, ...] = ()
    dates: tuple[TextDate, ...] = ()
