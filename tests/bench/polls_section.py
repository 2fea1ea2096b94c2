"""Polls of feeds that did not change: 304 answers a second, beside one shared `httpx.Client` of fifty connections.

Knows nothing of feeds and schedules: the fetcher's HTTP side alone is measured.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

import httpx
from figures import Figure, in_turns, per_second
from local_server import HOST, serving
from run import BenchFailed, Run

from ingest.fetch.client import Fetcher, FetchSettings, verified_tls
from ingest.fetch.outcome import FetchRequest, Outcome, Validators
from ingest.service.settings import FetchLimits

THREADS = FetchLimits().threads
"""Of the fetcher, each with a client of its own."""
CONNECTIONS = 50
"""Of the shared client, and as many threads: all of its connections are in use."""
PATHS = 50
"""Different feeds, all on one host."""

SETTINGS = FetchSettings(FetchLimits().user_agent)

type Poll = Callable[[str], bool]
"""Polls a URL and tells whether the answer was 304."""


def figures(run: Run) -> list[Figure]:
    """Return the figures of this section."""
    with serving({}) as (port,), _fetchers() as fetchers, _shared_client() as client:
        urls = [f"http://{HOST}:{port}/feed-{number % PATHS}" for number in range(run.sizes.requests)]
        for polls in (client, fetchers):
            _poll_all(polls, urls[: len(urls) // 10 + CONNECTIONS])
        run.tell("polls: 304 answers")
        spent = _Spent(len(urls))
        theirs, ours = in_turns(
            run.sizes.pairs,
            lambda _: spent.noting(spent.theirs, lambda: per_second(len(urls), lambda: _poll_all(client, urls))),
            lambda _: spent.noting(spent.ours, lambda: per_second(len(urls), lambda: _poll_all(fetchers, urls))),
        )
    facts = {"threads": THREADS, "connections and threads of the client": CONNECTIONS, "polls a side": len(urls)}
    yardstick = "one httpx.Client"
    return [
        Figure("polls.not_modified", "304 polls", "polls/s", ours, yardstick, theirs, target=4.0, facts=facts),
        Figure(
            "polls.processor", "304 polls", "polls/s of one core", tuple(spent.ours), yardstick, tuple(spent.theirs),
            facts=facts,
        ),
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Spent:
    """Polls in a second of our processor time: what is left of the comparison on a machine that others use too."""

    polls: int
    ours: list[float] = field(default_factory=list)
    theirs: list[float] = field(default_factory=list)

    def noting(self, samples: list[float], side: Callable[[], float]) -> float:
        """Return what a side measures, and note what it took."""
        before = time.process_time()
        rate = side()
        samples.append(self.polls / (time.process_time() - before))
        return rate


def _poll_all(polls: Sequence[Poll], urls: Sequence[str]) -> None:
    """Poll all URLs, each thread its share."""
    with ThreadPoolExecutor(len(polls)) as threads:
        shares = [urls[number :: len(polls)] for number in range(len(polls))]
        answered = sum(threads.map(lambda poll, share: sum(map(poll, share)), polls, shares))
    if answered != len(urls):
        raise BenchFailed(f"{len(urls) - answered} of {len(urls)} polls were not answered with 304")


@contextmanager
def _fetchers() -> Iterator[list[Poll]]:
    """One Fetcher a thread, as the fetcher has it."""
    tls = verified_tls()
    known = Validators(etag='"bench"')

    def poll_of(fetcher: Fetcher) -> Poll:
        def poll(url: str) -> bool:
            answer = fetcher.fetch(FetchRequest(url, known, allow_private=True))
            return answer.outcome is Outcome.NOT_MODIFIED

        return poll

    with ExitStack() as stack:
        yield [poll_of(stack.enter_context(Fetcher(SETTINGS, tls))) for _ in range(THREADS)]


@contextmanager
def _shared_client() -> Iterator[list[Poll]]:
    """One client for all threads, with the fetcher's own headers."""
    headers = {
        "User-Agent": SETTINGS.user_agent,
        "Accept": SETTINGS.accept,
        "Accept-Encoding": "gzip, deflate",
        "If-None-Match": '"bench"',
    }
    limits = httpx.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS)
    with httpx.Client(headers=headers, limits=limits, timeout=30.0) as client:

        def poll(url: str) -> bool:
            try:
                answer = client.get(url)
            except httpx.ReadError:  # now and then the pool closes a connection that another thread has just taken
                answer = client.get(url)
            return answer.status_code == httpx.codes.NOT_MODIFIED

        yield [poll] * CONNECTIONS
