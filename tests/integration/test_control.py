"""Operators' requests and registry changes, on a real Kafka with real fetchers that nobody restarts."""

import json
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
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
pytestmark = [pytest.mark.timeout(180), pytest.mark.xdist_group("installations")]


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


def ask(installation: Installation, *records: tuple[bytes, bytes]) -> None:
    """Put records of site-0's partition on the control topic."""
    topics = installation.topics
    (spec,) = (spec for spec in topics.specs((), PARTITIONS) if spec.name == topics.feed_control)
    partition = partition_of(b"site-0", PARTITIONS)
    send(
        installation.kafka,
        spec,
        [Record(spec.name, key, value, partition=partition) for key, value in records],
    )


def request(action: ControlAction, reason: str = "") -> tuple[bytes, bytes]:
    control = FeedControl(action=action, site="site-0", feed="feed-0", reason=reason, issued_at=NOW)
    return b"site-0", control.model_dump_json().encode()


def pauses(installation: Installation) -> list[str | None]:
    """Return the reasons of feed-0's pauses as they were committed, one after the other."""
    committed = [
        decode_feed(record.value or b"").pause
        for record in read_topic(installation.kafka, installation.topics.feed_state)
        if record.key == b"f/feed-0"
    ]
    return [reason for reason, _ in groupby(pause and pause.reason for pause in committed)]


def next_offset(installation: Installation) -> int:
    """Return up to where the requests of site-0's partition were applied."""
    key = f"c/{partition_of(b'site-0', PARTITIONS)}".encode()
    committed = read_topic(installation.kafka, installation.topics.feed_state)
    return max(
        (decode_control(record.value or b"").next_offset for record in committed if record.key == key), default=0
    )


def polls(installation: Installation, numbers: Sequence[int]) -> list[int]:
    return [len(installation.site.answers.get(installation.path(number), [])) for number in numbers]


def test_a_feed_is_paused_and_resumed_by_a_record_while_two_fetchers_run(
    broker: LocalBroker, namespace: str, tmp_path: Path
) -> None:
    with Installation(broker, namespace, tmp_path) as installation:
        fetchers = [installation.start(f"fetcher-{number}") for number in range(2)]
        for fetcher in fetchers:
            fetcher.wait_ready()
        eventually(lambda: polls(installation, range(6)), lambda counts: min(counts) > 0, 30, "polls of all feeds")

        paused = rasad(installation, "feeds", "pause", "feed-0", "--for", "2h", "--reason", "خاموش")
        recorded_at = time.monotonic()
        eventually(lambda: pauses(installation), lambda seen: "خاموش" in seen, 10, "the pause", pause=0.05)
        latency = time.monotonic() - recorded_at
        before = polls(installation, range(6))
        eventually(lambda: polls(installation, [1])[0], lambda count: count >= before[1] + 3, 20, "three more polls")
        after = polls(installation, range(6))
        shown = json.loads(rasad(installation, "feeds", "status", "--paused", "--json").stdout)["feeds"]
        resumed = rasad(installation, "feeds", "resume", "feed-0", "--json")
        eventually(lambda: polls(installation, [0])[0], lambda count: count > after[0], 20, "a poll of the feed")
        applied = sum(
            fetcher.metric('rasad_control_records_total{action="pause",outcome="applied"}') for fetcher in fetchers
        )

    assert (paused.returncode, resumed.returncode) == (0, 0), paused.stderr + resumed.stderr
    assert paused.stdout.startswith("pause feed-0 until ")
    assert json.loads(resumed.stdout)["recorded"][0]["offset"] == 1
    assert latency < 3, "DESIGN's two seconds, and one for reading the whole topic on a busy machine"
    assert after[0] - before[0] <= 1, "a poll that was under way may still end"
    assert [(row["id"], row["standing"], row["paused"]["reason"]) for row in shown] == [("feed-0", "paused", "خاموش")]
    assert applied == 1


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
            ask(installation, request(ControlAction.PAUSE, reason))
            threading.Event().wait(chance.uniform(0, 0.06))
            fetcher.kill()
            in_flight += next_offset(installation) < 2 * asked + 1
            fetcher.start()
            eventually(lambda seen=2 * asked + 1: next_offset(installation) >= seen, bool, 40, "the pause")
            ask(installation, request(ControlAction.RESUME))
            eventually(lambda seen=2 * asked + 2: next_offset(installation) >= seen, bool, 20, "the resumption")
            asked += 1
        seen = pauses(installation)

    assert in_flight == KILLS, "too few kills met a request in flight"
    assert [reason for reason, _ in groupby(seen)] in (reasons, [None, *reasons])


def test_records_that_nobody_can_take_block_nothing(broker: LocalBroker, namespace: str, tmp_path: Path) -> None:
    foreign = json.loads(request(ControlAction.PAUSE)[1])
    with Installation(broker, namespace, tmp_path, sites=1) as installation:
        ask(
            installation,
            (b"site-0", b"\xff garbage"),
            (b"site-0", json.dumps({**foreign, "action": "recheck"}).encode()),
            (b"site-0", json.dumps({**foreign, "feed": "feed-9"}).encode()),
            (b"other", request(ControlAction.PAUSE)[1]),
            request(ControlAction.POLL),
            request(ControlAction.PAUSE, "good"),
        )
        fetcher = installation.start("fetcher-0").wait_ready()
        eventually(lambda: pauses(installation), lambda seen: "good" in seen, 20, "the good one")
        dead = read_topic(installation.kafka, installation.topics.dead_letters)
        told = {
            outcome: fetcher.metric(f'rasad_control_records_total{{action="{action}",outcome="{outcome}"}}')
            for action, outcome in (("none", "malformed"), ("none", "unknown_action"), ("pause", "unknown_target"))
        }

    assert max(record.value or b"" for record in dead) == b"\xff garbage"
    assert [record.header("rasad-stage") for record in dead] == ["control", "control"]
    assert told == {"malformed": 2, "unknown_action": 1, "unknown_target": 1}


def test_a_running_fetcher_takes_a_new_feed_and_keeps_its_feeds_when_the_file_breaks(
    broker: LocalBroker, namespace: str, tmp_path: Path
) -> None:
    with Installation(broker, namespace, tmp_path, sites=1) as installation:
        fetcher = installation.start("fetcher-0").wait_ready()
        known = RegistryFeed("feed-0", installation.site.url(installation.path(0)), "site-0")
        new = RegistryFeed("feed-new", installation.site.url("/new"), "site-new")
        installation.site.add("/new", Item("1", "یک خبر تازه", ""))

        installation.write_registry([known, new])
        changed_at = time.monotonic()
        eventually(installation.entries, lambda records: len(records) == 1, 20, "the new feed's entry")
        took = time.monotonic() - changed_at
        installation.registry.write_text("[[site]\nbroken", encoding="utf-8")
        fetcher.signal(signal.SIGHUP)
        refused = 'rasad_registry_reloads_total{outcome="refused"}'
        eventually(lambda: fetcher.metric(refused), lambda count: count >= 1, 10, "the refusal")
        before = polls(installation, [0])[0]
        eventually(lambda: polls(installation, [0])[0], lambda count: count >= before + 2, 20, "polls of the old feeds")
        installation.write_registry([known])
        eventually(lambda: fetcher.metric("rasad_registry_feeds"), lambda count: count == 1, 10, "the removal")
        left = len(installation.site.answers["/new"])
        eventually(lambda: polls(installation, [0])[0], lambda count: count >= before + 5, 20, "more polls")
        later = len(installation.site.answers["/new"])
        gone = fetcher.get("/metrics")[1]
        told = fetcher.logged("registry_refused")
        assert fetcher.terminate() == 0

    assert took < 10
    assert "not TOML" in str(told[0]["errors"])
    assert later - left <= 1
    assert 'feed="feed-new"' not in gone
