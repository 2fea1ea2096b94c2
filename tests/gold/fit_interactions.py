"""Fits the weights by which an article's news is told from what else it names: `interaction_ranking.toml`.

    python tests/gold/fit_interactions.py           how well they do, by cross-validation over articles
    python tests/gold/fit_interactions.py write     the same, then the weights of all articles

A candidate is news where an annotated interaction has its kind and stands in its sentence. The weights are a logistic
regression's; the phrases were made with the older tuning articles in sight, which therefore count half.
"""

import os
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from weights import Example, ranking_of, run, score, write

from workers.enrich import interactions
from workers.enrich.actors import persons
from workers.enrich.facts import Facts
from workers.enrich.gazetteer import load_gazetteer
from workers.enrich.gold import GoldArticle, read_gold, texts_of
from workers.enrich.lexicon_actors import load_actors_lexicon
from workers.enrich.measure_rules import Article, found_place
from workers.enrich.names import names_of
from workers.enrich.reading import read
from workers.enrich.salience import Ranking, features_of
from workers.normalize import Normalizer

PROJECT = Path(__file__).resolve().parent.parent.parent
DATA = Path(os.environ.get("RASAD_DATA", PROJECT.parent / "shared" / "data"))
GOLD = PROJECT / "tests" / "data" / "gold"
SEEDS = PROJECT / "seeds"
FILES = {"tune.jsonl": 0.7, "tune-more.jsonl": 0.7, "tune-events.jsonl": 1.0, "tune-unlabelled.jsonl": 1.0}
"""What an article of each file counts."""
THRESHOLD = -0.95
"""Odds of three to seven: F1 by cross-validation is flat from -1.0 to -0.7."""
FOLDS = 10
HEAD = """\
# What makes a candidate of interactions.toml the news of its article: the weight of each thing that may be
# so of it (workers/enrich/salience.py), a logistic regression's. Made by
# `python tests/gold/fit_interactions.py write` of the articles in tests/data/gold/tune*.jsonl;
# to be made again when phrases, features or annotations change.
"""


@dataclass(frozen=True, slots=True)
class Row:
    """A candidate."""

    kind: str
    sentence: str
    features: tuple[str, ...]
    news: bool


@dataclass(frozen=True, slots=True)
class Sample:
    """An annotated article with its candidates."""

    file: str
    rows: tuple[Row, ...]
    annotated: tuple[tuple[str, str], ...]
    """Kind and sentence."""


def samples() -> Iterator[Sample]:
    """Yield the annotated articles."""
    gazetteer, normalize = load_gazetteer(SEEDS / "gazetteer"), Normalizer()
    actors, lexicon = load_actors_lexicon(SEEDS / "lexicon"), interactions.load(SEEDS / "lexicon")
    for file in FILES:
        articles = read_gold(GOLD / file)
        with (DATA / "labelled.jsonl").open(encoding="utf-8") as lines:
            texts = texts_of((article.id for article in articles), lines)
        for gold in articles:
            title, text, _ = texts[gold.id]
            article = Article(gold, {"title": title, "text": text}, Facts())
            reading = read((("title", title, normalize(title)), ("text", text, normalize(text))))
            names = names_of(reading, gazetteer)
            found, scene = interactions.candidates_of(reading, names, persons(reading, names, actors), lexicon)
            annotated = tuple(_annotated(article, gold))
            rows = [
                (
                    each.candidate.kind.value,
                    article.sentence(
                        found_place(reading.span(each.hit.spot(reading.passages[each.told.news.passage])))
                    ),
                    features,
                )
                for each, features in zip(found, features_of([each.candidate for each in found], scene), strict=True)
            ]
            yield Sample(file, tuple(Row(*row, row[:2] in annotated) for row in rows), annotated)


def _annotated(article: Article, gold: GoldArticle) -> Iterator[tuple[str, str]]:
    for each in gold.interactions:
        yield each.kind.value, article.sentence(article.marked(each.trigger))


def fitted(samples_of: Sequence[Sample]) -> Ranking:
    """Return the weights of articles."""
    rows = [(row, FILES[sample.file]) for sample in samples_of for row in sample.rows]
    return ranking_of([Example(row.features, row.news, counts) for row, counts in rows], THRESHOLD)


def right(sample: Sample, ranking: Ranking) -> tuple[int, int]:
    """Return how many interactions are found in an article, and how many of them are annotated."""
    best: dict[str, tuple[float, str]] = {}
    for row in sample.rows:
        scored = (score(row.features, ranking), row.sentence)
        if scored[0] >= ranking.threshold:
            best[row.kind] = max(best.get(row.kind, scored), scored)
    kept = sorted(best.items(), key=lambda each: -each[1][0])[: interactions.MOST]
    return len(kept), sum((kind, sentence) in sample.annotated for kind, (_, sentence) in kept)


def cross_validated(all_samples: Sequence[Sample]) -> Iterator[str]:
    """Yield precision, recall and F1 over articles that had no part in the weights."""
    order = list(all_samples)
    random.Random(1).shuffle(order)
    counts: dict[str, list[int]] = {}
    for fold in range(FOLDS):
        ranking = fitted([sample for at, sample in enumerate(order) if at % FOLDS != fold])
        for sample in order[fold::FOLDS]:
            found, hits = right(sample, ranking)
            for name in (sample.file, "all"):
                sums = counts.setdefault(name, [0, 0, 0])
                sums[0] += len(sample.annotated)
                sums[1] += found
                sums[2] += hits
    for name, (annotated, found, hits) in sorted(counts.items()):
        yield (
            f"{name:18} annotated {annotated:4} found {found:4} precision {hits / found:.3f} "
            f"recall {hits / annotated:.3f} F1 {2 * hits / (annotated + found):.3f}"
        )


def save(read: Sequence[Sample]) -> None:
    """Write the weights of articles where the enrichment reads them."""
    write(fitted(read), SEEDS / "lexicon" / "interaction_ranking.toml", HEAD)


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:], __doc__, samples, cross_validated, save))
