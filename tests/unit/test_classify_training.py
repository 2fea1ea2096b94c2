"""A small training on articles made up here: two labels, plain words, no second meaning."""

import json
import random
import shutil
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest

from ingest.service.errors import UsageError
from workers.article import Decision
from workers.classify.corpus import build_corpus
from workers.classify.dataset import folds, read_dataset, stories
from workers.classify.figures import CARD_FILE, FIGURES_FILE, Figures
from workers.classify.fitting import fit
from workers.classify.model import Classifier
from workers.classify.train import TrainReport, figures_of, train
from workers.classify.vectors import train_vectors

LABELS = ("flights", "visas")
SENTENCES = {
    "flights": ["پرواز تهران به {} از سر گرفته شد.", "شرکت هواپیمایی پروازهای {} را لغو کرد.", "فرودگاه {} بسته شد."],
    "visas": ["کنسولگری {} صدور روادید را آغاز کرد.", "روادید مسافران {} لغو شد.", "سفارت {} گذرنامه‌ها را پس داد."],
    "": ["بازار میوه {} امروز آرام بود.", "تیم فوتبال {} بازی را برد.", "باران در {} ادامه دارد."],
}
PLACES = ["باکو", "دبی", "بغداد", "مسکو", "دهلی", "آنکارا", "کابل", "دوحه", "مسقط", "پکن", "رم", "وین", "پاریس", "لندن"]


def identity(text: str) -> str:
    return text


def made_up_articles() -> list[dict[str, object]]:
    rng = random.Random(3)
    articles: list[dict[str, object]] = []
    for number in range(240):
        labels = [label for label in LABELS if rng.random() < 0.3]
        kinds = [*labels, *rng.choices(["", ""], k=rng.randint(1, 3))]
        rng.shuffle(kinds)
        sentences = [rng.choice(SENTENCES[kind]).format(rng.choice(PLACES)) for kind in kinds]
        text = "\n".join(f"{sentence} گزارش {rng.random()} از {rng.choice(PLACES)} رسید" for sentence in sentences)
        articles.append({"id": f"a{number}", "title": sentences[0], "text": text, "labels": labels})
    return articles


def write(path: Path, articles: Iterable[object]) -> Path:
    path.write_text("".join(f"{json.dumps(article)}\n" for article in articles), encoding="utf-8")
    return path


def make_seeds(folder: Path) -> Path:
    folder.mkdir()
    label = '[[label]]\nname = "{0}"\ntitle_en = "{0}"\ntitle_fa = "{0}"\ndefinition = "{0}"\n'
    (folder / "labels.toml").write_text("".join(map(label.format, LABELS)), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, TrainReport]:
    folder = tmp_path_factory.mktemp("training")
    seeds = make_seeds(folder / "seeds")
    data = write(folder / "data.jsonl", made_up_articles())
    return seeds, train([data], seeds / "models" / "labels", 1, LABELS, identity)


@pytest.fixture
def seeds(trained: tuple[Path, TrainReport], tmp_path: Path) -> Path:
    return shutil.copytree(trained[0], tmp_path / "seeds")


def test_the_same_data_and_seed_give_the_same_digest_in_any_order_of_lines(
    trained: tuple[Path, TrainReport], tmp_path: Path
) -> None:
    data = write(tmp_path / "data.jsonl", reversed(made_up_articles()))

    again = train([data], tmp_path / "model", 1, LABELS, identity)

    assert again.digest == trained[1].digest


def test_the_card_tells_data_scores_and_digest(trained: tuple[Path, TrainReport]) -> None:
    folder, report = trained[1].folder, trained[1]

    card = json.loads((folder / CARD_FILE).read_text(encoding="utf-8"))

    assert card["model_id"] == report.model_id
    assert card["digest"] == report.digest == Figures.load(folder)[0].digest()
    assert card["data"]["articles"] == 240
    assert card["out_of_fold"]["macro_f1"] == round(report.evaluation.macro_f1, 4) > 0.9
    assert report.model_id in (folder / "README.md").read_text(encoding="utf-8")


def test_each_subject_is_assigned_with_its_own_words_as_evidence(seeds: Path) -> None:
    classifier = Classifier.load(seeds)
    text = "باران در پکن ادامه دارد.\nشرکت هواپیمایی پروازهای پکن را لغو کرد.\nکنسولگری پکن صدور روادید را آغاز کرد."

    flights, visas = classifier.classify_texts(("", "", text), ("", "", text))

    assert (flights.label, flights.decision) == ("flights", Decision.ASSIGNED)
    assert (visas.label, visas.decision) == ("visas", Decision.ASSIGNED)
    assert "پرواز" in " ".join(span.surface for span in flights.evidence)
    assert "روادید" in " ".join(span.surface for span in visas.evidence)
    for span in (*flights.evidence, *visas.evidence):
        assert text[span.start : span.end] == span.surface
    assert [span.weight for span in flights.evidence] == sorted(
        (span.weight for span in flights.evidence), reverse=True
    )


def test_the_shares_of_all_words_add_up_to_the_log_odds_without_the_constants(seeds: Path) -> None:
    classifier = Classifier.load(seeds)
    scorer = classifier._scorer
    sequence = classifier._encoder.encode(("پرواز تهران به رم از سر گرفته شد.", "روادید مسافران رم لغو شد. " * 9))
    scores = scorer.scores(sequence)

    for label in range(2):
        linear = scores.linear[:, label] - float(scorer._bias[label])
        curved = scores.curved[:, label] - float(scorer._second.constants[label])
        seen = [linear[0], linear[1:].max(), curved[0], curved[1:].max(), linear[1], curved[1]]
        expected = np.dot(scorer._weights_of_scores(scores, label), seen)
        assert scorer.contributions(sequence, scores, label).sum() == pytest.approx(expected, abs=1e-3)


def test_an_article_without_known_words_is_rejected(seeds: Path) -> None:
    classifier = Classifier.load(seeds)

    for texts in (("", "", ""), ("qqq", "", "zzz"), ("...", "", "؟")):
        results = classifier.classify_texts(texts, texts)

        assert [result.decision for result in results] == [Decision.REJECTED, Decision.REJECTED]


def test_serving_scores_an_article_as_training_did(tmp_path: Path) -> None:
    data = write(tmp_path / "data.jsonl", made_up_articles())
    dataset, _ = read_dataset([data], LABELS, identity)
    vectors = train_vectors(dataset.texts, 1, dimensions=16)
    corpus = build_corpus(dataset, vectors)
    everything = np.arange(len(dataset.ids))
    fitted = fit(corpus, everything, dataset.targets, stories(dataset), 1)
    classifier = Classifier(figures_of(LABELS, corpus, vectors, fitted), {"model_id": "test"})

    served = [
        [result.score for result in classifier.classify_texts((title, "", text), (title, "", text))]
        for title, text in zip(dataset.titles, dataset.texts, strict=True)
    ]

    assert np.abs(np.array(served) - fitted.probabilities(corpus, everything)).max() < 0.005


def test_a_model_of_other_labels_is_refused(seeds: Path) -> None:
    labels = seeds / "labels.toml"
    labels.write_text(labels.read_text(encoding="utf-8").replace("visas", "roads"), encoding="utf-8")

    with pytest.raises(UsageError, match="names flights, roads"):
        Classifier.load(seeds)


def test_figures_that_the_card_does_not_describe_are_refused(seeds: Path) -> None:
    card = seeds / "models" / "labels" / CARD_FILE
    facts = json.loads(card.read_text(encoding="utf-8"))
    card.write_text(json.dumps({**facts, "digest": "0" * 64}), encoding="utf-8")

    with pytest.raises(UsageError, match="digest differs"):
        Classifier.load(seeds)


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04 not a zip", None])
def test_damaged_or_absent_figures_are_refused(seeds: Path, damage: bytes | None) -> None:
    figures = seeds / "models" / "labels" / FIGURES_FILE
    figures.unlink() if damage is None else figures.write_bytes(damage)

    with pytest.raises(UsageError, match="no model that can be read"):
        Classifier.load(seeds)


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (['{"id": "a", "text": "x", "labels": ["roads"]}'], r"data.jsonl:1: labels: 'roads' is not in the label set"),
        (['{"id": "a", "labels": []}', '{"id": "a", "labels": []}'], r"data.jsonl:2: id: 'a' was there before"),
        (['{"id": "a", "labels": [', "{}"], r"data.jsonl:1: line: Invalid JSON"),
        (['{"title": "x", "labels": []}'], r"data.jsonl:1: id: Field required"),
        (['{"id": "a", "labels": ["visas"]}'], r"fewer than 25 articles carry the label 'flights'"),
    ],
)
def test_unusable_data_is_refused_with_file_line_and_reason(tmp_path: Path, lines: list[str], reason: str) -> None:
    data = tmp_path / "data.jsonl"
    data.write_text("\n".join(lines), encoding="utf-8")

    with pytest.raises(UsageError, match=reason):
        read_dataset([data], LABELS, identity)


def test_articles_nobody_labelled_teach_words_only(tmp_path: Path) -> None:
    data = write(tmp_path / "data.jsonl", made_up_articles())
    others = write(tmp_path / "others.jsonl", [{"id": "a0", "text": "دوباره"}, {"id": "b", "title": "ت", "text": "نو"}])

    dataset, unlabelled = read_dataset([data, others], LABELS, identity)

    assert len(dataset.ids) == 240
    assert unlabelled == ("ت\nنو",)


def test_near_duplicates_share_a_story_and_a_fold(tmp_path: Path) -> None:
    rng = random.Random(5)
    texts = [" ".join("".join(rng.choices("ابپتجدرسشف", k=5)) for _ in range(40)) for _ in range(60)]
    articles = [{"id": f"a{at}", "text": text, "labels": LABELS} for at, text in enumerate(texts)]
    copies = [
        {"id": f"c{at}", "title": "تکرار", "text": f"{text} پایان", "labels": []} for at, text in enumerate(texts)
    ]
    dataset, _ = read_dataset([write(tmp_path / "d.jsonl", [*articles, *copies])], LABELS, identity)

    story = stories(dataset)
    fold = folds(story, 5, 1)

    at = {name: number for number, name in enumerate(dataset.ids)}
    assert len(set(story.tolist())) == 60
    assert all(story[at[f"a{number}"]] == story[at[f"c{number}"]] for number in range(60))
    assert all(fold[at[f"a{number}"]] == fold[at[f"c{number}"]] for number in range(60))
    assert np.bincount(fold).tolist() == [24] * 5
