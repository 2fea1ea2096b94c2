"""What became of the entries that were to have their page's text, for Prometheus.

Knows nothing of Kafka and of decisions. Hosts and URLs are never labels.
"""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from ingest.fetch.outcome import Reason
from ingest.fetch.robots import RobotsVerdict
from ingest.page.outcome import PageOutcome, PageReason

WAIT_BUCKETS = (1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0, 900.0)
"""Up to the ten minutes that an entry may wait, and what a stopped process adds."""

_REFUSALS: tuple[str, ...] = (
    *(reason for reason in Reason if reason not in {Reason.OK, Reason.NOT_MODIFIED, Reason.SAME_BODY}),
    PageReason.FOREIGN_HOST,
    PageReason.HOME_PAGE,
    PageReason.MEDIA,
    PageReason.ROBOTS,
    PageReason.ROBOTS_UNREAD,
)
ATTEMPT_REASONS: tuple[str, ...] = (Reason.OK, *_REFUSALS)
"""What an answer to a request for a page comes to."""

PAGE_RESULTS: dict[PageOutcome, tuple[str, ...]] = {
    PageOutcome.USED: (PageReason.BETTER,),
    PageOutcome.KEPT: (PageReason.SHORTER, PageReason.ANOTHER_STORY, PageReason.LIST, PageReason.CHALLENGE),
    PageOutcome.FAILED: (*_REFUSALS, PageReason.ROBOTS_UNREACHED, PageReason.FEED_GONE, PageReason.WAITED),
    PageOutcome.SKIPPED: (
        PageReason.NO_LINK,
        PageReason.FOREIGN_HOST,
        PageReason.MEDIA,
        PageReason.OLD,
        PageReason.TOO_MANY,
        PageReason.TOO_LARGE,
    ),
}
"""What entries can come to. All series are there from the start: `rate` misses what a series is born with."""


class PageMetrics:
    """Counters of pages and robots.txt, and how long entries waited."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._pages = Counter(
            "rasad_pages_total",
            "Published entries of feeds that give leads only: with the page's text (used), with the feed's because "
            "the page is not better (kept) or did not come (failed), or at once without asking (skipped).",
            ["outcome", "reason"],
            registry=registry,
        )
        for outcome, reasons in PAGE_RESULTS.items():
            for reason in reasons:
                self._pages.labels(outcome, reason)
        self._attempts = Counter(
            "rasad_page_attempts_total",
            "Answers to requests for pages that were tried again or settled an entry, by reason.",
            ["reason"],
            registry=registry,
        )
        for reason in ATTEMPT_REASONS:
            self._attempts.labels(reason)
        self.pending = Gauge(
            "rasad_pages_pending", "Entries that wait for their page and are not published yet.", registry=registry
        )
        self._waited = Histogram(
            "rasad_page_wait_seconds",
            "Seconds from the commit of a waiting entry to its publication.",
            buckets=WAIT_BUCKETS,
            registry=registry,
        )
        self._last_success = Gauge(
            "rasad_page_last_success_timestamp_seconds",
            "When an entry was last published with the text of its page.",
            registry=registry,
        )
        self._robots = Counter(
            "rasad_robots_total", "Requests for robots.txt by what they came to.", ["verdict"], registry=registry
        )
        for verdict in RobotsVerdict:
            self._robots.labels(verdict)

    def settled(self, outcome: PageOutcome, reason: str, waited_seconds: float) -> None:
        """Count an entry that was published after it waited."""
        self._pages.labels(outcome, reason).inc()
        self._waited.observe(waited_seconds)
        if outcome is PageOutcome.USED:
            self._last_success.set_to_current_time()

    def skipped(self, reason: PageReason, count: int) -> None:
        """Count entries that were published at once."""
        self._pages.labels(PageOutcome.SKIPPED, reason).inc(count)

    def attempted(self, reason: str) -> None:
        """Count an answer."""
        self._attempts.labels(reason).inc()

    def robots(self, verdict: RobotsVerdict) -> None:
        """Count a request for robots.txt."""
        self._robots.labels(verdict).inc()
