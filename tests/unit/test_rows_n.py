"""HARDCASES N12 to N20 where the parts meet: names that change, outages, proxies, and secrets that stay inside."""

import json
import ssl
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from prometheus_client import generate_latest
from structlog.testing import capture_logs

from ingest.feed_state import FeedState
from ingest.fetch.client import Fetcher, FetchSettings, verified_tls
from ingest.fetch.outcome import Fetched, FetchRequest, Outcome, Reason
from ingest.moves import MOVES_NEEDED
from ingest.outage import Outage
from ingest.schedule import FeedHistory
from support.http_server import TLS_FILES, Connection, RecordedRequest, ScriptedServer, reply
from support.polling import FEED, NOW, Polling, answer, failure, feeds_at, rss

BODY = rss("a")
SETTINGS = FetchSettings(user_agent="t", deadline_seconds=5, connect_seconds=2)
WELL = FeedState(history=FeedHistory(interval_seconds=300, last_success_at=NOW), full_at=NOW)


class InTurn:
    """Resolves names to one answer after the other; the last one stays."""

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    def resolve(self, host: str, timeout_seconds: float) -> tuple[str, ...]:
        assert timeout_seconds > 0
        self.asked.append(host)
        return (self.answers.pop(0) if len(self.answers) > 1 else self.answers[0],)


@pytest.fixture(scope="module")
def tls() -> ssl.SSLContext:
    return verified_tls(TLS_FILES / "authority.pem")


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as running:
        yield running


@pytest.fixture
def fetcher(tls: ssl.SSLContext) -> Iterator[Fetcher]:
    with Fetcher(SETTINGS, tls) as open_fetcher:
        yield open_fetcher


def test_n2_while_one_server_drips_the_feeds_of_others_flow(tls: ssl.SSLContext, server: ScriptedServer) -> None:
    def drip(connection: Connection, _: RecordedRequest) -> None:
        connection.send(reply(200, [("Content-Length", "100000")], length=False))
        connection.drip(b"x" * 100_000, 0.02)

    server.route("/drip", drip)
    server.route("/feed", reply(200, body=BODY))
    quick = replace(SETTINGS, deadline_seconds=1.0)
    with Fetcher(quick, tls) as stuck, Fetcher(quick, tls) as free, ThreadPoolExecutor(1) as thread:
        dripped = thread.submit(stuck.fetch, FetchRequest(server.url("/drip"), allow_private=True))
        flowing = [free.fetch(FetchRequest(server.url("/feed"), allow_private=True)) for _ in range(20)]
        was_stuck = not dripped.done()

    assert was_stuck
    assert {fetched.outcome for fetched in flowing} == {Outcome.FETCHED}
    assert dripped.result().reason is Reason.DEADLINE
    assert 0.9 < dripped.result().elapsed_seconds < 1.5


def test_n13_a_name_that_is_rebound_between_two_hops_is_vetted_again(
    tls: ssl.SSLContext, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """127.0.0.1 stands for a public address, 127.0.0.3 for this machine."""
    monkeypatch.setattr("ingest.fetch.network.may_dial", lambda address, **_: address == "127.0.0.1")

    def leave(connection: Connection, _: RecordedRequest) -> None:
        connection.send(reply(302, [("Location", "/moved"), ("Connection", "close")]))
        connection.close()

    server.route("/feed", leave)
    server.route("/moved", reply(200, body=BODY))
    resolver = InTurn("127.0.0.1", "127.0.0.3")
    with Fetcher(SETTINGS, tls, resolver) as fetcher:
        fetched = fetcher.fetch(FetchRequest(server.url("/feed", "feeds.example")))

    assert (fetched.outcome, fetched.reason) == (Outcome.FAILED, Reason.ADDRESS_REFUSED)
    assert resolver.asked == ["feeds.example", "feeds.example"]
    assert server.paths() == ["/feed"]


def test_n14_each_fault_of_a_certificate_is_counted_by_its_reason() -> None:
    reasons = [Reason.TLS, Reason.TLS_EXPIRED, Reason.TLS_UNTRUSTED, Reason.TLS_HOSTNAME]
    by_url = {f"https://{reason}.example/": reason for reason in reasons}
    polling = Polling(feeds_at(by_url), lambda request: failure(request, by_url[request.url]))

    polling.pass_time(5)

    counted = [polling.metric("rasad_polls_total", outcome="failed", reason=reason) for reason in reasons]
    assert counted == [1, 1, 1, 1]


class Network:
    """Hosts of which some are shut out for ever, behind a network that the test takes down."""

    def __init__(self, shut_out: frozenset[str] = frozenset()) -> None:
        self.shut_out = shut_out
        self.down: Reason | None = None
        self.documents = 0

    def __call__(self, request: FetchRequest) -> Fetched:
        if self.down or request.url in self.shut_out:
            return failure(request, self.down or Reason.CONNECT)
        self.documents += 1
        return answer(request, rss("same", f"n{self.documents}"))


URLS = [f"https://host-{number}.example/rss" for number in range(20)]
LIMITS = {"min_interval_seconds": 60, "max_interval_seconds": 300}


@pytest.mark.parametrize("reason", [Reason.DNS_TEMPORARY, Reason.CONNECT, Reason.DEADLINE])
def test_n15_while_our_network_is_down_no_feed_is_charged_and_all_are_back_within_one_interval(reason: Reason) -> None:
    network = Network()
    polling = Polling(feeds_at(URLS, **LIMITS), network)
    polling.pass_time(1_200, step=5)
    network.down = reason

    polling.pass_time(2 * 3_600, step=20)

    failures = [polling.state(feed.id).history.failures for feed in polling.feeds]
    assert polling.metric("rasad_network_outage") == 1
    assert max(failures) <= 3
    network.down = None
    back_from = len(polling.requests)
    polling.pass_time(330, step=5)
    assert {url for _, url in polling.requests[back_from:]} == set(URLS)
    assert polling.metric("rasad_network_outage") == 0
    assert all(polling.state(feed.id).history.failures == 0 for feed in polling.feeds)


def test_n15_an_outage_that_began_before_a_restart_is_seen_by_what_was_well() -> None:
    network = Network()
    network.down = Reason.DNS_TEMPORARY
    feeds = feeds_at(URLS, **LIMITS)
    polling = Polling(feeds, network, {feed.id: WELL for feed in feeds})

    polling.pass_time(3_600, step=20)

    assert polling.metric("rasad_network_outage") == 1
    assert max(polling.state(feed.id).history.failures for feed in feeds) <= 2


def test_n15_hosts_that_were_never_reached_are_no_outage_however_many_and_back_off() -> None:
    blocked = frozenset(URLS[:14])
    polling = Polling(feeds_at(URLS, **LIMITS), Network(blocked))

    polling.pass_time(2 * 3_600, step=20)

    assert polling.metric("rasad_network_outage") == 0
    asked = [url for _, url in polling.requests]
    assert max(asked.count(url) for url in blocked) < 10
    assert all(asked.count(url) > 20 for url in URLS[14:])


def test_n15_a_few_hosts_that_fail_among_many_are_charged() -> None:
    network = Network()
    polling = Polling(feeds_at(URLS, **LIMITS), network)
    polling.pass_time(1_200, step=5)
    network.shut_out = frozenset(URLS[:6])

    polling.pass_time(3_600, step=20)

    assert polling.metric("rasad_network_outage") == 0
    assert all(polling.state(f"feed-{number}").history.failures >= 3 for number in range(6))


def test_n15_an_outage_needs_enough_hosts_most_of_them_and_recent_ones() -> None:
    def after(*reasons: Reason) -> Outage:
        outage = Outage()
        for number, reason in enumerate(reasons):
            outage.saw(f"{number}.example", reason, 0, was_well=True)
        return outage

    down, up = Reason.CONNECT, Reason.FORBIDDEN

    assert not after(*[down] * 4).is_on(1)
    assert after(*[down] * 5).is_on(1)
    assert not after(*[down] * 5).is_on(3_601)
    assert after(*[up] * 50, *[down] * 8).is_on(1)
    assert not after(*[up] * 50, *[down] * 7).is_on(1)
    assert not after(*[down] * 50, *[up] * 3).is_on(1)


@pytest.mark.parametrize("reason", [Reason.INVALID_URL, Reason.ADDRESS_REFUSED, Reason.UNEXPECTED])
def test_n15_what_sent_nothing_says_nothing_of_the_network(reason: Reason) -> None:
    outage = Outage()
    for number in range(5):
        outage.saw(f"{number}.example", Reason.DNS_TEMPORARY, 0, was_well=True)

    for number in range(10):
        outage.saw(f"other-{number}.example", reason, 0, was_well=True)

    assert outage.is_on(1)


def proxied(fetcher: Fetcher, proxy: ScriptedServer, url: str, userinfo: str = "", **fields: object) -> Fetched:
    address = proxy.url("/").replace("//", f"//{userinfo}").rstrip("/")
    return fetcher.fetch(FetchRequest(url, proxy=address, **fields))


def test_n16_a_feed_with_a_proxy_is_fetched_through_it_and_its_name_is_not_looked_up_here(
    tls: ssl.SSLContext, server: ScriptedServer
) -> None:
    server.route("http://feeds.example/rss", reply(301, [("Location", "/moved")]))
    server.route("http://feeds.example/moved", reply(200, body=BODY))
    resolver = InTurn("127.0.0.1")
    with Fetcher(SETTINGS, tls, resolver) as fetcher:
        fetched = proxied(fetcher, server, "http://feeds.example/rss", "me:p%40ss@")

    assert (fetched.outcome, fetched.body) == (Outcome.FETCHED, BODY)
    assert server.paths() == ["http://feeds.example/rss", "http://feeds.example/moved"]
    assert {request.header("Proxy-Authorization") for request in server.requests} == {b"Basic bWU6cEBzcw=="}
    assert set(resolver.asked) == {"127.0.0.1"}


def tunnel(connection: Connection, _: RecordedRequest) -> None:
    """Answer CONNECT, and then the request inside the tunnel, as feeds.example with a good certificate."""
    connection.send(b"HTTP/1.1 200 Connected\r\n\r\n")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(TLS_FILES / "good.pem", TLS_FILES / "server.key")
    with context.wrap_socket(connection.sock, server_side=True) as inside:
        inside.recv(65_536)
        inside.sendall(reply(200, body=BODY))
    connection.close()


def test_n16_https_goes_through_a_tunnel_with_the_certificate_checked_for_the_feeds_name(
    fetcher: Fetcher, server: ScriptedServer
) -> None:
    server.route("feeds.example:443", tunnel)
    server.route("other.example:443", tunnel)

    fetched = proxied(fetcher, server, "https://feeds.example/rss")
    other = proxied(fetcher, server, "https://other.example/rss")

    assert (fetched.outcome, fetched.body) == (Outcome.FETCHED, BODY)
    assert other.reason is Reason.TLS_HOSTNAME


def test_n16_tunnels_that_fail_leave_nothing_behind(fetcher: Fetcher, server: ScriptedServer) -> None:
    server.route("other.example:443", tunnel)
    server.route("shut.example:443", reply(403))
    server.route("gone.example:443", lambda connection, _: connection.close())
    server.route("feeds.example:443", tunnel)
    for _ in range(2 * SETTINGS.max_connections):
        assert proxied(fetcher, server, "https://other.example/rss").reason is Reason.TLS_HOSTNAME
        assert proxied(fetcher, server, "https://shut.example/rss").reason is Reason.CONNECT
        assert proxied(fetcher, server, "https://gone.example/rss").reason is Reason.PROTOCOL

    assert proxied(fetcher, server, "https://feeds.example/rss").outcome is Outcome.FETCHED


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "10.0.0.1", "169.254.169.254", "2130706433", "localhost"])
def test_n16_a_proxy_is_no_way_to_private_addresses(fetcher: Fetcher, server: ScriptedServer, host: str) -> None:
    refused = proxied(fetcher, server, f"http://{host}/latest/meta-data")

    assert refused.reason is Reason.ADDRESS_REFUSED
    assert server.requests == []


def test_n16_a_feed_without_a_proxy_does_not_use_anothers(fetcher: Fetcher, server: ScriptedServer) -> None:
    server.route("http://feeds.example/rss", reply(200, body=BODY))
    proxied(fetcher, server, "http://feeds.example/rss")
    server.requests.clear()

    server.route("/rss", reply(200, body=BODY))
    direct = fetcher.fetch(FetchRequest(server.url("/rss"), allow_private=True))

    assert direct.outcome is Outcome.FETCHED
    assert server.paths() == ["/rss"]


@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:1080", "https://127.0.0.1:3128", "nowhere"])
def test_n16_a_proxy_that_cannot_be_spoken_to_is_a_value(fetcher: Fetcher, proxy: str) -> None:
    fetched = fetcher.fetch(FetchRequest("http://feeds.example/", proxy=proxy))

    assert (fetched.outcome, fetched.reason) == (Outcome.FAILED, Reason.INVALID_URL)


def test_n16_being_shut_out_by_time_out_is_told_from_being_forbidden(
    fetcher: Fetcher, server: ScriptedServer, tls: ssl.SSLContext
) -> None:
    server.route("/403", reply(403))
    server.route("/silent", lambda connection, _: connection.stay_silent())
    forbidden = fetcher.fetch(FetchRequest(server.url("/403"), allow_private=True))
    with Fetcher(replace(SETTINGS, deadline_seconds=0.2), tls) as quick:
        silent = quick.fetch(FetchRequest(server.url("/silent"), allow_private=True))

    assert (forbidden.reason, silent.reason) == (Reason.FORBIDDEN, Reason.DEADLINE)


def test_n20_secrets_of_a_feeds_url_are_in_no_log_no_metric_and_no_record(
    fetcher: Fetcher, server: ScriptedServer
) -> None:
    server.route("/feed", reply(200, body=BODY))
    server.route("/lost", reply(301, [("Location", "/gone?token=s3cret-token")]))
    urls = [f"http://me:s3cret-word@127.0.0.1:{server.port}{path}?token=s3cret-token" for path in ("/feed", "/lost")]
    polling = Polling(feeds_at(urls, allow_private=True), fetcher.fetch, gap_seconds=0.0)

    with capture_logs() as logs:
        polling.pass_time(5)

    told = json.dumps(logs, default=str) + generate_latest(polling.metrics).decode()
    records = b"".join(
        (record.value or b"") + record.key + b"".join(value for _, value in record.headers)
        for record in polling.records
    )
    assert len(polling.requests) == 2
    assert polling.task.topics.feed_state in {record.topic for record in polling.records}
    assert [entry.guid for entry in polling.entries()] == ["a"]
    assert "s3cret" not in told
    assert b"s3cret" not in records


def test_n20_a_move_to_a_target_that_shows_a_secret_is_followed_each_time_and_never_remembered() -> None:
    target = "https://news.example/new?token=s3cret-token"

    def moves(request: FetchRequest) -> Fetched:
        return answer(request, BODY, permanent_url=target if request.url == FEED.url else None)

    polling = Polling((FEED,), moves)

    with capture_logs() as logs:
        polling.pass_time(3 * 3_600, step=60)

    assert len(polling.requests) > MOVES_NEEDED
    assert {url for _, url in polling.requests} == {FEED.url}
    assert "s3cret" not in json.dumps(logs, default=str)
    assert not [record for record in polling.records if b"s3cret" in (record.value or b"")]
