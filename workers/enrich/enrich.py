"""Enrichment of one article: who, where, said by whom, what happened; each part a module, here in their order.

Knows nothing of entries, of publishing or of what the rules are. Built once per process.
"""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Self
from zoneinfo import ZoneInfo

from workers.enrich import consular, flights, interactions
from workers.enrich.actors import persons
from workers.enrich.attribution import chains
from workers.enrich.body_lexicon import OrganisationLexicon
from workers.enrich.calendar import dates
from workers.enrich.calendar_lexicon import CalendarLexicon
from workers.enrich.countries import CountryLexicon, countries, country_pairs
from workers.enrich.facts import Facts
from workers.enrich.gazetteer import Gazetteer, load_gazetteer
from workers.enrich.gazetteer_entries import Outlet
from workers.enrich.lexicon_actors import load_actors_lexicon
from workers.enrich.names import names_of
from workers.enrich.organisations import organisations
from workers.enrich.places import PlaceLexicon, places
from workers.enrich.published import Findings, published
from workers.enrich.quotes import quotes
from workers.enrich.reading import read
from workers.enrich.whole_sources import whole
from workers.parts import FieldName

_TEHRAN = ZoneInfo("Asia/Tehran")
_YEARS = range(1850, 2100)
"""Of publication, against which dates are placed: outside them a feed's date is no date, and calendars end."""


class Enricher:
    """Finds the facts of articles; one thread at a time, for the gazetteers' matcher remembers words."""

    def __init__(self, gazetteer: Gazetteer, lexicons: Path) -> None:
        self._gazetteer = gazetteer
        self._countries = CountryLexicon.load(lexicons, gazetteer)
        self._organisations = OrganisationLexicon.load(lexicons)
        self._places = PlaceLexicon.load(lexicons, gazetteer)
        self._calendar = CalendarLexicon.load(lexicons)
        self._actors = load_actors_lexicon(lexicons)
        self._interactions = interactions.load(lexicons)
        self._flights = flights.load(lexicons)
        self._consular = consular.load(lexicons)

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
        sources = whole(chains(reading, names, self._actors), bodies)
        people = persons(reading, names, self._actors)
        told = dates(reading, day, self._calendar)
        findings = Findings(
            chains=sources,
            countries=named,
            pairs=country_pairs(reading, names, named, people, self._country_of(outlet), self._countries),
            persons=people,
            organisations=bodies,
            places=placed,
            quotes=quotes(reading, names, people, sources, bodies, self._actors),
            interactions=interactions.interactions(reading, names, people, told, self._interactions),
            flights=flights.flights(reading, names, self._flights),
            consular=consular.consular(reading, names, self._consular),
            dates=told,
        )
        return published(reading, findings)

    def _country_of(self, outlet: str) -> str | None:
        """Return the country of an outlet's newsroom; None where the gazetteers do not know the outlet."""
        try:
            entry = self._gazetteer.entry(outlet)
        except KeyError:
            return None
        return entry.country if isinstance(entry, Outlet) else None
