"""Sends heartbeats among the entries: a task around the fetcher's own, which knows nothing of them.

Knows nothing of feeds. Partitions have their turn one after the other, so that a partition nobody reads is noticed.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from ingest.stream.heartbeat import Heartbeat, HeartbeatGauge, heartbeat_record
from ingest.stream.producer import Offset
from ingest.stream.record import Incoming
from ingest.stream.restore import Restored
from ingest.stream.transform import Task, Turn

HEARTBEAT_SECONDS = 30.0
"""Between two of one fetcher: an alert needs a few within minutes, and 3,000 small records a day cost nothing."""


@dataclass(slots=True)
class Beating:
    """A fetcher's task that also sends a heartbeat now and then, in a transaction of its own."""

    task: Task
    entries: str
    partitions: int
    slot: str
    gauge: HeartbeatGauge
    every_seconds: float = HEARTBEAT_SECONDS
    clock: Callable[[], float] = time.monotonic
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    _sent_at: float | None = None
    _next_partition: int = 0

    def restored(self, partition: int, state: Restored) -> None:
        """Hand on."""
        self.task.restored(partition, state)

    def dropped(self, partition: int) -> None:
        """Hand on."""
        self.task.dropped(partition)

    def farewell(self) -> Mapping[int, Offset]:
        """Hand on."""
        return self.task.farewell()

    def turns(self, incoming: Sequence[Incoming], owned: frozenset[int]) -> Iterable[Turn]:
        """Do the fetcher's work, and send a heartbeat when it is time."""
        yield from self.task.turns(incoming, owned)
        yield from self._beat()

    def _beat(self) -> Iterator[Turn]:
        if self._sent_at is not None and self.clock() - self._sent_at < self.every_seconds:
            return
        partition, now = self._next_partition % self.partitions, self.now()
        heartbeat = Heartbeat(slot=self.slot, partition=partition, sent_at=now)
        yield Turn((heartbeat_record(self.entries, heartbeat, partition=partition),))
        self._sent_at, self._next_partition = self.clock(), partition + 1
        self.gauge.committed(now)
