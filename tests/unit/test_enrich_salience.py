"""Which candidates are an article's news: features, weights, and the file that holds them."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from ingest.service.errors import UsageError
from workers.enrich.kinds import InteractionKind, Modality
from workers.enrich.salience import Candidate, Place, Ranking, Scene, Strength, features_of, load_ranking, scores

LEXICON = Path(__file__).resolve().parents[2] / "seeds" / "lexicon"
SCENE = Scene(sentences=8, topics=frozenset())
MEETING = Candidate(
    kind=InteractionKind.MEETING,
    strength=Strength.PRECISE,
    place=Place.TITLE,
    sentence=0,
    first=4,
    last=4,
    words=("دیدار",),
    modality=Modality.ACTUAL,
    verb=False,
    words_before=4,
    words_after=3,
    countries=2,
    named=True,
    persons=1,
    background=False,
    speech=False,
    before="",
    cues=frozenset({"officials"}),
)


@pytest.fixture(scope="module")
def ranking() -> Ranking:
    return load_ranking(LEXICON)


def features(*candidates: Candidate) -> list[tuple[str, ...]]:
    return list(features_of(candidates, SCENE))


def test_what_a_title_tells_is_news_and_a_vague_word_far_below_is_none(ranking: Ranking) -> None:
    deep = replace(MEETING, place=Place.DEEP, sentence=7, strength=Strength.VAGUE, countries=0, persons=0)

    above, below = scores([MEETING, deep], SCENE, ranking)

    assert above > ranking.threshold > below


def test_a_score_is_the_bias_with_the_weights_of_what_is_so() -> None:
    weighted = Ranking(threshold=0.0, bias=-1.0, weights={"kind meeting": 0.5, "kind visit": 4.0, "named True": 2.0})

    assert scores([MEETING], SCENE, weighted) == [1.5]


def test_what_is_asked_for_stands_inside_the_asking() -> None:
    asking = replace(MEETING, kind=InteractionKind.DEMAND, first=2, last=8)
    release = replace(MEETING, kind=InteractionKind.RELEASE, first=4, last=5)

    of_asking, of_release = features(asking, release)

    assert {"leads", "followed by release"} <= {*of_asking}
    assert {"inside demand", "after demand"} <= {*of_release}


def test_what_other_sentences_tell_is_neither_before_nor_after() -> None:
    other = replace(MEETING, kind=InteractionKind.VISIT, place=Place.FIRST, sentence=1, first=1, last=1)

    assert all("leads" in each for each in features(MEETING, other))


def test_a_rule_by_hand_takes_a_title_and_below_it_what_is_precise() -> None:
    precise = replace(MEETING, place=Place.FIRST, sentence=1)
    plain = replace(precise, strength=Strength.PLAIN)
    past = replace(precise, background=True)

    ruled = ["ruled in text" in each for each in features(MEETING, precise, plain, past)[1:]]

    assert "ruled in title" in features(MEETING)[0]
    assert ruled == [True, False, False]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("threshold = 0.0\nbias = 0.0\n", "weights: required key is missing"),
        ('threshold = 0.0\nbias = "none"\n[weights]\nleads = 1.0\n', "bias = 'none'"),
        ("threshold = 0.0\nbias = 0.0\n[weights]\n", "weights"),
    ],
)
def test_a_fault_in_the_weights_is_told(tmp_path: Path, text: str, reason: str) -> None:
    folder = Path(shutil.copytree(LEXICON, tmp_path / "lexicon"))
    (folder / "interaction_ranking.toml").write_text(text, encoding="utf-8")

    with pytest.raises(UsageError) as error:
        load_ranking(folder)

    assert reason in str(error.value)


def test_a_word_of_a_phrase_counts_by_its_beginning_and_the_phrase_as_it_stands() -> None:
    (found,) = features(replace(MEETING, words=("دیدارهای", "دوجانبه")))

    assert {"meeting دیدا", "meeting دوجا", "says دیدارهای دوجانبه", "words 2"} <= set(found)


def test_what_may_happen_is_told_from_what_did() -> None:
    (planned,) = features(replace(MEETING, modality=Modality.PLANNED))

    assert "modality planned in title" in planned


def test_the_first_sentence_that_says_a_kind_is_told_from_later_ones_and_in_a_sentence_the_first_phrase() -> None:
    again = replace(MEETING, first=6, last=6)
    later = replace(MEETING, place=Place.FIRST, sentence=1)
    other = replace(later, kind=InteractionKind.VISIT)

    said = features(MEETING, again, later, other)

    assert ["first of kind" in found for found in said] == [True, True, False, True]
    assert ["later of kind" in found for found in said] == [False, False, True, False]
    assert ["said before" in found for found in said] == [False, True, False, False]
