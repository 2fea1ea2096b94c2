"""What a fetcher does, for Prometheus: polls, entries, seconds, and each feed's freshness.

Knows nothing of Kafka. Feed ids come from the registry, so the label is bounded; URLs and titles are never labels.
"""

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from ingest.feed_gauges import FeedGauges
from ingest.feed_state import FeedState
from ingest.feeds import Feed
from ingest.fetch.outcome import Outcome, Reason
from ingest.page.metrics import PageMetrics
from ingest.poll import Poll, Verdict
from ingest.service.metrics import last_success

FETCH_BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""Up to the deadline of a fetch."""

PARSE_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0)
"""60 kB with 50 entries take about 50 ms; up to the deadline of a parse. Waiting for a child is part of it."""

_NO_FAILURE = {
    Reason.OK: Outcome.FETCHED,
    Reason.NOT_MODIFIED: Outcome.NOT_MODIFIED,
    Reason.SAME_BODY: Outcome.FETCHED,
    Reason.GONE: Outcome.GONE,
    Reason.TOO_MANY_REQUESTS: Outcome.RATE_LIMITED,
}

POLL_RESULTS = tuple(
    (_NO_FAILURE.get(reason, Outcome.FAILED), reason) for reason in Reason if reason is not Reason.NOT_A_PAGE
)
"""What polls usually come to. (A feed that moved may fail with 410 or 429 at its new place, too.)"""

SUCCESSES = frozenset({Outcome.FETCHED, Outcome.NOT_MODIFIED})

type Happening = tuple[Counter, Callable[[Verdict], bool]]


def _happenings(registry: CollectorRegistry) -> tuple[Happening, ...]:
    """Return the counters of what can be noteworthy about a poll."""
    return (
        (
            Counter(
                "rasad_feed_gaps_total",
                "Documents that share no entry with the one before: entries may have been lost between the two.",
                registry=registry,
            ),
            lambda verdict: verdict.gap,
        ),
        (
            Counter(
                "rasad_feed_empty_total", "Documents without entries of feeds that had some before.", registry=registry
            ),
            lambda verdict: verdict.emptied,
        ),
        (
            Counter(
                "rasad_feed_identity_changed_total",
                "Documents in which nothing was ever seen and all links lead to hosts that are new.",
                registry=registry,
            ),
            lambda verdict: verdict.identity_changed,
        ),
        (
            Counter(
                "rasad_feed_conditional_bypass_total",
                "Daily requests without validators, for servers that answer 304 for ever.",
                registry=registry,
            ),
            lambda verdict: verdict.in_full,
        ),
        (
            Counter(
                "rasad_feed_moves_total",
                "Feeds that are asked at the target of their permanent redirects from then on.",
                registry=registry,
            ),
            lambda verdict: verdict.moved_to is not None,
        ),
        (
            Counter(
                "rasad_feed_detours_total",
                "Feeds that are asked at one of their alternates from then on, as the registered URL lost them.",
                registry=registry,
            ),
            lambda verdict: verdict.detour,
        ),
        (
            Counter(
                "rasad_feed_returns_total",
                "Feeds whose registered URL has them again after a detour.",
                registry=registry,
            ),
            lambda verdict: verdict.returned,
        ),
    )


class FetchMetrics:
    """The fetcher's counters, gauges and histograms."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._polls = Counter(
            "rasad_polls_total", "Committed polls by outcome and reason.", ["outcome", "reason"], registry=registry
        )
        # A series that is born with its first failure shows no increase: `rate` would miss that failure.
        for outcome, reason in POLL_RESULTS:
            self._polls.labels(outcome, reason)
        self._entries = Counter(
            "rasad_entries_total",
            "Entries of committed polls: new and updated ones are published, at once or when their page is done, "
            "unchanged ones were known, dropped ones lay beyond a cap or had no content, suppressed ones were edited "
            "too often in one day, replaced ones took the place of a revision that still waited for its page.",
            ["outcome"],
            registry=registry,
        )
        for entry_outcome in ("new", "updated", "unchanged", "dropped", "suppressed", "replaced"):
            self._entries.labels(entry_outcome)
        self._happenings = _happenings(registry)
        self.pages = PageMetrics(registry)
        self.network_outage = Gauge(
            "rasad_network_outage",
            "1 while so many hosts cannot be reached that our own network must be down; no feed is charged meanwhile.",
            registry=registry,
        )
        self.discarded = Counter(
            "rasad_polls_discarded_total",
            "Polls that came back after their partition had moved or its state had been dropped.",
            registry=registry,
        )
        self.in_flight = Gauge(
            "rasad_polls_in_flight", "Polls that are under way or wait for their commit.", registry=registry
        )
        self._fetch_seconds = Histogram(
            "rasad_fetch_seconds",
            "Seconds from the start of a fetch to its last byte or its failure.",
            buckets=FETCH_BUCKETS,
            registry=registry,
        )
        self.parse_seconds = Histogram(
            "rasad_parse_seconds",
            "Seconds from handing a document to a parsing child to its answer.",
            buckets=PARSE_BUCKETS,
            registry=registry,
        )
        self._feeds = FeedGauges(registry)
        self._last_success = last_success(registry).labels("poll")

    def owns(self, feed: Feed, state: FeedState | None) -> None:
        """Show a feed that is ours from now on, as its restored state knows it."""
        self._feeds.show(feed, state)

    def disowns(self, feed_id: str) -> None:
        """Stop showing a feed: its new owner does."""
        self._feeds.remove(feed_id)

    def polled(self, poll: Poll, verdict: Verdict, state: FeedState) -> None:
        """Count a committed poll."""
        self._polls.labels(verdict.outcome, verdict.reason).inc()
        self._fetch_seconds.observe(poll.fetched.elapsed_seconds)
        for outcome, count in (
            ("new", verdict.new),
            ("updated", verdict.updated),
            ("unchanged", verdict.unchanged),
            ("dropped", verdict.dropped),
            ("suppressed", verdict.suppressed),
            ("replaced", verdict.replaced),
        ):
            self._entries.labels(outcome).inc(count)
        for reason, skipped in verdict.without_page.items():
            self.pages.skipped(reason, skipped)
        for counter, happened in self._happenings:
            counter.inc(happened(verdict))
        if verdict.clock_skew_seconds is not None:
            self._feeds.skewed(poll.feed.id, max(verdict.clock_skew_seconds, 0.0))
        if verdict.outcome in SUCCESSES:
            self._last_success.set(poll.fetched.fetched_at.timestamp())
        self._feeds.show(poll.feed, state)
