"""A service manager's end of sd_notify(3), for tests: a real datagram socket."""

import socket


class ServiceManager:
    """The socket of a service manager; addresses as systemd writes them, `@` for the abstract namespace."""

    def __init__(self, address: str, patience_seconds: float = 30) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(f"\0{address[1:]}" if address.startswith("@") else address)
        self._socket.settimeout(patience_seconds)
        self.address = address

    def heard(self) -> list[str]:
        """Return the lines of the next datagram."""
        return self._socket.recv(4096).decode().split("\n")

    def heard_until(self, wanted: str) -> list[str]:
        """Return all lines up to the datagram that holds the wanted one."""
        lines: list[str] = []
        while wanted not in lines:
            lines += self.heard()
        return lines

    def has_heard_nothing(self) -> bool:
        """Tell whether no datagram waits."""
        self._socket.setblocking(False)
        try:
            self._socket.recv(4096)
        except BlockingIOError:
            return True
        return False

    def close(self) -> None:
        """Free the address."""
        self._socket.close()
