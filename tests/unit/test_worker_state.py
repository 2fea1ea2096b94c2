"""What a worker remembers of the articles that carried a label, and when it forgets them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from ingest.service.lifecycle import Watchdog
from ingest.stream.attempts import Attempts
from ingest.stream.record import Incoming, Record
from ingest.stream.restore import Restored
from ingest.stream.topics import Topics
from tests.support import enrichment
from workers.classify.model import Classifier
from workers.feedless import feedless_entry
from workers.metrics import WorkerMetrics
from workers.pipeline import Tools
from workers.publish import ArticleState
from workers.worker import FORGOTTEN_AT_ONCE, STATE_KEPT_FOR, SWEEP_SECONDS, Worker

SEEDS = Path(__file__).resolve().parents[2] / "seeds"
NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def tools() -> Tools:
    return Tools(enrichment.normalizer(), Classifier.load(SEEDS), enrichment.enricher(), analysis=7)


class Remembering:
    """A worker with so many labelled articles in one partition, each an hour younger than the one before."""

    def __init__(self, tools: Tools, articles: int, youngest: timedelta) -> None:
        self.seconds = 0.0
        metrics = WorkerMetrics(CollectorRegistry(), ("flights",))
        self.worker = Worker(
            tools, Topics("t"), metrics, Watchdog(), Attempts(10), 60.0, lambda: self.seconds, lambda: NOW
        )
        ages = [youngest + timedelta(hours=articles - 1 - number) for number in range(articles)]
        states = [ArticleState(labels=("flights",), revision=1, analysis=7, at=NOW - age) for age in ages]
        values = {f"{number:04}".encode(): state.model_dump_json().encode() for number, state in enumerate(states)}
        self.worker.restored(0, Restored(0, values, None, 0))

    def look(self) -> list[Record]:
        return [record for turn in self.worker.turns((), frozenset({0})) for record in turn.records]


def test_only_articles_whose_last_event_is_long_ago_are_forgotten(tools: Tools) -> None:
    remembering = Remembering(tools, 5, STATE_KEPT_FOR - timedelta(hours=2))

    forgotten = remembering.look()

    assert [(record.key, record.value) for record in forgotten] == [(b"0000", None), (b"0001", None)]
    assert remembering.look() == []


def test_a_clock_that_is_far_ahead_costs_the_oldest_few_an_hour_and_not_the_memory(tools: Tools) -> None:
    remembering = Remembering(tools, 3 * FORGOTTEN_AT_ONCE, timedelta(days=300))

    first = remembering.look()
    remembering.seconds += SWEEP_SECONDS
    second = remembering.look()

    assert [record.key for record in first] == [f"{number:04}".encode() for number in range(FORGOTTEN_AT_ONCE)]
    assert len(second) == FORGOTTEN_AT_ONCE
    assert {record.key for record in first}.isdisjoint(record.key for record in second)


def test_an_article_that_carried_a_retired_label_is_sent_to_the_topics_of_labels_that_there_are(tools: Tools) -> None:
    """The retired label's topic may be gone: a transaction that waited for it would stop the partition for good."""
    remembering = Remembering(tools, 0, timedelta())
    entry = feedless_entry("باغ", "باغبان در باغچه گل کاشت و آب داد", NOW)
    state = ArticleState(labels=("flights", "retired"), revision=1, analysis=7, at=NOW)
    remembering.worker.restored(0, Restored(0, {entry.article_id.encode(): state.model_dump_json().encode()}, None, 0))
    incoming = Incoming("t.entries.v1", 0, 0, NOW, b"k", entry.model_dump_json().encode())

    records = [record for turn in remembering.worker.turns([incoming], frozenset({0})) for record in turn.records]

    assert [record.topic for record in records] == ["t.articles.v1", "t.flights.v1", "t.article-state.v1"]
    assert ArticleState.model_validate_json(records[-1].value or b"").labels == ("flights", "retired")
