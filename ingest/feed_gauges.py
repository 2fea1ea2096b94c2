"""The five gauges of each feed, for Prometheus: there while its partition is ours, and gone with it.

Knows nothing of Kafka and of polls. Ids of feeds and sites come from the registry, so the labels are bounded.
"""

from prometheus_client import CollectorRegistry, Gauge

from ingest.feed_state import FeedState
from ingest.feeds import Feed

LABELS = ("feed", "site")
"""A feed is of one site, so the second label costs no series and lets a question be asked of a publisher."""


class FeedGauges:
    """How each feed of this process fares: five series a feed, and no more whatever happens to it."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._last_success = Gauge(
            "rasad_feed_last_success_timestamp_seconds",
            "When a poll of this feed last succeeded.",
            LABELS,
            registry=registry,
        )
        self._last_new = Gauge(
            "rasad_feed_last_new_entry_timestamp_seconds",
            "When this feed last showed a new or edited entry.",
            LABELS,
            registry=registry,
        )
        self._interval = Gauge(
            "rasad_feed_expected_interval_seconds",
            "Seconds between two polls of this feed while it works; the interval adapts to the feed's pace.",
            LABELS,
            registry=registry,
        )
        self._failures = Gauge(
            "rasad_feed_consecutive_failures",
            "Polls of this feed that have failed since its last success.",
            LABELS,
            registry=registry,
        )
        self._gaps = Gauge(
            "rasad_feed_gaps_suspected",
            "Times that this feed's document shared no entry with the one before, ever: some may have been lost.",
            LABELS,
            registry=registry,
        )
        self._clock_skew = Gauge(
            "rasad_feed_clock_skew_seconds",
            "By how much the dates of a feed's latest new entries lay ahead of the fetch, in the middle, of the feed "
            "of this process that is furthest ahead; above an hour, a zone is wrong in the registry, or a clock.",
            registry=registry,
        )
        self._skews: dict[str, float] = {}

    def show(self, feed: Feed, state: FeedState | None) -> None:
        """Show a feed as its state knows it."""
        labels = (feed.id, feed.site)
        history = state.history if state else None
        self._failures.labels(*labels).set(history.failures if history else 0)
        self._gaps.labels(*labels).set(state.gaps if state else 0)
        if history and history.last_success_at:
            self._last_success.labels(*labels).set(history.last_success_at.timestamp())
        if history and history.last_new_at:
            self._last_new.labels(*labels).set(history.last_new_at.timestamp())
        if history and history.interval_seconds:
            self._interval.labels(*labels).set(history.interval_seconds)

    def skewed(self, feed_id: str, seconds: float) -> None:
        """Take note of how far ahead a feed's dates are; the log says which feed it is."""
        self._skews[feed_id] = seconds
        self._clock_skew.set(max(self._skews.values()))

    def remove(self, feed_id: str) -> None:
        """Stop showing a feed."""
        for gauge in (self._last_success, self._last_new, self._interval, self._failures, self._gaps):
            gauge.remove_by_labels({"feed": feed_id})
        self._skews.pop(feed_id, None)
        self._clock_skew.set(max(self._skews.values(), default=0.0))
