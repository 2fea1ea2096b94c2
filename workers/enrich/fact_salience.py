"""Which facts that an article names are told by it, and which only in passing: the features of each candidate.

Knows nothing of phrases or texts, and nothing of what a kind means. The weights are in `seeds/lexicon/*_ranking.toml`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from workers.enrich.salience import HEAD, Place, Ranking

_MOST = 3
"""Counts above it are taken for it."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A fact that a sentence may tell."""

    kind: str
    place: Place
    sure: bool
    """Whether the phrase is one that is seldom said in passing."""
    countries: int
    """How many the sentence names."""
    foreign: bool
    """Whether one of them is not ours."""
    whom: str
    """To whom it happens."""
    cues: frozenset[str]
    """Classes of words in its sentence."""


def scores(mentions: Sequence[Mention], topics: frozenset[str], ranking: Ranking) -> list[float]:
    """Return the score of each mention: the log odds that the article tells it."""
    weights = ranking.weights
    return [
        ranking.bias + sum(weights.get(feature, 0.0) for feature in features)
        for features in features_of(mentions, topics)
    ]


def features_of(mentions: Sequence[Mention], topics: frozenset[str]) -> Iterator[tuple[str, ...]]:
    """Yield the features of each mention: what is so, by name; of `topics` the article has many words."""
    titled = {each.kind for each in mentions if each.place in HEAD}
    about = tuple(f"topic {topic}" for topic in sorted(topics))
    for each in mentions:
        yield (
            *_alone(each),
            *_with_kind(each),
            f"{each.place} kind in title {each.kind in titled}",
            *about,
        )


def _alone(each: Mention) -> Iterator[str]:
    yield f"place {each.place}"
    yield f"countries {min(_MOST, each.countries)}"
    yield f"foreign {each.foreign}"
    family = each.kind.partition("_")[0]
    yield f"{family} whom {each.whom}"
    yield f"{family} whom {each.whom} {'in title' if each.place in HEAD else 'in text'}"
    yield f"sure {each.sure}"
    yield f"sure {each.sure} {each.place}"
    for cue in sorted(each.cues):
        yield f"cue {cue}"


def _with_kind(each: Mention) -> Iterator[str]:
    yield f"kind {each.kind}"
    yield f"{each.kind} {each.place}"
    yield f"{each.kind} whom {each.whom}"
    yield f"{each.kind} foreign {each.foreign}"
    for cue in sorted(each.cues):
        yield f"{each.kind} cue {cue}"
