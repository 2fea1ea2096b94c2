"""Which addresses may be dialled, and how a name becomes addresses.

Knows nothing of HTTP, of sockets or of feeds: addresses are text, the policy is a table.
"""

import ipaddress
import queue
import re
import socket
import threading
from collections.abc import Iterable
from enum import StrEnum
from itertools import zip_longest
from typing import Protocol

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address


class AddressKind(StrEnum):
    """What an address is for; everything but PUBLIC is refused unless a feed allows private addresses."""

    PUBLIC = "public"
    UNSPECIFIED = "unspecified"
    LOOPBACK = "loopback"
    PRIVATE = "private"
    SHARED = "shared"
    """Carrier-grade NAT, RFC 6598."""
    LINK_LOCAL = "link_local"
    """Also the metadata services of clouds."""
    MULTICAST = "multicast"
    RESERVED = "reserved"


# The IANA special-purpose registries (RFC 6890 and its updates), written out: the answer of `ipaddress.is_global`
# differs between patch releases of Python.
_IPV4_TABLE = (
    ("0.0.0.0/8", AddressKind.UNSPECIFIED),
    ("127.0.0.0/8", AddressKind.LOOPBACK),
    ("10.0.0.0/8", AddressKind.PRIVATE),
    ("172.16.0.0/12", AddressKind.PRIVATE),
    ("192.168.0.0/16", AddressKind.PRIVATE),
    ("100.64.0.0/10", AddressKind.SHARED),
    ("169.254.0.0/16", AddressKind.LINK_LOCAL),
    ("224.0.0.0/4", AddressKind.MULTICAST),
    ("192.0.0.0/24", AddressKind.RESERVED),
    ("192.0.2.0/24", AddressKind.RESERVED),
    ("192.88.99.0/24", AddressKind.RESERVED),
    ("198.18.0.0/15", AddressKind.RESERVED),
    ("198.51.100.0/24", AddressKind.RESERVED),
    ("203.0.113.0/24", AddressKind.RESERVED),
    ("240.0.0.0/4", AddressKind.RESERVED),
)
_IPV6_TABLE = (
    ("::/128", AddressKind.UNSPECIFIED),
    ("::1/128", AddressKind.LOOPBACK),
    ("fc00::/7", AddressKind.PRIVATE),
    ("fe80::/10", AddressKind.LINK_LOCAL),
    ("ff00::/8", AddressKind.MULTICAST),
    ("2001::/23", AddressKind.RESERVED),
    ("2001:db8::/32", AddressKind.RESERVED),
    ("3fff::/20", AddressKind.RESERVED),
)
_IPV4_KINDS = tuple((ipaddress.IPv4Network(network), kind) for network, kind in _IPV4_TABLE)
_IPV6_KINDS = tuple((ipaddress.IPv6Network(network), kind) for network, kind in _IPV6_TABLE)
_IPV6_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")  # RFC 4291, 2.4: all that IANA has given out
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052; the local-use 64:ff9b:1::/48 stays reserved

MAX_DIALLED = 6
"""Addresses tried for one connection: more only share out the same connect time more thinly."""


def address_kind(address: str) -> AddressKind:
    """Classify one address; an IPv6 address that carries an IPv4 one is what the carried one is."""
    ip = _unwrapped(ipaddress.ip_address(address))
    if isinstance(ip, ipaddress.IPv4Address):
        return next((kind for network, kind in _IPV4_KINDS if ip in network), AddressKind.PUBLIC)
    listed = next((kind for network, kind in _IPV6_KINDS if ip in network), None)
    if listed is not None:
        return listed
    return AddressKind.PUBLIC if ip in _IPV6_GLOBAL_UNICAST else AddressKind.RESERVED


def _unwrapped(ip: IPAddress) -> IPAddress:
    """Return the IPv4 address inside a mapped, 6to4 or NAT64 address: that is where packets end up."""
    if isinstance(ip, ipaddress.IPv4Address):
        return ip
    if ip in _NAT64:
        return ipaddress.IPv4Address(int(ip) & 0xFFFF_FFFF)
    return ip.ipv4_mapped or ip.sixtofour or ip


def may_dial(address: str, *, allow_private: bool) -> bool:
    """Tell whether a feed may be fetched from this address; a group address never can be."""
    kind = address_kind(address)
    return kind is AddressKind.PUBLIC or (allow_private and kind is not AddressKind.MULTICAST)


def dial_order(addresses: Iterable[str]) -> tuple[str, ...]:
    """Alternate the two families, beginning with the resolver's first (RFC 8305, section 4)."""
    unique = tuple(dict.fromkeys(addresses))
    if not unique:
        return ()
    first_is_v6 = ":" in unique[0]
    leading = [address for address in unique if (":" in address) is first_is_v6]
    trailing = [address for address in unique if (":" in address) is not first_is_v6]
    pairs = zip_longest(leading, trailing)
    return tuple(address for pair in pairs for address in pair if address is not None)[:MAX_DIALLED]


_IPV4_LIKE = re.compile(r"(0x[0-9a-f]*|[0-9]+)(\.(0x[0-9a-f]*|[0-9]+)){0,3}\.?", re.IGNORECASE)


def canonical_ipv4(host: str) -> str | None:
    """Return the dotted decimal form of a decimal, octal, hexadecimal or short IPv4 host, else null.

    C libraries read all of these as addresses (inet_aton), so they are brought to one form before anything is vetted.
    """
    if not _IPV4_LIKE.fullmatch(host):
        return None
    try:
        return socket.inet_ntoa(socket.inet_aton(host.rstrip(".")))
    except OSError:
        return None


class ResolutionError(Exception):
    """A name gave no addresses; `temporary` when the resolver, not the name, is to blame."""

    def __init__(self, detail: str, *, temporary: bool) -> None:
        super().__init__(detail)
        self.temporary = temporary


class Resolver(Protocol):
    """Turns a host into addresses."""

    def resolve(self, host: str, timeout_seconds: float) -> tuple[str, ...]:
        """Return addresses as text, the preferred first, or raise ResolutionError."""


_LOCALHOST = ("127.0.0.1", "::1")


class SystemResolver:
    """The operating system's resolver; one for all threads of a process.

    getaddrinfo cannot be cancelled: each look-up runs in a daemon thread of its own and is left behind when its time is
    up. The C library gives up by itself (5 s x 2 attempts x servers with its defaults), and `max_pending` bounds how
    many can be left behind meanwhile.
    """

    def __init__(self, max_pending: int = 64) -> None:
        self._slots = threading.BoundedSemaphore(max_pending)

    def resolve(self, host: str, timeout_seconds: float) -> tuple[str, ...]:
        """Look a name up; a literal address is its own answer, and localhost needs no asking (RFC 6761, 6.3)."""
        if _is_literal(host):
            return (host,)
        if f".{host.rstrip('.')}".endswith(".localhost"):
            return _LOCALHOST
        if not self._slots.acquire(timeout=timeout_seconds):
            raise ResolutionError(f"{host}: too many name look-ups are unanswered", temporary=True)
        answer: queue.SimpleQueue[tuple[str, ...] | ResolutionError] = queue.SimpleQueue()
        try:
            threading.Thread(target=self._look_up, args=(host, answer), name="name-look-up", daemon=True).start()
        except RuntimeError as error:  # the machine gives no more threads: the slot is nobody's
            self._slots.release()
            raise ResolutionError(f"{host}: {error}", temporary=True) from error
        try:
            found = answer.get(timeout=timeout_seconds)
        except queue.Empty:
            raise ResolutionError(f"{host}: no answer in time", temporary=True) from None
        if isinstance(found, ResolutionError):
            raise found
        return found

    def _look_up(self, host: str, answer: "queue.SimpleQueue[tuple[str, ...] | ResolutionError]") -> None:
        try:
            answer.put(_getaddrinfo(host))
        except ResolutionError as error:
            answer.put(error)
        finally:
            self._slots.release()


_NOT_THE_NAMES_FAULT = frozenset({socket.EAI_AGAIN, socket.EAI_FAIL, socket.EAI_MEMORY, socket.EAI_SYSTEM})


def _getaddrinfo(host: str) -> tuple[str, ...]:
    try:
        # Bytes keep the name as it is: for text Python applies IDNA 2003 once more.
        found = socket.getaddrinfo(host.encode("ascii"), None, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        raise ResolutionError(f"{host}: {error.strerror}", temporary=error.errno in _NOT_THE_NAMES_FAULT) from error
    except (OSError, ValueError) as error:
        raise ResolutionError(f"{host}: {error}", temporary=False) from error
    return tuple(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))


def _is_literal(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
