"""Serves the sample publishers' feeds on 127.0.0.1, in waves, with the conditional GET of RFC 9110.

Knows nothing of Kafka, of the pipeline or of who polls it.
"""

import errno
import hashlib
import json
import socketserver
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from html import escape
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from ingest.service.errors import UsageError
from workers.demo.documents import content_type, document
from workers.demo.samples import FIRST_WAVE, LAST_WAVE, Expected, expected, load_samples

ADDRESS = "127.0.0.1"
MIN_INTERVAL_SECONDS = 1
MAX_INTERVAL_SECONDS = 2
IDLE_SECONDS = 30
"""A kept-alive connection that asks nothing for so long is closed."""
STOP_POLL_SECONDS = 0.05
"""How often the server looks whether it should stop: `close` waits no longer than this."""
BACKDATED_SECONDS = 10
"""Last-Modified has whole seconds, and a site that starts changes at most three times: each change gets a second of
its own without one that lies in the future (RFC 9110, 8.8.2.1)."""


@dataclass(frozen=True, slots=True)
class SiteFeed:
    """One feed as the registry lists it."""

    feed: str
    url: str
    site: str
    publisher: str
    host: str
    """Host of the permalinks."""
    rights: str


@dataclass(frozen=True, slots=True)
class Answers:
    """How the feeds' requests were answered up to now."""

    full: int
    not_modified: int


@dataclass(frozen=True, slots=True)
class _Representation:
    body: bytes
    media_type: str
    etag: str
    last_modified: datetime

    def matches(self, if_none_match: str | None, if_modified_since: str | None) -> bool:
        """Say whether the client has this already; If-None-Match wins over the date (RFC 9110, 13.2.2)."""
        if if_none_match is not None:
            tags = {tag.strip().removeprefix("W/") for tag in if_none_match.split(",")}
            return "*" in tags or self.etag in tags
        since = _http_date(if_modified_since)
        return since is not None and self.last_modified <= since


@dataclass(frozen=True, slots=True)
class _Answer:
    status: HTTPStatus
    representation: _Representation | None


class SampleSite:
    """The sample site: starts to serve when it is made, shows wave 1, and changes only when told."""

    def __init__(self, folder: Path, *, port: int = 0, clock: Callable[[], float] = time.time) -> None:
        """Bind `port` (0: any free one), or raise UsageError; `folder` is `seeds/samples/`."""
        self.publishers = load_samples(folder)
        self._clock = clock
        self._lock = threading.Lock()
        self._wave = FIRST_WAVE
        self._edited = False
        self._changed_at = int(clock()) - BACKDATED_SECONDS
        self._delivered: set[str] = set()
        self._full = 0
        self._not_modified = 0
        self._representations = self._render()
        self._server = _bind(self, port)
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(STOP_POLL_SECONDS,), name="sample-site", daemon=True
        )
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop serving and give the port back."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def wave(self) -> int:
        """Return the greatest wave that is shown."""
        return self._wave

    def advance(self) -> int:
        """Show the next wave, if there is one; return the greatest wave that is shown."""
        with self._lock:
            if self._wave < LAST_WAVE:
                self._wave += 1
                self._change()
            return self._wave

    def publish_edits(self) -> None:
        """Replace the edited articles by their second version."""
        with self._lock:
            if not self._edited:
                self._edited = True
                self._change()

    def delivered(self) -> bool:
        """Say whether every feed was asked for, and answered, since the last change of its document."""
        with self._lock:
            return self._delivered >= set(self._representations)

    def answers(self) -> Answers:
        """Return how the feeds' requests were answered up to now."""
        with self._lock:
            return Answers(full=self._full, not_modified=self._not_modified)

    def feeds(self) -> list[SiteFeed]:
        """Return the feeds with their URLs."""
        return [
            SiteFeed(
                feed=feed.id,
                url=f"http://{ADDRESS}:{self.port}{feed.path}",
                site=publisher.publisher.id,
                publisher=publisher.publisher.name,
                host=publisher.host,
                rights=publisher.publisher.rights,
            )
            for publisher in self.publishers
            for feed in publisher.feed
        ]

    def registry(self) -> str:
        """Return the registry of these feeds as TOML."""
        return registry_toml(self.feeds())

    def expected(self) -> Expected:
        """Return what should come out when all waves and the edits have been shown."""
        return expected(self.publishers)

    def expected_now(self) -> Expected:
        """Return what should come out of what is shown up to now."""
        with self._lock:
            return expected(self.publishers, wave=self._wave, edits=self._edited)

    def answer(self, path: str, if_none_match: str | None, if_modified_since: str | None) -> _Answer:
        """Return the answer to a GET of `path`, and count it."""
        if path == "/":
            return _Answer(HTTPStatus.OK, _page(index_page(self.feeds()), self._last_modified()))
        with self._lock:
            found = self._representations.get(path)
            if found is None:
                return _Answer(HTTPStatus.NOT_FOUND, None)
            self._delivered.add(path)
            if found.matches(if_none_match, if_modified_since):
                self._not_modified += 1
                return _Answer(HTTPStatus.NOT_MODIFIED, found)
            self._full += 1
            return _Answer(HTTPStatus.OK, found)

    def _change(self) -> None:
        self._changed_at = max(self._changed_at + 1, int(self._clock()) - BACKDATED_SECONDS)
        before = self._representations
        after = self._render()
        # A document that stayed the same keeps its validators, and who has it has the newest.
        self._representations = {
            path: before[path] if before[path].etag == new.etag else new for path, new in after.items()
        }
        self._delivered -= {path for path in after if before[path].etag != after[path].etag}

    def _render(self) -> dict[str, _Representation]:
        return {
            feed.path: _representation(
                document(publisher, feed, wave=self._wave, edited=self._edited),
                content_type(feed),
                self._last_modified(),
            )
            for publisher in self.publishers
            for feed in publisher.feed
        }

    def _last_modified(self) -> datetime:
        return datetime.fromtimestamp(self._changed_at, UTC)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, site: SampleSite, port: int) -> None:
        self.site = site
        super().__init__((ADDRESS, port), _RequestHandler)

    def server_bind(self) -> None:
        # http.server asks the resolver for the host's full name, which may hang; nobody reads the name here.
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = ADDRESS, self.server_address[1]

    def handle_error(self, request: Any, client_address: Any) -> None:
        # A client that hangs up in the middle of an answer is no fault of the site.
        if not isinstance(sys.exception(), (ConnectionError, TimeoutError)):
            super().handle_error(request, client_address)


class _RequestHandler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "RasadSampleSite"
    sys_version = ""
    timeout = IDLE_SECONDS
    server: _Server

    def do_GET(self) -> None:
        """Answer with the document."""
        self._answer(with_body=True)

    def do_HEAD(self) -> None:
        """Answer with the document's headers."""
        self._answer(with_body=False)

    def _answer(self, *, with_body: bool) -> None:
        path = self.path.partition("?")[0]
        answer = self.server.site.answer(path, self.headers.get("If-None-Match"), self.headers.get("If-Modified-Since"))
        shown = answer.representation
        body = shown.body if shown and answer.status is HTTPStatus.OK else b""
        self.send_response(answer.status)
        if shown:
            self.send_header("ETag", shown.etag)
            self.send_header("Last-Modified", format_datetime(shown.last_modified, usegmt=True))
            self.send_header("Cache-Control", "no-cache")
            self.send_header("Content-Type", shown.media_type)
        if answer.status is not HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if with_body:
            self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - http.server names it so
        """Say nothing: the terminal belongs to the events."""


def registry_toml(feeds: Sequence[SiteFeed]) -> str:
    """Return a registry of these feeds; feeds of one site stand under one `[[site]]`."""
    lines: list[str] = []
    site = None
    for feed in feeds:
        if feed.site != site:
            site = feed.site
            lines += [
                "[[site]]",
                f"id = {_quoted(feed.site)}",
                f"publisher = {_quoted(feed.publisher)}",
                f"hosts = [{_quoted(feed.host)}]",
                'language = "fa"',
                'timezone = "Asia/Tehran"',
                f"rights = {_quoted(feed.rights)}",
                "",
            ]
        lines += [
            "[[site.feed]]",
            f"id = {_quoted(feed.feed)}",
            f"url = {_quoted(feed.url)}",
            "allow_private = true",
            f"min_interval_seconds = {MIN_INTERVAL_SECONDS}",
            f"max_interval_seconds = {MAX_INTERVAL_SECONDS}",
            "",
        ]
    return "\n".join(lines)


def index_page(feeds: Sequence[SiteFeed]) -> str:
    """Return the page at `/`, which says what this site is and lists its feeds."""
    items = "".join(
        f'<li><a href="{escape(feed.url)}">{escape(feed.publisher)}: {escape(feed.feed)}</a></li>' for feed in feeds
    )
    return (
        '<!doctype html><html lang="fa" dir="rtl"><meta charset="utf-8"><title>نمونه‌های رصد</title>'
        "<h1>ناشران نمونه برای نمایش رصد</h1>"
        "<p>همه ناشران، نام‌ها و خبرهای این سایت ساختگی‌اند.</p>"
        f"<ul>{items}</ul></html>"
    )


def _bind(site: SampleSite, port: int) -> _Server:
    try:
        return _Server(site, port)
    except OverflowError as error:
        raise UsageError(f"port {port} for the sample site is not a port: it must be 0 to 65535") from error
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise UsageError(
                f"port {port} on {ADDRESS} is in use: stop what listens there, or give the sample site another port"
            ) from error
        raise UsageError(f"the sample site cannot listen on {ADDRESS} port {port}: {error.strerror}") from error


def _page(html: str, last_modified: datetime) -> _Representation:
    return _representation(html.encode(), "text/html; charset=utf-8", last_modified)


def _representation(body: bytes, media_type: str, last_modified: datetime) -> _Representation:
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    return _Representation(body, media_type, etag, last_modified)


def _http_date(value: str | None) -> datetime | None:
    try:
        date = parsedate_to_datetime(value) if value else None
    except ValueError:
        return None
    return date if date is None or date.tzinfo else date.replace(tzinfo=UTC)


def _quoted(value: str) -> str:
    # JSON's escapes of a string without DEL are those of a TOML basic string.
    return json.dumps(value, ensure_ascii=False)
