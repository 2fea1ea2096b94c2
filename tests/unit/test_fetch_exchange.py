"""One exchange over a pair of sockets: framings, interim responses, what ends too soon and what comes too much."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.fetch.exchange import MAX_HEAD_BYTES, Response, ask, request_bytes
from ingest.fetch.network import Budget, FetchError
from ingest.fetch.outcome import Reason

SIZED = b'HTTP/1.1 200 OK\r\nETag: "a"\r\nContent-Length: 6\r\n\r\nabcdef'
CHUNKED = (
    b'HTTP/1.1 200 OK\r\nETag: "a"\r\nTransfer-Encoding: chunked\r\n\r\n'
    b"2\r\nab\r\n4 ;x=y\r\ncdef\r\n0\r\nX-Late: 1\r\n\r\n"
)
TO_THE_END = b'HTTP/1.1 200 OK\r\nETag: "a"\r\n\r\nabcdef'
INTERIM = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n"


@contextmanager
def answered(*parts: bytes) -> Iterator[Response]:
    """Give the response that a server sends in these parts before it closes."""
    ours, theirs = socket.socketpair()
    budget = Budget()
    budget.start(5)

    def send() -> None:
        with theirs, suppress(BrokenPipeError):
            for part in parts:
                theirs.sendall(part)

    sending = threading.Thread(target=send)
    sending.start()
    try:
        yield Response(ours, budget)
    finally:
        ours.close()
        sending.join()


def body_of(*parts: bytes) -> tuple[bytes, bool]:
    """Return the body, and whether the connection may carry another request."""
    with answered(*parts) as response:
        return b"".join(response.chunks()), response.may_be_followed()


def failure_of(*parts: bytes) -> FetchError:
    with pytest.raises(FetchError) as caught:
        body_of(*parts)
    assert caught.value.reason is Reason.PROTOCOL
    return caught.value


def test_a_request_is_its_line_its_headers_and_an_empty_line() -> None:
    request = request_bytes(b"GET", b"/feed?a=1", [(b"Host", b"news.example"), (b"Accept", b"*/*")])

    assert request == b"GET /feed?a=1 HTTP/1.1\r\nHost: news.example\r\nAccept: */*\r\n\r\n"


@pytest.mark.parametrize(
    ("sent", "followed"),
    [
        (SIZED, True),
        (CHUNKED, True),
        (TO_THE_END, False),
        (SIZED.replace(b"ETag", b"Connection: close\r\nETag"), False),
        (SIZED.replace(b"HTTP/1.1", b"HTTP/1.0"), False),
        (SIZED.replace(b"HTTP/1.1", b"HTTP/1.0").replace(b"ETag", b"Connection: keep-alive\r\nETag"), True),
        (SIZED.replace(b"ETag", b"Upgrade: h2,h2c\r\nConnection: Upgrade\r\nETag"), True),
        (SIZED.replace(b"\r\n", b"\n"), True),
        (CHUNKED.replace(b"ETag", b"Content-Length: 3\r\nETag"), False),
        (INTERIM + SIZED, True),
    ],
    ids=[
        "length",
        "chunked",
        "end",
        "close",
        "1.0",
        "1.0 kept",
        "upgrade offered",
        "bare LF",
        "two framings",
        "interim",
    ],
)
def test_every_framing_gives_the_same_body_and_says_whether_the_connection_serves_on(
    sent: bytes, followed: bool
) -> None:
    assert body_of(sent) == (b"abcdef", followed)


@pytest.mark.parametrize("sent", [SIZED, CHUNKED, TO_THE_END, INTERIM + CHUNKED])
def test_headers_are_those_of_the_head_that_counts(sent: bytes) -> None:
    with answered(sent) as response:
        list(response.chunks())

    names = [name for name, _ in response.headers]
    assert response.status == 200
    assert (names[0], response.headers[0][1]) == (b"ETag", b'"a"')
    assert not {b"Link", b"X-Late"} & set(names)


@given(st.sampled_from([SIZED, CHUNKED, TO_THE_END, INTERIM + CHUNKED]), st.data())
def test_it_does_not_matter_where_the_network_cuts(sent: bytes, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.sets(st.integers(1, len(sent) - 1), max_size=8)))
    parts = [sent[first:last] for first, last in zip([0, *cuts], [*cuts, len(sent)], strict=True)]

    assert body_of(*parts)[0] == b"abcdef"


@given(st.binary(max_size=200), st.sampled_from([b"", b"HTTP/1.1 200 OK\r\n", SIZED[:-6], CHUNKED[:-20]]))
def test_whatever_a_server_sends_is_a_response_or_a_broken_protocol(sent: bytes, head: bytes) -> None:
    try:
        outcome = len(body_of(head + sent)[0]) <= len(head) + len(sent)
    except FetchError as error:
        outcome = error.reason is Reason.PROTOCOL

    assert outcome


@pytest.mark.parametrize(
    ("sent", "detail"),
    [
        (b"", "without an answer"),
        (INTERIM, "without an answer"),
        (SIZED[:-1], "before the body did"),
        (CHUNKED[: CHUNKED.index(b"cdef")], "before the body did"),
        (CHUNKED[: CHUNKED.index(b"0\r\n")], "before the body did"),
        (SIZED.replace(b"Length: 6", b"Length: six"), "not HTTP"),
        (CHUNKED.replace(b"4 ;x", b"q ;x"), "not HTTP"),
        (SIZED.replace(b"ETag", b"Transfer-Encoding: gzip\r\nETag"), "transfer coding"),
        (b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n", "another protocol"),
        (SIZED.replace(b'"a"', b"a" * 2 * MAX_HEAD_BYTES), "a head of more than"),
        (b"HTTP/1.1 100 Continue\r\n\r\n" * (MAX_HEAD_BYTES // 10), "a head of more than"),
    ],
)
def test_what_breaks_the_protocol_says_how(sent: bytes, detail: str) -> None:
    assert detail in failure_of(sent).detail


@pytest.mark.parametrize("surplus", [b"x", SIZED, b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n"])
@pytest.mark.parametrize("sent", [SIZED, CHUNKED, b"HTTP/1.1 304 Not Modified\r\nContent-Length: 6\r\n\r\n"])
def test_what_comes_after_the_end_is_dropped_with_its_connection(sent: bytes, surplus: bytes) -> None:
    whole = b"" if b"304" in sent else b"abcdef"

    assert body_of(sent + surplus) == (whole, False)


def test_a_body_that_was_not_read_to_its_end_ends_the_connection() -> None:
    with answered(SIZED.replace(b"6\r\n\r\nabcdef", b"200000\r\n\r\n" + b"x" * 200_000)) as response:
        first = next(response.chunks())

        assert len(first) < 200_000
        assert not response.may_be_followed()


def test_an_answer_that_came_before_the_request_could_be_sent_is_read() -> None:
    ours, theirs = socket.socketpair()
    budget = Budget()
    budget.start(5)
    with ours, theirs:
        theirs.sendall(SIZED)
        ours.shutdown(socket.SHUT_WR)

        response = ask(ours, b"GET / HTTP/1.1\r\n\r\n", budget)

        assert b"".join(response.chunks()) == b"abcdef"
