"""Concepts: what they stand for is data, and what sentences bring together is counted and explained exactly."""

from pathlib import Path

import numpy as np
import pytest

from ingest.service.errors import UsageError
from workers.classify.concepts import (
    NO_CONCEPT,
    Concept,
    ConceptReading,
    ConceptTable,
    ConceptWeights,
    load_concepts,
    read_concepts,
)
from workers.classify.features import Neighbours, pair_keys
from workers.classify.vocabulary import BREAK, UNKNOWN

WORDS = ("سفارت", "کنسولگری", "کنسولی", "بازداشت", "امور", "خارجه", "وزیر")
CONCEPTS = (
    Concept(name="mission", forms=("سفارت", "کنسول*")),
    Concept(name="arrest", forms=("بازداشت",)),
    Concept(name="ministry", forms=("امور خارجه", "وزیر خارج*")),
)
MISSION, ARREST, MINISTRY = range(3)
IDS = {word: at for at, word in enumerate(WORDS, start=1)}


def ids(*words: str) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array([BREAK if word == "." else IDS.get(word, UNKNOWN) for word in words], dtype=np.int64)


def read(table: ConceptTable, words: np.ndarray[tuple[int], np.dtype[np.int64]]) -> ConceptReading:
    keys = pair_keys(words)
    return read_concepts(table, words, np.flatnonzero(words == BREAK), Neighbours(keys, np.arange(len(keys))))


def meetings(reading: ConceptReading, first: int, second: int) -> int:
    at = {concept: place for place, concept in enumerate(reading.concepts.tolist())}
    return int(reading.counts[at[first], at[second]]) if {first, second} <= at.keys() else 0


@pytest.fixture
def table() -> ConceptTable:
    return ConceptTable.of(CONCEPTS, WORDS)


def test_a_star_stands_for_any_end_of_the_word(table: ConceptTable) -> None:
    found = {word: table.of_word[at].max() for word, at in IDS.items()}

    assert found["سفارت"] == found["کنسولگری"] == found["کنسولی"] == MISSION
    assert found["بازداشت"] == ARREST
    assert found["امور"] == found["خارجه"] == NO_CONCEPT
    assert (table.of_word[UNKNOWN] == NO_CONCEPT).all()


def test_two_words_are_a_concept_only_next_to_each_other(table: ConceptTable) -> None:
    together = read(table, ids("وزیر", "خارجه", ".", "امور", "خارجه"))
    apart = read(table, ids("خارجه", "وزیر", "سفارت", "امور", ".", "خارجه"))

    assert meetings(together, MINISTRY, MINISTRY) == 2
    assert meetings(apart, MINISTRY, MINISTRY) == 0


def test_concepts_meet_within_a_sentence_only(table: ConceptTable) -> None:
    together = read(table, ids("سفارت", "بازداشت", "سفارت", ".", "کنسولی", "بازداشت"))
    apart = read(table, ids("سفارت", ".", "بازداشت"))

    assert meetings(together, MISSION, ARREST) == 2
    assert meetings(apart, MISSION, ARREST) == 0
    assert meetings(apart, MISSION, MISSION) == meetings(apart, ARREST, ARREST) == 1


def test_a_reading_holds_the_concepts_that_stand_there_and_no_others(table: ConceptTable) -> None:
    reading = read(table, ids("وزیر", "خارجه", ".", "سفارت"))

    assert reading.concepts.tolist() == [MISSION, MINISTRY]
    assert reading.counts.tolist() == [[1, 0], [0, 1]]
    assert read(table, ids("وزیر")).concepts.tolist() == []


def test_the_words_that_a_concept_has_are_known_also_those_of_pairs(table: ConceptTable) -> None:
    assert {WORDS[at - 1] for at in table.words()} == set(WORDS)


def test_shares_of_marks_add_up_to_the_score_without_its_constant(table: ConceptTable) -> None:
    weights = np.random.default_rng(2).normal(size=(2, 3, 3)).astype(np.float32)
    scorer = ConceptWeights(np.triu(weights), np.array([0.5, -0.5], dtype=np.float32))
    reading = read(table, ids("سفارت", "بازداشت", "کنسولی", ".", "وزیر", "خارجه", "سفارت", ".", "سفارت"))

    for label in range(2):
        expected = scorer.scores(reading)[label] - scorer.bias[label]
        assert scorer.shares(reading, label)[1].sum() == pytest.approx(expected, abs=1e-5)


def test_two_concepts_that_meet_have_equal_shares_and_so_have_both_words_of_a_pair(table: ConceptTable) -> None:
    weights = np.zeros((1, 3, 3), dtype=np.float32)
    weights[0, MISSION, MINISTRY] = 4
    reading = read(table, ids("سفارت", "وزیر", "خارجه"))

    places, shares = ConceptWeights(weights, np.zeros(1, dtype=np.float32)).shares(reading, 0)

    by_place = dict(zip(places.tolist(), shares.tolist(), strict=True))
    assert by_place[0] == pytest.approx(2 * by_place[1])
    assert by_place[1] == pytest.approx(by_place[2])


def test_without_concepts_everything_scores_the_constant() -> None:
    nothing = ConceptTable.of((), WORDS)
    reading = read(nothing, ids("سفارت", "بازداشت"))
    scorer = ConceptWeights(np.zeros((1, 0, 0), dtype=np.float32), np.array([0.25], dtype=np.float32))

    assert scorer.scores(reading).tolist() == [0.25]
    assert scorer.shares(reading, 0)[1].tolist() == []


def test_the_shipped_concepts_can_be_read() -> None:
    concepts = load_concepts(Path(__file__).resolve().parents[2] / "seeds" / "concepts.toml")

    assert len(concepts) > 150


def test_a_seeds_folder_without_concepts_has_none(tmp_path: Path) -> None:
    assert load_concepts(tmp_path / "concepts.toml") == ()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('[[concept]]\nname = "a"\nforms = []', r"concept\[0\].forms"),
        ('[[concept]]\nname = "a"\nforms = ["یک دو سه"]', "one or two words"),
        ('[[concept]]\nname = "a"\nforms = ["..."]', "one or two words"),
        ('[[concept]]\nname = "a"\nforms = ["سف*ارت"]', "may only end a form"),
        ('[[concept]]\nname = "a"\nforms = ["مرز", "مرز"]', "stands there twice"),
        ('[[concept]]\nname = "A b"\nforms = ["مرز"]', r"concept\[0\].name"),
        ('[[concept]]\nname = "a"\nforms = ["مرز"]\n\n[[concept]]\nname = "a"\nforms = ["ویزا"]', "'a' stands there"),
        ('[[concept]]\nname = "a"\nforms = ["مرز"]\nweight = 2', r"concept\[0\].weight"),
    ],
)
def test_unusable_concepts_are_refused_with_the_reason(tmp_path: Path, text: str, reason: str) -> None:
    path = tmp_path / "concepts.toml"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(UsageError, match=reason):
        load_concepts(path)
