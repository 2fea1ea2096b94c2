"""What a worker does, for Prometheus: items by stage and outcome, seconds, labels.

Knows nothing of Kafka. Every label value comes from a closed set.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info

from ingest.service.metrics import last_success
from ingest.stream.heartbeat import Heartbeat, HeartbeatGauge
from workers.article import Article, Decision
from workers.enrichment_metrics import EnrichmentMetrics
from workers.language import Language, language_of
from workers.pipeline import STAGES, StageName

STAGE_BUCKETS = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 1.0)
"""Normalizing 3 kB takes about 3 ms, classifying a tenth of it; a second is a record to look at."""

AGE_BUCKETS = (0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 900, 3600, 21600, 86400)
"""From first seen: about a second; from published: up to the poll interval, or days for what a new feed holds."""

SCORE_BUCKETS = (0.001, 0.003, 0.01, 0.03, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.97, 1.0)
"""Nine in ten articles score below 0.01 for a label, where drift shows first; equal steps would show one bar."""

NO_LABEL = "none"


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
        self._last_success = last_success(registry)
        self._in_progress = Gauge(
            "rasad_items_in_progress",
            "Records that this worker has begun and not yet committed.",
            registry=registry,
        )
        self.stage_seconds = Histogram(
            "rasad_stage_seconds",
            "Seconds that a stage took for one item.",
            ["stage"],
            buckets=STAGE_BUCKETS,
            registry=registry,
        )
        for stage, _ in STAGES:
            self.stage_seconds.labels(stage)
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
        self.scores = Histogram(
            "rasad_label_score",
            "Published probability of a label, of committed articles in Persian.",
            ["label"],
            buckets=SCORE_BUCKETS,
            registry=registry,
        )
        for label in labels:
            self.scores.labels(label)
        self.words = Counter(
            "rasad_words_total", "Words that the classifier read, of committed batches.", registry=registry
        )
        self.unknown_words = Counter(
            "rasad_unknown_words_total",
            "Words among rasad_words_total that the model knows nothing of; a growing share says that it is ageing.",
            registry=registry,
        )
        self.model = Info(
            "rasad_model", "The model, pipeline release and normalizer of this process.", registry=registry
        )
        self.since_seen = Histogram(
            "rasad_article_since_seen_seconds",
            "Seconds from the fetch that showed a revision to the commit of its event; `none` is the label of an "
            "article without any, and an article of several labels counts under each.",
            ["label"],
            buckets=AGE_BUCKETS,
            registry=registry,
        )
        self.since_published = Histogram(
            "rasad_article_since_published_seconds",
            "Seconds from the publisher's own date to the commit of the first event, where the date is known; labels "
            "as in rasad_article_since_seen_seconds.",
            ["label"],
            buckets=AGE_BUCKETS,
            registry=registry,
        )
        for label in (*labels, NO_LABEL):
            self.since_seen.labels(label)
            self.since_published.labels(label)
        self._enrichment = EnrichmentMetrics(registry)
        self._heartbeat = HeartbeatGauge(registry, "ended")
        self._heartbeat_seconds = Histogram(
            "rasad_heartbeat_seconds",
            "Seconds from the sending of a heartbeat to the commit of its end, through all stages and both topics.",
            buckets=AGE_BUCKETS,
            registry=registry,
        )

    def serves(self, model_id: str, analysis: int, normalizer: str) -> None:
        """Say which model this process serves."""
        self.model.info({"model_id": model_id, "analysis": str(analysis), "normalizer": normalizer})

    def read(self, words: int, unknown_words: int) -> None:
        """Count the words of a batch that has been committed."""
        self.words.inc(words)
        self.unknown_words.inc(unknown_words)

    def committed(self, article: Article, now: datetime) -> None:
        """Count an article whose event has been committed."""
        self._enrichment.committed(article)
        language = language_of(article.language)
        self.languages.labels(language).inc()
        for result in article.labels:
            self.decisions.labels(result.label, result.decision).inc()
            if language is Language.PERSIAN:
                self.scores.labels(result.label).observe(result.score)
        for label in article.assigned() or (NO_LABEL,):
            self.since_seen.labels(label).observe(max(0.0, (now - article.fetched_at).total_seconds()))
            if article.published_at is not None and article.revision == 1:
                self.since_published.labels(label).observe(max(0.0, (now - article.published_at).total_seconds()))

    @contextmanager
    def at_work(self, records: int) -> Iterator[None]:
        """Show that records have been begun, until they are committed or given back."""
        self._in_progress.set(records)
        try:
            yield
        finally:
            self._in_progress.set(0)

    def counted(self, stage: StageName, outcome: ItemOutcome, count: int, now: datetime) -> None:
        """Count items of a batch that has been committed."""
        self.items.labels(stage, outcome).inc(count)
        if outcome is ItemOutcome.OK:
            self._last_success.labels(stage).set(now.timestamp())

    def heartbeat_ended(self, heartbeat: Heartbeat, now: datetime) -> None:
        """Show that a heartbeat has been committed at its end."""
        self._heartbeat.committed(now)
        self._heartbeat_seconds.observe(max(0.0, (now - heartbeat.sent_at).total_seconds()))
