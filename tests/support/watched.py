"""An installation that has news, and a real Prometheus over it.

Knows nothing of the faults that are tested.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from support.broker import eventually
from support.feed_site import Item
from support.installation import Installation
from support.live_prometheus import LivePrometheus

ENDED = 'rasad_heartbeat_timestamp_seconds{stage="ended"}'


@contextmanager
def news(
    installation: Installation, every_seconds: float = 2, silent: Callable[[int], bool] = lambda _: False
) -> Iterator[None]:
    """Let each feed that is not silent have something new every so many seconds."""
    over = threading.Event()

    def publish() -> None:
        number = 0
        while not over.wait(every_seconds):
            number += 1
            for site in range(installation.sites):
                if not silent(site):
                    installation.site.add(installation.path(site), Item(f"n{number}", f"خبر {number} از {site}", ""))

    thread = threading.Thread(target=publish, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


@contextmanager
def watched(installation: Installation, prometheus: str, factor: float, beats: float) -> Iterator[LivePrometheus]:
    """Yield a Prometheus over a fetcher and a worker that have news, once a heartbeat has come through."""
    with news(installation), scraped(installation, prometheus, factor, beats) as running:
        yield running


@contextmanager
def scraped(installation: Installation, prometheus: str, factor: float, beats: float) -> Iterator[LivePrometheus]:
    """Yield a Prometheus over a fetcher and a worker, once a heartbeat has come through."""
    fetcher, worker = installation.start("fetcher-0"), installation.start("worker-0")
    for process in (fetcher, worker):
        process.wait_ready()
    eventually(lambda: worker.metric(ENDED), bool, 60, "a heartbeat")
    targets = [f"127.0.0.1:{process.port}" for process in (fetcher, worker)]
    with LivePrometheus(prometheus, installation.folder, targets, factor, beats) as running:
        eventually(lambda: running.value("count(up == 1)"), lambda count: count == len(targets), 30, "two targets")
        yield running
