"""One GET against a scripted server: statuses, validators, deadline, connections, names and addresses."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from ingest.fetch.addresses import ResolutionError
from ingest.fetch.client import Fetcher, FetchSettings, verified_tls
from ingest.fetch.outcome import Fetched, FetchRequest, Outcome, Reason, Validators
from ingest.fetch.redact import fingerprint
from support.http_server import Connection, RecordedRequest, ScriptedServer, chunked, reply, then_close

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
FEED = b"<rss version='2.0'><channel/></rss>"
SETTINGS = FetchSettings(user_agent="Rasad-test/1.0 (+https://rasad.example/)", deadline_seconds=5)
QUICK = FetchSettings(user_agent="Rasad-test/1.0", deadline_seconds=0.3, connect_seconds=0.3)


class FixedResolver:
    """Answers from a table, one answer after the other, and remembers what it was asked."""

    def __init__(self, *answers: tuple[str, ...] | ResolutionError) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    def resolve(self, host: str, timeout_seconds: float) -> tuple[str, ...]:
        assert timeout_seconds > 0
        self.asked.append(host)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, ResolutionError):
            raise answer
        return answer


@pytest.fixture(scope="module")
def tls() -> ssl.SSLContext:
    return verified_tls()


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as running:
        yield running


@pytest.fixture
def fetcher(tls: ssl.SSLContext) -> Iterator[Fetcher]:
    with Fetcher(SETTINGS, tls, now=lambda: NOW) as open_fetcher:
        yield open_fetcher


@pytest.fixture
def quick(tls: ssl.SSLContext) -> Iterator[Fetcher]:
    with Fetcher(QUICK, tls, now=lambda: NOW) as open_fetcher:
        yield open_fetcher


@contextmanager
def unanswering_address(port: int) -> Iterator[str]:
    """Give a loopback address on which connecting hangs: its listener's queue is full, so the kernel drops SYNs."""
    with socket.create_server(("127.0.0.2", port), backlog=0), ExitStack() as waiting:
        for _ in range(4):
            client = waiting.enter_context(socket.socket())
            client.setblocking(False)
            client.connect_ex(("127.0.0.2", port))
        yield "127.0.0.2"


def get(fetcher: Fetcher, server: ScriptedServer, path: str = "/feed", **request: object) -> Fetched:
    return fetcher.fetch(FetchRequest(server.url(path), allow_private=True, **request))


def test_a_whole_document_is_fetched_with_everything_that_the_poll_needs(
    fetcher: Fetcher, server: ScriptedServer
) -> None:
    headers = [
        ("ETag", 'W/"a b"'),
        ("Last-Modified", "Mon, 01 Jun 2026 11:00:00 GMT"),
        ("Content-Type", "application/rss+xml; charset=windows-1256"),
        ("Cache-Control", "max-age=300"),
    ]
    server.route("/feed", reply(200, headers, FEED))

    fetched = get(fetcher, server)

    url = server.url("/feed")
    assert (fetched.outcome, fetched.reason, fetched.status) == (Outcome.FETCHED, Reason.OK, 200)
    assert (fetched.requested_url, fetched.final_url, fetched.permanent_url) == (url, url, None)
    assert (fetched.body, fetched.wire_bytes) == (FEED, len(FEED))
    assert fetched.content_type == "application/rss+xml; charset=windows-1256"
    assert fetched.validators == Validators('W/"a b"', "Mon, 01 Jun 2026 11:00:00 GMT", fingerprint(url))
    assert (fetched.max_age_seconds, fetched.fetched_at, fetched.detail) == (300.0, NOW, "")
    assert 0 < fetched.elapsed_seconds < 5


def test_h18_one_poll_is_one_request(fetcher: Fetcher, server: ScriptedServer) -> None:
    server.route("/feed", reply(200, body=FEED))

    get(fetcher, server)

    assert server.paths() == ["/feed"]


@pytest.mark.parametrize(
    "value",
    [b'"plain"', b'W/"weak"', b"unquoted", b'"two  spaces\tand a tab"', b'"\xd9\x81 utf-8"', b'"\xff\xfe"', b'"a","b"'],
)
def test_h4_validators_come_back_byte_for_byte(fetcher: Fetcher, server: ScriptedServer, value: bytes) -> None:
    modified = b"mon, 1 jun 2026  11:00:00 +0330 (IRST)"
    server.route("/feed", reply(200, [("ETag", value), ("Last-Modified", modified)], FEED))
    first = get(fetcher, server)

    get(fetcher, server, validators=first.validators)

    assert server.requests[0].header("If-None-Match") is None
    assert server.requests[1].header("If-None-Match") == value
    assert server.requests[1].header("If-Modified-Since") == modified


def test_h1_a_304_is_no_failure_and_brings_its_own_validators(fetcher: Fetcher, server: ScriptedServer) -> None:
    server.route("/feed", reply(304, [("ETag", '"new"')]))

    fetched = get(fetcher, server, validators=Validators('"old"', None))

    assert (fetched.outcome, fetched.reason, fetched.conditional) == (Outcome.NOT_MODIFIED, Reason.NOT_MODIFIED, True)
    assert fetched.validators == Validators('"new"', None, fingerprint(server.url("/feed")))


def test_h20_a_304_that_nobody_asked_for_is_told_apart(fetcher: Fetcher, server: ScriptedServer) -> None:
    server.route("/feed", reply(304))

    fetched = get(fetcher, server)

    assert (fetched.outcome, fetched.conditional) == (Outcome.NOT_MODIFIED, False)


@pytest.mark.parametrize(
    ("status", "outcome", "reason"),
    [
        (203, Outcome.FAILED, Reason.UNEXPECTED_STATUS),
        (204, Outcome.FAILED, Reason.EMPTY),
        (205, Outcome.FAILED, Reason.EMPTY),
        (206, Outcome.FAILED, Reason.UNEXPECTED_STATUS),
        (226, Outcome.FAILED, Reason.UNEXPECTED_STATUS),
        (300, Outcome.FAILED, Reason.REDIRECT),
        (302, Outcome.FAILED, Reason.REDIRECT),
        (400, Outcome.FAILED, Reason.CLIENT_ERROR),
        (401, Outcome.FAILED, Reason.FORBIDDEN),
        (403, Outcome.FAILED, Reason.FORBIDDEN),
        (404, Outcome.FAILED, Reason.NOT_FOUND),
        (410, Outcome.GONE, Reason.GONE),
        (429, Outcome.RATE_LIMITED, Reason.TOO_MANY_REQUESTS),
        (451, Outcome.FAILED, Reason.FORBIDDEN),
        (500, Outcome.FAILED, Reason.SERVER_ERROR),
        (503, Outcome.FAILED, Reason.UNAVAILABLE),
        (522, Outcome.FAILED, Reason.SERVER_ERROR),
        (700, Outcome.FAILED, Reason.UNEXPECTED_STATUS),
    ],
)
def test_h19_every_status_has_its_outcome_and_keeps_no_body_and_no_validators(
    fetcher: Fetcher, server: ScriptedServer, status: int, outcome: Outcome, reason: Reason
) -> None:
    server.route("/feed", then_close(reply(status, [("ETag", '"x"')], FEED)))

    fetched = get(fetcher, server)

    assert (fetched.outcome, fetched.reason, fetched.status) == (outcome, reason, status)
    assert (fetched.body, fetched.validators) == (b"", Validators())


@pytest.mark.parametrize("body", [b"", b" \r\n\t\n"])
def test_h19_a_200_without_content_is_a_failure(fetcher: Fetcher, server: ScriptedServer, body: bytes) -> None:
    server.route("/feed", reply(200, [("ETag", '"x"')], body))

    fetched = get(fetcher, server)

    assert (fetched.outcome, fetched.reason, fetched.validators) == (Outcome.FAILED, Reason.EMPTY, Validators())


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("value", "seconds"),
    [("120", 120.0), ("0", 0.0), ("Mon, 01 Jun 2026 12:10:00 GMT", 600.0), ("-5", None), ("soon", None)],
)
def test_h5_retry_after_is_read_in_both_forms(
    fetcher: Fetcher, server: ScriptedServer, status: int, value: bytes, seconds: float | None
) -> None:
    server.route("/feed", reply(status, [("Retry-After", value)]))

    fetched = get(fetcher, server)

    assert fetched.retry_after_seconds == seconds


def test_h15_the_user_agent_is_the_settings_unless_the_feed_has_its_own(
    fetcher: Fetcher, server: ScriptedServer
) -> None:
    server.route("/feed", reply(200, body=FEED))

    get(fetcher, server)
    get(fetcher, server, user_agent="Feed-own/2 رصد\r\nX-Injected: 1")

    assert server.requests[0].header("User-Agent") == SETTINGS.user_agent.encode()
    assert server.requests[1].header("User-Agent") == b"Feed-own/2 %D8%B1%D8%B5%D8%AF%0D%0AX-Injected: 1"


def test_only_compressions_that_can_be_bounded_are_offered(fetcher: Fetcher, server: ScriptedServer) -> None:
    server.route("/feed", reply(200, body=FEED))

    get(fetcher, server)

    assert server.requests[0].header("Accept-Encoding") == b"gzip, deflate"


def test_user_information_in_the_url_becomes_basic_credentials(fetcher: Fetcher, server: ScriptedServer) -> None:
    server.route("/feed", reply(200, body=FEED))

    fetcher.fetch(FetchRequest(f"http://reader:p%40ss@127.0.0.1:{server.port}/feed", allow_private=True))

    assert server.requests[0].header("Authorization") == b"Basic cmVhZGVyOnBAc3M="


def test_s10_reserved_characters_of_a_url_are_sent_as_they_are(fetcher: Fetcher, server: ScriptedServer) -> None:
    target = "/rss,1/$a+b%2f%2F;x?c=d,e&f=a+b%20c&g=aGk="
    server.route("/rss,1/$a+b%2f%2F;x", reply(200, body=FEED))

    get(fetcher, server, target)

    assert server.paths() == [target]


def test_s10_persian_and_spaces_in_a_url_are_percent_encoded(fetcher: Fetcher, server: ScriptedServer) -> None:
    server.route("/%D8%AE%D8%A8%D8%B1%20/rss", reply(200, body=FEED))

    fetched = get(fetcher, server, "/خبر /rss")

    assert fetched.outcome is Outcome.FETCHED


@pytest.mark.parametrize(
    "url",
    [
        "",
        "feed",
        "/etc/passwd",
        "file:///etc/passwd",
        "ftp://feeds.example/",
        "data:text/xml,<rss/>",
        "javascript:alert(1)",
        "http://",
        "http:///feed",
        "http://[::1/feed",
        "http://feeds.example:0/",
        "http://feeds.example:99999/",
        "http://feeds.example:port/",
        "http://feeds.example/a\nb",
        "http://feeds.example/\x00",
        "http://\u0640.example/",
        "http://feeds.example/" + "a" * 9_000,
    ],
)
def test_s10_a_url_that_cannot_be_fetched_is_a_value(fetcher: Fetcher, url: str) -> None:
    fetched = fetcher.fetch(FetchRequest(url))

    assert (fetched.outcome, fetched.reason, fetched.status) == (Outcome.FAILED, Reason.INVALID_URL, None)
    assert fetched.detail


def test_n2_a_body_that_drips_ends_at_the_deadline(quick: Fetcher, server: ScriptedServer) -> None:
    head = reply(200, [("Content-Length", "1000")], length=False)

    def script(connection: Connection, _: RecordedRequest) -> None:
        connection.send(head)
        connection.drip(b"x" * 1000, 0.02)

    server.route("/feed", script)

    fetched = get(quick, server)

    assert (fetched.outcome, fetched.reason, fetched.body) == (Outcome.FAILED, Reason.DEADLINE, b"")
    assert 0.25 < fetched.elapsed_seconds < 0.8


def test_n2_a_head_that_drips_ends_at_the_deadline(quick: Fetcher, server: ScriptedServer) -> None:
    server.route("/feed", lambda connection, _: connection.drip(reply(200, body=FEED), 0.02))

    fetched = get(quick, server)

    assert fetched.reason is Reason.DEADLINE
    assert 0.25 < fetched.elapsed_seconds < 0.8


def test_n2_a_silent_server_ends_at_the_deadline(quick: Fetcher, server: ScriptedServer) -> None:
    server.route("/feed", lambda connection, _: connection.stay_silent())

    fetched = get(quick, server)

    assert fetched.reason is Reason.DEADLINE
    assert 0.25 < fetched.elapsed_seconds < 0.8


def test_n2_redirects_share_one_deadline(quick: Fetcher, server: ScriptedServer) -> None:
    def script(connection: Connection, request: RecordedRequest) -> None:
        connection.stopping.wait(0.12)
        connection.send(reply(302, [("Location", f"{request.target}x")]))

    for depth in range(12):
        server.route("/feed" + "x" * depth, script)

    fetched = get(quick, server)

    assert fetched.reason is Reason.DEADLINE
    assert fetched.elapsed_seconds < 0.8


def test_a_connection_serves_the_next_feed_of_its_host(fetcher: Fetcher, server: ScriptedServer) -> None:
    server.route("/a", reply(200, body=FEED))
    server.route("/b", reply(304))
    server.route("/c", reply(200, [("Transfer-Encoding", "chunked")], chunked(FEED), length=False))

    outcomes = [get(fetcher, server, path).outcome for path in ("/a", "/b", "/c", "/a")]

    assert outcomes == [Outcome.FETCHED, Outcome.NOT_MODIFIED, Outcome.FETCHED, Outcome.FETCHED]
    assert {request.connection_number for request in server.requests} == {1}


def test_a_kept_connection_that_died_is_replaced_once(fetcher: Fetcher, server: ScriptedServer) -> None:
    closed = threading.Event()

    def dies_at_the_second(connection: Connection, _: RecordedRequest) -> None:
        if connection.number == 1 and len(server.requests) == 2:
            connection.close()
            closed.set()
            return
        connection.send(reply(200, body=FEED))

    server.route("/feed", dies_at_the_second)
    get(fetcher, server)

    second = get(fetcher, server)

    assert closed.is_set()
    assert second.outcome is Outcome.FETCHED
    assert [request.connection_number for request in server.requests] == [1, 1, 2]


def test_a_new_connection_that_dies_is_not_tried_again(fetcher: Fetcher, server: ScriptedServer) -> None:
    server.route("/feed", lambda connection, _: connection.close())

    fetched = get(fetcher, server)

    assert (fetched.outcome, fetched.reason) == (Outcome.FAILED, Reason.PROTOCOL)
    assert len(server.requests) == 1


def test_n17_no_connection_is_leaked_by_failed_fetches(quick: Fetcher, server: ScriptedServer) -> None:
    server.route("/silent", lambda connection, _: connection.stay_silent())
    server.route("/cut", then_close(reply(200, [("Content-Length", "9")], length=False)))
    server.route("/feed", reply(200, body=FEED))
    for path in ("/silent", *["/cut"] * 30):
        assert get(quick, server, path).outcome is Outcome.FAILED

    fetched = get(quick, server)

    assert fetched.outcome is Outcome.FETCHED
    kept = [len(connections) for connections in quick._connections.values()]
    assert kept == [1]


@pytest.mark.parametrize(
    "answer",
    [
        b"220 mail.example ESMTP ready\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcde",
        reply(101, [("Upgrade", "websocket"), ("Connection", "Upgrade")]),
        reply(200, [("X-Long", "v" * 200_000)], FEED),
    ],
)
def test_what_breaks_the_protocol_is_a_value(fetcher: Fetcher, server: ScriptedServer, answer: bytes) -> None:
    server.route("/feed", then_close(answer))

    fetched = get(fetcher, server)

    assert (fetched.outcome, fetched.reason) == (Outcome.FAILED, Reason.PROTOCOL)


def test_n18_many_and_long_headers_are_tolerated(fetcher: Fetcher, server: ScriptedServer) -> None:
    headers = [(f"X-Header-{number}", "value") for number in range(150)] + [("X-Long", "v" * 64_000)]
    server.route("/feed", reply(200, headers, FEED))

    fetched = get(fetcher, server)

    assert fetched.body == FEED


def test_validators_too_long_to_be_kept_are_not_returned(fetcher: Fetcher, server: ScriptedServer) -> None:
    server.route("/feed", reply(200, [("ETag", '"%s"' % ("e" * 60_000))], FEED))

    fetched = get(fetcher, server)

    assert (fetched.outcome, fetched.validators.etag) == (Outcome.FETCHED, None)


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "2130706433", "0x7f000001", "0177.0.0.1", "127.1", "localhost", "localhost.", "0.0.0.0"],
)
def test_n12_private_addresses_in_any_spelling_are_refused_unless_the_feed_allows_them(
    fetcher: Fetcher, server: ScriptedServer, host: str
) -> None:
    server.route("/feed", reply(200, body=FEED))
    url = server.url("/feed", host)

    refused = fetcher.fetch(FetchRequest(url))
    allowed = fetcher.fetch(FetchRequest(url, allow_private=True))

    assert (refused.outcome, refused.reason) == (Outcome.FAILED, Reason.ADDRESS_REFUSED)
    assert allowed.outcome is Outcome.FETCHED
    assert len(server.requests) == 1


@pytest.mark.parametrize("host", ["[::1]", "[::ffff:127.0.0.1]", "169.254.169.254", "10.0.0.1", "100.64.0.1"])
def test_n12_private_literals_are_refused_before_anything_is_dialled(fetcher: Fetcher, host: str) -> None:
    fetched = fetcher.fetch(FetchRequest(f"http://{host}/latest/meta-data"))

    assert fetched.reason is Reason.ADDRESS_REFUSED
    assert fetched.elapsed_seconds < 1


def test_n12_a_connection_opened_for_a_feed_that_may_is_not_used_for_one_that_may_not(
    fetcher: Fetcher, server: ScriptedServer
) -> None:
    server.route("/feed", reply(200, body=FEED))
    assert get(fetcher, server).outcome is Outcome.FETCHED

    fetched = fetcher.fetch(FetchRequest(server.url("/feed")))

    assert fetched.reason is Reason.ADDRESS_REFUSED


def test_n13_a_name_is_resolved_once_and_the_vetted_address_is_dialled(
    tls: ssl.SSLContext, server: ScriptedServer
) -> None:
    resolver = FixedResolver(("127.0.0.1",), ("203.0.113.1",))
    server.route("/feed", reply(200, body=FEED))
    url = server.url("/feed", "feeds.example")
    with Fetcher(SETTINGS, tls, resolver) as fetcher:
        fetched = fetcher.fetch(FetchRequest(url, allow_private=True))

    assert fetched.outcome is Outcome.FETCHED
    assert resolver.asked == ["feeds.example"]
    assert server.requests[0].header("Host") == f"feeds.example:{server.port}".encode()


def test_n13_a_rebinding_name_never_reaches_loopback(tls: ssl.SSLContext, server: ScriptedServer) -> None:
    resolver = FixedResolver(("127.0.0.1", "::1"))
    with Fetcher(SETTINGS, tls, resolver) as fetcher:
        fetched = fetcher.fetch(FetchRequest(server.url("/feed", "feeds.example")))

    assert fetched.reason is Reason.ADDRESS_REFUSED
    assert server.requests == []


def test_n19_an_address_that_does_not_answer_leaves_time_for_the_next(
    tls: ssl.SSLContext, server: ScriptedServer
) -> None:
    server.route("/feed", reply(200, body=FEED))
    with unanswering_address(server.port) as unanswering:
        resolver = FixedResolver((unanswering, "127.0.0.1"))
        settings = FetchSettings(user_agent="t", deadline_seconds=3, connect_seconds=0.6)
        with Fetcher(settings, tls, resolver) as fetcher:
            fetched = fetcher.fetch(FetchRequest(server.url("/feed", "feeds.example"), allow_private=True))

    assert fetched.outcome is Outcome.FETCHED
    assert 0.2 < fetched.elapsed_seconds < 2


def test_n19_a_refused_ipv6_connection_is_followed_by_ipv4(tls: ssl.SSLContext, server: ScriptedServer) -> None:
    server.route("/feed", reply(200, body=FEED))
    with Fetcher(SETTINGS, tls, FixedResolver(("::1", "127.0.0.1"))) as fetcher:
        fetched = fetcher.fetch(FetchRequest(server.url("/feed", "feeds.example"), allow_private=True))

    assert fetched.outcome is Outcome.FETCHED


def test_a_refused_connection_is_a_connect_failure(fetcher: Fetcher) -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]

    fetched = fetcher.fetch(FetchRequest(f"http://127.0.0.1:{port}/", allow_private=True))

    assert (fetched.outcome, fetched.reason) == (Outcome.FAILED, Reason.CONNECT)


@pytest.mark.parametrize(("temporary", "reason"), [(True, Reason.DNS_TEMPORARY), (False, Reason.DNS)])
def test_n15_a_resolver_in_trouble_is_told_from_a_name_that_does_not_exist(
    tls: ssl.SSLContext, temporary: bool, reason: Reason
) -> None:
    resolver = FixedResolver(ResolutionError("no luck", temporary=temporary))
    with Fetcher(SETTINGS, tls, resolver) as fetcher:
        fetched = fetcher.fetch(FetchRequest("http://feeds.example/"))

    assert (fetched.outcome, fetched.reason) == (Outcome.FAILED, reason)


def test_n20_secrets_of_the_url_are_not_in_the_detail(fetcher: Fetcher, server: ScriptedServer) -> None:
    server.route("/feed", reply(302, [("Location", "/feed?token=abc123")]))

    fetched = fetcher.fetch(
        FetchRequest(f"http://me:secret@127.0.0.1:{server.port}/feed?token=abc123&page=2", allow_private=True)
    )

    assert fetched.reason is Reason.REDIRECT
    assert "page=2" in fetched.detail
    assert "abc123" not in fetched.detail
    assert "secret" not in fetched.detail


def test_connections_are_made_once_also_when_none_is_idle(fetcher: Fetcher, server: ScriptedServer) -> None:
    server.route("/feed", reply(200, [("Connection", "close")], FEED))
    get(fetcher, server)
    made = list(fetcher._connections.values())

    get(fetcher, server)

    assert len(made[0]) == 0
    assert [after is before for after, before in zip(fetcher._connections.values(), made, strict=True)] == [True]


def test_idle_connections_end_when_they_are_old(tls: ssl.SSLContext, server: ScriptedServer) -> None:
    server.route("/feed", reply(200, body=FEED))
    clock = [1_000.0]
    with Fetcher(SETTINGS, tls, monotonic=lambda: clock[0]) as fetcher:
        for passed in (0.0, SETTINGS.keepalive_seconds - 1, SETTINGS.keepalive_seconds + 1):
            clock[0] += passed
            assert get(fetcher, server).outcome is Outcome.FETCHED

    assert [request.connection_number for request in server.requests] == [1, 1, 2]


def test_of_too_many_hosts_the_connection_that_is_idle_longest_ends(tls: ssl.SSLContext) -> None:
    few = replace(SETTINGS, max_connections=2)
    with ExitStack() as servers, Fetcher(few, tls) as fetcher:
        hosts = [servers.enter_context(ScriptedServer()) for _ in range(3)]
        for host in hosts:
            host.route("/feed", reply(200, body=FEED))
        for number in (0, 1, 0, 2, 0, 1):
            assert get(fetcher, hosts[number]).outcome is Outcome.FETCHED

    assert [[request.connection_number for request in host.requests] for host in hosts] == [[1, 1, 1], [1, 2], [1]]


def test_what_a_server_says_on_an_idle_connection_answers_no_request(fetcher: Fetcher, server: ScriptedServer) -> None:
    answered, said = threading.Event(), threading.Event()

    def answers_twice(connection: Connection, _: RecordedRequest) -> None:
        connection.send(reply(200, body=FEED))
        if connection.number == 1:
            assert answered.wait(5)
            connection.send(reply(408))
            said.set()

    server.route("/feed", answers_twice)
    get(fetcher, server)
    answered.set()
    assert said.wait(5)

    assert get(fetcher, server).outcome is Outcome.FETCHED
    assert [request.connection_number for request in server.requests] == [1, 2]
