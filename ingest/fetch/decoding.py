"""Decompression that cannot be made to fill memory: every step stops at the cap.

Knows nothing of HTTP messages: bytes and the text of a Content-Encoding header come in, bytes go out.
"""

import zlib
from collections.abc import Callable

from ingest.fetch.network import FetchError
from ingest.fetch.outcome import Reason

_GZIP_MAGIC = b"\x1f\x8b\x08"  # RFC 1952, 2.3.1, with the only method there is
_GZIP_WBITS = 16 + zlib.MAX_WBITS
_STEP = 64 * 1024
"""Bytes that one call of zlib may take or give: bounds the copies that are made on the way."""

MAX_LAYERS = 3
"""gzip inside gzip is a common fault of proxies; deeper than this nobody means it."""
MAX_MEMBERS = 1_000
"""Parallel compressors write members of 64 kB or more; a body of tiny ones is made to cost time."""

_BYTE_ORDER_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_SPACE = b" \t\r\n\x00"


def decode_body(wire: bytes, content_encoding: str | None, max_bytes: int) -> bytes:
    """Undo the codings that the bytes really have; the header is a hint that servers get wrong.

    gzip is known by its magic whatever the header says, also when nested. Bytes that claim a coding and have another,
    or none, pass when they look like markup. Raises FetchError with TOO_LARGE or DECODE.
    """
    claimed = _claimed_codings(content_encoding)
    body, undone = wire, 0
    while inflate := _inflater(body, deflate_claimed="deflate" in claimed and not undone):
        if undone == MAX_LAYERS:
            raise FetchError(Reason.DECODE, f"more than {MAX_LAYERS} compressions inside each other")
        body = inflate(body, max_bytes)
        undone += 1
    if len(body) > max_bytes:
        raise too_large(max_bytes)
    if claimed and not undone and body and not looks_like_markup(body):
        raise FetchError(Reason.DECODE, f"Content-Encoding {content_encoding!r:.80} and a body that is not")
    return body


def too_large(max_bytes: int) -> FetchError:
    """Return the fault of a body beyond the cap."""
    return FetchError(Reason.TOO_LARGE, f"body over {max_bytes} bytes")


def looks_like_markup(body: bytes) -> bool:
    """Tell whether text begins with `<`, after a byte order mark and white space, in ASCII's relatives or UTF-16."""
    start = body[:1024]
    for mark in _BYTE_ORDER_MARKS:
        start = start.removeprefix(mark)
    return start.lstrip(_SPACE).startswith(b"<")


def _claimed_codings(content_encoding: str | None) -> frozenset[str]:
    codings = (coding.strip().lower() for coding in (content_encoding or "").split(","))
    return frozenset(coding for coding in codings if coding not in {"", "identity", "none"})


def _inflater(body: bytes, *, deflate_claimed: bool) -> Callable[[bytes, int], bytes] | None:
    """Return what undoes the outermost compression, or null when there is none."""
    if body.startswith(_GZIP_MAGIC):
        return _gunzip
    if not deflate_claimed or not body or looks_like_markup(body):
        return None
    return _unzlib if _has_zlib_header(body) else _inflate_raw


def _has_zlib_header(body: bytes) -> bool:
    """Tell zlib's wrapper (RFC 1950, 2.2), which the HTTP coding means, from the bare deflate that some send."""
    return len(body) > 1 and body[0] & 0x0F == zlib.DEFLATED and int.from_bytes(body[:2]) % 31 == 0


def _gunzip(body: bytes, max_bytes: int) -> bytes:
    """Undo all members of a gzip stream (RFC 1952, 2.2); what follows the last is padding."""
    out = bytearray()
    position = 0
    for _ in range(MAX_MEMBERS):
        position = _inflate(body, position, _GZIP_WBITS, out, max_bytes)
        if not body.startswith(_GZIP_MAGIC, position):
            return bytes(out)
    raise FetchError(Reason.DECODE, f"gzip of more than {MAX_MEMBERS} members")


def _unzlib(body: bytes, max_bytes: int) -> bytes:
    out = bytearray()
    _inflate(body, 0, zlib.MAX_WBITS, out, max_bytes)
    return bytes(out)


def _inflate_raw(body: bytes, max_bytes: int) -> bytes:
    out = bytearray()
    _inflate(body, 0, -zlib.MAX_WBITS, out, max_bytes)
    return bytes(out)


def _inflate(body: bytes, position: int, wbits: int, out: bytearray, max_bytes: int) -> int:
    """Append the stream that begins at `position` to `out` and return where it ends."""
    stream = zlib.decompressobj(wbits)
    pending: bytes = b""
    try:
        while not stream.eof:
            if not pending:
                pending = body[position : position + _STEP]
                position += len(pending)
            at_end = not pending
            # One byte over the cap is enough to know; zero would mean no limit.
            piece = stream.decompress(pending, min(_STEP, max_bytes + 1 - len(out)))
            pending = stream.unconsumed_tail
            out += piece
            if len(out) > max_bytes:
                raise too_large(max_bytes)
            if at_end and not piece and not stream.eof:
                raise FetchError(Reason.DECODE, "compressed body ends in the middle")
    except zlib.error as error:
        raise FetchError(Reason.DECODE, str(error)) from error
    return position - len(stream.unused_data)
