"""`rasad feeds status`: what is told of each feed, in which order, and how it stands in a terminal."""

import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType

import pytest

from ingest.alternates import Detour
from ingest.control_commands import duration_of, requests
from ingest.event import ControlAction, DateConfidence, DateSource, TextPolicy
from ingest.feed_state import FeedState, Seen, SeenDate, digest_of_url, encode_feed, encode_seen, feed_key, seen_key
from ingest.feeds import Feed, Registry, Site
from ingest.fetch.outcome import Reason
from ingest.pause import ControlState, Pause, control_key, encode_control
from ingest.registry_reading import read_registry, read_registry_file
from ingest.schedule import FeedHistory
from ingest.service.errors import UsageError
from ingest.service.settings import KafkaSettings
from ingest.status import FeedStatus, Remembered, Standing, statuses
from ingest.status_commands import cell_width, gone, left_out, report, span, table
from ingest.stream import reading
from ingest.stream.sending import send
from ingest.stream.topics import Topics
from support.polling import FEED, NOW

PROJECT = Path(__file__).resolve().parents[2]
HOUR = timedelta(hours=1)
WELL = FeedHistory(interval_seconds=600, last_success_at=NOW - HOUR / 6, last_new_at=NOW - HOUR)
SITE = Site("site", "خبرگزاری", ("news.example",), "fa", "Asia/Tehran", TextPolicy.FULL, None)


def feed(name: str, **fields: object) -> Feed:
    return replace(FEED, id=name, url=f"https://{name}.example/rss", **fields)


def seen(number: int, feed_id: str, ago: timedelta) -> Seen:
    date = SeenDate(None, DateSource.FIRST_SEEN, DateConfidence.NONE, None)
    return Seen("site", (f"g:{number}",), "a" * 26, 1, NOW - ago, NOW.date(), date, ((feed_id, "d"),))


def shown(
    *feeds: Feed, states: dict[str, FeedState] | None = None, entries: tuple[Seen, ...] = (), control: bytes = b""
) -> list[FeedStatus]:
    remembered = Remembered()
    for name, state in (states or {}).items():
        remembered.take(3, feed_key(name), encode_feed(state))
    for entry in entries:
        remembered.take(3, seen_key(entry), encode_seen(entry))
    if control:
        remembered.take(3, control_key(3), control)
    registry = Registry(MappingProxyType({"site": SITE}), MappingProxyType({feed.id: feed for feed in feeds}))
    return statuses(registry, remembered, lambda _: 3, NOW)


def standing(history: FeedHistory = WELL, of: Feed | None = None, **fields: object) -> Standing:
    watched = of or feed("one")
    (row,) = shown(watched, states={"one": FeedState(history=history, **fields)})  # type: ignore[arg-type]
    return row.standing


def test_a_feed_that_works_is_ok_and_one_that_is_off_is_off() -> None:
    assert standing() is Standing.OK
    assert standing(of=feed("one", enabled=False)) is Standing.OFF


@pytest.mark.parametrize("history", [replace(WELL, failures=1, weight=0.5), replace(WELL, gone=True)])
def test_a_feed_whose_last_poll_failed_is_failing(history: FeedHistory) -> None:
    assert standing(history) is Standing.FAILING


def test_a_feed_that_nobody_has_polled_says_so() -> None:
    (row,) = shown(feed("one"))

    assert row.standing is Standing.NEVER_POLLED


def test_a_pause_that_holds_is_told_and_one_that_is_over_is_not() -> None:
    assert standing(pause=Pause(NOW, NOW + HOUR)) is Standing.PAUSED
    assert standing(pause=Pause(NOW - HOUR, NOW)) is Standing.OK


def test_the_pause_of_a_host_is_told_of_its_feeds_only() -> None:
    control = encode_control(ControlState(1, {("site", "one.example"): Pause(NOW, None, "آرام")}))

    rows = shown(feed("one"), feed("two"), states={"two": FeedState(history=WELL)}, control=control)

    assert {row.feed.id: row.standing for row in rows} == {"one": Standing.PAUSED, "two": Standing.OK}
    assert next(row.pause.reason for row in rows if row.pause) == "آرام"


def test_a_feed_on_a_detour_is_told_with_the_address_that_is_asked() -> None:
    watched = feed("one", alternates=("https://x:word@mirror.example/rss",))
    detour = Detour(digest_of_url(watched.alternates[0]), proven=True, registered_at=NOW)

    (row,) = shown(watched, states={"one": FeedState(history=WELL, detour=detour)})

    assert row.standing is Standing.DETOUR
    assert "mirror.example" in row.asked_at
    assert "word" not in row.asked_at


def test_the_rhythm_is_the_median_time_between_moments_with_something_new() -> None:
    ago = [HOUR * hours for hours in (40, 12, 11, 10, 10, 8)]
    entries = tuple(seen(number, "one", since) for number, since in enumerate(ago))

    (row,) = shown(feed("one"), states={"one": FeedState(history=WELL)}, entries=entries)

    assert row.rhythm == 1.5 * HOUR
    assert row.freshness == HOUR


def test_a_feed_that_answers_and_has_had_nothing_new_for_many_rhythms_is_silent() -> None:
    entries = tuple(seen(number, "one", HOUR * (30 + number)) for number in range(5))
    silent = replace(WELL, last_new_at=NOW - 30 * HOUR)

    (row,) = shown(feed("one"), states={"one": FeedState(history=silent)}, entries=entries)

    assert row.standing is Standing.SILENT


def test_the_worst_come_first() -> None:
    states = {
        "ok": FeedState(history=WELL),
        "paused": FeedState(history=WELL, pause=Pause(NOW)),
        "bad": FeedState(history=replace(WELL, failures=2, weight=2.0)),
        "worse": FeedState(history=replace(WELL, failures=9, weight=9.0)),
    }

    rows = shown(*(feed(name) for name in ("ok", "never", "paused", "bad", "worse")), states=states)

    assert [row.feed.id for row in rows] == ["worse", "bad", "never", "paused", "ok"]


def test_state_of_a_partition_that_the_site_has_left_counts_for_nothing() -> None:
    remembered = Remembered()
    remembered.take(2, feed_key("one"), encode_feed(FeedState(history=replace(WELL, failures=9))))
    remembered.take(3, feed_key("one"), encode_feed(FeedState(history=WELL)))
    remembered.take(3, b"p/of a later release", b"{}")
    registry = Registry(MappingProxyType({"site": SITE}), MappingProxyType({"one": feed("one")}))

    (row,) = statuses(registry, remembered, lambda _: 3, NOW)

    assert row.standing is Standing.OK


def test_a_tombstone_is_nothing_remembered() -> None:
    remembered = Remembered()
    remembered.take(3, feed_key("one"), encode_feed(FeedState(history=WELL)))
    remembered.take(3, feed_key("one"), None)

    assert remembered.feeds == {}


def test_persian_names_keep_the_columns_of_a_table_in_place() -> None:
    names = ["ایرنا", "خبرگزاری\u200cها", "A", "خبرگزاری جمهوری اسلامی ایران و جهان", "新聞"]
    feeds = [feed(f"feed-{number}", publisher=name) for number, name in enumerate(names)]

    lines = table(shown(*feeds), NOW)[: len(names) + 1]

    starts = {cell_width(line[: line.index("\u2068")]) for line in lines}
    assert len(starts) == 1
    assert all(line.endswith("\u2069") for line in lines)
    assert all(cell_width(line.partition("\u2068")[2]) <= 24 for line in lines)


def test_the_table_tells_why_when_and_how_many() -> None:
    states = {
        "bad": FeedState(
            history=replace(WELL, failures=3, weight=3.0), reason=Reason.NOT_FOUND, next_poll_at=NOW + HOUR
        ),
        "quiet": FeedState(history=WELL, pause=Pause(NOW, NOW + 2 * HOUR, "they asked\x1b[2J")),
    }

    lines = table(shown(feed("bad"), feed("quiet"), states=states), NOW)

    assert re.search(r"bad +failing +not_found ×3 +10m ago +1h ago +in 1h +10m", lines[1])
    assert "2h left: they asked" in lines[2]
    assert "\x1b" not in lines[2]
    assert lines[-1] == "2 feeds: 1 failing, 1 paused"


def test_the_report_for_machines_has_times_in_utc_and_durations_in_seconds() -> None:
    (row,) = shown(feed("one"), states={"one": FeedState(history=WELL, pause=Pause(NOW, None, "x"), gaps=2)})

    told = report(row)

    assert json.loads(json.dumps(told)) == told
    assert (told["last_new_at"], told["freshness_seconds"], told["gaps"]) == ("2026-11-22T11:00:00Z", 3600.0, 2)
    assert told["paused"] == {"since": "2026-11-22T12:00:00Z", "until": None, "reason": "x"}


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0s"), (59, "59s"), (60, "1m"), (3_599, "59m59s"), (5_400, "1h30m"), (90_000, "1d1h"), (-5, "0s")],
)
def test_a_span_has_its_two_largest_units(seconds: int, text: str) -> None:
    assert span(timedelta(seconds=seconds)) == text


@pytest.fixture
def mute_broker() -> Iterator[int]:
    """Yield the port of a server that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        held: list[socket.socket] = []

        def accept() -> None:
            while True:
                try:
                    held.append(server.accept()[0])
                except OSError:
                    return

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)
        thread.join(5)
        for connection in held:
            connection.close()


def run(port: int, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("RASAD_", "KAFKA_"))}
    return subprocess.run(
        [sys.executable, "-m", "ingest.cli", "feeds", *arguments],
        cwd=PROJECT,
        env={**environment, "KAFKA_BOOTSTRAP_SERVERS": f"127.0.0.1:{port}"},
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )


def test_a_feed_that_left_the_registry_is_told_with_how_long_it_may_come_back() -> None:
    remembered = Remembered()
    for feed_id, left_at in (("there", NOW), ("mistake", NOW), ("polled", None)):
        remembered.take(0, feed_key(feed_id), encode_feed(FeedState(left_at=left_at)))
    registry = Registry(MappingProxyType({}), MappingProxyType({"there": replace(FEED, id="there")}))

    (line,) = gone(remembered.left(registry))

    assert line == "mistake has left the registry; it goes on where it was if it comes back until 2027-12-27"


def test_what_the_registry_runs_without_is_told_below_the_table() -> None:
    text = (
        '[[site]]\nid = "s"\npublisher = "s"\nhosts = ["s.example"]\n[[site.feed]]\nid = "f"\n'
        'url = "https://s.example/"\nalternates = ["https://user:word@a b/"]\n'
    )

    (line,) = left_out(read_registry("feeds.toml", text.encode()))

    assert line.startswith(
        "left out, this alternate alone: feeds.toml: site[0].feed[0].alternates[0] = 'https://***@a b/'"
    )


def test_without_a_broker_the_status_says_so() -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]

    result = run(port, "status")

    assert result.returncode == 2
    assert f"no Kafka answers at 127.0.0.1:{port}" in result.stderr


def test_without_a_broker_a_request_is_not_taken_for_recorded() -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        kafka = KafkaSettings(bootstrap_servers=f"127.0.0.1:{unused.getsockname()[1]}")

    with pytest.raises(UsageError, match="no Kafka answers"):
        send(kafka, Topics("t").specs(())[0], ())


def test_a_broker_that_takes_the_call_and_says_nothing_is_given_up(
    mute_broker: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "WAITING_PERSON_MS", 300)
    kafka = KafkaSettings(bootstrap_servers=f"127.0.0.1:{mute_broker}")
    began = time.monotonic()

    with pytest.raises(UsageError, match="no Kafka answers"):
        list(reading.read_to_end(kafka, "t.feed-state.v1"))

    assert time.monotonic() - began < 10


REGISTRY = read_registry_file(PROJECT / "seeds/feeds.toml").registry


@pytest.mark.parametrize(
    ("ids", "host", "told"),
    [
        (["irna-mian"], None, "irna-mian is no feed of the registry; like it are irna-main"),
        (["qqq", "www"], None, "qqq is no feed of the registry\nwww is no feed of the registry"),
        ([], None, "name feeds, or --host"),
        (["irna-main"], "irna.ir", "name feeds, or --host"),
        ([], "irna.r", "irna.r is no host of the registry; like it are irna.ir"),
    ],
)
def test_a_target_that_nobody_knows_is_told_with_what_is_like_it(ids: list[str], host: str | None, told: str) -> None:
    with pytest.raises(UsageError) as raised:
        requests(REGISTRY, ControlAction.PAUSE, ids, host, NOW)

    assert str(raised.value).startswith(told)


@pytest.mark.parametrize(("text", "minutes"), [("30m", 30), ("2h", 120), ("1d12h", 2_160), ("1h30m", 90)])
def test_a_pause_lasts_as_long_as_is_said(text: str, minutes: int) -> None:
    assert duration_of(text) == timedelta(minutes=minutes)


@pytest.mark.parametrize("text", ["", "0m", "2 hours", "h", "-1h", "99999h", "1h1d"])
def test_a_time_that_is_none_is_told(text: str) -> None:
    with pytest.raises(UsageError, match="must be such as 30m, 2h or 1d12h"):
        duration_of(text)


def test_a_poll_of_a_feed_that_is_off_is_no_request() -> None:
    registry = Registry(MappingProxyType({"site": SITE}), MappingProxyType({"one": feed("one", enabled=False)}))

    with pytest.raises(UsageError, match="one is off in the registry"):
        requests(registry, ControlAction.POLL, ["one"], None, NOW)


def test_a_feed_that_is_named_twice_is_asked_for_once() -> None:
    asked = requests(REGISTRY, ControlAction.POLL, ["irna-main", "isna-main", "irna-main"], None, NOW)

    assert [(control.site, control.feed) for control in asked] == [("irna.ir", "irna-main"), ("isna.ir", "isna-main")]


def test_a_request_for_a_host_goes_to_every_site_that_has_feeds_there() -> None:
    asked = requests(REGISTRY, ControlAction.PAUSE, [], "WWW.IRNA.ir", NOW)

    assert [(control.site, control.host, control.feed) for control in asked] == [("irna.ir", "www.irna.ir", None)]
