"""Which of the events that an article names are its news: a learned score of each candidate.

Knows nothing of phrases or texts. `seeds/lexicon/interaction_ranking.toml` holds the weights, which
`tests/gold/fit_interactions.py` makes of annotated articles.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from workers.enrich.kinds import CAMEO, InteractionKind, Modality
from workers.enrich.lexicon import load_lexicon

_PAIR = 2
_MOST = 3
"""Counts above it are taken for it."""
_NEAR_END = 3
_STEM = 4
"""So many letters tell a word whatever its ending is."""
_LENGTHS = ((2, "few"), (6, "some"), (15, "many"))
"""How many sentences an article has at most, and what that is called."""


class Place(StrEnum):
    """Where a sentence stands."""

    TITLE = "title"
    """The first sentence of a title, or of a text that has none."""
    TITLE_REST = "title rest"
    FIRST = "first"
    SECOND = "second"
    THIRD = "third to fifth"
    DEEP = "deeper"


class Strength(StrEnum):
    """How surely a phrase says its kind."""

    PRECISE = "precise"
    """Even where the title tells something else."""
    PLAIN = "plain"
    NOUN = "noun"
    """In titles."""
    WORD = "word"
    """A word of the kind, wherever it stands."""
    VAGUE = "vague"
    """A word that says the kind in some contexts."""


HEAD = frozenset({Place.TITLE, Place.TITLE_REST})
"""In titles."""
_READ = frozenset({Strength.PRECISE, Strength.PLAIN, Strength.NOUN})
"""Phrases that were found by reading articles."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something that a sentence may report, with what there is to know of how it does."""

    kind: InteractionKind
    strength: Strength
    place: Place
    sentence: int
    """Which sentence of the article."""
    first: int
    last: int
    """Its first and last word."""
    words: tuple[str, ...]
    """Of the phrase."""
    modality: Modality
    verb: bool
    """Whether the phrase ends in a verb."""
    words_before: int
    words_after: int
    """How many words and marks of its sentence."""
    countries: int
    """How many the sentence names."""
    named: bool
    """Whether it names as many countries as the rule wants."""
    persons: int
    background: bool
    """Whether words such as «پس از» stand before it."""
    speech: bool
    """Whether it stands after a colon or in quotation marks."""
    before: str
    """The class of the word before it, empty if it has none."""
    cues: frozenset[str]
    """Classes of words in its sentence."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What there is to know of the article."""

    sentences: int
    topics: frozenset[str]
    """Classes of which it has several words."""


class Ranking(BaseModel):
    """What `interaction_ranking.toml` holds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    threshold: float
    """What a candidate must score at least."""
    bias: float
    weights: Annotated[dict[str, float], Field(min_length=1)]
    """Of each feature, by its name."""


def load_ranking(folder: Path) -> Ranking:
    """Return the weights of `interaction_ranking.toml`. Raises UsageError."""
    return load_lexicon(folder / "interaction_ranking.toml", Ranking)


def scores(candidates: Sequence[Candidate], scene: Scene, ranking: Ranking) -> list[float]:
    """Return the score of each candidate: the log odds that it is news."""
    weights = ranking.weights
    return [
        ranking.bias + sum(weights.get(feature, 0.0) for feature in features)
        for features in features_of(candidates, scene)
    ]


def features_of(candidates: Sequence[Candidate], scene: Scene) -> Iterator[tuple[str, ...]]:
    """Yield the features of each candidate, which are in order: what is so, by name."""
    times = Counter(each.kind for each in candidates)
    firsts = {each.kind: each.sentence for each in reversed(candidates)}
    said: set[tuple[InteractionKind, int]] = set()
    beside = Counter(each.sentence for each in candidates)
    titled = {each.kind for each in candidates if each.place in HEAD}
    tells = any(each.place is Place.TITLE and each.strength is not Strength.VAGUE for each in candidates)
    told = any(each.place in HEAD and _is_ruled(each, told=False) for each in candidates)
    length = next((name for most, name in _LENGTHS if scene.sentences <= most), "very many")
    topics = tuple(f"topic {topic}" for topic in sorted(scene.topics))
    for each in candidates:
        yield (
            *_alone(each),
            *_among(each, candidates),
            *_ruled(each, told=told),
            f"place {each.place} of {length}",
            f"{each.place} title {'tells' if tells else 'silent'}",
            f"kind count {min(_MOST, times[each.kind])}",
            "first of kind" if each.sentence == firsts[each.kind] else "later of kind",
            *(("said before",) if (each.kind, each.sentence) in said else ()),
            f"beside {min(_MOST, beside[each.sentence] - 1)}",
            *((f"{each.place} kind in title",) if each.kind in titled else ()),
            *topics,
        )
        said.add((each.kind, each.sentence))


def _alone(each: Candidate) -> Iterator[str]:
    """Yield what it is by itself, much of it once for titles and once for texts."""
    where = _where(each)
    yield f"kind {each.kind}"
    yield f"root {CAMEO[each.kind]} {where}"
    yield f"place {each.place}"
    yield f"strength {each.strength}"
    yield f"strength {each.strength} {where}"
    yield f"words {min(_MOST, len(each.words))}"
    yield f"says {' '.join(each.words)}"
    for word in each.words:
        yield f"{each.kind} {word[:_STEM]}"
    yield f"modality {each.modality} {where}"
    yield f"verb {each.verb} {where}"
    yield f"ends {each.words_after <= _NEAR_END} {where}"
    yield f"begins {each.words_before <= 1} {where}"
    yield f"countries {min(_MOST, each.countries)} {where}"
    yield f"named {each.named}"
    yield f"persons {min(_PAIR, each.persons)} {where}"
    yield f"background {each.background}"
    yield f"speech {each.speech} {where}"
    yield f"before {each.before}"
    for cue in sorted(each.cues):
        yield f"cue {cue} {where}"


def _among(each: Candidate, candidates: Sequence[Candidate]) -> Iterator[str]:
    """Yield how it stands to what else its sentence may report: «خواستار آزادی» is a demand, and no release."""
    others = [other for other in candidates if other.sentence == each.sentence and other.kind is not each.kind]
    around = [other for other in others if other.first < each.first and each.last <= other.last]
    before = [other for other in others if other.first < each.first]
    after = [other for other in others if other.first > each.first]
    if around:
        yield "inside"
        yield f"inside {around[0].kind}"
    if after:
        yield f"followed by {min(after, key=lambda other: other.first).kind}"
    yield f"after {max(before, key=lambda other: other.first).kind}" if before else "leads"


def _ruled(each: Candidate, *, told: bool) -> tuple[str, ...]:
    return (f"ruled {_where(each)}", f"ruled {each.place}") if _is_ruled(each, told=told) else ()


def _is_ruled(each: Candidate, *, told: bool) -> bool:
    """Tell what a rule by hand takes for news: what a title tells, precise phrases below it, or what no title told."""
    if each.strength not in _READ or not each.named:
        return False
    if each.background:
        return False
    if each.place in HEAD:
        return True
    if each.strength is Strength.NOUN:
        return False
    if each.place in {Place.FIRST, Place.SECOND}:
        return each.strength is Strength.PRECISE or not told
    return each.strength is Strength.PRECISE and each.countries >= _PAIR


def _where(each: Candidate) -> str:
    return "in title" if each.place in HEAD else "in text"
