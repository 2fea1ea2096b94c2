"""What Kafka costs and how it fares, for Prometheus.

Knows nothing of feeds or articles.
"""

from collections.abc import Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

COMMIT_BUCKETS = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
"""A small transaction takes 7-20 ms; our bound on one is about 26 s."""


class StreamMetrics:
    """The loop's counters, gauges and histograms."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.transactions = Counter(
            "rasad_transactions_total",
            "Kafka transactions by result.",
            ["result"],
            registry=registry,
        )
        for result in ("committed", "refused", "failed"):
            self.transactions.labels(result)
        self.commit_seconds = Histogram(
            "rasad_transaction_seconds",
            "Seconds that a committed Kafka transaction took, from its first record to the broker's answer.",
            buckets=COMMIT_BUCKETS,
            registry=registry,
        )
        self.committed_at = Gauge(
            "rasad_transaction_last_commit_timestamp_seconds",
            "When this process last committed a Kafka transaction; an idle one commits every half minute.",
            registry=registry,
        )
        self.rebalances = Counter(
            "rasad_rebalances_total",
            "Assignments and revocations of partitions that this process saw.",
            registry=registry,
        )
        self.fenced = Counter(
            "rasad_fenced_total",
            "Times this process ended because another one had taken its slot.",
            registry=registry,
        )
        self.owned = Gauge("rasad_partitions_owned", "Partitions whose state this process holds.", registry=registry)
        self.in_flight = Gauge(
            "rasad_in_flight_bytes",
            "Bytes of records in the transaction that is being committed.",
            registry=registry,
        )
        self._lag = Gauge(
            "rasad_lag_records",
            "Records between this process's position and the end of a partition.",
            ["topic", "partition"],
            registry=registry,
        )
        self._lags: set[tuple[str, int]] = set()
        self._rebalances = 0

    def rebalances_seen(self, total: int) -> None:
        """Bring the counter to the member's own count, which begins anew with a new member."""
        self.rebalances.inc(total - self._rebalances if total >= self._rebalances else total)
        self._rebalances = total

    def lag_of(self, topic: str, lags: Mapping[int, int]) -> None:
        """Show the lag of the partitions that are ours, and of no others."""
        now = {(topic, partition) for partition in lags}
        for gone in self._lags - now:
            self._lag.remove(gone[0], str(gone[1]))
        for partition, lag in lags.items():
            self._lag.labels(topic, str(partition)).set(lag)
        self._lags = now
