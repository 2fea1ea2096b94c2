"""Request headers as bytes, from settings and URLs that may hold any character.

Knows nothing of connections and responses.
"""

import base64
from functools import lru_cache
from urllib.parse import quote, unquote_to_bytes

_VISIBLE = bytes(range(0x20, 0x7F)).decode("ascii")


@lru_cache(maxsize=256)  # the settings' two values, and what the registry gives single feeds
def header_value(text: str) -> bytes:
    """Return a configured value with what no header may carry (RFC 9110, 5.5) percent-escaped."""
    return quote(text.strip(), safe=_VISIBLE, errors="replace").encode("ascii")


def request_headers(host: bytes, user_agent: str, accept: str) -> list[tuple[bytes, bytes]]:
    """Return the headers of every request."""
    return [
        (b"Host", host),
        (b"User-Agent", header_value(user_agent)),
        (b"Accept", header_value(accept)),
        # Only what can be undone within bounds; the library's own list would offer more.
        (b"Accept-Encoding", b"gzip, deflate"),
    ]


def basic_credentials(userinfo: bytes) -> bytes:
    """Return the value of Authorization for a URL's user information (RFC 7617)."""
    return b"Basic " + base64.b64encode(unquote_to_bytes(userinfo))


def location_text(location: bytes) -> str:
    """Return a Location as text: raw UTF-8 as its characters, other bytes as percent escapes."""
    try:
        return location.decode("utf-8")
    except UnicodeDecodeError:
        return quote(location, safe=_VISIBLE)
