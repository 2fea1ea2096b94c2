"""Bodies from a scripted server: framing that lies, compression that lies, and caps."""

import gzip
import ssl
import tracemalloc
import zlib
from collections.abc import Iterator

import pytest

from ingest.fetch.client import Fetcher, FetchSettings, verified_tls
from ingest.fetch.decoding import decode_body
from ingest.fetch.network import FetchError
from ingest.fetch.outcome import Fetched, FetchRequest, Outcome, Reason, Validators
from support.http_server import Connection, RecordedRequest, ScriptedServer, chunked, reply, then_close

FEED = ("<?xml version='1.0'?><rss><title>خبر فوری</title>" + "<item/>" * 50 + "</rss>").encode()
CAP = 1024 * 1024


def zipped(body: bytes) -> bytes:
    """Return a gzip member without the time, so that every process collects the same parameters."""
    return gzip.compress(body, mtime=0)


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


def bomb(size: int) -> bytes:
    """Return gzip of so many zero bytes, without holding them."""
    packer = zlib.compressobj(9, wbits=16 + zlib.MAX_WBITS)
    block = bytes(1024 * 1024)
    return b"".join(packer.compress(block) for _ in range(size // len(block))) + packer.flush()


@pytest.fixture(scope="module")
def tls() -> ssl.SSLContext:
    return verified_tls()


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as running:
        yield running


@pytest.fixture
def fetcher(tls: ssl.SSLContext) -> Iterator[Fetcher]:
    settings = FetchSettings(user_agent="Rasad-test/1.0", deadline_seconds=5, max_body_bytes=CAP)
    with Fetcher(settings, tls) as open_fetcher:
        yield open_fetcher


def get(fetcher: Fetcher, server: ScriptedServer) -> Fetched:
    return fetcher.fetch(FetchRequest(server.url("/feed"), allow_private=True))


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        (None, FEED),
        ("gzip", zipped(FEED)),
        ("x-gzip", zipped(FEED)),
        ("GZIP", zipped(FEED)),
        ("deflate", zlib.compress(FEED)),
        ("deflate", raw_deflate(FEED)),
        ("gzip, gzip", zipped(zipped(FEED))),
        ("deflate, gzip", zipped(FEED)),
        (None, zipped(FEED)),
        ("identity", zipped(FEED)),
        ("gzip", zipped(zipped(FEED))),
        ("gzip", FEED),
        ("deflate", FEED),
        ("br", FEED),
        ("foo", FEED),
        ("foo", zipped(FEED)),
        ("gzip", b"\xef\xbb\xbf \r\n" + FEED),
        ("gzip", zipped(FEED[:100]) + zipped(FEED[100:])),
        ("gzip", zipped(FEED) + b"\0" * 20),
    ],
)
def test_n5_a_document_is_decoded_by_what_it_is_and_not_by_what_is_said(
    fetcher: Fetcher, server: ScriptedServer, encoding: str | None, body: bytes
) -> None:
    headers = [("Content-Encoding", encoding)] if encoding else []
    server.route("/feed", reply(200, headers, body))

    fetched = get(fetcher, server)

    assert fetched.outcome is Outcome.FETCHED
    assert fetched.body.lstrip(b"\xef\xbb\xbf \r\n") == FEED
    assert fetched.wire_bytes == len(body)


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("br", b"\x8b\x03\x80compressed by brotli\x03"),
        ("foo", b"\x00\x01\x02\x03"),
        ("gzip", b"not gzip and not markup"),
        ("gzip", zipped(FEED)[:-20]),
        ("gzip", zipped(FEED)[:12]),
        ("gzip", zipped(FEED)[:-8] + b"\0" * 8),
        ("deflate", zlib.compress(FEED)[:-10]),
        ("deflate", b"\x78\x9cbroken"),
        ("gzip", zipped(zipped(zipped(zipped(FEED))))),
    ],
)
def test_n5_a_body_that_cannot_be_decoded_is_a_failure_without_validators(
    fetcher: Fetcher, server: ScriptedServer, encoding: str | None, body: bytes
) -> None:
    server.route("/feed", reply(200, [("Content-Encoding", encoding), ("ETag", '"x"')], body))

    fetched = get(fetcher, server)

    assert (fetched.outcome, fetched.reason) == (Outcome.FAILED, Reason.DECODE)
    assert (fetched.body, fetched.validators) == (b"", Validators())


@pytest.mark.parametrize(
    "response",
    [
        reply(200, [("Content-Length", "99999"), ("ETag", '"x"')], FEED, length=False),
        reply(200, [("Transfer-Encoding", "chunked"), ("ETag", '"x"')], chunked(FEED)[:-20], length=False),
        reply(200, [("Transfer-Encoding", "chunked"), ("ETag", '"x"')], chunked(FEED)[:-5], length=False),
        reply(200, [("Transfer-Encoding", "chunked"), ("ETag", '"x"')], b"zz\r\n" + FEED, length=False),
    ],
)
def test_n6_a_body_cut_short_is_a_failure_without_validators(
    fetcher: Fetcher, server: ScriptedServer, response: bytes
) -> None:
    server.route("/feed", then_close(response))

    fetched = get(fetcher, server)

    assert (fetched.outcome, fetched.reason) == (Outcome.FAILED, Reason.PROTOCOL)
    assert (fetched.body, fetched.validators) == (b"", Validators())


def test_a_body_that_ends_with_the_connection_is_whole(fetcher: Fetcher, server: ScriptedServer) -> None:
    server.route("/feed", then_close(b"HTTP/1.0 200 OK\r\n\r\n" + FEED))

    assert get(fetcher, server).body == FEED


@pytest.mark.parametrize(("size", "outcome"), [(CAP - 1, Outcome.FETCHED), (CAP, Outcome.FETCHED)])
@pytest.mark.parametrize("packed", [False, True])
def test_n4_a_body_up_to_the_cap_is_fetched(
    fetcher: Fetcher, server: ScriptedServer, size: int, outcome: Outcome, packed: bool
) -> None:
    body = b"<" + b"x" * (size - 1)
    wire = zipped(body) if packed else body
    server.route("/feed", reply(200, [("Content-Encoding", "gzip")] if packed else [], wire))

    fetched = get(fetcher, server)

    assert (fetched.outcome, len(fetched.body)) == (outcome, size)


@pytest.mark.parametrize(
    "response",
    [
        reply(200, body=b"x" * (CAP + 1)),
        reply(200, [("Transfer-Encoding", "chunked")], chunked(*[b"x" * 4096] * 257), length=False),
        reply(200, [("Content-Encoding", "gzip")], zipped(b"x" * (CAP + 1))),
        reply(200, [("Content-Encoding", "deflate")], zlib.compress(b"x" * (CAP + 1))),
        reply(200, [], zipped(b"x" * (CAP + 1))),
        reply(200, [("Content-Encoding", "gzip")], zipped(zipped(b"x" * (CAP + 1)))),
    ],
)
def test_n4_a_body_over_the_cap_is_refused_and_its_connection_closed(
    fetcher: Fetcher, server: ScriptedServer, response: bytes
) -> None:
    server.route("/feed", response)

    fetched = get(fetcher, server)
    again = get(fetcher, server)

    assert (fetched.outcome, fetched.reason, again.reason) == (Outcome.FAILED, Reason.TOO_LARGE, Reason.TOO_LARGE)
    assert fetched.body == b""


def test_n4_an_announced_length_over_the_cap_is_not_read_at_all(fetcher: Fetcher, server: ScriptedServer) -> None:
    head = reply(200, [("Content-Length", str(26 * CAP))], length=False)

    def script(connection: Connection, _: RecordedRequest) -> None:
        connection.send(head)
        connection.stay_silent()

    server.route("/feed", script)

    fetched = get(fetcher, server)

    assert (fetched.reason, fetched.wire_bytes) == (Reason.TOO_LARGE, 0)
    assert fetched.elapsed_seconds < 2


@pytest.mark.parametrize("layers", [1, 2])
def test_n3_a_bomb_stops_at_the_cap(layers: int) -> None:
    packed = bomb(200 * CAP)
    for _ in range(layers - 1):
        packed = zipped(packed)
    tracemalloc.start()
    try:
        with pytest.raises(FetchError) as refused:
            decode_body(packed, "gzip", CAP)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert refused.value.reason is Reason.TOO_LARGE
    assert peak < 3 * CAP


def test_n3_a_body_of_countless_tiny_members_is_refused_before_it_costs_time() -> None:
    with pytest.raises(FetchError) as refused:
        decode_body(zipped(b"") * 2_000, "gzip", CAP)

    assert refused.value.reason is Reason.DECODE
