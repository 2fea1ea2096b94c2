"""Creating and describing topics.

Knows nothing of who reads or writes them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from kafka import KafkaAdminClient
from kafka.errors import KafkaError, TopicAlreadyExistsError

from ingest.service.errors import UsageError
from ingest.service.settings import KafkaSettings
from ingest.stream.connection import admin_client, reachable
from ingest.stream.topics import TopicSpec

READY_TIMEOUT_MS = 20_000


@dataclass(frozen=True, slots=True)
class TopicStanding:
    """How a topic stands on the broker against what it should be."""

    name: str
    exists: bool
    partitions: int
    wanted_partitions: int


def create_topics(kafka: KafkaSettings, specs: Sequence[TopicSpec]) -> tuple[str, ...]:
    """Create the topics that are missing and wait until each has its leaders; returns the names of the new ones.

    Raises UsageError when the broker does not answer, or when a topic stands there with other partitions: their
    number is fixed, as order and co-partitioned state follow from it.
    """
    standing = describe_topics(kafka, specs)
    wrong = [topic for topic in standing if topic.exists and topic.partitions != topic.wanted_partitions]
    if wrong:
        what = ", ".join(f"{topic.name} has {topic.partitions}, not {topic.wanted_partitions}" for topic in wrong)
        raise UsageError(f"partitions of topics cannot change ({what}): set `partitions`, or use another namespace")
    missing = {topic.name for topic in standing if not topic.exists}
    if not missing:
        return ()
    try:
        admin = admin_client(kafka, "rasad-topics")
    except KafkaError as error:
        raise UsageError(f"no Kafka answers at {kafka.bootstrap_servers}: {error!r}") from error
    try:
        _create(admin, [spec for spec in specs if spec.name in missing], kafka.replication_factor)
        admin.wait_for_topics(sorted(missing), timeout_ms=READY_TIMEOUT_MS)
    finally:
        admin.close()
    return tuple(sorted(missing))


def _create(admin: KafkaAdminClient, specs: Sequence[TopicSpec], replication_factor: int) -> None:
    try:
        admin.create_topics(
            {
                spec.name: {
                    "num_partitions": spec.partitions,
                    "replication_factor": replication_factor,
                    "configs": dict(spec.config),
                }
                for spec in specs
            },
            timeout_ms=READY_TIMEOUT_MS,
        )
    except TopicAlreadyExistsError:
        # Another process was faster; what counts is that they are there.
        pass
    except KafkaError as error:
        raise UsageError(f"the topics could not be created: {error!r}") from error


def describe_topics(kafka: KafkaSettings, specs: Sequence[TopicSpec]) -> tuple[TopicStanding, ...]:
    """Return how each topic stands. Raises UsageError when the broker does not answer."""
    if not reachable(kafka):
        raise UsageError(f"no Kafka answers at {kafka.bootstrap_servers}: start one, or set KAFKA_BOOTSTRAP_SERVERS")
    try:
        admin = admin_client(kafka, "rasad-topics")
    except KafkaError as error:
        raise UsageError(f"no Kafka answers at {kafka.bootstrap_servers}: {error!r}") from error
    try:
        known = set(admin.list_topics())
        names = [spec.name for spec in specs if spec.name in known]
        partitions = (
            {topic["name"]: len(topic["partitions"]) for topic in admin.describe_topics(names)} if names else {}
        )
    finally:
        admin.close()
    return tuple(
        TopicStanding(spec.name, spec.name in known, partitions.get(spec.name, 0), spec.partitions) for spec in specs
    )
