"""A feed that gives leads only: real processes, a real Kafka, and a publisher with pages."""

import threading
from functools import partial
from operator import lt
from pathlib import Path

import pytest

from ingest.stream.local_broker import LocalBroker
from support.article_pages import BODY, LEAD, nastooh
from support.broker import eventually
from support.feed_site import Item, RegistryFeed
from support.installation import Installation, body, event_ids, revisions_in_order

pytestmark = [pytest.mark.timeout(300), pytest.mark.xdist_group("installations")]

TITLE = "ازسرگیری پروازهای مستقیم دو کشور"
HTML = "text/html; charset=utf-8"
KILLS = 2
ITEMS = 8


def with_pages(installation: Installation) -> None:
    """Make the first feed one whose publisher has pages, on a host that may be asked often."""
    feed = RegistryFeed("feed-0", installation.site.url(installation.path(0)), "news", pages=True)
    installation.write_registry([feed])
    installation.site.serve_document("/robots.txt", b"User-agent: *\nDisallow: /feed-0/secret\n", "text/plain")
    installation.environment = {"RASAD_PAGE__GAP_SECONDS": "0", "RASAD_PAGE__TRIES": "1"}


def add(installation: Installation, guid: str, *, page: bool = True) -> None:
    """Publish an item with its page."""
    if page:
        installation.site.serve_document(f"/feed-0/{guid}", nastooh(f"{TITLE} {guid}").encode(), HTML)
    installation.site.add("/feed-0", Item(guid, f"{TITLE} {guid}", LEAD))


def pages_asked(installation: Installation) -> int:
    """Return how many pages were asked for."""
    return sum("/feed-0/" in path for path in installation.site.answers)


def test_a_feed_of_leads_ends_with_the_text_of_its_pages(broker: LocalBroker, namespace: str, tmp_path: Path) -> None:
    with Installation(broker, namespace, tmp_path, sites=1) as installation:
        with_pages(installation)
        fetcher = installation.start("fetcher-0").wait_ready()
        for guid in ("a", "b", "secret"):
            add(installation, guid)
        add(installation, "lost", page=False)

        records = eventually(installation.entries, lambda found: len(found) == 4, 60, "the entries")

        entries = {entry["guid"]: entry for entry in map(body, records)}
        assert {guid: entry["content_source"] for guid, entry in entries.items()} == {
            "a": "page",
            "b": "page",
            "secret": "summary",
            "lost": "summary",
        }
        assert entries["a"]["text"].split("\n") == [LEAD, *BODY]
        assert entries["lost"]["text"] == LEAD
        assert installation.site.answers["/robots.txt"] == [200]
        assert "/feed-0/secret" not in installation.site.answers
        assert fetcher.metric('rasad_pages_total{outcome="used",reason="better"}') == 2
        assert fetcher.metric('rasad_pages_total{outcome="failed",reason="robots"}') == 1
        assert fetcher.metric('rasad_pages_total{outcome="failed",reason="not_found"}') == 1
        assert fetcher.metric("rasad_pages_pending") == 0


def test_kills_while_pages_are_waited_for_lose_and_repeat_nothing(
    broker: LocalBroker, namespace: str, tmp_path: Path
) -> None:
    with Installation(broker, namespace, tmp_path, sites=1) as installation:
        with_pages(installation)
        fetcher = installation.start("fetcher-0").wait_ready()
        met = 0
        for number in range(KILLS):
            before = pages_asked(installation)
            for item in range(ITEMS):
                add(installation, f"{number}-{item}")
            eventually(lambda: pages_asked(installation), partial(lt, before + number), 60, "a page", pause=0.01)
            threading.Event().wait(0.1 * number)
            fetcher.kill()
            met += len(installation.entries()) < (number + 1) * ITEMS
            fetcher.start().wait_ready()
        entries = eventually(installation.entries, lambda found: len(found) >= KILLS * ITEMS, 90, "all entries")
        fetcher.terminate()

    assert met, "the kills came too late to prove anything"
    assert set(event_ids(entries).values()) == {1}
    assert len(entries) == KILLS * ITEMS
    assert revisions_in_order(entries)
    assert {body(entry)["content_source"] for entry in entries} == {"page"}
