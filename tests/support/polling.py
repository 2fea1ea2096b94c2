"""A fetcher without Kafka, threads and waiting: the real task, decisions and parser under a clock that tests set.

Knows nothing of what is tested; what a fetch comes to is a function that the test gives, or a real `Fetcher`.
"""

import random
import ssl
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

from prometheus_client import CollectorRegistry

from ingest.event import ContentSource, DateConfidence, DateSource, Entry, TextPolicy
from ingest.feed_state import FeedState, encode_feed, feed_key
from ingest.feeds import Feed, FeedKind, Registry
from ingest.fetch.client import Fetcher, FetchSettings
from ingest.fetch.outcome import Fetched, FetchRequest, Outcome, Reason
from ingest.fetch.politeness import HostGate
from ingest.fetcher import FetchTask
from ingest.memory import Changes, Memory
from ingest.metrics import FetchMetrics
from ingest.page.flow import Pages
from ingest.page.rules import load_page_rules
from ingest.parse.document import ParseContext, ParsedEntry, ParsedFeed
from ingest.parse.feed import parse_feed
from ingest.parse.page import Page, PageContext, extract_page
from ingest.poll import Poll, Verdict, body_sha256, context_for, decide, request_for
from ingest.service.errors import Reject
from ingest.service.settings import PageLimits, seeds_dir
from ingest.stream.record import Record
from ingest.stream.restore import Restored
from ingest.stream.topics import Topics
from ingest.turns import TurnWriter

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
PAGE_RULES = load_page_rules(seeds_dir() / "pages.toml")
STARTED = 1_000.0
"""On the monotonic clock."""
FEED = Feed(
    id="main",
    url="https://news.example/rss",
    kind=FeedKind.AGENCY,
    full_text=False,
    allow_private=False,
    user_agent=None,
    verify_tls=True,
    min_interval_seconds=60,
    max_interval_seconds=3600,
    enabled=True,
    site="site",
    publisher="خبر",
    hosts=("news.example",),
    language="fa",
    timezone="Asia/Tehran",
    text_policy=TextPolicy.FULL,
    rights=None,
)


def item(key: str, digest: str = "d1", **fields: object) -> ParsedEntry:
    """Return an entry with one guid key, dated an hour ago."""
    values: dict[str, object] = {
        "keys": (f"g:{key}",),
        "guid": key,
        "url": f"https://news.example/{key}",
        "canonical_url": f"https://news.example/{key}",
        "title": f"خبر {key}",
        "summary": "",
        "text": "متن",
        "text_truncated": False,
        "text_sha256": "0" * 64,
        "content_source": ContentSource.FEED,
        "published_at": NOW - timedelta(hours=1),
        "updated_at": None,
        "date_source": DateSource.PUBLISHED,
        "date_confidence": DateConfidence.EXACT,
        "date_flag": None,
        "digest": digest,
    }
    return ParsedEntry(**{**values, **fields})  # type: ignore[arg-type]


def entry_of(parsed: ParsedEntry) -> Entry:
    """Return the event of an item that was never seen before."""
    feed = ParsedFeed((parsed,), "rss20", "utf-8")
    fetched = answer(FetchRequest(FEED.url))
    (entry,) = decide(Poll(FEED, fetched, feed), Changes(Memory()), NOW, lambda: 0.5).entries
    return entry


def feeds_at(urls: Iterable[str], **fields: object) -> tuple[Feed, ...]:
    """Return a feed for each URL."""
    return tuple(replace(FEED, id=f"feed-{number}", url=url, **fields) for number, url in enumerate(urls))


def rss(*guids: str, date: str = "Sun, 22 Nov 2026 10:00:00 +0330", host: str = "news.example") -> bytes:
    """Return a feed document with an item for each guid."""
    items = "".join(
        f"<item><guid>{guid}</guid><link>https://{host}/{guid}</link><title>خبر {guid}</title>"
        f"<description>متن {guid}</description><pubDate>{date}</pubDate></item>"
        for guid in guids
    )
    return f"<rss version='2.0'><channel><title>خبر</title>{items}</channel></rss>".encode()


def guids(verdict: Verdict) -> list[str | None]:
    """Return what a poll published."""
    return [entry.guid for entry in verdict.entries]


def decided(memory: Memory, feed: Feed, fetched: Fetched, now: datetime = NOW) -> Verdict:
    """Parse, decide and commit one poll."""
    document = parse_feed(fetched.body, context_for(feed, fetched)) if fetched.body else None
    changes = Changes(memory)
    verdict = decide(Poll(feed, fetched, document), changes, now, lambda: 0.5)
    memory.apply(changes)
    return verdict


def answer(request: FetchRequest, body: bytes = b"", **fields: object) -> Fetched:
    """Return what a fetch came to: a 200 with this body, unless the fields say otherwise."""
    given: dict[str, object] = {
        "outcome": Outcome.FETCHED,
        "reason": Reason.OK,
        "requested_url": request.url,
        "final_url": request.url,
        "fetched_at": NOW,
        "elapsed_seconds": 0.1,
        "body": body,
        **fields,
    }
    return Fetched(**given)  # type: ignore[arg-type]


def failure(request: FetchRequest, reason: Reason, outcome: Outcome = Outcome.FAILED, **fields: object) -> Fetched:
    """Return a fetch that failed for this reason."""
    return answer(request, outcome=outcome, reason=reason, **fields)


class AtOnce:
    """Runs what is submitted at once: the threads, and the parser's children."""

    def submit(self, work: Callable[..., None], *arguments: object) -> None:
        work(*arguments)


class ParserAtOnce:
    """Parses in the caller's thread."""

    def submit(self, body: bytes, context: ParseContext) -> "Future[ParsedFeed]":
        future: Future[ParsedFeed] = Future()
        try:
            future.set_result(parse_feed(body, context))
        except Reject as error:
            future.set_exception(error)
        return future


class ReadsAtOnce:
    """Reads pages in the caller's thread."""

    def submit(self, body: bytes, context: PageContext) -> "Future[Page]":
        future: Future[Page] = Future()
        try:
            future.set_result(extract_page(body, context))
        except Reject as error:
            future.set_exception(error)
        return future


@dataclass(slots=True)
class Polling:
    """One fetcher process over some feeds, with the requests that it made and the records that it committed."""

    feeds: tuple[Feed, ...]
    answers: Callable[[FetchRequest], Fetched]
    states: Mapping[str, FeedState] = field(default_factory=dict)
    now: datetime = NOW
    monotonic: float = STARTED
    gap_seconds: float = 1.0
    page_limits: PageLimits = field(default_factory=PageLimits)
    requests: list[tuple[float, str]] = field(default_factory=list)
    """Seconds since the beginning, and the URL."""
    records: list[Record] = field(default_factory=list)
    metrics: CollectorRegistry = field(default_factory=CollectorRegistry)
    task: FetchTask = field(init=False)

    def __post_init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """Start the process, with nothing of its own memory and the state that was committed."""
        self.metrics = CollectorRegistry()
        topics, metrics, gate = Topics("t"), FetchMetrics(self.metrics), HostGate(self.gap_seconds)
        self.task = FetchTask(
            registry=Registry(MappingProxyType({}), MappingProxyType({feed.id: feed for feed in self.feeds})),
            topics=topics,
            partitions=1,
            metrics=metrics,
            gate=gate,
            threads=AtOnce(),  # type: ignore[arg-type]
            fetcher_of_thread=lambda: self,  # type: ignore[return-value,arg-type]
            pages=Pages(
                limits=self.page_limits,
                user_agent="Rasad/1 (+https://desk.example/bot)",
                rules=PAGE_RULES,
                gate=gate,
                threads=AtOnce(),  # type: ignore[arg-type]
                fetcher_of_thread=lambda: self,  # type: ignore[return-value,arg-type]
                reader=ReadsAtOnce(),
                writer=TurnWriter(topics, 1),
                metrics=metrics.pages,
                in_flight_max=8,
                clock=lambda: self.monotonic,
                now=lambda: self.now,
            ),
            parser=ParserAtOnce(),  # type: ignore[arg-type]
            max_in_flight=64,
            tick_seconds=0.0,
            clock=lambda: self.monotonic,
            now=lambda: self.now,
            random=random.Random(7).random,
        )
        values = {feed_key(feed): encode_feed(state) for feed, state in self.states.items()}
        for record in self.records:
            if "feed-state" in record.topic:
                values[record.key] = record.value or b""
        self.task.restored(0, Restored(0, {key: value for key, value in values.items() if value}, None, 0))

    def fetch(self, request: FetchRequest) -> Fetched:
        """Take a request, as a `Fetcher` does."""
        self.requests.append((self.monotonic - STARTED, request.url))
        return self.answers(request)

    def pass_time(self, seconds: float, step: float = 1.0) -> None:
        """Let the loop look at its feeds once a step, for so long."""
        for _ in range(round(seconds / step)):
            self.look()
            self.now += timedelta(seconds=step)
            self.monotonic += step

    def look(self) -> None:
        """Take all turns that there are now, and commit them."""
        for turn in self.task.turns((), frozenset({0})):
            self.records += turn.records

    def jump(self, by: timedelta) -> None:
        """Set the wall clock."""
        self.now += by

    def state(self, feed_id: str) -> FeedState:
        """Return what is remembered of a feed."""
        return self.task._owned[0].memory.feeds[feed_id]

    def entries(self) -> list[Entry]:
        """Return the entries that were committed."""
        return [Entry.model_validate_json(record.value or b"") for record in self.records if "entries" in record.topic]

    def metric(self, name: str, **labels: str) -> float | None:
        """Return a sample."""
        return self.metrics.get_sample_value(name, labels)


@contextmanager
def poller_of(url: str, tls: ssl.SSLContext) -> Iterator["Poller"]:
    """Yield a poller of one feed on this machine, whose fetcher has the poller's clock."""
    with Fetcher(FetchSettings(user_agent="t", deadline_seconds=5), tls, now=lambda: poller.now) as fetcher:
        poller = Poller(fetcher, replace(FEED, url=url, allow_private=True))
        yield poller


@dataclass(slots=True)
class Poller:
    """Polls one feed with a real `Fetcher` and a clock that stands still, and remembers what was decided."""

    fetcher: Fetcher
    feed: Feed
    now: datetime = NOW
    memory: Memory = field(default_factory=Memory)

    @property
    def state(self) -> FeedState:
        """Return what is remembered of the feed."""
        return self.memory.feeds.get(self.feed.id, FeedState())

    def poll(self, later: timedelta = timedelta()) -> Verdict:
        """Poll once, so much later."""
        self.now += later
        fetched = self.fetcher.fetch(request_for(self.feed, self.state, self.now))
        changes = Changes(self.memory)
        verdict = decide(Poll(self.feed, fetched, self._parsed(fetched)), changes, self.now, lambda: 0.5)
        self.memory.apply(changes)
        return verdict

    def wait(self) -> float:
        """Return the seconds until the next poll."""
        assert self.state.next_poll_at is not None
        return (self.state.next_poll_at - self.now).total_seconds()

    def _parsed(self, fetched: Fetched) -> ParsedFeed | Reject | None:
        if fetched.outcome is not Outcome.FETCHED or body_sha256(fetched) == self.state.body_sha256:
            return None
        try:
            return parse_feed(fetched.body, context_for(self.feed, fetched))
        except Reject as error:
            return error
