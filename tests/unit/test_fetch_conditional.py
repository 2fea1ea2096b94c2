"""Which validators go out, and which are remembered."""

from datetime import UTC, datetime

import pytest

from ingest.fetch.conditional import conditional_headers, remembered_validators
from ingest.fetch.outcome import Fetched, Outcome, Reason, Validators
from ingest.fetch.redact import fingerprint

URL = "https://a.example/feed"
DIGEST = fingerprint(URL)


def fetched(outcome: Outcome, validators: Validators) -> Fetched:
    return Fetched(outcome, Reason.OK, URL, URL, datetime(2026, 6, 1, tzinfo=UTC), 0.1, validators=validators)


def test_h1_a_200_replaces_both_validators_even_by_nothing() -> None:
    stored = Validators('"1"', "Mon", DIGEST)

    kept = remembered_validators(stored, fetched(Outcome.FETCHED, Validators('"2"', None, DIGEST)))

    assert kept == Validators('"2"', None, DIGEST)


@pytest.mark.parametrize(
    ("carried", "kept"),
    [
        (Validators(None, None, DIGEST), Validators('"1"', "Mon", DIGEST)),
        (Validators('"2"', None, DIGEST), Validators('"2"', "Mon", DIGEST)),
        (Validators(None, "Tue", DIGEST), Validators('"1"', "Tue", DIGEST)),
        (Validators('"2"', "Tue", DIGEST), Validators('"2"', "Tue", DIGEST)),
    ],
)
def test_h1_a_304_replaces_only_what_it_carries(carried: Validators, kept: Validators) -> None:
    assert remembered_validators(Validators('"1"', "Mon", DIGEST), fetched(Outcome.NOT_MODIFIED, carried)) == kept


@pytest.mark.parametrize("outcome", [Outcome.FAILED, Outcome.GONE, Outcome.RATE_LIMITED])
def test_a_failure_changes_nothing(outcome: Outcome) -> None:
    stored = Validators('"1"', "Mon", DIGEST)

    assert remembered_validators(stored, fetched(outcome, Validators())) == stored


@pytest.mark.parametrize(
    ("url", "on_requested_host", "sent"), [(URL, False, True), (URL + "2", True, False), (URL + "2", False, False)]
)
def test_h1_validators_with_a_url_are_sent_there_only(url: str, on_requested_host: bool, sent: bool) -> None:
    headers = conditional_headers(Validators('"1"', None, DIGEST), url, on_requested_host=on_requested_host)

    assert headers == ([(b"If-None-Match", b'"1"')] if sent else [])


@pytest.mark.parametrize("value", ["خبر", "", '"1"\r\nX-Injected: 1', '"1"\n', '"1\0"'])
def test_what_never_was_a_header_is_not_sent(value: str) -> None:
    assert conditional_headers(Validators(value, value, None), URL, on_requested_host=True) == []
