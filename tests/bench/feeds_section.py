"""Feed to topic: a real fetcher polls local feeds until all their entries are committed.

Knows nothing of the workers. Each feed has a port of its own, which for politeness is a host of its own.
"""

import time
from collections.abc import Callable
from unittest.mock import patch

from articles import feed_document, taken
from figures import Figure
from local_server import HOST, serving
from run import PARTITIONS, BenchFailed, Run
from through import Counted, run_through, verify_count

import ingest.fetcher
from ingest import assemble
from ingest.feeds import Registry, parse_registry
from ingest.fetch.client import Fetcher
from ingest.registry_reading import Reading
from ingest.service.health import Health
from ingest.service.lifecycle import Stop, Watchdog
from ingest.service.metrics import new_registry
from ingest.service.settings import Settings
from ingest.stream.admin import create_topics
from ingest.stream.process import Frame
from ingest.stream.topics import Topics
from ingest.stream.transform import Place

NAMESPACE = "bench-feeds"
ENTRIES = 100

ALL_AT_ONCE = 1e9
"""Starts a second. A fetcher that comes back takes its feeds up ten a second on purpose; here all are due."""


def figures(run: Run) -> list[Figure]:
    """Return the one figure of this section."""
    topics = Topics(NAMESPACE)
    create_topics(run.broker, topics.specs((), PARTITIONS))
    replay = iter(run.articles)
    count = run.sizes.feeds
    watchdog = Watchdog()
    rates = []
    for number in range(run.sizes.pairs + 1):
        run.tell(f"feeds: round {number} of {run.sizes.pairs}" if number else "feeds: warm-up")
        documents = {f"/{feed}": feed_document(taken(replay, ENTRIES)) for feed in range(count)}
        with serving(documents, ports=count) as ports:
            rates.append(_round(run, topics, _registry(number, ports), watchdog))
    verify_count(run.broker, topics.entries, count * ENTRIES * len(rates))
    return [
        Figure(
            id="feeds.to_topic",
            what="feed to topic",
            unit="entries/s",
            ours=tuple(rates[1:]),
            facts={"feeds a round": count, "entries in each": ENTRIES, "partitions": PARTITIONS},
        )
    ]


def _round(run: Run, topics: Topics, registry: Registry, watchdog: Watchdog) -> float:
    """Return entries a second from the first request to the last commit."""
    settings = Settings(kafka=run.broker, namespace=NAMESPACE, partitions=PARTITIONS)
    frame = Frame(new_registry(), Health(), watchdog, Stop(settings.run.drain_seconds))
    place = Place(assemble.fetchers_group(NAMESPACE), "bench", topics.feed_state, topics.feed_state, reads=False)
    expected = len(registry.feeds) * ENTRIES
    requests: list[float] = []
    with (
        patch.object(ingest.fetcher, "STARTS_PER_SECOND", ALL_AT_ONCE),
        assemble._task(settings, Reading(registry, (), ""), topics, "bench", frame) as task,
    ):
        task.file = None  # the feeds are of no file
        task.fetcher_of_thread = _noting(task.fetcher_of_thread, requests)
        counted = Counted(task, topics.entries, expected, frame)
        ended_at = run_through(run.broker, place, counted, (1, assemble.POLL_SECONDS))
    if len(requests) != len(registry.feeds) or counted.committed != expected:
        raise BenchFailed(f"{len(requests)} requests gave {counted.committed} entries in place of {expected}")
    return expected / (ended_at - min(requests))


def _noting(fetcher_of_thread: Callable[[], Fetcher], requests: list[float]) -> Callable[[], Fetcher]:
    """Return the same, noting when it is asked for: right before each request."""

    def noted() -> Fetcher:
        requests.append(time.perf_counter())
        return fetcher_of_thread()

    return noted


def _registry(number: int, ports: tuple[int, ...]) -> Registry:
    """Return feeds that no round before has polled, each a site of its own."""
    sites = [
        {
            "id": f"bench-{number}-{feed}",
            "publisher": "Bench",
            "hosts": [f"bench-{number}-{feed}.example"],
            "feed": [{"id": f"bench-{number}-{feed}", "url": f"http://{HOST}:{port}/{feed}", "allow_private": True}],
        }
        for feed, port in enumerate(ports)
    ]
    return parse_registry("bench", {"site": sites})
