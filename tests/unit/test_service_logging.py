"""The log: one line an event, no control character, no secret."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from ingest.service.logging import configure, without_control_characters, without_secrets
from ingest.service.settings import LogFormat, LogLevel, LogSettings


@pytest.fixture(autouse=True)
def restored_log() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    for package in ("ingest", "workers"):
        logging.getLogger(package).setLevel(logging.NOTSET)
    structlog.reset_defaults()


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_an_event_is_one_line_of_json_when_nobody_watches() -> None:
    stream = io.StringIO()
    configure(LogSettings(), "fetcher-0", stream)

    structlog.stdlib.get_logger("ingest.poll").info("polled", feed="irna-main", new=3, title="خبر")

    (line,) = lines(stream)
    assert line.pop("at").endswith("Z")
    assert line == {
        "event": "polled",
        "level": "info",
        "logger": "ingest.poll",
        "process": "fetcher-0",
        "feed": "irna-main",
        "new": 3,
        "title": "خبر",
    }


def test_a_person_gets_readable_lines() -> None:
    stream = io.StringIO()
    configure(LogSettings(format=LogFormat.CONSOLE), "fetcher-0", stream)

    structlog.stdlib.get_logger("ingest.poll").info("polled", feed="irna-main")

    assert "polled" in stream.getvalue()
    assert "feed=irna-main" in stream.getvalue()
    assert "{" not in stream.getvalue()


@pytest.mark.parametrize("form", [LogFormat.JSON, LogFormat.CONSOLE])
def test_a_hostile_value_cannot_forge_a_line_or_move_the_cursor(form: LogFormat) -> None:
    stream = io.StringIO()
    configure(LogSettings(format=form), "fetcher-0", stream)
    hostile = "a\nb\r\x1b[2Jc\x9bd\u202ee\u2028f\ud800g"

    log = structlog.stdlib.get_logger("ingest.poll")
    log.info("polled", title=hostile, nested={"parts": [hostile]}, fault=ValueError(hostile))

    text = stream.getvalue()
    assert text.count("\n") == 1
    assert without_control_characters(text[:-1]) == text[:-1]
    assert text.encode()


def test_secrets_are_masked_wherever_they_stand() -> None:
    stream = io.StringIO()
    configure(LogSettings(), "fetcher-0", stream)

    structlog.stdlib.get_logger("ingest.poll").info(
        "asked https://reader:invented@one.example/rss",
        sasl_password="invented",
        headers={"Authorization": "invented"},
        url="https://one.example/rss?page=2&token=invented&x=1",
    )

    (line,) = lines(stream)
    assert "invented" not in stream.getvalue()
    assert line["url"] == "https://one.example/rss?page=2&token=***&x=1"
    assert line["event"] == "asked https://***@one.example/rss"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://one.example/rss?a=1", "https://one.example/rss?a=1"),
        ("https://u:p@one.example/", "https://***@one.example/"),
        ("https://one.example/?api_key=x#y", "https://one.example/?api_key=***#y"),
        ("https://one.example/?key=x&monkey=y", "https://one.example/?key=***&monkey=y"),
        ("https://one.example/user@host", "https://one.example/user@host"),
    ],
)
def test_only_the_secret_part_of_a_url_is_masked(url: str, shown: str) -> None:
    assert without_secrets(url) == shown


def test_an_exception_is_told_with_its_traceback_and_process() -> None:
    stream = io.StringIO()
    configure(LogSettings(), "worker-1", stream)

    def fail() -> None:
        raise ValueError("broken\x1b[0m")

    try:
        fail()
    except ValueError:
        structlog.stdlib.get_logger("workers.pipeline").exception("failed")

    (line,) = lines(stream)
    assert line["exception"].endswith("ValueError: broken\\x1b[0m")
    assert "\n" in line["exception"]


def test_libraries_speak_in_the_same_form_and_from_warning_on() -> None:
    stream = io.StringIO()
    configure(LogSettings(level=LogLevel.DEBUG), "fetcher-0", stream)

    logging.getLogger("kafka.client").info("chatter")
    logging.getLogger("kafka.client").warning("node %s\x07 is gone", 3)

    (line,) = lines(stream)
    assert (line["event"], line["level"], line["logger"]) == ("node 3\\x07 is gone", "warning", "kafka.client")
    assert line["process"] == "fetcher-0"


def test_our_own_level_is_the_settings() -> None:
    stream = io.StringIO()
    configure(LogSettings(level=LogLevel.WARNING), "fetcher-0", stream)

    structlog.stdlib.get_logger("ingest.poll").info("polled")
    structlog.stdlib.get_logger("ingest.poll").warning("slow")

    assert [line["event"] for line in lines(stream)] == ["slow"]


def test_setting_up_twice_does_not_write_twice() -> None:
    stream = io.StringIO()
    configure(LogSettings(), "fetcher-0", stream)
    configure(LogSettings(), "fetcher-0", stream)

    structlog.stdlib.get_logger("ingest.poll").info("polled")

    assert len(lines(stream)) == 1
