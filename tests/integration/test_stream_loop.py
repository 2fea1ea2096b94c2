"""The loop on a real Kafka: what it does when its place in the group does not come."""

import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

import pytest
from kafka import KafkaConsumer
from kafka.errors import KafkaConnectionError, KafkaTimeoutError
from kafka.structs import ConsumerGroupMetadata
from prometheus_client import CollectorRegistry

from ingest.service.health import Health
from ingest.service.lifecycle import Stop, Watchdog
from ingest.stream import membership, transform
from ingest.stream.local_broker import LocalBroker
from ingest.stream.membership import Membership
from ingest.stream.metrics import StreamMetrics
from ingest.stream.producer import Offset
from ingest.stream.record import Incoming, Record
from ingest.stream.restore import Restored
from ingest.stream.sending import send
from ingest.stream.transform import Loop, Place, Turn
from support.broker import make_topics, quick_kafka


class StopsWhenItOwns:
    """A task that is content with its partitions."""

    def __init__(self, stop: Stop) -> None:
        self.stop = stop
        self.owned: set[int] = set()

    def restored(self, partition: int, state: Restored) -> None:
        self.owned.add(partition)

    def dropped(self, partition: int) -> None:
        self.owned.discard(partition)

    def turns(self, incoming: Sequence[Incoming], owned: frozenset[int]) -> Iterable[Turn]:
        self.stop.request("owned")
        return ()

    def farewell(self) -> Mapping[int, Offset]:
        return {}


def test_a_member_that_never_settles_is_replaced_by_a_new_one(
    broker: LocalBroker, namespace: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    kafka = quick_kafka(broker.bootstrap).model_copy(update={"max_poll_interval_ms": 3_000})
    topics = make_topics(kafka, namespace, partitions=2)
    stuck: list[Membership] = []
    real = Membership.snapshot

    def snapshot(member: Membership) -> ConsumerGroupMetadata | None:
        stuck[:] = stuck or [member]
        return None if member is stuck[0] else real(member)

    monkeypatch.setattr(Membership, "snapshot", snapshot)
    stop = Stop(5)
    task = StopsWhenItOwns(stop)
    place = Place(f"{namespace}-g", "slot-0", topics.entries, topics.article_state, reads=True)
    metrics = StreamMetrics(CollectorRegistry())
    loop = Loop(kafka, place, task, batch=(10, 0.1), metrics=metrics, health=Health(), watchdog=Watchdog())
    too_late = threading.Timer(60, stop.request, ("too late",))
    too_late.start()

    loop.run(stop)

    too_late.cancel()
    assert stop.reason == "owned"
    assert task.owned == {0, 1}


class Reads(StopsWhenItOwns):
    """A task that is content when it has been given so many records."""

    def __init__(self, stop: Stop, enough: int, done: list[str]) -> None:
        super().__init__(stop)
        self.enough, self.done = enough, done
        self.given: list[tuple[int, int]] = []

    def restored(self, partition: int, state: Restored) -> None:
        super().restored(partition, state)
        self.done.append("restored")

    def turns(self, incoming: Sequence[Incoming], owned: frozenset[int]) -> Iterable[Turn]:
        self.given += [(record.partition, record.offset) for record in incoming]
        if len(self.given) >= self.enough:
            self.stop.request("enough")
        return ()


def test_a_restore_that_takes_long_polls_its_group_between_two_parts_of_it_and_loses_nothing(
    broker: LocalBroker, namespace: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    kafka = quick_kafka(broker.bootstrap)
    topics = make_topics(kafka, namespace, partitions=6)
    (entries,) = [spec for spec in topics.specs((), 6) if spec.name == topics.entries]
    places = send(kafka, entries, [Record(topics.entries, b"k", b"v", partition=number % 6) for number in range(30)])
    monkeypatch.setattr(transform, "RESTORE_AT_ONCE", 2)
    monkeypatch.setattr(transform, "RESTORE_SLICE_SECONDS", 0.0)
    done: list[str] = []
    real = Membership.poll

    def poll(member: Membership, seconds: float, most: int) -> object:
        done.append("poll")
        return real(member, max(seconds, 1.0), most)

    monkeypatch.setattr(Membership, "poll", poll)
    stop = Stop(5)
    task = Reads(stop, len(places), done)
    place = Place(f"{namespace}-g", "slot-0", topics.entries, topics.article_state, reads=True)
    metrics = StreamMetrics(CollectorRegistry())
    loop = Loop(kafka, place, task, batch=(10, 0.1), metrics=metrics, health=Health(), watchdog=Watchdog())
    too_late = threading.Timer(60, stop.request, ("too late",))
    too_late.start()

    loop.run(stop)

    too_late.cancel()
    assert [name for name, _ in groupby(done)] == ["poll", "restored"] * 3 + ["poll"]
    assert sorted(task.given) == sorted(places)
    assert stop.reason == "enough"


def test_a_member_that_cannot_learn_its_topic_leaves_no_connection_behind(
    broker: LocalBroker, namespace: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[KafkaConsumer] = []
    real = membership.group_consumer
    monkeypatch.setattr(membership, "group_consumer", lambda *args: made.append(real(*args)) or made[-1])
    monkeypatch.setattr(membership, "METADATA_SECONDS", 0.0)

    with pytest.raises(KafkaTimeoutError, match="no metadata of absent"):
        Membership(quick_kafka(broker.bootstrap), f"{namespace}-g", "slot-0", "absent", reads=True)

    assert [consumer._closed for consumer in made] == [True]


def test_a_process_that_has_lost_all_its_partitions_shows_the_lag_of_none(
    broker: LocalBroker, namespace: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else its last figures would be added to those of the new owner for as long as both live."""
    kafka = quick_kafka(broker.bootstrap)
    topics = make_topics(kafka, namespace, partitions=2)
    (entries,) = [spec for spec in topics.specs((), 2) if spec.name == topics.entries]
    send(kafka, entries, [Record(topics.entries, b"k", b"v", partition=number % 2) for number in range(4)])
    registry = CollectorRegistry()
    stop = Stop(5)
    task = Reads(stop, 1_000, [])
    shown: list[float] = []
    real = Membership.poll

    def lags() -> list[float]:
        found = (
            registry.get_sample_value("rasad_lag_records", {"topic": topics.entries, "partition": str(partition)})
            for partition in range(2)
        )
        return [lag for lag in found if lag is not None]

    def poll(member: Membership, seconds: float, most: int) -> object:
        if len(shown) < 2:
            shown[:] = lags()
            return real(member, seconds, most)
        gone = member.owned
        member._owned.clear()
        member._started.clear()
        stop.request("all lost")
        return (), gone

    monkeypatch.setattr(Membership, "poll", poll)
    place = Place(f"{namespace}-g", "slot-0", topics.entries, topics.article_state, reads=True)
    metrics = StreamMetrics(registry)
    loop = Loop(kafka, place, task, batch=(10, 0.1), metrics=metrics, health=Health(), watchdog=Watchdog())
    too_late = threading.Timer(60, stop.request, ("too late",))
    too_late.start()

    loop.run(stop)

    too_late.cancel()
    assert stop.reason == "all lost"
    assert lags() == []


def test_a_spare_process_that_owns_nothing_outlives_a_fault_however_long_it_has_waited(
    broker: LocalBroker, namespace: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It never commits; counted from its start, nothing would have succeeded for a minute at the first fault."""
    kafka = quick_kafka(broker.bootstrap)
    topics = make_topics(kafka, namespace, partitions=2)
    stop = Stop(5)
    waited, polls = 0.0, 0
    real = Membership.poll

    def poll(member: Membership, seconds: float, most: int) -> object:
        nonlocal waited, polls
        polls += member.snapshot() is not None
        if polls == 2:
            waited = 1_000.0
        if polls == 4:
            raise KafkaConnectionError("a broker that went away for a moment")
        if polls == 6:
            stop.request("still there")
        return real(member, seconds, most)

    monkeypatch.setattr(Membership, "poll", poll)
    monkeypatch.setattr(Membership, "owned", property(lambda _: frozenset()))
    place = Place(f"{namespace}-g", "slot-0", topics.entries, topics.article_state, reads=True)
    loop = Loop(
        kafka,
        place,
        StopsWhenItOwns(stop),
        batch=(10, 0.1),
        metrics=StreamMetrics(CollectorRegistry()),
        health=Health(),
        watchdog=Watchdog(),
        clock=lambda: time.monotonic() + waited,
    )
    too_late = threading.Timer(60, stop.request, ("too late",))
    too_late.start()

    loop.run(stop)

    too_late.cancel()
    assert stop.reason == "still there"
