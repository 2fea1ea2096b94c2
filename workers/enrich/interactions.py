"""What parties did with each other, as the article reports it: its news, not its background.

Knows nothing of flights and consular facts. `seeds/lexicon/interactions.toml` holds the phrases of each kind: they make
candidates, and `workers.enrich.salience` says which of them are news.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import Field

from workers.enrich.found import FoundDate, FoundInteraction, FoundPerson
from workers.enrich.kinds import InteractionKind
from workers.enrich.lexicon import Phrases as Words
from workers.enrich.lexicon import load_lexicon
from workers.enrich.modality import Modalities, load_modalities
from workers.enrich.names import Names
from workers.enrich.news import News, news_of, placed_news, spot_of
from workers.enrich.parties import PartyWords, countries_of, countries_of_airports, parties_in, persons_in
from workers.enrich.phrases import Phrases
from workers.enrich.reading import Passage, Reading, Spot
from workers.enrich.salience import Candidate, Place, Ranking, Scene, Strength, load_ranking, scores
from workers.enrich.triggers import Hit, TriggerFile, TriggerRule, Triggers, build_triggers
from workers.enrich.verbs import Verbs, load_verbs

MOST = 4
"""Of one article; more is a digest of several items, or background."""
_PAIR = 2
"""A sentence that names one party leaves the other to what the article named first."""
_TOPICAL = 3
"""So many words of a class make it a topic of the article."""


class InteractionRule(TriggerRule):
    """One way of saying a kind."""

    kind: InteractionKind
    strength: Strength = Strength.PLAIN
    countries: Annotated[int, Field(ge=0, le=2)] = 0
    """How many countries the sentence should name."""
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
    cues: dict[str, Words]
    """Classes of words of a sentence."""
    before: dict[str, Words]
    """Classes of words before a trigger."""
    rule: Annotated[tuple[InteractionRule, ...], Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class InteractionLexicon:
    """The rules, ready to be used; build once per process."""

    rules: tuple[InteractionRule, ...]
    triggers: Triggers
    modalities: Modalities
    parties: PartyWords
    background: Phrases
    covers: Mapping[InteractionKind, tuple[InteractionKind, ...]]
    cues: Mapping[str, str]
    """Class of each word."""
    before: Mapping[str, str]
    verbs: Verbs
    ranking: Ranking


def load(folder: Path) -> InteractionLexicon:
    """Return the rules of `interactions.toml`, with weights, `verbs.toml` and `modality.toml`. Raises UsageError."""
    path = folder / "interactions.toml"
    file = load_lexicon(path, InteractionFile)
    verbs = load_verbs(folder)
    return InteractionLexicon(
        file.rule,
        build_triggers(path, file, file.rule, verbs),
        load_modalities(folder, verbs),
        PartyWords(frozenset(file.places), frozenset(file.ours), frozenset(file.topics)),
        Phrases(file.background),
        file.covers,
        _class_of_word(file.cues),
        _class_of_word(file.before),
        verbs,
        load_ranking(folder),
    )


def _class_of_word(classes: Mapping[str, Words]) -> Mapping[str, str]:
    return {word: name for name, words in classes.items() for word in words}


@dataclass(frozen=True, slots=True)
class _Told:
    """A sentence in which something is looked for, with whom it names."""

    news: News
    spot: Spot
    countries: tuple[str, ...]
    persons: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """A candidate, and where it stands."""

    told: _Told
    hit: Hit
    candidate: Candidate


def interactions(
    reading: Reading,
    names: Names,
    persons: tuple[FoundPerson, ...],
    dates: tuple[FoundDate, ...],
    lexicon: InteractionLexicon,
) -> tuple[FoundInteraction, ...]:
    """Return what the article reports between parties, in order: one of each kind, a few at most."""
    found, scene = candidates_of(reading, names, persons, lexicon)
    ranked = zip(scores([each.candidate for each in found], scene, lexicon.ranking), found, strict=True)
    best: dict[InteractionKind, tuple[float, Found]] = {}
    firsts: dict[tuple[InteractionKind, int], Found] = {}
    for score, each in _uncovered([scored for scored in ranked if scored[0] >= lexicon.ranking.threshold], lexicon):
        kind = each.candidate.kind
        # The phrase that says it first tells whether it happened: «بازداشت شدند که محاکمه خواهند شد».
        first = firsts.setdefault((kind, each.candidate.sentence), each)
        if kind not in best or score > best[kind][0]:
            best[kind] = (score, first)
    kept = sorted(best.values(), key=lambda scored: -scored[0])[:MOST]
    events = [_interaction(reading, names, each, dates, lexicon) for _, each in kept]
    # What no country has a part in is a firm's or a club's affair.
    return tuple(sorted((event for event in events if event.parties), key=lambda event: event.trigger))


def _uncovered(news: Sequence[tuple[float, Found]], lexicon: InteractionLexicon) -> Iterator[tuple[float, Found]]:
    """Yield what no other kind in the same sentence says already."""
    covered = {
        (each.candidate.sentence, kind) for _, each in news for kind in lexicon.covers.get(each.candidate.kind, ())
    }
    for score, each in news:
        if (each.candidate.sentence, each.candidate.kind) not in covered:
            yield score, each


def candidates_of(
    reading: Reading, names: Names, persons: tuple[FoundPerson, ...], lexicon: InteractionLexicon
) -> tuple[list[Found], Scene]:
    """Return what the sentences may report, and what there is to know of all of them together."""
    found: list[Found] = []
    topics: Counter[str] = Counter()
    number = 0
    for number, (news, place) in enumerate(placed_news(reading)):
        passage = reading.passages[news.passage]
        texts = passage.texts[news.sentence.first : news.sentence.last]
        cues = [lexicon.cues[text] for text in lexicon.cues.keys() & texts]
        topics.update(cues)
        if place is not None and (hits := _hits(news, passage, place, lexicon)):
            told = _told(reading, names, persons, news, lexicon)
            described = _described(reading, hits, told, place, number, frozenset(cues), lexicon)
            found += map(Found, [told] * len(hits), hits, described)
    return found, Scene(number + 1, frozenset(topic for topic, times in topics.items() if times >= _TOPICAL))


def _hits(news: News, passage: Passage, place: Place, lexicon: InteractionLexicon) -> tuple[Hit, ...]:
    """Return the phrases of a sentence: far below the title without vague words, which are never news there."""
    hits = lexicon.triggers.find(news.passage, passage, news.sentence)
    if place not in {Place.THIRD, Place.DEEP}:
        return hits
    return tuple(hit for hit in hits if lexicon.rules[hit.rule].strength is not Strength.VAGUE or hit.others)


def _told(
    reading: Reading, names: Names, persons: tuple[FoundPerson, ...], news: News, lexicon: InteractionLexicon
) -> _Told:
    spot = spot_of(news, reading.passages[news.passage])
    present = persons_in(persons, spot)
    named = parties_in(reading, names, spot, lexicon.parties)
    speaking = countries_of(persons[index] for index in present)
    return _Told(news, spot, tuple(dict.fromkeys((*named, *speaking))), present)


def _described(
    reading: Reading,
    hits: Sequence[Hit],
    told: _Told,
    place: Place,
    number: int,
    cues: frozenset[str],
    lexicon: InteractionLexicon,
) -> Iterator[Candidate]:
    """Yield the candidates of a sentence."""
    passage, sentence = reading.passages[told.news.passage], told.news.sentence
    texts = passage.texts
    left_out = place in {Place.TITLE, Place.TITLE_REST}  # a title leaves out one party that everybody knows
    for hit in hits:
        rule = lexicon.rules[hit.rule]
        first, last = hit.places[0], hit.places[-1]
        behind = texts[sentence.first : first]
        yield Candidate(
            kind=rule.kind,
            strength=_strength(rule, [lexicon.rules[other] for other in hit.others]),
            place=place,
            sentence=number,
            first=first,
            last=last,
            words=tuple(texts[at] for at in hit.places),
            modality=lexicon.modalities.of(hit, passage),
            verb=texts[last] in lexicon.verbs.forms,
            words_before=len(behind),
            words_after=sentence.last - last - 1,
            countries=len(told.countries),
            named=len(told.countries) + left_out >= rule.countries,
            persons=len(told.persons),
            background=rule.background and passage.name == "text" and _is_background(behind, lexicon),
            speech=":" in behind or behind.count("«") > behind.count("»"),
            before=lexicon.before.get(behind[-1], "") if behind else "nothing",
            cues=cues,
        )


def _strength(rule: InteractionRule, others: Sequence[InteractionRule]) -> Strength:
    """Return the most that a phrase of the rule's kind says there: «دیدار» as much as «دیدار با»."""
    said = {rule.strength, *(other.strength for other in others if other.kind is rule.kind)}
    return next(strength for strength in Strength if strength in said)


def _is_background(behind: Sequence[str], lexicon: InteractionLexicon) -> bool:
    """Tell whether the words before a trigger make it what went before, with one word between at most."""
    if lexicon.background.firsts.isdisjoint(behind):
        return False
    ends = (len(behind), len(behind) - 1)
    return any(lexicon.background.length_before(behind, 0, end) for end in ends if end > 0)


def _interaction(
    reading: Reading, names: Names, found: Found, dates: tuple[FoundDate, ...], lexicon: InteractionLexicon
) -> FoundInteraction:
    passage = reading.passages[found.told.news.passage]
    parties = found.told.countries
    if len(parties) < _PAIR:
        others = (*countries_of_airports(names, found.told.spot), *_first_named(reading, names, lexicon))
        parties = tuple(dict.fromkeys((*parties, *others)))[:_PAIR]
    return FoundInteraction(
        found.candidate.kind,
        found.hit.spot(passage),
        parties,
        found.told.persons,
        lexicon.modalities.of(found.hit, passage),
        *_days(found.told.spot, dates),
    )


def _first_named(reading: Reading, names: Names, lexicon: InteractionLexicon) -> Iterator[str]:
    """Yield the countries that the news names, in order."""
    for news in news_of(reading):
        yield from parties_in(reading, names, spot_of(news, reading.passages[news.passage]), lexicon.parties)


def _days(sentence: Spot, dates: tuple[FoundDate, ...]) -> tuple[date | None, date | None]:
    """Return the first date of a sentence."""
    return next(((each.first, each.last) for each in dates if sentence.covers(each.spot)), (None, None))
