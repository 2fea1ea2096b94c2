"""What happened to people across borders, and to their papers.

Knows nothing of interactions. `seeds/lexicon/consular.toml` holds the phrases of each kind.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import Field

from workers.enrich.found import FoundConsular
from workers.enrich.kinds import ConsularKind
from workers.enrich.lexicon import Phrases, load_lexicon
from workers.enrich.modality import Modalities, load_modalities
from workers.enrich.names import Names
from workers.enrich.news import News, news_of, rest_of, spot_of
from workers.enrich.numbers import numbers_in
from workers.enrich.parties import PartyWords, countries_in
from workers.enrich.reading import Reading
from workers.enrich.triggers import Hit, TriggerFile, TriggerRule, Triggers, build_triggers
from workers.enrich.verbs import load_verbs

MOST = 3
"""Of one article."""
LEAD_SENTENCES = 3
"""Of the text."""
_COUNTED = 2
"""How many words may stand between a number and who is counted: «۳ تن», «۵۵ جوان صیاد»."""


class ConsularRule(TriggerRule):
    """One way of saying a kind."""

    kind: ConsularKind
    countries: Annotated[int, Field(ge=0, le=2)] = 0
    """How many countries the sentence must name at least."""
    anywhere: bool = False
    """Counts below the lead, too."""
    abroad: bool = False
    """Whether the sentence must name another country than ours."""
    title: bool = False
    """Counts in a title only, or in the first sentence where there is none: elsewhere it says too little."""


class ConsularFile(TriggerFile):
    """What `consular.toml` holds."""

    places: Phrases
    ours: Phrases
    counted: Annotated[Phrases, Field(min_length=1)]
    """Words for people after a number."""
    rule: Annotated[tuple[ConsularRule, ...], Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class ConsularTriggers:
    """Some of the rules with their phrases."""

    rules: tuple[ConsularRule, ...]
    triggers: Triggers


@dataclass(frozen=True, slots=True)
class ConsularLexicon:
    """The rules, ready to be used; build once per process."""

    lead: ConsularTriggers
    anywhere: ConsularTriggers
    modalities: Modalities
    parties: PartyWords
    counted: frozenset[str]


def load(folder: Path) -> ConsularLexicon:
    """Return the rules of `consular.toml`, with `verbs.toml` and `modality.toml`. Raises UsageError."""
    path = folder / "consular.toml"
    file = load_lexicon(path, ConsularFile)
    verbs = load_verbs(folder)
    anywhere = tuple(rule for rule in file.rule if rule.anywhere)
    return ConsularLexicon(
        ConsularTriggers(file.rule, build_triggers(path, file, file.rule, verbs)),
        ConsularTriggers(anywhere, build_triggers(path, file, anywhere, verbs)),
        load_modalities(folder, verbs),
        PartyWords(frozenset(file.places), frozenset(file.ours)),
        frozenset(file.counted),
    )


def consular(reading: Reading, names: Names, lexicon: ConsularLexicon) -> tuple[FoundConsular, ...]:
    """Return what happened to people across borders, in order: one of each kind, a few at most."""
    found: dict[ConsularKind, FoundConsular] = {}
    for news in news_of(reading, LEAD_SENTENCES):
        for fact in _of_sentence(reading, names, news, lexicon, lexicon.lead):
            found.setdefault(fact.kind, fact)
    for news in rest_of(reading, LEAD_SENTENCES, lexicon.anywhere.triggers):
        for fact in _of_sentence(reading, names, news, lexicon, lexicon.anywhere):
            found.setdefault(fact.kind, fact)
    return tuple(sorted(list(found.values())[:MOST], key=lambda each: each.trigger))


def _of_sentence(
    reading: Reading,
    names: Names,
    news: News,
    lexicon: ConsularLexicon,
    looked_for: ConsularTriggers,
) -> Iterator[FoundConsular]:
    passage = reading.passages[news.passage]
    hits = looked_for.triggers.find(news.passage, passage, news.sentence)
    if not hits:
        return
    countries = countries_in(reading, names, spot_of(news, passage), lexicon.parties)
    foreign = any(code != lexicon.parties.our_country for code in countries)
    in_title = passage.name == "title"
    first = in_title or (news.order == 0 and all(each.name == "text" for each in reading.passages))
    for hit in hits:
        rule = looked_for.rules[hit.rule]
        # A title leaves out one country that everybody knows.
        named = len(countries) + in_title >= rule.countries and (foreign or not rule.abroad)
        if named and (first or not rule.title):
            number = _number(reading, news, hit, lexicon)
            yield FoundConsular(rule.kind, hit.spot(passage), countries, number, lexicon.modalities.of(hit, passage))


def _number(reading: Reading, news: News, hit: Hit, lexicon: ConsularLexicon) -> int | None:
    """Return the number of people that stands nearest to the trigger."""
    words = reading.passages[news.passage].texts[news.sentence.first : news.sentence.last]
    counts = [
        (abs(number.first + news.sentence.first - hit.places[0]), number.value)
        for number in numbers_in(words)
        if not lexicon.counted.isdisjoint(words[number.last : number.last + 1 + _COUNTED])
    ]
    return min(counts)[1] if counts else None
