"""The page of one entry, asked for now: what a fetcher would publish of it, and why. For `rasad feeds test`.

Knows nothing of how a person reads the result (`probe_page_report`). Nothing is stored and nothing is tried twice. What
decides is what decides in a fetcher; between two requests to a host there is the gap that a fetcher keeps.
"""

import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from ingest.event import Entry
from ingest.feeds import Feed
from ingest.fetch.outcome import Fetched, FetchRequest, Outcome, Reason
from ingest.fetch.politeness import HostGate, host_of
from ingest.fetch.robots import Robots, RobotsVerdict, origin_of, read_robots, robots_url
from ingest.memory import Changes, Memory
from ingest.page.attempt import context_for_page, refusal, request_for_page
from ingest.page.choice import judged, with_page
from ingest.page.outcome import PageOutcome, PageReason
from ingest.page.rules import PageRules
from ingest.parse.document import ParsedFeed
from ingest.parse.page import Page, PageContext
from ingest.poll import Poll, decide
from ingest.service.errors import Reject


class Fetches(Protocol):
    """What is needed of `ingest.fetch.client.Fetcher`."""

    def fetch(self, request: FetchRequest) -> Fetched:
        """Do one GET; whatever happens comes back as a value."""
        ...


class Reads(Protocol):
    """What is needed of the pool that reads pages."""

    def submit(self, body: bytes, context: PageContext) -> Future[Page]:
        """Return the future of one reading."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """What a first document of a feed comes to: which entries would wait for their page."""

    waiting: int
    at_once: Counter[PageReason]
    """Why others would be published without."""
    newest: Entry | None
    """Of those that would wait, the one whose page is looked at."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of one page."""

    entry: Entry
    """As the feed has it."""
    outcome: PageOutcome
    reason: str
    robots: Robots
    published: Entry
    """With the text that would be published."""
    crawl_delay_seconds: float
    """That robots.txt asks for."""
    fetched: Fetched | None = None
    """Null where the page was not asked for."""
    page: Page | None = None


def candidates(feed: Feed, fetched: Fetched, document: ParsedFeed, now: datetime) -> Candidates:
    """Return which entries of a feed's first document would wait, if it gives leads only."""
    changes = Changes(Memory())
    verdict = decide(Poll(replace(feed, full_text=True), fetched, document), changes, now, lambda: 0.5)
    waiting = [seen.pending.entry for seen in changes.seen.values() if seen.pending is not None]
    newest = max(waiting, key=lambda entry: entry.published_at or entry.first_seen_at, default=None)
    return Candidates(verdict.held, verdict.without_page, newest)


@dataclass(slots=True)
class PageTrial:
    """Tries pages, as a fetcher with these settings would."""

    fetcher: Fetches
    reader: Reads
    rules: PageRules
    user_agent: str
    gap_seconds: float
    gate: HostGate
    """Knows when the feed itself was asked."""
    clock: Callable[[], float] = time.monotonic
    wait: Callable[[float], None] = time.sleep
    _robots: dict[str, Robots] = field(default_factory=dict)

    def of(self, entry: Entry, feed: Feed) -> Trial:
        """Ask for the robots.txt and then, if it allows it, for the page of an entry that has a link."""
        url = entry.url or ""
        robots = self._robots_of(url, feed)
        delay = robots.crawl_delay_seconds(feed.user_agent or self.user_agent)
        known = Trial(entry, PageOutcome.FAILED, "", robots, entry, delay)
        if (why := self._forbidden(robots, url, feed)) is not None:
            return replace(known, reason=why)
        fetched = self._ask(request_for_page(url, feed), max(self.gap_seconds, delay))
        known = replace(known, fetched=fetched)
        why = refusal(fetched, url, feed)
        if why is None and origin_of(fetched.final_url) != origin_of(url):
            why = self._forbidden(self._robots_of(fetched.final_url, feed), fetched.final_url, feed)
        if why is not None:
            return replace(known, reason=why)
        try:
            page = self.reader.submit(fetched.body, context_for_page(fetched, feed, self.rules)).result()
        except Reject as error:
            return replace(known, reason=error.reason)
        verdict = judged(entry, page)
        known = replace(known, page=page, reason=verdict)
        if verdict is not PageReason.BETTER:
            return replace(known, outcome=PageOutcome.KEPT)
        return replace(known, outcome=PageOutcome.USED, published=with_page(entry, page))

    def _robots_of(self, url: str, feed: Feed) -> Robots:
        origin = origin_of(url)
        if origin not in self._robots:
            fetched = self._ask(request_for_page(robots_url(origin), feed), None)
            self._robots[origin] = read_robots(fetched, self.clock())
        return self._robots[origin]

    def _forbidden(self, robots: Robots, url: str, feed: Feed) -> str | None:
        """Return why a page may not be asked for, or its answer not used."""
        if robots.verdict is RobotsVerdict.UNREACHED:
            return PageReason.ROBOTS_UNREACHED
        if robots.verdict is RobotsVerdict.REFUSED:
            return Reason.ADDRESS_REFUSED
        return None if robots.allows(url, feed.user_agent or self.user_agent) else PageReason.ROBOTS

    def _ask(self, request: FetchRequest, gap_seconds: float | None) -> Fetched:
        host = host_of(request.url)
        while not self.gate.take(host, self.clock(), gap_seconds):
            self.wait(self.gate.next_free(host, self.clock()) - self.clock())
        try:
            fetched = self.fetcher.fetch(request)
        finally:
            self.gate.release(host, self.clock())
        if fetched.outcome is Outcome.RATE_LIMITED:
            self.gate.turned_away({host, host_of(fetched.final_url)}, self.clock(), fetched.retry_after_seconds)
        return fetched
