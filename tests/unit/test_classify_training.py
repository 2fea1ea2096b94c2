"""A small training on articles made up here: two labels, plain words, no second meaning."""

import json
import random
import shutil
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ingest.service.errors import UsageError
from workers.article import Decision
from workers.classify.across import across
from workers.classify.concepts import Concept
from workers.classify.corpus import build_corpus
from workers.classify.dataset import folds, read_dataset, stories
from workers.classify.evaluate import out_of_fold, unlike
from workers.classify.features import Sequence, encode
from workers.classify.figures import CARD_FILE, FIGURES_FILE, Figures
from workers.classify.fitting import fit, fit_base
from workers.classify.knowledge import Knowledge, Part, Seeds, parts_of
from workers.classify.live import LiveSample, ReadArticle, Stratum, to_toml
from workers.classify.measures import macro_f1
from workers.classify.model import Classifier
from workers.classify.read_for_training import TaughtArticle, load_read_for_training
from workers.classify.rows import read_rows
from workers.classify.shares import Explanation
from workers.classify.train import TrainReport, figures_of, train
from workers.classify.vectors import train_vectors

LABELS = ("flights", "visas")
SENTENCES = {
    "flights": ["پرواز تهران به {} از سر گرفته شد.", "شرکت هواپیمایی پروازهای {} را لغو کرد.", "فرودگاه {} بسته شد."],
    "visas": ["کنسولگری {} صدور روادید را آغاز کرد.", "روادید مسافران {} لغو شد.", "سفارت {} گذرنامه‌ها را پس داد."],
    "": ["بازار میوه {} امروز آرام بود.", "تیم فوتبال {} بازی را برد.", "باران در {} ادامه دارد."],
}
PLACES = ["باکو", "دبی", "بغداد", "مسکو", "دهلی", "آنکارا", "کابل", "دوحه", "مسقط", "پکن", "رم", "وین", "پاریس", "لندن"]
CONCEPTS = (
    Concept(name="mission", forms=("کنسولگری*", "سفارت")),
    Concept(name="paper", forms=("روادید", "صدور روادید", "گذرنامه*")),
    Concept(name="flight", forms=("پرواز*", "فرودگاه")),
    Concept(name="place", forms=tuple(PLACES)),
)


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
    return seeds, train([data], seeds / "models" / "labels", 1, LABELS, identity, Knowledge(CONCEPTS))


@pytest.fixture
def seeds(trained: tuple[Path, TrainReport], tmp_path: Path) -> Path:
    return shutil.copytree(trained[0], tmp_path / "seeds")


def test_the_same_data_and_seed_give_the_same_digest_in_any_order_of_lines(
    trained: tuple[Path, TrainReport], tmp_path: Path
) -> None:
    data = write(tmp_path / "data.jsonl", reversed(made_up_articles()))

    again = train([data], tmp_path / "model", 1, LABELS, identity, Knowledge(CONCEPTS))

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
    sequence = encoded(classifier, ("پرواز تهران به رم از سر گرفته شد.", "روادید مسافران رم لغو شد. " * 9))

    for label in range(2):
        explained = explanation(classifier, sequence, label)
        shares = explained.shares(explained.whole)
        assert shares.sum() == pytest.approx(log_odds_without_constants(classifier, sequence, label), abs=1e-3)


def encoded(classifier: Classifier, parts: tuple[str, ...]) -> Sequence:
    return encode(parts, classifier._vocabulary.look_up)[0]


def explanation(classifier: Classifier, sequence: Sequence, label: int) -> Explanation:
    return Explanation(classifier._tables[label], classifier._scorer.scores(sequence), len(sequence.words))


def log_odds_without_constants(classifier: Classifier, sequence: Sequence, label: int) -> float:
    scorer = classifier._scorer
    scores = scorer.scores(sequence)
    linear = scores.linear[:, label] - float(scorer.bias[label])
    curved = scores.curved[:, label] - float(scorer.second.constants[label])
    concepts = scores.concepts[label] - scorer.concept_weights.bias[label]
    seen = [linear[0], linear[1:].max(), curved[0], curved[1:].max(), concepts, linear[1], curved[1]]
    return float(np.dot(scores.weights[:, label], seen))


def test_an_article_without_known_words_is_rejected(seeds: Path) -> None:
    classifier = Classifier.load(seeds)

    for texts in (("", "", ""), ("qqq", "", "zzz"), ("...", "", "؟")):
        results = classifier.classify_texts(texts, texts)

        assert [result.decision for result in results] == [Decision.REJECTED, Decision.REJECTED]


def test_serving_scores_an_article_as_training_did(tmp_path: Path) -> None:
    data = write(tmp_path / "data.jsonl", made_up_articles())
    dataset, _ = read_dataset([data], LABELS, identity)
    vectors = train_vectors(dataset.texts, 1, dimensions=16)
    corpus = build_corpus(dataset, vectors, CONCEPTS)
    everything = np.arange(len(dataset.ids))
    fitted = fit(corpus, everything, dataset.targets, stories(dataset), 1)
    classifier = Classifier(figures_of(LABELS, corpus, vectors, fitted, CONCEPTS), {"model_id": "test"})

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


def test_articles_written_for_training_teach_and_are_not_judged(tmp_path: Path) -> None:
    data = write(tmp_path / "data.jsonl", made_up_articles())
    written = [
        {"id": "w1", "text": "قایق به بندر رسید", "labels": ["flights"]},
        {"id": "w2", "text": "قایق از بندر رفت", "labels": ["roads"]},
    ]
    own = write(tmp_path / "own.jsonl", written)

    dataset, _ = read_dataset([data], LABELS, identity, [own])
    everything = np.arange(len(dataset.ids))
    corpus = build_corpus(dataset, train_vectors(dataset.texts, 1, dimensions=16))
    judged = out_of_fold(corpus, dataset.targets, stories(dataset), 1, dataset.judged)

    assert (dataset.judged, dataset.ids[240:]) == (240, ("w1",)), (
        "an article with a label that is not in the set is left"
    )
    assert judged.assigned.shape == (240, 2)
    taught = fit_base(corpus, everything, dataset.targets, 1).linear.columns
    assert corpus.article_counts[240:, taught].sum() > 0


def test_articles_of_the_stream_that_were_read_teach_and_are_not_judged(tmp_path: Path) -> None:
    data = write(tmp_path / "data.jsonl", made_up_articles())
    stream = write(tmp_path / "stream.jsonl", [{"id": "s1", "text": "قایق رسید"}, {"id": "s2", "text": "باران"}])
    read = (TaughtArticle(id="s1", sha256="0" * 16, labels=("visas",)),)

    dataset, unlabelled = read_dataset([data, stream], LABELS, identity, read=read)

    assert (dataset.judged, dataset.ids[240:]) == (240, ("s1",))
    assert dataset.targets[240].tolist() == [False, True]
    assert len(unlabelled) == 2, "word vectors learn from all of the stream, whatever was read of it"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('looked_for = ["visas"]\narticles = [{ id = "a", sha256 = "0" }]', "sha256"),
        ("articles = []", "looked_for"),
        ('looked_for = ["visas"]\narticles = [{ id = "a", sha256 = "D", labels = ["roads"] }]', "was not looked for"),
        ('looked_for = ["visas"]\narticles = [{ id = "a", sha256 = "D" }, { id = "a", sha256 = "D" }]', "twice"),
    ],
)
def test_unusable_articles_read_for_training_are_refused_with_the_reason(
    tmp_path: Path, text: str, reason: str
) -> None:
    path = tmp_path / "read-for-training.toml"
    path.write_text(text.replace('"D"', f'"{"d" * 16}"'), encoding="utf-8")

    with pytest.raises(UsageError, match=reason):
        load_read_for_training(path)


def test_a_written_article_teaches_no_fold_that_judges_its_story() -> None:
    groups = np.array([0, 1, 2, 1])

    assert unlike(groups, np.array([3]), np.array([0, 2])).tolist() == [3]
    assert unlike(groups, np.array([3]), np.array([0, 1])).tolist() == []


def test_kinds_of_sources_are_scored_apart_and_across(tmp_path: Path) -> None:
    articles = [{**article, "source": ("A (Telegram)", "B")[at % 2]} for at, article in enumerate(made_up_articles())]
    dataset, _ = read_dataset([write(tmp_path / "data.jsonl", articles)], LABELS, identity)
    corpus = build_corpus(dataset, train_vectors(dataset.texts, 1, dimensions=16), CONCEPTS)
    groups = stories(dataset)
    judged = out_of_fold(corpus, dataset.targets, groups, 1, dataset.judged)

    scores = across(corpus, dataset, dataset.targets, judged, groups, 1)

    assert [(one.trained_on, one.tested_on, one.articles) for one in scores] == [
        ("both", "agencies", 120),
        ("both", "channels", 120),
        ("channels", "agencies", 120),
        ("agencies", "channels", 120),
    ]
    agencies = [at for at, kind in enumerate(dataset.kinds) if kind == "agency"]
    assert scores[0].macro_f1 == macro_f1(judged.assigned[agencies], dataset.targets[agencies])
    assert all(one.macro_f1_interval[0] <= one.macro_f1 <= one.macro_f1_interval[1] for one in scores)
    assert min(one.macro_f1 for one in scores) > 0.8


@pytest.fixture
def knowing(tmp_path: Path) -> tuple[Path, list[Path]]:
    """Return a seeds folder that knows something of data files, and the files."""
    seeds = tmp_path / "seeds"
    labelled = write(tmp_path / "labelled.jsonl", [{"id": "a", "text": "مرز بسته شد", "labels": []}])
    stream = write(tmp_path / "stream.jsonl", [{"id": "s", "text": "باران بارید"}, {"id": "t", "text": "باد وزید"}])
    digests = {row.id: row.digest for path in (labelled, stream) for row in read_rows(path)}
    (seeds / "labelled").mkdir(parents=True)
    (seeds / "concepts.toml").write_text('[[concept]]\nname = "border"\nforms = ["مرز*"]\n', encoding="utf-8")
    write(seeds / "labelled" / "own.jsonl", [])
    correction = 'label = "visas"\ncarries = true\nreason = "Said in so many words."\n'
    (seeds / "labelled" / "corrections.toml").write_text(
        f'[[correction]]\nid = "a"\nsha256 = "{digests["a"]}"\n{correction}', encoding="utf-8"
    )
    read = ReadArticle(id="s", sha256=digests["s"], labels=LABELS)
    sample = LiveSample(seed=1, model_id="m", stratum=(Stratum(name="all", population=1, articles=(read,)),))
    (seeds / "labelled" / "live-sample.toml").write_text(to_toml(sample), encoding="utf-8")
    articles = f'[{{ id = "t", sha256 = "{digests["t"]}", labels = [] }}]'
    (seeds / "labelled" / "read-for-training.toml").write_text(
        f"looked_for = {json.dumps(LABELS)}\narticles = {articles}\n", encoding="utf-8"
    )
    return seeds, [labelled, stream]


def test_a_seeds_folder_brings_concepts_articles_for_training_corrections_and_its_live_sample(
    knowing: tuple[Path, list[Path]],
) -> None:
    seeds, paths = knowing

    knowledge = Seeds(seeds, LABELS).knowledge(paths)

    assert knowledge.concepts == (Concept(name="border", forms=("مرز*",)),)
    assert knowledge.written == (seeds / "labelled" / "own.jsonl",)
    assert [(one.id, one.label) for one in knowledge.corrections] == [("a", "visas")]
    assert knowledge.live == seeds / "labelled" / "live-sample.toml"
    assert [one.id for one in knowledge.read] == ["t"]
    assert Seeds(seeds / "nothing", LABELS).knowledge(paths) == Knowledge()


@pytest.mark.parametrize(
    ("part", "left"),
    [
        ("concepts", {"concepts": ()}),
        ("written", {"written": ()}),
        ("read", {"read": ()}),
        ("corrections", {"corrections": ()}),
        ("live", {"live": None}),
    ],
)
def test_each_part_of_what_the_seeds_folder_knows_can_be_left_out(
    knowing: tuple[Path, list[Path]], part: str, left: dict[str, object]
) -> None:
    seeds, paths = knowing
    whole = Seeds(seeds, LABELS).knowledge(paths)

    without = Seeds(seeds, LABELS, parts_of([part])).knowledge(paths)

    assert without == replace(whole, **left)  # type: ignore[arg-type]
    assert without != whole


def test_a_part_that_there_is_not_cannot_be_left_out() -> None:
    assert parts_of(["live", "written"]) == {Part.LIVE, Part.WRITTEN}
    with pytest.raises(UsageError, match="--without words: the parts are concepts, written, read, corrections, live"):
        parts_of(["words"])


@pytest.mark.parametrize(
    ("labels", "changed", "corrections", "stream"),
    [
        (LABELS, "labelled.jsonl", 0, True),
        (LABELS, "stream.jsonl", 1, False),
        (("flights", "roads"), "", 0, False),
        ((*LABELS, "weather"), "", 1, False),
    ],
)
def test_what_is_known_of_other_articles_or_for_other_labels_is_left_out(
    knowing: tuple[Path, list[Path]], labels: tuple[str, ...], changed: str, corrections: int, *, stream: bool
) -> None:
    seeds, paths = knowing
    for path in paths:
        if path.name == changed:
            path.write_text(path.read_text(encoding="utf-8").replace('"text": "', '"text": "x '), encoding="utf-8")

    knowledge = Seeds(seeds, labels).knowledge(paths)

    assert (len(knowledge.corrections), knowledge.live is not None) == (corrections, stream)
    assert bool(knowledge.read) == stream


def test_files_that_are_named_are_taken_instead_of_the_folders(
    knowing: tuple[Path, list[Path]], tmp_path: Path
) -> None:
    seeds, paths = knowing
    corrections = tmp_path / "mine.toml"
    text = (seeds / "labelled" / "corrections.toml").read_text(encoding="utf-8")
    corrections.write_text(text.replace('id = "a"', 'id = "zz"'), encoding="utf-8")

    knowledge = Seeds(seeds, LABELS).knowledge(paths, corrections=corrections, live=tmp_path / "mine-too.toml")

    assert [one.id for one in knowledge.corrections] == ["zz"]
    assert knowledge.live == tmp_path / "mine-too.toml"
