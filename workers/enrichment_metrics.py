"""What the enrichment finds in committed articles, for Prometheus: how much of each part, and what stays unresolved.

Knows nothing of rules. Every label value comes from a closed set; no name, country or text is ever one.
"""

from collections.abc import Iterator
from enum import StrEnum

from prometheus_client import CollectorRegistry, Counter

from workers.article import Article
from workers.enrich.facts import Airline, Airport, Crossing, Organisation, Source
from workers.enrich.kinds import ConsularKind, FlightStatus, InteractionKind, SourceKind
from workers.language import Language, language_of


class FactPart(StrEnum):
    """A part of the event that the enrichment fills."""

    ATTRIBUTION = "attribution"
    SOURCE = "source"
    COUNTRY = "country"
    COUNTRY_PAIR = "country_pair"
    PERSON = "person"
    ORGANISATION = "organisation"
    PLACE = "place"
    AIRPORT = "airport"
    AIRLINE = "airline"
    CROSSING = "crossing"
    QUOTE = "quote"
    INTERACTION = "interaction"
    FLIGHT = "flight"
    CONSULAR = "consular"
    DATE = "date"


UNRESOLVED = (
    FactPart.SOURCE,
    FactPart.ORGANISATION,
    FactPart.AIRPORT,
    FactPart.AIRLINE,
    FactPart.CROSSING,
    FactPart.QUOTE,
)
"""Parts of which an item may lack what makes it useful: an id, or a speaker."""

_NAMED_SOURCES = frozenset({SourceKind.OUTLET, SourceKind.ORGANISATION})
"""Persons, reporters and anonymous sources have no id to lack."""


class Found(StrEnum):
    """What an article comes to, for whoever asks who and where."""

    NAMED = "named"
    """A country or an organisation at least."""
    OTHER = "other"
    """Something, and neither of them."""
    NOTHING = "nothing"


class EnrichmentMetrics:
    """Counters of the articles that the enrichment reads: those in Persian whose letters are not garbled."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._items = Counter(
            "rasad_enrichment_items_total",
            "Items that the enrichment found in committed articles, by part of the event; `source` are the links of "
            "the chains that `attribution` counts.",
            ["part"],
            registry=registry,
        )
        for part in FactPart:
            self._items.labels(part)
        self._unresolved = Counter(
            "rasad_enrichment_unresolved_total",
            "Items among rasad_enrichment_items_total that are known by their words alone: an outlet, body, airport, "
            "airline or crossing without an id, a quote without a speaker.",
            ["part"],
            registry=registry,
        )
        for part in UNRESOLVED:
            self._unresolved.labels(part)
        self._kinds = Counter(
            "rasad_enrichment_kinds_total",
            "Interactions, flight statuses and consular facts of committed articles, by kind.",
            ["part", "kind"],
            registry=registry,
        )
        for part, kinds in _KINDS.items():
            for kind in kinds:
                self._kinds.labels(part, kind)
        self._articles = Counter(
            "rasad_enrichment_articles_total",
            "Committed articles that the enrichment read, by whether they carry a label and what was found: `named` "
            "is a country or an organisation at least, `other` something else alone.",
            ["labelled", "found"],
            registry=registry,
        )
        for labelled in ("yes", "no"):
            for found in Found:
                self._articles.labels(labelled, found)
        self._dropped = Counter(
            "rasad_enrichment_dropped_total",
            "Committed articles whose facts were left out, as the event would have been too large with them.",
            registry=registry,
        )

    def committed(self, article: Article) -> None:
        """Count what was found in an article whose event has been committed."""
        if language_of(article.language) is not Language.PERSIAN or article.text_suspect is not None:
            return
        if article.facts_dropped:
            self._dropped.inc()
            return
        parts = _parts(article)
        for part, count in parts.items():
            self._items.labels(part).inc(count)
        for part, missing in _unresolved(article):
            self._unresolved.labels(part).inc(missing)
        for part, kind in _kinds(article):
            self._kinds.labels(part, kind).inc()
        self._articles.labels("yes" if article.assigned() else "no", _found(parts)).inc()


_KINDS: dict[FactPart, type[StrEnum]] = {
    FactPart.INTERACTION: InteractionKind,
    FactPart.FLIGHT: FlightStatus,
    FactPart.CONSULAR: ConsularKind,
}


def _parts(article: Article) -> dict[FactPart, int]:
    facts = article.facts()
    return {
        FactPart.ATTRIBUTION: len(facts.attribution),
        FactPart.SOURCE: sum(len(chain.sources) for chain in facts.attribution),
        FactPart.COUNTRY: len(facts.countries),
        FactPart.COUNTRY_PAIR: len(facts.country_pairs),
        FactPart.PERSON: len(facts.persons),
        FactPart.ORGANISATION: len(facts.organisations),
        FactPart.PLACE: len(facts.places),
        FactPart.AIRPORT: len(facts.airports),
        FactPart.AIRLINE: len(facts.airlines),
        FactPart.CROSSING: len(facts.crossings),
        FactPart.QUOTE: len(facts.quotes),
        FactPart.INTERACTION: len(facts.interactions),
        FactPart.FLIGHT: len(facts.flights),
        FactPart.CONSULAR: len(facts.consular),
        FactPart.DATE: len(facts.dates),
    }


def _found(parts: dict[FactPart, int]) -> Found:
    if parts[FactPart.COUNTRY] or parts[FactPart.ORGANISATION]:
        return Found.NAMED
    return Found.OTHER if any(parts.values()) else Found.NOTHING


def _unresolved(article: Article) -> Iterator[tuple[FactPart, int]]:
    sources = [source for chain in article.attribution for source in chain.sources if source.kind in _NAMED_SOURCES]
    with_ids: dict[FactPart, list[Source] | tuple[Organisation | Airport | Airline | Crossing, ...]] = {
        FactPart.SOURCE: sources,
        FactPart.ORGANISATION: article.organisations,
        FactPart.AIRPORT: article.airports,
        FactPart.AIRLINE: article.airlines,
        FactPart.CROSSING: article.crossings,
    }
    for part, items in with_ids.items():
        yield part, sum(item.id is None for item in items)
    yield FactPart.QUOTE, sum(quote.speaker is None for quote in article.quotes)


def _kinds(article: Article) -> Iterator[tuple[FactPart, StrEnum]]:
    yield from ((FactPart.INTERACTION, each.kind) for each in article.interactions)
    yield from ((FactPart.FLIGHT, each.status) for each in article.flight_status)
    yield from ((FactPart.CONSULAR, each.kind) for each in article.consular)
