"""The shipped model: what its card promises, and what no change may lower silently."""

import json
import random
import subprocess
import sys
from pathlib import Path

import pytest

from workers.article import Decision, LabelResult
from workers.classify.card import readme
from workers.classify.evidence import MOST_SPANS, SPANS
from workers.classify.figures import Figures
from workers.classify.labels import load_labels
from workers.classify.live import drawn_rows, load_sample
from workers.classify.model import MODEL_NAME, Classifier
from workers.classify.read_for_training import load_read_for_training
from workers.classify.rows import read_rows
from workers.classify.stream_part import stream_rows
from workers.classify.trained_on import learned
from workers.normalize import Normalizer

SEEDS = Path(__file__).resolve().parents[2] / "seeds"
FOLDER = SEEDS / "models" / MODEL_NAME

DIGEST = "3157ef984eb59a6425059092c9046c766d0599de4113358d3cb956966960e006"
"""Of the figures that the floors below were measured on: a new model gets new numbers here, on purpose."""
MACRO_F1 = 0.818
F1 = {"consular": 0.82, "flights": 0.875, "security-cooperation": 0.74}
MACRO_F1_SURE = 0.885
MACRO_F1_ACROSS = {("both", "agencies"): 0.69, ("both", "channels"): 0.84}
LIVE_PRECISION = {"consular": 0.78, "flights": 0.83, "security-cooperation": 0.61}
"""Estimated for a live stream; 0.81, 0.86 and 0.64 were."""
TOO_SURE = {"consular": 0.03, "flights": 0.03, "security-cooperation": 0.07}
"""Most that the mean probability of what is assigned may differ from its precision; 0.01, 0.02 and 0.06 were."""
MEGABYTES = 3
EXPLAINED = 0.96
"""Of the assigned labels, so many fall without their evidence; 223 of 225 were measured."""
LONG_EVIDENCE = 0.25
"""At most so many need more than eight spans; 0.17 were measured."""


@pytest.fixture(scope="module")
def normalizer() -> Normalizer:
    return Normalizer()


@pytest.fixture(scope="module")
def classifier() -> Classifier:
    return Classifier.load(SEEDS)


def classified(classifier: Classifier, normalizer: Normalizer, title: str, text: str) -> tuple[LabelResult, ...]:
    return classifier.classify_texts((normalizer(title), "", normalizer(text)), (title, "", text))


def test_the_shipped_figures_are_those_that_the_floor_was_measured_on() -> None:
    figures, card = Figures.load(FOLDER)

    assert figures.digest() == card["digest"] == DIGEST
    assert figures.labels.tolist() == [label.name for label in load_labels(SEEDS / "labels.toml")]
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < MEGABYTES * 1_000_000


def test_the_card_states_a_quality_no_lower_than_the_floor() -> None:
    _, card = Figures.load(FOLDER)

    scores = card["out_of_fold"]
    assert scores["macro_f1"] >= MACRO_F1
    assert {one["label"]: one["f1"] >= F1[one["label"]] for one in scores["labels"]} == dict.fromkeys(F1, True)
    assert scores["macro_f1_sure"] >= MACRO_F1_SURE
    assert scores["calibration_error"] <= 0.03
    across = {(one["trained_on"], one["tested_on"]): one["macro_f1"] for one in card["across"]}
    assert {kinds: across[kinds] >= floor for kinds, floor in MACRO_F1_ACROSS.items()} == dict.fromkeys(
        MACRO_F1_ACROSS, True
    )


def test_the_card_tells_data_scores_thresholds_calibration_stream_and_origin() -> None:
    _, card = Figures.load(FOLDER)

    assert set(card["data"]) == {
        "articles",
        "carry",
        "corrected",
        "read",
        "sha256",
        "stories",
        "sure",
        "unlabelled",
        "written",
    }
    assert set(card["thresholds"]) == set(F1)
    for one in card["out_of_fold"]["labels"]:
        for name in ("precision", "recall", "f1"):
            low, high = one[f"{name}_interval"]
            assert low < one[name] < high
        assert one["calibration_error"] <= 0.03
        assert 0 < one["brier"] < 0.1
    assert card["live"]["read"] >= card["live"]["drawn"] >= 800
    assert card["digest"] == DIGEST


def test_in_a_live_stream_probabilities_keep_their_word_and_precision_its_floor() -> None:
    _, card = Figures.load(FOLDER)

    for one in card["live"]["labels"]:
        assigned = one["bands"][0]
        assert one["calibration_error"] <= 0.03
        assert assigned["carry"] >= LIVE_PRECISION[one["label"]]
        assert assigned["read"] >= 400
        assert abs(assigned["said"] - assigned["carry"]) <= TOO_SURE[one["label"]]
        assert one["rate_interval"][0] < one["rate"] < one["rate_interval"][1] < 0.03


def test_the_readable_card_says_what_the_card_says() -> None:
    _, card = Figures.load(FOLDER)

    text = (FOLDER / "README.md").read_text(encoding="utf-8")

    assert text == readme(card)
    for told in (card["model_id"], card["data"]["sha256"], f"{card['out_of_fold']['macro_f1']:.3f}", "Apache-2.0"):
        assert told in text
    for heading in ("Quality", "Thresholds", "In a live stream", "Limits", "Origin and licence"):
        assert f"## {heading}\n" in text


def test_the_live_sample_is_of_the_data_and_reads_enough_of_every_stratum(data_dir: Path) -> None:
    labels = [label.name for label in load_labels(SEEDS / "labels.toml")]
    sample = load_sample(SEEDS / "labelled" / "live-sample.toml", labels)
    rows = stream_rows([data_dir / "replay.jsonl.gz"])

    assert len(drawn_rows(sample, rows)) == len(sample.ids()) >= 800
    for stratum in sample.stratum:
        assert len(stratum.articles) >= min(60, stratum.population)
    labelled = {row.id for row in read_rows(data_dir / "labelled.jsonl")}
    assert sum(stratum.population for stratum in sample.stratum) == len(rows.keys() - labelled)
    assert not sample.ids() & labelled


def test_what_was_read_for_training_is_of_the_stream_and_of_no_sample_or_score(data_dir: Path) -> None:
    labels = [label.name for label in load_labels(SEEDS / "labels.toml")]
    read = load_read_for_training(SEEDS / "labelled" / "read-for-training.toml")
    rows = stream_rows([data_dir / "replay.jsonl.gz"])

    ids = {one.id for one in read.articles}
    assert len(read.fitting(labels, {name: rows[name].digest for name in ids})) == len(read.articles) >= 500
    assert not ids & load_sample(SEEDS / "labelled" / "live-sample.toml", labels).ids()
    assert not ids & {row.id for row in read_rows(data_dir / "labelled.jsonl")}
    assert learned(FOLDER, [one.sha256 for one in read.articles]).all()


def test_the_model_knows_which_articles_it_learned(data_dir: Path) -> None:
    rows = list(read_rows(data_dir / "labelled.jsonl"))

    written = list(read_rows(SEEDS / "labelled" / "own.jsonl"))
    assert learned(FOLDER, [row.digest for row in (*rows, *written)]).all()
    assert not learned(FOLDER, [row.model_copy(update={"text": f"{row.text} "}).digest for row in rows[:500]]).any()


def test_the_seed_article_gets_all_three_labels_each_with_evidence_of_its_own(
    classifier: Classifier, normalizer: Normalizer, data_dir: Path
) -> None:
    title, _, text = (data_dir / "seed-article.txt").read_text(encoding="utf-8").strip().partition("\n")

    results = classified(classifier, normalizer, title, text)

    assert [result.decision for result in results] == [Decision.ASSIGNED] * 3
    strongest = {result.label: " ".join(span.surface for span in result.evidence[:3]) for result in results}
    assert "کنسولی" in strongest["consular"]
    assert "پرواز" in strongest["flights"]
    assert "همکاری" in strongest["security-cooperation"]
    for result in results:
        for span in result.evidence:
            assert {"title": title, "text": text}[span.field][span.start : span.end] == span.surface


def test_what_is_assigned_is_explained_in_the_published_text(
    classifier: Classifier, normalizer: Normalizer, data_dir: Path
) -> None:
    for row in _sample(data_dir, 150):
        for result in classified(classifier, normalizer, row["title"], row["text"]):
            assert bool(result.evidence) == (result.decision is Decision.ASSIGNED)
            assert len(result.evidence) <= MOST_SPANS
            for span in result.evidence:
                assert row[span.field][span.start : span.end] == span.surface


def test_nearly_every_decision_falls_when_its_evidence_is_taken_out_of_the_text(
    classifier: Classifier, normalizer: Normalizer, data_dir: Path
) -> None:
    stood = fell = long = 0
    for row in _sample(data_dir, 150):
        results = classified(classifier, normalizer, row["title"], row["text"])
        for at, result in enumerate(results):
            if result.decision is Decision.ASSIGNED:
                cut = {"title": row["title"], "text": row["text"]}
                for span in sorted(result.evidence, key=lambda one: -one.start):
                    cut[span.field] = cut[span.field][: span.start] + cut[span.field][span.end :]
                after = classified(classifier, normalizer, cut["title"], cut["text"])[at]
                left = after.decision is Decision.ASSIGNED
                fell, stood, long = fell + (not left), stood + left, long + (len(result.evidence) > SPANS)

    assert fell + stood > 100
    assert fell >= EXPLAINED * (fell + stood)
    assert long <= LONG_EVIDENCE * (fell + stood)


def _assigned(results: tuple[LabelResult, ...]) -> list[str]:
    return [result.label for result in results if result.decision is Decision.ASSIGNED]


def _sample(data_dir: Path, count: int) -> list[dict[str, str]]:
    """Return labelled articles, two in three of which carry a label."""
    with (data_dir / "labelled.jsonl").open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    rng = random.Random(7)
    carrying = [row for row in rows if row["labels"]]
    return [*rng.sample(carrying, 2 * count // 3), *rng.sample(rows, count // 3)]


def test_serving_needs_neither_scikit_learn_nor_scipy() -> None:
    program = """
import sys
sys.modules["sklearn"] = sys.modules["scipy"] = None
from pathlib import Path
from workers.classify.model import Classifier
texts = ("", "", "همه پروازهای فرودگاه لغو شد")
print(Classifier.load(Path(sys.argv[1])).classify_texts(texts, texts)[1].decision)
"""

    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program, str(SEEDS)], capture_output=True, text=True, check=False
    )

    assert (done.stdout.strip(), done.stderr) == ("assigned", "")
