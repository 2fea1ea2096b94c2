"""What is left of an article without some words, worked out from what is taken away, is what a new reading finds."""

import json
import random
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from workers.classify.features import Sequence, article_parts, encode
from workers.classify.model import Classifier
from workers.classify.pieces import Ints
from workers.classify.shares import Explanation
from workers.classify.vocabulary import BREAK, UNKNOWN
from workers.normalize import Normalizer

SEEDS = Path(__file__).resolve().parents[2] / "seeds"
ARTICLES = 60
MORE_THAN_THERE_IS_WORTH_FOR = 1_500
NEAR = 2e-3
"""Of log-odds: products of single precision, in another order."""


@pytest.fixture(scope="module")
def classifier() -> Classifier:
    return Classifier.load(SEEDS)


@pytest.fixture(scope="module")
def articles(classifier: Classifier) -> list[Sequence]:
    """Return articles of the project's own, every third of them three in one."""
    normalizer = Normalizer()
    with (SEEDS / "labelled" / "own.jsonl").open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in islice(lines, 2 * ARTICLES)]
    found = []
    for at in range(ARTICLES):
        text = "\n".join(row["text"] for row in rows[at : at + (3 if at % 3 == 0 else 1)])
        parts = article_parts(normalizer(rows[at]["title"]), "", normalizer(text))
        found.append(encode(tuple(part for _, part in parts), classifier._vocabulary.look_up)[0])
    often = " ".join(["پرواز تهران به رم از فردا"] * MORE_THAN_THERE_IS_WORTH_FOR)
    found.append(encode((f"{often} لغو شد. سفارت اعلام کرد.",), classifier._vocabulary.look_up)[0])
    return found


def explained(classifier: Classifier, sequence: Sequence, label: int) -> Explanation:
    return Explanation(classifier._tables[label], classifier._scorer.scores(sequence), len(sequence.words))


def read_anew(sequence: Sequence, places: Ints) -> Sequence:
    """Return the article with unknown words at these places."""
    words, rows = sequence.words.copy(), sequence.rows.copy()
    words[places], rows[places] = UNKNOWN, UNKNOWN
    return sequence._replace(words=words, rows=rows)


def taken_out(sequence: Sequence) -> list[Ints]:
    """Return few words, neighbours, many, the first section, and all, none of which is a break."""
    rng, words = random.Random(3), np.flatnonzero(sequence.words != BREAK)
    some = [words[sorted(rng.sample(range(len(words)), len(words) // share))] for share in (20, 2)]
    return [*some, words[3:9], words[sequence.sections[words] == 0], words, words[:0]]


def test_without_some_words_log_odds_and_shares_are_those_of_a_new_reading(
    classifier: Classifier, articles: list[Sequence]
) -> None:
    for sequence in articles:
        for label in range(len(classifier.labels)):
            whole = explained(classifier, sequence, label)
            for places in taken_out(sequence):
                anew = explained(classifier, read_anew(sequence, places), label)

                rest = whole.without(places)

                assert rest.log_odds == pytest.approx(anew.whole.log_odds, abs=NEAR)
                assert whole.shares(rest).sum() == pytest.approx(anew.shares(anew.whole).sum(), abs=NEAR)
                assert np.abs(whole.shares(rest)[places]).max(initial=0.0) == pytest.approx(0.0, abs=NEAR)


def test_the_shares_of_all_words_add_up_to_what_they_make_of_the_constants(
    classifier: Classifier, articles: list[Sequence]
) -> None:
    for sequence in articles:
        for label in range(len(classifier.labels)):
            whole = explained(classifier, sequence, label)
            nothing = explained(classifier, read_anew(sequence, np.flatnonzero(sequence.words != BREAK)), label)

            shares = whole.shares(whole.whole)

            assert shares.sum() == pytest.approx(whole.whole.log_odds - nothing.whole.log_odds, abs=NEAR)
