"""HARDCASES' rows as far as article pages are concerned, with a real `Fetcher` and real sockets.

The publisher is reached through a proxy, which the operator names: private addresses stay refused.
"""

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import pytest

from ingest.event import ContentSource, Entry
from ingest.feeds import Feed
from ingest.fetch.client import Fetcher, FetchSettings, verified_tls
from support.article_pages import LEAD, nastooh
from support.http_server import Connection, RecordedRequest, ScriptedServer, reply
from support.polling import FEED, Polling

HOST = "http://news.example"
TITLE = "ازسرگیری پروازهای مستقیم دو کشور"
HTML = [("Content-Type", "text/html; charset=utf-8")]
ROBOTS = reply(body=b"User-agent: *\nAllow: /\n")


def rss(link: str) -> bytes:
    return (
        f"<rss version='2.0'><channel><title>n</title><item><guid>a</guid><link>{link}</link><title>{TITLE}</title>"
        f"<description>{LEAD}</description></item></channel></rss>"
    ).encode()


@dataclass
class Site:
    """A publisher behind a proxy, one of whose entries has a page."""

    server: ScriptedServer
    fetcher: Fetcher

    def publish(self, page: bytes | Callable[[Connection, RecordedRequest], None], link: str = f"{HOST}/a") -> None:
        self.server.route(f"{HOST}/rss", reply(headers=[("Content-Type", "application/rss+xml")], body=rss(link)))
        self.server.route(f"{HOST}/robots.txt", ROBOTS)
        self.server.route(f"{HOST}/a", page)

    def outcome(self, feed: Feed | None = None, seconds: float = 800) -> tuple[Entry, dict[str, str]]:
        """Return the one entry that came out, and the outcome and reason that were counted."""
        feed = feed or replace(FEED, url=f"{HOST}/rss", full_text=True, proxy=self.server.url(""))
        polling = Polling((feed,), self.fetcher.fetch)
        polling.pass_time(3)
        polling.pass_time(seconds, step=10)
        (entry,) = polling.entries()
        (counted,) = [
            sample.labels
            for metric in polling.metrics.collect()
            for sample in metric.samples
            if sample.name == "rasad_pages_total" and sample.value
        ]
        return entry, counted


@pytest.fixture
def site() -> Iterator[Site]:
    settings = FetchSettings(user_agent="Rasad/1", deadline_seconds=0.7, max_body_bytes=200_000, max_redirects=5)
    with ScriptedServer() as server, Fetcher(settings, verified_tls()) as fetcher:
        yield Site(server, fetcher)


def test_a_page_is_asked_for_as_its_feed_is_and_its_text_is_published(site: Site) -> None:
    site.publish(reply(headers=HTML, body=nastooh(TITLE).encode()))

    entry, counted = site.outcome()

    assert entry.content_source is ContentSource.PAGE
    assert counted == {"outcome": "used", "reason": "better"}
    assert [path.removeprefix(HOST) for path in site.server.paths()[:3]] == ["/rss", "/robots.txt", "/a"]


@pytest.mark.parametrize(
    "link",
    ["http://127.0.0.1:1/a", "http://[::1]/a", "http://169.254.169.254/latest", "http://10.0.0.1/a"],
)
def test_n12_a_link_to_a_private_address_is_not_followed(site: Site, link: str) -> None:
    site.publish(b"", link)

    entry, counted = site.outcome()

    assert entry.content_source is ContentSource.SUMMARY
    assert counted["reason"] == "foreign_host"
    assert all(path.startswith(f"{HOST}/rss") for path in site.server.paths())


def test_n12_what_a_feed_may_do_at_a_private_address_its_pages_may_not(site: Site) -> None:
    site.server.route("/rss", reply(body=rss(site.server.url("/a"))))
    site.server.route("/robots.txt", ROBOTS)
    site.server.route("/a", reply(headers=HTML, body=nastooh(TITLE).encode()))
    feed = replace(FEED, url=site.server.url("/rss"), full_text=True, allow_private=True)

    entry, counted = site.outcome(feed, seconds=60)

    assert entry.content_source is ContentSource.SUMMARY
    assert counted == {"outcome": "failed", "reason": "address_refused"}
    assert set(site.server.paths()) == {"/rss"}


@pytest.mark.parametrize(
    ("location", "reason"),
    [
        ("http://127.0.0.1:1/a", "address_refused"),
        ("http://169.254.169.254/latest/meta-data", "address_refused"),
        ("file:///etc/passwd", "redirect"),
        (f"{HOST}/a", "redirect"),
        (f"{HOST}/", "home_page"),
        ("http://other.example/a", "foreign_host"),
    ],
)
def test_h12_n12_where_a_page_leads_is_looked_at(site: Site, location: str, reason: str) -> None:
    site.publish(reply(302, [("Location", location)]))
    for place in (f"{HOST}/", "http://other.example/a"):
        site.server.route(place, reply(headers=HTML, body=nastooh(TITLE).encode()))

    entry, counted = site.outcome()

    assert entry.content_source is ContentSource.SUMMARY
    assert counted == {"outcome": "failed", "reason": reason}


def test_a_page_that_leads_to_another_host_of_its_publisher_needs_the_robots_txt_of_that_host(site: Site) -> None:
    site.publish(reply(301, [("Location", "http://www.news.example/a")]))
    site.server.route("http://www.news.example/a", reply(headers=HTML, body=nastooh(TITLE).encode()))
    site.server.route("http://www.news.example/robots.txt", reply(body=b"User-agent: *\nDisallow: /a\n"))

    entry, counted = site.outcome()

    assert entry.content_source is ContentSource.SUMMARY
    assert counted == {"outcome": "failed", "reason": "robots"}


def test_a_page_that_leads_to_where_it_may_be_read_is_used(site: Site) -> None:
    site.publish(reply(301, [("Location", "http://www.news.example/a")]))
    site.server.route("http://www.news.example/a", reply(headers=HTML, body=nastooh(TITLE).encode()))
    site.server.route("http://www.news.example/robots.txt", ROBOTS)

    entry, _ = site.outcome()

    assert entry.content_source is ContentSource.PAGE


def test_n2_a_page_that_drips_ends_at_its_deadline(site: Site) -> None:
    site.publish(lambda connection, _: connection.drip(reply(headers=HTML, body=b"x" * 1_000), 0.1))

    assert site.outcome()[1] == {"outcome": "failed", "reason": "deadline"}


def test_n3_n4_a_page_beyond_the_cap_is_not_read(site: Site) -> None:
    bomb = zlib.compress(b"<p>" + b" " * 5_000_000)
    site.publish(reply(headers=[*HTML, ("Content-Encoding", "deflate")], body=bomb))

    assert site.outcome()[1] == {"outcome": "failed", "reason": "too_large"}


@pytest.mark.parametrize("media_type", ["application/pdf", "video/mp4", "image/jpeg", "application/json"])
def test_what_is_no_page_by_its_type_is_not_read(site: Site, media_type: str) -> None:
    site.publish(reply(headers=[("Content-Type", media_type)], body=nastooh(TITLE).encode()))

    assert site.outcome()[1] == {"outcome": "failed", "reason": "media"}


@pytest.mark.parametrize("link", [f"{HOST}/a.pdf", f"{HOST}/film/a.MP4?x=1", f"{HOST}/a.jpg"])
def test_a_link_to_a_film_or_a_document_is_not_followed(site: Site, link: str) -> None:
    site.publish(b"", link)

    assert site.outcome()[1] == {"outcome": "skipped", "reason": "media"}


def test_b1_a_challenge_served_as_a_page_is_not_published(site: Site) -> None:
    challenge = (
        "<html><head><title>Just a moment...</title></head><body><p>Checking your browser. "
        + "This process is automatic and your browser will be sent on shortly. " * 5
        + '</p><script src="/cdn-cgi/challenge-platform/h/b"></script></body></html>'
    )
    site.publish(reply(headers=HTML, body=challenge.encode()))

    entry, counted = site.outcome()

    assert entry.text == LEAD
    assert counted == {"outcome": "kept", "reason": "challenge"}


def test_h5_a_page_that_is_turned_away_is_asked_for_again_when_its_host_says(site: Site) -> None:
    site.publish(reply(429, [("Retry-After", "300")]))

    entry, counted = site.outcome()

    assert entry.content_source is ContentSource.SUMMARY
    assert counted["reason"] == "too_many_requests"
    assert site.server.paths().count(f"{HOST}/a") == 2
