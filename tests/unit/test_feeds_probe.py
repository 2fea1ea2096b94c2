"""A feed as it would be polled now, against real servers: what came, what to change, and who is asked when."""

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from ingest.feeds import Feed
from ingest.fetch.client import Fetcher, FetchSettings, verified_tls
from ingest.fetch.outcome import Fetched, FetchRequest, Outcome, Reason
from ingest.parse.document import ParseContext, ParsedFeed
from ingest.parse.feed import parse_feed
from ingest.probe import notes, probe, probe_document, probe_until_works, survey
from ingest.probe_report import line, report, table
from support.feed_site import Item, rss
from support.http_server import ScriptedServer, reply
from support.polling import FEED as MAIN

NOW = datetime(2026, 11, 22, 18, tzinfo=UTC)
TLS = verified_tls()
NEWS = rss("/news", [Item("10001", "خبر نخست", "متن"), Item("10002", "خبر دوم", "متن", "هرگز")])
EMPTY = rss("/news", [])
FEED = replace(
    MAIN,
    id="one-main",
    full_text=True,
    allow_private=True,
    site="one",
    publisher="One",
    hosts=("news.example", "127.0.0.1"),
)


def new_fetcher() -> Fetcher:
    return Fetcher(FetchSettings(user_agent="Rasad/test", deadline_seconds=5), TLS)


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as running:
        running.route("/news", reply(headers=[("Content-Type", "text/xml"), ("ETag", '"1"')], body=NEWS))
        running.route("/empty", reply(body=EMPTY))
        running.route("/page", reply(body=b"<html><head><title>Just a moment...</title></head></html>"))
        running.route("/moved", reply(301, [("Location", "/news")]))
        yield running


def asked(server: ScriptedServer, path: str, **fields: object) -> Feed:
    return replace(FEED, url=server.url(path), **fields)  # type: ignore[arg-type]


def test_a_probe_shows_what_a_poll_would_publish(server: ScriptedServer) -> None:
    with new_fetcher() as fetcher:
        found = probe(asked(server, "/news"), fetcher, parse_feed, NOW)

    told = report(found)
    assert found.works
    assert (told["status"], told["outcome"], told["reason"], told["version"]) == (200, "fetched", "ok", "rss20")
    assert told["validators"] == ["ETag"]
    assert [entry["title"] for entry in told["entries"]] == ["خبر نخست", "خبر دوم"]
    assert [entry["published_at"] for entry in told["entries"]] == ["2026-11-22T06:30:00Z", None]
    assert [entry["date_flag"] for entry in told["entries"]] == [None, "unparsable"]
    assert ["".join(key[0] for key in entry["keys"]) for entry in told["entries"]] == ["gpl", "gpl"]


@pytest.mark.parametrize(
    ("path", "status", "reason"),
    [("/page", 200, "not_a_feed"), ("/absent", 404, "not_found"), ("/empty", 200, "ok")],
)
def test_a_feed_without_entries_does_not_work_and_says_why(
    server: ScriptedServer, path: str, status: int, reason: str
) -> None:
    with new_fetcher() as fetcher:
        found = probe(asked(server, path), fetcher, parse_feed, NOW)

    assert not found.works
    assert (report(found)["status"], found.reason) == (status, reason)


def test_alternates_are_asked_in_order_until_one_works(server: ScriptedServer) -> None:
    feed = asked(server, "/absent", alternates=tuple(map(server.url, ("/page", "/news", "/empty"))))

    with new_fetcher() as fetcher:
        probes = probe_until_works(feed, fetcher, parse_feed, NOW)

    assert [found.works for found in probes] == [False, False, True]
    assert server.paths() == ["/absent", "/page", "/news"]
    assert line(probes).split()[:4] == ["moved", "one-main", "200", "ok"]


def test_no_alternate_is_asked_where_the_feed_works(server: ScriptedServer) -> None:
    with new_fetcher() as fetcher:
        probe_until_works(asked(server, "/news", alternates=(server.url("/empty"),)), fetcher, parse_feed, NOW)

    assert server.paths() == ["/news"]


def test_a_fault_of_our_own_at_one_document_is_told_and_not_raised(server: ScriptedServer) -> None:
    def broken(body: bytes, context: ParseContext) -> ParsedFeed:
        raise ZeroDivisionError(f"{len(body)} {context.site}")

    with new_fetcher() as fetcher:
        found = probe(asked(server, "/news"), fetcher, broken, NOW)

    assert (found.reason, found.works) == (Reason.UNEXPECTED, False)
    assert "ZeroDivisionError" in found.detail


def test_what_an_operator_may_want_to_change_is_noted(server: ScriptedServer) -> None:
    feed = asked(server, "/moved", full_text=False, hosts=("other.example",))
    with new_fetcher() as fetcher:
        found = probe(feed, fetcher, parse_feed, NOW)

    assert notes(found) == (
        f"the feed has moved for good to {server.url('/news')}",
        "the document came from 127.0.0.1, which is no host of the site",
        "1 of 2 entries have no date that can be believed: they count from when they are first seen",
        "no entry carries more than a summary: full_text = true is for such feeds",
        "2 of 2 entries link to hosts that are not the site's: news.example",
    )


def test_a_feed_in_order_is_noted_for_nothing(server: ScriptedServer) -> None:
    server.route("/fine", reply(body=rss("/fine", [Item("10001", "خبر", "متن")])))
    with new_fetcher() as fetcher:
        found = probe(asked(server, "/fine"), fetcher, parse_feed, NOW)

    assert found.works
    assert notes(found) == ()


def test_an_entry_that_only_its_title_names_is_noted() -> None:
    body = rss("/x", [Item("", "خبر", "متن")]).replace(b"http://news.example/x/", b"")

    found = probe_document(FEED, body, parse_feed, NOW)

    assert any(note.startswith("1 of 1 entries have no guid and no link") for note in notes(found))


def test_a_document_from_disk_of_no_known_site_is_not_compared_with_hosts() -> None:
    found = probe_document(replace(FEED, hosts=()), NEWS, parse_feed, NOW)

    assert found.works
    assert not any("hosts" in note for note in notes(found))
    assert report(found)["status"] is None


def test_nothing_from_outside_reaches_the_terminal_as_it_is(server: ScriptedServer) -> None:
    hostile = "\u202eخبر\u202c \u2066x\u2069"
    body = rss("/h", [Item("10001", hostile, "متن")])
    server.route("/h", reply(headers=[("Content-Type", "text/xml; x=\x1b[2J")], body=body))
    feed = replace(asked(server, "/h"), publisher="One\u202e", url=server.url("/h").replace("//", "//me:invented@"))
    with new_fetcher() as fetcher:
        found = probe(feed, fetcher, parse_feed, NOW)

    text = "\n".join([*table(found, 20), line([found])])

    assert found.works
    assert "خبر" in text
    assert not any(character in text for character in "\u202e\u202c\u2066\u2069\x1b")
    assert "invented" not in text + str(report(found))


def test_the_table_shows_so_many_entries_and_counts_the_rest() -> None:
    found = probe_document(FEED, rss("/x", [Item(f"1000{n}", f"خبر {n}", "متن") for n in range(5)]), parse_feed, NOW)

    lines = list(table(found, 2))

    assert [shown.split()[-1] for shown in lines[-4:]] == ["title", "0", "1", "more"]
    assert lines[-1].strip() == "and 3 more"


class Recorded:
    """Fetches nothing, and remembers what it was asked for."""

    def __init__(self) -> None:
        self.urls: list[str] = []

    def fetch(self, request: FetchRequest) -> Fetched:
        self.urls.append(request.url)
        return Fetched(Outcome.FETCHED, Reason.OK, request.url, request.url, NOW, 0.0, 200, NEWS)

    def one(self) -> AbstractContextManager["Recorded"]:
        return nullcontext(self)


def test_a_survey_probes_every_feed_once(server: ScriptedServer) -> None:
    feeds = [
        replace(asked(server, path), id=f"{site}{path}", site=site)
        for site in ("a", "b", "c")
        for path in ("/news", "/page", "/absent")
    ]

    found = {
        probes[0].feed.id: probes[0].works for probes in survey(feeds, new_fetcher, parse_feed, lambda: NOW, 2, 60)
    }

    assert found == {feed.id: feed.id.endswith("/news") for feed in feeds}
    assert sorted(server.paths()) == sorted(["/news", "/page", "/absent"] * 3)


def test_a_survey_waits_between_the_feeds_of_a_site_and_stops_when_nobody_listens() -> None:
    recorded = Recorded()
    busy = [
        replace(FEED, id=f"busy-{n}", url=f"https://busy.example/{n}", site="busy", allow_private=False) for n in (1, 2)
    ]
    found = survey([replace(FEED, id="quick"), *busy], recorded.one, parse_feed, lambda: NOW, 2, gap_seconds=3600)

    first = next(found)
    found.close()  # type: ignore[attr-defined]

    assert first[0].feed.id == "quick"
    assert "https://busy.example/2" not in recorded.urls


class Meeting(Recorded):
    """Answers only when two are asked at the same time."""

    def __init__(self) -> None:
        super().__init__()
        self._both = threading.Barrier(2, timeout=30)

    def fetch(self, request: FetchRequest) -> Fetched:
        self._both.wait()
        return super().fetch(request)


def test_a_survey_asks_sites_side_by_side() -> None:
    meeting = Meeting()
    feeds = [replace(FEED, id=f"f{n}", url=f"https://news.example/{n}", site=f"s{n}") for n in range(4)]

    found = list(survey(feeds, meeting.one, parse_feed, lambda: NOW, 2, 0))

    assert len(found) == len(meeting.urls) == 4
