"""Heartbeats: sent by turns through all partitions, taken through the real stages, never articles."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator
from prometheus_client import CollectorRegistry

from ingest.heartbeat import Beating
from ingest.service.lifecycle import Watchdog
from ingest.stream.attempts import Attempts
from ingest.stream.heartbeat import Heartbeat, HeartbeatGauge, heartbeat_record, is_heartbeat
from ingest.stream.producer import Offset
from ingest.stream.record import Incoming, Record
from ingest.stream.restore import Restored
from ingest.stream.topics import Topics
from ingest.stream.transform import Turn
from tests.support import enrichment
from workers.classify.model import Classifier
from workers.metrics import WorkerMetrics
from workers.pipeline import Tools
from workers.worker import Worker

PROJECT = Path(__file__).resolve().parents[2]
DOCUMENT = yaml.safe_load((PROJECT / "deploy" / "asyncapi.yaml").read_text(encoding="utf-8"))
NOW = datetime(2026, 1, 1, tzinfo=UTC)
TOPICS = Topics("t")


class Idle:
    """A task that has one turn of its own at each look."""

    def restored(self, partition: int, state: Restored) -> None: ...

    def dropped(self, partition: int) -> None: ...

    def turns(self, incoming: Sequence[Incoming], owned: frozenset[int]) -> Iterable[Turn]:
        yield Turn((Record("own", b"", b""),))

    def farewell(self) -> Mapping[int, Offset]:
        return {}


class Fetcher:
    """A beating fetcher under a clock that the test sets."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.registry = CollectorRegistry()
        self.task = Beating(
            Idle(), "t.entries.v1", 3, "fetcher-0", HeartbeatGauge(self.registry, "sent"),
            clock=lambda: self.seconds, now=lambda: NOW,
        )  # fmt: skip

    def look(self) -> list[Record]:
        turns = list(self.task.turns((), frozenset({0})))
        assert turns[0].records[0].topic == "own"
        return [record for turn in turns[1:] for record in turn.records]


def came(record: Record, value: bytes | None = None) -> Incoming:
    return Incoming(record.topic, 0, 5, NOW, record.key, value or record.value, record.headers)


def sent() -> Record:
    return heartbeat_record("t.entries.v1", Heartbeat(slot="fetcher-0", partition=0, sent_at=NOW), partition=0)


@pytest.fixture(scope="module")
def tools() -> Tools:
    return Tools(enrichment.normalizer(), Classifier.load(PROJECT / "seeds"), enrichment.enricher(), analysis=7)


class Working:
    """A worker's task on one partition."""

    def __init__(self, tools: Tools) -> None:
        self.registry = CollectorRegistry()
        metrics = WorkerMetrics(self.registry, ("flights",))
        self.worker = Worker(tools, TOPICS, metrics, Watchdog(), Attempts(10), 60.0, now=lambda: NOW)
        self.worker.restored(0, Restored(0, {}, None, 0))

    def work(self, record: Incoming) -> list[Record]:
        return [one for turn in self.worker.turns([record], frozenset({0})) for one in turn.records]

    def total(self, name: str) -> float:
        return sum(s.value for family in self.registry.collect() for s in family.samples if s.name == name)


def test_a_fetcher_sends_a_heartbeat_at_once_and_then_every_half_minute_through_each_partition_by_turns() -> None:
    fetcher = Fetcher()
    partitions = []
    for _ in range(130):
        partitions += [record.partition for record in fetcher.look()]
        fetcher.seconds += 1

    assert partitions == [0, 1, 2, 0, 1]
    assert fetcher.registry.get_sample_value("rasad_heartbeat_timestamp_seconds", {"stage": "sent"}) == NOW.timestamp()


def test_a_heartbeat_that_was_not_committed_is_sent_again() -> None:
    fetcher = Fetcher()
    turns = iter(fetcher.task.turns((), frozenset({0})))
    next(turns)
    lost = next(turns).records[0]
    turns.close()  # type: ignore[attr-defined]

    assert fetcher.registry.get_sample_value("rasad_heartbeat_timestamp_seconds", {"stage": "sent"}) == 0
    assert fetcher.look() == [lost]


def test_a_worker_ends_a_heartbeat_in_its_topic_and_nowhere_else(tools: Tools) -> None:
    working = Working(tools)

    (record,) = working.work(came(sent()))

    ended = Heartbeat.model_validate_json(record.value or b"")
    assert record.topic == "t.heartbeats.v1"
    assert (ended.slot, ended.sent_at, ended.taken_at) == ("fetcher-0", NOW, NOW)
    assert ended.stage_seconds.keys() == {"normalize", "classify", "enrich"}
    assert dict(record.headers)["ce_id"] == dict(sent().headers)["ce_id"]


def test_a_heartbeat_is_counted_as_one_and_never_as_an_article(tools: Tools) -> None:
    working = Working(tools)

    working.work(came(sent()))

    stamp = working.registry.get_sample_value("rasad_heartbeat_timestamp_seconds", {"stage": "ended"})
    assert (stamp, working.total("rasad_heartbeat_seconds_count")) == (NOW.timestamp(), 1)
    for name in ("rasad_items_total", "rasad_words_total", "rasad_article_languages_total", "rasad_label_score_count"):
        assert working.total(name) == 0


def test_a_damaged_heartbeat_is_a_dead_letter(tools: Tools) -> None:
    (letter,) = Working(tools).work(came(sent(), b'{"slot": 7}'))

    assert letter.topic == "t.dead-letters.v1"
    assert dict(letter.headers)["rasad-stage"] == b"decode"


def test_the_asyncapi_document_describes_heartbeats_as_they_are_sent_and_ended(tools: Tools) -> None:
    message = DOCUMENT["components"]["messages"]["heartbeat"]
    (ended,) = Working(tools).work(came(sent()))

    for record in (sent(), ended):
        headers = {name: value.decode() for name, value in record.headers}
        Draft202012Validator(message["headers"]).validate(headers)
        assert headers.keys() == message["headers"]["properties"].keys()
        body = Heartbeat.model_validate_json(record.value or b"").model_dump(mode="json")
        Draft202012Validator(message["payload"]).validate(body)
        assert body.keys() == message["payload"]["properties"].keys()
    assert is_heartbeat(came(sent()))
