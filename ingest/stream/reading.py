"""Reading topics without a group: all that is there, or what comes from now on.

Knows nothing of what the values mean. Only committed records are seen, as every consumer should see them.
"""

import math
import time
from collections.abc import Iterator, Sequence
from typing import Self

from kafka import KafkaConsumer
from kafka.errors import KafkaError
from kafka.structs import TopicPartition

from ingest.service.errors import UsageError
from ingest.service.settings import KafkaSettings
from ingest.stream.connection import RESTORE_MAX_RECORDS, WAITING_PERSON_MS, reachable, reading_consumer
from ingest.stream.membership import incoming_of
from ingest.stream.record import Incoming

POLL_MS = 200


def read_to_end(kafka: KafkaSettings, topic: str, within_seconds: float = math.inf) -> Iterator[Incoming]:
    """Yield all committed records up to the end as it is now, in order within each partition.

    Raises UsageError when the broker or the topic is not there, or the end was not reached within that time.
    """
    until = time.monotonic() + within_seconds
    with _Reader(kafka, (topic,)) as reader:
        consumer = reader.consumer
        consumer.seek_to_beginning(*reader.places)
        waiting: dict[TopicPartition, int] = consumer.end_offsets(reader.places)
        while waiting:
            for batch in consumer.poll(timeout_ms=POLL_MS, max_records=RESTORE_MAX_RECORDS).values():
                for record in batch:
                    yield incoming_of(record)
            for place, end in list(waiting.items()):
                position = consumer.position(place, timeout_ms=1_000)
                if position is not None and position >= end:
                    del waiting[place]
            if waiting and time.monotonic() > until:
                raise UsageError(f"{topic} was not read to its end within {within_seconds:.0f} s")


class Follower:
    """Follows topics: from their beginning, from the last so many records, or from where they end now."""

    def __init__(
        self, kafka: KafkaSettings, topics: Sequence[str], *, from_beginning: bool = False, last: int = 0
    ) -> None:
        self._reader = _Reader(kafka, topics)
        consumer, places = self._reader.consumer, self._reader.places
        # The ends are looked up now, or records of the next moments would lie before them.
        self._ends: dict[TopicPartition, int] = consumer.end_offsets(places)
        if from_beginning:
            consumer.seek_to_beginning(*places)
            return
        share = -(-last // len(places))
        begins = consumer.beginning_offsets(places)
        for place in places:
            consumer.seek(place, max(begins[place], self._ends[place] - share))

    @property
    def behind(self) -> bool:
        """Tell whether records are still to come that were there at the start."""
        consumer = self._reader.consumer
        self._ends = {
            place: end
            for place, end in self._ends.items()
            if (position := consumer.position(place, timeout_ms=1_000)) is None or position < end
        }
        return bool(self._ends)

    def poll(self, timeout_seconds: float) -> tuple[Incoming, ...]:
        """Return what came, in order within each partition; empty after the time."""
        fetched = self._reader.consumer.poll(timeout_ms=timeout_seconds * 1000)
        return tuple(incoming_of(record) for batch in fetched.values() for record in batch)

    def close(self) -> None:
        """Let go of the connections."""
        self._reader.close()


class _Reader:
    """A consumer with all partitions of some topics."""

    def __init__(self, kafka: KafkaSettings, topics: Sequence[str]) -> None:
        if not reachable(kafka):
            raise UsageError(
                f"no Kafka answers at {kafka.bootstrap_servers}: start one, or set KAFKA_BOOTSTRAP_SERVERS"
            )
        try:
            self.consumer: KafkaConsumer = reading_consumer(
                kafka, "rasad-reader", committed_only=True, bootstrap_ms=WAITING_PERSON_MS
            )
            self.places = [
                TopicPartition(topic, partition)
                for topic in topics
                for partition in sorted(self.consumer.partitions_for_topic(topic) or ())
            ]
        except KafkaError as error:
            raise UsageError(f"no Kafka answers at {kafka.bootstrap_servers}: {error!r}") from error
        missing = sorted(set(topics) - {place.topic for place in self.places})
        if missing:
            self.close()
            raise UsageError(f"no topic {', '.join(missing)}: run `rasad topics create`")
        self.consumer.assign(self.places)

    def close(self) -> None:
        self.consumer.close(timeout_ms=1_000)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
