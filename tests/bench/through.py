"""Runs a real loop until everything expected has been committed, and says when that was.

Knows nothing of feeds or articles; it counts records of one topic as they are committed.
"""

import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from run import BenchFailed

from ingest.service.settings import KafkaSettings
from ingest.stream.metrics import StreamMetrics
from ingest.stream.process import Frame
from ingest.stream.producer import Offset
from ingest.stream.reading import read_to_end
from ingest.stream.record import Incoming
from ingest.stream.restore import Restored
from ingest.stream.transform import Loop, Place, Task, Turn

DEADLINE_SECONDS = 300.0
"""Of one run of a loop: far more than the largest sizes take, so that a fault ends the benchmark."""


@dataclass(slots=True)
class Counted:
    """A task that ends its loop when so many records of a topic are committed; else it is the task within."""

    task: Task
    topic: str
    expected: int
    frame: Frame
    committed: int = 0
    ended_at: float | None = None
    """Reading of `time.perf_counter` right after the last commit."""

    def restored(self, partition: int, state: Restored) -> None:
        """Pass it on."""
        self.task.restored(partition, state)

    def dropped(self, partition: int) -> None:
        """Pass it on."""
        self.task.dropped(partition)

    def farewell(self) -> Mapping[int, Offset]:
        """Pass it on."""
        return self.task.farewell()

    def turns(self, incoming: Sequence[Incoming], owned: frozenset[int]) -> Iterable[Turn]:
        """Count what each turn has committed."""
        for turn in self.task.turns(incoming, owned):
            yield turn
            self.committed += sum(record.topic == self.topic for record in turn.records)
            if self.committed >= self.expected and self.ended_at is None:
                self.ended_at = time.perf_counter()
                self.frame.stop.request("all is committed")


def run_through(
    kafka: KafkaSettings, place: Place, counted: Counted, batch: tuple[int, float], loop_type: type[Loop] = Loop
) -> float:
    """Run the loop until all is committed and return when that was. Raises BenchFailed after DEADLINE_SECONDS."""
    frame = counted.frame
    loop = loop_type(
        kafka,
        place,
        counted,
        batch=batch,
        metrics=StreamMetrics(frame.registry),
        health=frame.health,
        watchdog=frame.watchdog,
    )
    deadline = threading.Timer(DEADLINE_SECONDS, frame.stop.request, ("it took too long",))
    deadline.start()
    try:
        loop.run(frame.stop)
    finally:
        deadline.cancel()
    if counted.ended_at is None:
        raise BenchFailed(f"{counted.committed} of {counted.expected} records reached {counted.topic}")
    return counted.ended_at


def verify_count(kafka: KafkaSettings, topic: str, expected: int) -> None:
    """Read a topic as a consumer does. Raises BenchFailed when it has not exactly so many committed records."""
    found = sum(1 for _ in read_to_end(kafka, topic))
    if found != expected:
        raise BenchFailed(f"{topic} has {found} records in place of {expected}")
