"""What a worker forgets of the articles that carried a label, and how much of it a wrong clock can cost."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from ingest.service.lifecycle import Watchdog
from ingest.stream.attempts import Attempts
from ingest.stream.record import Record
from ingest.stream.restore import Restored
from ingest.stream.topics import Topics
from tests.support import enrichment
from workers.classify.model import Classifier
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
