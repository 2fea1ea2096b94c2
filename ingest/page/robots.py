"""The robots.txt of the hosts whose pages are asked for: each asked for once for all that wait, and kept for its time.

Knows nothing of pages. Called from the loop's thread; only the asking itself runs in a fetching thread.
"""

import queue
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from ingest.feeds import Feed
from ingest.fetch.outcome import Fetched, FetchRequest
from ingest.fetch.politeness import HostGate, host_of
from ingest.fetch.robots import Robots, read_robots, robots_url
from ingest.page.attempt import request_for_page
from ingest.page.metrics import PageMetrics

KEPT_BYTES = 8 * 1_024 * 1_024
"""Of robots.txt, as text; read, it takes thirty times as much. Two thousand usual ones fit in; a publisher who links to
another port with each entry has as many origins as it likes."""
ORIGIN_BYTES = 512
"""What an origin counts for beside its rules."""


@dataclass(slots=True)
class RobotsCache:
    """What each origin says; times are readings of one monotonic clock."""

    gate: HostGate
    threads: ThreadPoolExecutor
    fetch: Callable[[FetchRequest], Fetched]
    """Gives the host back to the gate."""
    metrics: PageMetrics
    away: dict[str, float] = field(default_factory=dict)
    """Origins that are asked, with the start."""
    _known: dict[str, Robots] = field(default_factory=dict)
    _answers: "queue.SimpleQueue[tuple[str, Fetched]]" = field(default_factory=queue.SimpleQueue)

    def of(self, origin: str, now: float) -> Robots | None:
        """Return what an origin says, or null where it must be asked."""
        known = self._known.get(origin)
        return known if known is not None and known.until > now else None

    def ask(self, origin: str, feed: Feed, now: float) -> None:
        """Ask an origin, as one of the feeds is asked whose pages wait for it, when its host is free."""
        url = robots_url(origin)
        if origin not in self.away and self.gate.take(host_of(url), now):
            self.away[origin] = now
            self.threads.submit(self._ask, origin, request_for_page(url, feed))

    def take(self, now: float) -> None:
        """Take over what has come back."""
        while not self._answers.empty():
            origin, fetched = self._answers.get()
            self.away.pop(origin, None)
            robots = read_robots(fetched, now, self._known.pop(origin, None))
            self._known[origin] = robots
            self.metrics.robots(robots.verdict)
            self._forget_the_oldest()

    def _forget_the_oldest(self) -> None:
        kept = sum(robots.size_bytes + ORIGIN_BYTES for robots in self._known.values())
        while kept > KEPT_BYTES and len(self._known) > 1:
            oldest = self._known.pop(next(iter(self._known)))
            kept -= oldest.size_bytes + ORIGIN_BYTES

    def _ask(self, origin: str, request: FetchRequest) -> None:
        self._answers.put((origin, self.fetch(request)))
