"""Fuzz `parse_feed`: any bytes end in a feed whose entries can be published, or in a refusal, in bounded time.

Knows nothing of the parser's inside; `make fuzz` runs it.
"""

import json
import math
import os
import pickle
import re
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from mutation import Target, main

from ingest.event import SUMMARY_MAX_BYTES, TEXT_MAX_BYTES, TITLE_MAX_BYTES, DateConfidence, DateSource
from ingest.fetch.outcome import Reason
from ingest.parse.dates import FUTURE_TOLERANCE, OLDEST_YEAR
from ingest.parse.document import ParseContext, ParsedEntry, ParsedFeed, entry_json
from ingest.parse.feed import ENTRIES_MAX, GUID_MAX_CHARS, parse_feed
from ingest.parse.identity import article_id
from ingest.parse.url import MAX_CHARS, canonical
from ingest.parse.wellformed import NotAFeed
from ingest.service.errors import Reject

FETCHED_AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
FLOOR = datetime(OLDEST_YEAR, 1, 1, tzinfo=UTC) - timedelta(days=1)
CONTENT_TYPES = (None, "text/xml", "text/xml; charset=windows-1256", 'text/html; charset="utf-16"', "x;charset=;\r\n")
LANGUAGES = ("fa", "ar", "en", "zh", "")

ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
KEY = re.compile(r"[gplch]:[a-z2-7]{16}")

_RSS_HEAD = (
    '<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/"><channel><title>ک</title>'
    "<link>https://n.example/</link><ttl>15</ttl>"
)
_RSS = (
    "<item><title>گفت&zwnj;وگوی «تلفنی» &amp; دیدار</title><link>/news/503910/خبر-تازه?utm_source=rss</link>"
    '<guid isPermaLink="false">503910</guid><pubDate>Thu, 08 Oct 2026 10:00:00 +0330</pubDate>'
    "<dc:creator>نویسنده</dc:creator><author>a@n.example (الف)</author><category>سیاسی</category>"
    "<description>&lt;p&gt;خلاصه&lt;/p&gt;</description><content:encoded><![CDATA[<p>متن</p><script>x()</script>"
    '<table><tr><td>۱</td></tr></table>]]></content:encoded><enclosure url="/a.mp3" type="audio/mpeg" length="1"/>'
    '<media:content url="https://n.example/a.jpg" medium="image"><media:title>عکس</media:title></media:content></item>'
    "<item><title>دوم</title><guid>https://n.example/news/503911</guid><pubDate>۱۴۰۵/۰۷/۱۶ ۱۰:۰۰</pubDate></item>"
)
_ATOM = (
    '<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://n.example/" xml:lang="fa"><title>ک</title>'
    "<updated>2026-10-01T00:00:00Z</updated><entry><title type='html'>&lt;b&gt;تیتر&lt;/b&gt;</title>"
    "<id>tag:n.example,2026:1</id><link rel='alternate' href='a/1'/><link rel='enclosure' href='/a.mp3'/>"
    "<published>۱۴۰۴-۱۱-۰۷T۱۱:۳۲:۰۶Z</published><updated>2026-01-27T11:32:06Z</updated><author><name>الف</name>"
    "<email>a@n.example</email></author><content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'><p>یک</p>"
    "</div></content></entry><entry><id>urn:1234</id><summary>خلاصه</summary></entry></feed>"
)
_RDF = (
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>ک</title></channel><item rdf:about="https://n.example/a">'
    "<title>ت</title><link>https://n.example/a</link><dc:date>2026-10-08T10:00:00Z</dc:date></item></rdf:RDF>"
)
_TOKENS = (
    *("<item>", "</item>", "<entry>", "</entry>", "<title>", "</title>", "<link>", "</link>", "<guid>", "</guid>"),
    *("<description>", "</description>", "<channel>", "</channel>", "<rss>", "</rss>", "<feed>", "</feed>", "<rdf:RDF"),
    *("<pubDate>", "</pubDate>", "<updated>", "</updated>", "<author>", "</author>", "<dc:creator>", "<dc:date>"),
    *("<content:encoded>", "</content:encoded>", "<![CDATA[", "]]>", "<!--", "-->", "<?php ", "?>", "<br>", "<p>"),
    *("<!DOCTYPE rss [<!ENTITY a 'b'>", "<!DOCTYPE html>", "]>", "<html>", "<body>", "<script>", "</script>", "<div>"),
    *("<?xml version='1.0' encoding='windows-1256'?>", "encoding='utf-16'", "xml:base='http://['", "xml:base='/x/'"),
    *("type='application/octet-stream'", "mode='base64'", "type='xhtml'", "src='/x'", "rel='alternate'", "href='//['"),
    *("&", "&amp;", "&amp;amp;", "&#8;", "&#xD83D;", "&#xDE00;", "&#0;", "&#99999999;", "&nbsp;", "&zwnj;", "&bogus;"),
    *("&lt;p&gt;", "&lt;script&gt;", "javascript:alert(1)", "http://[", "https://n.example", "https://خبر.example/خبر"),
    *("http://xn--", "?utm_source=rss", "#x", "//", "..", "\x00", "\x08", "\ufeff", "\ufffe", "\u200c", "\U0001f600"),
    *("۱۴۰۴", "1404-12-30", "0000-00-00", "9999-12-31T23:59:59-23:59", "24:00:00", "1769523158", "+99:99", "IRST"),
    *("Ø§ÛŒÙ†", "ط§غŒظ†", "<", ">", '"', "'", "=", "/", " ", "\n", "\r", "a" * 300, "۵" * 50, "<media:content "),
    *("<source>", "<textInput>", "<image>", "<cloud ", "<geo:lat>", "<georss:point>1 2</georss:point>", "<width>"),
    *("<sy:updatePeriod>hourly</sy:updatePeriod>", "<ttl>0</ttl>", "<ttl>999999999</ttl>", "<xhtml:div>", "xmlns='x'"),
)
_BYTES = (b"\xd9", b"\xed\xa0\xbd\xed\xb8\x80", b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf", b"<\0", b"\xc7")
_CODECS = ("utf-8", "utf-8", "utf-8", "cp1256", "utf-16", "utf-16-be", "utf-32", "iso8859-6", "utf-8-sig", "cp1252")


def contexts(body: bytes) -> ParseContext:
    """Return what an input is read against; it depends on the input alone."""
    chance = Random(len(body) + (body[-1] if body else 0))
    return ParseContext(
        site="n",
        url=chance.choice(("https://n.example/fa/rss", "http://127.0.0.1:8080/", "https://خبر.example/rss?a=1")),
        content_type=chance.choice(CONTENT_TYPES),
        timezone=chance.choice(("Asia/Tehran", "Asia/Kabul", "UTC", "America/New_York")),
        language=chance.choice(LANGUAGES),
        fetched_at=FETCHED_AT,
        hosts=chance.choice(((), ("n.example", "n.ir"))),
    )


def check(body: bytes) -> None:
    """Parse one input and hold it to every promise of `document`."""
    context = contexts(body)
    try:
        feed = parse_feed(body, context)
    except Reject as refused:
        if refused.reason != Reason.NOT_A_FEED or refused.detail not in set(NotAFeed):
            raise AssertionError(f"refused for {refused.reason}, {refused.detail}") from refused
        return
    assert feed.version or feed.entries
    assert len(feed.entries) <= ENTRIES_MAX
    assert feed.dropped >= 0
    assert feed.ttl_seconds is None or (feed.ttl_seconds > 0 and math.isfinite(feed.ttl_seconds))
    for entry in feed.entries:
        _check_entry(entry, context)
    _check_identities(feed, context)
    if len(body) < 2_000:
        assert parse_feed(body, context) == feed, "the same bytes gave another feed"
        assert pickle.loads(pickle.dumps(feed)) == feed  # noqa: S301 - our own, from the line itself


def _check_entry(entry: ParsedEntry, context: ParseContext) -> None:
    strings = (entry.title, entry.summary, entry.text, entry.guid or "", entry.url or "", entry.canonical_url or "")
    for value in strings:
        assert not ILLEGAL.search(value), "a character that XML forbids"
    assert "\n" not in entry.title
    assert len(entry.title.encode()) <= TITLE_MAX_BYTES
    assert len(entry.summary.encode()) <= SUMMARY_MAX_BYTES
    assert len(entry.text.encode()) <= TEXT_MAX_BYTES
    assert len(entry.guid or "") <= GUID_MAX_CHARS
    assert entry.keys
    assert len(set(entry.keys)) == len(entry.keys), "a key twice"
    assert all(KEY.fullmatch(key) for key in entry.keys), entry.keys
    assert re.fullmatch(r"[0-9a-f]{32}", entry.digest)
    assert re.fullmatch(r"[0-9a-f]{64}", entry.text_sha256)
    if entry.url is not None:
        assert entry.url.isascii(), "a link that is not percent-encoded"
        assert len(entry.url) <= MAX_CHARS
        assert entry.url.startswith(("http://", "https://"))
        assert entry.canonical_url is not None
        assert canonical(entry.canonical_url) == entry.canonical_url, "canonical is not stable"
    _check_dates(entry)
    json.dumps(entry_json(entry, context.site), ensure_ascii=False).encode()


def _check_dates(entry: ParsedEntry) -> None:
    for at in (entry.published_at, entry.updated_at):
        assert at is None or (at.tzinfo is UTC and FLOOR <= at <= FETCHED_AT + FUTURE_TOLERANCE), at
    undated = entry.published_at is None
    assert undated == (entry.date_source is DateSource.FIRST_SEEN)
    assert undated == (entry.date_confidence is DateConfidence.NONE)


def _check_identities(feed: ParsedFeed, context: ParseContext) -> None:
    """Hold two entries apart that share no key: an id belongs to one strongest key."""
    strongest = {entry.keys[0] for entry in feed.entries}
    assert len({article_id(context.site, key) for key in strongest}) == len(strongest)


def generate(random: Random) -> bytes:
    """Make a document of tokens, in some encoding that it may or may not declare."""
    inside = "".join(random.choice(_TOKENS) for _ in range(random.randrange(1, 60)))
    heads = ("", "<item>", _RSS_HEAD, f"{_RSS_HEAD}<item>")
    whole = random.choice(heads) + inside + random.choice(("", "</channel></rss>"))
    return _encoded(whole, random)


def _encoded(text: str, random: Random) -> bytes:
    codec = random.choice(_CODECS)
    if random.random() < 0.5:
        text = re.sub(r"encoding=\"[^\"]*\"", f'encoding="{random.choice(_CODECS)}"', text, count=1)
    return text.encode(codec, "xmlcharrefreplace" if codec.startswith(("cp", "iso")) else "replace")


def seeds() -> list[bytes]:
    """Return documents of our own in every format and encoding, and short ones cut from real feeds where they are."""
    chance = Random(1)
    own = [f"{_RSS_HEAD}{_RSS}</channel></rss>", _ATOM, _RDF]
    bodies = [body.encode() for body in own] + [_encoded(body, chance) for body in own for _ in _CODECS]
    folder = Path(os.environ.get("RASAD_DATA", Path(__file__).resolve().parents[3] / "shared" / "data")) / "feeds-real"
    return bodies + [short for path in sorted(folder.glob("*.[xr]*")) for short in _short(path.read_bytes())]


def _short(body: bytes) -> list[bytes]:
    """Return what stands before the items of a document, with a few of them."""
    items = [match.span() for match in re.finditer(rb"<(item|entry)[\s>].*?</\1>", body, re.DOTALL)]
    few = [span for span in items if span[1] - span[0] < 8_000][:6]
    if not few:
        return [body[:8_000]]
    head, tail = body[: items[0][0]][:8_000], body[items[-1][1] :][:200]
    return [head + b"".join(body[start:end] for start, end in few[at : at + 2]) + tail for at in (0, 2, 4) if few[at:]]


TARGET = Target(
    name="parse",
    seeds=seeds(),
    tokens=[token.encode() for token in _TOKENS] + list(_BYTES),
    check=check,
    generate=generate,
    folders=("/ingest/parse/", "/feedparser/"),
    seconds_per_input=2.0,
)

if __name__ == "__main__":
    sys.exit(main(TARGET))
