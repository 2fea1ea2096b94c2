"""What happened to people across borders, and to their papers.

Knows nothing of interactions. `seeds/lexicon/consular.toml` holds the phrases of each kind: they make candidates, and
`workers.enrich.fact_salience` says which of them the article tells.
"""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import Field

from workers.enrich.fact_salience import Mention, scores
from workers.enrich.found import FoundConsular
from workers.enrich.kinds import ConsularKind
from workers.enrich.lexicon import Phrases, load_lexicon
from workers.enrich.modality import Modalities, load_modalities
from workers.enrich.names import Names
from workers.enrich.news import News, placed_news, spot_of
from workers.enrich.numbers import Number, numbers_in
from workers.enrich.parties import PartyWords, countries_in
from workers.enrich.patients import PeopleWords, nations_in, patient_of
from workers.enrich.phrases import forms_of
from workers.enrich.reading import Passage, Reading, Sentence
from workers.enrich.salience import HEAD, Place, Ranking
from workers.enrich.triggers import Hit, Pattern, TriggerFile, TriggerRule, Triggers, build_triggers
from workers.enrich.verbs import Verbs, load_verbs

MOST = 3
"""Of one article."""
_COUNTED = 2
"""How many words may stand between a number and who is counted: «۳ تن», «۵۵ جوان صیاد»."""
_TOPICAL = 3
"""So many words of a class make it a topic of the article."""

type Patterns = tuple[Pattern, ...]


class ConsularRule(TriggerRule):
    """One way of saying a kind."""

    kind: ConsularKind
    title: bool = False
    """Counts in a title only, or in the first sentence where there is none: elsewhere it says too little."""
    abroad: bool = False
    """Whether the sentence must name another country than ours."""
    sure: bool = False
    """Seldom said in passing."""
    always: bool = False
    """Told wherever it stands: its kind is too rare to be weighed."""


class ConsularFile(TriggerFile):
    """What `consular.toml` holds."""

    places: Phrases
    ours: Phrases
    counted: Annotated[Phrases, Field(min_length=1)]
    """Words for people after a number."""
    people: Annotated[Patterns, Field(min_length=1)]
    citizens: Annotated[Patterns, Field(min_length=1)]
    forces: Annotated[Patterns, Field(min_length=1)]
    cues: dict[str, Patterns]
    """Classes of words of a sentence."""
    rule: Annotated[tuple[ConsularRule, ...], Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class ConsularLexicon:
    """The rules, ready to be used; build once per process."""

    rules: tuple[ConsularRule, ...]
    triggers: Triggers
    modalities: Modalities
    parties: PartyWords
    people: PeopleWords
    counted: frozenset[str]
    cues: Mapping[str, tuple[str, ...]]
    """Classes of each word."""
    verbs: Verbs
    ranking: Ranking


def load(folder: Path) -> ConsularLexicon:
    """Return the rules of `consular.toml`, with weights, `verbs.toml` and `modality.toml`. Raises UsageError."""
    path = folder / "consular.toml"
    file = load_lexicon(path, ConsularFile)
    verbs = load_verbs(folder)
    return ConsularLexicon(
        file.rule,
        build_triggers(path, file, file.rule, verbs),
        load_modalities(folder, verbs),
        PartyWords(frozenset(file.places), frozenset(file.ours)),
        PeopleWords(forms_of(file.people), forms_of(file.citizens), forms_of(file.forces), frozenset(file.ours)),
        frozenset(file.counted),
        _classes_of_words(file.cues),
        verbs,
        load_lexicon(folder / "consular_ranking.toml", Ranking),
    )


def _classes_of_words(cues: Mapping[str, Patterns]) -> Mapping[str, tuple[str, ...]]:
    classes: dict[str, list[str]] = defaultdict(list)
    for name, patterns in cues.items():
        for form in forms_of(patterns):
            classes[form].append(name)
    return {word: tuple(names) for word, names in classes.items()}


@dataclass(frozen=True, slots=True)
class Found:
    """A candidate, and where it stands."""

    rule: ConsularRule
    news: News
    hit: Hit
    countries: tuple[str, ...]
    mention: Mention


def consular(reading: Reading, names: Names, lexicon: ConsularLexicon) -> tuple[FoundConsular, ...]:
    """Return what happened to people across borders, in order: one of each kind, a few at most."""
    found, topics = candidates_of(reading, names, lexicon)
    if not found:
        return ()
    best: dict[ConsularKind, tuple[float, Found]] = {}
    for score, each in zip(scores([each.mention for each in found], topics, lexicon.ranking), found, strict=True):
        kind = each.rule.kind
        told = each.rule.always or score >= lexicon.ranking.threshold
        if told and (kind not in best or score > best[kind][0]):
            best[kind] = (score, each)
    kept = sorted(best.values(), key=lambda scored: -scored[0])[:MOST]
    return tuple(sorted((_fact(reading, each, lexicon) for _, each in kept), key=lambda fact: fact.trigger))


def candidates_of(reading: Reading, names: Names, lexicon: ConsularLexicon) -> tuple[list[Found], frozenset[str]]:
    """Return what the sentences may tell, and the classes of words that are topics of the article."""
    found: list[Found] = []
    for news, place in placed_news(reading):
        passage = reading.passages[news.passage]
        if place is not None and (hits := lexicon.triggers.find(news.passage, passage, news.sentence)):
            found += _described(reading, names, (news, place), hits, lexicon)
    times = Counter(name for passage in reading.passages for name in _cues(passage, lexicon)) if found else {}
    return found, frozenset(topic for topic, count in times.items() if count >= _TOPICAL)


def _cues(passage: Passage, lexicon: ConsularLexicon, sentence: Sentence | None = None) -> Iterator[str]:
    """Yield the class of each word of a passage or sentence that has one."""
    places = passage.places_of(lexicon.cues)
    if sentence is not None:
        places = places[bisect_left(places, sentence.first) : bisect_left(places, sentence.last)]
    for at in places:
        yield from lexicon.cues[passage.texts[at]]


def _described(
    reading: Reading,
    names: Names,
    placed: tuple[News, Place],
    hits: Sequence[Hit],
    lexicon: ConsularLexicon,
) -> Iterator[Found]:
    """Yield the candidates of a sentence."""
    news, place = placed
    passage = reading.passages[news.passage]
    spot = spot_of(news, passage)
    countries = countries_in(reading, names, spot, lexicon.parties)
    nations = nations_in(names, spot, passage, countries)
    foreign = any(code != lexicon.parties.our_country for code in countries)
    cues = frozenset(_cues(passage, lexicon, news.sentence))
    for hit in hits:
        rule = lexicon.rules[hit.rule]
        if (rule.title and place not in HEAD) or (rule.abroad and not foreign):
            continue
        mention = Mention(
            kind=rule.kind,
            place=place,
            sure=rule.sure,
            countries=len(countries),
            foreign=foreign,
            whom=patient_of(hit, passage, nations, lexicon.people, lexicon.verbs).whom,
            cues=cues,
        )
        yield Found(rule, news, hit, countries, mention)


def _fact(reading: Reading, found: Found, lexicon: ConsularLexicon) -> FoundConsular:
    passage = reading.passages[found.news.passage]
    return FoundConsular(
        found.rule.kind,
        found.hit.spot(passage),
        found.countries,
        _number(reading, found.news, found.hit, lexicon),
        lexicon.modalities.of(found.hit, passage),
    )


def _number(reading: Reading, news: News, hit: Hit, lexicon: ConsularLexicon) -> int | None:
    """Return the number of people that stands nearest to the trigger."""
    words = reading.passages[news.passage].texts[news.sentence.first : news.sentence.last]
    away = [
        (abs(number.first + news.sentence.first - hit.places[0]), number.value) for number in _counts(words, lexicon)
    ]
    return min(away)[1] if away else None


def _counts(words: Sequence[str], lexicon: ConsularLexicon) -> Iterator[Number]:
    """Yield the numbers of people."""
    for number in numbers_in(words):
        if not lexicon.counted.isdisjoint(words[number.last : number.last + 1 + _COUNTED]):
            yield number
