"""Dead letters: what is kept of a record that no stage could take, and how it is read again."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from kafka.consumer.fetcher import ConsumerRecord

from ingest.service.errors import Reject
from ingest.stream.dead_letter import (
    EXCEPTION_MAX_BYTES,
    HEADERS_MAX_BYTES,
    KEY_MAX_BYTES,
    VALUE_MAX_BYTES,
    DeadLetter,
    dead_letter,
    exception_text,
)
from ingest.stream.heartbeat import is_heartbeat
from ingest.stream.membership import incoming_of
from ingest.stream.record import Headers, Incoming, Record

KAFKA_MAX_BYTES = 1_024 * 1_024
AT = datetime(2026, 1, 27, 8, 30, tzinfo=UTC)
ORIGINAL = Incoming(
    topic="rasad.entries.v1",
    partition=7,
    offset=4_711,
    appended_at=AT,
    key=b"abcdefghijklmnopqrstuvwxyz",
    value=b"\xff not JSON",
    headers=(("traceparent", b"00-1-2-01"), ("ce_id", b"x/1")),
)


def bury(incoming: Incoming = ORIGINAL, exception: BaseException | None = None) -> Record:
    return dead_letter(
        incoming,
        topic="rasad.dead-letters.v1",
        stage="decode",
        reason="unexpected",
        exception=exception,
        attempts=3,
        pipeline_version="3/linear-1",
    )


def read_back(record: Record) -> DeadLetter:
    return DeadLetter.parse(Incoming(record.topic, 2, 9, AT, record.key, record.value, record.headers))


def test_a_dead_letter_keeps_key_bytes_and_headers_and_says_what_happened_where() -> None:
    record = bury(exception=ValueError("no such field"))

    assert (record.topic, record.key, record.value) == ("rasad.dead-letters.v1", ORIGINAL.key, ORIGINAL.value)
    assert record.headers == (
        ("traceparent", b"00-1-2-01"),
        ("ce_id", b"x/1"),
        ("rasad-stage", b"decode"),
        ("rasad-reason", b"unexpected"),
        ("rasad-exception", b"ValueError: no such field"),
        ("rasad-topic", b"rasad.entries.v1"),
        ("rasad-partition", b"7"),
        ("rasad-offset", b"4711"),
        ("rasad-attempts", b"3"),
        ("rasad-pipeline", b"3/linear-1"),
    )


def test_a_dead_letter_is_read_back_as_it_was_written() -> None:
    letter = read_back(bury(exception=ValueError("no such field")))

    assert letter == DeadLetter(
        place=("rasad.dead-letters.v1", 2, 9),
        buried_at=AT,
        key=b"abcdefghijklmnopqrstuvwxyz",
        value=b"\xff not JSON",
        headers=ORIGINAL.headers,
        stage="decode",
        reason="unexpected",
        exception="ValueError: no such field",
        topic="rasad.entries.v1",
        partition=7,
        offset=4_711,
        attempts=3,
        pipeline="3/linear-1",
        original_length=10,
        original_sha256=None,
    )
    assert not letter.is_cut


def test_a_record_whose_process_died_has_no_exception_to_tell() -> None:
    assert read_back(bury()).exception is None


def test_a_value_at_the_limit_is_kept_whole() -> None:
    letter = read_back(bury(replace(ORIGINAL, value=b"x" * VALUE_MAX_BYTES)))

    assert (letter.original_length, letter.original_sha256, letter.is_cut) == (VALUE_MAX_BYTES, None, False)


def test_a_longer_value_is_cut_and_identified_by_length_and_digest() -> None:
    value = b"x" * VALUE_MAX_BYTES + b"y"

    letter = read_back(bury(replace(ORIGINAL, value=value)))

    assert letter.value == b"x" * VALUE_MAX_BYTES
    assert letter.original_length == VALUE_MAX_BYTES + 1
    assert letter.original_sha256 == hashlib.sha256(value).hexdigest()
    assert letter.is_cut


@pytest.mark.parametrize("value", [None, b""])
def test_a_record_without_key_and_value_is_buried_too(value: bytes | None) -> None:
    letter = read_back(bury(replace(ORIGINAL, key=None, value=value)))

    assert (letter.key, letter.value, letter.original_length, letter.is_cut) == (b"", value, 0, False)


def test_the_largest_dead_letter_fits_into_a_record() -> None:
    headers: Headers = tuple((f"h{number}", b"x" * 1_000) for number in range(1_000))
    hostile = replace(ORIGINAL, key=b"k" * KAFKA_MAX_BYTES, value=b"v" * KAFKA_MAX_BYTES, headers=headers)

    record = bury(hostile, ValueError("ی" * 100_000))

    assert record.size < KAFKA_MAX_BYTES * 0.9
    assert record.key == b"k" * KEY_MAX_BYTES
    assert ("rasad-original-key-length", str(KAFKA_MAX_BYTES).encode()) in record.headers
    assert record.headers[0] == ("h0", b"x" * 1_000)
    assert sum(len(value) for name, value in record.headers if name.startswith("h")) <= HEADERS_MAX_BYTES


def test_a_record_that_is_buried_again_tells_of_the_last_burial_only() -> None:
    once = bury(exception=ValueError("first"))
    sent_again = Incoming("rasad.entries.v1", 1, 5, AT, once.key, once.value, once.headers)

    twice = bury(sent_again)

    names = [name for name, _ in twice.headers]
    assert len(names) == len(set(names))
    assert read_back(twice).exception is None
    assert read_back(twice).offset == 5


@pytest.mark.parametrize(
    ("headers", "offset"),
    [
        ((), None),
        ((("rasad-offset", b"-1"),), None),
        ((("rasad-offset", b"1" * 30),), None),
        ((("rasad-offset", "۱۲".encode()),), None),
        ((("rasad-offset", b"\xff"),), None),
        ((("rasad-offset", b"12"),), 12),
    ],
)
def test_a_foreign_record_on_the_topic_can_still_be_listed(headers: Headers, offset: int | None) -> None:
    letter = DeadLetter.parse(Incoming("rasad.dead-letters.v1", 0, 0, AT, None, b"anything", headers))

    assert (letter.stage, letter.topic, letter.offset, letter.value) == (None, None, offset, b"anything")


def test_an_exception_is_named_with_its_module_unless_it_is_python_s_own() -> None:
    assert exception_text(Reject("too_large", "900000 bytes")) == "ingest.service.errors.Reject: 900000 bytes"
    assert exception_text(KeyError("x")) == "KeyError: 'x'"


def test_an_exception_is_one_line_without_control_characters() -> None:
    told = exception_text(ValueError("a\nb\x00c\x1b[31m\u202ed\ud83d"))

    assert told.isprintable()
    assert told.startswith("ValueError: a")


def test_a_long_exception_is_cut_between_two_characters() -> None:
    told = exception_text(ValueError("x" + "ی" * 100_000))

    assert EXCEPTION_MAX_BYTES - 1 <= len(told.encode()) <= EXCEPTION_MAX_BYTES
    assert told.endswith("ی")


@pytest.mark.parametrize(
    "message",
    [
        "GET https://reader:hunter2@news.example/feed failed",
        "GET https://news.example/feed?token=hunter2&page=1 failed",
        "sasl_plain_password='hunter2'",
        '{"api_key": "hunter2"}',
        "Authorization: Bearer hunter2",
        "client_secret = hunter2, retries=3",
    ],
)
def test_an_exception_shows_no_secret(message: str) -> None:
    told = exception_text(RuntimeError(message))

    assert "hunter2" not in told
    assert "***" in told


def test_a_message_without_a_secret_stays_as_it_is() -> None:
    assert exception_text(ValueError("متن «پرواز» در title: 12 of 30")) == "ValueError: متن «پرواز» در title: 12 of 30"


def test_a_header_without_a_value_ends_neither_the_reading_of_its_record_nor_its_burial() -> None:
    """Kafka lets any producer write one; a worker that died of it would die of it at every start."""
    given = ConsumerRecord("rasad.entries.v1", 0, 0, 5, 1_000, 1, b"k", b"v", [("ce_type", None)], None, 1, 1, 7)

    incoming = incoming_of(given)

    assert not is_heartbeat(incoming)
    assert bury(incoming).size > 0
    assert read_back(bury(incoming)).headers == (("ce_type", b""),)
