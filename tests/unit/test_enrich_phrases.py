"""One language of phrases: what a pattern of the lexicons matches, and where."""

from pathlib import Path

import pytest

from workers.enrich.phrases import Phrases, phrases_of
from workers.enrich.verbs import Verbs, load_verbs

SEEDS = Path(__file__).resolve().parents[2] / "seeds"


@pytest.fixture(scope="module")
def verbs() -> Verbs:
    return load_verbs(SEEDS / "lexicon")


@pytest.mark.parametrize(
    ("pattern", "words", "length"),
    [
        ("گفت‌وگوی تلفنی", "گفت‌وگوی تلفنی", 2),
        ("گفت‌وگوی تلفنی", "گفتوگوی تلفنی", 2),
        ("گفت‌وگوی تلفنی", "گفت وگوی تلفنی", 3),
        ("لغو پرواز+", "لغو پروازهای", 2),
        ("لغو @شدن", "لغو شد", 2),
        ("لغو @شدن", "لغو خواهد شد", 3),
        ("لغو !شدن", "لغو شد", 0),
        ("لغو !شدن", "لغو نشد", 2),
        ("بسته|مسدود @شدن", "مسدود شدند", 2),
        ("متوقف @شدن", "متوقف‌شده", 1),
        ("متوقف !شدن", "متوقف‌شده", 0),
        ("پرواز+ … لغو", "پروازهای تهران به وان لغو", 5),
        ("پرواز+ … لغو", "پرواز شد ؛ بلیت لغو", 0),
        ("لغو", "تعلیق", 0),
    ],
)
def test_a_pattern_is_as_long_as_the_words_that_it_matches(verbs: Verbs, pattern: str, words: str, length: int) -> None:
    texts = words.split()

    assert Phrases([pattern], verbs).length(texts, 0, len(texts)) == length


def test_the_longest_phrase_that_ends_before_a_place_is_found(verbs: Verbs) -> None:
    texts = ["در", "پی", "حمله"]

    assert Phrases(["پی", "در پی"], verbs).length_before(texts, 0, 2) == 2


def test_a_phrase_is_looked_for_by_the_word_that_the_fewest_share(verbs: Verbs) -> None:
    phrase, _ = phrases_of("سفر رسمی @کردن", verbs)

    rare = phrase.anchored({"سفر": 9, "رسمی": 1})

    assert rare.anchor == 1
    assert rare.places(["به", "سفر", "رسمی", "کرد"], 2, 0, 4) == (1, 2, 3)
