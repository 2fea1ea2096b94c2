"""An HTTP server that says exactly the bytes a test scripts: it drips, lies, cuts short and redirects in circles.

Knows nothing of what is tested; one thread a connection, on a free port of 127.0.0.1.
"""

import socket
import ssl
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

TLS_FILES = Path(__file__).parent / "tls"


@dataclass(frozen=True, slots=True)
class RecordedRequest:
    """A request as it came: the target and header lines byte for byte."""

    method: str
    target: str
    headers: tuple[tuple[str, bytes], ...]
    """Names in lower case, values as sent."""
    connection_number: int

    def header(self, name: str) -> bytes | None:
        return next((value for key, value in self.headers if key == name.lower()), None)


@dataclass(slots=True)
class Connection:
    """What a script writes to."""

    sock: socket.socket
    number: int
    stopping: threading.Event
    open: bool = True

    def send(self, data: bytes) -> None:
        self.sock.sendall(data)

    def drip(self, data: bytes, pause_seconds: float) -> None:
        """Send byte by byte, until the client has gone or the server stops."""
        for position in range(len(data)):
            if self.stopping.wait(pause_seconds):
                return
            self.sock.sendall(data[position : position + 1])

    def stay_silent(self) -> None:
        """Say nothing until the client has gone or the server stops."""
        with suppress(OSError):
            self.sock.recv(1)

    def close(self) -> None:
        self.open = False


Script = Callable[[Connection, RecordedRequest], None]


def reply(
    status: int = 200,
    headers: Iterable[tuple[str, str | bytes]] = (),
    body: bytes = b"",
    *,
    length: bool = True,
) -> bytes:
    """Return a response, with Content-Length unless it shall have none."""
    lines = [b"HTTP/1.1 %d Scripted" % status]
    lines += [name.encode() + b": " + (value.encode() if isinstance(value, str) else value) for name, value in headers]
    if length and status not in {204, 304}:
        lines.append(b"Content-Length: %d" % len(body))
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def chunked(*chunks: bytes) -> bytes:
    """Return a body in chunked framing, whole."""
    return b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n\r\n"


def then_close(data: bytes) -> Script:
    """Return a script that sends these bytes and closes."""

    def script(connection: Connection, _: RecordedRequest) -> None:
        connection.send(data)
        connection.close()

    return script


@dataclass(slots=True)
class ScriptedServer:
    """Serves scripts by path; a path without a script is a 404."""

    certificate: str | None = None
    """Name of a file in `tls/`: the server then speaks TLS."""
    scripts: dict[str, Script] = field(default_factory=dict)
    requests: list[RecordedRequest] = field(default_factory=list)
    port: int = 0
    _listener: socket.socket = field(init=False)
    _stopping: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)
    _sockets: list[socket.socket] = field(default_factory=list)
    _connections: int = 0

    def route(self, path: str, script: Script | bytes) -> None:
        """Answer this path with a script, or with these bytes on a connection that stays open."""
        self.scripts[path] = script if callable(script) else _sending(script)

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        return f"{'https' if self.certificate else 'http'}://{host}:{self.port}{path}"

    def paths(self) -> list[str]:
        return [request.target for request in self.requests]

    def __enter__(self) -> Self:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._start(self._accept)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        for sock in (self._listener, *self._sockets):
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
            sock.close()
        for thread in self._threads:
            thread.join(timeout=5)

    def _start(self, target: Callable[..., None], *args: object) -> None:
        thread = threading.Thread(target=target, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._stopping.is_set():
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            self._sockets.append(sock)
            self._connections += 1
            self._start(self._serve, sock, self._connections)

    def _serve(self, sock: socket.socket, number: int) -> None:
        with suppress(OSError), self._wrapped(sock) as stream:
            sock = stream
            self._sockets.append(stream)
            connection = Connection(stream, number, self._stopping)
            with stream.makefile("rb") as reader:
                while connection.open and (request := _read_request(reader.readline, number)):
                    self.requests.append(request)
                    script = self.scripts.get(request.target.partition("?")[0], _sending(reply(404)))
                    script(connection, request)

    def _wrapped(self, sock: socket.socket) -> socket.socket:
        if self.certificate is None:
            return sock
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(TLS_FILES / self.certificate, TLS_FILES / "server.key")
        try:
            return context.wrap_socket(sock, server_side=True)
        except OSError:
            sock.close()
            raise


def _sending(data: bytes) -> Script:
    def script(connection: Connection, _: RecordedRequest) -> None:
        connection.send(data)

    return script


def _read_request(readline: Callable[[], bytes], number: int) -> RecordedRequest | None:
    start = readline().decode("latin-1").split()
    if not start:
        return None
    headers = []
    while (line := readline()) not in {b"\r\n", b""}:
        name, _, value = line.partition(b":")
        headers.append((name.decode("latin-1").lower(), value.strip(b" \r\n")))
    return RecordedRequest(start[0], start[1], tuple(headers), number)
