"""From the bytes of a document to entries: the rules that only show on the whole way."""

import builtins
import json
import re
import socket
import time
from datetime import UTC, datetime
from typing import Any

import pytest

from ingest.event import SUMMARY_MAX_BYTES, TEXT_MAX_BYTES, TITLE_MAX_BYTES, ContentSource, DateFlag, DateSource
from ingest.parse.document import ParseContext, ParsedEntry, ParsedFeed, entry_json
from ingest.parse.feed import ENTRIES_MAX, parse_feed
from ingest.service.errors import Reject

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


def test_rdf_items_are_dated_by_dublin_core() -> None:
    entry = only(
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>ک</title><dc:date>2026-10-01</dc:date></channel>'
        "<item><title>ت</title><link>https://n.example/a</link><dc:date>2026-10-08T10:00:00Z</dc:date></item></rdf:RDF>"
    )

    assert (entry.date_source, entry.published_at) == (DateSource.UPDATED, datetime(2026, 10, 8, 10, tzinfo=UTC))


def test_the_channels_date_is_no_entrys_date() -> None:
    entry = only(rss("<item><title>ت</title><link>https://n.example/a</link></item>"))

    assert (entry.published_at, entry.updated_at, entry.date_source) == (None, None, DateSource.FIRST_SEEN)


def test_a_jalali_publication_is_converted_and_a_future_one_is_passed_over() -> None:
    jalali = only(atom("<entry><title>ت</title><id>urn:1234</id><published>۱۴۰۴-۱۱-۰۷T۱۱:۳۲:۰۶Z</published></entry>"))
    future = only(
        atom(
            "<entry><title>ت</title><id>urn:1234</id><published>2041-01-01T00:00:00Z</published>"
            "<updated>2026-10-08T10:00:00Z</updated></entry>"
        )
    )

    assert jalali.published_at == datetime(2026, 1, 27, 11, 32, 6, tzinfo=UTC)
    assert (future.published_at, future.date_flag) == (datetime(2026, 10, 8, 10, tzinfo=UTC), DateFlag.FUTURE)


@pytest.mark.parametrize(
    ("item", "url"),
    [
        ("<link>https://n.example/a</link><guid>https://n.example/b</guid>", "https://n.example/a"),
        ("<link></link><guid>https://n.example/b</guid>", "https://n.example/b"),
        ("<link>javascript:alert(1)</link><guid>https://n.example/b</guid>", "https://n.example/b"),
        ('<guid isPermaLink="true">/b/1</guid>', "https://n.example/b/1"),
        ('<guid isPermaLink="false">1234</guid><enclosure url="/a.mp3" type="audio/mpeg"/>', "https://n.example/a.mp3"),
        ('<guid isPermaLink="false">1234</guid>', None),
        ("<link>https://n.examplesim2020</link>", None),
        ('<link href="https://n.example/a" xmlns="http://www.w3.org/2005/Atom"/>', "https://n.example/a"),
        ("<link><![CDATA[https://n.example/a?x=1&b=2]]></link>", "https://n.example/a?x=1&b=2"),
    ],
)
def test_the_link_is_the_first_that_a_reader_could_open(item: str, url: str | None) -> None:
    assert only(rss(f"<item><title>ت</title>{item}</item>")).url == url


@pytest.mark.parametrize(
    "prefix",
    [
        "\n\n",
        "\ufeff\ufeff",
        "<br />\n<b>Warning</b>: x in <b>y</b>\n<?xml version='1.0'?>",
        "<?xml version='1.0'?><!-- x -->",
    ],
)
def test_junk_before_the_document_changes_no_entry(prefix: str) -> None:
    assert parsed(prefix + rss()).entries == parsed(rss()).entries


@pytest.mark.parametrize("content_type", ["text/html", "text/plain; charset=windows-1256", "application/json", None])
def test_the_body_decides_whether_it_is_a_feed(content_type: str | None) -> None:
    context = ParseContext(
        **{name: getattr(CONTEXT, name) for name in CONTEXT.__slots__ if name != "content_type"},
        content_type=content_type,
    )

    assert parsed(rss(), context).entries == parsed(rss()).entries


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", "empty"),
        (b'{"error": "rate limited"}', "json"),
        (b"<!DOCTYPE html><html><head><title>Just a moment...</title></head></html>", "challenge"),
        ("<html><body>ورود به سامانه</body></html>".encode("cp1256", "ignore"), "html"),
        (b"<html><body><feed></feed></body></html>", "html"),
        (b"<?xml version='1.0'?><error/>", "other"),
        (b"<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><rdf:Description/></rdf:RDF>", "other"),
        (bytes(range(256)) * 10, "other"),
    ],
)
def test_what_is_no_feed_is_refused_with_its_kind(body: bytes, kind: str) -> None:
    with pytest.raises(Reject) as refused:
        parsed(body)

    assert (refused.value.reason, refused.value.detail) == ("not_a_feed", kind)


def test_a_feed_without_items_is_a_feed() -> None:
    assert parsed(rss("")).entries == ()


@pytest.mark.parametrize("body", [b"/etc/passwd", b"http://127.0.0.1:9/feed", b"file:///etc/passwd"])
def test_a_body_that_looks_like_an_address_is_never_opened(body: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[Any] = []
    monkeypatch.setattr(builtins, "open", lambda *given, **_: opened.append(given))
    monkeypatch.setattr(socket.socket, "connect", lambda *given: opened.append(given))

    with pytest.raises(Reject, match="other"):
        parsed(body)

    assert opened == []


def test_external_and_nested_entities_are_neither_opened_nor_expanded(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[Any] = []
    dtd = '<!DOCTYPE rss [<!ENTITY a SYSTEM "file:///etc/passwd"><!ENTITY b "1234567890"><!ENTITY c "&b;&b;">]>'
    body = (dtd + rss(f"<item><title>x&a;y{'&c;' * 1_000}</title></item>")).encode()
    monkeypatch.setattr(socket.socket, "connect", lambda *given: opened.append(given))

    entry = only(body)

    assert entry.title.startswith("x&a;y&c;")
    assert "1234567890" not in entry.title
    assert opened == []


def test_entries_behind_the_cap_and_empty_items_are_counted_as_dropped() -> None:
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


def test_one_bad_item_leaves_its_neighbours_whole() -> None:
    bad = "<item><title>a&#xD83D;b\x08&bogus; & <b>c</title><link>http://[</link><pubDate>x</pubDate></item>"

    feed = parsed(rss(ITEM + bad + ITEM.replace("503910", "503911")))

    assert [entry.guid for entry in feed.entries if entry.guid] == ["503910", "503911"]
    json.dumps([entry.title for entry in feed.entries], ensure_ascii=False).encode()


def test_the_half_item_of_a_cut_transfer_is_left_out() -> None:
    whole = rss(ITEM + ITEM.replace("503910", "503911"))
    cut = whole[: whole.index("503911") + 40]

    assert [entry.guid for entry in parsed(cut).entries] == ["503910"]


def test_a_hostile_author_does_not_stall_the_parser() -> None:
    started = time.process_time()

    parsed(rss(f"<item><title>ت</title><author>{'a' * 64_000}</author></item>"))

    assert time.process_time() - started < 1


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


def test_the_order_of_items_changes_neither_keys_nor_digests() -> None:
    items = [ITEM.replace("503910", str(503_910 + number)) for number in range(5)]

    forward, backward = (parsed(rss("".join(order))).entries for order in (items, items[::-1]))

    assert forward == backward[::-1]


def test_the_same_items_as_rss_and_as_atom_share_a_key_and_a_digest() -> None:
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
