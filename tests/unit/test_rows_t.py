"""Dates (HARDCASES T1 to T10, T12), from documents and from single strings; the long table is `test_rows_dates.py`."""

import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from ingest.event import DateConfidence, DateFlag, DateSource
from ingest.parse.dates import read_date
from ingest.parse.document import ParseContext, ParsedEntry
from ingest.parse.feed import parse_feed

FETCHED_AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
TEHRAN = ZoneInfo("Asia/Tehran")


def read(raw: str, zone: str = "Asia/Tehran") -> datetime | None:
    return read_date(raw, ZoneInfo(zone), FETCHED_AT).at


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def entry(
    dates: str, *, link: str = "", channel: str = "", zone: str = "Asia/Tehran", rdf: bool = False
) -> ParsedEntry:
    root, end = ('rdf:RDF xmlns="http://purl.org/rss/1.0/"', "rdf:RDF") if rdf else ('rss version="2.0"', "rss")
    document = (
        f'<{root} xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        f' xmlns:a="http://www.w3.org/2005/Atom" xmlns:dcterms="http://purl.org/dc/terms/"><channel><title>ک</title>'
        f"{channel}<item><title>خبر</title><link>{link}</link>{dates}</item></channel></{end}>"
    )
    (found,) = parse_feed(
        document.encode(), ParseContext("n", "https://n.example/rss", None, zone, "fa", FETCHED_AT)
    ).entries
    return found


def test_t1_a_jalali_publication_in_persian_digits_is_converted_beside_a_gregorian_update() -> None:
    atom = (
        "<feed xmlns='http://www.w3.org/2005/Atom'><entry><title>خبر</title><id>urn:1234</id>"
        "<published>۱۴۰۴-۱۱-۰۷T۱۱:۳۲:۰۶Z</published><updated>2026-01-27T11:32:06Z</updated></entry></feed>"
    )
    context = ParseContext("n", "https://n.example/feed/atom/", None, "Asia/Tehran", "fa", FETCHED_AT)

    (found,) = parse_feed(atom.encode(), context).entries

    assert found.published_at == found.updated_at == utc("2026-01-27T11:32:06")
    assert (found.date_source, found.date_flag) == (DateSource.PUBLISHED, None)


@pytest.mark.parametrize(
    ("raw", "instant"),
    [
        ("1404/11/07 11:32", "2026-01-27T08:02:00"),
        ("1404-11-07T11:32:06+03:30", "2026-01-27T08:02:06"),
        ("07 Bahman 1404", "2026-01-26T20:30:00"),
        ("۷ بهمن ۱۴۰۴", "2026-01-26T20:30:00"),
        ("1403-12-30", "2025-03-19T20:30:00"),
        ("1399/12/30 12:00", "2021-03-20T08:30:00"),
    ],
)
def test_t2_jalali_dates_in_all_four_forms_and_in_leap_years_are_the_right_instant(raw: str, instant: str) -> None:
    assert read(raw) == utc(instant)
    assert entry(f"<pubDate>{raw}</pubDate>").published_at == utc(instant)


def test_t2_the_last_day_of_a_leap_year_to_come_is_a_date_and_of_another_year_is_none() -> None:
    later = datetime(2030, 4, 1, tzinfo=UTC)

    assert read_date("1408-12-30", TEHRAN, later).at == utc("2030-03-19T20:30:00")
    assert read_date("1407-12-30", TEHRAN, later).flag is DateFlag.UNPARSABLE


def test_t3_persian_and_arabic_digits_in_a_gregorian_date_are_digits() -> None:
    assert read("Tue, ۲۷ Jan ۲۰۲۶ ۱۱:۳۲:۰۶ +۰۳۳۰") == utc("2026-01-27T08:02:06")
    assert read("Tue, ٢٧ Jan ٢٠٢٦ ١١:٣٢:٠٦ GMT") == utc("2026-01-27T11:32:06")


@pytest.mark.parametrize("raw", ["2026-01-27 17:42:38", "Tue, 27 Jan 2026 17:42:38", "2026-01-27T17:42:38 IRST"])
def test_t4_a_date_without_a_zone_or_with_irans_name_is_in_tehran_time_and_says_how_sure_it_is(raw: str) -> None:
    reading = read_date(raw, TEHRAN, FETCHED_AT)

    assert reading.at == utc("2026-01-27T14:12:38")
    assert reading.confidence is (DateConfidence.EXACT if "IRST" in raw else DateConfidence.ASSUMED_ZONE)


@pytest.mark.parametrize(("zone", "hour"), [("Asia/Kabul", 13), ("Europe/London", 17), ("Asia/Dubai", 13)])
def test_t4_the_zone_of_the_feed_is_what_counts_where_a_date_names_none(zone: str, hour: int) -> None:
    found = read("2026-01-27 17:42:38", zone)

    assert found is not None
    assert found.hour == hour


@pytest.mark.parametrize(
    ("raw", "offset"),
    [
        ("2021-07-01 12:00", timedelta(hours=4, minutes=30)),
        ("2022-09-21 12:00", timedelta(hours=4, minutes=30)),
        ("2022-09-22 12:00", timedelta(hours=3, minutes=30)),
        ("2026-07-01 12:00", timedelta(hours=3, minutes=30)),
        ("2026-07-01 12:00 IRDT", timedelta(hours=3, minutes=30)),
        ("1400/04/10 12:00", timedelta(hours=4, minutes=30)),
        ("1405/04/10 12:00", timedelta(hours=3, minutes=30)),
    ],
)
def test_t5_summer_time_of_iran_ended_in_2022(raw: str, offset: timedelta) -> None:
    found = read(raw)

    assert found is not None
    assert timedelta(hours=12) - timedelta(hours=found.hour, minutes=found.minute) == offset


def test_t6_a_date_more_than_a_day_ahead_is_null_and_flagged_and_the_next_best_is_taken() -> None:
    alone = entry("<pubDate>Tue, 01 Jan 2041 00:00:00 GMT</pubDate>")
    beside = entry("<pubDate>Tue, 01 Jan 2041 00:00:00 GMT</pubDate><a:updated>2026-11-01T00:00:00Z</a:updated>")
    tomorrow = entry("<pubDate>Mon, 23 Nov 2026 12:00:00 GMT</pubDate>")
    too_late = entry("<pubDate>Mon, 23 Nov 2026 12:00:01 GMT</pubDate>")

    assert (alone.published_at, alone.date_flag, alone.date_source) == (None, DateFlag.FUTURE, DateSource.FIRST_SEEN)
    assert (beside.published_at, beside.date_flag) == (utc("2026-11-01T00:00:00"), DateFlag.FUTURE)
    assert tomorrow.published_at == FETCHED_AT + timedelta(hours=24)
    assert (too_late.published_at, too_late.date_flag) == (None, DateFlag.FUTURE)


@pytest.mark.parametrize("raw", ["1769523158", "1769523158000", "۱۷۶۹۵۲۳۱۵۸", "1769523158.0"])
def test_t7_unix_seconds_and_milliseconds_are_recognised(raw: str) -> None:
    assert entry(f"<pubDate>{raw}</pubDate>").published_at == utc("2026-01-27T14:12:38")


@pytest.mark.parametrize(
    "raw", ["0001-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "1989-12-31", "1769-11-01", "0000000000"]
)
def test_t7_dates_before_the_web_are_null_and_flagged(raw: str) -> None:
    found = entry(f"<pubDate>{raw}</pubDate>")

    assert (found.published_at, found.date_flag) == (None, DateFlag.ANCIENT)


@pytest.mark.parametrize(
    ("raw", "instant"),
    [
        ("Invalid Date", None),
        ("Mon, 26 Jan 2026 24:00:00 GMT", "2026-01-27T00:00:00"),
        ("Sat, 31 Feb 2026 00:00:00 GMT", None),
        ("27 Jan 26 11:32:06 GMT", "2026-01-27T11:32:06"),
        ("Sun, 27 Jan 2026 11:32:06 GMT", "2026-01-27T11:32:06"),
        ("Tue, 27 Jan 2026 11:32:06 +03:30", "2026-01-27T08:02:06"),
        ("1/27/2026 5:42:38 PM", "2026-01-27T14:12:38"),
        ("2026-01-27 11:32:06 +0330 +0330", "2026-01-27T08:02:06"),
        ("٢٧ يناير ٢٠٢٦", "2026-01-26T20:30:00"),
        ("\u200f2026-01-27\u200e 11:32:06", "2026-01-27T08:02:06"),
        ("05/02/2026", None),
        ("۲ ساعت پیش", None),
    ],
)
def test_t8_odd_dates_are_read_or_refused_and_never_guessed(raw: str, instant: str | None) -> None:
    found = entry(f"<pubDate>{raw}</pubDate>")

    assert found.published_at == (utc(instant) if instant else None)
    assert (found.date_flag is DateFlag.UNPARSABLE) == (instant is None)


@pytest.mark.parametrize("end", ["IRST" * 15, "()" * 30, "(" * 60, "+0330" * 12, " ab" * 20 + "!", "m=+0." * 12])
def test_t8_nothing_behind_a_zone_makes_a_date_slow(end: str) -> None:
    started = time.process_time()

    read(f"2026-01-27 11:32 +03{end[:50]}~1")

    assert time.process_time() - started < 0.1


def test_t9_an_undated_item_has_no_date_and_is_the_same_at_every_poll() -> None:
    first = entry("", link="https://n.example/news/503910/x")
    again = entry("", link="https://n.example/news/503910/x")

    assert (first.published_at, first.date_source, first.date_flag) == (None, DateSource.FIRST_SEEN, None)
    assert again == first


CHANNEL_DATE = (
    "<pubDate>Mon, 02 Nov 2026 00:00:00 GMT</pubDate><lastBuildDate>Mon, 02 Nov 2026 00:00:00 GMT</lastBuildDate>"
)


@pytest.mark.parametrize(
    ("dates", "source"),
    [
        ("<pubDate>Sun, 01 Nov 2026 10:00:00 GMT</pubDate>", DateSource.PUBLISHED),
        ("<a:published>2026-11-01T10:00:00Z</a:published>", DateSource.PUBLISHED),
        ("<dcterms:created>2026-11-01T10:00:00Z</dcterms:created>", DateSource.PUBLISHED),
        ("<dcterms:issued>2026-11-01T10:00:00Z</dcterms:issued>", DateSource.PUBLISHED),
        ("<dc:date>2026-11-01T10:00:00Z</dc:date>", DateSource.UPDATED),
        ("<a:updated>2026-11-01T10:00:00Z</a:updated>", DateSource.UPDATED),
        ("<pubDate>Invalid Date</pubDate><a:updated>2026-11-01T10:00:00Z</a:updated>", DateSource.UPDATED),
        ("", DateSource.FIRST_SEEN),
    ],
)
@pytest.mark.parametrize("rdf", [False, True])
def test_t10_whatever_date_an_item_has_is_taken_and_never_the_channels(
    dates: str, source: DateSource, rdf: bool
) -> None:
    found = entry(dates, channel=CHANNEL_DATE, rdf=rdf)

    assert found.date_source is source
    assert found.published_at == (None if source is DateSource.FIRST_SEEN else utc("2026-11-01T10:00:00"))


@pytest.mark.parametrize(
    "link",
    [
        "https://n.example/news/1405/07/16/3412345/slug",
        "https://n.example/fa/news/۱۴۰۵/۰۷/۱۶/3412345",
        "https://n.example/2026/10/08/slug",
        "https://n.example/1405-07-16-slug.html",
    ],
)
def test_t12_a_day_in_the_url_is_the_last_hint_with_the_precision_of_a_day(link: str) -> None:
    found = entry("", link=link)
    dated = entry("<pubDate>Sun, 01 Nov 2026 10:00:00 GMT</pubDate>", link=link)

    assert found.published_at == utc("2026-10-07T20:30:00")
    assert (found.date_source, found.date_confidence) == (DateSource.URL, DateConfidence.DAY)
    assert dated.date_source is DateSource.PUBLISHED
