"""A process's place in its consumer group: what it owns, and the proof of it that goes into a commit.

Knows nothing of what the partitions hold. Two rules of KIP-447 fencing live here: a partition is owned when the
callbacks said so and the member is STABLE (`assignment()` still holds the old partitions while the generation is
already new), and the membership is one snapshot, taken before the work and never with a generation below 0
(the broker accepts an offset commit with generation -1 without any fencing).
"""

import threading
import time
from collections.abc import Iterable
from datetime import UTC, datetime

from kafka.consumer.subscription_state import ConsumerRebalanceListener
from kafka.errors import KafkaError, KafkaTimeoutError
from kafka.structs import ConsumerGroupMetadata, MemberState, TopicPartition

from ingest.service.settings import KafkaSettings
from ingest.stream.connection import group_consumer
from ingest.stream.producer import Offset
from ingest.stream.record import Incoming

METADATA_SECONDS = 20.0
"""The broker answered a moment ago; what takes longer is a new outage."""


class _Notes(ConsumerRebalanceListener):  # type: ignore[misc] # kafka-python publishes no types
    """What the callbacks said, in order. They run on the client's IO thread, where nothing may block."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._notes: list[tuple[bool, frozenset[int]]] = []

    def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        self._note(gained=True, partitions=assigned)

    def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        self._note(gained=False, partitions=revoked)

    def on_partitions_lost(self, lost: Iterable[TopicPartition]) -> None:
        self._note(gained=False, partitions=lost)

    def _note(self, *, gained: bool, partitions: Iterable[TopicPartition]) -> None:
        with self._lock:
            self._notes.append((gained, frozenset(place.partition for place in partitions)))

    def take(self) -> list[tuple[bool, frozenset[int]]]:
        with self._lock:
            notes, self._notes = self._notes, []
            return notes


class Membership:
    """One static member (`slot`) of a group over one topic."""

    def __init__(self, kafka: KafkaSettings, group: str, slot: str, topic: str, *, reads: bool) -> None:
        self._consumer = group_consumer(kafka, group, slot)
        self._topic = topic
        self._reads = reads
        """False for a group that only shares out partitions: they stay paused, and are never seeked."""
        self._notes = _Notes()
        self._owned: set[int] = set()
        self._started: set[int] = set()
        self.rebalances = 0
        self._consumer.subscribe([topic], listener=self._notes)
        try:
            self._know_topic()
        except BaseException:
            self.close()
            raise

    @property
    def owned(self) -> frozenset[int]:
        """Partitions that the callbacks gave us and have not taken back."""
        return frozenset(self._owned)

    @property
    def partitions(self) -> int:
        """How many partitions the topic has; 0 while the topic is unknown."""
        return len(self._consumer.partitions_for_topic(self._topic) or ())

    def _know_topic(self) -> None:
        """Load the topic's metadata before the first join. Raises KafkaTimeoutError where it does not come.

        A leader that joins without it shares out nothing, and the group settles on that: everyone waits for ever.
        The client notes for whom it loads: subscribed before, it does not take what it knew for news and join twice.
        """
        until = time.monotonic() + METADATA_SECONDS
        while not self.partitions:
            if time.monotonic() > until:
                raise KafkaTimeoutError(f"no metadata of {self._topic} within {METADATA_SECONDS:.0f} s")

    def poll(self, timeout_seconds: float, max_records: int = 500) -> tuple[tuple[Incoming, ...], frozenset[int]]:
        """Return new records of started partitions, and the partitions that were taken from us since the last poll.

        Raises KafkaError when the client cannot go on.
        """
        fetched = self._consumer.poll(timeout_ms=timeout_seconds * 1000, max_records=max_records)
        self._keep_joining()
        gone: set[int] = set()
        for gained, partitions in self._notes.take():
            self.rebalances += bool(partitions)
            if gained:
                # A partition that comes again was dropped in between, whether or not we were told.
                gone |= partitions & self._owned
                self._owned |= partitions
            else:
                gone |= partitions
                self._owned -= partitions
        self._started -= gone
        self._pause(self._owned - self._started)
        records = tuple(
            incoming_of(record)
            for place, batch in fetched.items()
            if place.partition in self._started
            for record in batch
        )
        return records, frozenset(gone)

    def _keep_joining(self) -> None:
        """Make the next poll go on with a join that this one left under way.

        The client joins anew also because a leader's metadata changed, and forgets that reason as soon as it has shared
        out: a poll that ends between that and the answer would leave the join unfinished, without heartbeats, until
        the session is over and the whole group has waited for it (kafka-python 3.0.12; no public call says this).
        """
        if self._consumer.group_metadata().state is MemberState.REBALANCING:
            self._consumer._coordinator.request_rejoin()  # noqa: SLF001 - the client has no other way to say it

    def snapshot(self) -> ConsumerGroupMetadata | None:
        """Return the membership that a commit may carry, or None while the group is not settled."""
        now: ConsumerGroupMetadata = self._consumer.group_metadata()
        if now.state is not MemberState.STABLE or now.generation_id < 0 or not now.member_id:
            return None
        return now

    def committed(self, partition: int, timeout_seconds: float) -> Offset | None:
        """Return the group's offset, after any predecessor's pending commit; None where there is none yet.

        Raises TimeoutError while a predecessor's transaction still holds the offset back.
        """
        try:
            found = self._consumer.committed(
                TopicPartition(self._topic, partition), metadata=True, timeout_ms=timeout_seconds * 1000
            )
        except KafkaTimeoutError as error:
            raise TimeoutError(str(error)) from error
        if found is None or found.offset is None or found.offset < 0:
            return None
        return Offset(found.offset, found.metadata or "")

    def start(self, partition: int, offset: Offset | None) -> None:
        """Read a restored partition from its committed offset on (from its beginning where there is none)."""
        place = TopicPartition(self._topic, partition)
        if self._reads:
            self._forget_read_ahead(place)
            if offset is None:
                self._consumer.seek_to_beginning(place)
            else:
                self._consumer.seek(place, offset.next_offset)
            self._consumer.resume(place)
        self._started.add(partition)

    def _forget_read_ahead(self, place: TopicPartition) -> None:
        """Drop what the client had read of a partition when it was paused: it is read again from where we start.

        The client lays it aside, takes it up again only before it has read anything else, and fetches nothing of the
        partition meanwhile: it would stand still for ever (kafka-python 3.0.12).
        """
        fetcher = self._consumer._fetcher  # noqa: SLF001 - no public call reaches what is laid aside
        fetcher._paused_completed_fetches.pop(place, None)  # noqa: SLF001 - the same
        fetcher._paused_partition_records.pop(place, None)  # noqa: SLF001 - the same

    def stop_all(self) -> None:
        """After a failure: nothing counts as started; each partition must be restored and started again."""
        self._started.clear()
        self._pause(self._owned)

    def lag(self) -> dict[int, int]:
        """Return records between our position and the end for each started partition that is known."""
        lags: dict[int, int] = {}
        for partition in self._started if self._reads else ():
            place = TopicPartition(self._topic, partition)
            try:
                high = self._consumer.highwater(place)
                position = self._consumer.position(place, timeout_ms=0)
            except (KafkaError, AssertionError):
                continue
            if high is not None and position is not None:
                lags[partition] = max(0, high - position)
        return lags

    def close(self) -> None:
        """Leave without telling the group: a static member that comes back within its session keeps its share."""
        self._consumer.close(autocommit=False, timeout_ms=2_000)

    def _pause(self, partitions: Iterable[int]) -> None:
        places = {TopicPartition(self._topic, partition) for partition in partitions}
        self._consumer.pause(*(places & self._consumer.assignment() - self._consumer.paused()))


def incoming_of(record: object) -> Incoming:
    """Return a record of the client as ours."""
    return Incoming(
        topic=record.topic,  # type: ignore[attr-defined]
        partition=record.partition,  # type: ignore[attr-defined]
        offset=record.offset,  # type: ignore[attr-defined]
        appended_at=datetime.fromtimestamp(record.timestamp / 1000, tz=UTC),  # type: ignore[attr-defined]
        key=record.key,  # type: ignore[attr-defined]
        value=record.value,  # type: ignore[attr-defined]
        # A header without a value is legal in Kafka: to us it is an empty one, or the code behind would die of it.
        headers=tuple((name, value or b"") for name, value in record.headers or ()),  # type: ignore[attr-defined]
    )
