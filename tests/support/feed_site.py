"""A publisher for tests: feeds whose items can be added and edited while they are polled."""

import hashlib
import sys
import threading
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape


class _Server(ThreadingHTTPServer):
    """Says nothing of clients that are gone: tests kill them."""

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


@dataclass(frozen=True)
class Item:
    """One item of a feed."""

    id: str
    title: str
    text: str
    published: str = "Sun, 22 Nov 2026 10:00:00 +0330"


class FeedSite:
    """Serves feeds by path on 127.0.0.1, RSS 2.0, newest item first, with an ETag; counts what it answers.

    It is a proxy too: what it is asked for as `http://host/path` it answers as `/path`. So a publisher can have a name
    and pages, which a fetcher asks for at no private address.
    """

    def __init__(self, port: int = 0) -> None:
        self._lock = threading.Lock()
        self._feeds: dict[str, list[Item]] = {}
        self._documents: dict[str, tuple[bytes, str]] = {}
        self.answers: dict[str, list[int]] = {}
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                path = "/" + self.path.split("/", 3)[3] if self.path.startswith("http://") else self.path
                status, headers, body = site._answer(path, self.headers.get("If-None-Match"))
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                site._write(self, body)

            def log_message(self, *args: object) -> None:
                pass

        self._handler = Handler
        self._serve(port)

    def _serve(self, port: int) -> None:
        self._server = _Server(("127.0.0.1", port), self._handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def url(self, path: str) -> str:
        """Return the URL of a feed."""
        return f"http://127.0.0.1:{self._server.server_address[1]}{path}"

    def add(self, path: str, *items: Item) -> None:
        """Put items at the top of a feed."""
        with self._lock:
            self._feeds[path] = [*items, *self._feeds.get(path, [])]

    def show(self, path: str, *items: Item) -> None:
        """Serve a feed with these items and no others."""
        with self._lock:
            self._feeds[path] = list(items)

    def edit(self, path: str, item_id: str, **changes: str) -> None:
        """Change one item in its place."""
        with self._lock:
            self._feeds[path] = [replace(item, **changes) if item.id == item_id else item for item in self._feeds[path]]

    def serve_document(self, path: str, body: bytes, content_type: str = "application/xml") -> None:
        """Serve a document as it is."""
        with self._lock:
            self._documents[path] = (body, content_type)

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _write(self, handler: BaseHTTPRequestHandler, body: bytes) -> None:
        handler.wfile.write(body)

    def _answer(self, path: str, known: str | None) -> tuple[int, dict[str, str], bytes]:
        with self._lock:
            if path in self._documents:
                body, content_type = self._documents[path]
            elif path in self._feeds:
                body, content_type = rss(path, self._feeds[path]), "application/rss+xml"
            else:
                body, content_type = b"", ""
            etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
            status = 404 if not content_type else 304 if known == etag else 200
            self.answers.setdefault(path, []).append(status)
        return status, {"ETag": etag, "Content-Type": content_type or "text/plain"}, body if status == 200 else b""


def rss(path: str, items: list[Item]) -> bytes:
    """Render a feed."""
    rendered = "".join(
        f"<item><title>{escape(item.title)}</title><link>http://news.example{path}/{item.id}</link>"
        f'<guid isPermaLink="false">{item.id}</guid><pubDate>{item.published}</pubDate>'
        f"<description>{escape(item.text)}</description></item>"
        for item in items
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>آزمون</title>'
        f"<link>https://news.example/</link><description>-</description>{rendered}</channel></rss>"
    ).encode()


@dataclass(frozen=True)
class RegistryFeed:
    """One feed of a test's registry."""

    id: str
    url: str
    site: str
    pages: bool = False
    """It gives leads only, and its publisher `news.example` is reached through the proxy that `url` names."""


def _address(feed: RegistryFeed) -> list[str]:
    if not feed.pages:
        return [f'url = "{feed.url}"', "allow_private = true"]
    proxy, path = feed.url[: feed.url.index("/", 7)], feed.url[feed.url.index("/", 7) :]
    return [f'url = "http://news.example{path}"', f'proxy = "{proxy}"', "full_text = true"]


def write_registry(path: Path, feeds: list[RegistryFeed], *, seconds: tuple[float, float] = (1, 2)) -> Path:
    """Write a registry of feeds on 127.0.0.1 that are polled often."""
    lines: list[str] = []
    for site in sorted({feed.site for feed in feeds}):
        lines += ["[[site]]", f'id = "{site}"', f'publisher = "{site}"', f'hosts = ["{site}.example"]']
        for feed in feeds:
            if feed.site == site:
                lines += [
                    "[[site.feed]]",
                    f'id = "{feed.id}"',
                    *_address(feed),
                    f"min_interval_seconds = {seconds[0]}",
                    f"max_interval_seconds = {seconds[1]}",
                ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path
