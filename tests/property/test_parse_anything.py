"""Whatever a publisher sends, parsing ends in entries that are fit to be published, or in a `Reject`."""

import json
import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from html import escape
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st
from persiantools.jdatetime import JalaliDate

from ingest.event import TITLE_MAX_BYTES, DateSource
from ingest.parse.dates import FUTURE_TOLERANCE, read_date
from ingest.parse.digest import content_digest
from ingest.parse.document import ParseContext, entry_json
from ingest.parse.encoding import decode
from ingest.parse.feed import parse_feed
from ingest.parse.identity import Marks, entry_keys
from ingest.parse.text import cut, plain_text
from ingest.parse.url import canonical, resolve
from ingest.service.errors import Reject

FETCHED_AT = datetime(2026, 11, 22, tzinfo=UTC)
CONTEXT = ParseContext("n", "https://n.example/rss", None, "Asia/Tehran", "fa", FETCHED_AT, ("n.example",))
ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

PERSIAN = st.text("ابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی آ،؟«»\u200c۰۱۲۳۴۵", min_size=1)
FRAGMENT = st.one_of(
    PERSIAN,
    st.text(max_size=20),
    st.sampled_from(
        [
            "<item>",
            "</item>",
            "<title>",
            "</title>",
            "<![CDATA[",
            "]]>",
            "&",
            "&amp;",
            "&#xD83D;",
            "&#8;",
            "<!--",
            "-->",
            "<guid>",
            "</guid>",
            "<link>",
            "</link>",
            "<p>",
            "<script>",
            "&lt;b&gt;",
            "<!ENTITY",
            "<author>",
            "</author>",
            "</channel>",
        ]
    ),
)


def rss(items: str) -> bytes:
    return f'<rss version="2.0"><channel>{items}</channel></rss>'.encode(errors="surrogatepass")


@given(st.lists(FRAGMENT, max_size=30).map("".join))
@settings(max_examples=200, deadline=None)
def test_any_soup_inside_a_feed_gives_entries_that_can_be_published(soup: str) -> None:
    feed = parse_feed(rss(f"<item><title>تیتر</title>{soup}"), CONTEXT)

    for entry in feed.entries:
        assert not ILLEGAL.search(entry.title + entry.summary + entry.text + (entry.guid or ""))
        assert len(entry.title.encode()) <= TITLE_MAX_BYTES
        assert entry.keys
        assert (entry.published_at is None) == (entry.date_source is DateSource.FIRST_SEEN)
        json.dumps(entry_json(entry, "n"), ensure_ascii=False).encode()


@given(st.binary(max_size=2_000))
@settings(max_examples=200, deadline=None)
def test_any_bytes_end_in_a_feed_or_a_refusal(body: bytes) -> None:
    for candidate in (body, b"<rss>" + body, "<rss>".encode("utf-16") + body):
        with suppress(Reject):
            assert parse_feed(candidate, CONTEXT).version


@given(PERSIAN, PERSIAN)
@settings(deadline=None)
def test_what_a_publisher_wrote_is_what_comes_out(title: str, body: str) -> None:
    item = f"<item><title>{title}</title><description>{escape(f'<p>{body}</p>')}</description></item>"

    (entry,) = parse_feed(rss("<item><title>دیگر</title></item>" + item), CONTEXT).entries[1:] or [None]

    expected_title, expected_body = " ".join(title.split()), " ".join(body.split())
    if entry is None:
        assert not expected_title
        assert not expected_body
    else:
        assert (entry.title, entry.text) == (expected_title, expected_body)


@given(PERSIAN, st.sampled_from(["utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]))
def test_text_survives_every_unicode_encoding(text: str, codec: str) -> None:
    document = f"<rss><title>{text}</title></rss>"

    assert decode(document.encode(codec), "text/xml; charset=iso-8859-1", "fa").text == document


@given(st.text(max_size=500))
@settings(deadline=None)
def test_plain_text_is_stable_and_free_of_illegal_characters(value: str) -> None:
    text = plain_text(value)

    assert not ILLEGAL.search(text)
    assert not re.search(r"[ \t]\n|\n[ \t]|\n\n|  ", text)


@given(st.text(), st.integers(min_value=0, max_value=100))
def test_a_cut_keeps_a_prefix_within_the_limit(value: str, limit: int) -> None:
    text = value.encode(errors="ignore").decode()

    kept, was_cut = cut(text, limit)

    assert text.startswith(kept)
    assert len(kept.encode()) <= limit or kept == text == ""
    assert was_cut == (kept != text)


@given(st.text(max_size=60))
def test_any_date_is_read_within_bounds_or_not_at_all(raw: str) -> None:
    reading = read_date(raw, ZoneInfo("Asia/Tehran"), FETCHED_AT)

    if reading.at is not None:
        assert reading.at.year >= 1990
        assert reading.at <= FETCHED_AT + FUTURE_TOLERANCE


@given(
    st.datetimes(datetime(1990, 1, 2), datetime(2026, 11, 21)),  # noqa: DTZ001 - Tehran's clock is put on below
    st.sampled_from(["{y}/{m:02}/{d:02} {t}", "{y}-{m:02}-{d:02}T{t}", "{d}/{m}/{y} {t}", "{y}/{m}/{d} - {t}"]),
    st.booleans(),
)
def test_every_jalali_moment_is_read_back(moment: datetime, form: str, persian_digits: bool) -> None:
    zone = ZoneInfo("Asia/Tehran")
    jalali = JalaliDate(moment.date())
    raw = form.format(y=jalali.year, m=jalali.month, d=jalali.day, t=f"{moment:%H:%M:%S}")
    if persian_digits:
        raw = raw.translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))

    reading = read_date(raw, zone, FETCHED_AT)

    assert reading.at == moment.replace(microsecond=0, tzinfo=zone).astimezone(UTC)


@given(
    st.lists(st.tuples(st.sampled_from(["", "guid-1", "guid-2", "7"]), st.sampled_from("abc/"), PERSIAN), max_size=8)
)
def test_keys_do_not_depend_on_the_order_of_the_document(rows: list[tuple[str, str, str]]) -> None:
    entries = [Marks(guid, f"https://n.example/{path}", title, "") for guid, path, title in rows]

    assert entry_keys(entries[::-1], ["n.example"]) == entry_keys(entries, ["n.example"])[::-1]


@given(PERSIAN, st.sampled_from(["utm_source=rss", "fbclid=1", "gclid=2", "ref=telegram", "xtor=RSS-1", ""]))
def test_canonical_urls_are_stable_and_blind_to_trackers(slug: str, tracker: str) -> None:
    url = resolve(f"https://n.example/news/5/{slug}x?id=7&{tracker}", CONTEXT.url)
    plain = resolve(f"https://n.example/news/5/{slug}x?id=7", CONTEXT.url)

    assert url is not None
    assert plain is not None
    assert canonical(url) == canonical(plain) == canonical(canonical(url))


@given(PERSIAN)
def test_the_digest_is_blind_to_arabic_letters_and_spacing(text: str) -> None:
    variant = text.replace("ی", "ي").replace("ک", "ك").replace("\u200c", " ").replace("۱", "1")

    assert content_digest(variant, "", f" {variant}\n") == content_digest(text, "", text)


@given(st.timedeltas(timedelta(seconds=1), timedelta(days=4_000)))
def test_a_date_beyond_the_tolerance_is_never_believed(ahead: timedelta) -> None:
    raw = (FETCHED_AT + FUTURE_TOLERANCE + ahead).isoformat()

    assert read_date(raw, ZoneInfo("Asia/Tehran"), FETCHED_AT).at is None
