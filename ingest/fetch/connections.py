"""The connections of one trust: vetted addresses are dialled, one request is under way, a few are kept idle.

Knows nothing of redirects and of what a response means; `exchange` has the protocol, `network` the sockets.
"""

import ssl
from collections.abc import Callable
from dataclasses import dataclass
from socket import socket
from types import TracebackType
from typing import NamedTuple

from ingest.fetch import network
from ingest.fetch.addresses import Resolver
from ingest.fetch.exchange import Response, ask, request_bytes
from ingest.fetch.network import Budget, FetchError
from ingest.fetch.outcome import Reason

type Headers = list[tuple[bytes, bytes]]

_SUCCESSFUL = 2
"""Class of the statuses that open a tunnel."""


class Place(NamedTuple):
    """Where a connection leads."""

    secure: bool
    host: str
    """As it is resolved and, secure, certified: a name in its ASCII form or an address, without brackets."""
    port: int


@dataclass(frozen=True, slots=True)
class Proxy:
    """An HTTP proxy, and who we are to it."""

    place: Place
    credentials: bytes | None = None
    """Value of Proxy-Authorization."""

    @property
    def headers(self) -> Headers:
        """Return what goes to the proxy and to nobody else."""
        return [(b"Proxy-Authorization", self.credentials)] if self.credentials else []


@dataclass(frozen=True, slots=True)
class Bounds:
    """Of the connections of one trust."""

    connect_seconds: float
    keepalive_seconds: float
    max_idle: int
    allow_private: bool


class Connections:
    """Those of one trust. Its fetches come one after the other, so that each place needs one connection at most."""

    def __init__(
        self,
        bounds: Bounds,
        tls: ssl.SSLContext,
        resolver: Resolver,
        budget: Budget,
        monotonic: Callable[[], float],
        proxy: Proxy | None = None,
    ) -> None:
        self._bounds = bounds
        self._tls = tls
        self._resolver = resolver
        self._budget = budget
        self._monotonic = monotonic
        self._proxy = proxy
        self._idle: dict[Place, tuple[socket, float]] = {}
        """With the instant from which each is idle, the longest idle first."""

    def __len__(self) -> int:
        """Return how many are idle."""
        return len(self._idle)

    def send(self, place: Place, authority: bytes, target: bytes, headers: Headers) -> "Exchange":
        """Send a GET; once more when a kept connection turns out to be closed by the server (RFC 9112, 9.3.1)."""
        if self._proxy and not place.secure:
            target, headers = b"http://" + authority + target, headers + self._proxy.headers
        request = request_bytes(b"GET", target, headers)
        kept = self._kept(place)
        if kept is not None:
            try:
                return self._exchange(place, kept, request)
            except FetchError as error:
                if error.reason is not Reason.PROTOCOL:
                    raise
        return self._exchange(place, self._open(place), request)

    def close(self) -> None:
        """Close the idle ones."""
        for sock, _ in self._idle.values():
            sock.close()
        self._idle.clear()

    def _exchange(self, place: Place, sock: socket, request: bytes) -> "Exchange":
        try:
            return Exchange(self, place, sock, ask(sock, request, self._budget))
        except BaseException:
            sock.close()
            raise

    def _kept(self, place: Place) -> socket | None:
        """Take the idle connection to a place, if there is one that the server has not closed."""
        if not self._idle:
            return None
        expired = self._monotonic() - self._bounds.keepalive_seconds
        for other in [other for other, (_, since) in self._idle.items() if since < expired]:
            self._idle.pop(other)[0].close()
        sock, _ = self._idle.pop(place, (None, 0.0))
        if sock is not None and network.is_readable(sock):
            sock.close()
            return None
        return sock

    def keep(self, place: Place, sock: socket) -> None:
        """Keep a connection for the next request to its place, in the stead of the one that is idle longest."""
        if len(self._idle) >= self._bounds.max_idle:
            self._idle.pop(next(iter(self._idle)))[0].close()
        self._idle[place] = (sock, self._monotonic())

    def _open(self, place: Place) -> socket:
        sock = self._dial(self._proxy.place if self._proxy else place)
        if not place.secure:
            return sock
        if self._proxy:
            self._tunnel(sock, place, self._proxy)
        return network.start_tls(sock, self._tls, place.host, self._budget, self._bounds.connect_seconds)

    def _dial(self, place: Place) -> socket:
        addresses = network.vetted_addresses(
            place.host,
            self._resolver,
            # The operator has named the proxy, wherever it is.
            allow_private=self._bounds.allow_private or self._proxy is not None,
            timeout_seconds=min(self._bounds.connect_seconds, self._budget.remaining()),
        )
        return network.dial(addresses, place.port, self._budget, self._bounds.connect_seconds)

    def _tunnel(self, sock: socket, place: Place, proxy: Proxy) -> None:
        """Ask the proxy for a way through to a place (RFC 9110, 9.3.6)."""
        host = f"[{place.host}]" if ":" in place.host else place.host
        authority = f"{host}:{place.port}".encode("ascii")
        request = request_bytes(b"CONNECT", authority, [(b"Host", authority), *proxy.headers])
        try:
            status = ask(sock, request, self._budget).status
        except BaseException:
            sock.close()
            raise
        if status // 100 != _SUCCESSFUL:
            sock.close()
            raise FetchError(Reason.CONNECT, f"the proxy gave no tunnel: {status}")


class Exchange:
    """A response under way; with its end the connection is kept for the next request, or closed."""

    def __init__(self, connections: Connections, place: Place, sock: socket, response: Response) -> None:
        self.response = response
        self._connections = connections
        self._place = place
        self._socket = sock

    def __enter__(self) -> Response:
        return self.response

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.response.may_be_followed():
            self._connections.keep(self._place, self._socket)
        else:
            self._socket.close()
