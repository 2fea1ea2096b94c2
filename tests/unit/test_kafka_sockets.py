"""What the tests do about sockets that kafka-python drops."""

import socket

from kafka.net.selector import NetworkSelector
from kafka.net.transport import KafkaTCPTransport


def test_a_client_that_is_closed_while_it_sends_leaves_no_socket_to_the_collector() -> None:
    own, other = socket.socketpair()
    own.setblocking(False)
    net = NetworkSelector()
    transport = KafkaTCPTransport(net, own)
    transport.write(b"x" * 50_000_000)
    net.poll(timeout_ms=50)
    transport.close()
    assert own.fileno() >= 0, "it has all been sent: more must be written"

    net.close()

    assert own.fileno() < 0
    other.close()
