"""One transaction: all of its records, all of its offsets, or nothing; every call bounded by us.

Knows nothing of what is sent. The order of the calls is what makes the promise of DESIGN 7 true:
begin; send, keeping every future; flush; look at every future; offsets with the membership that was
taken before the work; commit. `commit_transaction()` alone returns without an error when a record has
expired, since kafka-python 3.0.12 takes a timeout for retriable and leaves the transaction healthy.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from kafka import KafkaProducer
from kafka.errors import (
    CommitFailedError,
    FencedInstanceIdError,
    InvalidProducerEpochError,
    KafkaError,
    KafkaTimeoutError,
    ProducerFencedError,
)
from kafka.structs import ConsumerGroupMetadata, OffsetAndMetadata, TopicPartition

from ingest.service.errors import RasadError
from ingest.service.settings import KafkaSettings
from ingest.stream.connection import producer_config
from ingest.stream.record import Record

FENCED = (ProducerFencedError, InvalidProducerEpochError, FencedInstanceIdError)


class TransactionFailed(RasadError):
    """The outcome may be unknown: drop producer and state, restore, rewind."""


class MembershipLost(TransactionFailed):
    """The broker refused the offsets: our partitions have moved. Nothing was committed."""


class SlotFenced(RasadError):
    """Another process has this slot's transactional id or group instance id: end this process."""


@dataclass(frozen=True, slots=True)
class Offset:
    """A group offset to commit: the next offset to read, and what a successor should know of it."""

    next_offset: int
    metadata: str = ""


Written = Mapping[tuple[str, int], int]
"""Topic and partition to the last offset that this transaction wrote there."""

OffsetsOf = Callable[[Written], Mapping[tuple[str, int], Offset]]
"""From what was written to the group offsets that commit with it."""


class BoundedProducer(KafkaProducer):  # type: ignore[misc] # kafka-python publishes no types
    """A transactional producer whose every call ends in time.

    Leans on private names of kafka-python 3.0.12 (`_transaction_manager`, `_sender`), as its public calls wait
    without limit; the version is pinned and `tests/contract/test_kafka_private_names.py` holds them still.
    """

    def send_offsets_within(
        self, offsets: Mapping[TopicPartition, OffsetAndMetadata], membership: ConsumerGroupMetadata, seconds: float
    ) -> None:
        """Add group offsets to the transaction, or raise KafkaTimeoutError."""
        self._await(self._transaction_manager.send_offsets_to_transaction(offsets, membership), seconds, "offsets")

    def commit_within(self, seconds: float) -> None:
        """Commit the transaction, or raise KafkaTimeoutError: then nobody knows whether it was committed."""
        self._await(self._transaction_manager.begin_commit(), seconds, "commit")

    def _await(self, result: object, seconds: float, what: str) -> None:
        self._sender.wakeup()
        if not result.wait(timeout_ms=seconds * 1000):  # type: ignore[attr-defined]
            raise KafkaTimeoutError(f"{what} was not answered within {seconds:.1f} s")

    def drop(self) -> None:
        """End the sender thread without waiting for anything; an open transaction is left for its successor.

        `close(timeout=0)` will not do: its flush raises first and leaves the thread alive.
        """
        self._unregister_cleanup()
        self._sender.initiate_close()
        self._sender.force_close()
        self._sender.wakeup()
        self._closed = True


class Transactions:
    """A slot's producer: opened when it is needed, dropped after any error, opened again with the same id."""

    def __init__(
        self, kafka: KafkaSettings, transactional_id: str, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._kafka = kafka
        self._clock = clock
        self._id = transactional_id
        self._producer: BoundedProducer | None = None

    def open(self) -> None:
        """Connect and fence whoever had this transactional id before; ends its open transaction (KIP-98).

        Raises TransactionFailed when the broker does not answer within 15 s.
        """
        if self._producer is not None:
            return
        try:
            producer = BoundedProducer(**producer_config(self._kafka, self._id))
        except KafkaError as error:
            raise TransactionFailed(f"no producer: {error!r}") from error
        try:
            producer.init_transactions()
        except KafkaError as error:
            producer.drop()
            raise TransactionFailed(f"no transactional producer: {error!r}") from error
        self._producer = producer

    def commit(self, records: Sequence[Record], offsets_of: OffsetsOf, membership: ConsumerGroupMetadata) -> Written:
        """Commit records and offsets together; returns the last offset written to each partition.

        Raises MembershipLost when the partitions have moved, SlotFenced when another process took the slot,
        TransactionFailed when the outcome is unknown or bad. After any of them call `drop`.
        """
        self.open()
        try:
            return self._commit(records, offsets_of, membership)
        except FENCED as error:
            raise SlotFenced(f"{self._id} is in use by another process: {error!r}") from error
        except CommitFailedError as error:
            raise MembershipLost(repr(error)) from error
        except (KafkaError, AssertionError, ValueError, RuntimeError) as error:
            # kafka-python raises the last three from its own state checks after a lost connection.
            raise TransactionFailed(repr(error)) from error

    def _commit(self, records: Sequence[Record], offsets_of: OffsetsOf, membership: ConsumerGroupMetadata) -> Written:
        producer = self._producer
        assert producer is not None  # noqa: S101 - `open` has just returned
        until = self._clock() + self._kafka.commit_seconds
        producer.begin_transaction()
        futures = [
            producer.send(
                record.topic,
                key=record.key,
                value=record.value,
                headers=list(record.headers),
                partition=record.partition,
            )
            for record in records
        ]
        producer.flush(self._kafka.flush_seconds)
        written: dict[tuple[str, int], int] = {}
        for future in futures:
            sent = future.get(timeout=0)
            place = (sent.topic, sent.partition)
            written[place] = max(sent.offset, written.get(place, -1))
        offsets = {
            TopicPartition(*place): OffsetAndMetadata(offset.next_offset, offset.metadata, -1)
            for place, offset in offsets_of(written).items()
        }
        producer.send_offsets_within(offsets, membership, max(0.0, until - self._clock()))
        producer.commit_within(max(0.0, until - self._clock()))
        return written

    def drop(self) -> None:
        """Let go of the producer, whatever it is doing."""
        if self._producer is not None:
            self._producer.drop()
            self._producer = None
