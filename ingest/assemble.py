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
from ingest.metrics import FetchMetrics
from ingest.parse.pool import ParserPool
from ingest.registry_reading import Reading
from ingest.reload import RegistryFile, ReloadMetrics
from ingest.service.lifecycle import ExitCode
from ingest.service.settings import Settings
from ingest.stream.process import Frame, run
from ingest.stream.side_reading import SideReader
from ingest.stream.topics import Topics
from ingest.stream.transform import Place

POLL_SECONDS = 0.05
"""How long the loop waits for the group's news between two looks at due feeds."""


def fetchers_group(namespace: str) -> str:
    """Return the consumer group that shares out the sites."""
    return f"{namespace}-fetchers"


def run_fetcher(settings: Settings, reading: Reading, slot: str) -> ExitCode:
    """Run one fetcher under a slot's stable name until it is told to stop."""
    topics = Topics(settings.namespace)
    place = Place(fetchers_group(settings.namespace), slot, topics.feed_state, topics.feed_state, reads=False)
    names = {topics.entries, topics.feed_state, topics.feed_control, topics.dead_letters}
    needed = [spec for spec in topics.specs((), settings.partitions) if spec.name in names]
    return run(settings, place, needed, partial(_task, settings, reading, topics, slot), (1, POLL_SECONDS))


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
    threads = ThreadPoolExecutor(fetch.threads, thread_name_prefix="fetch")
    requests = SideReader(settings.kafka, topics.feed_control, f"{fetchers_group(settings.namespace)}-{slot}-control")
    try:
        yield FetchTask(
            registry=reading.registry,
            topics=topics,
            partitions=settings.partitions,
            metrics=FetchMetrics(frame.registry),
            gate=HostGate(fetch.host_gap_seconds),
            threads=threads,
            fetcher_of_thread=FetcherOfThread(lambda: Fetcher(how, tls)),
            parser=parser,
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
        threads.shutdown(wait=False, cancel_futures=True)
