"""`rasad wire` put together: one thread serves the page, this one reads the topics.

Knows nothing of what is shown.
"""

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial

import structlog
import uvicorn
from pydantic import ValidationError

from ingest.service.errors import UsageError
from ingest.service.lifecycle import Stop
from ingest.service.settings import KafkaSettings
from ingest.stream.connection import reachable
from ingest.stream.reading import Follower
from ingest.stream.record import Incoming
from workers.article import Article, ArticleKind
from workers.classify.labels import Label
from workers.consumed import consumed_article
from workers.persian.phrases import Countries
from workers.wire.app import Wire, application
from workers.wire.board import Board

log = structlog.get_logger(__name__)

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
POLL_SECONDS = 0.2
LOOK_SECONDS = 5.0
"""Between two looks whether a broker answers."""
READ_BACK = 4
"""Records read back for each that is kept: most are older states, or belong to busier partitions."""
GRACE_SECONDS = 2


def serve(
    kafka: KafkaSettings,
    topics: Sequence[str],
    labels: Sequence[Label],
    countries: Countries,
    address: tuple[str, int],
    *,
    allow_hosts: Sequence[str] = (),
    keep: int,
    stop: Stop,
    announce: Callable[[str], None],
) -> None:
    """Serve the page until the stop is asked for. Raises UsageError for a missing broker or topic, or a taken port."""
    host, _ = address
    hosts = hosts_of(host, allow_hosts)
    follower = Follower(kafka, topics, last=READ_BACK * keep)
    try:
        wire = Wire(Board(keep), labels, countries)
        with listening_socket(address) as listening, served(wire, hosts, listening) as loop:
            announce(url_of(listening))
            _follow(kafka, follower, wire, loop, stop)
    finally:
        follower.close()


def hosts_of(host: str, allowed: Sequence[str]) -> frozenset[str]:
    """Return the names under which the page may be asked for. Raises UsageError for an open address without names."""
    if host in LOOPBACK:
        return LOOPBACK | {name.lower() for name in allowed}
    if not allowed:
        raise UsageError(
            f"--host {host}: others than this machine can reach the page: name it with --allow-host, such as "
            "--allow-host wire.example.org (it has no passwords: put a proxy that asks for one before it)"
        )
    return LOOPBACK | {name.lower() for name in allowed}


def url_of(listening: socket.socket) -> str:
    """Return the page's address."""
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def _follow(kafka: KafkaSettings, follower: Follower, wire: Wire, loop: asyncio.AbstractEventLoop, stop: Stop) -> None:
    # What was there comes partition by partition: it is shown in the order in which it was published.
    backlog: list[Incoming] = []
    while follower.behind and not stop.requested:
        backlog.extend(follower.poll(POLL_SECONDS))
    for record in sorted(backlog, key=lambda record: record.appended_at):
        _hand_over(record, wire, loop)
    looked_at = time.monotonic()
    while not stop.requested:
        records = follower.poll(POLL_SECONDS)
        for record in records:
            _hand_over(record, wire, loop)
        if time.monotonic() - looked_at >= LOOK_SECONDS:
            looked_at = time.monotonic()
            loop.call_soon_threadsafe(partial(wire.tell, broker_answers=bool(records) or reachable(kafka)))


def _hand_over(record: Incoming, wire: Wire, loop: asyncio.AbstractEventLoop) -> None:
    article = _article(record)
    if article is not None:
        withdrawn = record.header("ce_type") == ArticleKind.WITHDRAWN
        loop.call_soon_threadsafe(partial(wire.post, article, withdrawn=withdrawn))


def _article(record: Incoming) -> Article | None:
    """Read an event; the topic may hold what somebody else has put there."""
    try:
        return consumed_article(record.value or b"")
    except ValidationError:
        log.warning("not_an_article", topic=record.topic, partition=record.partition, offset=record.offset)
        return None


def listening_socket(address: tuple[str, int]) -> socket.socket:
    """Return a bound socket; port 0 takes any free one. Raises UsageError."""
    host, port = address
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server(address, family=family)
    except OSError as error:
        raise UsageError(f"--port {port}: cannot serve at {host}:{port}: {error.strerror or error}") from error


@contextmanager
def served(wire: Wire, hosts: frozenset[str], listening: socket.socket) -> Iterator[asyncio.AbstractEventLoop]:
    """Serve in a thread of its own: signals stay with the thread that reads the topics."""
    config = uvicorn.Config(
        application(wire, hosts),
        log_config=None,
        access_log=False,
        server_header=False,
        lifespan="off",
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    server = uvicorn.Server(config)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(
        target=lambda: loop.run_until_complete(server.serve([listening])), name="wire", daemon=True
    )
    thread.start()
    try:
        yield loop
    finally:
        server.should_exit = True
        loop.call_soon_threadsafe(wire.close)
        thread.join(GRACE_SECONDS + 3.0)
        if not thread.is_alive():
            loop.close()
