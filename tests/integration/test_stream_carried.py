"""What the loop has read and may not work on yet: the client gives it once, so the loop must keep it."""

from collections.abc import Callable, Iterable, Mapping, Sequence

import pytest
from kafka import KafkaProducer
from kafka.structs import ConsumerGroupMetadata
from prometheus_client import CollectorRegistry

from ingest.service.health import Health
from ingest.service.lifecycle import Stop, Watchdog
from ingest.service.settings import KafkaSettings
from ingest.stream.connection import common
from ingest.stream.local_broker import LocalBroker
from ingest.stream.membership import Membership
from ingest.stream.metrics import StreamMetrics
from ingest.stream.producer import Offset
from ingest.stream.record import Incoming
from ingest.stream.restore import Restored
from ingest.stream.topics import Topics
from ingest.stream.transform import Loop, Place, Turn
from support.broker import make_topics, quick_kafka

RECORDS = 60
BATCH = 7


class Collects:
    """A task that takes note of each record, and is content when it has seen so many."""

    def __init__(self, stop: Stop, records: int) -> None:
        self.stop = stop
        self.records = records
        self.owned: set[int] = set()
        self.seen: dict[int, list[int]] = {}

    def restored(self, partition: int, state: Restored) -> None:
        self.owned.add(partition)

    def dropped(self, partition: int) -> None:
        self.owned.discard(partition)

    def turns(self, incoming: Sequence[Incoming], owned: frozenset[int]) -> Iterable[Turn]:
        for record in incoming:
            self.seen.setdefault(record.partition, []).append(record.offset)
        if incoming:
            yield Turn(offsets={record.partition: Offset(record.offset + 1) for record in incoming})
        if sum(map(len, self.seen.values())) >= self.records:
            self.stop.request("all seen")

    def farewell(self) -> Mapping[int, Offset]:
        return {}


def written(kafka: KafkaSettings, topics: Topics) -> dict[int, list[int]]:
    """Write records to both partitions and return their offsets."""
    producer = KafkaProducer(**common(kafka, "test"), metrics_enabled=False)
    for number in range(RECORDS):
        producer.send(topics.entries, value=b"%d" % number, partition=number % 2)
    producer.flush(20)
    producer.close(timeout=5)
    return {partition: list(range(RECORDS // 2)) for partition in range(2)}


def run(kafka: KafkaSettings, topics: Topics, task: Collects) -> None:
    """Let a loop run until the task is content; at most half a minute."""
    place = Place(f"{topics.namespace}-g", "slot-0", topics.entries, topics.article_state, reads=True)
    metrics = StreamMetrics(CollectorRegistry())
    loop = Loop(kafka, place, task, batch=(BATCH, 0.1), metrics=metrics, health=Health(), watchdog=Watchdog())
    loop.run(task.stop)


@pytest.fixture
def kafka(broker: LocalBroker) -> KafkaSettings:
    return quick_kafka(broker.bootstrap)


@pytest.mark.timeout(90)
def test_what_was_read_while_the_group_was_not_settled_is_worked_on_afterwards(
    kafka: KafkaSettings, namespace: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    topics = make_topics(kafka, namespace, partitions=2)
    expected = written(kafka, topics)
    task = Collects(Stop(5), RECORDS)
    unsettled = iter(range(BATCH))
    real = Membership.snapshot

    def snapshot(member: Membership) -> ConsumerGroupMetadata | None:
        return None if task.owned and next(unsettled, None) is not None else real(member)

    monkeypatch.setattr(Membership, "snapshot", snapshot)

    run(kafka, topics, task)

    assert next(unsettled, None) is None
    assert task.seen == expected


@pytest.mark.timeout(90)
def test_what_was_read_when_another_partition_came_is_worked_on_afterwards(
    kafka: KafkaSettings, namespace: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    topics = make_topics(kafka, namespace, partitions=2)
    expected = written(kafka, topics)
    task = Collects(Stop(5), RECORDS)
    real: Callable[[Membership], frozenset[int]] = Membership.owned.fget  # type: ignore[attr-defined]

    def owned(member: Membership) -> frozenset[int]:
        return real(member) if task.seen else real(member) & {0}

    monkeypatch.setattr(Membership, "owned", property(owned))

    run(kafka, topics, task)

    assert task.seen == expected
