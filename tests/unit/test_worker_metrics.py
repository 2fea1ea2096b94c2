"""What a worker counts for drift: decisions, scores, unknown words and its model, with the real stages."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from ingest.service.lifecycle import Watchdog
from ingest.stream.attempts import Attempts
from ingest.stream.record import Incoming
from ingest.stream.restore import Restored
from ingest.stream.topics import Topics
from tests.support import enrichment
from workers.article import Decision
from workers.classify.model import Classifier
from workers.feedless import feedless_entry
from workers.metrics import SCORE_BUCKETS, WorkerMetrics
from workers.pipeline import Tools
from workers.worker import Worker

SEEDS = Path(__file__).resolve().parents[2] / "seeds"
NOW = datetime(2026, 1, 1, tzinfo=UTC)
LABELS = ("consular", "flights", "security-cooperation")
FLIGHT = "شرکت هواپیمایی همه پروازهای فرودگاه را لغو کرد"
GARDEN = "باغبان در باغچه گل کاشت و آب داد"
UNKNOWN = "ژغچپژ گچپژغ چژغپگ"


@pytest.fixture(scope="module")
def tools() -> Tools:
    return Tools(enrichment.normalizer(), Classifier.load(SEEDS), enrichment.enricher(), analysis=7)


def incoming(offset: int, text: str) -> Incoming:
    name = f"{offset:a>26}".translate(str.maketrans("0123456789", "ghijklmnop"))
    entry = feedless_entry("", text, NOW).model_copy(update={"article_id": name})
    return Incoming("t.entries.v1", 0, offset, NOW, b"k", entry.model_dump_json().encode())


class Running:
    """A worker's task on one partition, as the loop drives it."""

    def __init__(self, tools: Tools) -> None:
        self.registry = CollectorRegistry()
        metrics = WorkerMetrics(self.registry, LABELS)
        metrics.serves(tools.classifier.model_id, tools.analysis, tools.normalizer.version)
        self.worker = Worker(tools, Topics("t"), metrics, Watchdog(), Attempts(10), 60.0, now=lambda: NOW)
        self.worker.restored(0, Restored(0, {}, None, 0))

    def value(self, name: str, **labels: str) -> float:
        found = self.registry.get_sample_value(name, labels)
        assert found is not None, f"{name} {labels}"
        return found

    def work(self, *texts: str) -> None:
        for _ in self.worker.turns([incoming(at, text) for at, text in enumerate(texts)], frozenset({0})):
            pass


def test_decisions_and_scores_are_counted_by_label(tools: Tools) -> None:
    running = Running(tools)

    running.work(FLIGHT, GARDEN, FLIGHT)

    assert running.value("rasad_label_decisions_total", label="flights", decision="assigned") == 2
    assert running.value("rasad_label_decisions_total", label="flights", decision="rejected") == 1
    assert running.value("rasad_label_score_count", label="flights") == 3
    assert running.value("rasad_label_score_bucket", label="flights", le="0.1") == 1
    assert running.value("rasad_label_score_bucket", label="flights", le="1.0") == 3
    assert running.value("rasad_label_score_bucket", label="consular", le="0.1") == 3


def test_words_that_the_model_does_not_know_are_counted_apart(tools: Tools) -> None:
    running = Running(tools)

    running.work(FLIGHT, f"{GARDEN} {UNKNOWN}")

    known = len(FLIGHT.split()) + len(GARDEN.split())
    assert running.value("rasad_words_total") == known + 3
    assert 3 <= running.value("rasad_unknown_words_total") <= 6


def test_what_the_enrichment_finds_is_counted_with_the_article_once_it_is_committed(tools: Tools) -> None:
    running = Running(tools)

    running.work(f"{FLIGHT} و سفیر ایران در ترکیه با وزیر کشور ترکیه دیدار کرد", GARDEN)

    assert running.value("rasad_enrichment_items_total", part="country") == 2
    assert running.value("rasad_enrichment_articles_total", labelled="yes", found="named") == 1
    assert running.value("rasad_enrichment_articles_total", labelled="no", found="nothing") == 1


def test_nothing_is_counted_before_its_turn_has_been_committed(tools: Tools) -> None:
    running = Running(tools)
    turns = iter(running.worker.turns([incoming(0, FLIGHT)], frozenset({0})))

    while not (turn := next(turns)).records:
        pass

    assert turn.records
    assert running.value("rasad_words_total") == 0
    assert running.value("rasad_label_score_count", label="flights") == 0
    next(turns, None)
    assert running.value("rasad_words_total") == len(FLIGHT.split())


def test_the_model_pipeline_and_normalizer_are_told(tools: Tools) -> None:
    running = Running(tools)

    told = {"model_id": tools.classifier.model_id, "analysis": "7", "normalizer": tools.normalizer.version}

    assert running.value("rasad_model_info", **told) == 1.0


def test_series_are_there_from_the_start_and_bounded_by_the_label_set(tools: Tools) -> None:
    running = Running(tools)
    before = generate_latest(running.registry).decode()

    running.work(FLIGHT, GARDEN, UNKNOWN)

    def series(text: str) -> set[str]:
        return {line.split(" ")[0] for line in text.splitlines() if line.startswith("rasad_label")}

    assert series(generate_latest(running.registry).decode()) == series(before)
    buckets = len(SCORE_BUCKETS) + 3
    assert len([one for one in series(before) if "_created" not in one]) == len(LABELS) * (buckets + len(Decision))


def test_seconds_from_end_to_end_are_told_by_label(tools: Tools) -> None:
    running = Running(tools)

    running.work(FLIGHT, GARDEN)

    for label, count in (("flights", 1), ("none", 1), ("consular", 0)):
        assert running.value("rasad_article_since_seen_seconds_count", label=label) == count


def test_a_stage_shows_when_it_last_did_well_and_what_it_has_begun(tools: Tools) -> None:
    running = Running(tools)
    turns = iter(running.worker.turns([incoming(0, FLIGHT), incoming(1, GARDEN)], frozenset({0})))

    while not next(turns).records:
        pass
    begun, stamp = running.value("rasad_items_in_progress"), "rasad_stage_last_success_timestamp_seconds"
    before = [value for value in [running.registry.get_sample_value(stamp, {"stage": "publish"})] if value is not None]
    next(turns, None)

    assert (begun, running.value("rasad_items_in_progress"), before) == (2, 0, [])
    for stage in ("decode", "normalize", "classify", "publish"):
        assert running.value(stamp, stage=stage) == NOW.timestamp()


def test_what_was_begun_and_not_committed_is_in_progress_no_longer(tools: Tools) -> None:
    running = Running(tools)
    turns = iter(running.worker.turns([incoming(0, FLIGHT)], frozenset({0})))
    while not next(turns).records:
        pass

    turns.close()  # type: ignore[attr-defined]

    assert running.value("rasad_items_in_progress") == 0
