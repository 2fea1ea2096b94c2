"""Sending a few records for a person who waits: each is on the broker when the call returns, or the person is told.

Knows nothing of what the values mean, and nothing of transactions: who reads must take a record twice without harm.
"""

from collections.abc import Sequence

from kafka import KafkaProducer
from kafka.errors import KafkaError

from ingest.service.errors import UsageError
from ingest.service.settings import KafkaSettings
from ingest.stream.admin import describe_topics
from ingest.stream.connection import common
from ingest.stream.record import Record
from ingest.stream.topics import TopicSpec

DELIVERY_MS = 8_000
"""Of all tries of one record together; a broker that answers takes milliseconds."""


def send(kafka: KafkaSettings, spec: TopicSpec, records: Sequence[Record]) -> tuple[tuple[int, int], ...]:
    """Send records of one topic; returns partition and offset of each once all in-sync replicas have it.

    Raises UsageError when the broker or the topic is not there, or does not confirm in time.
    """
    (standing,) = describe_topics(kafka, (spec,))
    if not standing.exists:
        raise UsageError(f"no topic {spec.name}: run `rasad topics create`")
    if standing.partitions != spec.partitions:
        raise UsageError(
            f"topic {spec.name} has {standing.partitions} partitions, the settings say {spec.partitions}: "
            "set `partitions` to the topic's number"
        )
    try:
        return _sent(kafka, records)
    except KafkaError as error:
        raise UsageError(f"not confirmed by {kafka.bootstrap_servers}, look before you try again: {error!r}") from error


def _sent(kafka: KafkaSettings, records: Sequence[Record]) -> tuple[tuple[int, int], ...]:
    producer = KafkaProducer(
        **common(kafka, "rasad-sender"),
        metrics_enabled=False,
        acks="all",
        request_timeout_ms=5_000,
        delivery_timeout_ms=DELIVERY_MS,
        max_block_ms=DELIVERY_MS,
        bootstrap_timeout_ms=5_000,
    )
    try:
        futures = [
            producer.send(record.topic, key=record.key, value=record.value, partition=record.partition)
            for record in records
        ]
        producer.flush(timeout=2 * DELIVERY_MS / 1000)
        sent = [future.get(timeout=0) for future in futures]
    finally:
        producer.close(timeout=1)
    return tuple((metadata.partition, metadata.offset) for metadata in sent)
