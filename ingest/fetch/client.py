"""One GET with all its bounds: redirects, deadline, vetted addresses, caps; whatever happens comes back as a value.

The only importer of httpx. Must not know feeds, schedules or state.
"""

import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self
from urllib.parse import urljoin, urlsplit, urlunsplit

import httpx

from ingest.fetch import network
from ingest.fetch.addresses import Resolver, SystemResolver, canonical_ipv4
from ingest.fetch.conditional import conditional_headers
from ingest.fetch.connections import Bounds, Connections, Exchange, Place, Proxy
from ingest.fetch.decoding import decode_body, too_large
from ingest.fetch.exchange import Response
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


class _Trust(NamedTuple):
    """What the registry allows for the requested host; connections of one trust never serve another."""

    allow_private: bool
    verify_tls: bool
    proxy: str | None


@dataclass(frozen=True, slots=True)
class _Target:
    """One hop: its URL, and the parts of it that go on the wire."""

    url: str
    parts: httpx.URL
    place: Place
    authority: bytes
    """Host, and the port when it is not the scheme's own: value of Host."""
    path: bytes
    """With the query."""
    userinfo: bytes


def verified_tls(extra_ca_file: Path | None = None) -> ssl.SSLContext:
    """Return the context that all Fetchers of a process share; building it costs tens of milliseconds."""
    context = httpx.create_ssl_context()
    context.set_alpn_protocols(network.ALPN)
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
        self._connections: dict[_Trust, Connections] = {}

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
            connections.close()
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
            with self._send(request, trail, first, target) as response:
                head = trail.head = ResponseHead(response.status, response.headers, self._now())
                if not head.is_redirect():
                    return self._answer(response, head, trail)
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

    def _send(self, request: FetchRequest, trail: Trail, first: _Target, target: _Target) -> Exchange:
        """Send one hop's request and return its response with the body unread."""
        same_host = target.place.host == first.place.host
        same_place = same_host and target.place.port == first.place.port
        # What the registry grants is granted to the place it names: privacy to host and port, since another port is
        # another server; a broken certificate to the host, since http://host/ often leads to https://host/.
        trust = _Trust(
            allow_private=request.allow_private and same_place,
            verify_tls=request.verify_tls or not same_host,
            proxy=request.proxy,
        )
        connections = self._connections_of(trust)
        if trust.proxy:
            network.refuse_private_literal(target.place.host, allow_private=trust.allow_private)
        conditions = conditional_headers(request.validators, target.url, on_requested_host=same_host)
        trail.conditional = bool(conditions)
        user_agent = request.user_agent or self._settings.user_agent
        headers = request_headers(target.authority, user_agent, self._settings.accept) + conditions
        if same_place and first.userinfo:
            headers.append((b"Authorization", basic_credentials(first.userinfo)))
        return connections.send(target.place, target.authority, target.path, headers)

    def _connections_of(self, trust: _Trust) -> Connections:
        known = self._connections.get(trust)
        if known is not None:
            return known
        settings = self._settings
        bounds = Bounds(
            settings.connect_seconds, settings.keepalive_seconds, settings.max_connections, trust.allow_private
        )
        made = self._connections[trust] = Connections(
            bounds,
            self._tls if trust.verify_tls else network.unverified_tls(),
            self._resolver,
            self._budget,
            self._monotonic,
            _proxy(trust.proxy) if trust.proxy else None,
        )
        return made

    def _answer(self, response: Response, head: ResponseHead, trail: Trail) -> tuple[Outcome, Reason, bytes]:
        """Read the body if the status says that there is one to use."""
        outcome, reason = head.verdict()
        if outcome is not Outcome.FETCHED:
            return outcome, reason, b""
        wire = self._wire_body(response, head, trail)
        body = decode_body(wire, head.joined("content-encoding"), self._settings.max_body_bytes)
        if not body or body.isspace():
            return Outcome.FAILED, Reason.EMPTY, b""
        return outcome, reason, body

    def _wire_body(self, response: Response, head: ResponseHead, trail: Trail) -> bytes:
        """Read the bytes as they are on the wire, up to the cap."""
        cap = self._settings.max_body_bytes
        if (head.content_length() or 0) > cap:
            raise too_large(cap)
        chunks = []
        for chunk in response.chunks():
            trail.wire_bytes += len(chunk)
            if trail.wire_bytes > cap:
                raise too_large(cap)
            chunks.append(chunk)
        return b"".join(chunks)


def _proxy(url: str) -> Proxy:
    target = _requested_target(url)
    if target.place.secure:
        raise FetchError(Reason.INVALID_URL, "the proxy's URL is not http://")
    return Proxy(target.place, basic_credentials(target.userinfo) if target.userinfo else None)


def _requested_target(url: str) -> _Target:
    try:
        return _target(url)
    except (ValueError, httpx.InvalidURL) as error:
        raise FetchError(Reason.INVALID_URL, str(error)) from error


def _located_target(location: bytes, base: _Target) -> _Target:
    """Return where a Location leads (RFC 9110, 10.2.2); credentials in it are not taken from a server."""
    try:
        parts = _parsed(urljoin(str(base.parts), location_text(location)))
        parts = parts.copy_with(fragment=None, userinfo=b"")
    except (ValueError, httpx.InvalidURL) as error:
        raise FetchError(Reason.REDIRECT, f"Location cannot be followed: {error}") from error
    return _target_of(str(parts), parts)


@lru_cache(maxsize=2_048)  # the same feeds come round for ever
def _target(url: str) -> _Target:
    return _target_of(url, _parsed(url))


def _target_of(url: str, parts: httpx.URL) -> _Target:
    place = Place(
        secure=parts.scheme == "https",
        host=parts.raw_host.decode("ascii"),
        port=parts.port or _DEFAULT_PORTS[parts.scheme],
    )
    return _Target(url, parts, place, authority=parts.netloc, path=parts.raw_path, userinfo=parts.userinfo)


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
