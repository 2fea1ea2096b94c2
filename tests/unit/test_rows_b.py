"""The body is not the feed that was expected (HARDCASES B1 to B9), as far as one document shows it."""

from datetime import UTC, datetime

import pytest

from ingest.parse.document import ParseContext, ParsedFeed
from ingest.parse.feed import parse_feed
from ingest.service.errors import Reject

CONTEXT = ParseContext(
    "n", "https://n.example/rss", "text/html", "Asia/Tehran", "fa", datetime(2026, 11, 22, tzinfo=UTC), ("n.example",)
)


def parsed(text: str | bytes) -> ParsedFeed:
    return parse_feed(text if isinstance(text, bytes) else text.encode(), CONTEXT)


def item(number: int, host: str = "n.example") -> str:
    return (
        f"<item><title>خبر {number}</title><link>https://{host}/news/{number}/x</link>"
        f"<description>متن {number}</description></item>"
    )


def rss(*numbers: int, host: str = "n.example") -> str:
    return f'<rss version="2.0"><channel>{"".join(item(number, host) for number in numbers)}</channel></rss>'


def keys(feed: ParsedFeed) -> set[str]:
    return {key for entry in feed.entries for key in entry.keys}


@pytest.mark.parametrize(
    ("page", "kind"),
    [
        ("<!DOCTYPE html><html><head><title>Just a moment...</title></head><body></body></html>", "challenge"),
        ("<html><script src='/cdn-cgi/challenge-platform/h/g/orchestrate/chl_page/v1'></script></html>", "challenge"),
        ("<html><link rel=stylesheet href='/.within.website/x/xess/xess.css'><p>Making sure</p></html>", "challenge"),
        ("<html><body><script>__arcsjs.start()</script></body></html>", "challenge"),
        ("<html><head><title>در حال بررسی مرورگر شما</title></head></html>", "challenge"),
        ("<html><head><title>DDoS-Guard</title></head><body>...</body></html>", "challenge"),
        ("<html><body><form action=/login>نام کاربری <input name=user></form></body></html>", "html"),
        ("<html><body><p>این دامنه برای فروش است</p></body></html>", "html"),
        ("<html><head><title>rss feed of the day</title></head><body>&lt;rss&gt;</body></html>", "html"),
        ('{"error": "rate limited"}', "json"),
        ("  []", "json"),
        ("", "empty"),
        ("\ufeff \r\n", "empty"),
        ("نام کاربری یا گذرواژه", "other"),
        ("<html><body><feed></feed></body></html>", "html"),
        ("<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><rdf:Description/></rdf:RDF>", "other"),
        (bytes(range(256)) * 10, "other"),
        ("<html><body>ورود به سامانه</body></html>".encode("cp1256", "ignore"), "html"),
    ],
)
def test_b1_a_page_served_with_200_is_no_empty_feed_but_a_refusal_with_its_kind(page: str | bytes, kind: str) -> None:
    with pytest.raises(Reject) as refused:
        parsed(page)

    assert (refused.value.reason, refused.value.detail) == ("not_a_feed", kind)


def test_b2_a_foreign_feed_at_our_address_shares_no_identity_with_what_was_there() -> None:
    ours, foreign = parsed(rss(*range(503_900, 503_920))), parsed(rss(*range(503_900, 503_920), host="parked.example"))

    assert len(foreign.entries) == 20
    assert not keys(ours) & keys(foreign)


def test_b3_an_empty_feed_is_a_feed_and_its_items_come_back_as_they_were() -> None:
    before, empty, after = parsed(rss(1, 2, 3)), parsed(rss()), parsed(rss(1, 2, 3))

    assert (empty.entries, empty.dropped) == ((), 0)
    assert after == before


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ('{"error":"rate limited","items":[]}', "json"),
        ('[{"title": "خبر"}]', "json"),
        ("<?xml version='1.0'?><error><code>429</code></error>", "other"),
        ("<?xml version='1.0'?><Error><Code>AccessDenied</Code><Message>rss</Message></Error>", "other"),
    ],
)
def test_b4_an_error_document_served_with_200_is_refused(body: str, kind: str) -> None:
    with pytest.raises(Reject) as refused:
        parsed(body)

    assert refused.value.detail == kind


@pytest.mark.parametrize(
    "prefix",
    [
        "\n\n",
        "\ufeff\ufeff",
        "<br />\n<b>Warning</b>:  Undefined variable $x in <b>/srv/www/rss.php</b> on line <b>12</b><br />\n",
        "PHP Notice: session_start(): headers already sent\n" * 40,
    ],
)
def test_b5_junk_before_the_declaration_changes_no_record(prefix: str) -> None:
    clean = '<?xml version="1.0" encoding="UTF-8"?>' + rss(1, 2)

    assert parsed(prefix + clean) == parsed(clean)


def test_b6_stylesheets_comments_and_the_netscape_doctype_with_its_entities_are_accepted() -> None:
    document = (
        '<?xml version="1.0"?><?xml-stylesheet type="text/xsl" href="/rss.xsl"?><?xml-stylesheet href="/a.css"?>'
        f"<!-- {'یادداشت <item> ' * 20_000} -->"
        '<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN"'
        ' "http://my.netscape.com/publish/formats/rss-0.91.dtd" [<!ENTITY eacute "&#233;">]>'
        '<rss version="0.91"><channel><title>ک</title>'
        "<item><title>caf&eacute;&nbsp;و گفت&zwnj;وگو</title><link>https://n.example/1</link></item></channel></rss>"
    )

    feed = parsed(document)

    assert feed.version.startswith("rss09")
    assert [entry.title for entry in feed.entries] == ["café و گفت\u200cوگو"]


@pytest.mark.parametrize(
    "content_type", ["text/html", "text/plain; charset=windows-1256", "application/json", "x", None]
)
def test_b7_a_feed_is_a_feed_whatever_its_content_type(content_type: str | None) -> None:
    context = ParseContext("n", CONTEXT.url, content_type, "Asia/Tehran", "fa", CONTEXT.fetched_at, CONTEXT.hosts)

    assert parse_feed(rss(1, 2).encode(), context) == parsed(rss(1, 2))


def test_b8_an_address_that_changes_its_format_keeps_its_articles() -> None:
    link = "https://n.example/news/503910/x"
    atom = (
        f"<feed xmlns='http://www.w3.org/2005/Atom'><entry><title>خبر 503910</title><id>{link}</id>"
        f"<link href='{link}'/><summary>متن 503910</summary></entry></feed>"
    )
    rdf = (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">'
        f'<item rdf:about="{link}"><title>خبر 503910</title><link>{link}</link>'
        "<description>متن 503910</description></item></rdf:RDF>"
    )

    formats = [parsed(document) for document in (rss(503_910), atom, rdf)]

    assert {feed.version for feed in formats} == {"rss20", "atom10", "rss10"}
    assert set.intersection(*map(keys, formats))
    assert len({feed.entries[0].digest for feed in formats}) == 1


def test_b9_items_that_leave_a_moving_window_change_nothing_about_those_that_stay() -> None:
    first, second = parsed(rss(1, 2, 3, 4, 5)), parsed(rss(3, 4, 5, 6))

    assert second.entries[:3] == first.entries[2:]
