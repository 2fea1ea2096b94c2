"""A transaction on a real Kafka: all of it or nothing, and fenced."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from kafka.errors import KafkaTimeoutError
from kafka.structs import ConsumerGroupMetadata, OffsetAndMetadata, TopicPartition

from ingest.service.settings import KafkaSettings
from ingest.stream.connection import admin_client, producer_config
from ingest.stream.local_broker import LocalBroker
from ingest.stream.membership import Membership
from ingest.stream.producer import (
    BoundedProducer,
    MembershipLost,
    Offset,
    SlotFenced,
    TransactionFailed,
    Transactions,
    Written,
)
from ingest.stream.record import Record
from ingest.stream.restore import restore
from ingest.stream.topics import Topics
from support.broker import eventually, keys, make_topics, quick_kafka, read_topic


@pytest.fixture
def kafka(broker: LocalBroker) -> KafkaSettings:
    return quick_kafka(broker.bootstrap)


@pytest.fixture
def topics(kafka: KafkaSettings, namespace: str) -> Topics:
    return make_topics(kafka, namespace, partitions=2)


@contextmanager
def member_of(kafka: KafkaSettings, topics: Topics, slot: str = "slot-0") -> Iterator[Membership]:
    member = Membership(kafka, f"{topics.namespace}-group", slot, topics.feed_state, reads=False)
    try:
        until = time.monotonic() + 20
        while member.snapshot() is None or not member.owned:
            member.poll(0.1)
            assert time.monotonic() < until, "no partitions"
        yield member
    finally:
        member.close()


def snapshot_of(member: Membership) -> ConsumerGroupMetadata:
    membership = member.snapshot()
    assert membership is not None
    return membership


def offsets_at(topics: Topics, next_offset: int = 1) -> object:
    def offsets(_: Written) -> dict[tuple[str, int], Offset]:
        return {(topics.feed_state, 0): Offset(next_offset, "note")}

    return offsets


def test_d13_records_and_offsets_commit_together(kafka: KafkaSettings, topics: Topics) -> None:
    with member_of(kafka, topics) as member:
        transactions = Transactions(kafka, f"{topics.namespace}-a")

        written = transactions.commit(
            [Record(topics.entries, b"k", b"v", partition=1), Record(topics.feed_state, b"f/x", b"s", partition=0)],
            offsets_at(topics),
            snapshot_of(member),
        )

        assert written == {(topics.entries, 1): 0, (topics.feed_state, 0): 0}
        assert keys(read_topic(kafka, topics.entries)) == ["k"]
        assert member.committed(0, 5) == Offset(1, "note")
        transactions.drop()


def test_s4_a_record_that_the_broker_refuses_takes_the_whole_transaction_with_it(
    kafka: KafkaSettings, topics: Topics
) -> None:
    """S4: kafka-python reports it in the record's future only; a commit would go through without the record."""
    too_large = Record(topics.entries, b"large", b"x" * 1_100_000, partition=0)
    with member_of(kafka, topics) as member:
        transactions = Transactions(kafka, f"{topics.namespace}-a")

        with pytest.raises(TransactionFailed):
            transactions.commit(
                [Record(topics.entries, b"small", b"v", partition=1), too_large],
                offsets_at(topics),
                snapshot_of(member),
            )
        transactions.drop()

        assert read_topic(kafka, topics.entries) == []
        assert member.committed(0, 5) is None


class ExpiredFuture:
    """What kafka-python hands back for a record that waited longer than its delivery timeout."""

    def get(self, timeout: float) -> None:
        raise KafkaTimeoutError(f"batch expired, asked with {timeout}")


def test_a_record_that_has_expired_takes_the_whole_transaction_with_it(
    kafka: KafkaSettings, topics: Topics, monkeypatch: pytest.MonkeyPatch
) -> None:
    """kafka-python takes a timeout for retriable: its own commit goes through, without the record or an error."""
    send = BoundedProducer.send

    def send_all_but_one(producer: BoundedProducer, topic: str, **record: Any) -> Any:
        return ExpiredFuture() if record["key"] == b"expired" else send(producer, topic, **record)

    monkeypatch.setattr(BoundedProducer, "send", send_all_but_one)
    with member_of(kafka, topics) as member:
        transactions = Transactions(kafka, f"{topics.namespace}-a")
        records = [Record(topics.entries, key, b"v", partition=1) for key in (b"sent", b"expired")]

        with pytest.raises(TransactionFailed, match="expired"):
            transactions.commit(records, offsets_at(topics), snapshot_of(member))
        transactions.drop()

        assert read_topic(kafka, topics.entries) == []
        assert member.committed(0, 5) is None


def test_a_second_process_with_the_same_id_fences_the_first(kafka: KafkaSettings, topics: Topics) -> None:
    with member_of(kafka, topics) as member:
        first = Transactions(kafka, f"{topics.namespace}-slot")
        first.open()
        second = Transactions(kafka, f"{topics.namespace}-slot")
        second.open()

        with pytest.raises(SlotFenced):
            first.commit([Record(topics.entries, b"k", b"v")], offsets_at(topics), snapshot_of(member))
        first.drop()
        second.drop()

    assert read_topic(kafka, topics.entries) == []


def test_offsets_of_a_membership_that_is_no_more_are_refused(kafka: KafkaSettings, topics: Topics) -> None:
    with member_of(kafka, topics) as member:
        stale = snapshot_of(member)._replace(generation_id=snapshot_of(member).generation_id + 7)
        transactions = Transactions(kafka, f"{topics.namespace}-a")

        with pytest.raises(MembershipLost):
            transactions.commit([Record(topics.entries, b"k", b"v")], offsets_at(topics), stale)
        transactions.drop()

    assert read_topic(kafka, topics.entries) == []


def test_a_group_never_settles_before_its_leader_knows_the_topic(
    kafka: KafkaSettings, namespace: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Else it shares out nothing, and everyone waits; without the guard it happened at most of the joins."""
    for number in range(5):
        with member_of(kafka, make_topics(kafka, f"{namespace}-{number}", partitions=2)) as member:
            assert member.owned == {0, 1}

    assert "No partition metadata" not in caplog.text


def test_a_member_joins_a_new_group_once(
    kafka: KafkaSettings, topics: Topics, caplog: pytest.LogCaptureFixture
) -> None:
    """Else every start is two rebalances: the client takes what it knew of the topic for news."""
    caplog.set_level(logging.INFO, logger="kafka.coordinator")

    with member_of(kafka, topics) as member:
        for _ in range(10):
            member.poll(0.1)

    assert sum("Elected group leader" in record.message for record in caplog.records) == 1


def test_a_join_is_finished_however_short_the_polls_are(kafka: KafkaSettings, topics: Topics) -> None:
    """Else the leader that joins for news of the topic forgets why, and stands there until its session is over."""
    with member_of(kafka, topics) as member:
        admin = admin_client(kafka, "test")
        admin.create_partitions({topics.feed_state: 3})
        admin.close()
        member._consumer.topics()

        eventually(lambda: (member.poll(0.001), member.owned)[1], {0, 1, 2}.__eq__, 8, "the new partition", pause=0)

        assert member.snapshot() is not None


def test_an_unsettled_member_has_no_membership_to_commit_with(kafka: KafkaSettings, topics: Topics) -> None:
    member = Membership(kafka, f"{topics.namespace}-group", "slot-0", topics.feed_state, reads=False)

    assert member.snapshot() is None

    member.close()


def test_a_restore_ends_what_a_dead_predecessor_left_open(kafka: KafkaSettings, topics: Topics) -> None:
    """Without that it would wait for the dead one's transaction timeout."""
    with member_of(kafka, topics) as member:
        dead = BoundedProducer(
            **producer_config(kafka, f"{topics.namespace}-dead") | {"transaction_timeout_ms": 60_000}
        )
        dead.init_transactions()
        dead.begin_transaction()
        dead.send(topics.feed_state, key=b"f/lost", value=b"never committed", partition=0).get(5)
        dead.send_offsets_within(
            {TopicPartition(topics.feed_state, 0): OffsetAndMetadata(9, "", -1)}, snapshot_of(member), 5
        )
        dead.drop()
        started = time.monotonic()

        (restored,) = restore(kafka, member, topics.feed_state, [0], client_id="test")

        assert restored.values == {}
        assert restored.offset is None
        assert time.monotonic() - started < 20


def test_a_restore_reads_what_is_live_and_forgets_what_was_deleted(kafka: KafkaSettings, topics: Topics) -> None:
    with member_of(kafka, topics) as member:
        transactions = Transactions(kafka, f"{topics.namespace}-a")
        for key, value in [(b"a", b"1"), (b"b", b"1"), (b"a", b"2"), (b"b", None)]:
            transactions.commit(
                [Record(topics.feed_state, key, value, partition=0)], offsets_at(topics, 4), snapshot_of(member)
            )

        (restored,) = restore(kafka, member, topics.feed_state, [0], client_id="test")

        assert restored.values == {b"a": b"2"}
        assert restored.offset == Offset(4, "note")
        transactions.drop()
