"""Reading some partitions of a topic beside the loop, from positions that the reader's user keeps and commits.

Knows nothing of groups and of what the values mean. Only committed records are seen; nothing here waits for any.
"""

from kafka import KafkaConsumer
from kafka.structs import TopicPartition

from ingest.service.settings import KafkaSettings
from ingest.stream.connection import reading_consumer
from ingest.stream.membership import incoming_of
from ingest.stream.record import Incoming

RECORDS_AT_ONCE = 100
"""What a transaction takes beside other work; what is left comes with the next poll."""


class SideReader:
    """Follows partitions one by one; the connection is made when the first is followed."""

    def __init__(self, kafka: KafkaSettings, topic: str, client_id: str) -> None:
        self._kafka = kafka
        self._topic = topic
        self._client_id = client_id
        self._consumer: KafkaConsumer | None = None
        self._positions: dict[int, int] = {}
        self._assigned = True
        """The client reads what `_positions` says."""

    def follow(self, partition: int, offset: int) -> None:
        """Read a partition from this offset on, or from what the topic still holds of it."""
        self._positions[partition] = offset
        self._assigned = False

    def leave(self, partition: int) -> None:
        """Read a partition no longer."""
        if self._positions.pop(partition, None) is not None:
            self._assigned = False

    def poll(self) -> tuple[Incoming, ...]:
        """Return what has come, in order within each partition. Raises KafkaError when the client cannot go on."""
        if not self._assigned:
            self._assign()
        if self._consumer is None or not self._positions:
            return ()
        fetched = self._consumer.poll(timeout_ms=0, max_records=RECORDS_AT_ONCE)
        records = tuple(incoming_of(record) for batch in fetched.values() for record in batch)
        for record in records:
            self._positions[record.partition] = record.offset + 1
        return records

    def close(self) -> None:
        """Let go of the connection."""
        if self._consumer is not None:
            self._consumer.close(timeout_ms=1_000)
            self._consumer = None

    def _assign(self) -> None:
        if self._consumer is None:
            self._consumer = reading_consumer(self._kafka, self._client_id, committed_only=True)
        places = {TopicPartition(self._topic, partition): offset for partition, offset in self._positions.items()}
        self._consumer.assign(list(places))
        for place, offset in places.items():
            # All of them: what the client had read ahead of a commit that failed must come again.
            self._consumer.seek(place, offset)
        self._assigned = True
