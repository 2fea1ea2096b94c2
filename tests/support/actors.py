"""Reads a text with the seeds' gazetteers and lexicon, as the stage does, and gives the findings as words.

Knows nothing of what is expected.
"""

from functools import cache

from tests.support.enrichment import SEEDS, gazetteer, normalizer
from workers.enrich.actors import persons
from workers.enrich.attribution import chains
from workers.enrich.distinct_chains import Chain
from workers.enrich.found import FoundPerson, FoundQuote
from workers.enrich.lexicon_actors import ActorsLexicon, load_actors_lexicon
from workers.enrich.names import names_of
from workers.enrich.quotes import quotes
from workers.enrich.reading import Reading, Spot, read


@cache
def lexicon() -> ActorsLexicon:
    """Return the seeds' lexicon."""
    return load_actors_lexicon(SEEDS / "lexicon")


class Actors:
    """Sources, persons and quotes of a text, with an optional title."""

    def __init__(self, text: str, title: str = "") -> None:
        normalize = normalizer()
        self.reading: Reading = read([("title", title, normalize(title)), ("text", text, normalize(text))])
        names = names_of(self.reading, gazetteer())
        self.chains: tuple[Chain, ...] = chains(self.reading, names, lexicon())
        self.persons: tuple[FoundPerson, ...] = persons(self.reading, names, lexicon())
        self.quotes: tuple[FoundQuote, ...] = quotes(self.reading, names, self.persons, self.chains, (), lexicon())

    def words(self, spot: Spot | None) -> str | None:
        """Return the text of a spot."""
        return self.reading.text(spot) if spot else None

    def sources(self) -> list[list[str]]:
        """Return the sources of each chain."""
        return [[self.reading.text(source.spot) for source in chain] for chain in self.chains]

    def people(self) -> list[tuple[str | None, str | None, str | None]]:
        """Return name, role and country of each person."""
        return [(self.words(person.name), self.words(person.role), person.country) for person in self.persons]

    def said(self) -> list[tuple[str | None, str | None, str | None]]:
        """Return speaker, verb and words of each quote."""
        return [(self.words(quote.speaker), self.words(quote.verb), self.words(quote.spot)) for quote in self.quotes]

    def spots(self) -> list[Spot]:
        """Return every spot that was found."""
        found = [source.spot for chain in self.chains for source in chain]
        for person in self.persons:
            found += [spot for spot in (person.name, person.role, person.organisation, *person.mentions) if spot]
        for quote in self.quotes:
            found += [spot for spot in (quote.speaker, quote.verb, quote.spot) if spot]
        return found
