"""The live page over HTTP: five files, one stream of events, one article at a time; nothing can be changed through it.

Knows nothing of Kafka. Everything here runs in the server's event loop; `post` and `tell` are called from there too.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from workers.article import Article
from workers.classify.labels import Label
from workers.persian.phrases import Countries
from workers.wire.board import Board, Posting
from workers.wire.card import card, whole

QUEUE_EVENTS = 1_000
"""A browser that is so far behind is let go: it comes back by itself, and memory stays bounded."""
STREAMS = 32
"""Open at once: a page for a desk, not for the world."""
BREATH_SECONDS = 15.0
"""Between two signs of life on a silent stream, so that no proxy takes it for dead."""
RETRY_MS = 2_000

FILES = {
    "/": ("index.html", "text/html; charset=utf-8"),
    "/wire.css": ("wire.css", "text/css; charset=utf-8"),
    "/wire.js": ("wire.js", "text/javascript; charset=utf-8"),
    "/card.js": ("card.js", "text/javascript; charset=utf-8"),
    "/rasad.svg": ("rasad.svg", "image/svg+xml"),
}
HEADERS = {
    # Nothing from elsewhere, nothing inline, no frames; titles come from feeds that anybody may write.
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}

type Event = tuple[str, int | None, Mapping[str, Any]]
"""Name, number and data of a server-sent event."""


def sse(event: Event) -> bytes:
    """Return a server-sent event; JSON holds no raw line break, so the data is one line."""
    name, number, data = event
    head = f"event: {name}\n" + ("" if number is None else f"id: {number}\n")
    return f"{head}data: {json.dumps(data, ensure_ascii=False)}\n\n".encode()


def host_of(header: str) -> str:
    """Return the name in a Host header, without the port; an IPv6 address without its brackets."""
    if header.startswith("["):
        return header[1:].partition("]")[0].lower()
    return header.partition(":")[0].lower()


@dataclass(slots=True)
class Wire:
    """The board, and who is looking at it."""

    board: Board
    labels: Sequence[Label]
    countries: Countries
    """Their Persian names by code."""
    _queues: set["asyncio.Queue[Event | None]"] = field(default_factory=set)
    _broker_answers: bool = True

    def post(self, article: Article, *, withdrawn: bool = False) -> None:
        """Take an event, and show it to everybody."""
        posting = self.board.post(article, withdrawn=withdrawn)
        if posting is not None:
            self._send(self._shown(posting))

    def tell(self, *, broker_answers: bool) -> None:
        """Say whether events can come at all, when that changes."""
        if broker_answers is not self._broker_answers:
            self._broker_answers = broker_answers
            self._send(self._state())

    def close(self) -> None:
        """End all streams, so that the server need not wait for them."""
        for queue in tuple(self._queues):
            _end(queue)

    @property
    def full(self) -> bool:
        """Tell whether nobody else can look."""
        return len(self._queues) >= STREAMS

    async def stream(self, after: int) -> AsyncIterator[bytes]:
        """Yield what arrived after a number, then what arrives, for as long as the browser listens."""
        queue: asyncio.Queue[Event | None] = asyncio.Queue(QUEUE_EVENTS)
        self._queues.add(queue)
        try:
            yield f"retry: {RETRY_MS}\n\n".encode()
            yield sse(self._state())
            for posting in self.board.after(after):
                yield sse(self._shown(posting))
            while True:
                try:
                    event = await asyncio.wait_for(queue.get(), BREATH_SECONDS)
                except TimeoutError:
                    yield b": still here\n\n"
                    continue
                if event is None:
                    return
                yield sse(event)
        finally:
            self._queues.discard(queue)

    def _state(self) -> Event:
        return ("state", None, {"broker": self._broker_answers})

    def _shown(self, posting: Posting) -> Event:
        return ("article", posting.number, card(posting, self.countries))

    def _send(self, event: Event) -> None:
        for queue in tuple(self._queues):
            if queue.full():
                _end(queue)
            else:
                queue.put_nowait(event)


def _end(queue: "asyncio.Queue[Event | None]") -> None:
    while not queue.empty():
        queue.get_nowait()
    queue.put_nowait(None)


class Guard:
    """Answers under known names only, and puts the headers on every answer.

    A page elsewhere whose name is made to resolve to this machine (DNS rebinding) brings its own name in Host.
    """

    def __init__(self, app: ASGIApp, hosts: frozenset[str]) -> None:
        self._app = app
        self._hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or turn it away."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                extra = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]
                message = {**message, "headers": [*message["headers"], *extra]}
            await send(message)

        header = dict(scope.get("headers", ())).get(b"host", b"").decode("latin-1")
        if scope["type"] == "http" and host_of(header) not in self._hosts:
            refusal = PlainTextResponse("not served under this name: see `rasad wire --allow-host`\n", 421)
            await refusal(scope, receive, with_headers)
            return
        await self._app(scope, receive, with_headers)


def application(wire: Wire, hosts: frozenset[str]) -> Starlette:
    """Return the page's application, served under the given host names only."""
    bodies = {path: files("workers.wire").joinpath("page", name).read_bytes() for path, (name, _) in FILES.items()}

    async def static(request: Request) -> Response:
        path = request.url.path
        return Response(bodies[path], media_type=FILES[path][1])

    async def labels(_: Request) -> Response:
        return JSONResponse([{"name": label.name, "title": label.title_fa} for label in wire.labels])

    async def events(request: Request) -> Response:
        if wire.full:
            return PlainTextResponse("too many are looking\n", 503, headers={"Retry-After": "30"})
        last = request.headers.get("last-event-id", "")
        number = int(last) if last.isascii() and last.isdigit() else 0
        return StreamingResponse(wire.stream(number), media_type="text/event-stream")

    async def article(request: Request) -> Response:
        posting = wire.board.find(request.path_params["article_id"])
        return (
            PlainTextResponse("no longer here\n", 404)
            if posting is None
            else JSONResponse(whole(posting, wire.countries))
        )

    return Starlette(
        routes=[
            *(Route(path, static, methods=["GET"]) for path in FILES),
            Route("/labels", labels, methods=["GET"]),
            Route("/events", events, methods=["GET"]),
            Route("/articles/{article_id}", article, methods=["GET"]),
        ],
        middleware=[Middleware(Guard, hosts=hosts)],
    )
