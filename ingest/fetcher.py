"""One fetcher process: due feeds are fetched and parsed by others, decided here, and committed a tick at a time.

Knows nothing of what a poll means (`poll`), nor of how a transaction is made (`stream.transform`). Threads fetch,
child processes parse; everything else happens in the loop's thread, so nothing here is locked.
"""

import queue
import random
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import structlog

from ingest.address import address
from ingest.control import is_paused
from ingest.control_turns import Controls
from ingest.feed_state import FeedState
from ingest.feeds import Feed, Registry
from ingest.fetch.client import Fetcher
from ingest.fetch.outcome import Fetched, Outcome, Reason
from ingest.fetch.politeness import HostGate, host_of
from ingest.memory import Changes, Memory
from ingest.metrics import FetchMetrics
from ingest.outage import UNREACHED, Outage
from ingest.page.flow import Pages
from ingest.parse.document import ParsedFeed
from ingest.parse.pool import ParserPool
from ingest.poll import Poll, Verdict, body_sha256, context_for, decide, request_for
from ingest.poll_line import tell
from ingest.reload import RegistryFile
from ingest.schedule import spread_overdue
from ingest.service.errors import RasadError, Reject
from ingest.stream.producer import Offset
from ingest.stream.record import Incoming
from ingest.stream.restore import Restored
from ingest.stream.topics import Topics, partition_of
from ingest.stream.transform import Turn
from ingest.sweep import swept, tell_swept
from ingest.turns import TURN_BYTES, TurnWriter, weight

log = structlog.get_logger(__name__)

PRIVATE_GAP_SECONDS = 0.0
"""Between two requests to a host of the operator's own network, which has asked for them."""

POLL_LIMIT_SECONDS = 600.0
"""A fetch, and a full queue of documents before the parser, fit in. A child that the kernel kills while it sends its
answer can silence the parser's pool for good: then only a fresh process helps."""

STARTS_PER_SECOND = 10.0
"""Of feeds that are overdue when a fetcher starts: 500 feeds take up their rhythm within a minute."""

FAILING_WEIGHT = 2.0
"""Of failures in a row: from then on a feed is polled later than its rhythm, and its own host is the likely cause."""

PAUSE_SECONDS = 60.0
"""Between two looks at the clock, which are usually 50 ms apart: the process was stopped, or the clock was set."""

SWEEP_SECONDS = 3_600.0


class PollStuck(RasadError):
    """A poll neither came back nor failed: this process must be replaced."""


@dataclass(frozen=True, slots=True)
class _Finished:
    """A poll that came back, and under which ownership it was begun."""

    partition: int
    epoch: int
    poll: Poll


@dataclass(slots=True)
class _Owned:
    """A partition that is ours: what is remembered in it, and since which epoch."""

    epoch: int
    memory: Memory
    feeds: tuple[Feed, ...]
    starts: dict[str, datetime] = field(default_factory=dict)
    """When each feed is polled first under this ownership; empty entries are polled as their state says."""

    def state(self, feed: Feed) -> FeedState:
        """Return what is remembered of a feed under the URL that the registry gives it now."""
        return self.memory.feeds.get(feed.id, FeedState()).at(feed.url)


@dataclass(slots=True)
class FetchTask:
    """The task of a fetcher process; see `ingest.stream.transform.Task`."""

    registry: Registry
    topics: Topics
    partitions: int
    metrics: FetchMetrics
    gate: HostGate
    threads: ThreadPoolExecutor
    fetcher_of_thread: Callable[[], Fetcher]
    parser: ParserPool
    pages: Pages
    max_in_flight: int
    tick_seconds: float
    clock: Callable[[], float] = time.monotonic
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    random: Callable[[], float] = random.random
    outage: Outage = field(default_factory=Outage)
    file: RegistryFile | None = None
    """Where the registry came from; null where it does not change."""
    controls: Controls | None = None
    """Operators' requests; null where nobody can make any."""
    _owned: dict[int, _Owned] = field(default_factory=dict)
    _epoch: int = 0
    _unplanned: set[int] = field(default_factory=set)
    """Partitions that came since the last turn."""
    _running: set[str] = field(default_factory=set)
    """Ids of feeds whose poll is under way, or waits for its commit."""
    _away: dict[str, float] = field(default_factory=dict)
    """Those that have not come back yet, with their start on the monotonic clock."""
    _finished: "queue.SimpleQueue[_Finished]" = field(default_factory=queue.SimpleQueue)
    _committed_at: float = 0.0
    _looked_at: datetime | None = None
    _network_down: bool = False
    _writer: TurnWriter = field(init=False)
    _swept_at: float | None = None

    def __post_init__(self) -> None:
        self._writer = TurnWriter(self.topics, self.partitions)

    def restored(self, partition: int, state: Restored) -> None:
        """Take the memory of a partition, and the feeds of the sites that live in it."""
        self._epoch += 1
        owned = _Owned(self._epoch, Memory.restored(state.values), self._feeds_of(partition))
        self._owned[partition] = owned
        self._unplanned.add(partition)
        if self.controls:
            self.controls.follow(partition, owned.memory.control)
        for feed in owned.feeds:
            self.metrics.owns(feed, owned.memory.feeds.get(feed.id))

    def _feeds_of(self, partition: int) -> tuple[Feed, ...]:
        return tuple(
            feed for feed in self.registry.feeds.values() if feed.enabled and self._partition(feed) == partition
        )

    def _partition(self, feed: Feed) -> int:
        return partition_of(feed.site.encode(), self.partitions)

    def dropped(self, partition: int) -> None:
        """Forget a partition; its polls that are under way will be thrown away when they come back."""
        owned = self._owned.pop(partition, None)
        self._unplanned.discard(partition)
        if self.controls:
            self.controls.leave(partition)
        for feed in owned.feeds if owned else ():
            self.metrics.disowns(feed.id)

    def farewell(self) -> Mapping[int, Offset]:
        """Say nothing: a fetcher's state says all."""
        return {}

    def turns(self, incoming: Sequence[Incoming], owned: frozenset[int]) -> Iterable[Turn]:  # noqa: ARG002 - the task's signature
        """Start what is due, and once a tick commit what has come back."""
        self._take_registry()
        if self.controls:
            memories = {partition: owned.memory for partition, owned in self._owned.items()}
            yield from self.controls.turns(memories, self.registry, self.now(), self._wake)
        jump = self._clock_jump()
        self._plan(jump)
        self._start_due()
        if not self._network_down:  # pages wait, rather than use up their tries
            self.pages.start(self._owned, self.registry.feeds)
        if self.clock() - self._committed_at >= self.tick_seconds:
            for finished in self._take_finished():
                yield from self._commit(finished)
            yield from self.pages.turns(self._owned, self.registry.feeds)
            self._committed_at = self.clock()
            yield from self._sweep()

    def _take_registry(self) -> None:
        """Watch what the registry's file says now; polls that run end under the feed that they were begun with."""
        registry = self.file.changed() if self.file else None
        if registry is None:
            return
        self.registry = registry
        for partition, owned in self._owned.items():
            for feed in owned.feeds:
                self.metrics.disowns(feed.id)
            owned.feeds = self._feeds_of(partition)
        for owned in self._owned.values():
            for feed in owned.feeds:
                self.metrics.owns(feed, owned.memory.feeds.get(feed.id))
        self._unplanned.update(self._owned)

    def _wake(self, feed_id: str) -> None:
        """Let a feed start when its state says, whatever was planned for the time after a restart."""
        for owned in self._owned.values():
            owned.starts.pop(feed_id, None)

    def _clock_jump(self) -> timedelta:
        """Return by how much the wall clock has jumped since the last look: a pause, or a clock that was set."""
        now = self.now()
        since, self._looked_at = now - (self._looked_at or now), now
        return since if abs(since.total_seconds()) > PAUSE_SECONDS else timedelta()

    def _plan(self, jump: timedelta) -> None:
        """Spread the feeds that are overdue, of new partitions and after a jump of the clock.

        Neither a restart nor a pause may ask everyone at once; a clock that was set back delays nobody.
        """
        partitions = set(self._owned) if jump else self._unplanned
        came = [self._owned[partition] for partition in partitions]
        due = {
            feed.id: state.next_poll_at and state.next_poll_at + min(jump, timedelta())
            for owned in came
            for feed in owned.feeds
            if feed.id not in self._running
            for state in (owned.state(feed),)
        }
        if due:
            plan = spread_overdue(due.items(), self.now(), STARTS_PER_SECOND)
            for owned in came:
                owned.starts = {feed.id: plan[feed.id] for feed in owned.feeds if feed.id in plan}
        self._unplanned.clear()

    def _start_due(self) -> None:
        now, monotonic = self.now(), self.clock()
        if any(monotonic - started > POLL_LIMIT_SECONDS for started in tuple(self._away.values())):
            raise PollStuck(f"polls have not come back for {POLL_LIMIT_SECONDS:.0f} s: {sorted(self._away)[:5]}")
        for partition, owned in self._owned.items():
            for feed in owned.feeds:
                if len(self._running) >= self.max_in_flight:
                    return
                state = owned.state(feed)
                start = owned.starts.get(feed.id, state.next_poll_at)
                if feed.id in self._running or (start is not None and start > now):
                    continue
                url = address(feed, state, now)
                if is_paused(feed, url, state.pause, owned.memory.control, now):
                    continue
                gap = PRIVATE_GAP_SECONDS if feed.allow_private else None
                if self.gate.take(host_of(url), monotonic, gap):
                    self._running.add(feed.id)
                    self._away[feed.id] = monotonic
                    owned.starts.pop(feed.id, None)
                    self.metrics.in_flight.set(len(self._running))
                    self.threads.submit(self._poll, partition, owned.epoch, feed, state, now)

    def _poll(self, partition: int, epoch: int, feed: Feed, state: FeedState, now: datetime) -> None:
        """Fetch, and hand the body to the parser unless it is the one we know; runs in a fetching thread."""

        def finish(fetched: Fetched, parsed: ParsedFeed | Reject | None) -> None:
            self._away.pop(feed.id, None)
            self._finished.put(_Finished(partition, epoch, Poll(feed, fetched, parsed)))

        fetched = self._fetch(feed, state, now)
        if fetched.outcome is not Outcome.FETCHED or body_sha256(fetched) == state.body_sha256:
            finish(fetched, None)
            return
        started = self.clock()

        def parsed(future: "Future[ParsedFeed]") -> None:
            if future.cancelled():  # the process ends
                return
            error = future.exception()
            self.metrics.parse_seconds.observe(self.clock() - started)
            if error is None:
                finish(fetched, future.result())
            else:
                finish(fetched, error if isinstance(error, Reject) else Reject(Reason.UNEXPECTED, repr(error)))

        try:
            self.parser.submit(fetched.body, context_for(feed, fetched)).add_done_callback(parsed)
        except (OSError, RuntimeError) as error:  # no child can be started: this feed's poll, and not the process
            finish(fetched, Reject(Reason.UNEXPECTED, repr(error)))

    def _fetch(self, feed: Feed, state: FeedState, now: datetime) -> Fetched:
        """Fetch, whatever happens: a fault of ours costs this feed one poll, and no other feed anything."""
        url = address(feed, state, now)
        host = host_of(url)
        try:
            fetched = self.fetcher_of_thread().fetch(request_for(feed, state, now))
        except Exception as error:
            log.exception("fetch_raised", feed=feed.id)
            fetched = Fetched(Outcome.FAILED, Reason.UNEXPECTED, url, url, now, 0.0, detail=repr(error))
        finally:
            self.gate.release(host, self.clock())
        if fetched.outcome is Outcome.RATE_LIMITED:
            self.gate.turned_away({host, host_of(fetched.final_url)}, self.clock(), fetched.retry_after_seconds)
        return fetched

    def _take_finished(self) -> Iterator[list[_Finished]]:
        """Yield what has come back, grouped into transactions of bounded size.

        A group is taken when it is asked for: after a commit that failed the rest comes with the next tick, which
        throws it away. A poll that was in nobody's hands would keep its feed from ever being polled again.
        """
        left = self._finished.qsize()
        while left:
            group: list[_Finished] = []
            size = 0
            while left and size < TURN_BYTES:
                group.append(self._finished.get())
                size += weight(group[-1].poll)
                left -= 1
            yield group

    def _commit(self, group: Sequence[_Finished]) -> Iterator[Turn]:
        """Decide a group of polls and commit it: entries and state of all of them, or nothing."""
        try:
            ours = [finished for finished in group if self._still_ours(finished)]
            changes, verdicts = self._decided(self._excused(ours))
            yield from self._writer.polls(changes, [entry for _, verdict in verdicts for entry in verdict.entries])
        finally:
            self._running.difference_update(finished.poll.feed.id for finished in group)
            self.metrics.in_flight.set(len(self._running))
        for partition, change in changes.items():
            self._owned[partition].memory.apply(change)
        for poll, verdict in verdicts:
            partition = self._partition(poll.feed)
            self.metrics.polled(poll, verdict, self._owned[partition].memory.feeds[poll.feed.id])
            if all(feed.id != poll.feed.id for feed in self._owned[partition].feeds):
                self.metrics.disowns(poll.feed.id)  # it left the registry while it was polled
            tell(poll, verdict)

    def _still_ours(self, finished: _Finished) -> bool:
        owned = self._owned.get(finished.partition)
        ours = owned is not None and owned.epoch == finished.epoch
        if not ours:
            self.metrics.discarded.inc()
        return ours

    def _excused(self, group: list[_Finished]) -> list[_Finished]:
        """Mark the polls that failed because our own network is down."""
        now = self.clock()
        for finished in group:
            fetched = finished.poll.fetched
            history = self._owned[finished.partition].state(finished.poll.feed).history
            was_well = history.last_success_at is not None and history.weight < FAILING_WEIGHT
            self.outage.saw(host_of(fetched.final_url), fetched.reason, now, was_well=was_well)
        down = self.outage.is_on(now)
        if down is not self._network_down:
            self._network_down = down
            self.metrics.network_outage.set(down)
            log.warning("network_outage_began" if down else "network_outage_ended")
        if not down:
            return group
        return [
            replace(finished, poll=replace(finished.poll, network_down=finished.poll.fetched.reason in UNREACHED))
            for finished in group
        ]

    def _decided(self, group: list[_Finished]) -> tuple[dict[int, Changes], list[tuple[Poll, Verdict]]]:
        """Decide all polls of a group; one that our own rules cannot take counts as failed, and the others stand.

        A decision that breaks off has remembered some entries already: the whole group is decided anew without it.
        """
        changes: dict[int, Changes] = {}
        verdicts: list[tuple[Poll, Verdict]] = []
        for index, finished in enumerate(group):
            change = changes.setdefault(finished.partition, Changes(self._owned[finished.partition].memory))
            try:
                verdicts.append((finished.poll, decide(finished.poll, change, self.now(), self.random)))
            except Exception as error:
                if isinstance(finished.poll.parsed, Reject):
                    raise
                log.exception("decision_raised", feed=finished.poll.feed.id)
                refused = replace(finished.poll, parsed=Reject(Reason.UNEXPECTED, repr(error)))
                return self._decided([*group[:index], replace(finished, poll=refused), *group[index + 1 :]])
        return changes, verdicts

    def _sweep(self) -> Iterator[Turn]:
        """Once an hour, forget entries whose time is over, and feeds that left the registry so long ago."""
        if self._swept_at is not None and self.clock() - self._swept_at < SWEEP_SECONDS:
            return
        self._swept_at = self.clock()
        for partition, owned in self._owned.items():
            registered = {feed.id for feed in self.registry.feeds.values() if self._partition(feed) == partition}
            if (changes := swept(owned.memory, registered, self.now())) is not None:
                yield self._writer.sweep(partition, changes)
                owned.memory.apply(changes)
                tell_swept(changes)


class FetcherOfThread(threading.local):
    """One HTTP client for each fetching thread: a single large pool is several times slower."""

    def __init__(self, make: Callable[[], Fetcher]) -> None:
        self.fetcher = make()

    def __call__(self) -> Fetcher:
        """Return this thread's client."""
        return self.fetcher
