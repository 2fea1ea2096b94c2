"""A fetcher process, put together from the settings.

Knows nothing of what the parts do.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial

from ingest.control_turns import ControlMetrics, Controls
from ingest.fetch.client import Fetcher, FetchSettings, verified_tls
from ingest.fetch.politeness import HostGate
from ingest.fetcher import FetcherOfThread, FetchTask
from ingest.heartbeat import Beating
from ingest.metrics import FetchMetrics
from ingest.page.flow import Pages
from ingest.page.rules import load_page_rules
from ingest.parse.page import extract_page
from ingest.parse.pool import ChildPool, ParserPool
from ingest.registry_reading import Reading
from ingest.reload import RegistryFile, ReloadMetrics
from ingest.service.lifecycle import ExitCode
from ingest.service.settings import Settings, seeds_dir
from ingest.stream.heartbeat import HeartbeatGauge
from ingest.stream.process import Frame, run
from ingest.stream.side_reading import SideReader
from ingest.stream.topics import Topics
from ingest.stream.transform import Place
from ingest.turns import TurnWriter

POLL_SECONDS = 0.05
"""How long the loop waits for the group's news between two looks at due feeds."""


PAGE_THREADS_SHARE = 2
"""Half of the threads are kept for polls: slow pages of many hosts delay no feed."""

PAGE_REDIRECTS_MAX = 5
"""As many as a crawler follows to robots.txt (RFC 9309, 2.3.1.2); a page needs one or two."""


def fetchers_group(namespace: str) -> str:
    """Return the consumer group that shares out the sites."""
    return f"{namespace}-fetchers"


def run_fetcher(settings: Settings, reading: Reading, slot: str) -> ExitCode:
    """Run one fetcher under a slot's stable name until it is told to stop."""
    topics = Topics(settings.namespace)
    place = Place(fetchers_group(settings.namespace), slot, topics.feed_state, topics.feed_state, reads=False)
    names = {topics.entries, topics.feed_state, topics.feed_control, topics.dead_letters}
    needed = [spec for spec in topics.specs((), settings.partitions) if spec.name in names]
    return run(settings, place, needed, partial(_beating, settings, reading, topics, slot), (1, POLL_SECONDS))


def page_manners(settings: Settings) -> FetchSettings:
    """Return how pages and robots.txt are asked for."""
    return FetchSettings(
        user_agent=settings.fetch.user_agent,
        deadline_seconds=settings.page.deadline_seconds,
        max_body_bytes=settings.page.max_body_bytes,
        max_redirects=PAGE_REDIRECTS_MAX,
        accept="text/html, application/xhtml+xml, text/plain;q=0.8, */*;q=0.5",
    )


@contextmanager
def _beating(settings: Settings, reading: Reading, topics: Topics, slot: str, frame: Frame) -> Iterator[Beating]:
    with _task(settings, reading, topics, slot, frame) as task:
        yield Beating(task, topics.entries, settings.partitions, slot, HeartbeatGauge(frame.registry, "sent"))


@contextmanager
def _task(settings: Settings, reading: Reading, topics: Topics, slot: str, frame: Frame) -> Iterator[FetchTask]:
    fetch = settings.fetch
    how = FetchSettings(
        user_agent=fetch.user_agent,
        deadline_seconds=fetch.deadline_seconds,
        max_body_bytes=fetch.max_body_bytes,
    )
    tls = verified_tls()
    parser = ParserPool(fetch.parse_workers, fetch.parse_deadline_seconds)
    reader = ChildPool(1, settings.page.parse_deadline_seconds, parse=extract_page)
    metrics = FetchMetrics(frame.registry)
    gate = HostGate(fetch.host_gap_seconds)
    threads = ThreadPoolExecutor(fetch.threads, thread_name_prefix="fetch")
    requests = SideReader(settings.kafka, topics.feed_control, f"{fetchers_group(settings.namespace)}-{slot}-control")
    try:
        yield FetchTask(
            registry=reading.registry,
            topics=topics,
            partitions=settings.partitions,
            metrics=metrics,
            gate=gate,
            threads=threads,
            fetcher_of_thread=FetcherOfThread(lambda: Fetcher(how, tls)),
            parser=parser,
            pages=Pages(
                limits=settings.page,
                user_agent=fetch.user_agent,
                rules=load_page_rules(seeds_dir() / "pages.toml"),
                gate=gate,
                threads=threads,
                fetcher_of_thread=FetcherOfThread(lambda: Fetcher(page_manners(settings), tls)),
                reader=reader,
                writer=TurnWriter(topics, settings.partitions),
                metrics=metrics.pages,
                in_flight_max=max(1, fetch.threads // PAGE_THREADS_SHARE),
            ),
            max_in_flight=fetch.max_in_flight,
            tick_seconds=fetch.tick_seconds,
            file=RegistryFile(
                settings.registry_file(), reading, ReloadMetrics(frame.registry), asked=frame.hangup.taken
            ),
            controls=Controls(requests, topics, ControlMetrics(frame.registry)),
        )
    finally:
        requests.close()
        # What is under way was not committed: it is as if it had never been begun.
        parser.abort()
        reader.abort()
        threads.shutdown(wait=False, cancel_futures=True)
