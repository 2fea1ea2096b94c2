"""Operators' requests and registry changes, on a real Kafka with real fetchers that nobody restarts."""

import json
import random
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import groupby
from pathlib import Path

import pytest

from ingest.event import ControlAction, FeedControl
from ingest.feed_state import decode_feed
from ingest.pause import decode_control
from ingest.stream.local_broker import LocalBroker
from ingest.stream.record import Record
from ingest.stream.sending import send
from ingest.stream.topics import partition_of
from support.broker import PROJECT, eventually, quick_environment, read_topic
from support.feed_site import Item, RegistryFeed
from support.installation import PARTITIONS, Installation
from support.polling import NOW

KILLS = 2
REFUSED = "registry_refused"
pytestmark = [pytest.mark.timeout(180), pytest.mark.xdist_group("installations")]


def watched(installation: Installation) -> list[RegistryFeed]:
    """Return the feeds that an installation begins with."""
    return [
        RegistryFeed(f"feed-{number}", installation.site.url(installation.path(number)), f"site-{number}")
        for number in range(installation.sites)
    ]


@pytest.fixture(scope="module")
def installation(broker: LocalBroker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Yield two fetchers that share six sites and are never restarted; each test has sites of its own."""
    namespace = f"t{uuid.uuid4().hex[:10]}"
    with Installation(broker, namespace, tmp_path_factory.mktemp("control")) as running:
        for number in range(2):
            running.start(f"fetcher-{number}")
        for process in running.processes.values():
            process.wait_ready()
        eventually(lambda: polls(running, range(6)), lambda counts: min(counts) > 0, 60, "polls of all feeds")
        yield running


def rasad(installation: Installation, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command as an operator does, on any machine that reaches the broker."""
    environment = {
        **quick_environment(installation.broker.bootstrap),
        "PATH": "/usr/bin:/bin",
        "RASAD_NAMESPACE": installation.namespace,
        "RASAD_PARTITIONS": str(PARTITIONS),
        "RASAD_REGISTRY": str(installation.registry),
    }
    command = [sys.executable, "-m", "ingest.cli", *arguments]
    return subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False)


def ask(installation: Installation, site: bytes, *records: tuple[bytes, bytes]) -> None:
    """Put records on the control topic, into a site's partition."""
    topics = installation.topics
    (spec,) = (spec for spec in topics.specs((), PARTITIONS) if spec.name == topics.feed_control)
    partition = partition_of(site, PARTITIONS)
    send(installation.kafka, spec, [Record(spec.name, key, value, partition=partition) for key, value in records])


def request(number: int, action: ControlAction, reason: str = "") -> tuple[bytes, bytes]:
    """Return a record for one feed."""
    site = f"site-{number}"
    control = FeedControl(action=action, site=site, feed=f"feed-{number}", reason=reason, issued_at=NOW)
    return site.encode(), control.model_dump_json().encode()


def pauses(installation: Installation, number: int) -> list[str | None]:
    """Return the reasons of a feed's pauses as they were committed, one after the other."""
    committed = [
        decode_feed(record.value or b"").pause
        for record in read_topic(installation.kafka, installation.topics.feed_state)
        if record.key == f"f/feed-{number}".encode()
    ]
    return [reason for reason, _ in groupby(pause and pause.reason for pause in committed)]


def applied_after_seconds(installation: Installation, reason: str) -> float:
    """Return the seconds between a request and the state that it changed, by the broker's clock."""
    asked, changed = (
        min(
            record.appended_at
            for record in read_topic(installation.kafka, topic)
            if reason.encode() in (record.value or b"")
        )
        for topic in (installation.topics.feed_control, installation.topics.feed_state)
    )
    return (changed - asked).total_seconds()


def next_offset(installation: Installation, site: bytes) -> int:
    """Return up to where the requests of a site's partition were applied."""
    key = f"c/{partition_of(site, PARTITIONS)}".encode()
    committed = read_topic(installation.kafka, installation.topics.feed_state)
    return max(
        (decode_control(record.value or b"").next_offset for record in committed if record.key == key), default=0
    )


def polls(installation: Installation, numbers: Sequence[int]) -> list[int]:
    """Return how often feeds were asked."""
    return [len(installation.site.answers.get(installation.path(number), [])) for number in numbers]


def counted(installation: Installation, series: str) -> float:
    """Return a series of all fetchers together."""
    return sum(process.metric(series) for process in installation.processes.values())


def records_counted(installation: Installation, action: str, outcome: str) -> float:
    return counted(installation, f'rasad_control_records_total{{action="{action}",outcome="{outcome}"}}')


def test_a_feed_is_paused_and_resumed_by_a_record_while_two_fetchers_run(installation: Installation) -> None:
    applied = records_counted(installation, "resume", "applied")
    paused = rasad(installation, "feeds", "pause", "feed-0", "--for", "2h", "--reason", "خاموش")
    eventually(lambda: pauses(installation, 0), lambda seen: "خاموش" in seen, 10, "the pause")
    latency = applied_after_seconds(installation, "خاموش")
    before = polls(installation, [0, 1])
    eventually(lambda: polls(installation, [1])[0], lambda count: count >= before[1] + 3, 20, "three more polls")
    after = polls(installation, [0])[0]
    shown = json.loads(rasad(installation, "feeds", "status", "--paused", "--site", "site-0", "--json").stdout)
    resumed = rasad(installation, "feeds", "resume", "feed-0", "--json")
    eventually(lambda: polls(installation, [0])[0], lambda count: count > after, 20, "a poll of the feed")

    assert (paused.returncode, resumed.returncode) == (0, 0), paused.stderr + resumed.stderr
    assert paused.stdout.startswith("pause feed-0 until ")
    assert [row["feed"] for row in json.loads(resumed.stdout)["recorded"]] == ["feed-0"]
    assert latency < 2
    assert after - before[0] <= 1, "a poll that was under way may still end"
    told = [(row["id"], row["standing"], row["paused"]["reason"]) for row in shown["feeds"]]
    assert told == [("feed-0", "paused", "خاموش")]
    assert records_counted(installation, "resume", "applied") == applied + 1


def test_records_that_nobody_can_take_block_nothing(installation: Installation) -> None:
    pause = json.loads(request(2, ControlAction.PAUSE)[1])
    before = {
        name: records_counted(installation, *name)
        for name in (("none", "malformed"), ("none", "unknown_action"), ("pause", "unknown_target"))
    }

    ask(
        installation,
        b"site-2",
        (b"site-2", b"\xff garbage"),
        (b"site-2", json.dumps({**pause, "action": "recheck"}).encode()),
        (b"site-2", json.dumps({**pause, "feed": "feed-9"}).encode()),
        (b"other", request(2, ControlAction.PAUSE)[1]),
        request(2, ControlAction.PAUSE, "good"),
    )
    eventually(lambda: pauses(installation, 2), lambda seen: "good" in seen, 20, "the good one")
    dead = read_topic(installation.kafka, installation.topics.dead_letters)
    told = {name: records_counted(installation, *name) - count for name, count in before.items()}

    assert b"\xff garbage" in [record.value for record in dead]
    assert [record.header("rasad-stage") for record in dead] == ["control", "control"]
    assert list(told.values()) == [2, 1, 1]


def test_running_fetchers_take_a_new_feed_and_keep_their_feeds_when_the_file_breaks(
    installation: Installation,
) -> None:
    known = watched(installation)
    new = RegistryFeed("feed-new", installation.site.url("/new"), "site-new")
    installation.site.add("/new", Item("1", "یک خبر تازه", ""))
    refused = 'rasad_registry_reloads_total{outcome="refused"}'

    installation.write_registry([*known, new])
    changed_at = time.monotonic()
    eventually(installation.entries, lambda records: len(records) == 1, 20, "the new feed's entry")
    took = time.monotonic() - changed_at
    installation.registry.write_text("[[site]\nbroken", encoding="utf-8")
    for process in installation.processes.values():
        process.signal(signal.SIGHUP)
    eventually(lambda: counted(installation, refused), lambda count: count >= 2, 10, "the refusals")
    before = polls(installation, [1])[0]
    eventually(lambda: polls(installation, [1])[0], lambda count: count >= before + 2, 20, "polls of the old feeds")
    installation.write_registry(known)
    eventually(lambda: counted(installation, "rasad_registry_feeds"), lambda count: count == 12, 10, "the removal")
    left = len(installation.site.answers["/new"])
    before = polls(installation, [1])[0]
    eventually(lambda: polls(installation, [1])[0], lambda count: count >= before + 3, 20, "more polls")

    errors = [str(line["errors"]) for process in installation.processes.values() for line in process.logged(REFUSED)]
    assert took < 10
    assert any("not TOML" in error for error in errors)
    assert len(installation.site.answers["/new"]) - left <= 1
    assert all('feed="feed-new"' not in process.get("/metrics")[1] for process in installation.processes.values())


def test_a_request_is_applied_exactly_once_though_its_fetcher_is_killed_in_mid_work(
    broker: LocalBroker, namespace: str, tmp_path: Path
) -> None:
    chance = random.Random(20261122)
    in_flight = asked = 0
    reasons: list[str | None] = []
    with Installation(broker, namespace, tmp_path, sites=1) as installation:
        fetcher = installation.start("fetcher-0").wait_ready()
        while in_flight < KILLS and asked < 4 * KILLS:
            reason = f"r{asked}"
            reasons += [reason, None]
            ask(installation, b"site-0", request(0, ControlAction.PAUSE, reason))
            threading.Event().wait(chance.uniform(0, 0.04))
            fetcher.kill()
            in_flight += next_offset(installation, b"site-0") < 2 * asked + 1
            fetcher.start()
            reached = partial(next_offset, installation, b"site-0")
            eventually(reached, (2 * asked + 1).__le__, 40, "the pause")
            ask(installation, b"site-0", request(0, ControlAction.RESUME))
            eventually(reached, (2 * asked + 2).__le__, 20, "the resumption")
            asked += 1
        seen = pauses(installation, 0)

    assert in_flight == KILLS, "too few kills met a request in flight"
    assert seen in (reasons, [None, *reasons])
