"""What happened to civil flights, airports and airspace.

Knows nothing of interactions. `seeds/lexicon/flights.toml` holds the phrases of each status.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import Field

from workers.enrich.found import FoundFlight
from workers.enrich.gazetteer_entries import Airport, City, Country, Entry, EntryKind
from workers.enrich.kinds import FlightStatus
from workers.enrich.lexicon import load_lexicon
from workers.enrich.modality import Modalities, load_modalities
from workers.enrich.names import Names
from workers.enrich.news import news_of, spot_of
from workers.enrich.phrases import Phrases
from workers.enrich.reading import Reading, Spot
from workers.enrich.triggers import Pattern, TriggerFile, TriggerRule, Triggers, build_triggers
from workers.enrich.verbs import load_verbs

MOST = 3
"""Of one article."""
LEAD_SENTENCES = 8
"""Of the text."""
_WHERE = (EntryKind.AIRPORT, EntryKind.COUNTRY, EntryKind.CITY)


class FlightRule(TriggerRule):
    """One way of saying a status."""

    status: FlightStatus
    anywhere: bool = False
    """Counts below the lead, too: flights are often one item of a longer report."""


class FlightFile(TriggerFile):
    """What `flights.toml` holds."""

    about: Annotated[tuple[Pattern, ...], Field(min_length=1)]
    """Words of which an article must have one."""
    rule: Annotated[tuple[FlightRule, ...], Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class FlightLexicon:
    """The rules, ready to be used; build once per process."""

    rules: tuple[FlightRule, ...]
    triggers: Triggers
    modalities: Modalities
    about: frozenset[str]


def load(folder: Path) -> FlightLexicon:
    """Return the rules of `flights.toml`, with `verbs.toml` and `modality.toml`. Raises UsageError."""
    path = folder / "flights.toml"
    file = load_lexicon(path, FlightFile)
    verbs = load_verbs(folder)
    return FlightLexicon(
        file.rule,
        build_triggers(path, file, file.rule, verbs),
        load_modalities(folder, verbs),
        Phrases(file.about).firsts,
    )


def flights(reading: Reading, names: Names, lexicon: FlightLexicon) -> tuple[FoundFlight, ...]:
    """Return what happened to flights, in order: one of each status, a few at most.

    That flights take place is said by what happens to them, and counts where nothing does.
    """
    found: dict[FlightStatus, FoundFlight] = {}
    if not any(passage.places_of(lexicon.about) for passage in reading.passages):
        return ()
    for news in news_of(reading, None):
        passage = reading.passages[news.passage]
        below = passage.name == "text" and news.order >= LEAD_SENTENCES
        for hit in lexicon.triggers.find(news.passage, passage, news.sentence):
            status = lexicon.rules[hit.rule].status
            if status not in found and (lexicon.rules[hit.rule].anywhere or not below):
                spot = spot_of(news, passage)
                found[status] = FoundFlight(
                    status,
                    hit.spot(passage),
                    airlines=_ids(names, spot, EntryKind.AIRLINE),
                    airports=_ids(names, spot, EntryKind.AIRPORT),
                    countries=_countries(names, spot),
                    modality=lexicon.modalities.of(hit, passage),
                )
    told = [each for each in found.values() if each.status is not FlightStatus.OPERATED] or list(found.values())
    return tuple(sorted(told[:MOST], key=lambda each: each.trigger))


def _ids(names: Names, spot: Spot, kind: EntryKind) -> tuple[str, ...]:
    """Return the ids of the entries of a kind in a sentence, in order."""
    entries = (candidate.entry for name in names.within(spot) if (candidate := name.of(kind)) is not None)
    return tuple(dict.fromkeys(entry.id for entry in entries))


def _countries(names: Names, spot: Spot) -> tuple[str, ...]:
    """Return the countries of a route: of its airports, countries and cities, in order."""
    entries = (candidate.entry for name in names.within(spot) if (candidate := name.of(*_WHERE)) is not None)
    return tuple(dict.fromkeys(_codes(entries)))


def _codes(entries: Iterable[Entry]) -> Iterable[str]:
    for entry in entries:
        if isinstance(entry, Country):
            yield entry.id
        elif isinstance(entry, Airport | City):
            yield entry.country
