"""Dates of feeds (HARDCASES T1 to T8, T10, T12): Jalali and Gregorian, in all the forms that publishers write."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from ingest.event import DateConfidence, DateFlag, DateSource
from ingest.parse.dates import Dating, date_entry, read_date, read_url_day

FETCHED_AT = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
TEHRAN = ZoneInfo("Asia/Tehran")
EXACT, ASSUMED, DAY = DateConfidence.EXACT, DateConfidence.ASSUMED_ZONE, DateConfidence.DAY


def dated(published: str | None, updated: str | None = None, url: str | None = None) -> Dating:
    return date_entry(published, updated, url, "Asia/Tehran", FETCHED_AT)


@pytest.mark.parametrize(
    ("raw", "instant", "confidence"),
    [
        # Jalali, in all its forms
        ("۱۴۰۴-۱۱-۰۷T۱۱:۳۲:۰۶Z", "2026-01-27T11:32:06", EXACT),
        ("1404/11/07 11:32", "2026-01-27T08:02:00", ASSUMED),
        ("1404-11-07T11:32:06+03:30", "2026-01-27T08:02:06", EXACT),
        ("07 Bahman 1404", "2026-01-26T20:30:00", DAY),
        ("۷ بهمن ۱۴۰۴", "2026-01-26T20:30:00", DAY),
        ("سه‌شنبه، ۷ بهمن ۱۴۰۴ ساعت ۱۱:۳۲", "2026-01-27T08:02:00", ASSUMED),
        ("سه شنبه ٧ بهمن ١٤٠٤ - ١١:٣٢", "2026-01-27T08:02:00", ASSUMED),
        ("۱۱:۳۲ - ۱۴۰۴/۱۱/۰۷", "2026-01-27T08:02:00", ASSUMED),
        ("16/07/1405", "2026-10-07T20:30:00", DAY),
        ("14041107", "2026-01-26T20:30:00", DAY),
        ("۷ دلو ۱۴۰۴", "2026-01-26T20:30:00", DAY),
        ("1404/11/07 05:42:38 ب.ظ", "2026-01-27T14:12:38", ASSUMED),
        ("1403-12-30", "2025-03-19T20:30:00", DAY),
        ("Tue, 07 Bahman 1404 11:32:06 +0330", "2026-01-27T08:02:06", EXACT),
        # Gregorian, as RFC 822, RFC 3339 and near to them
        ("Tue, 27 Jan 2026 11:32:06 GMT", "2026-01-27T11:32:06", EXACT),
        ("Tue, ۲۷ Jan ۲۰۲۶ ۱۱:۳۲:۰۶ +0330", "2026-01-27T08:02:06", EXACT),
        ("Mon, 27 Jan 2026 11:32:06 +0330", "2026-01-27T08:02:06", EXACT),
        ("Thu,28 Jul 2022 4:35:5 GMT+9", "2022-07-27T19:35:05", EXACT),
        ("27 Jan 26 11:32 UT", "2026-01-27T11:32:00", EXACT),
        ("27 Jan 99 11:32 UT", "1999-01-27T11:32:00", EXACT),
        ("Tue, 27 Jan 2026 11:32:06 EST", "2026-01-27T16:32:06", EXACT),
        ("2026-01-27T11:32:06.123456Z", "2026-01-27T11:32:06", EXACT),
        ("2026-01-27T11:32:06+03:30", "2026-01-27T08:02:06", EXACT),
        ("2026-01-27 11:32:06", "2026-01-27T08:02:06", ASSUMED),
        ("2026-01-27", "2026-01-26T20:30:00", DAY),
        ("20260127T113206Z", "2026-01-27T11:32:06", EXACT),
        # Zones
        ("2026-01-27 11:32:06 IRST", "2026-01-27T08:02:06", EXACT),
        ("2021-07-01 12:00:00", "2021-07-01T07:30:00", ASSUMED),
        ("2021-07-01 12:00:00 IRDT", "2021-07-01T07:30:00", EXACT),
        ("2026-07-01 12:00:00", "2026-07-01T08:30:00", ASSUMED),
        ("2026-01-27 11:32:06 XYZ", "2026-01-27T08:02:06", ASSUMED),
        ("2026-01-27 11:32:06 +0330 +0330", "2026-01-27T08:02:06", EXACT),
        ("2026-01-27 11:32:06.1 +0330 IRST m=+0.001", "2026-01-27T08:02:06", EXACT),
        ("2026-01-27 11:32 UTC+3:30", "2026-01-27T08:02:00", EXACT),
        ("2026-01-27 11:32 +330", "2026-01-27T08:02:00", EXACT),
        ("2026-01-27 11:32 به وقت تهران", "2026-01-27T08:02:00", EXACT),
        # Other software and other languages
        ("1/27/2026 5:42:38 PM", "2026-01-27T14:12:38", ASSUMED),
        ("1/27/2026 12:05:00 AM", "2026-01-26T20:35:00", ASSUMED),
        ("27/01/2026 17:42", "2026-01-27T14:12:00", ASSUMED),
        ("05.02.2026 10:00", "2026-02-05T06:30:00", ASSUMED),
        ("Tue Jan 27 2026 11:32:06 GMT+0330 (Iran Standard Time)", "2026-01-27T08:02:06", EXACT),
        ("Tue Jan 27 11:32:06 2026", "2026-01-27T08:02:06", ASSUMED),
        ("Tue Jan 27 11:32:06 UTC 2026", "2026-01-27T11:32:06", EXACT),
        ("January 27th, 2026 at 5:42 PM", "2026-01-27T14:12:00", ASSUMED),
        ("٢٧ يناير ٢٠٢٦ 11:32", "2026-01-27T08:02:00", ASSUMED),
        ("۲۷ ژانویه ۲۰۲۶", "2026-01-26T20:30:00", DAY),
        ("27 كانون الثاني 2026", "2026-01-26T20:30:00", DAY),
        ("\u200f2026-01-27\u200e 11:32:06\u202c", "2026-01-27T08:02:06", ASSUMED),
        ("2026-01-26T24:00:00Z", "2026-01-27T00:00:00", EXACT),
        ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59", EXACT),
        ("1769523158", "2026-01-27T14:12:38", EXACT),
        ("1769523158123", "2026-01-27T14:12:38.123", EXACT),
    ],
)
def test_a_date_is_read_as_the_instant_that_was_meant(raw: str, instant: str, confidence: DateConfidence) -> None:
    reading = read_date(raw, TEHRAN, FETCHED_AT)

    assert reading.at is not None
    assert abs(reading.at - datetime.fromisoformat(instant).replace(tzinfo=UTC)) < timedelta(seconds=1)
    assert (reading.confidence, reading.flag) == (confidence, None)
    assert reading.at.tzinfo is UTC


@pytest.mark.parametrize(
    ("raw", "flag"),
    [
        ("Invalid Date", DateFlag.UNPARSABLE),
        ("2026-02-31T00:00:00Z", DateFlag.UNPARSABLE),
        ("1404-12-30", DateFlag.UNPARSABLE),
        ("0000-00-00 00:00:00", DateFlag.UNPARSABLE),
        ("2026-01-27T25:00:00Z", DateFlag.UNPARSABLE),
        ("05/02/2026 10:00", DateFlag.UNPARSABLE),
        ("7 Bahman 2026", DateFlag.UNPARSABLE),
        ("7 Jan 1404", DateFlag.UNPARSABLE),
        ("7 Bahman 04", DateFlag.UNPARSABLE),
        ("دیروز", DateFlag.UNPARSABLE),
        ("2026-01-27 11:32:06 and 14 more", DateFlag.UNPARSABLE),
        ("2026-01-27T11:32:06+99:00", DateFlag.UNPARSABLE),
        ("9" * 10_000, DateFlag.UNPARSABLE),
        ("0001-01-01T00:00:00Z", DateFlag.ANCIENT),
        ("0001-01-01", DateFlag.ANCIENT),
        ("Thu, 01 Jan 1970 00:00:00 GMT", DateFlag.ANCIENT),
        ("1350/01/01", DateFlag.ANCIENT),
        ("2041-01-01T00:00:00Z", DateFlag.FUTURE),
        ("9999-12-31T23:59:59-03:30", DateFlag.FUTURE),
        ("1447/05/01 10:00", DateFlag.FUTURE),
        ("2026-11-23T12:00:01Z", DateFlag.FUTURE),
    ],
)
def test_a_date_that_cannot_be_believed_is_refused_with_its_reason(raw: str, flag: DateFlag) -> None:
    reading = read_date(raw, TEHRAN, FETCHED_AT)

    assert (reading.at, reading.confidence, reading.flag) == (None, DateConfidence.NONE, flag)


def test_t6_a_date_a_day_ahead_is_still_believed() -> None:
    assert read_date("2026-11-23T12:00:00Z", TEHRAN, FETCHED_AT).at == FETCHED_AT + timedelta(hours=24)


@pytest.mark.parametrize("raw", [None, "", "  \n"])
def test_no_date_is_no_fault(raw: str | None) -> None:
    reading = read_date(raw, TEHRAN, FETCHED_AT)

    assert (reading.at, reading.flag) == (None, None)


@pytest.mark.parametrize(
    ("url", "instant"),
    [
        ("https://n.example/news/1405/07/16/3412345/x", "2026-10-07T20:30:00"),
        ("https://n.example/news/۱۴۰۵/۰۷/۱۶/3412345/x", "2026-10-07T20:30:00"),
        ("https://n.example/2026/10/08/x", "2026-10-07T20:30:00"),
        ("https://n.example/1405-07-16-x", "2026-10-07T20:30:00"),
        ("https://n.example/news/1405/13/40/x", None),
        ("https://n.example/news/1447/05/01/x", None),
        ("https://n.example/news/140507/x", None),
        (None, None),
    ],
)
def test_t12_the_day_in_a_url_is_read(url: str | None, instant: str | None) -> None:
    expected = datetime.fromisoformat(instant).replace(tzinfo=UTC) if instant else None

    assert read_url_day(url, TEHRAN, FETCHED_AT).at == expected


URL = "https://n.example/news/1405/07/16/3412345/x"
PUBLISHED, UPDATED, LATE = "2026-10-08T10:00:00Z", "2026-10-08T11:00:00Z", "2041-01-01T00:00:00Z"


@pytest.mark.parametrize(
    ("published", "updated", "url", "source", "confidence", "flag"),
    [
        (PUBLISHED, UPDATED, URL, DateSource.PUBLISHED, EXACT, None),
        (None, UPDATED, URL, DateSource.UPDATED, EXACT, None),
        (LATE, UPDATED, URL, DateSource.UPDATED, EXACT, DateFlag.FUTURE),
        (LATE, None, URL, DateSource.URL, DAY, DateFlag.FUTURE),
        (None, None, URL, DateSource.URL, DAY, None),
        ("Invalid Date", "0001-01-01", None, DateSource.FIRST_SEEN, DateConfidence.NONE, DateFlag.UNPARSABLE),
        (None, None, None, DateSource.FIRST_SEEN, DateConfidence.NONE, None),
    ],
)
def test_t10_the_first_believable_date_wins_and_says_where_it_came_from(
    published: str | None,
    updated: str | None,
    url: str | None,
    source: DateSource,
    confidence: DateConfidence,
    flag: DateFlag | None,
) -> None:
    dating = dated(published, updated, url)

    assert (dating.source, dating.confidence, dating.flag) == (source, confidence, flag)
    assert (dating.published_at is None) == (source is DateSource.FIRST_SEEN)


def test_the_time_of_an_edit_is_kept_beside_the_publication() -> None:
    dating = dated(PUBLISHED, UPDATED)

    assert dating.published_at == datetime(2026, 10, 8, 10, tzinfo=UTC)
    assert dating.updated_at == datetime(2026, 10, 8, 11, tzinfo=UTC)
