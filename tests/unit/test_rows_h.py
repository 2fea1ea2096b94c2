"""HARDCASES H1 to H20 over the whole of a poll: a scripted server, one GET, the decision and what is remembered."""

import ssl
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from itertools import pairwise

import pytest

from ingest.feed_state import FeedState
from ingest.fetch.client import verified_tls
from ingest.fetch.outcome import Fetched, FetchRequest, Outcome, Reason, Validators
from ingest.memory import Memory
from ingest.poll import Verdict, request_for
from ingest.service.settings import FetchLimits
from support.http_server import Connection, RecordedRequest, ScriptedServer, reply
from support.polling import FEED, NOW, Poller, Polling, answer, decided, failure, feeds_at, guids, poller_of, rss


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


def test_h1_each_validator_is_replaced_by_what_came_last(poller: Poller, server: ScriptedServer) -> None:
    first, second = (
        ("Last-Modified", "Sun, 01 Nov 2026 10:00:00 GMT"),
        ("Last-Modified", "Mon, 02 Nov 2026 10:00:00 GMT"),
    )
    answers = iter(
        [
            reply(200, [("ETag", '"E1"'), first], rss("a")),
            reply(200, [("ETag", '"E2"'), first], rss("a", "b")),
            reply(304, [("ETag", '"E3"')]),
            reply(304, [second]),
            reply(304),
        ]
    )
    server.route("/feed", lambda connection, _: connection.send(next(answers)))

    for _ in range(5):
        poller.poll()

    sent = [(request.header("If-None-Match"), request.header("If-Modified-Since")) for request in server.requests]
    assert sent == [
        (None, None),
        (b'"E1"', first[1].encode()),
        (b'"E2"', first[1].encode()),
        (b'"E3"', first[1].encode()),
        (b'"E3"', second[1].encode()),
    ]


def test_h2_a_server_that_always_says_304_is_asked_in_full_once_a_day(poller: Poller, server: ScriptedServer) -> None:
    documents = {"body": rss("a")}

    def stuck(connection: Connection, request: RecordedRequest) -> None:
        asked = request.header("If-None-Match")
        connection.send(reply(304) if asked else reply(200, [("ETag", '"stuck"')], documents["body"]))

    server.route("/feed", stuck)
    poller.poll()
    documents["body"] = rss("a", "b")

    verdicts = [poller.poll(timedelta(hours=1)) for _ in range(24)]

    assert [verdict.outcome for verdict in verdicts] == [Outcome.NOT_MODIFIED] * 23 + [Outcome.FETCHED]
    assert guids(verdicts[-1]) == ["b"]
    assert [verdict.in_full for verdict in verdicts] == [False] * 23 + [True]


def test_h3_a_last_modified_in_2041_is_not_remembered(poller: Poller, server: ScriptedServer) -> None:
    server.route("/feed", reply(200, [("Last-Modified", "Tue, 01 Jan 2041 00:00:00 GMT")], rss("a")))

    poller.poll()

    assert poller.state.validators.last_modified is None


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("value", "low", "high"),
    [
        ("120", 300, 400),
        ("0", 300, 400),
        ("-5", 300, 400),
        ("1e9", 300, 400),
        ("1000000000", 86_400, 86_400),
        ("316800", 86_400, 86_400),
        ("1800", 1_800, 2_200),
        ("Sun, 22 Nov 2026 13:00:00 GMT", 3_600, 4_400),
        ("Sun, 22 Nov 2026 11:00:00 GMT", 300, 400),
        ("Sun, 22 Nov 2099 11:00:00 GMT", 86_400, 86_400),
        ("soon", 300, 400),
    ],
)
def test_h5_retry_after_is_honoured_in_both_forms_and_capped(
    poller: Poller, server: ScriptedServer, status: int, value: str, low: float, high: float
) -> None:
    server.route("/feed", reply(status, [("Retry-After", value)]))

    poller.poll()

    assert low <= poller.wait() <= high


class Later:
    """Threads whose requests do not end until they are told to."""

    def __init__(self) -> None:
        self.jobs: list[Callable[[], None]] = []

    def submit(self, work: Callable[..., None], *arguments: object) -> None:
        self.jobs.append(lambda: work(*arguments))


def test_h7_while_a_request_is_out_no_other_goes_to_its_host() -> None:
    urls = [*(f"https://one.example/{number}" for number in range(50)), "https://two.example/"]
    polling = Polling(feeds_at(urls), answer_with_one_entry)
    polling.task.threads = later = Later()  # type: ignore[assignment]

    polling.pass_time(300, step=1)
    out = len(later.jobs)
    for job in tuple(later.jobs):
        job()
    polling.pass_time(300, step=1)

    assert out == 2
    assert len(later.jobs) == 3  # the next of that host; the other feed rests
    assert {url.split("/")[2] for _, url in polling.requests} == {"one.example", "two.example"}


def answer_with_one_entry(request: FetchRequest) -> Fetched:
    return answer(request, rss("a"))


def turned_away(url: str, seconds: float | None, outcome: Outcome, request: FetchRequest) -> Fetched:
    if request.url == url:
        reason = Reason.TOO_MANY_REQUESTS if outcome is Outcome.RATE_LIMITED else Reason.UNAVAILABLE
        return failure(request, reason, outcome, retry_after_seconds=seconds)
    return answer(request, rss("a"))


@pytest.mark.parametrize(("asked", "silence"), [(600.0, 600.0), (None, 60.0), (0.0, 60.0), (10.0**9, 86_400.0)])
def test_h6_a_429_silences_its_host_and_no_other(asked: float | None, silence: float) -> None:
    urls = [f"https://one.example/{number}" for number in range(5)] + ["https://two.example/0"]
    polling = Polling(feeds_at(urls), partial(turned_away, urls[0], asked, Outcome.RATE_LIMITED))

    polling.pass_time(700)

    first = next(at for at, url in polling.requests if url == urls[0])
    held = [at for at, url in polling.requests if "one.example" in url and first < at < first + silence]
    free = [at for at, url in polling.requests if "two.example" in url]
    assert held == []
    assert len(free) >= 2


def test_h6_a_503_delays_only_its_own_feed() -> None:
    urls = [f"https://one.example/{number}" for number in range(5)]
    polling = Polling(feeds_at(urls), partial(turned_away, urls[0], 600.0, Outcome.FAILED))

    polling.pass_time(590)

    assert [url for _, url in polling.requests].count(urls[0]) == 1
    assert all([url for _, url in polling.requests].count(url) >= 2 for url in urls[1:])


def test_h7_fifty_feeds_of_a_host_are_asked_one_by_one_with_a_gap() -> None:
    polling = Polling(feeds_at(f"https://one.example/{number}" for number in range(50)), answer_with_one_entry)

    polling.pass_time(60, step=0.25)

    starts = [at for at, _ in polling.requests]
    assert len(starts) == 50
    assert all(later - earlier >= 1.0 for earlier, later in pairwise(starts))


@pytest.mark.parametrize("reason", [Reason.NOT_FOUND, Reason.DNS, Reason.CONNECT, Reason.DNS_TEMPORARY])
def test_h8_a_feed_that_failed_forty_times_is_still_tried_daily_and_recovers_at_once(reason: Reason) -> None:
    memory, request = Memory(), FetchRequest(FEED.url)
    before = wait(decided(memory, FEED, answer(request, rss("a"))))

    waits = [wait(decided(memory, FEED, failure(request, reason))) for _ in range(40)]
    after = wait(decided(memory, FEED, answer(request, rss("a", "b"))))

    assert waits == sorted(waits)
    assert max(waits) <= timedelta(days=1)
    assert after <= before
    assert memory.feeds[FEED.id].history.failures == 0


def wait(verdict: Verdict) -> timedelta:
    assert verdict.next_poll_at is not None
    return verdict.next_poll_at - NOW


def test_h8_what_says_little_of_the_feed_counts_less() -> None:
    def waited(reason: Reason) -> timedelta:
        memory = Memory()
        return [wait(decided(memory, FEED, failure(FetchRequest(FEED.url), reason))) for _ in range(8)][-1]

    hard, soft, resolver = (waited(reason) for reason in (Reason.NOT_FOUND, Reason.UNAVAILABLE, Reason.DNS_TEMPORARY))

    assert (hard, soft, resolver) == tuple(timedelta(seconds=300) * 2**doublings for doublings in (7, 3, 1))


def test_h10_a_feed_that_is_gone_is_looked_at_weekly_and_lives_again(poller: Poller, server: ScriptedServer) -> None:
    server.route("/feed", reply(410))
    gone = poller.poll()
    week = poller.wait()
    server.route("/feed", reply(200, body=rss("a")))

    back = poller.poll(timedelta(seconds=week))

    assert (gone.outcome, gone.reason) == (Outcome.GONE, Reason.GONE)
    assert week >= 7 * 86_400
    assert guids(back) == ["a"]
    assert not poller.state.history.gone
    assert poller.wait() < 3_600


def test_h14_a_login_page_behind_a_redirect_is_no_success(poller: Poller, server: ScriptedServer) -> None:
    server.route("/feed", reply(200, [("ETag", '"1"')], rss("a")))
    poller.poll()
    login = reply(
        200, [("Set-Cookie", "s=1"), ("ETag", '"login"')], b"<!doctype html><html><form>sign in</form></html>"
    )
    server.route("/feed", reply(302, [("Location", "/login")]))
    server.route("/login", login)

    verdict = poller.poll()

    assert (verdict.outcome, verdict.reason) == (Outcome.FAILED, Reason.NOT_A_FEED)
    assert poller.state.validators == Validators()
    assert len(poller.state.entry_keys) == 1


def test_h15_the_user_agent_says_product_release_and_contact() -> None:
    agent = FetchLimits(contact_url="https://rasad.example/about").user_agent

    product, contact = agent.split(" ")
    assert product.startswith("Rasad/")
    assert contact == "(+https://rasad.example/about)"
    assert request_for(replace(FEED, user_agent="Own/1"), FeedState(), NOW).user_agent == "Own/1"


@pytest.mark.parametrize(
    ("headers", "channel"),
    [
        ([("Cache-Control", "max-age=0")], ""),
        ([("Cache-Control", "max-age=604800")], ""),
        ([("Cache-Control", "max-age=99999999999999999999")], ""),
        ([("Cache-Control", "max-age=-1")], ""),
        ([("Cache-Control", "no-cache")], ""),
        ([("Cache-Control", "max-age=1.5")], ""),
        ([("Expires", "0")], ""),
        ([("Expires", "Tue, 01 Jan 2041 00:00:00 GMT")], ""),
        ([], "<ttl>0</ttl>"),
        ([], "<ttl>10080</ttl>"),
        ([], "<ttl>-60</ttl>"),
        ([], "<ttl>an hour</ttl>"),
        ([], "<sy:updatePeriod>dayly</sy:updatePeriod>"),
        ([], "<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>0.1</sy:updateFrequency>"),
        ([], "<sy:updatePeriod>minutely</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>"),
        ([], "<sy:updatePeriod>yearly</sy:updatePeriod><skipHours><hour>25</hour></skipHours>"),
    ],
)
def test_h16_no_hint_takes_the_interval_out_of_its_bounds(
    poller: Poller, server: ScriptedServer, headers: list[tuple[str, str]], channel: str
) -> None:
    namespace = b"<rss xmlns:sy='http://purl.org/rss/1.0/modules/syndication/'"
    body = rss("a").replace(b"<rss", namespace).replace(b"</channel>", channel.encode() + b"</channel>")
    server.route("/feed", reply(200, headers, body))

    poller.poll()

    assert 60 <= poller.wait() <= 3_600


def test_h17_two_documents_without_a_shared_entry_are_a_gap_and_the_interval_halves(
    poller: Poller, server: ScriptedServer
) -> None:
    gaps = []
    for document in (rss("a", "b"), rss("b", "c"), rss(), rss("d", "e"), rss("d", "e", "f")):
        before = poller.state.history.interval_seconds
        server.route("/feed", reply(200, body=document))
        verdict = poller.poll()
        gaps.append(verdict.gap)
        if verdict.gap:
            assert poller.state.history.interval_seconds == pytest.approx((before or 0) / 2)

    assert gaps == [False, False, False, True, False]
    assert poller.state.gaps == 1


def test_h17_a_gap_counts_although_every_entry_is_known_from_another_feed_of_the_site() -> None:
    memory = Memory()
    other = replace(FEED, id="other")

    for feed, guid in ((FEED, "a"), (other, "b")):
        decided(memory, feed, answer(FetchRequest(feed.url), rss(guid)))

    verdict = decided(memory, FEED, answer(FetchRequest(FEED.url), rss("b")))

    assert (verdict.new, verdict.gap) == (0, True)
    assert memory.feeds["main"].history.interval_seconds == 150


@pytest.mark.parametrize(
    "useless", [reply(203, body=rss("x")), reply(204), reply(206, body=rss("x")), reply(200), reply(200, body=b" \n")]
)
def test_h19_an_answer_without_a_document_is_a_failure_that_loses_nothing(
    poller: Poller, server: ScriptedServer, useless: bytes
) -> None:
    server.route("/feed", reply(200, [("ETag", '"1"')], rss("a")))
    poller.poll()
    before = poller.state
    server.route("/feed", useless)

    verdict = poller.poll()

    assert verdict.outcome is Outcome.FAILED
    after = poller.state
    assert after.history.failures == 1
    assert (after.validators, after.body_sha256, after.entry_keys) == (
        before.validators,
        before.body_sha256,
        before.entry_keys,
    )


def test_h20_a_304_that_nobody_asked_for_is_asked_again_soon_and_once_and_never_fails(
    poller: Poller, server: ScriptedServer
) -> None:
    server.route("/feed", reply(304, [("ETag", '"1"')]))

    first = poller.poll()
    soon = poller.wait()
    poller.poll()
    later = poller.wait()

    assert first.outcome is Outcome.NOT_MODIFIED
    assert soon <= 60 * 1.2 < later
    assert poller.state.history.failures == 0
    assert [request.header("If-None-Match") for request in server.requests] == [None, None]
