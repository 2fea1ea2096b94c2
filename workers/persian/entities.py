"""Who and what an article names, each with a key that is the same in all articles, and where it stands.

Pure. Knows nothing of how it is shown.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from workers.enrich.facts import Airline, Airport, Crossing, Facts, Organisation, Person, Place
from workers.parts import Span
from workers.persian.phrases import Countries, airport_name, organisation_name, person_name
from workers.persian.plain import clean
from workers.persian.titles import EntityKind

type Placed = Place | Airport | Crossing


@dataclass(frozen=True, slots=True)
class Entity:
    """Somebody or something with a name."""

    kind: EntityKind
    key: str
    """The kind and the id, or the name where there is none: what a filter compares."""
    name: str
    spans: tuple[Span, ...]


def entities(facts: Facts, countries: Countries) -> tuple[Entity, ...]:
    """Return all that an article names: countries, persons, organisations, places, sources; each in their order."""
    return tuple(_entities(facts, countries))


def _entities(facts: Facts, countries: Countries) -> Iterator[Entity]:
    for country in facts.countries:
        name = countries.get(country.code, country.code)
        yield _entity(EntityKind.COUNTRY, country.code, name, country.spans)
    for person in facts.persons:
        yield _entity(EntityKind.PERSON, _person_id(person), person_name(person), person.spans)
    bodies: tuple[Organisation | Airline, ...] = (*facts.organisations, *facts.airlines)
    for body in bodies:
        yield _entity(EntityKind.ORGANISATION, body.id or body.name, _body_name(body, countries), body.spans)
    places: tuple[Placed, ...] = (*facts.places, *facts.airports, *facts.crossings)
    for place in places:
        name = airport_name(place) if isinstance(place, Airport) else place.name
        yield _entity(EntityKind.PLACE, place.id or place.name, name, place.spans)
    for chain in facts.attribution:
        for source in chain.sources:
            yield _entity(EntityKind.SOURCE, source.id or source.name, source.name, (source.span,))


def _entity(kind: EntityKind, key: str, name: str, spans: tuple[Span, ...]) -> Entity:
    return Entity(kind, f"{kind}:{clean(key)}", clean(name), spans)


def _person_id(person: Person) -> str:
    """Return what tells a person from others: the name, or the office and the state that it speaks for."""
    return person.name or f"{person.role or ''}/{person.country or ''}"


def _body_name(body: Organisation | Airline, countries: Countries) -> str:
    return organisation_name(body, countries) if isinstance(body, Organisation) else body.name
