"""Reading topics as an independent consumer would, and settings that make takeovers quick."""

import time
from collections.abc import Callable, Iterable
from pathlib import Path

from kafka.structs import TopicPartition

from ingest.service.settings import KafkaSettings
from ingest.stream.admin import create_topics
from ingest.stream.connection import reading_consumer
from ingest.stream.membership import incoming_of
from ingest.stream.record import Incoming
from ingest.stream.topics import Topics

PROJECT = Path(__file__).resolve().parents[2]
LABELS = ("security-cooperation", "consular", "flights")

QUICK = {
    "session_timeout_ms": 6_000,
    "heartbeat_interval_ms": 1_000,
    "max_poll_interval_ms": 25_000,
    "transaction_timeout_ms": 6_000,
    "flush_seconds": 3.0,
    "commit_seconds": 5.0,
}
"""Half of production's times: what is proven is their order, not their length."""


def quick_kafka(bootstrap: str) -> KafkaSettings:
    """Return settings for a broker of the tests."""
    return KafkaSettings(bootstrap_servers=bootstrap, **QUICK)


def quick_environment(bootstrap: str) -> dict[str, str]:
    """Return the same settings for a child process."""
    pairs = {f"RASAD_KAFKA__{name.upper()}": str(value) for name, value in QUICK.items()}
    return {"KAFKA_BOOTSTRAP_SERVERS": bootstrap, **pairs}


def make_topics(kafka: KafkaSettings, namespace: str, partitions: int = 4) -> Topics:
    """Create all topics of a namespace."""
    topics = Topics(namespace)
    create_topics(kafka, topics.specs(LABELS, partitions))
    return topics


def read_topic(kafka: KafkaSettings, topic: str) -> list[Incoming]:
    """Return all committed records up to now, in order within each partition."""
    consumer = reading_consumer(kafka, "test-reader", committed_only=True)
    try:
        places = [TopicPartition(topic, partition) for partition in sorted(consumer.partitions_for_topic(topic) or ())]
        assert places, f"no topic {topic}"
        consumer.assign(places)
        consumer.seek_to_beginning(*places)
        ends = consumer.end_offsets(places)
        records: list[Incoming] = []
        while any((consumer.position(place, timeout_ms=2_000) or 0) < end for place, end in ends.items()):
            for batch in consumer.poll(timeout_ms=200, max_records=5_000).values():
                records += map(incoming_of, batch)
        return records
    finally:
        consumer.close(timeout_ms=500)


def eventually[Value](
    look: Callable[[], Value], enough: Callable[[Value], bool], seconds: float, what: str, pause: float = 0.2
) -> Value:
    """Look again and again until it is enough; fail with what was seen last."""
    until = time.monotonic() + seconds
    while True:
        seen = look()
        if enough(seen):
            return seen
        assert time.monotonic() < until, f"{what} did not come within {seconds:.0f} s; last: {str(seen)[:500]}"
        time.sleep(pause)


def keys(records: Iterable[Incoming]) -> list[str]:
    """Return the records' keys as text."""
    return [record.key.decode() for record in records if record.key is not None]
