"""kafka-python closes the sockets of connections that do not come about, or end while they send, as the tests run.

Knows nothing of who connects. The client drops such a socket (a refused address, a client that is closed while it
connects or before all is sent), and the collector closes it: no harm to a service, but the tests take each
ResourceWarning for a fault, and the collector meets the socket in whichever test runs then. A leak of ours is seen.
"""

import socket
from typing import Any

from kafka.net.inet import KafkaNetSocket
from kafka.net.transport import KafkaTCPTransport

_connect = KafkaNetSocket.sock_connect
_send = KafkaTCPTransport._write_to_sock


async def _connect_or_close(self: KafkaNetSocket, net: Any, sock: socket.socket, *args: Any, **options: Any) -> Any:
    try:
        return await _connect(self, net, sock, *args, **options)
    except BaseException:
        sock.close()
        raise


async def _send_or_close(self: KafkaTCPTransport) -> None:
    try:
        await _send(self)
    except GeneratorExit:
        self._sock.close()
        raise


def close_what_is_dropped() -> None:
    """Let each such socket be closed where it is dropped."""
    KafkaNetSocket.sock_connect = _connect_or_close
    KafkaTCPTransport._write_to_sock = _send_or_close
