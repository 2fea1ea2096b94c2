"""What reaches the XML parser, and what is no feed at all (HARDCASES B1, B4 to B6, X1, X2, N6, N8, N10)."""

import re
import time
from contextlib import suppress
from xml.parsers import expat

import pytest

from ingest.parse.wellformed import legal, prepare
from ingest.service.errors import Reject

ITEM = "<item><title>خبر</title></item>"


def rss(inside: str = ITEM) -> str:
    return f'<rss version="2.0"><channel>{inside}</channel></rss>'


def read_by_expat(document: str) -> str:
    """Return all text of a document; raises where it is not well-formed."""
    pieces: list[str] = []
    parser = expat.ParserCreate()
    parser.CharacterDataHandler = pieces.append
    parser.Parse(document.encode(), True)
    return "".join(pieces)


def prepared(text: str, max_items: int = 100) -> str:
    return prepare(text, max_items).xml


@pytest.mark.parametrize(
    "prefix",
    [
        "",
        "\n\n  ",
        "\ufeff\ufeff",
        '<?xml version="1.0" encoding="windows-1256"?>',
        '\n<?xml version="1.0"?><?xml-stylesheet type="text/xsl" href="/rss.xsl"?>',
        "<br />\n<b>Warning</b>: Undefined index in <b>/srv/rss.php</b> on line <b>3</b><br />\n<?xml version='1.0'?>",
        f"<!-- {'note <rss> ' * 5_000} -->",
        '<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://my.netscape.com/rss-0.91.dtd">',
        "<!DOCTYPE rss [<!ENTITY a \"]>\"><!-- don't --><!ENTITY b '>'>]>",
        '<!DOCTYPE html><html xmlns="http://www.w3.org/1999/xhtml"><body>',
    ],
)
def test_b5_b6_what_stands_before_the_root_changes_nothing(prefix: str) -> None:
    assert prepared(legal(prefix) + rss()).replace("\ufeff", "") == prepared(rss())


@pytest.mark.parametrize("suffix", ["\n<!-- 0.3 s -->", "<b>Warning</b>: & late", "<script>x()</script></body></html>"])
def test_what_stands_behind_the_root_changes_nothing(suffix: str) -> None:
    assert prepared(rss() + suffix) == prepared(rss())


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("", "empty"),
        (" \r\n\t", "empty"),
        ('{"error": "rate limited"}', "json"),
        ('[{"title": "<rss>"}]', "json"),
        ("<!DOCTYPE html><html><head><title>ورود</title></head><body>…</body></html>", "html"),
        ("<html><head><title>Just a moment...</title></head></html>", "challenge"),
        ('<html><script src="/cdn-cgi/challenge-platform/h/b/x.js"></script></html>', "challenge"),
        ('<?xml version="1.0"?><error>not found</error>', "other"),
        ("/etc/passwd", "other"),
        ("http://127.0.0.1/feed", "other"),
        ("x" * 5_000 + rss(), "other"),
    ],
)
def test_b1_b4_a_body_that_is_no_feed_is_refused_with_its_kind(text: str, kind: str) -> None:
    with pytest.raises(Reject) as refused:
        prepare(text, 100)

    assert (refused.value.reason, refused.value.detail) == ("not_a_feed", kind)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("a\x00\x08\x18b", "ab"),
        ("a&#8;&#x0;&#xFFFE;b", "ab"),
        ("&#55358;&#56698;", "🥺"),
        ("&#xD83D;&#xDE00;", "😀"),
        ("&#xd83d;", "\ufffd"),
        ("&#56832;&#1740;", "\ufffdی"),
        ("a&nbsp;b&zwnj;c&raquo;", "a\xa0b\u200cc»"),
        ("AT&T & co", "AT&T & co"),
        ("&unknown; &LT;b&gt;", "&unknown; <b>"),
        ("&lt;&gt;&amp;&quot;&apos;&#60;", "<>&\"'<"),
        ("&amp;nbsp;", "&nbsp;"),
        ("&#99999999999;", "&#99999999999;"),
        ("<![CDATA[a & b &nbsp; ]]>", "a & b &nbsp; "),
        ("<![CDATA[&#xD83D;&#xDE00;]]>", "😀"),
    ],
)
def test_x1_x2_x4_references_come_out_as_the_characters_that_were_meant(written: str, read: str) -> None:
    assert read_by_expat(prepared(rss(f"<title>{written}</title>"))) == read


def test_n10_entities_of_a_dtd_are_never_expanded() -> None:
    entities = '<!ENTITY a "ha"><!ENTITY b "&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">'

    text = prepared(f"<!DOCTYPE rss [{entities}]>" + rss("<item><title>&b;&c;</title></item>"))

    assert "ENTITY" not in text
    assert "<title>&amp;b;&amp;c;</title>" in text


def test_n9_items_behind_the_cap_are_cut_off_and_counted() -> None:
    result = prepare(rss(ITEM * 7), 5)

    assert result.beyond_cap == 2
    assert result.xml == prepared(rss(ITEM * 5))


@pytest.mark.parametrize("half", ["<item><title>نیمه", "<item><title>خبر</title><description><![CDATA[<p>نی", "<item"])
def test_n6_an_item_that_was_cut_in_two_is_not_taken_for_a_whole_one(half: str) -> None:
    whole = f'<rss version="2.0"><channel>{ITEM * 2}'

    assert prepared(whole + half).removesuffix("<item").count("<item>") == 2


def test_the_end_of_a_cut_document_is_closed_for_the_parser() -> None:
    for text in (
        rss(ITEM * 2).removesuffix("</channel></rss>"),
        "<a:feed xmlns:a='urn:x'><a:entry></a:entry><a:entry>",
    ):
        assert read_by_expat(prepared(text)) == "خبر" * text.count("خبر")


@pytest.mark.parametrize(
    "author",
    [
        "<author>{}</author>",
        "<Author>{}</author>",
        "<dc:creator xml:lang='fa'><![CDATA[{}]]></dc:creator>",
        "<author />{}<author>",
        "<managingEditor\n>{}",
    ],
)
def test_n8_no_author_reaches_the_parser_under_a_name_that_it_reads(author: str) -> None:
    text = prepared(rss(author.format("a" * 64_000)))

    assert not re.search(r"</?(?:\w+:)?(?:author|creator|managingeditor)[\s/>]", text, re.IGNORECASE)


def test_an_empty_author_swallows_nothing_up_to_the_next_one() -> None:
    items = f"<item><author /><description>{'متن ' * 1_000}</description></item><item><author>الف</author></item>"

    assert prepared(rss(items)).count("<item>") == 2
    assert "متن " * 1_000 in prepared(rss(items))


@pytest.mark.parametrize(
    "text",
    [
        rss("<author>" * 100_000),
        "<!--" * 1_000 + rss(ITEM * 1_000),
        "<!DOCTYPE rss [" + '<!ENTITY a "b">' * 20_000 + rss(),
        rss("&" * 500_000),
        rss("&#1;" * 200_000),
        "<rss>" + "</rss" * 100_000,
        rss("<![CDATA[" * 100_000),
    ],
)
def test_n9_hostile_documents_are_prepared_in_bounded_time(text: str) -> None:
    started = time.process_time()

    with suppress(Reject):
        prepare(text, 100)

    assert time.process_time() - started < 2
