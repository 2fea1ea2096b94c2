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
from datetime import UTC, datetime

import structlog

from ingest.event import Entry
from ingest.feed_state import Changes, FeedState, Memory, encode_feed, encode_seen, feed_key, seen_key
from ingest.feeds import Feed, Registry
from ingest.fetch.client import Fetcher
from ingest.fetch.outcome import Fetched, Outcome, Reason
from ingest.fetch.politeness import HostGate, host_of
from ingest.metrics import FetchMetrics
from ingest.parse.document import ParsedFeed
from ingest.parse.pool import ParserPool
from ingest.poll import Poll, Verdict, body_sha256, context_for, decide, request_for
from ingest.schedule import spread_overdue
from ingest.service.errors import RasadError, Reject
from ingest.stream.producer import Offset
from ingest.stream.record import CloudEvent, Incoming, Record, traceparent
from ingest.stream.restore import Restored
from ingest.stream.topics import Topics, partition_of
from ingest.stream.transform import Turn

log = structlog.get_logger(__name__)

ENTRY_TYPE = "org.rasad.entry.seen.v1"
ENTRY_SCHEMA = "https://rasad.example/schemas/entry.v1.json"

TURN_BYTES = 8 * 1024 * 1024
"""Of one transaction: a burst of full feeds is committed in several, each entry together with its state."""

PRIVATE_GAP_SECONDS = 0.0
"""Between two requests to a host of the operator's own network, which has asked for them."""

HOLD_AT_MOST_SECONDS = 24 * 3_600.0
"""Retry-After values of days are seen and are mistakes (HARDCASES H5)."""

POLL_LIMIT_SECONDS = 600.0
"""A fetch, and a full queue of documents before the parser, fit in. A child that the kernel kills while it sends its
answer can silence the parser's pool for good: then only a fresh process helps."""

STARTS_PER_SECOND = 10.0
"""Of feeds that are overdue when a fetcher starts: 500 feeds take up their rhythm within a minute."""

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
    max_in_flight: int
    tick_seconds: float
    clock: Callable[[], float] = time.monotonic
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    random: Callable[[], float] = random.random
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
    _swept_at: float | None = None

    def restored(self, partition: int, state: Restored) -> None:
        """Take the memory of a partition, and the feeds of the sites that live in it."""
        self._epoch += 1
        feeds = tuple(
            feed
            for feed in self.registry.feeds.values()
            if feed.enabled and partition_of(feed.site.encode(), self.partitions) == partition
        )
        self._owned[partition] = _Owned(self._epoch, Memory.restored(state.values), feeds)
        self._unplanned.add(partition)
        for feed in feeds:
            self.metrics.owns(feed.id, self._owned[partition].memory.feeds.get(feed.id))

    def dropped(self, partition: int) -> None:
        """Forget a partition; its polls that are under way will be thrown away when they come back."""
        owned = self._owned.pop(partition, None)
        self._unplanned.discard(partition)
        for feed in owned.feeds if owned else ():
            self.metrics.disowns(feed.id)

    def farewell(self) -> Mapping[int, Offset]:
        """Say nothing: a fetcher's state says all."""
        return {}

    def turns(self, incoming: Sequence[Incoming], owned: frozenset[int]) -> Iterable[Turn]:  # noqa: ARG002 - the task's signature
        """Start what is due, and once a tick commit what has come back."""
        self._plan()
        self._start_due()
        if self.clock() - self._committed_at >= self.tick_seconds:
            for finished in self._take_finished():
                yield from self._commit(finished)
            self._committed_at = self.clock()
            yield from self._sweep()

    def _plan(self) -> None:
        """Spread the feeds of new partitions that are overdue: a restart must not ask everyone at once."""
        if not self._unplanned:
            return
        came = [self._owned[partition] for partition in self._unplanned]
        due = [
            (feed.id, owned.memory.feeds.get(feed.id, FeedState()).next_poll_at)
            for owned in came
            for feed in owned.feeds
        ]
        plan = spread_overdue(due, self.now(), STARTS_PER_SECOND)
        for owned in came:
            owned.starts = {feed.id: plan[feed.id] for feed in owned.feeds}
        self._unplanned.clear()

    def _start_due(self) -> None:
        now, monotonic = self.now(), self.clock()
        if any(monotonic - started > POLL_LIMIT_SECONDS for started in tuple(self._away.values())):
            raise PollStuck(f"polls have not come back for {POLL_LIMIT_SECONDS:.0f} s: {sorted(self._away)[:5]}")
        for partition, owned in self._owned.items():
            for feed in owned.feeds:
                if len(self._running) >= self.max_in_flight:
                    return
                state = owned.memory.feeds.get(feed.id, FeedState())
                start = owned.starts.get(feed.id, state.next_poll_at)
                if feed.id in self._running or (start is not None and start > now):
                    continue
                gap = PRIVATE_GAP_SECONDS if feed.allow_private else None
                if self.gate.take(host_of(feed.url), monotonic, gap):
                    self._running.add(feed.id)
                    self._away[feed.id] = monotonic
                    owned.starts.pop(feed.id, None)
                    self.metrics.in_flight.set(len(self._running))
                    self.threads.submit(self._poll, partition, owned.epoch, feed, state)

    def _poll(self, partition: int, epoch: int, feed: Feed, state: FeedState) -> None:
        """Fetch, and hand the body to the parser unless it is the one we know; runs in a fetching thread."""
        host = host_of(feed.url)

        def finish(fetched: Fetched, parsed: ParsedFeed | Reject | None) -> None:
            self._away.pop(feed.id, None)
            self._finished.put(_Finished(partition, epoch, Poll(feed, fetched, parsed)))

        fetched = self._fetch(feed, state, host)
        if fetched.outcome is not Outcome.FETCHED or body_sha256(fetched) == state.body_sha256:
            finish(fetched, None)
            return
        started = self.clock()

        def parsed(future: "Future[ParsedFeed]") -> None:
            error = future.exception()
            self.metrics.parse_seconds.observe(self.clock() - started)
            if error is None:
                finish(fetched, future.result())
            else:
                finish(fetched, error if isinstance(error, Reject) else Reject(Reason.UNEXPECTED, repr(error)))

        self.parser.submit(fetched.body, context_for(feed, fetched)).add_done_callback(parsed)

    def _fetch(self, feed: Feed, state: FeedState, host: str) -> Fetched:
        """Fetch, whatever happens: a fault of ours costs this feed one poll, and no other feed anything."""
        started = self.now()
        try:
            fetched = self.fetcher_of_thread().fetch(request_for(feed, state, started))
        except Exception as error:
            log.exception("fetch_raised", feed=feed.id)
            fetched = Fetched(Outcome.FAILED, Reason.UNEXPECTED, feed.url, feed.url, started, 0.0, detail=repr(error))
        finally:
            self.gate.release(host, self.clock())
        if fetched.outcome is Outcome.RATE_LIMITED and fetched.retry_after_seconds:
            self.gate.hold(host, self.clock(), min(fetched.retry_after_seconds, HOLD_AT_MOST_SECONDS))
        return fetched

    def _take_finished(self) -> list[list[_Finished]]:
        """Return what has come back, grouped into transactions of bounded size."""
        groups: list[list[_Finished]] = []
        size = TURN_BYTES
        while not self._finished.empty():
            finished = self._finished.get()
            if size >= TURN_BYTES:
                groups.append([])
                size = 0
            groups[-1].append(finished)
            size += _weight(finished.poll)
        return groups

    def _commit(self, group: Sequence[_Finished]) -> Iterator[Turn]:
        """Decide a group of polls and commit it: entries and state of all of them, or nothing."""
        try:
            changes, verdicts = self._decided([finished for finished in group if self._still_ours(finished)])
            yield from self._split(changes, verdicts)
        finally:
            self._running.difference_update(finished.poll.feed.id for finished in group)
            self.metrics.in_flight.set(len(self._running))
        for partition, change in changes.items():
            self._owned[partition].memory.apply(change)
        for poll, verdict in verdicts:
            partition = partition_of(poll.feed.site.encode(), self.partitions)
            self.metrics.polled(poll, verdict, self._owned[partition].memory.feeds[poll.feed.id])
            _tell(poll, verdict)

    def _still_ours(self, finished: _Finished) -> bool:
        owned = self._owned.get(finished.partition)
        ours = owned is not None and owned.epoch == finished.epoch
        if not ours:
            self.metrics.discarded.inc()
        return ours

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

    def _split(self, changes: Mapping[int, Changes], verdicts: Sequence[tuple[Poll, Verdict]]) -> Iterator[Turn]:
        """Cut a group into transactions: an entry goes with its own state, the feeds' states go last."""
        states = {
            seen.article_id: self._state(partition, seen_key(seen), encode_seen(seen))
            for partition, change in changes.items()
            for seen in change.seen.values()
        }
        records: list[Record] = []
        size = 0
        for _, verdict in verdicts:
            for entry in verdict.entries:
                pair = [self._entry_record(entry)]
                state = states.pop(entry.article_id, None)
                if state is not None:
                    pair.append(state)
                added = sum(record.size for record in pair)
                if size + added > TURN_BYTES and records:
                    yield Turn(tuple(records))
                    records, size = [], 0
                records += pair
                size += added
        records += states.values()
        records += [
            self._state(partition, feed_key(feed_id), encode_feed(state))
            for partition, change in changes.items()
            for feed_id, state in change.feeds.items()
        ]
        if records:
            yield Turn(tuple(records))

    def _state(self, partition: int, key: bytes, value: bytes | None) -> Record:
        return Record(self.topics.feed_state, key, value, partition=partition)

    def _entry_record(self, entry: Entry) -> Record:
        key = entry.article_id.encode()
        event = CloudEvent(
            id=f"{entry.article_id}/{entry.revision}",
            source=f"/rasad/{entry.site}",
            type=ENTRY_TYPE,
            time=entry.fetched_at,
            subject=entry.article_id,
            dataschema=ENTRY_SCHEMA,
            traceparent=traceparent(entry.trace_id),
            extensions={},
        )
        return Record(
            self.topics.entries,
            key,
            entry.model_dump_json().encode(),
            event.headers(),
            partition=partition_of(key, self.partitions),
        )

    def _sweep(self) -> Iterator[Turn]:
        """Once an hour, forget entries whose time is over."""
        if self._swept_at is not None and self.clock() - self._swept_at < SWEEP_SECONDS:
            return
        self._swept_at = self.clock()
        for partition, owned in self._owned.items():
            expired = owned.memory.expired(self.now().date())
            if expired:
                yield Turn(tuple(self._state(partition, seen_key(seen), None) for seen in expired))
                owned.memory.apply(Changes(owned.memory, forgotten=list(expired)))


def _tell(poll: Poll, verdict: Verdict) -> None:
    """Write the one wide line of a poll."""
    log.info(
        "poll",
        feed=poll.feed.id,
        outcome=verdict.outcome,
        reason=verdict.reason,
        status=poll.fetched.status,
        new=verdict.new,
        updated=verdict.updated,
        unchanged=verdict.unchanged,
        dropped=verdict.dropped,
        seconds=round(poll.fetched.elapsed_seconds, 3),
        detail=poll.fetched.detail or (poll.parsed.detail if isinstance(poll.parsed, Reject) else ""),
        next_poll_at=verdict.next_poll_at and verdict.next_poll_at.isoformat(timespec="seconds"),
    )


def _weight(poll: Poll) -> int:
    """Return about how many bytes a poll adds to a transaction: texts are UTF-8 of two bytes a letter."""
    if not isinstance(poll.parsed, ParsedFeed):
        return 1_024
    return sum(2 * (len(item.title) + len(item.summary) + len(item.text)) + 2_048 for item in poll.parsed.entries)


class FetcherOfThread(threading.local):
    """One HTTP client for each fetching thread: a single large pool is several times slower."""

    def __init__(self, make: Callable[[], Fetcher]) -> None:
        self.fetcher = make()

    def __call__(self) -> Fetcher:
        """Return this thread's client."""
        return self.fetcher
