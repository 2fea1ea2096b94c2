"""Redirects: followed by hand, vetted hop by hop, and what a hop must not inherit."""

import ssl
from collections.abc import Iterator

import pytest

from ingest.fetch.client import Fetcher, FetchSettings, verified_tls
from ingest.fetch.outcome import Fetched, FetchRequest, Outcome, Reason, Validators
from support.http_server import ScriptedServer, reply

FEED = b"<rss version='2.0'><channel/></rss>"
SETTINGS = FetchSettings(user_agent="Rasad-test/1.0", deadline_seconds=5, max_redirects=5)
ALLOWED = Validators('"e"', "Mon, 01 Jun 2026 11:00:00 GMT")


class Loopback:
    """Every name is this machine."""

    def resolve(self, host: str, timeout_seconds: float) -> tuple[str, ...]:
        assert host
        assert timeout_seconds > 0
        return ("127.0.0.1",)


@pytest.fixture(scope="module")
def tls() -> ssl.SSLContext:
    return verified_tls()


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as running:
        yield running


@pytest.fixture
def fetcher(tls: ssl.SSLContext) -> Iterator[Fetcher]:
    with Fetcher(SETTINGS, tls) as open_fetcher:
        yield open_fetcher


def get(fetcher: Fetcher, server: ScriptedServer, path: str = "/feed", **request: object) -> Fetched:
    return fetcher.fetch(FetchRequest(server.url(path), allow_private=True, **request))


def redirect(server: ScriptedServer, path: str, to: str | bytes, status: int = 302) -> None:
    server.route(path, reply(status, [("Location", to)]))


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_h11_every_kind_of_redirect_is_followed(fetcher: Fetcher, server: ScriptedServer, status: int) -> None:
    redirect(server, "/feed", "/moved", status)
    server.route("/moved", reply(200, body=FEED))

    fetched = get(fetcher, server)

    assert (fetched.outcome, fetched.body) == (Outcome.FETCHED, FEED)
    assert (fetched.requested_url, fetched.final_url) == (server.url("/feed"), server.url("/moved"))


@pytest.mark.parametrize(
    ("statuses", "is_permanent"),
    [
        ((301,), True),
        ((308,), True),
        ((301, 308), True),
        ((302,), False),
        ((307,), False),
        ((301, 302), False),
        ((303, 301), False),
        ((), False),
    ],
)
def test_h11_only_a_chain_of_permanent_redirects_names_a_permanent_url(
    fetcher: Fetcher, server: ScriptedServer, statuses: tuple[int, ...], is_permanent: bool
) -> None:
    for number, status in enumerate(statuses):
        redirect(server, f"/{number}", f"/{number + 1}", status)
    server.route(f"/{len(statuses)}", reply(200, body=FEED))

    fetched = get(fetcher, server, "/0")

    assert fetched.outcome is Outcome.FETCHED
    assert fetched.permanent_url == (fetched.final_url if is_permanent else None)


def test_h11_a_permanent_redirect_that_leads_nowhere_names_no_permanent_url(
    fetcher: Fetcher, server: ScriptedServer
) -> None:
    redirect(server, "/feed", "file:///etc/passwd", 301)

    assert get(fetcher, server).permanent_url is None


@pytest.mark.parametrize(
    ("location", "path"),
    [
        ("b", "/a/b"),
        ("/b", "/b"),
        ("../b", "/b"),
        ("?page=2", "/a/feed?page=2"),
        ("/b#part", "/b"),
        ("  /b  ", "/b"),
        ("/خبر".encode(), "/%D8%AE%D8%A8%D8%B1"),
        ("/%D8%AE/ب".encode(), "/%D8%AE/%D8%A8"),
        ("/خ".encode("cp1256"), "/%CE"),
        (b"/a b", "/a%20b"),
    ],
)
def test_n18_a_location_is_resolved_against_the_hop_that_sent_it(
    fetcher: Fetcher, server: ScriptedServer, location: str | bytes, path: str
) -> None:
    redirect(server, "/a/feed", location)

    fetched = get(fetcher, server, "/a/feed")

    assert server.paths() == ["/a/feed", path]
    assert fetched.final_url == server.url(path)


@pytest.mark.parametrize(
    "location",
    [
        "file:///etc/passwd",
        "ftp://feeds.example/feed",
        "data:text/xml,<rss/>",
        "javascript:alert(1)",
        "http://",
        "http://[::1/",
        "//feeds.example:99999/",
        "/" + "a" * 9_000,
    ],
)
def test_h12_a_location_that_cannot_be_followed_is_one_classified_failure(
    fetcher: Fetcher, server: ScriptedServer, location: str | bytes
) -> None:
    redirect(server, "/feed", location)

    fetched = get(fetcher, server)

    assert (fetched.outcome, fetched.reason, fetched.status) == (Outcome.FAILED, Reason.REDIRECT, 302)
    assert fetched.final_url == server.url("/feed")
    assert len(server.requests) == 1


@pytest.mark.parametrize("back_to", ["/feed", "/other"])
def test_h12_a_circle_of_redirects_ends_at_once(fetcher: Fetcher, server: ScriptedServer, back_to: str) -> None:
    redirect(server, "/feed", "/other")
    redirect(server, "/other", back_to)

    fetched = get(fetcher, server)

    assert (fetched.outcome, fetched.reason) == (Outcome.FAILED, Reason.REDIRECT)
    assert server.paths() == ["/feed", "/other"]


def test_h12_a_chain_as_long_as_the_limit_is_followed_and_one_longer_is_not(
    fetcher: Fetcher, server: ScriptedServer
) -> None:
    for number in range(6):
        redirect(server, f"/{number}", f"/{number + 1}")
    server.route("/6", reply(200, body=FEED))

    assert get(fetcher, server, "/1").outcome is Outcome.FETCHED
    server.requests.clear()
    too_long = get(fetcher, server, "/0")

    assert (too_long.outcome, too_long.reason) == (Outcome.FAILED, Reason.REDIRECT)
    assert len(server.requests) == 6


def test_h13_a_redirect_to_a_missing_page_is_a_404_of_the_final_url_with_its_chain(
    fetcher: Fetcher, server: ScriptedServer
) -> None:
    redirect(server, "/feed", "/gone", 301)

    fetched = get(fetcher, server)

    assert (fetched.reason, fetched.status) == (Reason.NOT_FOUND, 404)
    assert fetched.final_url == server.url("/gone")
    assert fetched.detail == f"301 {server.url('/feed')} -> {server.url('/gone')}"


def test_n12_the_leave_to_reach_a_private_address_is_not_inherited_by_another_host(
    fetcher: Fetcher, server: ScriptedServer
) -> None:
    with ScriptedServer() as inside:
        inside.route("/secret", reply(200, body=b"<secret/>"))
        redirect(server, "/feed", inside.url("/secret"))

        fetched = get(fetcher, server)

        assert (fetched.outcome, fetched.reason) == (Outcome.FAILED, Reason.ADDRESS_REFUSED)
        assert inside.requests == []


def test_n12_the_same_place_under_another_name_does_not_inherit_it_either(
    fetcher: Fetcher, server: ScriptedServer
) -> None:
    redirect(server, "/feed", server.url("/secret", "localhost"))

    fetched = get(fetcher, server)

    assert fetched.reason is Reason.ADDRESS_REFUSED
    assert server.paths() == ["/feed"]


def test_validators_without_a_url_go_to_every_hop_on_the_requested_host(
    fetcher: Fetcher, server: ScriptedServer
) -> None:
    redirect(server, "/feed", "/moved", 301)
    server.route("/moved", reply(304))

    fetched = get(fetcher, server, validators=ALLOWED)

    assert (fetched.outcome, fetched.conditional) == (Outcome.NOT_MODIFIED, True)
    assert [request.header("If-None-Match") for request in server.requests] == [b'"e"', b'"e"']


def test_validators_go_only_to_the_url_that_gave_them(fetcher: Fetcher, server: ScriptedServer) -> None:
    redirect(server, "/feed", "/moved", 301)
    server.route("/moved", reply(200, [("ETag", '"e"')], FEED))
    first = get(fetcher, server)
    server.requests.clear()

    second = get(fetcher, server, validators=first.validators)

    assert [request.header("If-None-Match") for request in server.requests] == [None, b'"e"']
    assert (first.conditional, second.conditional) == (False, True)


def test_another_host_gets_neither_validators_nor_credentials(
    server: ScriptedServer, tls: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.fetch.network.may_dial", lambda *_, **__: True)
    redirect(server, "/feed", f"http://b.example:{server.port}/moved")
    server.route("/moved", reply(200, body=FEED))
    with Fetcher(SETTINGS, tls, Loopback()) as fetcher:
        fetched = fetcher.fetch(FetchRequest(f"http://me:secret@a.example:{server.port}/feed", validators=ALLOWED))

    first, second = server.requests
    assert (fetched.outcome, fetched.conditional) == (Outcome.FETCHED, False)
    assert (first.header("Authorization"), first.header("If-None-Match")) == (b"Basic bWU6c2VjcmV0", b'"e"')
    assert (second.header("Authorization"), second.header("If-None-Match")) == (None, None)
    assert second.header("Host") == f"b.example:{server.port}".encode()


def test_credentials_stay_with_the_requested_host_and_a_location_cannot_bring_its_own(
    fetcher: Fetcher, server: ScriptedServer
) -> None:
    redirect(server, "/feed", f"http://other:word@127.0.0.1:{server.port}/moved")
    server.route("/moved", reply(200, body=FEED))

    fetched = fetcher.fetch(FetchRequest(f"http://me:secret@127.0.0.1:{server.port}/feed", allow_private=True))

    assert {request.header("Authorization") for request in server.requests} == {b"Basic bWU6c2VjcmV0"}
    assert fetched.final_url == server.url("/moved")


def test_the_body_of_a_redirect_is_not_waited_for(fetcher: Fetcher, server: ScriptedServer) -> None:
    server.route("/feed", reply(302, [("Location", "/moved"), ("Content-Length", "1000")], length=False))
    server.route("/moved", reply(200, body=FEED))

    fetched = get(fetcher, server)

    assert fetched.outcome is Outcome.FETCHED
    assert fetched.elapsed_seconds < 2
