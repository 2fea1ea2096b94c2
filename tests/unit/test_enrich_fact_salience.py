"""Which facts an article tells: features, weights, and the file that holds them."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from ingest.service.errors import UsageError
from workers.enrich import consular
from workers.enrich.fact_salience import Mention, features_of, scores
from workers.enrich.salience import Place, Ranking

LEXICON = Path(__file__).resolve().parents[2] / "seeds" / "lexicon"
ARREST = Mention(
    kind="citizens_arrested",
    place=Place.TITLE,
    sure=False,
    countries=2,
    foreign=True,
    whom="abroad",
    cues=frozenset({"sea"}),
)
NOTHING: frozenset[str] = frozenset()


@pytest.fixture(scope="module")
def ranking() -> Ranking:
    return consular.load(LEXICON).ranking


def test_sailors_abroad_in_a_title_are_told_and_a_word_about_nobody_far_below_is_not(ranking: Ranking) -> None:
    passing = replace(ARREST, place=Place.DEEP, whom="nobody", countries=0, foreign=False, cues=frozenset({"war"}))

    [told] = scores([ARREST], NOTHING, ranking)
    [beside] = scores([passing], NOTHING, ranking)

    assert told > ranking.threshold > beside


def test_a_score_is_the_bias_with_the_weights_of_what_is_so() -> None:
    weighted = Ranking(
        threshold=0.0, bias=-1.0, weights={"kind citizens_arrested": 0.5, "cue sea": 0.25, "topic sea": 2.0, "x": 9.0}
    )

    assert scores([ARREST], frozenset({"sea"}), weighted) == [1.75]


def test_below_a_title_it_counts_whether_the_title_has_the_kind() -> None:
    below = replace(ARREST, place=Place.DEEP)
    other = replace(below, kind="citizens_released")

    of_same, of_other = list(features_of([ARREST, below, other], NOTHING))[1:]

    assert "deeper kind in title True" in of_same
    assert "deeper kind in title False" in of_other


def test_a_fault_in_the_weights_is_told(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(LEXICON, tmp_path / "lexicon"))
    (folder / "consular_ranking.toml").write_text('threshold = 0.0\nbias = "none"\n[weights]\na = 1.0\n', "utf-8")

    with pytest.raises(UsageError, match="bias = 'none'"):
        consular.load(folder)
