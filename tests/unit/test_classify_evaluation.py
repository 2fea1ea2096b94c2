"""The life of a model on articles made up here: four labels, trained, estimated, judged, served, corrected."""

import json
import os
import random
import subprocess
import sys
import tomllib
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from ingest.service.errors import UsageError
from ingest.service.settings import seeds_dir
from ingest.stream.topics import Topics
from workers.article import Decision
from workers.classify.concepts import Concept
from workers.classify.corpus import build_corpus
from workers.classify.corrections import Correction, corrected, load_corrections
from workers.classify.dataset import read_dataset, stories
from workers.classify.evaluate import evaluate, out_of_fold
from workers.classify.evaluation_run import Wanted, drawn, evaluated
from workers.classify.figures import CARD_FILE, Figures
from workers.classify.knowledge import NO_KNOWLEDGE, Knowledge
from workers.classify.labels import load_labels
from workers.classify.live import LiveSample, ReadArticle, Scored, Stratum, draw, drawn_rows, load_sample, to_toml
from workers.classify.measures import macro_f1
from workers.classify.model import Classifier
from workers.classify.report import Judge, figures
from workers.classify.report_text import report_text
from workers.classify.rows import Row, read_rows
from workers.classify.stream_part import stream_rows
from workers.classify.train import train
from workers.classify.vectors import train_vectors
from workers.classify_commands import check
from workers.demo.show import PDI, RLI
from workers.enrich.enrich import Enricher
from workers.feedless import feedless_entry
from workers.pipeline import Tools, article_of
from workers.publish import article_records

SEEDS = Path(__file__).resolve().parents[2] / "seeds"
FOURTH = """
[[label]]
name = "weather"
title_en = "Weather"
title_fa = "هوا"
definition = "Rain, snow and wind, and what they close."
"""
SENTENCES = {
    "consular": ["کنسولگری {} صدور روادید را آغاز کرد.", "روادید مسافران {} لغو شد.", "سفارت {} گذرنامه‌ها را پس داد."],
    "flights": ["پرواز تهران به {} از سر گرفته شد.", "شرکت هواپیمایی پروازهای {} را لغو کرد.", "فرودگاه {} بسته شد."],
    "security-cooperation": ["وزیران کشور ایران و {} پیمان امنیتی بستند.", "مرزبانان ایران و {} گشت مشترک زدند."],
    "weather": ["باران سنگین در {} بارید.", "هواشناسی از برف و باد در {} خبر داد.", "توفان باران {} را فراگرفت."],
    "": ["بازار میوه {} امروز آرام بود.", "تیم فوتبال {} بازی را برد.", "نمایشگاه کتاب {} گشایش یافت."],
}
LABELS = tuple(name for name in SENTENCES if name)
PLACES = ["باکو", "دبی", "بغداد", "مسکو", "دهلی", "آنکارا", "کابل", "دوحه", "مسقط", "پکن", "رم", "وین", "پاریس", "لندن"]
CONCEPTS = (Concept(name="rain", forms=("باران*",)), Concept(name="place", forms=tuple(PLACES)))
SOURCES = [("یک (Telegram)", "1405-01-02"), ("خبرگزاری دو", "2021-05-06"), ("خبرگزاری دو", None)]


class Identity:
    """A normalizer for texts that are normalized as they are."""

    version = "identity"

    def __call__(self, text: str) -> str:
        return text


identity = Identity()


def made_up(prefix: str, count: int, often: float, rng: random.Random) -> list[dict[str, object]]:
    articles: list[dict[str, object]] = []
    for number in range(count):
        labels = [label for label in LABELS if rng.random() < often]
        kinds = [*labels, *rng.choices(["", ""], k=rng.randint(1, 2))]
        rng.shuffle(kinds)
        sentences = [rng.choice(SENTENCES[kind]).format(rng.choice(PLACES)) for kind in kinds]
        text = "\n".join(f"{one} گزارش {rng.random()} از {rng.choice(PLACES)} رسید" for one in sentences)
        source, date = rng.choice(SOURCES)
        facts = {"source": source, "date": date, "sure": rng.random() < 0.8}
        articles.append({"id": f"{prefix}{number}", "title": sentences[0], "text": text, "labels": labels, **facts})
    return articles


def write(path: Path, articles: Iterable[object]) -> Path:
    path.write_text("".join(f"{json.dumps(one, ensure_ascii=False)}\n" for one in articles), encoding="utf-8")
    return path


class World:
    """A label set of four, labelled articles, a stream, a sample of it that was read, and a model trained on them."""

    def __init__(self, folder: Path) -> None:
        rng = random.Random(3)
        self.seeds = folder / "seeds"
        self.seeds.mkdir()
        (self.seeds / "labels.toml").write_text((SEEDS / "labels.toml").read_text(encoding="utf-8") + FOURTH, "utf-8")
        self.labels = tuple(label.name for label in load_labels(self.seeds / "labels.toml"))
        self.model = self.seeds / "models" / "labels"
        self.articles = made_up("a", 240, 0.25, rng)
        self.mislabelled = [one for one in self.articles if one["labels"] == ["weather"]]
        for one in self.mislabelled:
            one["labels"] = []
        self.labelled = write(folder / "labelled.jsonl", self.articles)
        self.corrections = self.correct(folder / "corrections.toml")
        stream = made_up("s", 120, 0.03, rng)
        truth = {one["id"]: one["labels"] for one in stream}
        self.stream = write(folder / "stream.jsonl", [{**one, "labels": None} for one in stream])
        rows = list(read_rows(self.stream))[:80]
        read = tuple(ReadArticle(id=row.id, sha256=row.digest, labels=tuple(truth[row.id])) for row in rows)
        sample = LiveSample(seed=1, model_id="none", stratum=(Stratum(name="all", population=120, articles=read),))
        self.sample = folder / "sample.toml"
        self.sample.write_text(to_toml(sample), encoding="utf-8")
        self.written = write(folder / "own.jsonl", made_up("w", 12, 0.3, random.Random(17)))
        self.trained = train([self.labelled, self.stream], self.model, 1, self.labels, identity, self.knowledge())

    def knowledge(self) -> Knowledge:
        return Knowledge(CONCEPTS, (self.written,), load_corrections(self.corrections), self.sample)

    def correct(self, path: Path) -> Path:
        wrong = {one["id"] for one in self.mislabelled}
        rows = [row for row in read_rows(self.labelled) if row.id in wrong]
        facts = 'label = "weather"\ncarries = true\nreason = "Rain is what the sentence tells of."\n'
        entries = (f'[[correction]]\nid = "{row.id}"\nsha256 = "{row.digest}"\n{facts}' for row in rows)
        path.write_text("\n".join(entries), encoding="utf-8")
        return path

    def wanted(self, *paths: Path) -> Wanted:
        return Wanted(paths or (self.labelled,), self.model, self.labels, 0, NO_KNOWLEDGE, 2, 1)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    with pytest.MonkeyPatch.context() as patch:
        # Eight dimensions tell these few words apart, and cost a thirtieth of the time.
        patch.setattr("workers.classify.train.train_vectors", partial(train_vectors, dimensions=8))
        return World(tmp_path_factory.mktemp("life"))


def test_a_fourth_label_needs_rows_of_labelled_text_and_no_code(world: World) -> None:
    classifier = Classifier.load(world.seeds)
    topics = Topics("t")
    text = "نمایشگاه کتاب رم گشایش یافت.\nباران سنگین در رم بارید."

    article = article_of(
        feedless_entry("", text, datetime(2026, 1, 1, tzinfo=UTC)),
        Tools(identity, classifier, Enricher.load(seeds_dir()), 1),
        lambda *_: None,
        lambda: 0.0,
    )  # type: ignore[arg-type]

    assert world.labels == ("consular", "flights", "security-cooperation", "weather")
    assert article.assigned() == ("weather",)
    assert "باران" in " ".join(span.surface for span in article.labels[3].evidence)
    assert "t.weather.v1" in {
        record.topic for record in article_records(article, topics=topics, ever_labels=frozenset({"weather"}))
    }
    assert "t.weather.v1" in {spec.name for spec in topics.specs(world.labels, 4)}


def test_the_card_tells_of_the_stream_what_was_read_of_it(world: World) -> None:
    card = json.loads((world.model / CARD_FILE).read_text(encoding="utf-8"))

    assert (card["data"]["articles"], card["data"]["written"], card["features"]["concepts"]) == (240, 12, 2)
    assert card["data"]["read"] == 0
    live = card["live"]
    assert (live["articles"], live["drawn"], live["read"]) == (120, 80, 80)
    for one in live["labels"]:
        assert one["rate"] < 0.15
        assert one["offset"] < 0
        assert one["calibration_error"] <= one["calibration_error_before"] + 0.02
        assert one["bands"][0]["decision"] == "assigned"
    assert "## In a live stream" in (world.model / "README.md").read_text(encoding="utf-8")


def test_the_models_own_articles_are_marked_in_sample(world: World, tmp_path: Path) -> None:
    new = write(tmp_path / "new.jsonl", made_up("n", 60, 0.3, random.Random(9)))

    known = evaluated(world.wanted(), identity)
    fresh = evaluated(world.wanted(new), identity)
    mixed = evaluated(world.wanted(world.labelled, new), identity)

    assert (known.judge, known.learned) == (Judge.IN_SAMPLE, 240)
    assert (fresh.judge, fresh.learned) == (Judge.UNSEEN, 0)
    assert (mixed.judge, mixed.learned) == (Judge.PARTLY, 240)
    assert {part.name: part.articles for part in mixed.certainty}["never seen by the model"] == 60
    assert known.evaluation.macro_f1 > 0.75
    assert fresh.evaluation.macro_f1 > 0.9
    shown = report_text(known, width=160, colour=False)
    assert "in-sample" in shown
    assert "for a live stream" in shown
    assert "security-cooperation " in shown


def test_a_report_tells_sources_years_and_certainty_apart(world: World) -> None:
    report = evaluated(world.wanted(), identity)

    assert {part.name for part in report.kinds} == {"agency", "channel"}
    assert {part.name for part in report.sources} == {"یک (Telegram)", "خبرگزاری دو"}
    assert {part.name for part in report.years} == {"1400", "1405", "not told"}
    assert [part.name for part in report.certainty] == ["sure", "borderline"]
    for parts in (report.kinds, report.sources, report.years, report.certainty):
        assert sum(part.articles for part in parts) == 240
        carried = sum(one.hits + one.misses for part in parts for one in part.labels)
        assert carried == sum(label.support for label in report.evaluation.labels)


def test_the_worst_errors_come_with_their_texts_for_the_terminal_and_without_for_programs(
    world: World, tmp_path: Path
) -> None:
    wrong = [
        {**one, "id": f"w{at}", "labels": ["weather"]} for at, one in enumerate(world.articles) if not one["labels"]
    ]
    wrong[0]["title"] = "عنوان\x1b[31m سرخ\u202e"

    report = evaluated(world.wanted(write(tmp_path / "wrong.jsonl", wrong)), identity)

    shown = report_text(report, width=160, colour=False)
    assert [one.label for one in report.mistakes if one.carries] == ["weather", "weather"]
    assert [one.probability for one in report.mistakes] == sorted(one.probability for one in report.mistakes)
    assert "weather: missed" in shown
    assert f"{RLI}{report.mistakes[0].row.title}"[:20] in shown or "\x1b" not in shown
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert shown.count(RLI) == shown.count(PDI) > 2
    as_data = json.dumps(figures(report), ensure_ascii=False)
    assert report.mistakes[0].row.id in as_data
    assert report.mistakes[0].row.text[:12] not in as_data


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"id": "x", "text": "y", "labels": ["roads"]}', "data.jsonl:2: labels: 'roads' is not in the label set"),
        ('{"id": "x", "labels": [', "data.jsonl:2: line: Invalid JSON"),
        ('{"text": "x", "labels": []}', "data.jsonl:2: id: Field required"),
        ('{"id": "x", "labels": [], "sure": "perhaps"}', "data.jsonl:2: sure: "),
    ],
)
def test_unusable_data_is_refused_with_file_line_and_reason(
    world: World, tmp_path: Path, line: str, reason: str
) -> None:
    data = tmp_path / "data.jsonl"
    data.write_text(f'{{"id": "a", "text": "b", "labels": []}}\n{line}\n', encoding="utf-8")

    with pytest.raises(UsageError, match=reason.replace("[", r"\[")):
        evaluated(world.wanted(data), identity)


def rasad(world: World, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ingest.cli", "evaluate", *arguments],
        env={**os.environ, "RASAD_SEEDS_DIR": str(world.seeds), "COLUMNS": "150"},
        cwd=SEEDS.parent,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_the_command_prints_the_report_and_writes_its_figures(world: World, tmp_path: Path) -> None:
    figures_file = tmp_path / "figures.json"

    result = rasad(world, str(world.labelled), "--json", str(figures_file))

    assert (result.returncode, result.stderr) == (0, "")
    for told in ("in-sample", "weather", "macro-F1", "by source", "by year", "calibration error"):
        assert told in result.stdout
    written = json.loads(figures_file.read_text(encoding="utf-8"))
    assert (written["judge"], written["learned"], written["articles"]) == ("in_sample", 240, 240)
    assert len(written["evaluation"]["labels"]) == 4


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ((0, Path("sample.toml"), None, None), "--live needs --folds"),
        ((0, None, Path("c.toml"), None), "--corrections needs --folds"),
        ((0, None, None, ["concepts"]), "--without needs --folds"),
        ((1, None, None, None), "--folds 1: two folds at least"),
    ],
)
def test_options_that_make_no_sense_together_are_refused(
    arguments: tuple[int, Path | None, Path | None, list[str] | None], reason: str
) -> None:
    with pytest.raises(UsageError, match=reason):
        check(*arguments)


def test_a_model_without_its_list_of_articles_is_refused(world: World, tmp_path: Path) -> None:
    figures_only, card = Figures.load(world.model)
    figures_only.save(tmp_path / "model", card)

    with pytest.raises(UsageError, match="nobody knows what the model learned"):
        evaluated(replace(world.wanted(), folder=tmp_path / "model"), identity)


def test_a_draw_covers_the_stream_and_is_the_same_whatever_the_order(world: World) -> None:
    classifier = Classifier.load(world.seeds)
    rows = list(read_rows(world.stream))

    def scored(those: list[Row]) -> list[Scored]:
        return [Scored(row, classifier.classify_texts(*[(row.title, "", row.text)] * 2)) for row in those]

    sample = draw(scored(rows), "m", 1)

    assert draw(scored(rows[::-1]), "m", 1) == sample
    assert draw(scored(rows), "m", 2) != sample
    assert sum(stratum.population for stratum in sample.stratum) == 120
    for stratum in sample.stratum:
        wanted = {"assigned": 80, "abstained": 60, "rejected": 200}[stratum.name.partition(":")[0]]
        assert min(60, stratum.population) <= len(stratum.articles) <= min(wanted, stratum.population)


def test_a_drawn_sample_holds_no_text_and_cannot_be_used_before_it_was_read(world: World, tmp_path: Path) -> None:
    text = drawn(world.wanted(world.labelled, world.stream), identity)
    unread = tmp_path / "unread.toml"
    unread.write_text(text, encoding="utf-8")

    assert not any(ord(char) > 127 for char in text)
    assert tomllib.loads(text)["model_id"] == world.trained.model_id
    with pytest.raises(UsageError, match="it has not been read"):
        load_sample(unread, world.labels)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("labels = []", 'labels = ["roads"]', "'roads' is not in the label set"),
        ("population = 120", "population = 3", "fewer than were drawn"),
        ("population = 120", "population = 0", r"stratum\[0\].population"),
        ('id = "s1"', 'id = "s0"', "s0: stands there twice"),
    ],
)
def test_a_wrong_sample_is_refused_with_file_and_reason(
    world: World, tmp_path: Path, old: str, new: str, reason: str
) -> None:
    path = tmp_path / "sample.toml"
    path.write_text(world.sample.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")

    with pytest.raises(UsageError, match=f"sample.toml: .*{reason}"):
        load_sample(path, world.labels)


def test_a_sample_of_another_text_is_refused(world: World, tmp_path: Path) -> None:
    rows = [json.loads(line) for line in world.stream.read_text(encoding="utf-8").splitlines()]
    rows[0]["text"] += " دیگر"
    changed = write(tmp_path / "changed.jsonl", rows)

    with pytest.raises(UsageError, match="s0: its text is not the one that was read"):
        drawn_rows(load_sample(world.sample, world.labels), stream_rows([world.labelled, changed]))


def test_corrections_teach_the_training_folds_and_the_score_uses_the_labels_as_given(tmp_path: Path) -> None:
    articles = [
        {**one, "labels": [name for name in one["labels"] if name == "flights"]}
        for one in made_up("a", 200, 0.4, random.Random(4))
    ]
    carrying = [one for one in articles if one["labels"]]
    wrong = {str(one["id"]) for one in carrying[:30]}
    given = [{**one, "labels": []} if one["id"] in wrong else one for one in articles]
    dataset, _ = read_dataset([write(tmp_path / "d.jsonl", given)], ["flights"], identity)
    corpus, groups = build_corpus(dataset, train_vectors(dataset.texts, 1, dimensions=8)), stories(dataset)
    digest = dict(zip(dataset.ids, dataset.digests, strict=True))
    reason = "The flight is the subject of the first sentence."
    right = [
        Correction(id=one, sha256=digest[one], label="flights", carries=True, reason=reason) for one in sorted(wrong)
    ]

    learned = corrected(dataset, right)
    judged = out_of_fold(corpus, learned, groups, 1, dataset.judged, 2)

    truth = np.array([[name in {str(one["id"]) for one in carrying}] for name in dataset.ids])
    at = np.array([name in wrong for name in dataset.ids])
    assert np.array_equal(learned, truth)
    assert judged.assigned[at].mean() > 0.9
    assert macro_f1(judged.assigned, truth) > 0.95
    scores = evaluate(dataset, judged, groups, 1)
    assert scores.labels[0].support == len(carrying) - 30
    assert scores.macro_f1 == macro_f1(judged.assigned, dataset.targets) < 0.85


def test_corrections_reach_the_model_and_never_its_score(world: World) -> None:
    card = json.loads((world.model / CARD_FILE).read_text(encoding="utf-8"))
    classifier = Classifier.load(world.seeds)

    results = [classifier.classify_texts(*[(str(one["title"]), "", str(one["text"]))] * 2) for one in world.mislabelled]

    assert card["data"]["corrected"] == len(world.mislabelled) > 15
    assert sum(each[3].decision is Decision.ASSIGNED for each in results) >= 0.9 * len(results)
    weather = card["out_of_fold"]["labels"][3]
    assert weather["support"] == sum("weather" in one["labels"] for one in world.articles)  # type: ignore[operator]
    assert weather["precision"] < 0.9 < weather["recall"]


def test_out_of_fold_reports_judge_with_models_of_other_folds_and_estimate_the_stream(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workers.classify.train.train_vectors", partial(train_vectors, dimensions=8))
    wanted = replace(world.wanted(world.labelled, world.stream), folds=2, mistakes=40, knowledge=world.knowledge())

    report = evaluated(wanted, identity)

    assert (report.judge, report.learned, report.articles) == (Judge.OUT_OF_FOLD, 0, 240)
    assert {part.name: part.articles for part in report.kinds}.keys() == {"agency", "channel"}
    assert len(report.evaluation.macro_f1_by_fold) == 2
    false_alarms = {one.row.id for one in report.mistakes if one.label == "weather" and not one.carries}
    assert len(false_alarms & {one["id"] for one in world.mislabelled}) >= 0.9 * len(world.mislabelled)
    assert report.live is not None
    assert (report.live.drawn, report.live.articles) == (80, 120)
    assert "in the stream: 80 of 120 articles read" in report_text(report, width=160, colour=False)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"id": "zz"}, "no article of the data has this id and this text"),
        ({"sha256": "0" * 16}, "no article of the data has this id and this text"),
        ({"label": "roads"}, "the labels are consular"),
        ({"carries": False}, "changes nothing"),
    ],
)
def test_a_correction_that_fits_nothing_is_refused(world: World, changed: dict[str, object], reason: str) -> None:
    dataset, _ = read_dataset([world.labelled], world.labels, identity)
    at = int(np.flatnonzero(~dataset.targets[:, 1])[0])
    fitting = {"id": dataset.ids[at], "sha256": dataset.digests[at], "label": "flights", "carries": True}

    with pytest.raises(UsageError, match=reason):
        corrected(dataset, [Correction.model_validate({**fitting, "reason": "Said in so many words.", **changed})])


def test_the_projects_corrections_fit_the_data_and_give_a_reason_each(data_dir: Path) -> None:
    labels = [label.name for label in load_labels(SEEDS / "labels.toml")]
    dataset, _ = read_dataset([data_dir / "labelled.jsonl"], labels, identity)

    corrections = load_corrections(SEEDS / "labelled" / "corrections.toml")

    assert int((corrected(dataset, corrections) != dataset.targets).sum()) == len(corrections) >= 15
    assert all(one.reason.isascii() for one in corrections)


def test_decisions_are_those_of_the_labelled_mix(world: World) -> None:
    shipped, card = Figures.load(world.model)
    offsets = np.array([one["offset"] for one in card["live"]["labels"]])

    assert (shipped.assign_at < 0.5).any()
    assert (offsets < 0).all()
    results = Classifier(shipped, card).classify_texts(
        ("", "", "باران سنگین در رم بارید."), ("", "", "باران سنگین در رم بارید.")
    )
    assert results[3].decision is Decision.ASSIGNED
