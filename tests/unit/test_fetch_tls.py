"""HTTPS against certificates that are wrong in the usual ways, each with its own reason."""

import socket
import ssl
import threading
from collections.abc import Iterator

import pytest

from ingest.fetch.client import Fetcher, FetchSettings, verified_tls
from ingest.fetch.network import tls_reason
from ingest.fetch.outcome import Fetched, FetchRequest, Outcome, Reason
from support.http_server import TLS_FILES, Connection, RecordedRequest, ScriptedServer, reply

FEED = b"<rss version='2.0'><channel/></rss>"
SETTINGS = FetchSettings(user_agent="Rasad-test/1.0", deadline_seconds=5, connect_seconds=2)


class Loopback:
    """Every name is this machine."""

    def resolve(self, host: str, timeout_seconds: float) -> tuple[str, ...]:
        assert host
        assert timeout_seconds > 0
        return ("127.0.0.1",)


@pytest.fixture(scope="module")
def tls() -> ssl.SSLContext:
    return verified_tls(TLS_FILES / "authority.pem")


@pytest.fixture
def fetcher(tls: ssl.SSLContext) -> Iterator[Fetcher]:
    with Fetcher(SETTINGS, tls, Loopback()) as open_fetcher:
        yield open_fetcher


def answer_in_plain_text(listener: socket.socket) -> None:
    """Answer one TLS hello as a web server without TLS does."""
    connection, _ = listener.accept()
    with connection:
        connection.recv(65_536)
        connection.sendall(reply(400))


def get(fetcher: Fetcher, certificate: str, host: str = "feeds.example", *, verify_tls: bool = True) -> Fetched:
    with ScriptedServer(certificate) as server:
        server.route("/feed", reply(200, body=FEED))
        url = server.url("/feed", host)
        return fetcher.fetch(FetchRequest(url, allow_private=True, verify_tls=verify_tls))


@pytest.mark.parametrize("host", ["feeds.example", "feeds.example."])
def test_a_good_certificate_is_checked_for_the_name_and_not_for_the_pinned_address(fetcher: Fetcher, host: str) -> None:
    fetched = get(fetcher, "good.pem", host)

    assert (fetched.outcome, fetched.body) == (Outcome.FETCHED, FEED)


@pytest.mark.parametrize(
    ("certificate", "reason"),
    [
        ("expired.pem", Reason.TLS_EXPIRED),
        ("self-signed.pem", Reason.TLS_UNTRUSTED),
        ("other-name.pem", Reason.TLS_HOSTNAME),
    ],
)
def test_n14_a_bad_certificate_has_its_reason_and_can_be_given_up_for_one_feed(
    fetcher: Fetcher, certificate: str, reason: Reason
) -> None:
    checked = get(fetcher, certificate)
    unchecked = get(fetcher, certificate, verify_tls=False)

    assert (checked.outcome, checked.reason) == (Outcome.FAILED, reason)
    assert unchecked.outcome is Outcome.FETCHED


def test_n14_an_unknown_authority_or_a_missing_intermediate_is_untrusted() -> None:
    with Fetcher(SETTINGS, verified_tls(), Loopback()) as fetcher:
        fetched = get(fetcher, "good.pem")

    assert (fetched.outcome, fetched.reason) == (Outcome.FAILED, Reason.TLS_UNTRUSTED)


def test_n14_a_server_that_speaks_no_tls_is_a_tls_failure(fetcher: Fetcher) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        answering = threading.Thread(target=answer_in_plain_text, args=(listener,))
        answering.start()
        url = f"https://feeds.example:{listener.getsockname()[1]}/"
        fetched = fetcher.fetch(FetchRequest(url, allow_private=True))
        answering.join()

    assert (fetched.outcome, fetched.reason) == (Outcome.FAILED, Reason.TLS)


def test_a_handshake_that_never_comes_is_bounded_by_the_connect_time(tls: ssl.SSLContext) -> None:
    settings = FetchSettings(user_agent="Rasad-test/1.0", deadline_seconds=5, connect_seconds=0.2)
    with socket.create_server(("127.0.0.1", 0)) as listener, Fetcher(settings, tls, Loopback()) as fetcher:
        url = f"https://feeds.example:{listener.getsockname()[1]}/"
        fetched = fetcher.fetch(FetchRequest(url, allow_private=True))

    assert (fetched.outcome, fetched.reason) == (Outcome.FAILED, Reason.CONNECT)
    assert fetched.elapsed_seconds < 2


def test_a_handshake_error_without_a_certificate_is_plain_tls() -> None:
    assert tls_reason(ssl.SSLError("unsafe legacy renegotiation disabled")) is Reason.TLS


@pytest.mark.parametrize(
    ("host", "outcome", "reason"),
    [
        ("feeds.example", Outcome.FETCHED, Reason.OK),
        ("elsewhere.example", Outcome.FAILED, Reason.TLS_UNTRUSTED),
    ],
)
def test_n14_giving_up_certificates_is_not_inherited_by_another_host(
    fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch, host: str, outcome: Outcome, reason: Reason
) -> None:
    monkeypatch.setattr("ingest.fetch.network.may_dial", lambda *_, **__: True)
    with ScriptedServer("self-signed.pem") as server:
        server.route("/feed", reply(302, [("Location", server.url("/moved", host))]))
        server.route("/moved", reply(200, body=FEED))
        fetched = fetcher.fetch(FetchRequest(server.url("/feed", "feeds.example"), verify_tls=False))

    assert (fetched.outcome, fetched.reason) == (outcome, reason)


def test_tls_connections_are_kept_and_a_body_that_drips_in_tls_ends_at_the_deadline(tls: ssl.SSLContext) -> None:
    settings = FetchSettings(user_agent="Rasad-test/1.0", deadline_seconds=0.6)

    def drip(connection: Connection, _: RecordedRequest) -> None:
        connection.send(reply(200, [("Content-Length", "1000")], length=False))
        connection.drip(b"x" * 1000, 0.02)

    with ScriptedServer("good.pem") as server, Fetcher(settings, tls, Loopback()) as fetcher:
        server.route("/feed", reply(200, body=FEED))
        server.route("/drip", drip)
        first, second, dripped = (
            fetcher.fetch(FetchRequest(server.url(path, "feeds.example"), allow_private=True))
            for path in ("/feed", "/feed", "/drip")
        )

    assert (first.outcome, second.outcome) == (Outcome.FETCHED, Outcome.FETCHED)
    assert dripped.reason is Reason.DEADLINE
    assert dripped.elapsed_seconds < 1.2
    assert {request.connection_number for request in server.requests} == {1}
