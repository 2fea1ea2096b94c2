"""From the bytes of a document to entries: the rules that only show on the whole way."""

import json
import re
from datetime import UTC, datetime

import pytest

from ingest.event import SUMMARY_MAX_BYTES, TEXT_MAX_BYTES, TITLE_MAX_BYTES, ContentSource, DateSource
from ingest.parse.document import ParseContext, ParsedEntry, ParsedFeed, entry_json
from ingest.parse.feed import ENTRIES_MAX, parse_feed

CONTEXT = ParseContext(
    site="n",
    url="https://n.example/fa/rss",
    content_type="text/xml; charset=utf-8",
    timezone="Asia/Tehran",
    language="fa",
    fetched_at=datetime(2026, 11, 22, 12, tzinfo=UTC),
    hosts=("n.example", "n.ir"),
)
ITEM = (
    '<item><title>تیتر</title><link>https://n.example/news/503910/x</link><guid isPermaLink="false">503910</guid>'
    "<pubDate>Thu, 08 Oct 2026 10:00:00 +0330</pubDate>"
    "<description>&lt;p&gt;یک&lt;/p&gt;&lt;p&gt;دو&lt;/p&gt;</description></item>"
)


def rss(items: str = ITEM, channel: str = "") -> str:
    return (
        '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">'
        "<channel><title>کانال</title><pubDate>Thu, 01 Oct 2026 10:00:00 +0330</pubDate>"
        f"{channel}{items}</channel></rss>"
    )


def atom(entries: str) -> str:
    channel = "<title>کانال</title><updated>2026-10-01T00:00:00Z</updated>"
    return f'<feed xmlns="http://www.w3.org/2005/Atom">{channel}{entries}</feed>'


def parsed(text: str | bytes, context: ParseContext = CONTEXT) -> ParsedFeed:
    return parse_feed(text if isinstance(text, bytes) else text.encode(), context)


def only(text: str | bytes) -> ParsedEntry:
    (entry,) = parsed(text).entries
    return entry


def test_an_rss_item_becomes_an_entry() -> None:
    feed = parsed(rss())

    entry = feed.entries[0]
    assert (feed.version, feed.encoding, feed.dropped) == ("rss20", "utf-8", 0)
    assert (entry.title, entry.summary, entry.text) == ("تیتر", "یک\nدو", "یک\nدو")
    assert (entry.guid, entry.url) == ("503910", "https://n.example/news/503910/x")
    assert entry.content_source is ContentSource.SUMMARY
    assert entry.published_at == datetime(2026, 10, 8, 6, 30, tzinfo=UTC)
    assert [key[0] for key in entry.keys] == ["g", "p", "l"]


def test_full_content_is_the_text_and_the_description_the_summary() -> None:
    entry = only(
        rss(
            "<item><title>ت</title><description>خلاصه</description><content:encoded><![CDATA[<p>متن</p><p>کامل</p>]]>"
            "</content:encoded></item>"
        )
    )

    assert (entry.summary, entry.text, entry.content_source) == ("خلاصه", "متن\nکامل", ContentSource.FEED)


def test_content_without_a_description_has_no_summary() -> None:
    entry = only(rss("<item><title>ت</title><content:encoded>&lt;p&gt;متن&lt;/p&gt;</content:encoded></item>"))

    assert (entry.summary, entry.text, entry.content_source) == ("", "متن", ContentSource.FEED)


def test_a_title_alone_is_an_entry_without_text() -> None:
    entry = only(rss("<item><title>ت</title></item>"))

    assert (entry.text, entry.content_source, entry.date_source) == ("", ContentSource.NONE, DateSource.FIRST_SEEN)


def test_an_atom_entry_becomes_an_entry() -> None:
    entry = only(
        atom(
            '<entry><title type="html">&lt;b&gt;تیتر&lt;/b&gt;</title><id>tag:n.example,2026:1</id>'
            '<link rel="self" href="/feed/1"/><link rel="alternate" href="/a/1"/>'
            "<updated>2026-10-08T10:00:00Z</updated>"
            '<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>یک</p><p>دو</p></div></content></entry>'
        )
    )

    assert (entry.title, entry.url, entry.text) == ("تیتر", "https://n.example/a/1", "یک\nدو")
    assert (entry.date_source, entry.updated_at) == (DateSource.UPDATED, datetime(2026, 10, 8, 10, tzinfo=UTC))


def test_a_relative_base_in_the_document_resolves_links() -> None:
    entry = only(atom('<entry xml:base="/blog/"><title>ت</title><id>urn:1234</id><link href="a/1"/></entry>'))

    assert entry.url == "https://n.example/blog/a/1"


def test_n9_entries_behind_the_cap_and_empty_items_are_counted_as_dropped() -> None:
    items = "".join(f"<item><title>ت {number}</title></item>" for number in range(ENTRIES_MAX + 3))

    feed = parsed(rss("<item></item>" + items))

    assert len(feed.entries) == ENTRIES_MAX - 1
    assert feed.dropped == 5


def test_fields_are_capped_and_a_cut_text_says_so() -> None:
    long = "متن دراز " * 40_000
    entry = only(rss(f"<item><title>{long}</title><description>{long}</description></item>"))

    assert len(entry.title.encode()) <= TITLE_MAX_BYTES
    assert len(entry.summary.encode()) <= SUMMARY_MAX_BYTES
    assert TEXT_MAX_BYTES - 4 < len(entry.text.encode()) <= TEXT_MAX_BYTES
    assert entry.text_truncated
    assert entry.text_sha256 != only(rss("<item><title>x</title></item>")).text_sha256


def test_a_change_behind_the_cut_changes_digest_and_text_digest() -> None:
    long = "متن دراز " * 40_000
    one, other = (only(rss(f"<item><title>ت</title><description>{long}{end}</description></item>")) for end in "اب")

    assert one.text == other.text
    assert one.text_sha256 != other.text_sha256
    assert one.digest != other.digest


def test_x2_one_bad_item_leaves_its_neighbours_whole() -> None:
    bad = "<item><title>a&#xD83D;b\x08&bogus; & <b>c</title><link>http://[</link><pubDate>x</pubDate></item>"

    feed = parsed(rss(ITEM + bad + ITEM.replace("503910", "503911")))

    assert [entry.guid for entry in feed.entries if entry.guid] == ["503910", "503911"]
    json.dumps([entry.title for entry in feed.entries], ensure_ascii=False).encode()


@pytest.mark.parametrize(
    ("channel", "seconds"),
    [
        ("<ttl>15</ttl>", 900),
        ("<ttl>0</ttl>", None),
        ("<ttl>soon</ttl>", None),
        ("<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>", 900),
        ("<sy:updatePeriod>dayly</sy:updatePeriod>", None),
        ("<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>", None),
        ("", None),
    ],
)
def test_the_documents_hint_of_its_interval_is_read(channel: str, seconds: float | None) -> None:
    assert parsed(rss(channel=channel)).ttl_seconds == seconds


def test_b8_the_same_items_as_rss_and_as_atom_share_a_key_and_a_digest() -> None:
    as_rss = only(rss("<item><title>ت</title><link>http://n.example/a/1</link><description>متن</description></item>"))
    as_atom = only(
        atom("<entry><title>ت</title><id>urn:1234</id><link href='https://n.ir/a/1'/><summary>متن</summary></entry>")
    )

    assert set(as_rss.keys) & set(as_atom.keys)
    assert as_rss.digest == as_atom.digest


def test_the_json_of_an_entry_has_the_fields_of_the_command() -> None:
    dated, undated = only(rss()), only(rss("<item><title>ت</title></item>"))

    shown = entry_json(dated, "n")

    assert re.fullmatch(r"[a-z2-7]{26}", shown.pop("entry_id") or "")
    assert shown == {
        "title": "تیتر",
        "link": "https://n.example/news/503910/x",
        "published_at": "2026-10-08T06:30:00Z",
        "date_source": "published",
    }
    assert entry_json(undated, "n")["published_at"] is None
