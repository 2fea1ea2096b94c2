"""The publishers of a chaos run: items and edits without a pause, a server that can be in trouble, and what was served.

Knows nothing of who reads the feeds.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from random import Random
from typing import Self

from chaos.schedule import Kind
from support.feed_site import FeedSite, Item

EVERY_SECONDS = 0.4
EDITED = 0.15
"""Share of the turns in which an item is edited."""
EDITS_MAX = 4
"""Of one item: the sixth edit of a day is taken for a publisher's clock or counter, and is not published."""
DRIP_SECONDS = 0.5
PAGE = b"<!doctype html><html><body><h1>503</h1><p>Please come back later.</p></body></html>"
NO_ITEMS = b'<rss version="2.0"><channel><title>-</title><link>https://news.example/</link></channel></rss>'

_TEXTS = (
    "شرکت هواپیمایی پروازهای مستقیم تهران و استانبول را از هفته آینده از سر می‌گیرد.",
    "در این نمایشگاه چهل نقاشی از کودکان دبستانی به دیوار رفته است و تا پایان ماه برپا خواهد بود.",
    "سفارت خدمات کنسولی و صدور گذرنامه برای ایرانیان را از سر گرفت.",
)


class TroubledSite(FeedSite):
    """Feeds of which all may be in one trouble at a time."""

    def __init__(self, port: int) -> None:
        self.trouble: Kind | None = None
        self._over = threading.Event()
        super().__init__(port)

    @property
    def port(self) -> int:
        """Where it serves."""
        port: int = self._server.server_address[1]
        return port

    def begin(self, trouble: Kind) -> None:
        """Let every answer be of this kind, or give none."""
        self.trouble = trouble
        self._over.clear()
        if trouble is Kind.FEEDS_AWAY:
            self._stop_serving()

    def end(self) -> None:
        """Be as a publisher should be."""
        away, self.trouble = self.trouble is Kind.FEEDS_AWAY, None
        self._over.set()
        if away:
            self._serve(self.port)

    def close(self) -> None:
        """Stop serving."""
        self._over.set()
        if self.trouble is not Kind.FEEDS_AWAY:
            self._stop_serving()

    def _stop_serving(self) -> None:
        super().close()

    def _answer(self, path: str, known: str | None) -> tuple[int, dict[str, str], bytes]:
        answer = super()._answer(path, known)
        match self.trouble:
            case Kind.FEEDS_AWAY:
                raise ConnectionAbortedError("a connection of before")
            case Kind.FEEDS_FAIL:
                return 500, {"Content-Type": "text/plain"}, b"internal error"
            case Kind.FEEDS_ARE_PAGES:
                return 200, {"Content-Type": "text/html"}, PAGE
            case Kind.FEEDS_ARE_EMPTY:
                return 200, {"Content-Type": "application/rss+xml"}, NO_ITEMS
            case Kind.FEEDS_SAY_UNCHANGED if known is not None:
                return 304, {"ETag": known}, b""
            case _:
                return answer

    def _write(self, handler: BaseHTTPRequestHandler, body: bytes) -> None:
        if self.trouble is Kind.FEEDS_CUT_SHORT and body:
            handler.wfile.write(body[: len(body) // 2])
            handler.close_connection = True
            return
        sent = 0
        while self.trouble is Kind.FEEDS_DRIP and sent < len(body):
            handler.wfile.write(body[sent : sent + 1])
            sent += 1
            self._over.wait(DRIP_SECONDS)
        super()._write(handler, body[sent:])


@dataclass
class Newsroom:
    """Puts items into the feeds of a site, edits some, and keeps what each was, version after version."""

    site: FeedSite
    paths: tuple[str, ...]
    chance: Random
    titles: dict[str, list[str]] = field(default_factory=dict)
    """By the item's id."""
    _where: dict[str, str] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def publish(self, path: str) -> str:
        """Put one more item into a feed and return its id."""
        with self._lock:
            item = f"item-{len(self.titles)}"
            title = f"خبر شماره {len(self.titles)} از {path}"
            self.titles[item], self._where[item] = [title], path
            self.site.add(path, Item(item, title, self.chance.choice(_TEXTS)))
            return item

    def edit(self) -> None:
        """Give some item another title."""
        with self._lock:
            item = self.chance.choice(sorted(self.titles))
            versions = self.titles[item]
            if len(versions) <= EDITS_MAX:
                versions.append(f"{versions[0]}، ویرایش {len(versions)}")
                self.site.edit(self._where[item], item, title=versions[-1])

    def served(self) -> dict[str, tuple[str, ...]]:
        """Return what each item was so far, the latest last."""
        with self._lock:
            return {item: tuple(titles) for item, titles in self.titles.items()}

    @contextmanager
    def open(self) -> Iterator[Self]:
        """Publish and edit all the while."""
        over = threading.Event()

        def work() -> None:
            while not over.wait(EVERY_SECONDS):
                if self.titles and self.chance.random() < EDITED:
                    self.edit()
                else:
                    self.publish(self.chance.choice(self.paths))

        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            over.set()
            thread.join()
