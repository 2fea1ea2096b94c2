"""HARDCASES H13: a feed that its registered URL has lost is looked for at its alternates, and returned from there."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from ingest.alternates import LOST_WEIGHT, REGISTERED, RETURN_AFTER, Detour, asked_name
from ingest.feed_state import FeedState, decode_feed, digest_of_url, encode_feed
from ingest.feeds import Feed
from ingest.fetch.client import Fetcher, FetchSettings, verified_tls
from ingest.fetch.outcome import Fetched, FetchRequest, Outcome, Reason, Validators
from ingest.fetch.redact import fingerprint
from ingest.memory import Memory
from ingest.poll import Verdict, request_for
from support.http_server import ScriptedServer, reply
from support.polling import FEED, NOW, Polling, answer, decided, failure, guids, rss
from support.polling import Poller as RealPoller

BARE, MIRROR = "https://news.example/fa/rss", "https://mirror.example/rss"
HOME = replace(FEED, url="https://www.news.example/rss", alternates=(BARE, MIRROR))
LOST = (
    Reason.DNS,
    Reason.CONNECT,
    Reason.TLS_EXPIRED,
    Reason.TLS_HOSTNAME,
    Reason.NOT_FOUND,
    Reason.FORBIDDEN,
    Reason.NOT_A_FEED,
)

type Answers = dict[str, Callable[[FetchRequest], Fetched]]


def document(*guids: str, host: str = "news.example") -> Callable[[FetchRequest], Fetched]:
    return lambda request: answer(
        request, rss(*guids, host=host), validators=Validators('"1"', url_digest=fingerprint(request.url))
    )


def failing(reason: Reason, outcome: Outcome = Outcome.FAILED) -> Callable[[FetchRequest], Fetched]:
    return lambda request: failure(request, reason, outcome)


class Poller:
    """One feed whose polls come when they are due."""

    def __init__(self, feed: Feed, **answers: Callable[[FetchRequest], Fetched]) -> None:
        self.feed, self.memory, self.now = feed, Memory(), NOW
        self.answers: Answers = {
            "home": failing(Reason.DNS),
            "bare": failing(Reason.DNS),
            "mirror": failing(Reason.DNS),
        }
        self.answers |= answers
        self.asked: list[str] = []
        self.requests: list[FetchRequest] = []

    @property
    def state(self) -> FeedState:
        return self.memory.feeds.get(self.feed.id, FeedState())

    def poll(self, times: int = 1) -> Verdict:
        for _ in range(times):
            self.now = max(self.now, self.state.next_poll_at or self.now)
            request = request_for(self.feed, self.state, self.now)
            name = {BARE: "bare", MIRROR: "mirror"}.get(request.url, "home")
            self.asked.append(name)
            self.requests.append(request)
            fetched = replace(self.answers[name](request), fetched_at=self.now)
            verdict = decided(self.memory, self.feed, fetched, self.now)
        return verdict

    def poll_until(self, name: str, limit: int = 40) -> Verdict:
        """Poll until an address was asked."""
        for _ in range(limit):
            verdict = self.poll()
            if self.asked[-1] == name:
                return verdict
        raise AssertionError(f"{name} was never asked: {self.asked}")


def known(**answers: Callable[[FetchRequest], Fetched]) -> Poller:
    """Return a feed that has worked, and works no more."""
    poller = Poller(HOME, home=document("a", "b"))
    poller.poll()
    poller.answers |= {"home": failing(Reason.NOT_FOUND), **answers}
    return poller


@pytest.mark.parametrize("reason", LOST)
def test_h13_a_feed_that_is_lost_for_long_is_asked_at_its_alternates_in_turn(reason: Reason) -> None:
    poller = known(home=failing(reason))

    poller.poll_until("mirror")
    first = poller.asked.index("bare")

    assert set(poller.asked[:first]) == {"home"}
    assert poller.asked[first : first + 2] == ["bare", "mirror"]
    assert poller.state.history.weight <= LOST_WEIGHT


def test_h13_some_failures_are_no_loss() -> None:
    poller = known()

    poller.poll(4)

    assert set(poller.asked) == {"home"}
    assert poller.state.detour is None


@pytest.mark.parametrize("reason", [Reason.SERVER_ERROR, Reason.DNS_TEMPORARY, Reason.TOO_LARGE, Reason.EMPTY])
def test_h13_what_another_address_would_not_cure_leads_nowhere(reason: Reason) -> None:
    poller = known(home=failing(reason))

    poller.poll(60)

    assert set(poller.asked) == {"home"}


def test_h13_a_slow_feed_needs_a_day_without_success_and_not_six_failures() -> None:
    poller = Poller(replace(HOME, min_interval_seconds=20_000, max_interval_seconds=20_000), home=document("a"))
    poller.poll()
    poller.answers["home"] = failing(Reason.CONNECT)

    poller.poll_until("bare")

    assert poller.now - NOW < timedelta(days=2.5)
    assert poller.asked.count("home") <= 6


def test_h13_the_alternate_that_gives_this_feed_is_used_and_nothing_is_published_again() -> None:
    poller = known(bare=document("a", "b", "c"))

    found = poller.poll_until("bare")
    poller.poll(3)

    assert (found.detour, guids(found)) == (True, ["c"])
    assert poller.asked[-3:] == ["bare"] * 3
    assert poller.state.history.failures == 0
    assert found.entries[0].feeds == (HOME.id,)


def test_h13_an_alternate_with_another_publishers_feed_is_not_used_and_publishes_nothing() -> None:
    poller = known(bare=document("x", "y", host="casino.example"), mirror=document("a", "c"))

    foreign = poller.poll_until("bare")
    found = poller.poll_until("mirror")

    assert (foreign.outcome, foreign.reason, foreign.entries) == (Outcome.FAILED, Reason.NOT_A_FEED, ())
    assert (found.detour, guids(found)) == (True, ["c"])


def test_h13_a_feed_that_never_worked_is_known_by_the_hosts_of_its_site() -> None:
    poller = Poller(HOME, bare=document("x", host="casino.example"), mirror=document("a", host="www.news.example"))

    poller.poll_until("bare")
    found = poller.poll_until("mirror")

    assert found.detour


@pytest.mark.parametrize(("strange", "proof"), [(4, True), (5, False)])
def test_h13_known_items_are_proof_where_links_lead_to_new_hosts_unless_one_is_chance(
    strange: int, proof: bool
) -> None:
    poller = Poller(HOME, home=document("10051"))
    poller.poll()
    others = [f"tag:{number}" for number in range(strange)]
    poller.answers |= {"home": failing(Reason.DNS), "bare": document("10051", *others, host="moved.example")}

    found = poller.poll_until("bare")

    assert found.detour is proof


def test_h13_an_empty_document_proves_nothing() -> None:
    poller = known(bare=document(), mirror=document("a"))

    empty = poller.poll_until("bare")

    assert (empty.detour, empty.outcome) == (False, Outcome.FAILED)


def test_h13_the_registered_url_is_asked_daily_and_returned_to() -> None:
    poller = known(bare=document("a", "c"))
    poller.poll_until("bare")
    began = poller.now
    poller.poll_until("home", 100)
    still_lost, after = poller.now - began, poller.poll()
    poller.answers["home"] = document("a", "c", "d")

    returned = poller.poll_until("home", 100)
    poller.poll(3)

    assert still_lost > RETURN_AFTER / 2
    assert (after.outcome, poller.state.history.failures) == (Outcome.FETCHED, 0)
    assert (returned.returned, guids(returned)) == (True, ["d"])
    assert poller.asked[-4:] == ["home"] * 4
    assert poller.state.detour is None


def test_h13_looks_at_the_registered_url_are_a_day_apart() -> None:
    poller = known(bare=document("a"))
    poller.poll_until("bare")
    moments = []
    for _ in range(3):
        poller.poll_until("home", 100)
        moments.append(poller.now)

    assert all(later - earlier >= RETURN_AFTER for earlier, later in pairwise(moments))


def test_h13_a_look_that_was_noted_under_a_clock_far_ahead_does_not_put_the_next_one_off_until_then() -> None:
    detour = Detour("alternate", proven=True, registered_at=NOW + timedelta(days=3_650))

    assert asked_name(detour, ("alternate",), NOW) == REGISTERED
    assert asked_name(replace(detour, registered_at=NOW), ("alternate",), NOW + RETURN_AFTER / 2) == "alternate"


def test_h13_a_registered_url_with_another_publishers_feed_is_not_returned_to() -> None:
    poller = known(bare=document("a", "c"))
    poller.poll_until("bare")
    poller.answers["home"] = document("x", host="parked.example")

    parked = poller.poll_until("home", 100)

    assert (parked.returned, parked.entries) == (False, ())
    assert poller.poll() is not None
    assert poller.asked[-1] == "bare"


def test_h13_an_alternate_that_fails_for_long_leads_back_to_the_registered_url() -> None:
    poller = known(bare=document("a"))
    poller.poll_until("bare")
    poller.answers |= {"bare": failing(Reason.NOT_FOUND), "home": document("a", "c")}

    poller.poll()
    poller.asked.clear()
    found = poller.poll_until("home", 100)

    assert poller.asked.count("bare") >= 2
    assert guids(found) == ["c"]
    assert poller.state.detour is None


def test_h13_validators_belong_to_the_address_that_gave_them() -> None:
    poller = known(bare=document("a"))
    poller.poll_until("bare")
    poller.poll_until("home", 100)

    sent = {name: request.validators for name, request in zip(poller.asked, poller.requests, strict=True)}

    assert poller.requests[poller.asked.index("bare")].validators == Validators()
    assert sent["home"] == Validators()
    assert poller.requests[-2].validators.url_digest in {None, fingerprint(BARE)}


def test_h13_a_feed_that_is_nowhere_is_asked_less_and_less() -> None:
    poller = known()
    poller.poll(60)

    rounds = [number for number, name in enumerate(poller.asked) if name == "home"][-4:]

    assert poller.now - NOW > timedelta(days=5)
    assert all(later - earlier == 3 for earlier, later in pairwise(rounds))


def test_h13_gone_sends_us_to_the_alternates_at_once_and_stays_gone_where_they_fail() -> None:
    poller = known(home=failing(Reason.GONE, Outcome.GONE))

    poller.poll(3)
    soon = poller.now - NOW
    poller.poll()
    wait = (poller.state.next_poll_at or NOW) - poller.now

    assert poller.asked[1:] == ["home", "bare", "mirror", "home"]
    assert soon < timedelta(hours=2)
    assert wait >= timedelta(days=7)
    assert poller.state.history.gone


def test_h13_an_outage_of_ours_sends_nobody_to_alternates() -> None:
    state = FeedState(url_digest=digest_of_url(HOME.url))
    feeds = tuple(
        replace(
            HOME, id=f"f{number}", url=f"https://h{number}.example/rss", alternates=(f"https://m{number}.example/",)
        )
        for number in range(8)
    )
    well = replace(state, url_digest=None, history=replace(state.history, last_success_at=NOW, interval_seconds=300.0))
    polling = Polling(feeds, lambda request: failure(request, Reason.CONNECT), {feed.id: well for feed in feeds})

    polling.pass_time(3 * 86_400, step=120)

    assert all(".example/rss" in url for _, url in polling.requests)


def test_h13_a_proven_detour_asks_politely_at_its_own_host() -> None:
    detour = Detour(digest_of_url(MIRROR), proven=True, registered_at=NOW)
    state = FeedState(url_digest=digest_of_url(HOME.url), detour=detour)
    polling = Polling((HOME,), document("a"), {HOME.id: state})

    polling.look()

    assert [url for _, url in polling.requests] == [MIRROR]
    assert "mirror.example" in polling.task.gate._hosts


def test_h13_an_alternate_that_left_the_registry_is_asked_no_more() -> None:
    detour = Detour(digest_of_url("https://old.example/"), proven=True, registered_at=NOW)

    request = request_for(HOME, FeedState(detour=detour), NOW)

    assert request.url == HOME.url


def test_h13_the_detour_survives_its_encoding_without_the_url() -> None:
    state = FeedState(detour=Detour(digest_of_url(MIRROR), proven=True, registered_at=NOW))

    encoded = encode_feed(state)

    assert decode_feed(encoded) == state
    assert b"mirror" not in encoded


def test_h13_an_alternate_is_granted_what_the_registry_grants_to_it_and_no_more() -> None:
    feed = replace(HOME, allow_private=True, verify_tls=False)
    detour = Detour(digest_of_url(MIRROR), proven=True, registered_at=NOW)

    request = request_for(feed, FeedState(detour=detour), NOW)

    assert (request.url, request.allow_private, request.verify_tls) == (MIRROR, True, True)


def test_h13_a_return_to_a_url_with_the_same_bytes_is_a_return() -> None:
    poller = known(bare=document("a"))
    poller.poll_until("bare")
    poller.now = max(poller.now + RETURN_AFTER, poller.state.next_poll_at or poller.now)
    request = request_for(HOME, poller.state, poller.now)
    same = replace(answer(request), body=b"", fetched_at=poller.now)

    returned = decided(poller.memory, HOME, same, poller.now)

    assert request.url == HOME.url
    assert (returned.reason, returned.returned) == (Reason.SAME_BODY, True)
    assert poller.state.detour is None


def test_h13_detours_and_returns_are_counted() -> None:
    lost = {HOME.url}

    def answers(request: FetchRequest) -> Fetched:
        return failure(request, Reason.NOT_FOUND) if request.url in lost else document("a")(request)

    polling = Polling((HOME,), answers)
    polling.pass_time(2 * 86_400, step=300)
    detours = polling.metric("rasad_feed_detours_total")
    lost.clear()
    polling.pass_time(2 * 86_400, step=300)

    assert (detours, polling.metric("rasad_feed_returns_total")) == (1, 1)


def test_h13_www_that_redirects_to_a_404_is_a_404_of_the_final_url_and_the_bare_host_is_found() -> None:
    settings = FetchSettings(user_agent="t", deadline_seconds=5)
    with ScriptedServer() as server, Fetcher(settings, verified_tls(), now=lambda: real.now) as fetcher:
        server.route("/www", reply(301, [("Location", "/gone")]))
        server.route("/bare", reply(200, body=rss("a")))
        urls = {"url": server.url("/www"), "alternates": (server.url("/bare"),)}
        real = RealPoller(fetcher, replace(FEED, allow_private=True, **urls))

        fetched = fetcher.fetch(request_for(real.feed, real.state, real.now))
        server.requests.clear()
        verdicts = [real.poll(timedelta(hours=4)) for _ in range(8)]

    assert (fetched.reason, fetched.final_url) == (Reason.NOT_FOUND, server.url("/gone"))
    assert fetched.detail.startswith(f"301 {server.url('/www')} -> {server.url('/gone')}")
    assert [verdict.detour for verdict in verdicts].count(True) == 1
    assert server.paths()[-2:] == ["/bare", "/bare"]
