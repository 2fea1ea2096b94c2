"""What parties did with each other, as the article reports it: its news, not its background.

Knows nothing of flights and consular facts. `seeds/lexicon/interactions.toml` holds the phrases of each kind.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum, auto
from pathlib import Path
from typing import Annotated

from pydantic import Field

from workers.enrich.found import FoundDate, FoundInteraction, FoundPerson
from workers.enrich.kinds import InteractionKind
from workers.enrich.lexicon import Phrases as Words
from workers.enrich.lexicon import load_lexicon
from workers.enrich.modality import Modalities, load_modalities
from workers.enrich.names import Names
from workers.enrich.news import LEAD_SENTENCES, News, news_of, spot_of
from workers.enrich.parties import PartyWords, countries_of, countries_of_airports, parties_in, persons_in
from workers.enrich.phrases import Phrases
from workers.enrich.reading import Passage, Reading, Spot
from workers.enrich.triggers import Hit, TriggerFile, TriggerRule, Triggers, build_triggers
from workers.enrich.verbs import load_verbs

MOST = 4
"""Of one article; more is a digest of several items, or background."""
BODY_SENTENCES = 15
"""Of the text, in which what is precise counts where its sentence names both parties."""
_PAIR = 2
"""A sentence that names one party leaves the other to what the article named first."""


class InteractionRule(TriggerRule):
    """One way of saying a kind."""

    kind: InteractionKind
    countries: Annotated[int, Field(ge=0, le=2)] = 0
    """How many countries the sentence must name at least."""
    precise: bool = False
    """Counts in the lead even where the title tells something else, and below it between two parties."""
    title: bool = False
    """Counts in a title only, or in the first sentence where there is none: elsewhere it says too little."""
    background: bool = True
    """A word such as «پس از» before it makes it background."""


class InteractionFile(TriggerFile):
    """What `interactions.toml` holds."""

    places: Words
    ours: Words
    topics: Words = ()
    """Words before a country that is talked about."""
    background: Annotated[Words, Field(min_length=1)]
    """Words right before a trigger that tells what went before, or what is talked about."""
    covers: dict[InteractionKind, tuple[InteractionKind, ...]] = Field(default_factory=dict)
    """Kinds that another kind in the same sentence says already: a phone call is no meeting beside it."""
    rule: Annotated[tuple[InteractionRule, ...], Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class InteractionTriggers:
    """Some of the rules with their phrases."""

    rules: tuple[InteractionRule, ...]
    triggers: Triggers


@dataclass(frozen=True, slots=True)
class InteractionLexicon:
    """The rules, ready to be used; build once per process."""

    all: InteractionTriggers
    precise: InteractionTriggers
    modalities: Modalities
    parties: PartyWords
    background: Phrases
    covers: Mapping[InteractionKind, tuple[InteractionKind, ...]]


def load(folder: Path) -> InteractionLexicon:
    """Return the rules of `interactions.toml`, with `verbs.toml` and `modality.toml`. Raises UsageError."""
    path = folder / "interactions.toml"
    file = load_lexicon(path, InteractionFile)
    verbs = load_verbs(folder)
    precise = tuple(rule for rule in file.rule if rule.precise)
    return InteractionLexicon(
        InteractionTriggers(file.rule, build_triggers(path, file, file.rule, verbs)),
        InteractionTriggers(precise, build_triggers(path, file, precise, verbs)),
        load_modalities(folder, verbs),
        PartyWords(frozenset(file.places), frozenset(file.ours), frozenset(file.topics)),
        Phrases(file.background),
        file.covers,
    )


type _RuleHit = tuple[Hit, InteractionRule]


class _Part(Enum):
    """Where a sentence stands."""

    TITLE = auto()
    """Also the summary, and the first sentence of a text without title."""
    LEAD = auto()
    BODY = auto()


@dataclass(frozen=True, slots=True)
class _Article:
    """What there is to know of an article."""

    reading: Reading
    names: Names
    persons: tuple[FoundPerson, ...]
    dates: tuple[FoundDate, ...]

    def named(self, news: News, words: PartyWords) -> tuple[str, ...]:
        """Return the countries of a sentence."""
        return parties_in(self.reading, self.names, spot_of(news, self.reading.passages[news.passage]), words)


def interactions(
    reading: Reading,
    names: Names,
    persons: tuple[FoundPerson, ...],
    dates: tuple[FoundDate, ...],
    lexicon: InteractionLexicon,
) -> tuple[FoundInteraction, ...]:
    """Return what the article reports between parties, in order: one of each kind, a few at most.

    What the title tells is the news; the lead adds to it only what is precise, and tells the news where no title does.
    """
    article = _Article(reading, names, persons, dates)
    titled = any(passage.name == "title" for passage in reading.passages)
    found: dict[InteractionKind, FoundInteraction] = {}
    told_by_title = False
    for news in news_of(reading, BODY_SENTENCES):
        passage = reading.passages[news.passage]
        part = _part(news, passage, titled=titled)
        in_full = part is _Part.TITLE or (part is _Part.LEAD and not told_by_title)
        looked_for = lexicon.all if in_full else lexicon.precise
        hits = [
            (hit, looked_for.rules[hit.rule])
            for hit in looked_for.triggers.find(news.passage, passage, news.sentence)
            if part is _Part.TITLE or not looked_for.rules[hit.rule].title
        ]
        if hits and (part is not _Part.BODY or len(article.named(news, lexicon.parties)) >= _PAIR):
            for each in _of_sentence(article, news, hits, lexicon):
                found.setdefault(each.kind, each)
        told_by_title = bool(found) and (told_by_title or part is _Part.TITLE)
    return tuple(sorted(list(found.values())[:MOST], key=lambda each: each.trigger))


def _part(news: News, passage: Passage, *, titled: bool) -> "_Part":
    if passage.name != "text" or (news.order == 0 and not titled):
        return _Part.TITLE
    return _Part.LEAD if news.order < LEAD_SENTENCES else _Part.BODY


def _of_sentence(
    article: _Article, news: News, hits: Sequence[_RuleHit], lexicon: InteractionLexicon
) -> Iterator[FoundInteraction]:
    passage = article.reading.passages[news.passage]
    spot = spot_of(news, passage)
    present = persons_in(article.persons, spot)
    speaking = countries_of(article.persons[index] for index in present)
    acting = tuple(dict.fromkeys((*article.named(news, lexicon.parties), *speaking)))
    # A title leaves out one party that everybody knows.
    kept = _news_hits(hits, passage, len(acting) + (passage.name == "title"), lexicon)
    if kept and len(acting) < _PAIR:
        others = (*countries_of_airports(article.names, spot), *_first_named(article, lexicon))
        acting = tuple(dict.fromkeys((*acting, *others)))[:_PAIR]
    for hit, rule in kept:
        yield FoundInteraction(
            rule.kind,
            hit.spot(passage),
            acting,
            present,
            lexicon.modalities.of(hit, passage),
            *_days(spot, article.dates),
        )


def _first_named(article: _Article, lexicon: InteractionLexicon) -> Iterator[str]:
    """Yield the countries that the news names, in order."""
    for news in news_of(article.reading):
        yield from article.named(news, lexicon.parties)


def _news_hits(
    hits: Sequence[_RuleHit], passage: Passage, parties: int, lexicon: InteractionLexicon
) -> tuple[_RuleHit, ...]:
    """Return the triggers of a sentence that have enough parties, are no background and said by no other kind."""
    kept = [
        (hit, rule)
        for hit, rule in hits
        if parties >= rule.countries
        and not (rule.background and passage.name == "text" and _is_background(hit, passage, lexicon))
    ]
    covered = {kind for _, rule in kept for kind in lexicon.covers.get(rule.kind, ())}
    return tuple((hit, rule) for hit, rule in kept if rule.kind not in covered)


def _is_background(hit: Hit, passage: Passage, lexicon: InteractionLexicon) -> bool:
    """Tell whether the trigger follows words that make it what went before, with one word between at most."""
    first = hit.places[0]
    texts = passage.texts[hit.sentence.first : first]
    return any(lexicon.background.length_before(texts, 0, end) for end in (len(texts), len(texts) - 1) if end > 0)


def _days(sentence: Spot, dates: tuple[FoundDate, ...]) -> tuple[date | None, date | None]:
    """Return the first date of a sentence."""
    return next(((each.first, each.last) for each in dates if sentence.covers(each.spot)), (None, None))
