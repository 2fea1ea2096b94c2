"""One HTTP/1.1 exchange over an open socket (RFC 9112): a request's bytes out, a response's head and body in.

The only importer of httptools: llhttp reads the bytes. Knows nothing of addresses, redirects and what a status means.
"""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from socket import socket

import httptools

from ingest.fetch import network
from ingest.fetch.network import Budget, FetchError
from ingest.fetch.outcome import Reason

READ_BYTES = 64 * 1024
MAX_HEAD_BYTES = 128 * 1024
"""Of a response's head, with the interim ones before it: real ones stay under a tenth of that."""

_FINAL = 200
"""Below it are the interim responses, which precede the one that counts (RFC 9110, 15.2)."""


def request_bytes(method: bytes, target: bytes, headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    """Return a request without a body as on the wire; what makes headers keeps line ends out of their values."""
    lines = b"".join([b"%b: %b\r\n" % header for header in headers])
    return b"%b %b HTTP/1.1\r\n%b\r\n" % (method, target, lines)


def ask(sock: socket, request: bytes, budget: Budget) -> "Response":
    """Send a request and return its response with the body unread. Raises FetchError when no head comes."""
    # A server may answer and close before it has read everything: then what it said is still there to be read.
    with suppress(OSError):
        network.write(sock, request, budget)
    return Response(sock, budget)


class Response:
    """One response, read as it is asked for; whoever has it says what becomes of the connection when it is closed."""

    def __init__(self, sock: socket, budget: Budget) -> None:
        """Read the head. Raises FetchError when none comes."""
        self._socket = sock
        self._budget = budget
        self._message = _Message()
        self._parser = self._message.parser = httptools.HttpResponseParser(self._message)
        # What browsers let pass as well. One connection carries one request at a time to one host, so that a server
        # that words its framing loosely can mislead about its own answer alone.
        self._parser.set_dangerous_leniencies(
            lenient_headers=True,
            lenient_chunked_length=True,
            lenient_version=True,
            lenient_data_after_close=True,
            lenient_optional_cr_before_lf=True,
            lenient_spaces_after_chunk_size=True,
        )
        self._read_head()
        self.status = self._message.status
        self.headers = tuple(self._message.headers)
        lowered = [(name.lower(), value) for name, value in self.headers]
        self._sized = any(name == b"content-length" for name, _ in lowered)
        codings = {value.lower() for name, value in lowered if name == b"transfer-encoding"}
        if codings - {b"chunked"}:
            raise FetchError(Reason.PROTOCOL, f"transfer coding {b', '.join(codings)[:100]!r}")
        self._chunked = bool(codings)

    def chunks(self) -> Iterator[bytes]:
        """Yield the body as it is on the wire, without its framing. Raises FetchError when it ends too soon."""
        message = self._message
        while True:
            yield from message.taken()
            if message.complete:
                return
            data = network.read(self._socket, READ_BYTES, self._budget)
            if data:
                self._feed(data)
            elif not self._sized and not self._chunked:  # the connection's end is the body's (RFC 9112, 6.3)
                return
            else:
                raise FetchError(Reason.PROTOCOL, "the connection ended before the body did")

    def may_be_followed(self) -> bool:
        """Tell whether the connection can carry another request: all was read, and the server keeps it open.

        Not after a response with two framings, whose end is in doubt (RFC 9112, 6.3).
        """
        message = self._message
        return message.complete and message.persistent and not message.surplus and not (self._sized and self._chunked)

    def _read_head(self) -> None:
        size = 0
        while not self._message.head_complete:
            if size > MAX_HEAD_BYTES:
                raise FetchError(Reason.PROTOCOL, f"a head of more than {MAX_HEAD_BYTES} bytes")
            data = network.read(self._socket, READ_BYTES, self._budget)
            if not data:
                raise FetchError(Reason.PROTOCOL, "the server closed the connection without an answer")
            size += len(data)
            self._feed(data)

    def _feed(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            raise FetchError(Reason.PROTOCOL, "the server changed to another protocol") from None
        except httptools.HttpParserError as error:
            if not self._message.complete:
                raise FetchError(Reason.PROTOCOL, f"not HTTP: {error}") from error
            self._message.surplus = True


class _Message:
    """What llhttp tells of one response; interim ones before it are dropped."""

    __slots__ = ("_pieces", "complete", "head_complete", "headers", "parser", "persistent", "status", "surplus")

    def __init__(self) -> None:
        self.parser: httptools.HttpResponseParser | None = None
        """Which tells this; let go with the head, so that the two are not left to the collector."""
        self.status = 0
        self.headers: list[tuple[bytes, bytes]] = []
        self.head_complete = False
        self.complete = False
        self.persistent = False
        self.surplus = False
        """Something came after the end: not asked for, so the connection is not to be trusted."""
        self._pieces: list[bytes] = []

    def taken(self) -> list[bytes]:
        """Return what of the body has come since the last call."""
        pieces, self._pieces = self._pieces, []
        return pieces

    def on_message_begin(self) -> None:
        self.surplus = self.complete

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self.head_complete:  # a chunked body may have trailers
            self.headers.append((name, value.strip(b" \t")))

    def on_headers_complete(self) -> None:
        if self.parser is None:
            return
        self.status = self.parser.get_status_code()
        if self.status >= _FINAL:
            self.head_complete = True
            self.persistent = self.parser.should_keep_alive()
            self.parser = None

    def on_body(self, data: bytes) -> None:
        if not self.complete:
            self._pieces.append(data)

    def on_message_complete(self) -> None:
        if self.head_complete:
            self.complete = True
        else:
            self.headers.clear()
