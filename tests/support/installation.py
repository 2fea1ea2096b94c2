"""A small installation for tests: a publisher, a namespace, and the processes that watch it."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from ingest.service.settings import KafkaSettings
from ingest.stream.heartbeat import is_heartbeat
from ingest.stream.local_broker import LocalBroker
from ingest.stream.record import Incoming
from ingest.stream.topics import Topics
from support.broker import eventually, make_topics, quick_environment, quick_kafka, read_topic
from support.feed_site import FeedSite, RegistryFeed, write_registry
from support.processes import RasadProcess

PARTITIONS = 4


@dataclass
class Installation:
    """Feeds `feed-N` of sites `site-N`, empty at first, and processes that are started when they are asked for."""

    broker: LocalBroker
    namespace: str
    folder: Path
    sites: int = 6
    site: FeedSite = field(default_factory=FeedSite)
    processes: dict[str, RasadProcess] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)

    def __enter__(self) -> Self:
        self.kafka: KafkaSettings = quick_kafka(self.broker.bootstrap)
        self.topics: Topics = make_topics(self.kafka, self.namespace, PARTITIONS)
        feeds = []
        for number in range(self.sites):
            self.site.add(self.path(number))
            feeds.append(RegistryFeed(f"feed-{number}", self.site.url(self.path(number)), f"site-{number}"))
        self.write_registry(feeds)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in self.processes.values():
            process.__exit__(kind, error, trace)
        self.site.close()

    @staticmethod
    def path(number: int) -> str:
        """Return where a feed is served."""
        return f"/feed-{number}"

    def write_registry(self, feeds: Sequence[RegistryFeed]) -> None:
        """Write the registry that processes started from now on will read."""
        self.registry = write_registry(self.folder / "feeds.toml", list(feeds), seconds=(1, 1))

    def start(self, slot: str, *, script: Sequence[str] = (), arguments: Sequence[str] = ()) -> RasadProcess:
        """Start `fetcher-N`, `worker-N`, or what the arguments say, again if it has ended."""
        process = self.processes.get(slot)
        if process is None:
            environment = {
                **quick_environment(self.broker.bootstrap),
                "RASAD_NAMESPACE": self.namespace,
                "RASAD_PARTITIONS": str(PARTITIONS),
                "RASAD_REGISTRY": str(self.registry),
                "RASAD_FETCH__HOST_GAP_SECONDS": "0",
                **self.environment,
            }
            command = tuple(arguments) or (slot.partition("-")[0], "--slot", slot)
            process = RasadProcess(
                *command, environment=environment, log=self.folder / f"{slot}.log", script=tuple(script)
            )
            self.processes[slot] = process
        return process.start()

    def entries(self) -> list[Incoming]:
        """Return the committed entries, without the heartbeats among them."""
        return [record for record in read_topic(self.kafka, self.topics.entries) if not is_heartbeat(record)]

    def articles(self) -> list[Incoming]:
        """Return the committed article events."""
        return read_topic(self.kafka, self.topics.articles)

    def wait_for_articles(self, count: int, seconds: float = 60) -> list[Incoming]:
        """Wait until so many events are there."""
        return eventually(self.articles, lambda records: len(records) >= count, seconds, f"{count} articles")


def event_ids(records: Sequence[Incoming]) -> Counter[str]:
    """Return how often each CloudEvents id is there."""
    return Counter(record.header("ce_id") or "" for record in records)


def body(record: Incoming) -> dict[str, Any]:
    """Return an event's value."""
    decoded: dict[str, Any] = json.loads(record.value or b"")
    return decoded


def revisions_in_order(records: Sequence[Incoming]) -> bool:
    """Say whether each article's revisions come in ascending order without a gap, from 1 on."""
    seen: dict[bytes | None, int] = {}
    for record in records:
        revision = body(record)["revision"]
        if revision != seen.get(record.key, 0) + 1:
            return False
        seen[record.key] = revision
    return True
