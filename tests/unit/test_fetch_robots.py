"""What robots.txt allows, and for how long (RFC 9309)."""

import pytest

from ingest.fetch.client import Fetcher, FetchSettings, verified_tls
from ingest.fetch.outcome import Fetched, FetchRequest, Outcome, Reason
from ingest.fetch.robots import (
    CRAWL_DELAY_MAX_SECONDS,
    KEPT_SECONDS,
    SIZE_MAX_BYTES,
    UNREACHED_SECONDS,
    Robots,
    RobotsVerdict,
    origin_of,
    read_robots,
    robots_url,
)
from support.http_server import ScriptedServer, reply
from support.polling import answer, failure

AGENT = "Rasad/0.1 (+https://desk.example/bot)"
REQUEST = FetchRequest("https://news.example/robots.txt")


def robots(text: str | bytes) -> Robots:
    return read_robots(answer(REQUEST, text.encode() if isinstance(text, str) else text), 0.0)


def failed(reason: Reason, before: Robots | None = None) -> Robots:
    return read_robots(failure(REQUEST, reason), 0.0, before)


@pytest.mark.parametrize(
    ("text", "path", "allowed"),
    [
        ("User-agent: *\nDisallow: /", "/news/1", False),
        ("User-agent: *\nDisallow:", "/news/1", True),
        ("User-agent: Rasad\nDisallow: /\n\nUser-agent: *\nAllow: /", "/news/1", False),
        ("User-agent: Other\nDisallow: /", "/news/1", True),
        ("User-agent: *\nDisallow: /news/\nAllow: /news/1", "/news/1", True),
        ("User-agent: *\nDisallow: /*.pdf$", "/a.pdf", False),
        ("User-agent: *\nDisallow: /خبر/", "/%D8%AE%D8%A8%D8%B1/1", False),
        ("\ufeffUser-agent: *\r\nDisallow: /news", "/news/1", False),
        ("<!doctype html><html><body>404</body></html>", "/news/1", True),
        ("", "/news/1", True),
    ],
)
def test_the_rules_decide(text: str, path: str, *, allowed: bool) -> None:
    assert robots(text).allows(f"https://news.example{path}", AGENT) is allowed


@pytest.mark.parametrize(
    "reason", [Reason.NOT_FOUND, Reason.FORBIDDEN, Reason.CLIENT_ERROR, Reason.GONE, Reason.REDIRECT, Reason.EMPTY]
)
def test_where_there_is_none_everything_is_allowed_for_a_day(reason: Reason) -> None:
    found = failed(reason)

    assert (found.verdict, found.until) == (RobotsVerdict.NONE, KEPT_SECONDS)
    assert found.allows("https://news.example/a", AGENT)


@pytest.mark.parametrize(
    "reason",
    [Reason.SERVER_ERROR, Reason.UNAVAILABLE, Reason.TOO_MANY_REQUESTS, Reason.DEADLINE, Reason.DNS, Reason.CONNECT],
)
def test_out_of_reach_nothing_is_allowed_for_a_while(reason: Reason) -> None:
    found = failed(reason)

    assert (found.verdict, found.until) == (RobotsVerdict.UNREACHED, UNREACHED_SECONDS)
    assert not found.allows("https://news.example/a", AGENT)


def test_rules_that_were_known_hold_on_while_the_host_is_out_of_reach() -> None:
    before = robots("User-agent: *\nDisallow: /closed")

    found = failed(Reason.SERVER_ERROR, before)

    assert found.allows("https://news.example/open", AGENT)
    assert not found.allows("https://news.example/closed", AGENT)


def test_what_stands_behind_500_kib_is_ignored() -> None:
    head = "User-agent: *\n" + "# a comment\n" * (SIZE_MAX_BYTES // 12)

    assert robots(head + "Disallow: /").allows("https://news.example/a", AGENT)


@pytest.mark.parametrize(("asked", "kept"), [("5", 5.0), ("100000", CRAWL_DELAY_MAX_SECONDS), ("-3", 0.0), ("x", 0.0)])
def test_a_crawl_delay_is_kept_within_reason(asked: str, kept: float) -> None:
    assert robots(f"User-agent: *\nCrawl-delay: {asked}").crawl_delay_seconds(AGENT) == kept


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://News.example/a/b?c", "https://news.example"),
        ("http://news.example:8080/a", "http://news.example:8080"),
        ("https://user:word@news.example/a", "https://news.example"),
    ],
)
def test_a_robots_txt_is_asked_for_at_the_origin_without_secrets(url: str, origin: str) -> None:
    assert robots_url(origin_of(url)) == f"{origin}/robots.txt"


def fetched(server: ScriptedServer, path: str = "/robots.txt", *, private: bool = True) -> Fetched:
    settings = FetchSettings(user_agent=AGENT, max_redirects=5)
    with Fetcher(settings, verified_tls()) as fetcher:
        return fetcher.fetch(FetchRequest(server.url(path), allow_private=private))


def test_up_to_five_redirects_lead_to_the_rules() -> None:
    with ScriptedServer() as server:
        for number in range(5):
            path = "/robots.txt" if number == 0 else f"/{number}"
            server.route(path, reply(301, [("Location", f"/{number + 1}")]))
        server.route("/5", reply(body=b"User-agent: *\nDisallow: /a"))

        found = read_robots(fetched(server), 0.0)

    assert found.verdict is RobotsVerdict.RULES
    assert not found.allows("https://news.example/a", AGENT)


def test_more_than_five_redirects_are_no_rules() -> None:
    with ScriptedServer() as server:
        for number in range(7):
            path = "/robots.txt" if number == 0 else f"/{number}"
            server.route(path, reply(301, [("Location", f"/{number + 1}")]))

        assert read_robots(fetched(server), 0.0).verdict is RobotsVerdict.NONE


def test_n12_a_robots_txt_at_a_private_address_is_not_asked_for() -> None:
    with ScriptedServer() as server:
        refused = fetched(server, private=False)

        assert server.requests == []

    assert (refused.outcome, refused.reason) == (Outcome.FAILED, Reason.ADDRESS_REFUSED)
    assert read_robots(refused, 0.0).verdict is RobotsVerdict.REFUSED
