"""What the loop has read and may not work on yet: the client gives it once, so the loop must keep it."""

import time
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
from support.broker import eventually, make_topics, quick_kafka

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


def test_a_partition_that_was_paused_with_records_read_goes_on_after_others_were_read(
    kafka: KafkaSettings, namespace: str
) -> None:
    """Else it stands still for ever: the client keeps what it had read, gives it to nobody and fetches no more."""
    topics = make_topics(kafka, namespace, partitions=2)
    offsets = written(kafka, topics)
    member = Membership(kafka, f"{namespace}-g", "slot-0", topics.entries, reads=True)

    def read(enough: int, most: int = 500) -> list[tuple[int, int]]:
        found: list[tuple[int, int]] = []
        until = time.monotonic() + 15
        while len(found) < enough and time.monotonic() < until:
            found += [(record.partition, record.offset) for record in member.poll(0.2, most)[0]]
        return found

    eventually(lambda: (member.poll(0.1), member.owned)[1], {0, 1}.__eq__, 20, "both partitions", pause=0)
    for partition in offsets:
        member.start(partition, None)
    ((first, _),) = read(1, most=1)
    member.stop_all()
    member.poll(0.1)

    member.start(1 - first, None)
    others = read(RECORDS // 2)
    member.start(first, None)
    again = read(RECORDS // 2)
    member.close()

    assert others == [(1 - first, offset) for offset in offsets[1 - first]]
    assert again == [(first, offset) for offset in offsets[first]]
