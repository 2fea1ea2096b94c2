"""The articles that were written for the project: whole, unlike each other, and unlike any article of the data folder.

Knows nothing of what a model makes of them.
"""

import json
import re
import tomllib
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path

import pytest

SEEDS = Path(__file__).resolve().parents[2] / "seeds"
OWN = SEEDS / "labelled" / "own.jsonl"
FIELDS = {"id", "source", "date", "title", "text", "labels", "sure", "readers"}
SOURCES = {"own/agency", "own/channel", "own/newspaper", "own/dari", "own/diaspora"}
FEWEST = 900
FEWEST_PER_LABEL = 160
FEWEST_WITHOUT = 380
FEWEST_OF_SEVERAL = 35
PHRASE_WORDS = 5
MOST_WITH_A_PHRASE = 3
"""More would teach the phrase."""
ARABIC_FORMS = set("يكىةۀ٠١٢٣٤٥٦٧٨٩ـ")
SHINGLE_WORDS = 2
"""Pairs of words: many articles are headlines of ten words."""
BEGINNING = 500
"""Characters that are compared: near-duplicates agree in how they begin."""
ALIKE = 0.5

type Article = dict[str, object]


def _read(path: Path) -> list[Article]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def _whole(article: Article) -> str:
    return f"{article['title']}\n{article['text']}"


def _shingles(text: str, size: int = SHINGLE_WORDS) -> set[str]:
    words = re.findall(r"[^\W\d_]+", text.replace("\u200c", ""))
    return {" ".join(words[at : at + size]) for at in range(max(1, len(words) - size + 1))}


def _alike(own: Iterable[tuple[str, str]], others: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the pairs of ids whose texts share half of their shingles or more (Jaccard), an id not with itself."""
    mine = {name: _shingles(text[:BEGINNING]) for name, text in own}
    where: defaultdict[str, list[str]] = defaultdict(list)
    for name, shingles in mine.items():
        for shingle in shingles:
            where[shingle].append(name)
    found = []
    for other, text in others:
        shingles = _shingles(text[:BEGINNING])
        shared = Counter(name for shingle in shingles for name in where.get(shingle, ()) if name != other)
        found += [(name, other) for name, n in shared.items() if n >= ALIKE * (len(shingles) + len(mine[name]) - n)]
    return found


@pytest.fixture(scope="module")
def own() -> list[Article]:
    """Return the project's own articles."""
    return _read(OWN)


def test_every_own_article_has_the_fields_of_the_data_and_known_labels(own: list[Article]) -> None:
    known = {label["name"] for label in tomllib.loads((SEEDS / "labels.toml").read_text("utf-8"))["label"]}

    for article in own:
        labels = article["labels"]
        assert set(article) == FIELDS, article["id"]
        assert article["source"] in SOURCES, article["id"]
        assert isinstance(labels, list)
        assert set(labels) <= known, article["id"]
        assert labels == sorted(set(labels)), article["id"]
        assert isinstance(article["sure"], bool), article["id"]
        assert _whole(article).strip(), article["id"]


def test_own_articles_are_numbered_without_gap_or_repetition(own: list[Article]) -> None:
    assert [article["id"] for article in own] == [f"own-{number:04d}" for number in range(1, len(own) + 1)]


def test_own_articles_are_nfc_and_in_persian_letters(own: list[Article]) -> None:
    for article in own:
        text = _whole(article)
        assert unicodedata.is_normalized("NFC", text), article["id"]
        assert not ARABIC_FORMS & set(text), article["id"]


def test_there_are_own_articles_of_every_label_of_several_and_of_none(own: list[Article]) -> None:
    label_sets = [article["labels"] for article in own]
    assert all(isinstance(labels, list) for labels in label_sets)
    counts = Counter(label for labels in label_sets if isinstance(labels, list) for label in labels)

    assert len(own) >= FEWEST
    assert len(counts) == 3
    assert min(counts.values()) >= FEWEST_PER_LABEL, counts
    assert label_sets.count([]) >= FEWEST_WITHOUT
    assert sum(isinstance(labels, list) and len(labels) > 1 for labels in label_sets) >= FEWEST_OF_SEVERAL


def test_no_phrase_stands_in_more_than_three_own_articles(own: list[Article]) -> None:
    counts = Counter(phrase for article in own for phrase in _shingles(_whole(article), PHRASE_WORDS))

    assert [phrase for phrase, count in counts.items() if count > MOST_WITH_A_PHRASE] == []


def test_no_two_own_articles_are_alike(own: list[Article]) -> None:
    texts = [(str(article["id"]), _whole(article)) for article in own]

    assert _alike(texts, texts) == []


def test_no_own_article_repeats_one_of_the_data_folder(own: list[Article], data_dir: Path) -> None:
    texts = [(str(article["id"]), _whole(article)) for article in own]
    others = [(str(article["id"]), _whole(article)) for article in _read(data_dir / "labelled.jsonl")]

    assert _alike(texts, others) == []
