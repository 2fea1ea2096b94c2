"""Real feed documents and real articles go through with counts that reconcile."""

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingest.parse.document import ParseContext
from ingest.parse.feed import parse_feed
from ingest.stream.local_broker import LocalBroker
from support.broker import eventually, read_topic
from support.feed_site import Item, RegistryFeed, rss
from support.installation import Installation, body, event_ids

pytestmark = pytest.mark.xdist_group("installations")

ARTICLES = 2_000
PER_FEED = 100


def distinct(document: bytes, site: str, url: str) -> set[str]:
    """Return the guids or titles of a document's entries, as the parser reads it outside of any process."""
    context = ParseContext(
        site=site, url=url, content_type=None, timezone="Asia/Tehran", language="fa", fetched_at=datetime.now(UTC)
    )
    return {entry.keys[0] for entry in parse_feed(document, context).entries}


def test_the_real_feed_documents_go_through_with_all_their_entries(
    broker: LocalBroker, namespace: str, tmp_path: Path, data_dir: Path
) -> None:
    documents = sorted(path for path in (data_dir / "feeds-real").iterdir() if path.suffix in (".xml", ".rss"))
    assert len(documents) >= 25
    with Installation(broker, namespace, tmp_path, sites=0) as installation:
        feeds, expected = [], {}
        for number, document in enumerate(documents):
            installation.site.serve_document(f"/{number}", document.read_bytes())
            url = installation.site.url(f"/{number}")
            feeds.append(RegistryFeed(f"feed-{number}", url, f"site-{number}"))
            expected[f"site-{number}"] = len(distinct(document.read_bytes(), f"site-{number}", url))
        installation.write_registry(feeds)
        fetcher = installation.start("fetcher-0")

        entries = eventually(
            installation.entries, lambda records: len(records) >= sum(expected.values()), 90, "all entries", pause=1
        )
        # Once more round, so that one entry too many would show.
        eventually(
            lambda: min(len(installation.site.answers.get(f"/{number}", ())) for number in range(len(documents))),
            lambda polls: polls >= 3, 60, "two more polls",
        )  # fmt: skip
        assert len(installation.entries()) == len(entries)
        assert fetcher.metric('rasad_entries_total{outcome="new"}') == len(entries)
        assert fetcher.metric('rasad_entries_total{outcome="updated"}') == 0

    counts: dict[str, int] = {}
    for record in entries:
        counts[body(record)["site"]] = counts.get(body(record)["site"], 0) + 1
    assert counts == expected


def test_two_thousand_real_articles_served_as_feeds_go_through(
    broker: LocalBroker, namespace: str, tmp_path: Path, data_dir: Path
) -> None:
    items: list[Item] = []
    with gzip.open(data_dir / "replay.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            if len(items) == ARTICLES:
                break
            items.append(Item(row["id"], row["title"] or row["text"][:80], row["text"]))
    with Installation(broker, namespace, tmp_path, sites=0) as installation:
        feeds = []
        for number in range(ARTICLES // PER_FEED):
            path = f"/replay-{number}"
            document = rss(path, items[number * PER_FEED : (number + 1) * PER_FEED])
            installation.site.serve_document(path, document, "application/rss+xml")
            feeds.append(RegistryFeed(f"replay-{number}", installation.site.url(path), f"replay-{number % 7}"))
        installation.write_registry(feeds)
        fetcher, worker = installation.start("fetcher-0"), installation.start("worker-0")

        articles = installation.wait_for_articles(ARTICLES, seconds=120)
        entries = installation.entries()
        new = eventually(
            lambda: fetcher.metric('rasad_entries_total{outcome="new"}'),
            lambda count: count >= ARTICLES,
            10,
            "the count",
        )
        published = eventually(
            lambda: worker.metric('rasad_items_total{outcome="ok",stage="publish"}'),
            lambda count: count >= ARTICLES, 10, "the count",
        )  # fmt: skip
        dead = read_topic(installation.kafka, installation.topics.dead_letters)

    assert dead == []
    assert (len(entries), len(articles), new, published) == (ARTICLES, ARTICLES, ARTICLES, ARTICLES)
    assert set(event_ids(articles).values()) == {1}
    assert {body(record)["guid"] for record in articles} == {item.id for item in items}
