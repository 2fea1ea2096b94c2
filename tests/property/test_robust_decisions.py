"""Writing an article otherwise changes no decision: letters, digits, spaces, ZWNJ and marks are the writer's habit.

Of 500 articles, most of them labelled, none had another decision in any of these ways. With the model before, on 1,500
articles, spaces in place of ZWNJ changed 9 of 4,500: hazm joins the words that it knows, and the rest stay two. All of
these scores were near a threshold.
"""

import json
import random
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from workers.article import Decision
from workers.classify.model import Classifier
from workers.normalize import Normalizer

SEEDS = Path(__file__).resolve().parents[2] / "seeds"
ZWNJ = "\u200c"
PERSIAN, ARABIC, LATIN = "یک۰۱۲۳۴۵۶۷۸۹", "يك٠١٢٣٤٥٦٧٨٩", "یک0123456789"

REWRITTEN: dict[str, Callable[[str], str]] = {
    "Arabic letters and digits": lambda text: text.translate(str.maketrans(PERSIAN, ARABIC)),
    "Latin digits": lambda text: text.translate(str.maketrans(PERSIAN, LATIN)),
    "alef maksura for yeh": lambda text: text.replace("ی", "ى"),
    "no ZWNJ": lambda text: text.replace(ZWNJ, ""),
    "double spaces": lambda text: text.replace(" ", "  "),
    "no-break spaces": lambda text: text.replace(" ", "\u00a0"),
    "tatweel": lambda text: text.replace("ا", "ـا"),
    "diacritics": lambda text: text.replace("ر", "ر\u064e"),
    "carriage returns": lambda text: text.replace("\n", "\r\n"),
    "much of this at once": lambda text: (
        text.translate(str.maketrans(PERSIAN, ARABIC)).replace(ZWNJ, "").replace(" ", "  ").replace("ا", "ـا")
    ),
}
SPACED = "spaces for ZWNJ"


@pytest.fixture(scope="module")
def changes(data_dir: Path) -> Counter[tuple[str, bool]]:
    """Return how many decisions changed by way of writing, and by whether an assignment came or went."""
    normalizer, classifier = Normalizer(), Classifier.load(SEEDS)

    @cache  # nearly nine in ten rewritten articles are the published one again when they are normalized
    def decided(title: str, text: str) -> list[Decision]:
        return [result.decision for result in classifier.classify_texts((title, "", text), (title, "", text))]

    def decisions(title: str, text: str) -> list[Decision]:
        return decided(normalizer(title), normalizer(text))

    changed: Counter[tuple[str, bool]] = Counter()
    ways = {**REWRITTEN, SPACED: lambda text: text.replace(ZWNJ, " ")}
    for row in sample(data_dir):
        as_published = decisions(row["title"], row["text"])
        for way, rewrite in ways.items():
            for was, now in zip(as_published, decisions(rewrite(row["title"]), rewrite(row["text"])), strict=True):
                changed[way, Decision.ASSIGNED in {was, now}] += was is not now
    return changed


def sample(data_dir: Path) -> list[dict[str, str]]:
    with (data_dir / "labelled.jsonl").open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    rng = random.Random(7)
    return [*rng.sample([row for row in rows if row["labels"]], 300), *rng.sample(rows, 200)]


def test_the_other_ways_of_writing_change_next_to_no_decision(changes: Counter[tuple[str, bool]]) -> None:
    assert sum(changes[way, assigned] for way in REWRITTEN for assigned in (True, False)) <= 2
    assert sum(changes[way, True] for way in REWRITTEN) == 0


def test_spaces_for_zwnj_change_few_decisions(changes: Counter[tuple[str, bool]]) -> None:
    assert changes[SPACED, True] <= 1
    assert changes[SPACED, False] <= 6
