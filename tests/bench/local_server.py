"""A keep-alive HTTP server in a child process: 304 to every conditional GET, else the document at the path.

Knows nothing of feeds. As a script it is the child: a line of JSON in, a line with its ports out, and it ends when its
input does, so it never outlives its parent. It does as little as it can: the client is what is measured.
"""

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import cast

HOST = "127.0.0.1"

NOT_MODIFIED = b'HTTP/1.1 304 Not Modified\r\nETag: "bench"\r\n\r\n'
NOT_FOUND = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"

END_SECONDS = 10


@contextmanager
def serving(documents: Mapping[str, bytes], ports: int = 1) -> Iterator[tuple[int, ...]]:
    """Serve documents by path, all of them on each of so many ports: for a client, as many hosts."""
    process = subprocess.Popen([sys.executable, Path(__file__)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        order = {"ports": ports, "documents": {path: body.decode() for path, body in documents.items()}}
        process.stdin.write(json.dumps(order).encode() + b"\n")
        process.stdin.flush()
        yield tuple(json.loads(process.stdout.readline()))
    finally:
        process.stdin.close()
        process.wait(END_SECONDS)
        process.stdout.close()


class _Answers(asyncio.Protocol):
    """One connection."""

    def __init__(self, responses: Mapping[bytes, bytes]) -> None:
        self._responses = responses
        self._unread = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        *heads, self._unread = (self._unread + data).split(b"\r\n\r\n")
        for head in heads:
            self._transport.write(self._answer(head))

    def _answer(self, head: bytes) -> bytes:
        if b"\nif-none-match:" in head.lower():
            return NOT_MODIFIED
        return self._responses.get(head.split(b" ", 2)[1], NOT_FOUND)


def _response(body: bytes) -> bytes:
    head = f'HTTP/1.1 200 OK\r\nETag: "bench"\r\nContent-Type: application/rss+xml\r\nContent-Length: {len(body)}'
    return head.encode() + b"\r\n\r\n" + body


async def _serve() -> None:
    order = json.loads(sys.stdin.buffer.readline())
    responses = {path.encode(): _response(body.encode()) for path, body in order["documents"].items()}
    loop = asyncio.get_running_loop()
    servers = [await loop.create_server(partial(_Answers, responses), HOST, 0) for _ in range(order["ports"])]
    print(json.dumps([server.sockets[0].getsockname()[1] for server in servers]), flush=True)
    await asyncio.to_thread(sys.stdin.buffer.read)


if __name__ == "__main__":
    asyncio.run(_serve())
