"""What a worker does, for Prometheus: items by stage and outcome, seconds, labels.

Knows nothing of Kafka. Every label value comes from a closed set.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from prometheus_client import CollectorRegistry, Counter, Histogram

from workers.article import Article, Decision
from workers.language import Language, language_of
from workers.pipeline import StageName

STAGE_BUCKETS = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 1.0)
"""Normalizing 3 kB takes about 3 ms, classifying a tenth of it; a second is a record to look at."""

AGE_BUCKETS = (0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 900, 3600, 21600, 86400)
"""From first seen: about a second; from published: up to the poll interval, or days for what a new feed holds."""


class ItemOutcome(StrEnum):
    """What a stage made of an item."""

    OK = "ok"
    REJECTED = "rejected"
    UNEXPECTED = "unexpected"


class WorkerMetrics:
    """The worker's counters and histograms."""

    def __init__(self, registry: CollectorRegistry, labels: Sequence[str]) -> None:
        self.items = Counter(
            "rasad_items_total",
            "Items by stage and outcome; each item is counted once per stage, when its transaction has committed.",
            ["stage", "outcome"],
            registry=registry,
        )
        for stage in StageName:
            for outcome in ItemOutcome:
                self.items.labels(stage, outcome)
        self.stage_seconds = Histogram(
            "rasad_stage_seconds",
            "Seconds that a stage took for one item.",
            ["stage"],
            buckets=STAGE_BUCKETS,
            registry=registry,
        )
        self.decisions = Counter(
            "rasad_label_decisions_total",
            "Committed articles by label and decision.",
            ["label", "decision"],
            registry=registry,
        )
        for label in labels:
            for decision in Decision:
                self.decisions.labels(label, decision)
        self.languages = Counter(
            "rasad_article_languages_total",
            "Committed articles by recognised language; only Persian ones are labelled.",
            ["language"],
            registry=registry,
        )
        for language in Language:
            self.languages.labels(language)
        self.since_seen = Histogram(
            "rasad_article_since_seen_seconds",
            "Seconds from the fetch that showed a revision to the commit of its event.",
            buckets=AGE_BUCKETS,
            registry=registry,
        )
        self.since_published = Histogram(
            "rasad_article_since_published_seconds",
            "Seconds from the publisher's own date to the commit of the first event, where the date is known.",
            buckets=AGE_BUCKETS,
            registry=registry,
        )

    def committed(self, article: Article, now: datetime) -> None:
        """Count an article whose event has been committed."""
        for result in article.labels:
            self.decisions.labels(result.label, result.decision).inc()
        self.languages.labels(language_of(article.language)).inc()
        self.since_seen.observe(max(0.0, (now - article.fetched_at).total_seconds()))
        if article.published_at is not None and article.revision == 1:
            self.since_published.observe(max(0.0, (now - article.published_at).total_seconds()))
