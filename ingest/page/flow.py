"""The pages that entries wait for: asked for beside the polls, read in child processes, published a tick at a time.

Knows nothing of polls and of how a transaction is made. Its state is the waiting entries in the partitions' memories
and what can be learnt again: after a crash the next owner finds the former and goes on. The story of an entry:

    committed as pending by its poll → robots.txt of its host → its page → the article → the better text
    → published, and no longer pending, in one transaction

Threads fetch and children read; all decisions fall in the loop's thread, so nothing here is locked.
"""

import math
import queue
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Protocol

import structlog

from ingest.event import Entry
from ingest.feed_state import Pending, Seen
from ingest.feeds import Feed
from ingest.fetch.client import Fetcher
from ingest.fetch.outcome import Fetched, FetchRequest, Outcome, Reason
from ingest.fetch.politeness import HostGate, host_of
from ingest.fetch.robots import RobotsVerdict, origin_of
from ingest.memory import Changes, Memory
from ingest.page.attempt import context_for_page, may_pass, refusal, request_for_page, wait_seconds
from ingest.page.choice import judged, with_page
from ingest.page.metrics import PageMetrics
from ingest.page.outcome import PageOutcome, PageReason
from ingest.page.robots import RobotsCache
from ingest.page.rules import PageRules
from ingest.parse.page import Page, PageContext
from ingest.service.errors import RasadError, Reject
from ingest.service.settings import PageLimits
from ingest.stream.transform import Turn
from ingest.turns import TurnWriter

log = structlog.get_logger(__name__)

HOUR_SECONDS = 3_600.0
STUCK_SECONDS = 600.0
"""A fetch, and a full queue before the children, fit in many times over."""
LOOK_SECONDS = 0.2
"""Between two looks at what waits: hundreds of entries may, and hosts are free again after seconds."""
CLOCK_SLACK_SECONDS = 60.0
"""A clock that was set back further tells nothing of how long an entry has waited: it is published."""

type Key = tuple[str, str]
"""Of a waiting entry: its site and its first identity key."""


class PageStuck(RasadError):
    """A page neither came nor failed: this process must be replaced."""


class Owned(Protocol):
    """A partition that is ours, as the pages see it."""

    epoch: int
    memory: Memory


class Reads(Protocol):
    """What is needed of the pool that reads pages."""

    def submit(self, body: bytes, context: PageContext) -> Future[Page]:
        """Return the future of one reading."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """A page that was asked for, and under which ownership."""

    partition: int
    epoch: int
    key: Key
    pending: Pending
    feed: Feed


@dataclass(frozen=True, slots=True)
class _Answer:
    """What came of it: a page, or the reason why there is none."""

    asked: _Asked
    reason: str
    final_url: str
    page: Page | None = None


@dataclass(frozen=True, slots=True)
class _Tries:
    """What was tried for an entry; forgotten with the process."""

    count: int
    not_before: float
    reason: str
    origin: str | None = None
    """Whose robots.txt must be known too before the next try: the page led there."""


@dataclass(frozen=True, slots=True)
class _Settled:
    """An entry that waits no longer."""

    partition: int
    seen: Seen
    entry: Entry
    outcome: PageOutcome
    reason: str
    waited_seconds: float


@dataclass(slots=True)
class Pages:
    """The pages of one fetcher process; `start` and `turns` are called from the loop's thread."""

    limits: PageLimits
    user_agent: str
    rules: PageRules
    gate: HostGate
    threads: ThreadPoolExecutor
    fetcher_of_thread: Callable[[], Fetcher]
    reader: Reads
    writer: TurnWriter
    metrics: PageMetrics
    in_flight_max: int
    """Fewer than there are threads: pages never take the last thread from a poll."""
    clock: Callable[[], float] = time.monotonic
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    _away: dict[Key, float] = field(default_factory=dict)
    """Pages that are asked for, with their start on the monotonic clock."""
    _robots: RobotsCache = field(init=False)
    _tries: dict[Key, _Tries] = field(default_factory=dict)
    _looked_at: float = -math.inf
    _asked_at: dict[str, deque[float]] = field(default_factory=dict)
    """When each host was asked for pages within the last hour."""
    _answers: "queue.SimpleQueue[_Answer]" = field(default_factory=queue.SimpleQueue)

    def __post_init__(self) -> None:
        self._robots = RobotsCache(self.gate, self.threads, self._fetch, self.metrics)

    def start(self, owned: Mapping[int, Owned], feeds: Mapping[str, Feed]) -> None:
        """Ask for what may be asked for now; called after the polls that are due have had their turn at the hosts."""
        now = self.clock()
        if now - self._looked_at < LOOK_SECONDS:
            return
        self._looked_at = now
        self._robots.take(now)
        if any(now - since > STUCK_SECONDS for since in (*self._away.values(), *self._robots.away.values())):
            raise PageStuck(f"pages have not come back for {STUCK_SECONDS:.0f} s")
        for partition, mine in owned.items():
            for key, seen in mine.memory.pending.items():
                if len(self._away) + len(self._robots.away) >= self.in_flight_max:
                    return
                feed = feeds.get(seen.pending.feed) if seen.pending else None
                if seen.pending is not None and feed is not None and key not in self._away:
                    self._begin(_Asked(partition, mine.epoch, key, seen.pending, feed), now)

    def turns(self, owned: Mapping[int, Owned], feeds: Mapping[str, Feed]) -> Iterator[Turn]:
        """Publish the entries whose page is done, or whose time is over."""
        settled: dict[Key, _Settled] = {}
        while not self._answers.empty():
            answer = self._answers.get()
            if (done := self._take(answer, owned)) is not None:
                settled[answer.asked.key] = done
        for partition, mine in owned.items():
            for key, seen in mine.memory.pending.items():
                if key not in settled and (given_up := self._given_up(partition, key, seen, feeds)) is not None:
                    settled[key] = given_up
        yield from self._publish(list(settled.values()), owned)
        self._tries = {
            key: tries
            for key, tries in self._tries.items()
            if any(key in mine.memory.pending for mine in owned.values())
        }
        self.metrics.pending.set(sum(len(mine.memory.pending) for mine in owned.values()))

    def _publish(self, settled: list[_Settled], owned: Mapping[int, Owned]) -> Iterator[Turn]:
        """Commit each entry together with the record that says that it waits no longer."""
        if not settled:
            return
        changes: dict[int, Changes] = {}
        for done in settled:
            change = changes.setdefault(done.partition, Changes(owned[done.partition].memory))
            change.remember(replace(done.seen, pending=None))
        yield from self.writer.polls(changes, [done.entry for done in settled])
        for partition, change in changes.items():
            owned[partition].memory.apply(change)
        for done in settled:
            self.metrics.settled(done.outcome, done.reason, done.waited_seconds)
            log.info(
                "page",
                site=done.seen.site,
                article_id=done.entry.article_id,
                revision=done.entry.revision,
                outcome=done.outcome,
                reason=done.reason,
                seconds=round(done.waited_seconds, 3),
            )

    def _begin(self, asked: _Asked, now: float) -> None:
        """Ask for a page, or first for what must be known before it may be asked for."""
        tries = self._tries.get(asked.key)
        url = asked.pending.entry.url
        if url is None or (tries is not None and tries.not_before > now):
            return
        origin = origin_of(url)
        led_to = tries.origin if tries else None
        if led_to is not None and self._robots.of(led_to, now) is None:
            self._robots.ask(led_to, asked.feed, now)
            return
        robots = self._robots.of(origin, now)
        if robots is None:
            self._robots.ask(origin, asked.feed, now)
            return
        agent = asked.feed.user_agent or self.user_agent
        if robots.verdict is RobotsVerdict.UNREACHED and robots.rules is None:
            count = tries.count if tries else 0
            self._tries[asked.key] = _Tries(count, robots.until, PageReason.ROBOTS_UNREACHED, led_to)
        elif not self._has_room(host_of(url), now):
            return  # before the rules: the longest take a tenth of a second, and here come all entries, at each look
        elif not robots.allows(url, agent):
            self._away[asked.key] = now
            refused = robots.verdict is RobotsVerdict.REFUSED
            self._answers.put(_Answer(asked, Reason.ADDRESS_REFUSED if refused else PageReason.ROBOTS, url))
        elif self._may_ask(host_of(url), max(self.limits.gap_seconds, robots.crawl_delay_seconds(agent)), now):
            self._away[asked.key] = now
            self.threads.submit(self._ask, asked, url)

    def _has_room(self, host: str, now: float) -> bool:
        """Tell whether a host may be asked for a page now, within its hour's share."""
        asked_at = self._asked_at.setdefault(host, deque())
        while asked_at and now - asked_at[0] >= HOUR_SECONDS:
            asked_at.popleft()
        return len(asked_at) < self.limits.per_host_hour and self.gate.next_free(host, now) <= now

    def _may_ask(self, host: str, gap_seconds: float, now: float) -> bool:
        """Reserve a host that has room for a page."""
        taken = self.gate.take(host, now, gap_seconds)
        if taken:
            self._asked_at[host].append(now)
        return taken

    def _ask(self, asked: _Asked, url: str) -> None:
        """Fetch a page and hand it to the readers; runs in a fetching thread."""
        fetched = self._fetch(request_for_page(url, asked.feed))
        reason = refusal(fetched, url, asked.feed)
        if reason is not None:
            self._answers.put(_Answer(asked, reason, fetched.final_url))
            return

        def read(future: "Future[Page]") -> None:
            if future.cancelled():  # the process ends
                return
            error = future.exception()
            if error is None:
                self._answers.put(_Answer(asked, Reason.OK, fetched.final_url, future.result()))
            else:
                why = error.reason if isinstance(error, Reject) else Reason.UNEXPECTED
                self._answers.put(_Answer(asked, why, fetched.final_url))

        context = context_for_page(fetched, asked.feed, self.rules)
        try:
            self.reader.submit(fetched.body, context).add_done_callback(read)
        except (OSError, RuntimeError):  # no child can be started: this page, and not the process
            self._answers.put(_Answer(asked, Reason.UNEXPECTED, fetched.final_url))

    def _fetch(self, request: FetchRequest) -> Fetched:
        """Fetch, whatever happens, and give the host back."""
        host = host_of(request.url)
        try:
            fetched = self.fetcher_of_thread().fetch(request)
        except Exception as error:
            log.exception("page_fetch_raised")
            fetched = Fetched(
                Outcome.FAILED, Reason.UNEXPECTED, request.url, request.url, self.now(), 0.0, detail=repr(error)
            )
        finally:
            self.gate.release(host, self.clock())
        if fetched.outcome is Outcome.RATE_LIMITED:
            self.gate.turned_away({host, host_of(fetched.final_url)}, self.clock(), fetched.retry_after_seconds)
        return fetched

    def _take(self, answer: _Answer, owned: Mapping[int, Owned]) -> _Settled | None:
        """Return what an answer settles, or null where it is tried again or came for what is no longer so."""
        asked = answer.asked
        self._away.pop(asked.key, None)
        mine = owned.get(asked.partition)
        seen = mine.memory.pending.get(asked.key) if mine is not None and mine.epoch == asked.epoch else None
        if seen is None or seen.pending != asked.pending:
            # The partition has moved, the entry was published, or it was edited: then its page is asked for anew.
            self._tries.pop(asked.key, None)
            return None
        reason, origin = self._led_to(answer)
        self.metrics.attempted(reason)
        if may_pass(reason) and self._again(asked.key, reason, origin):
            return None
        if answer.page is None or reason != Reason.OK:
            return self._settled(asked.partition, seen, asked.pending, PageOutcome.FAILED, reason)
        return self._chosen(asked, seen, answer.page)

    def _led_to(self, answer: _Answer) -> tuple[str, str | None]:
        """Return the reason of an answer after a look at the robots.txt of the place where a redirect led."""
        url = answer.asked.pending.entry.url or ""
        origin = origin_of(answer.final_url)
        if answer.page is None or origin == origin_of(url):
            return answer.reason, None
        robots = self._robots.of(origin, self.clock())
        if robots is None:
            return PageReason.ROBOTS_UNREAD, origin
        agent = answer.asked.feed.user_agent or self.user_agent
        return (Reason.OK if robots.allows(answer.final_url, agent) else PageReason.ROBOTS), None

    def _again(self, key: Key, reason: str, origin: str | None) -> bool:
        """Plan another try, unless there were enough; to learn where a page led is none, and is done once."""
        before = self._tries.get(key, _Tries(0, 0.0, reason))
        if origin is not None and origin != before.origin:
            self._tries[key] = _Tries(before.count, self.clock(), reason, origin)
            return True
        count = before.count + 1
        if count >= self.limits.tries:
            return False
        self._tries[key] = _Tries(count, self.clock() + wait_seconds(count), reason, before.origin)
        return True

    def _chosen(self, asked: _Asked, seen: Seen, page: Page) -> _Settled:
        """Choose the better text; a fault of ours at one page costs its text and nothing else."""
        pending = asked.pending
        try:
            verdict: str = judged(pending.entry, page)
        except Exception:
            log.exception("page_choice_raised", article_id=pending.entry.article_id)
            return self._settled(asked.partition, seen, pending, PageOutcome.FAILED, Reason.UNEXPECTED)
        if verdict != PageReason.BETTER:
            return self._settled(asked.partition, seen, pending, PageOutcome.KEPT, verdict)
        better = replace(pending, entry=with_page(pending.entry, page))
        return self._settled(asked.partition, seen, better, PageOutcome.USED, verdict)

    def _given_up(self, partition: int, key: Key, seen: Seen, feeds: Mapping[str, Feed]) -> _Settled | None:
        """Return a waiting entry whose time is over, or that nobody asks for any more."""
        pending = seen.pending
        if pending is None:
            return None
        if pending.feed not in feeds:
            return self._settled(partition, seen, pending, PageOutcome.FAILED, PageReason.FEED_GONE)
        waited = (self.now() - pending.since).total_seconds()
        if -CLOCK_SLACK_SECONDS < waited < self.limits.wait_seconds:
            return None
        tries = self._tries.get(key)
        reason = tries.reason if tries else PageReason.WAITED
        return self._settled(partition, seen, pending, PageOutcome.FAILED, reason)

    def _settled(self, partition: int, seen: Seen, pending: Pending, outcome: PageOutcome, reason: str) -> _Settled:
        # Other feeds of the publisher may have shown it while it waited.
        entry = pending.entry.model_copy(update={"feeds": seen.feeds})
        waited = max((self.now() - pending.since).total_seconds(), 0.0)
        return _Settled(partition, seen, entry, outcome, reason, waited)
