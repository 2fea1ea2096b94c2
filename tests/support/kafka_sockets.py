"""kafka-python closes the socket of a connection that does not come about, for as long as the tests run.

Knows nothing of who connects. The client drops such a socket (a refused address, a client that is closed while it
connects), and the collector closes it: no harm to a service, but the tests take each ResourceWarning for a fault, and
the collector meets the socket in whichever test runs then. A leak of ours is still seen.
"""

import socket
from typing import Any

from kafka.net.inet import KafkaNetSocket

_connect = KafkaNetSocket.sock_connect


async def _connect_or_close(self: KafkaNetSocket, net: Any, sock: socket.socket, *args: Any, **options: Any) -> Any:
    try:
        return await _connect(self, net, sock, *args, **options)
    except BaseException:
        sock.close()
        raise


def close_what_does_not_connect() -> None:
    """Let each such socket be closed where it is dropped."""
    KafkaNetSocket.sock_connect = _connect_or_close
