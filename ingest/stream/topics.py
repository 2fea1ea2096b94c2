"""The topics: their names, keys, partitions, cleanup and retention; every number of them lives here.

Knows nothing of what the values mean.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from kafka.partitioner.default import murmur2

PARTITIONS = 24
"""Fixed for the life of v1: order and co-partitioned state follow from key modulo this number."""

_DAY = timedelta(days=1)
_DELIVERY = {"message.timestamp.type": "LogAppendTime"}
"""`published_at` is never a record's timestamp: brokers refuse future times, and replays would expire at once."""


@dataclass(frozen=True, slots=True)
class TopicSpec:
    """One topic as it should stand on the broker."""

    name: str
    key: str
    """What the key is, in words, for `rasad topics describe`."""
    written_by: str
    partitions: int
    config: Mapping[str, str] = field(hash=False)


@dataclass(frozen=True, slots=True)
class Topics:
    """Names of all topics under one namespace; two namespaces share a broker without meeting."""

    namespace: str = "rasad"

    @property
    def entries(self) -> str:
        """Every revision of every entry, from the fetchers to the workers."""
        return f"{self.namespace}.entries.v1"

    @property
    def feed_state(self) -> str:
        """What the fetchers remember of feeds and entries; compacted."""
        return f"{self.namespace}.feed-state.v1"

    @property
    def feed_control(self) -> str:
        """What operators ask of the fetchers; partitioned as `feed_state` is."""
        return f"{self.namespace}.feed-control.v1"

    @property
    def articles(self) -> str:
        """Every article event."""
        return f"{self.namespace}.articles.v1"

    @property
    def article_state(self) -> str:
        """What the workers remember of labelled articles; compacted, partitioned as `entries` is."""
        return f"{self.namespace}.article-state.v1"

    @property
    def heartbeats(self) -> str:
        """Heartbeats that went through all stages."""
        return f"{self.namespace}.heartbeats.v1"

    @property
    def dead_letters(self) -> str:
        """Records that no stage could take, with their original bytes."""
        return f"{self.namespace}.dead-letters.v1"

    def label_topic(self, label: str) -> str:
        """Return the topic of one label: the same events, for who wants one subject only."""
        return f"{self.namespace}.{label}.v1"

    def specs(self, labels: Sequence[str], partitions: int = PARTITIONS) -> tuple[TopicSpec, ...]:
        """Return what should stand on the broker for these labels."""

        def spec(name: str, key: str, written_by: str, config: Mapping[str, str]) -> TopicSpec:
            return TopicSpec(name, key, written_by, partitions, {**_DELIVERY, **config})

        return (
            spec(self.entries, "article_id", "fetchers", _deleted_after(90 * _DAY)),
            spec(self.feed_state, "f/<feed>, e/<site>/<entry key>, c/<partition>; by site", "fetchers", _compacted()),
            spec(self.feed_control, "site", "operators", _deleted_after(7 * _DAY)),
            spec(self.articles, "article_id", "workers", _deleted_after(90 * _DAY)),
            *(
                spec(self.label_topic(label), "article_id", "workers", _deleted_after(90 * _DAY))
                for label in sorted(labels)
            ),
            spec(self.article_state, "article_id", "workers", _compacted()),
            spec(self.heartbeats, "the sending fetcher's slot", "workers", _deleted_after(_DAY)),
            spec(self.dead_letters, "the original record's", "all", _deleted_after(180 * _DAY)),
        )


def partition_of(key: bytes, partitions: int) -> int:
    """Return the partition that every Kafka client with default settings would choose (murmur2, positive)."""
    hashed: int = murmur2(key)
    return (hashed & 0x7FFFFFFF) % partitions


def _deleted_after(age: timedelta) -> dict[str, str]:
    return {"cleanup.policy": "delete", "retention.ms": str(int(age.total_seconds() * 1000))}


def _compacted() -> dict[str, str]:
    # A restore that reads while the cleaner runs must still see tombstones: they stay a day,
    # far longer than the slowest restore, and nothing younger than an hour is compacted at all.
    return {
        "cleanup.policy": "compact",
        "min.compaction.lag.ms": "3600000",
        "delete.retention.ms": "86400000",
        "min.cleanable.dirty.ratio": "0.3",
    }
