"""Operators' requests, from the control topic into committed state: applied once, whatever happens to the process.

Knows nothing of what a request means (`control`). The next offset to read is part of the state that a request changes,
and commits with it: a process that dies before the commit has applied nothing, and its successor reads on from there.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge

from ingest.control import ControlOutcome, Malformed, apply, read_control
from ingest.event import ControlAction, FeedControl
from ingest.feed_state import encode_feed, feed_key
from ingest.feeds import Registry
from ingest.memory import Changes, Memory
from ingest.pause import ControlState, control_key, encode_control
from ingest.service.version import version
from ingest.stream.dead_letter import dead_letter
from ingest.stream.record import Incoming, Record
from ingest.stream.topics import Topics
from ingest.stream.transform import Turn

STAGE = "control"
_UNDERSTOOD = (ControlOutcome.APPLIED, ControlOutcome.STALE, ControlOutcome.UNKNOWN_TARGET)
_NOT_UNDERSTOOD = (ControlOutcome.UNKNOWN_ACTION, ControlOutcome.MALFORMED)
_AT_ONCE = frozenset({ControlAction.POLL, ControlAction.RESET})

log = structlog.get_logger(__name__)


class Source(Protocol):
    """Where control records come from; see `ingest.stream.side_reading`."""

    def follow(self, partition: int, offset: int) -> None:
        """Read a partition from this offset on."""

    def leave(self, partition: int) -> None:
        """Read a partition no longer."""

    def poll(self) -> Sequence[Incoming]:
        """Return what has come, without waiting."""
        ...


class ControlMetrics:
    """What became of control records."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._records = Counter(
            "rasad_control_records_total",
            "Committed control records by action (`none` where it cannot be read) and what became of them.",
            ["action", "outcome"],
            registry=registry,
        )
        for action in ControlAction:
            for outcome in _UNDERSTOOD:
                self._records.labels(action, outcome)
        for outcome in _NOT_UNDERSTOOD:
            self._records.labels("none", outcome)
        self._feeds = Gauge(
            "rasad_feeds_paused", "Feeds of this process that an operator has paused.", registry=registry
        )
        self._hosts = Gauge("rasad_hosts_paused", "Hosts of this process's sites that are paused.", registry=registry)

    def stands(self, memories: Iterable[Memory], registry: Registry, now: datetime) -> None:
        """Show what is paused now; pauses end by themselves too."""
        feeds = hosts = 0
        for memory in memories:
            hosts += sum(pause.holds(now) for pause in memory.control.hosts.values())
            for feed_id, state in memory.feeds.items():
                feeds += state.pause is not None and state.pause.holds(now) and feed_id in registry.feeds
        self._feeds.set(feeds)
        self._hosts.set(hosts)

    def passed(self, control: FeedControl | Malformed, outcome: ControlOutcome) -> None:
        """Count a record whose transaction has committed."""
        self._records.labels(control.action if isinstance(control, FeedControl) else "none", outcome).inc()


@dataclass(slots=True)
class Controls:
    """The requests for the partitions that this process owns."""

    source: Source
    topics: Topics
    metrics: ControlMetrics

    def follow(self, partition: int, state: ControlState) -> None:
        """Take requests for a partition that is ours from now on."""
        self.source.follow(partition, state.next_offset)

    def leave(self, partition: int) -> None:
        """Take no more requests for a partition."""
        self.source.leave(partition)

    def turns(
        self,
        memories: Mapping[int, Memory],
        registry: Registry,
        now: datetime,
        wake: Callable[[str], None],
    ) -> Iterator[Turn]:
        """Apply what has come; `wake` is told the feeds that are to be polled at once, after the commit."""
        self.metrics.stands(memories.values(), registry, now)
        incoming = self.source.poll()
        if not incoming:
            return
        changes = {
            partition: Changes(memories[partition]) for partition in sorted({record.partition for record in incoming})
        }
        buried: list[Record] = []
        told: list[tuple[FeedControl | Malformed, ControlOutcome]] = []
        for record in incoming:
            change = changes[record.partition]
            control = read_control(record.key, record.value)
            if isinstance(control, Malformed):
                outcome = control.outcome
                if outcome is ControlOutcome.MALFORMED:
                    buried.append(self._buried(record, control.error))
            else:
                outcome = apply(control, change, registry, now)
            change.control = replace(change.control or change.memory.control, next_offset=record.offset + 1)
            told.append((control, outcome))
        yield Turn((*self._records(changes), *buried))
        for partition, change in changes.items():
            memories[partition].apply(change)
        for control, outcome in told:
            self.metrics.passed(control, outcome)
            _tell(control, outcome)
            if isinstance(control, FeedControl) and control.feed and control.action in _AT_ONCE:
                wake(control.feed)

    def _records(self, changes: Mapping[int, Changes]) -> Iterator[Record]:
        topic = self.topics.feed_state
        for partition, change in changes.items():
            for feed_id, state in change.feeds.items():
                yield Record(topic, feed_key(feed_id), encode_feed(state), partition=partition)
            if change.control is not None:
                yield Record(topic, control_key(partition), encode_control(change.control), partition=partition)

    def _buried(self, record: Incoming, error: Exception) -> Record:
        return dead_letter(
            record,
            topic=self.topics.dead_letters,
            stage=STAGE,
            reason=ControlOutcome.MALFORMED,
            exception=error,
            attempts=1,
            pipeline_version=version(),
        )


def _tell(control: FeedControl | Malformed, outcome: ControlOutcome) -> None:
    if isinstance(control, Malformed):
        log.warning("control_record_passed_over", outcome=outcome)
        return
    tell = log.info if outcome is ControlOutcome.APPLIED else log.warning
    tell(
        "control",
        action=control.action,
        outcome=outcome,
        site=control.site,
        feed=control.feed,
        host=control.host,
        until=control.until and control.until.isoformat(timespec="seconds"),
        reason=control.reason,
    )
