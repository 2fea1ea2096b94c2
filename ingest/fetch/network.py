"""Sockets under one deadline: a name is looked up once, its addresses are vetted, and only those are dialled.

Knows nothing of HTTP: `connections` builds on these pieces.
"""

import select
import socket
import ssl
import struct
import time
from collections.abc import Callable, Sequence
from contextlib import suppress

from ingest.fetch.addresses import ResolutionError, Resolver, address_kind, dial_order, may_dial
from ingest.fetch.outcome import Reason

_TIMEVAL = struct.Struct("@ll")
ALPN = ["http/1.1"]
"""What a TLS handshake offers (RFC 7301): servers that would rather have HTTP/2 are told that there is none."""


class FetchError(Exception):
    """A fetch ends here; never leaves `ingest.fetch`, where it becomes a value."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


class Budget:
    """The time one fetch has left; connections outlive a fetch, so they ask this and keep no time-out of their own."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._ends_at = 0.0
        self._seconds = 0.0

    def start(self, seconds: float) -> None:
        """Begin a fetch that may take this long altogether."""
        self._seconds = seconds
        self._ends_at = self._monotonic() + seconds

    def remaining(self) -> float:
        """Return the seconds left, more than zero, or raise FetchError."""
        left = self._ends_at - self._monotonic()
        if left <= 0:
            raise FetchError(Reason.DEADLINE, f"not complete within {self._seconds:g} s")
        return left

    def share(self, seconds: float) -> "Budget":
        """Return a budget that ends after so many seconds, or with this one if that is sooner."""
        part = Budget(self._monotonic)
        part.start(min(seconds, self.remaining()))
        return part


def vetted_addresses(host: str, resolver: Resolver, *, allow_private: bool, timeout_seconds: float) -> tuple[str, ...]:
    """Resolve once and return the addresses that may be dialled, in dialling order, at least one."""
    try:
        found = resolver.resolve(host, timeout_seconds)
    except ResolutionError as error:
        raise FetchError(Reason.DNS_TEMPORARY if error.temporary else Reason.DNS, str(error)) from error
    if not found:
        raise FetchError(Reason.DNS, f"{host}: no address")
    allowed = dial_order(address for address in found if may_dial(address, allow_private=allow_private))
    if not allowed:
        kinds = ", ".join(sorted({address_kind(address) for address in found}))
        raise FetchError(Reason.ADDRESS_REFUSED, f"{host}: only {kinds} addresses")
    return allowed


def refuse_private_literal(host: str, *, allow_private: bool) -> None:
    """Raise FetchError when a host is an address, or this machine, that may not be dialled; names pass."""
    if f".{host.rstrip('.')}".lower().endswith(".localhost"):
        host = "127.0.0.1"
    with suppress(ValueError):
        if not may_dial(host.strip("[]"), allow_private=allow_private):
            raise FetchError(Reason.ADDRESS_REFUSED, f"{host}: {address_kind(host.strip('[]'))} address")


def unverified_tls() -> ssl.SSLContext:
    """Return the context of feeds whose entry in the registry gives up certificates."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.set_alpn_protocols(ALPN)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    # Such hosts often lack RFC 5746 as well.
    context.options |= ssl.OP_LEGACY_SERVER_CONNECT
    return context


def dial(addresses: Sequence[str], port: int, budget: Budget, connect_seconds: float) -> socket.socket:
    """Connect to the first address that answers; each gets an even share of the connect time that is left."""
    limit = budget.share(connect_seconds)
    failures: list[str] = []
    for left, address in zip(range(len(addresses), 0, -1), addresses, strict=True):
        try:
            return _connect(address, port, limit.remaining() / left)
        except OSError as error:
            failures.append(f"{address} port {port}: {str(error) or type(error).__name__}")
        except FetchError:
            break
    budget.remaining()
    raise FetchError(Reason.CONNECT, "; ".join(failures) or f"no connection within {connect_seconds:g} s")


def _connect(address: str, port: int, timeout_seconds: float) -> socket.socket:
    sock = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
    try:
        sock.settimeout(timeout_seconds)
        sock.connect((address, port))
        sock.settimeout(None)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except BaseException:
        sock.close()
        raise
    return sock


def start_tls(sock: socket.socket, context: ssl.SSLContext, host: str, budget: Budget, seconds: float) -> ssl.SSLSocket:
    """Shake hands for `host` (not for the pinned address) and return the encrypted socket."""
    try:
        sock.settimeout(min(seconds, budget.remaining()))
        # A trailing dot is for resolvers only: certificates and SNI name hosts without it (RFC 6066, section 3).
        return context.wrap_socket(sock, server_hostname=host.rstrip("."))
    except TimeoutError:
        sock.close()
        budget.remaining()
        raise FetchError(Reason.CONNECT, f"{host}: no TLS handshake within {seconds:g} s") from None
    except (OSError, ValueError) as error:
        sock.close()
        raise FetchError(tls_reason(error), f"{host}: {error}") from error
    except BaseException:
        sock.close()
        raise


# OpenSSL's X509_V_ERR_* (x509_vfy.h).
_EXPIRED = frozenset({9, 10})  # CERT_NOT_YET_VALID, CERT_HAS_EXPIRED
_OTHER_NAME = frozenset({62, 64})  # HOSTNAME_MISMATCH, IP_ADDRESS_MISMATCH


def tls_reason(error: Exception) -> Reason:
    """Sort a failed handshake by what an operator can do about it."""
    if not isinstance(error, ssl.SSLCertVerificationError):
        return Reason.TLS
    if error.verify_code in _EXPIRED:
        return Reason.TLS_EXPIRED
    return Reason.TLS_HOSTNAME if error.verify_code in _OTHER_NAME else Reason.TLS_UNTRUSTED


def read(sock: socket.socket, max_bytes: int, budget: Budget) -> bytes:
    """Read what there is, waiting no longer than the fetch may still take."""
    _bound(sock, socket.SO_RCVTIMEO, budget.remaining())
    try:
        return sock.recv(max_bytes)
    except (TimeoutError, BlockingIOError):
        budget.remaining()
        raise FetchError(Reason.DEADLINE, "the server went silent") from None
    except OSError as error:
        raise FetchError(Reason.PROTOCOL, f"connection lost while reading: {error}") from error


def write(sock: socket.socket, data: bytes, budget: Budget) -> None:
    """Send all of it within the budget; OSError passes, because an early answer may still be waiting to be read."""
    view = memoryview(data)
    while view:
        _bound(sock, socket.SO_SNDTIMEO, budget.remaining())
        with suppress(TimeoutError, BlockingIOError):
            view = view[sock.send(view) :]


def _bound(sock: socket.socket, direction: int, seconds: float) -> None:
    """Bound the next wait of a socket, in the kernel where that is possible.

    A time-out of Python's own makes two system calls of each, and gives up the interpreter's lock for both: with many
    threads that is what a poll costs. OpenSSL would try for ever.
    """
    if isinstance(sock, ssl.SSLSocket):
        sock.settimeout(seconds)
    else:
        whole = int(seconds)
        # No time at all would be time without end.
        sock.setsockopt(socket.SOL_SOCKET, direction, _TIMEVAL.pack(whole, max(1, int((seconds - whole) * 1e6))))


def is_readable(sock: socket.socket) -> bool:
    """Tell whether an idle connection has something to say, which can only be that it was closed."""
    if sock.fileno() < 0:
        return True
    poll = select.poll()
    poll.register(sock, select.POLLIN)
    return bool(poll.poll(0))
