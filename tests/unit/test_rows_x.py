"""XML and text that are not as they should be (HARDCASES X1 to X10), from the bytes of a document to its entries."""

import json
import re
import time
from datetime import UTC, datetime

import pytest

from ingest.event import SUMMARY_MAX_BYTES, TEXT_MAX_BYTES, TITLE_MAX_BYTES, ContentSource, LinkFlag
from ingest.parse.digest import content_digest
from ingest.parse.document import ParseContext, ParsedEntry, ParsedFeed
from ingest.parse.feed import parse_feed

CONTEXT = ParseContext(
    "n", "https://n.example/fa/rss", None, "Asia/Tehran", "fa", datetime(2026, 11, 22, tzinfo=UTC), ("n.example",)
)
ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
NEIGHBOUR = "<item><title>همسایه</title><link>https://n.example/news/503999/x</link></item>"


def rss(items: str) -> str:
    return (
        '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"'
        f' xmlns:atom="http://www.w3.org/2005/Atom"><channel>{items}</channel></rss>'
    )


def parsed(text: str | bytes) -> ParsedFeed:
    return parse_feed(text if isinstance(text, bytes) else text.encode(), CONTEXT)


def only(items: str) -> ParsedEntry:
    (entry,) = parsed(rss(items)).entries
    return entry


def texts(entry: ParsedEntry) -> str:
    return "".join((entry.title, entry.summary, entry.text, entry.guid or "", entry.url or ""))


CONTROLS = [number for number in (*range(32), 0xFFFE, 0xFFFF) if chr(number) not in "\t\n\r"]


@pytest.mark.parametrize("form", ["{char}", "&#{number};", "&#x{number:X};", "&amp;#{number};"])
def test_x1_control_characters_raw_or_as_references_cost_themselves_only(form: str) -> None:
    junk = "".join(form.format(char=chr(number), number=number) for number in CONTROLS)
    bad = (
        f"<item><title>الف{junk}ب</title><guid>50{junk}3910</guid><link>https://n.example/a{junk}/1</link>"
        f"<description>یک{junk}دو</description><content:encoded><![CDATA[<p>سه{junk}چهار</p>]]></content:encoded></item>"
    )

    feed = parsed(rss(bad + NEIGHBOUR))

    assert [entry.title for entry in feed.entries] == ["الفب", "همسایه"]
    assert not ILLEGAL.search("".join(map(texts, feed.entries)))


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("&#55358;&#56698;", "🥺"),
        ("&#xD83D;&#xDE00; خبر", "😀 خبر"),
        ("&#xD83D;", "\ufffd"),
        ("&#56832;خبر", "\ufffdخبر"),
        ("<![CDATA[&#xD83D;&#xDE00;]]>", "😀"),
        ("&amp;#xD83D;&amp;#xDE00;", "😀"),
        ("&amp;#xD83D;x", "\ufffdx"),
    ],
)
def test_x2_surrogates_are_joined_or_replaced_and_the_batch_can_be_encoded(written: str, title: str) -> None:
    feed = parsed(rss(f"<item><title>{written}</title></item>{NEIGHBOUR}"))

    assert [entry.title for entry in feed.entries] == [title, "همسایه"]
    json.dumps([entry.title for entry in feed.entries], ensure_ascii=False).encode()


@pytest.mark.parametrize("bad", [b"\xff", b"\xd9", b"\xc3\x28", b"\x80", b"\xe2\x80", b"\xed\xa0\xbd"])
def test_x3_one_invalid_byte_costs_one_character_not_the_feed(bad: bytes) -> None:
    item = "<item><title>یک خبر فارسی درباره پرواز</title><description>متن کامل خبر</description></item>"
    body = rss(item * 20).encode().replace("فارسی".encode(), bad + "فارسی".encode(), 1)

    first, *others = parsed(body).entries

    assert re.fullmatch("یک خبر \ufffd{1,3}[(]?فارسی درباره پرواز", first.title)
    assert {entry.title for entry in others} == {"یک خبر فارسی درباره پرواز"}


@pytest.mark.parametrize("bad", [b"\xff", b"\xd9"])
def test_x3_an_invalid_byte_in_each_item_costs_one_character_each(bad: bytes) -> None:
    body = rss("<item><title>خبر @ فارسی</title></item>" * 50).encode().replace(b"@", bad)

    assert {entry.title for entry in parsed(body).entries} == {"خبر \ufffd فارسی"}


def test_x4_undeclared_entities_and_bare_ampersands_are_the_characters_that_were_meant() -> None:
    entry = only(
        "<item><title>گفت&zwnj;وگو&nbsp;&raquo; AT&T & شرکا</title><link>https://n.example/a?x=1&y=2</link>"
        "<description>می&zwnj;رود &amp; &hellip;</description></item>"
    )

    assert entry.title == "گفت\u200cوگو » AT&T & شرکا"
    assert entry.text == "می\u200cرود & …"
    assert entry.url == "https://n.example/a?x=1&y=2"


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("&lt;b&gt;خبر&lt;/b&gt;", "خبر"),
        ("&amp;lt;b&amp;gt;خبر&amp;lt;/b&amp;gt;", "خبر"),
        ("ARTS &amp;amp; CULTURE", "ARTS & CULTURE"),
        ("ARTS &amp; CULTURE", "ARTS & CULTURE"),
        ("&amp;laquo;نقل&amp;raquo;", "«نقل»"),
        ("<![CDATA[هنر &amp; سینما]]>", "هنر & سینما"),
        ("<![CDATA[<b>خبر</b>]]>", "خبر"),
        ("۳ &lt; ۵", "۳ < ۵"),
        ("R&amp;D", "R&D"),
    ],
)
def test_x5_a_title_that_was_escaped_twice_is_unescaped_twice(written: str, title: str) -> None:
    assert only(f"<item><title>{written}</title></item>").title == title


@pytest.mark.parametrize(
    "variant",
    ["گفتگوي يك كتاب ۱۲", "گفت\u200cگوی یک کتاب 12", "\u200fگفت گوی یک کتـاب ١٢\u200e", "گفتگوی\u200dیک کتاب۱۲"],
)
def test_x6_a_title_in_other_code_points_has_the_same_digest_and_stays_as_published(variant: str) -> None:
    entry = only(f"<item><title>{variant}</title></item>")

    assert entry.digest == content_digest("گفتگوی یک کتاب ۱۲", "", "")
    assert entry.title == variant
    assert set(entry.keys) == set(only("<item><title>گفتگوی یک کتاب ۱۲</title></item>").keys)


@pytest.mark.parametrize(
    "html",
    ["متن " * 500_000, "<div>" * 100_000 + "متن", "<p>متن" * 100_000, "&lt;div&gt;" * 100_000 + "متن"],
)
def test_x7_very_long_and_deeply_nested_text_takes_bounded_time_and_room(html: str) -> None:
    started = time.process_time()

    entry = only(f"<item><title>{html}</title><description><![CDATA[{html}]]></description></item>")

    assert time.process_time() - started < 5
    assert len(entry.title.encode()) <= TITLE_MAX_BYTES
    assert len(entry.summary.encode()) <= SUMMARY_MAX_BYTES
    assert len(entry.text.encode()) <= TEXT_MAX_BYTES


@pytest.mark.parametrize(
    "link", ["https://n.examplesim2020", "javascript:void(0)", "http://", "https://a b/x", "mailto:x@n.ir"]
)
def test_x8_an_item_whose_link_nobody_could_open_is_an_entry_without_a_link(link: str) -> None:
    entry = only(f"<item><title>خبر</title><link>{link}</link><description>متن</description></item>")

    assert (entry.title, entry.url, entry.canonical_url) == ("خبر", None, None)
    assert entry.link_flag is LinkFlag.INVALID
    assert entry.keys


@pytest.mark.parametrize(
    "marks",
    ["", "<link></link>", "<link>/a</link>", "<link>javascript:x()</link><guid>https://n.example/1</guid>"],
    ids=["no link", "an empty link", "a link", "a guid in its place"],
)
def test_x8_an_item_without_a_link_or_with_one_that_can_be_opened_is_not_flagged(marks: str) -> None:
    assert only(f"<item><title>خبر</title>{marks}</item>").link_flag is None


def test_x8_links_are_resolved_against_the_nearest_base_and_percent_encoded_in_one_way() -> None:
    written = ["/news/1/خبر تازه", "https://n.example/news/1/%D8%AE%D8%A8%D8%B1%20%D8%AA%D8%A7%D8%B2%D9%87"]

    raw, encoded = (only(f"<item><title>خبر</title><link>{link}</link></item>") for link in written)
    based = only('<item xml:base="https://n.example/blog/"><title>خبر</title><atom:link href="a/1"/></item>')

    assert raw.url == encoded.url == written[1]
    assert raw.keys == encoded.keys
    assert based.url == "https://n.example/blog/a/1"


@pytest.mark.parametrize(
    ("marks", "url"),
    [
        ("<link>https://n.example/a</link><guid>https://n.example/b</guid>", "https://n.example/a"),
        ("<link><![CDATA[https://n.example/a?x=1&b=2]]></link>", "https://n.example/a?x=1&b=2"),
        ("<link href='https://n.example/a' xmlns='http://www.w3.org/2005/Atom'/>", "https://n.example/a"),
        ("<link>javascript:alert(1)</link><guid>https://n.example/1</guid>", "https://n.example/1"),
        ("<link/><guid>https://n.example/1</guid>", "https://n.example/1"),
        ("<guid isPermaLink='true'>/b/1</guid>", "https://n.example/b/1"),
        ("<link>  </link><guid isPermaLink='true'>https://n.example/1</guid>", "https://n.example/1"),
        ("<guid isPermaLink='false'>n-1234</guid><atom:link rel='alternate' href='/1'/>", "https://n.example/1"),
        ("<atom:link rel='self' href='/feed'/><atom:link rel='alternate' href='/1'/>", "https://n.example/1"),
        ("<enclosure url='/1.mp3' type='audio/mpeg'/>", "https://n.example/1.mp3"),
        ("<guid isPermaLink='false'>n-1234</guid>", None),
        ("", None),
    ],
)
def test_x9_the_link_is_link_then_permalink_then_alternate_then_enclosure(marks: str, url: str | None) -> None:
    entry = only(f"<item><title>خبر</title>{marks}</item>")

    assert entry.url == url
    assert entry.keys


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<![CDATA[<p>الف]]]]><![CDATA[> ب</p>]]>", "الف]]> ب"),
        ("<![CDATA[<p>الف</p>]]> <![CDATA[<p>ب</p>]]>", "الف\nب"),
        ("<![CDATA[متن<script>var a='<p>x</p>'</script><style>p{color:red}</style>]]>", "متن"),
        ("<![CDATA[<p>متن</p><img src='https://t.example/1x1.gif' width=1 height=1 onerror='x()'>]]>", "متن"),
        ("<![CDATA[<!--[if gte mso 9]><xml><w:x/></xml><![endif]--><p>متن</p>]]>", "متن"),
        ("&lt;p onclick=&quot;x()&quot;&gt;متن&lt;/p&gt;&lt;iframe src='//a'&gt;&lt;/iframe&gt;", "متن"),
    ],
)
def test_x10_no_markup_script_or_pixel_is_left_in_the_text(html: str, text: str) -> None:
    entry = only(f"<item><title>خبر</title><content:encoded>{html}</content:encoded></item>")

    assert (entry.text, entry.content_source) == (text, ContentSource.FEED)
