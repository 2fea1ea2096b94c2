"""Recognising the language and classifying, beside bare hazm over the same texts: never-seen texts of one length.

Knows nothing of Kafka. The texts are normalized beforehand; what the classifier remembers comes from other texts.
"""

import time
from collections.abc import Callable, Iterator
from itertools import pairwise

import hazm
from articles import Replayed, joined
from figures import Figure, in_turns, per_second
from run import Run

from ingest.service.settings import seeds_dir
from workers.classify.features import article_parts, encode
from workers.classify.model import Classifier
from workers.language import Recogniser
from workers.normalize import Normalizer

LENGTHS = (3_000, 1_600)
TARGET = 1 / 0.15
"""Classifying a text takes at most so much of the time that hazm takes to normalize it."""

type Fields = tuple[str, str, str]


def figures(run: Run) -> list[Figure]:
    """Return language and labels at both lengths."""
    run.tell("classify: warming up")
    replay = iter(run.articles)
    normalizer, classifier, yardstick = Normalizer(), Classifier.load(seeds_dir()), hazm.Normalizer()
    for normalized, published in _drawn(replay, normalizer, 2 * run.sizes.articles, LENGTHS[0]):
        classifier.classify_texts(normalized, published)
    found = []
    for length in LENGTHS:
        run.tell(f"classify: texts of {length} characters")
        found += _at(run, length, lambda length=length: _drawn(replay, normalizer, run.sizes.articles, length),
                     classifier, yardstick)  # fmt: skip
    return found


def _at(
    run: Run,
    length: int,
    draw: Callable[[], list[tuple[Fields, Fields]]],
    classifier: Classifier,
    yardstick: hazm.Normalizer,
) -> list[Figure]:
    """Measure texts of one length; every pair has texts of its own."""
    pairs = [draw() for _ in range(run.sizes.pairs)]
    recogniser = Recogniser()
    spent = {"reading into ids": 0.0, "scores": 0.0, "decisions and evidence": 0.0}

    def classified(pair: int) -> float:
        return per_second(len(pairs[pair]), lambda: [classifier.classify_texts(*both) for both in pairs[pair]])

    def recognised(pair: int) -> float:
        return per_second(len(pairs[pair]), lambda: [recogniser((text[0], text[2])) for _, text in pairs[pair]])

    def bare(pair: int) -> float:
        return per_second(len(pairs[pair]), lambda: [yardstick.normalize(text[2]) for _, text in pairs[pair]])

    theirs, ours, language = in_turns(run.sizes.pairs, bare, classified, recognised)
    for drawn in pairs:
        _add_parts(spent, classifier, drawn)
    facts: dict[str, float | str] = {"characters of a text": length, "articles a side": len(pairs[0])}
    shares = {part: seconds / sum(spent.values()) for part, seconds in spent.items()}
    kind = "long" if length == LENGTHS[0] else "short"
    name = f"classify {length:,} characters"
    return [
        Figure(f"classify.{kind}", name, "articles/s", ours, "bare hazm", theirs,
               TARGET if kind == "long" else None, shares, facts | {"model": classifier.model_id}),
        Figure(f"language.{kind}", f"language of {length:,} characters", "articles/s", language, "bare hazm", theirs,
               facts=facts),
    ]  # fmt: skip


def _add_parts(spent: dict[str, float], classifier: Classifier, drawn: list[tuple[Fields, Fields]]) -> None:
    """Add what each part takes of texts that were seen once."""
    for normalized, published in drawn:
        parts = tuple(part for _, part in article_parts(*normalized))
        times = [time.perf_counter()]
        sequence, _ = encode(parts, classifier._vocabulary.look_up)
        times.append(time.perf_counter())
        classifier._scorer.scores(sequence)
        times.append(time.perf_counter())
        classifier.classify_texts(normalized, published)
        times.append(time.perf_counter())
        reading, scores, whole = (after - before for before, after in pairwise(times))
        for part, seconds in zip(spent, (reading, scores, max(0.0, whole - reading - scores)), strict=True):
            spent[part] += seconds


def _drawn(replay: Iterator[Replayed], normalizer: Normalizer, count: int, chars: int) -> list[tuple[Fields, Fields]]:
    """Return normalized and published title, summary and text of so many articles of one length."""
    texts = [(article.title, "", article.text) for article in joined(replay, count, chars)]
    return [((normalizer(title), "", normalizer(text)), (title, "", text)) for title, _, text in texts]
