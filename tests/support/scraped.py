"""Processes' worth of series without the processes: real registries behind real endpoints, and one merged scrape.

Knows nothing of Kafka and of feeds' contents.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace

from prometheus_client import CollectorRegistry

from ingest.control_turns import ControlMetrics
from ingest.feed_state import FeedState
from ingest.metrics import FetchMetrics
from ingest.reload import ReloadMetrics
from ingest.schedule import FeedHistory
from ingest.service.health import Health
from ingest.service.merged_metrics import Source
from ingest.service.metrics import new_registry, serve
from ingest.service.settings import MetricsSettings
from ingest.stream.heartbeat import HeartbeatGauge
from ingest.stream.metrics import StreamMetrics
from support.polling import FEED, NOW
from workers.metrics import WorkerMetrics

LABELS = ("consular", "flights", "security-cooperation")
HISTORY = FeedHistory(interval_seconds=300.0, last_success_at=NOW, last_new_at=NOW)


def fetcher_registry(feeds: int, partitions: int = 24) -> CollectorRegistry:
    """Return what a fetcher shows that owns so many feeds."""
    registry = new_registry()
    metrics = FetchMetrics(registry)
    ReloadMetrics(registry)
    ControlMetrics(registry)
    HeartbeatGauge(registry, "sent")
    StreamMetrics(registry).lag_of("rasad.feed-state.v1", dict.fromkeys(range(partitions), 0))
    for number in range(feeds):
        feed = replace(FEED, id=f"publisher-{number}-main", site=f"publisher-{number // 3}")
        metrics.owns(feed, FeedState(history=HISTORY))
    return registry


def worker_registry(partitions: int = 24) -> CollectorRegistry:
    """Return what a worker shows."""
    registry = new_registry()
    WorkerMetrics(registry, LABELS).serves("linear-0123456789ab", 7, "1")
    StreamMetrics(registry).lag_of("rasad.entries.v1", dict.fromkeys(range(partitions), 0))
    return registry


@contextmanager
def endpoints(registries: dict[str, CollectorRegistry]) -> Iterator[tuple[Source, ...]]:
    """Yield the addresses of these processes."""
    with ExitStack() as stack:
        servers = {
            name: stack.enter_context(serve(MetricsSettings(port=0), registry, Health()))
            for name, registry in registries.items()
        }
        yield tuple(Source(name, server.url) for name, server in servers.items())
