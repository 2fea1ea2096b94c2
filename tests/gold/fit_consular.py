"""Fits the weights that tell a consular fact from a phrase of one in passing: `consular_ranking.toml`.

    python tests/gold/fit_consular.py           how well they do, by cross-validation over articles
    python tests/gold/fit_consular.py write     the same, then the weights of all articles

A candidate is told where its kind is annotated. The weights are a logistic regression's. Most articles of the live mix
are like those of `tune-unlabelled.jsonl`, in which few phrases of consular facts are told, or speak of no other country
at all: of these some that no label was given to stand for the rest, and tell nothing.
"""

import hashlib
import json
import os
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from weights import Example, ranking_of, run, score, write

from workers.enrich import consular
from workers.enrich.fact_salience import features_of
from workers.enrich.gazetteer import Gazetteer, load_gazetteer
from workers.enrich.gazetteer_entries import EntryKind
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
AT_HOME = "at home"
HOME_ARTICLES = 1000
"""Without a label, without another country and without travellers."""
_TRAVELLERS = "journeys"
"""A class of words of `consular.toml`: pilgrims go abroad without a word for where."""
THRESHOLD = -0.4
"""F1 by cross-validation is flat from -0.6 to -0.2."""
FOLDS = 8
HEAD = """\
# What makes a candidate of consular.toml a fact that its article tells: the weight of each thing that
# may be so of it (workers/enrich/fact_salience.py), a logistic regression's. Made by
# `python tests/gold/fit_consular.py write` of the articles in tests/data/gold/tune*.jsonl;
# to be made again when phrases, features or annotations change.
"""
SHUFFLES = (1, 2)


@dataclass(frozen=True, slots=True)
class Sample:
    """An annotated article with its candidates: kind and features of each."""

    file: str
    candidates: tuple[tuple[str, tuple[str, ...]], ...]
    annotated: frozenset[str]


@dataclass(frozen=True, slots=True)
class Reader:
    """What an article is read with."""

    gazetteer: Gazetteer
    normalize: Normalizer
    lexicon: consular.ConsularLexicon

    def sample(self, file: str, title: str, text: str, annotated: frozenset[str]) -> Sample:
        """Return an article with its candidates."""
        reading = read((("title", title, self.normalize(title)), ("text", text, self.normalize(text))))
        found, topics = consular.candidates_of(reading, names_of(reading, self.gazetteer), self.lexicon)
        features = features_of([each.mention for each in found], topics)
        candidates = ((each.rule.kind.value, so) for each, so in zip(found, features, strict=True))
        return Sample(file, tuple(candidates), annotated)

    def is_at_home(self, text: str) -> bool:
        """Tell a text that names no country, or ours alone, and nobody who travels."""
        reading = read((("text", text, self.normalize(text)),))
        named = names_of(reading, self.gazetteer).of(EntryKind.COUNTRY)
        if any(country.entry.id != self.lexicon.parties.our_country for _, country in named):
            return False
        return all(_TRAVELLERS not in self.lexicon.cues.get(word, ()) for word in reading.passages[0].texts)


def samples() -> Iterator[Sample]:
    """Yield the annotated articles, then those at home."""
    reader = Reader(load_gazetteer(SEEDS / "gazetteer"), Normalizer(), consular.load(SEEDS / "lexicon"))
    for file in FILES:
        articles = read_gold(GOLD / file)
        with (DATA / "labelled.jsonl").open(encoding="utf-8") as lines:
            texts = texts_of((article.id for article in articles), lines)
        for gold in articles:
            title, text, _ = texts[gold.id]
            yield reader.sample(file, title, text, frozenset(fact.kind.value for fact in gold.consular))
    rows = (row for row in _without_label() if reader.is_at_home(f"{row['title']}\n{row['text']}"))
    for row in islice(rows, HOME_ARTICLES):
        yield reader.sample(AT_HOME, row["title"], row["text"], frozenset())


def _without_label() -> list[Any]:
    """Return rows of the tune half without label or annotation, in the order of a digest of their ids."""
    annotated = {article.id for file in FILES for article in read_gold(GOLD / file)}
    with (DATA / "labelled.jsonl").open(encoding="utf-8") as lines:
        rows = [row for row in map(json.loads, lines) if not row["labels"] and row["id"] not in annotated]
    tuning = [row for row in rows if hashlib.sha256(f"half/{row['id']}".encode()).digest()[0] % 2 == 0]
    return sorted(tuning, key=lambda row: hashlib.sha256(f"home/{row['id']}".encode()).digest())


def fitted(samples_of: Sequence[Sample]) -> Ranking:
    """Return the weights of articles."""
    rows = [(features, kind in sample.annotated) for sample in samples_of for kind, features in sample.candidates]
    return ranking_of([Example(*row) for row in rows], THRESHOLD)


def told(sample: Sample, ranking: Ranking) -> frozenset[str]:
    """Return the kinds that are found in an article."""
    best: dict[str, float] = {}
    for kind, features in sample.candidates:
        scored = score(features, ranking)
        if scored >= ranking.threshold:
            best[kind] = max(best.get(kind, scored), scored)
    return frozenset(sorted(best, key=lambda kind: -best[kind])[: consular.MOST])


def cross_validated(all_samples: Sequence[Sample]) -> Iterator[str]:
    """Yield precision, recall and F1 over articles that had no part in the weights."""
    counts: dict[str, list[int]] = {}
    for shuffle in SHUFFLES:
        order = list(all_samples)
        random.Random(shuffle).shuffle(order)
        for fold in range(FOLDS):
            ranking = fitted([sample for at, sample in enumerate(order) if at % FOLDS != fold])
            for sample in order[fold::FOLDS]:
                found = told(sample, ranking)
                for name in (sample.file, "all"):
                    sums = counts.setdefault(name, [0, 0, 0])
                    sums[0] += len(sample.annotated)
                    sums[1] += len(found)
                    sums[2] += len(found & sample.annotated)
    for name, (annotated, found, hits) in sorted(counts.items()):
        yield (
            f"{name:22} annotated {annotated // len(SHUFFLES):4} found {found // len(SHUFFLES):4} "
            f"right {hits // len(SHUFFLES):4} F1 {2 * hits / (annotated + found):.3f}"
        )


def save(read: Sequence[Sample]) -> None:
    """Write the weights of articles where the enrichment reads them."""
    write(fitted(read), SEEDS / "lexicon" / "consular_ranking.toml", HEAD)


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:], __doc__, samples, cross_validated, save))
