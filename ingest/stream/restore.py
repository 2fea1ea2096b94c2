"""Restore: what a compacted topic says of the partitions that have just become ours.

Knows nothing of what the state means. The order is what makes it right (KIP-447, and reads of committed data):
first the group's committed offset, which waits while a predecessor's offset commit is pending; only then the end of
the partition as an uncommitted reader sees it (a committed reader's end stops before a predecessor's open
transaction); then committed records up to that end.
"""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import structlog
from kafka import KafkaProducer
from kafka.errors import KafkaError
from kafka.structs import TopicPartition

from ingest.service.settings import KafkaSettings
from ingest.stream.connection import (
    RESTORE_MAX_RECORDS,
    admin_client,
    producer_config,
    reading_consumer,
)
from ingest.stream.membership import Membership
from ingest.stream.producer import Offset

log = structlog.get_logger(__name__)

WAIT_BEFORE_HELP_SECONDS = 0.6
"""A live predecessor commits within about 0.1 s; one that died inside a transaction would hold us for its whole
transaction timeout and the broker's check of it (up to 20 s)."""

RESTORE_LIMIT_SECONDS = 45.0
"""Below max_poll_interval (60 s), or the restore itself would lose the partitions."""


class RestoreFailed(Exception):
    """The state could not be read in time; nothing is owned until it is."""


@dataclass(frozen=True, slots=True)
class Restored:
    """One partition's state: live values by key, in the order of their last writing, and the group's offset."""

    partition: int
    values: Mapping[bytes, bytes]
    offset: Offset | None
    end: int
    """The state partition's next offset when the restore had read all of it."""


def restore(
    kafka: KafkaSettings,
    member: Membership,
    state_topic: str,
    partitions: Sequence[int],
    *,
    client_id: str,
    clock: Callable[[], float] = time.monotonic,
) -> tuple[Restored, ...]:
    """Read the state of these partitions. Raises RestoreFailed, or KafkaError where the client cannot go on."""
    until = clock() + RESTORE_LIMIT_SECONDS
    places = [TopicPartition(state_topic, partition) for partition in partitions]
    offsets = {partition: _committed(kafka, member, partition, places, until, clock) for partition in partitions}
    tail = reading_consumer(kafka, f"{client_id}-tail", committed_only=False)
    try:
        ends: dict[TopicPartition, int] = tail.end_offsets(places)
    finally:
        tail.close(timeout_ms=1_000)
    values = _read(kafka, ends, client_id, until, clock)
    return tuple(Restored(place.partition, values[place], offsets[place.partition], ends[place]) for place in places)


def _committed(
    kafka: KafkaSettings,
    member: Membership,
    partition: int,
    places: Sequence[TopicPartition],
    until: float,
    clock: Callable[[], float],
) -> Offset | None:
    while clock() < until:
        try:
            return member.committed(partition, WAIT_BEFORE_HELP_SECONDS)
        except TimeoutError:
            end_abandoned_transactions(kafka, places)
    raise RestoreFailed(f"the committed offset of partition {partition} stays pending")


def _read(
    kafka: KafkaSettings,
    ends: Mapping[TopicPartition, int],
    client_id: str,
    until: float,
    clock: Callable[[], float],
) -> dict[TopicPartition, dict[bytes, bytes]]:
    values: dict[TopicPartition, dict[bytes, bytes]] = {place: {} for place in ends}
    consumer = reading_consumer(kafka, f"{client_id}-restore", committed_only=True)
    try:
        consumer.assign(list(ends))
        consumer.seek_to_beginning(*ends)
        waiting = dict(ends)
        moved_at, positions = clock(), dict.fromkeys(ends, -1)
        while waiting:
            for place, batch in consumer.poll(timeout_ms=100, max_records=RESTORE_MAX_RECORDS).items():
                _apply(values[place], ((record.key, record.value) for record in batch))
            now = clock()
            for place, end in list(waiting.items()):
                # position() steps over transaction markers, aborted batches and compacted gaps: this ends.
                position = consumer.position(place, timeout_ms=1_000)
                if position is not None and position > positions[place]:
                    moved_at, positions[place] = now, position
                if position is not None and position >= end:
                    del waiting[place]
            if now > until:
                raise RestoreFailed(f"{len(waiting)} partitions not read after {RESTORE_LIMIT_SECONDS:.0f} s")
            if waiting and now - moved_at > WAIT_BEFORE_HELP_SECONDS:
                end_abandoned_transactions(kafka, list(waiting))
                moved_at = clock()
    finally:
        consumer.close(timeout_ms=1_000)
    return values


def _apply(values: dict[bytes, bytes], changes: Iterable[tuple[bytes, bytes | None]]) -> None:
    for key, value in changes:
        # Out first, so that the values stand in the order in which they were last written, as they did before.
        values.pop(key, None)
        # A tombstone stays in the log for delete.retention.ms: it means deleted, never an empty state.
        if value is not None:
            values[key] = value


def end_abandoned_transactions(kafka: KafkaSettings, places: Sequence[TopicPartition]) -> None:
    """End transactions that stand open in these partitions, by taking over their transactional ids.

    What a predecessor left open is aborted at once instead of after its timeout; a predecessor that is still alive
    is fenced by it, as it no longer owns what it writes to. Needs DESCRIBE and WRITE on the ids where ACLs are on;
    without them the timeout does the work.
    """
    try:
        admin = admin_client(kafka, "rasad-restore-admin")
    except KafkaError as error:
        log.warning("abandoned_transactions_not_ended", error=repr(error))
        return
    try:
        producers = {
            producer.producer_id
            for state in admin.describe_producers(places).values()
            for producer in state.active_producers
            if producer.current_transaction_start_offset >= 0
        }
        if not producers:
            return
        listings = admin.list_transactions(producer_id_filters=sorted(producers)).values()
        for transactional_id in sorted({listing.transactional_id for group in listings for listing in group}):
            log.info("abandoned_transaction_ended", transactional_id=transactional_id)
            _take_over(kafka, transactional_id)
    except KafkaError as error:
        log.warning("abandoned_transactions_not_ended", error=repr(error))
    finally:
        admin.close()


def _take_over(kafka: KafkaSettings, transactional_id: str) -> None:
    config = producer_config(kafka, transactional_id)
    producer = KafkaProducer(**{**config, "client_id": "rasad-restore-take-over"})
    try:
        producer.init_transactions()
    finally:
        producer.close(timeout=1)
