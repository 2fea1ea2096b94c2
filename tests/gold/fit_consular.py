"""Fits the weights that tell a consular fact from a phrase of one in passing: `consular_ranking.toml`.

    python tests/gold/fit_consular.py           how well they do, by cross-validation over articles
    python tests/gold/fit_consular.py write     the same, then the weights of all articles

A candidate is told where its kind is annotated. The weights are a logistic regression's. Most articles of the live mix
are like those of `tune-unlabelled.jsonl`, in which few phrases of consular facts are told.
"""

import os
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from workers.enrich import consular
from workers.enrich.fact_salience import features_of
from workers.enrich.gazetteer import load_gazetteer
from workers.enrich.gold import read_gold, texts_of
from workers.enrich.names import names_of
from workers.enrich.reading import read
from workers.enrich.salience import Ranking
from workers.normalize import Normalizer

PROJECT = Path(__file__).resolve().parent.parent.parent
DATA = Path(os.environ.get("RASAD_DATA", PROJECT.parent / "shared" / "data"))
GOLD = PROJECT / "tests" / "data" / "gold"
SEEDS = PROJECT / "seeds"
FILES = ("tune.jsonl", "tune-more.jsonl", "tune-events.jsonl", "tune-unlabelled.jsonl")
STRENGTH = 0.1
"""Of the weights' freedom (scikit-learn's C): 0.05 to 0.4 did no better by cross-validation."""
THRESHOLD = -0.3
"""F1 by cross-validation is flat from -0.7 to 0.0, and what is found in passing falls."""
FOLDS = 8
SHUFFLES = (1, 2)
SMALLEST = 0.005
"""A weight that is smaller moves nothing."""


@dataclass(frozen=True, slots=True)
class Sample:
    """An annotated article with its candidates: kind and features of each."""

    file: str
    candidates: tuple[tuple[str, tuple[str, ...]], ...]
    annotated: frozenset[str]


def samples() -> Iterator[Sample]:
    """Yield the annotated articles."""
    gazetteer, normalize, lexicon = load_gazetteer(SEEDS / "gazetteer"), Normalizer(), consular.load(SEEDS / "lexicon")
    for file in FILES:
        articles = read_gold(GOLD / file)
        with (DATA / "labelled.jsonl").open(encoding="utf-8") as lines:
            texts = texts_of((article.id for article in articles), lines)
        for gold in articles:
            title, text, _ = texts[gold.id]
            reading = read((("title", title, normalize(title)), ("text", text, normalize(text))))
            found, topics = consular.candidates_of(reading, names_of(reading, gazetteer), lexicon)
            features = features_of([each.mention for each in found], topics)
            candidates = ((each.rule.kind.value, so) for each, so in zip(found, features, strict=True))
            yield Sample(file, tuple(candidates), frozenset(fact.kind.value for fact in gold.consular))


def ranking_of(fitted: Sequence[Sample]) -> Ranking:
    """Return the weights of articles."""
    rows = [(features, kind in sample.annotated) for sample in fitted for kind, features in sample.candidates]
    names = DictVectorizer()
    matrix = names.fit_transform([dict.fromkeys(features, 1.0) for features, _ in rows])
    model = LogisticRegression(C=STRENGTH, max_iter=2000)
    model.fit(matrix, [told for _, told in rows])
    weights = dict(zip(names.get_feature_names_out(), map(float, model.coef_[0]), strict=True))
    kept = {name: round(weight, 3) for name, weight in sorted(weights.items()) if abs(weight) >= SMALLEST}
    return Ranking(threshold=THRESHOLD, bias=round(float(model.intercept_[0]), 3), weights=kept)


def told(sample: Sample, ranking: Ranking) -> frozenset[str]:
    """Return the kinds that are found in an article."""
    best: dict[str, float] = {}
    for kind, features in sample.candidates:
        score = ranking.bias + sum(ranking.weights.get(feature, 0.0) for feature in features)
        if score >= ranking.threshold:
            best[kind] = max(best.get(kind, score), score)
    return frozenset(sorted(best, key=lambda kind: -best[kind])[: consular.MOST])


def cross_validated(all_samples: Sequence[Sample]) -> Iterator[str]:
    """Yield precision, recall and F1 over articles that had no part in the weights."""
    counts: dict[str, list[int]] = {}
    for shuffle in SHUFFLES:
        order = list(all_samples)
        random.Random(shuffle).shuffle(order)
        for fold in range(FOLDS):
            ranking = ranking_of([sample for at, sample in enumerate(order) if at % FOLDS != fold])
            for sample in order[fold::FOLDS]:
                found = told(sample, ranking)
                for name in (sample.file, "all"):
                    sums = counts.setdefault(name, [0, 0, 0])
                    sums[0] += len(sample.annotated)
                    sums[1] += len(found)
                    sums[2] += len(found & sample.annotated)
    for name, (annotated, found, hits) in sorted(counts.items()):
        yield (
            f"{name:22} annotated {annotated // len(SHUFFLES):4} precision {hits / found:.3f} "
            f"recall {hits / annotated:.3f} F1 {2 * hits / (annotated + found):.3f}"
        )


def written(ranking: Ranking) -> str:
    """Return the weights as a file."""
    head = (
        "# What makes a candidate of consular.toml a fact that its article tells: the weight of each thing that\n"
        "# may be so of it (workers/enrich/fact_salience.py), a logistic regression's. Made by\n"
        "# `python tests/gold/fit_consular.py write` of the articles in tests/data/gold/tune*.jsonl;\n"
        "# to be made again when phrases, features or annotations change.\n"
    )
    weights = "".join(f'"{name}" = {weight}\n' for name, weight in ranking.weights.items())
    return f"{head}\nthreshold = {ranking.threshold}\nbias = {ranking.bias}\n\n[weights]\n{weights}"


def main(arguments: list[str]) -> int:
    """Say how well the weights do, and write them."""
    if arguments not in ([], ["write"]):
        sys.stderr.write(f"{__doc__}\n")
        return 2
    all_samples = tuple(samples())
    sys.stdout.writelines(f"{line}\n" for line in cross_validated(all_samples))
    if arguments:
        (SEEDS / "lexicon" / "consular_ranking.toml").write_text(written(ranking_of(all_samples)), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
