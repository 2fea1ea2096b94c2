"""Serves `/metrics`, `/healthz` and `/readyz` of one process over HTTP.

Knows nothing of what is measured: the registry, and what to answer about health, are handed in.
"""

import json
import os
import platform
import socket
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

import structlog
from prometheus_client import CollectorRegistry, Gauge, GCCollector, Info, PlatformCollector, ProcessCollector
from prometheus_client import disable_created_metrics as leave_out_created_series
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest

from ingest.service.errors import UsageError
from ingest.service.health import Health, Verdict
from ingest.service.settings import MetricsSettings
from ingest.service.version import version

ANNOUNCE_FD = "RASAD_ANNOUNCE_FD"
"""Environment variable: an inherited pipe on which a child tells its supervisor where it serves."""

CLIENT_TIMEOUT_SECONDS = 10.0
"""A client that sends nothing gives its thread back: Prometheus' own scrape timeout."""

_log = structlog.stdlib.get_logger(__name__)

type Render = Callable[[], bytes]
type Answer = Callable[[], Verdict]


def new_registry() -> CollectorRegistry:
    """Return a registry of this process with build info and the usual process figures."""
    # A `_created` series for each counter doubles the series and tells nothing that we ask.
    leave_out_created_series()  # type: ignore[no-untyped-call]  # prometheus_client leaves it untyped
    registry = CollectorRegistry(auto_describe=True)
    ProcessCollector(registry=registry)
    GCCollector(registry=registry)
    PlatformCollector(registry=registry)
    build = Info("rasad_build", "The release that this process runs.", registry=registry)
    build.info({"version": version(), "python": platform.python_version()})
    threads = Gauge("rasad_threads", "Threads of Python that run in this process.", registry=registry)
    threads.set_function(threading.active_count)
    return registry


def last_success(registry: CollectorRegistry) -> Gauge:
    """Return the gauge, one for each stage of a process, of when an item last passed a stage as it should."""
    return Gauge(
        "rasad_stage_last_success_timestamp_seconds",
        "When an item last passed this stage as it should.",
        ["stage"],
        registry=registry,
    )


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, address: tuple[str, int], render: Render, live: Answer, ready: Answer) -> None:
        self.render = render
        self.live = live
        self.ready = ready
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        super().__init__(address, _Request)

    def handle_error(self, request: object, client_address: object) -> None:  # noqa: ARG002 - the standard library's
        """Log a fault of ours; a client that went away is no news."""
        if not isinstance(sys.exception(), OSError):
            _log.exception("metrics request failed")


class _Request(BaseHTTPRequestHandler):
    server: _Server
    timeout = CLIENT_TIMEOUT_SECONDS
    server_version = "rasad"
    sys_version = ""

    def do_GET(self) -> None:
        match self.path.partition("?")[0]:
            case "/metrics":
                self._answer(HTTPStatus.OK, CONTENT_TYPE_PLAIN_0_0_4, self.server.render())
            case "/healthz":
                self._verdict(self.server.live())
            case "/readyz":
                self._verdict(self.server.ready())
            case _:
                self._answer(HTTPStatus.NOT_FOUND, "text/plain; charset=utf-8", b"/metrics /healthz /readyz\n")

    def _verdict(self, verdict: Verdict) -> None:
        status = HTTPStatus.OK if verdict.ok else HTTPStatus.SERVICE_UNAVAILABLE
        self._answer(status, "application/json", json.dumps(verdict.body).encode() + b"\n")

    def _answer(self, status: HTTPStatus, content_type: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the standard library's
        """Keep silent: a scrape every few seconds would drown the log."""


class MetricsServer:
    """One running endpoint; a context manager that stops it."""

    def __init__(self, settings: MetricsSettings, render: Render, live: Answer, ready: Answer) -> None:
        try:
            self._server = _Server((settings.host, settings.port), render, live, ready)
        except OSError as error:
            place = f"{settings.host}:{settings.port}"
            raise UsageError(f"metrics.port: cannot serve metrics at {place}: {error.strerror or error}") from error
        self._thread = threading.Thread(target=self._server.serve_forever, name="metrics", daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        """Return the port that is bound, also when the settings left the choice open."""
        return self._server.server_address[1]

    @property
    def url(self) -> str:
        """Return the root under which the three paths lie."""
        host = str(self._server.server_address[0])
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"

    def stop(self) -> None:
        """Stop serving and free the port."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def serve(settings: MetricsSettings, registry: CollectorRegistry, health: Health) -> MetricsServer:
    """Serve a process's registry and health, and tell its supervisor, if it has one, where."""
    server = MetricsServer(settings, lambda: generate_latest(registry), health.live, health.ready)
    announce(server.url)
    return server


def announce(url: str) -> None:
    """Write where this process serves to the pipe that its supervisor left open for it, once."""
    descriptor = os.environ.pop(ANNOUNCE_FD, None)
    if descriptor is None:
        return
    # A supervisor that died meanwhile is dealt with by the watch on it, not here.
    with suppress(OSError), os.fdopen(int(descriptor), "w") as pipe:
        pipe.write(f"{url}\n")
