"""HARDCASES H11 and S9: where a feed is asked after permanent redirects, and after its registry entry was changed."""

import ssl
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from ingest.feed_state import FeedState, digest_of_url, encode_feed, feed_key
from ingest.fetch.client import verified_tls
from ingest.fetch.outcome import FetchRequest, Outcome, Reason, Validators
from ingest.memory import Memory
from ingest.moves import MOVES_NEEDED, Move
from ingest.poll import request_for
from support.http_server import ScriptedServer, reply
from support.polling import FEED, NOW, Poller, Polling, answer, decided, failure, guids, poller_of, rss


@pytest.fixture(scope="module")
def tls() -> ssl.SSLContext:
    return verified_tls()


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as running:
        yield running


@pytest.fixture
def poller(tls: ssl.SSLContext, server: ScriptedServer) -> Iterator[Poller]:
    with poller_of(server.url("/feed"), tls) as poller:
        yield poller


def redirecting(server: ScriptedServer, status: int, target: bytes, path: str = "/feed") -> None:
    server.route(path, reply(status, [("Location", "/moved")]))
    server.route("/moved", target)


@pytest.mark.parametrize("status", [301, 308])
def test_h11_after_five_permanent_redirects_to_the_feed_its_target_is_asked(
    poller: Poller, server: ScriptedServer, status: int
) -> None:
    redirecting(server, status, reply(200, body=rss("a")))
    verdicts = [poller.poll() for _ in range(MOVES_NEEDED)]
    server.requests.clear()
    server.route("/moved", reply(200, body=rss("a", "b")))

    after = poller.poll()

    assert MOVES_NEEDED == 5
    assert [verdict.moved_to for verdict in verdicts] == [None] * 4 + [server.url("/moved")]
    assert server.paths() == ["/moved"]
    assert guids(after) == ["b"]
    assert after.entries[0].feeds == (FEED.id,)


@pytest.mark.parametrize("status", [302, 303, 307])
def test_h11_a_temporary_redirect_never_moves_a_feed(poller: Poller, server: ScriptedServer, status: int) -> None:
    redirecting(server, status, reply(200, body=rss("a")))

    for _ in range(3 * MOVES_NEEDED):
        poller.poll()

    assert server.paths() == ["/feed", "/moved"] * 3 * MOVES_NEEDED


def test_h11_a_permanent_redirect_to_a_page_never_moves_a_feed(poller: Poller, server: ScriptedServer) -> None:
    redirecting(server, 301, reply(200, body=b"<!doctype html><html><title>maintenance</title></html>"))

    for _ in range(3 * MOVES_NEEDED):
        poller.poll()

    assert server.paths() == ["/feed", "/moved"] * 3 * MOVES_NEEDED
    assert poller.state.move is None


def test_h11_the_redirects_must_be_in_a_row_and_to_one_target(poller: Poller, server: ScriptedServer) -> None:
    server.route("/moved", reply(200, body=rss("a")))
    server.route("/other", reply(200, body=rss("a")))
    for target in ("/moved",) * 4 + ("/other",) + ("/moved",) * 4:
        server.route("/feed", reply(301, [("Location", target)]))
        poller.poll()

    assert poller.state.move is not None
    assert poller.state.move.times == 4


@pytest.mark.parametrize("now_there", [reply(410), reply(404), reply(200, body=b"<html>for sale</html>")])
def test_h11_a_target_that_lost_the_feed_sends_us_back_to_the_registered_url(
    poller: Poller, server: ScriptedServer, now_there: bytes
) -> None:
    redirecting(server, 301, reply(200, body=rss("a")))
    for _ in range(MOVES_NEEDED):
        poller.poll()
    server.route("/feed", reply(200, body=rss("a", "b")))
    server.route("/moved", now_there)
    poller.poll()
    soon = poller.wait()
    server.requests.clear()

    back = poller.poll()

    assert soon <= 3_600
    assert server.paths() == ["/feed"]
    assert guids(back) == ["b"]


def test_h11_a_target_that_fails_for_a_while_is_found_again_when_the_registered_url_is_dead(
    poller: Poller, server: ScriptedServer
) -> None:
    redirecting(server, 301, reply(200, body=rss("a")))
    for _ in range(MOVES_NEEDED):
        poller.poll()
    server.route("/feed", reply(404))
    server.route("/moved", reply(404))
    for _ in range(5):
        poller.poll()
    poller.memory = Memory.restored({feed_key(FEED.id): encode_feed(poller.state)})
    server.route("/moved", reply(200, body=rss("a", "b")))
    server.requests.clear()

    found = [poller.poll().outcome for _ in range(3)]

    assert found.count(Outcome.FETCHED) >= 2
    assert found[-1] is Outcome.FETCHED
    assert server.paths()[-2:] == ["/moved", "/moved"]


def test_h11_a_move_does_not_inherit_what_the_registry_grants_to_the_url() -> None:
    feed = replace(FEED, url="http://10.0.0.1/rss", allow_private=True, verify_tls=False)
    settled = FeedState(url_digest=digest_of_url(feed.url), move=Move("http://10.0.0.2/rss", MOVES_NEEDED))
    here = FeedState(url_digest=digest_of_url(feed.url), move=Move("http://10.0.0.1/other", MOVES_NEEDED))

    elsewhere, same = request_for(feed, settled, NOW), request_for(feed, here, NOW)

    assert (elsewhere.allow_private, elsewhere.verify_tls) == (False, True)
    assert (same.allow_private, same.verify_tls) == (True, False)


def test_s9_a_feed_whose_url_was_corrected_is_asked_there_at_once_and_publishes_nothing_again(
    poller: Poller, server: ScriptedServer
) -> None:
    redirecting(server, 301, reply(200, [("ETag", '"1"')], rss("a")))
    for _ in range(MOVES_NEEDED):
        poller.poll()
    server.route("/moved", reply(410))
    poller.poll()
    poller.feed = replace(poller.feed, url=server.url("/corrected"))
    server.route("/corrected", reply(200, body=rss("a", "b")))
    server.requests.clear()

    verdict = poller.poll()

    assert server.paths() == ["/corrected"]
    assert guids(verdict) == ["b"]
    assert poller.state.move is None


def test_s9_a_new_url_waits_for_no_backoff_that_the_old_one_earned() -> None:
    memory = Memory()
    decided(memory, FEED, failure(FetchRequest(FEED.url), Reason.GONE, Outcome.GONE))
    corrected = replace(FEED, url="https://news.example/new-rss")

    polling = Polling((corrected,), lambda request: answer(request, rss("a")), memory.feeds)
    polling.look()

    assert [url for _, url in polling.requests] == [corrected.url]
    assert not polling.state(FEED.id).history.gone


def test_s9_what_belonged_to_the_old_url_is_not_sent_to_the_new_one() -> None:
    old = FeedState(
        url_digest=digest_of_url("https://news.example/old"),
        validators=Validators('"1"'),
        full_at=NOW,
        move=Move("https://x.example/", 9),
    )

    request = request_for(FEED, old, NOW + timedelta(minutes=5))

    assert (request.url, request.validators) == (FEED.url, Validators())


@pytest.mark.parametrize("url", ["https://me:word@news.example/rss"])
def test_h11_a_url_with_credentials_stays_as_registered(url: str) -> None:
    memory, feed = Memory(), replace(FEED, url=url)
    fetched = answer(FetchRequest(url), rss("a"), permanent_url="https://news.example/new")

    for _ in range(2 * MOVES_NEEDED):
        decided(memory, feed, fetched)

    assert memory.feeds[FEED.id].move is None
