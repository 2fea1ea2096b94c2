"""One GET with all its bounds: redirects, deadline, vetted addresses, caps; whatever happens comes back as a value.

The only importer of httpx and httpcore. Must not know feeds, schedules or state.
"""

import ssl
import time
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from socket import socket
from types import TracebackType
from typing import Any, Self
from urllib.parse import urljoin, urlsplit, urlunsplit

import httpcore
import httpx

from ingest.fetch import network
from ingest.fetch.addresses import Resolver, SystemResolver, canonical_ipv4
from ingest.fetch.conditional import conditional_headers
from ingest.fetch.decoding import decode_body, too_large
from ingest.fetch.headers import basic_credentials, location_text, request_headers
from ingest.fetch.network import Budget, FetchError
from ingest.fetch.outcome import Fetched, FetchRequest, Outcome, Reason, Validators
from ingest.fetch.response import ResponseHead
from ingest.fetch.trail import Trail

MAX_URL_LENGTH = 8_000
"""Characters that every recipient should support (RFC 9110, 4.1)."""
MAX_PORT = 65_535

_DEFAULT_PORTS = {"http": 80, "https": 443}
_ANSWERED = frozenset({Outcome.FETCHED, Outcome.NOT_MODIFIED})


@dataclass(frozen=True, slots=True)
class FetchSettings:
    """Bounds and manners of every fetch of a process."""

    user_agent: str
    """Honest: product, version and where to complain."""
    deadline_seconds: float = 30.0
    """For everything: name look-up, connecting, TLS, all redirects, the last byte."""
    connect_seconds: float = 10.0
    """For all addresses of one connection together, and again for its TLS handshake."""
    max_body_bytes: int = 15 * 1024 * 1024
    """Of the body on the wire and of the body decompressed, each."""
    max_redirects: int = 10
    keepalive_seconds: float = 15.0
    """Idle connections only serve the other feeds of a host in the same round."""
    max_connections: int = 8
    """Of one Fetcher and one trust; all but one are idle."""
    accept: str = "application/rss+xml, application/atom+xml, application/xml;q=0.9, text/html;q=0.8, */*;q=0.5"


@dataclass(frozen=True, slots=True)
class _Trust:
    """What the registry allows for the requested host; connections of one trust never serve another."""

    allow_private: bool
    verify_tls: bool
    proxy: str | None


@dataclass(frozen=True, slots=True)
class _Target:
    """One hop: its URL as text, and the parts that go on the wire."""

    url: str
    parts: httpx.URL

    @property
    def port(self) -> int:
        return self.parts.port or _DEFAULT_PORTS[self.parts.scheme]


def verified_tls(extra_ca_file: Path | None = None) -> ssl.SSLContext:
    """Return the context that all Fetchers of a process share; building it costs tens of milliseconds."""
    context = httpx.create_ssl_context()
    if extra_ca_file is not None:
        context.load_verify_locations(cafile=extra_ca_file)
    return context


class Fetcher:
    """Fetches for one thread, keeping a few connections open; the TLS context and the resolver are shared."""

    def __init__(
        self,
        settings: FetchSettings,
        tls: ssl.SSLContext,
        resolver: Resolver | None = None,
        monotonic: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._settings = settings
        self._tls = tls
        self._resolver = resolver or SystemResolver()
        self._monotonic = monotonic
        self._now = now
        self._budget = Budget(monotonic)
        self._connections: dict[_Trust, _Connections] = {}

    def fetch(self, request: FetchRequest) -> Fetched:
        """Do one GET; nothing that the network or the server does raises."""
        started = self._monotonic()
        self._budget.start(self._settings.deadline_seconds)
        trail = Trail(request.url)
        body, message = b"", ""
        try:
            outcome, reason, body = self._follow(request, trail)
        except FetchError as error:
            outcome, reason, message = Outcome.FAILED, error.reason, error.detail
        head = trail.head
        return Fetched(
            outcome=outcome,
            reason=reason,
            requested_url=request.url,
            final_url=trail.url,
            fetched_at=self._now(),
            elapsed_seconds=self._monotonic() - started,
            status=head.status if head else None,
            body=body,
            content_type=head.content_type() if head else None,
            validators=head.validators(trail.url) if head and outcome in _ANSWERED else Validators(),
            conditional=trail.conditional,
            permanent_url=trail.permanent_url(),
            retry_after_seconds=head.retry_after() if head else None,
            max_age_seconds=head.max_age() if head else None,
            wire_bytes=trail.wire_bytes,
            detail=trail.detail(message),
        )

    def close(self) -> None:
        """Close the idle connections."""
        for connections in self._connections.values():
            connections.pool.close()
        self._connections.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _follow(self, request: FetchRequest, trail: Trail) -> tuple[Outcome, Reason, bytes]:
        """Go from hop to hop until an answer that is not a redirect."""
        first = target = _requested_target(request.url)
        while True:
            with closing(self._send(request, trail, first, target)) as response:
                head = trail.head = ResponseHead(response.status, tuple(response.headers), self._now())
                if not head.is_redirect():
                    return self._answer(response, head, trail)
                _drain(response, head)
            following = self._redirect_target(head, target, trail)
            trail.leave(head, target.url, following.url)
            target = following

    def _redirect_target(self, head: ResponseHead, target: _Target, trail: Trail) -> _Target:
        """Return the next hop, or raise FetchError with REDIRECT."""
        following = _located_target(head.raw("location") or b"", target)
        if following.url == target.url or following.url in trail.visited:
            raise FetchError(Reason.REDIRECT, f"redirects in a circle to {following.url}")
        if len(trail.steps) >= self._settings.max_redirects:
            raise FetchError(Reason.REDIRECT, f"more than {self._settings.max_redirects} redirects")
        return following

    def _send(self, request: FetchRequest, trail: Trail, first: _Target, target: _Target) -> httpcore.Response:
        """Send one hop's request and return its response with the body unread."""
        same_host = target.parts.host == first.parts.host
        same_place = same_host and target.port == first.port
        # What the registry grants is granted to the place it names: privacy to host and port, since another port is
        # another server; a broken certificate to the host, since http://host/ often leads to https://host/.
        trust = _Trust(
            allow_private=request.allow_private and same_place,
            verify_tls=request.verify_tls or not same_host,
            proxy=request.proxy,
        )
        connections = self._connections_for(trust)
        if trust.proxy:
            network.refuse_private_literal(target.parts.host, allow_private=trust.allow_private)
        conditions = conditional_headers(request.validators, target.url, on_requested_host=same_host)
        trail.conditional = bool(conditions)
        user_agent = request.user_agent or self._settings.user_agent
        headers = request_headers(target.parts.netloc, user_agent, self._settings.accept) + conditions
        if same_place and first.parts.userinfo:
            headers.append((b"Authorization", basic_credentials(first.parts.userinfo)))
        return connections.send(target.parts, headers)

    def _connections_for(self, trust: _Trust) -> "_Connections":
        if trust not in self._connections:
            tls = self._tls if trust.verify_tls else network.unverified_tls()
            self._connections[trust] = _Connections(
                self._settings, tls, _Backend(self._settings, self._resolver, self._budget, trust), trust.proxy
            )
        return self._connections[trust]

    def _answer(self, response: httpcore.Response, head: ResponseHead, trail: Trail) -> tuple[Outcome, Reason, bytes]:
        """Read the body if the status says that there is one to use."""
        outcome, reason = head.verdict()
        if outcome is not Outcome.FETCHED:
            _drain(response, head)
            return outcome, reason, b""
        wire = self._wire_body(response, head, trail)
        body = decode_body(wire, head.joined("content-encoding"), self._settings.max_body_bytes)
        if not body or body.isspace():
            return Outcome.FAILED, Reason.EMPTY, b""
        return outcome, reason, body

    def _wire_body(self, response: httpcore.Response, head: ResponseHead, trail: Trail) -> bytes:
        """Read the bytes as they are on the wire, up to the cap."""
        cap = self._settings.max_body_bytes
        if (head.content_length() or 0) > cap:
            raise too_large(cap)
        chunks = []
        for chunk in _chunks(response):
            trail.wire_bytes += len(chunk)
            if trail.wire_bytes > cap:
                raise too_large(cap)
            chunks.append(chunk)
        return b"".join(chunks)


class _Stream(httpcore.NetworkStream):
    """A socket for httpcore whose every wait is bounded by the fetch under way; httpcore's time-outs are not used."""

    def __init__(self, sock: socket, budget: Budget, connect_seconds: float) -> None:
        self._socket = sock
        self._budget = budget
        self._connect_seconds = connect_seconds

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002 - httpcore's signature
        return network.read(self._socket, max_bytes, self._budget)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002 - httpcore's signature
        try:
            network.write(self._socket, buffer, self._budget)
        except OSError as error:
            # httpcore takes this as "read what the server said before it closed".
            raise httpcore.WriteError(str(error)) from error

    def close(self) -> None:
        self._socket.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002 - httpcore's signature
    ) -> httpcore.NetworkStream:
        sock = network.start_tls(self._socket, ssl_context, server_hostname or "", self._budget, self._connect_seconds)
        return _Stream(sock, self._budget, self._connect_seconds)

    def get_extra_info(self, info: str) -> Any:
        if info == "is_readable":
            return network.is_readable(self._socket)
        if info == "ssl_object":
            return self._socket if isinstance(self._socket, ssl.SSLSocket) else None
        return None


class _Backend(httpcore.NetworkBackend):
    """Opens httpcore's connections to vetted addresses only; SNI and Host stay the name."""

    def __init__(self, settings: FetchSettings, resolver: Resolver, budget: Budget, trust: _Trust) -> None:
        self._connect_seconds = settings.connect_seconds
        self._resolver = resolver
        self._budget = budget
        self._trust = trust
        self.dialled = 0

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002 - httpcore's signature
        local_address: str | None = None,  # noqa: ARG002 - httpcore's signature
        socket_options: Iterable[Any] | None = None,  # noqa: ARG002 - httpcore's signature
    ) -> httpcore.NetworkStream:
        self.dialled += 1
        addresses = network.vetted_addresses(
            host,
            self._resolver,
            # The operator has named the proxy, wherever it is.
            allow_private=self._trust.allow_private or self._trust.proxy is not None,
            timeout_seconds=min(self._connect_seconds, self._budget.remaining()),
        )
        sock = network.dial(addresses, port, self._budget, self._connect_seconds)
        return _Stream(sock, self._budget, self._connect_seconds)


class _Connections:
    """The connections of one trust."""

    def __init__(self, settings: FetchSettings, tls: ssl.SSLContext, backend: _Backend, proxy: str | None) -> None:
        self._backend = backend
        self._proxied = proxy is not None
        self.pool = httpcore.ConnectionPool(
            ssl_context=tls,
            max_connections=settings.max_connections,
            keepalive_expiry=settings.keepalive_seconds,
            network_backend=backend,
            proxy=_proxy(proxy) if proxy else None,
        )

    def send(self, url: httpx.URL, headers: list[tuple[bytes, bytes]]) -> httpcore.Response:
        """Send a GET; once more when a kept connection turns out to be closed by the server (RFC 9112, 9.3.1)."""
        target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        dialled = self._backend.dialled
        try:
            return self._send(target, headers)
        except FetchError as error:
            if error.reason is not Reason.PROTOCOL or self._backend.dialled != dialled:
                raise
            return self._send(target, headers)

    def _send(self, target: httpcore.URL, headers: list[tuple[bytes, bytes]]) -> httpcore.Response:
        try:
            return self.pool.handle_request(httpcore.Request(b"GET", target, headers=headers))
        except httpcore.ProtocolError as error:
            raise FetchError(Reason.PROTOCOL, str(error)) from error
        except httpcore.ProxyError as error:
            raise FetchError(Reason.CONNECT, f"the proxy gave no tunnel: {error}") from error
        except FetchError:
            if self._proxied:
                # A tunnel that fails half-way keeps its place in the pool; nothing else of this thread is under way.
                self.pool.close()
            raise


def _proxy(url: str) -> httpcore.Proxy:
    parts = _requested_target(url).parts
    if parts.scheme != "http":
        raise FetchError(Reason.INVALID_URL, "the proxy's URL is not http://")
    headers = [(b"Proxy-Authorization", basic_credentials(parts.userinfo))] if parts.userinfo else []
    return httpcore.Proxy(
        httpcore.URL(scheme="http", host=parts.host, port=parts.port or 80, target="/"), headers=headers
    )


def _chunks(response: httpcore.Response) -> Iterable[bytes]:
    try:
        yield from response.iter_stream()
    except httpcore.ProtocolError as error:
        raise FetchError(Reason.PROTOCOL, str(error)) from error


def _drain(response: httpcore.Response, head: ResponseHead) -> None:
    """Read the end of a response without a body, so that its connection can be used again; wait for no other."""
    if not head.has_body():
        for _ in _chunks(response):
            pass


def _requested_target(url: str) -> _Target:
    try:
        return _Target(url, _parsed(url))
    except (ValueError, httpx.InvalidURL) as error:
        raise FetchError(Reason.INVALID_URL, str(error)) from error


def _located_target(location: bytes, base: _Target) -> _Target:
    """Return where a Location leads (RFC 9110, 10.2.2); credentials in it are not taken from a server."""
    try:
        parts = _parsed(urljoin(str(base.parts), location_text(location)))
        parts = parts.copy_with(fragment=None, userinfo=b"")
    except (ValueError, httpx.InvalidURL) as error:
        raise FetchError(Reason.REDIRECT, f"Location cannot be followed: {error}") from error
    return _Target(str(parts), parts)


@lru_cache(maxsize=2_048)  # the same feeds come round for ever, and parsing is a tenth of a poll
def _parsed(url: str) -> httpx.URL:
    """Parse an absolute http(s) URL, with numeric hosts in dotted form; raise ValueError or httpx.InvalidURL."""
    text = url.strip()
    if len(text) > MAX_URL_LENGTH:
        raise ValueError(f"URL of {len(text)} characters")
    parts = urlsplit(text)
    if parts.scheme not in _DEFAULT_PORTS:
        raise ValueError(f"scheme {parts.scheme[:20]!r} is neither http nor https")
    numeric = canonical_ipv4(parts.hostname or "")
    if numeric is not None:
        userinfo, at, place = parts.netloc.rpartition("@")
        _, colon, port = place.partition(":")
        text = urlunsplit(parts._replace(netloc=f"{userinfo}{at}{numeric}{colon}{port}"))
    parsed = httpx.URL(text)
    if not parsed.host or (parsed.port is not None and not 0 < parsed.port <= MAX_PORT):
        raise ValueError("URL without a host, or with a port that does not exist")
    return parsed
