"""Operators and their registry file around `support.polling`: control records and changed files without Kafka.

Knows nothing of what is tested.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from prometheus_client import CollectorRegistry

from ingest.control_turns import ControlMetrics, Controls
from ingest.event import ControlAction, FeedControl
from ingest.registry_reading import read_registry_file
from ingest.reload import RegistryFile, ReloadMetrics
from ingest.stream.record import Incoming
from support.polling import NOW, Polling


@dataclass(slots=True)
class ControlTopic:
    """A control topic in memory: a `Source` that gives what stands behind each partition's position."""

    records: list[Incoming] = field(default_factory=list)
    positions: dict[int, int] = field(default_factory=dict)

    def follow(self, partition: int, offset: int) -> None:
        self.positions[partition] = offset

    def leave(self, partition: int) -> None:
        self.positions.pop(partition, None)

    def poll(self) -> Sequence[Incoming]:
        new = [record for record in self.records if record.offset >= self.positions.get(record.partition, 1 << 60)]
        for record in new:
            self.positions[record.partition] = record.offset + 1
        return new

    def put(self, key: bytes | None, value: bytes | None) -> None:
        """Append a record as anybody might."""
        self.records.append(Incoming("t.feed-control.v1", 0, len(self.records), NOW, key, value))

    def ask(self, action: ControlAction, **fields: object) -> None:
        """Append what the command line would write; the feed `main` unless the fields say otherwise."""
        given: dict[str, object] = {"action": action, "site": "site", "feed": "main", "issued_at": NOW, **fields}
        control = FeedControl(**given)  # type: ignore[arg-type]
        self.put(control.site.encode(), control.model_dump_json().encode())


def with_controls(polling: Polling) -> ControlTopic:
    """Let a fetcher read a control topic, from where its state says."""
    topic = ControlTopic()
    polling.task.controls = Controls(topic, polling.task.topics, ControlMetrics(polling.metrics))
    for partition, owned in polling.task._owned.items():
        topic.follow(partition, owned.memory.control.next_offset)
    return topic


@dataclass(slots=True)
class Asked:
    """A SIGHUP that a test sends."""

    came: bool = False

    def __call__(self) -> bool:
        came, self.came = self.came, False
        return came


def with_file(polling: Polling, path: Path) -> Asked:
    """Let a fetcher watch a registry file, and take the registry that it holds."""
    asked = Asked()
    reading = read_registry_file(path)
    metrics = CollectorRegistry() if polling.task.file else polling.metrics
    polling.task.file = RegistryFile(
        path,
        reading,
        ReloadMetrics(metrics),
        asked=asked,
        clock=lambda: polling.monotonic,
        now=lambda: polling.now.timestamp(),  # noqa: PLW0108 - `now` is another one by then
    )
    return asked
