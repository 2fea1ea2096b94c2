"""Questions to a response's head: waiting, freshness, validators, dates."""

from datetime import UTC, datetime, timedelta

import pytest

from ingest.fetch.response import MAX_DELTA_SECONDS, ResponseHead, http_date

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)


def head(*headers: tuple[str, str], status: int = 200) -> ResponseHead:
    return ResponseHead(status, tuple((name.encode(), value.encode("latin-1")) for name, value in headers), NOW)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        ("0", 0.0),
        ("0007", 7.0),
        ("-5", None),
        ("1e9", None),
        ("1.5", None),
        ("", None),
        ("soon", None),
        ("\u00b2", None),
        ("9" * 5_000, float(MAX_DELTA_SECONDS)),
        ("Mon, 01 Jun 2026 13:00:00 GMT", 3600.0),
        ("Monday, 01-Jun-26 13:00:00 GMT", 3600.0),
        ("Mon Jun  1 13:00:00 2026", 3600.0),
        ("Mon, 01 Jun 2026 11:00:00 GMT", 0.0),
        ("Mon, 01 Jun 9999 11:00:00 GMT", float(MAX_DELTA_SECONDS)),
    ],
)
def test_h5_retry_after_in_both_forms_is_never_negative(value: str, seconds: float | None) -> None:
    assert head(("Retry-After", value)).retry_after() == seconds


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ([], None),
        ([("Cache-Control", "max-age=300")], 300.0),
        ([("Cache-Control", 'public, MAX-AGE = "60"')], 60.0),
        ([("Cache-Control", "public"), ("cache-control", "max-age=60")], 60.0),
        ([("Cache-Control", "s-maxage=9, max-age=60")], 60.0),
        ([("Cache-Control", "s-maxage=9")], None),
        ([("Cache-Control", "max-age=60"), ("Expires", "Mon, 01 Jun 2026 13:00:00 GMT")], 60.0),
        ([("Cache-Control", "no-cache, max-age=60")], 0.0),
        ([("Cache-Control", "no-store")], 0.0),
        ([("Cache-Control", "max-age=soon")], None),
        ([("Cache-Control", "max-age=300"), ("Age", "100")], 200.0),
        ([("Cache-Control", "max-age=300"), ("Age", "400")], 0.0),
        ([("Cache-Control", "max-age=" + "9" * 400)], float(MAX_DELTA_SECONDS)),
        ([("Expires", "Mon, 01 Jun 2026 13:00:00 GMT")], 3600.0),
        ([("Expires", "Mon, 01 Jun 2026 13:00:00 GMT"), ("Date", "Mon, 01 Jun 2026 12:30:00 GMT")], 1800.0),
        ([("Expires", "Mon, 01 Jun 2026 11:00:00 GMT")], 0.0),
        ([("Expires", "0")], 0.0),
        ([("Expires", "-1")], 0.0),
    ],
)
def test_h16_freshness_comes_from_max_age_then_expires_less_age(
    headers: list[tuple[str, str]], seconds: float | None
) -> None:
    assert head(*headers).max_age() == seconds


@pytest.mark.parametrize(
    ("ahead", "kept"), [(timedelta(hours=-1), True), (timedelta(hours=23), True), (timedelta(hours=25), False)]
)
def test_h3_a_last_modified_more_than_a_day_ahead_is_no_validator(ahead: timedelta, kept: bool) -> None:
    value = (NOW + ahead).strftime("%a, %d %b %Y %H:%M:%S GMT")

    validators = head(("Last-Modified", value), ("ETag", '"e"')).validators("http://a.example/")

    assert validators.last_modified == (value if kept else None)
    assert validators.etag == '"e"'


def test_a_last_modified_that_is_no_date_is_echoed_as_it_is() -> None:
    assert head(("Last-Modified", "last Tuesday")).validators("u").last_modified == "last Tuesday"


def test_empty_validators_are_none() -> None:
    validators = head(("ETag", ""), ("Last-Modified", "")).validators("u")

    assert (validators.etag, validators.last_modified) == (None, None)


def test_names_of_headers_are_compared_without_case_and_the_first_line_counts() -> None:
    assert head(("eTAG", '"1"'), ("ETag", '"2"')).text("Etag") == '"1"'


def test_a_redirect_needs_somewhere_to_go() -> None:
    assert head(("Location", "/x"), status=301).is_redirect()
    assert not head(status=301).is_redirect()
    assert not head(("Location", "/x"), status=304).is_redirect()
    assert not head(("Location", "/x"), status=200).is_redirect()


@pytest.mark.parametrize(
    ("value", "expected"),
    [("0", 0), ("000", 0), ("7", 7), ("0" * 6_000 + "7", 7), ("9" * 6_000, 10**20 - 1), ("-1", None), ("", None)],
)
def test_an_announced_length_is_read_however_it_is_written(value: str, expected: int | None) -> None:
    assert head(("Content-Length", value)).content_length() == expected


@pytest.mark.parametrize(
    "value", ["", "0", "soon", "1769523158", "Mon, 32 Jun 2026 13:00:00 GMT", "Mon, 01 Jun 0000 00:00:00 +9999"]
)
def test_what_is_no_http_date_is_none(value: str) -> None:
    assert http_date(value) is None


def test_dates_come_back_in_utc_whatever_their_zone() -> None:
    assert http_date("Mon, 01 Jun 2026 15:30:00 +0330") == NOW
    assert http_date("Mon, 01 Jun 2026 12:00:00 -0000") == NOW
