"""A real Prometheus over a real installation: each fault fires its own alert, and a quiet run fires none."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from kafka import KafkaProducer

from ingest.stream.connection import common
from ingest.stream.heartbeat import is_heartbeat
from ingest.stream.local_broker import LocalBroker
from support.broker import eventually, read_topic
from support.feed_site import Item
from support.installation import Installation
from support.live_prometheus import LivePrometheus, shortened
from support.metric_table import README, series_names, table_of

FACTOR = 360.0
"""An hour is ten seconds; no window is shorter than four."""
BEATS = 8.0
"""Heartbeats and idle commits come each half minute, as ever: the thresholds of what they show are shortened less."""
QUIET_SECONDS = 10
pytestmark = [pytest.mark.timeout(300), pytest.mark.xdist_group("installations")]


@contextmanager
def news(installation: Installation) -> Iterator[None]:
    """Let each feed have something new every two seconds."""
    over = threading.Event()

    def publish() -> None:
        number = 0
        while not over.wait(2):
            number += 1
            for site in range(installation.sites):
                installation.site.add(installation.path(site), Item(f"n{number}", f"خبر {number} از {site}", ""))

    thread = threading.Thread(target=publish, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


@contextmanager
def watched(installation: Installation, prometheus: str) -> Iterator[LivePrometheus]:
    """Yield a Prometheus over a fetcher and a worker that have news, once a heartbeat has come through."""
    fetcher, worker = installation.start("fetcher-0"), installation.start("worker-0")
    with news(installation):
        for process in (fetcher, worker):
            process.wait_ready()
        stamp = 'rasad_heartbeat_timestamp_seconds{stage="ended"}'
        eventually(lambda: worker.metric(stamp), bool, 60, "a heartbeat")
        targets = [f"127.0.0.1:{process.port}" for process in (fetcher, worker)]
        with LivePrometheus(prometheus, installation.folder, targets, FACTOR, BEATS) as running:
            up = "count(up == 1)"
            eventually(
                lambda: running.query(up), lambda found: bool(found) and found[0]["value"][1] == "2", 30, "two targets"
            )
            yield running


def let_pass(seconds: float) -> None:
    threading.Event().wait(seconds)


def unknown_series(installation: Installation) -> set[str]:
    """Return the names that running processes show and the table of the documentation lacks."""
    table = table_of(README.read_text(encoding="utf-8"))
    known = {name for row in table for name in series_names(row)}
    lines = [line for process in installation.processes.values() for line in process.get("/metrics")[1].splitlines()]
    shown = {line.partition(" ")[0].partition("{")[0] for line in lines if line.startswith("rasad_")}
    assert len(shown) > 60
    return shown - known


def poison(installation: Installation, records: int) -> None:
    producer = KafkaProducer(**common(installation.kafka, "test"), metrics_enabled=False)
    try:
        for _ in range(records):
            producer.send(installation.topics.entries, key=b"poison", value=b'{"title": 7}')
        producer.flush(10)
    finally:
        producer.close(timeout=5)


def test_windows_and_thresholds_are_shortened_and_nothing_else() -> None:
    expression = "sum(increase(x_1h[15m])) > 10 and time() - max(y) > 300 offset 1h"

    assert shortened(expression, 60, seconds=False) == (
        "sum(increase(x_1h[15s])) > 10 and time() - max(y) > 300 offset 60s"
    )
    assert shortened("time() - max(y) > 300", 60, seconds=True) == "time() - max(y) > 5.0"


def test_a_quiet_run_fires_nothing_and_a_dead_feed_fires_its_own(
    broker: LocalBroker, namespace: str, tmp_path: Path, prometheus: str
) -> None:
    with Installation(broker, namespace, tmp_path) as installation, watched(installation, prometheus) as running:
        let_pass(QUIET_SECONDS)
        assert running.fired(QUIET_SECONDS) == set()
        assert running.query("rasad:feeds_fresh:ratio")[0]["value"][1] == "1"
        assert unknown_series(installation) == set()
        heartbeats = read_topic(installation.kafka, installation.topics.heartbeats)
        assert heartbeats
        assert all(map(is_heartbeat, heartbeats))
        assert not any(map(is_heartbeat, installation.articles()))

        installation.site.serve_document(installation.path(0), b"<html><body>gone</body></html>", "text/html")
        assert running.wait_for("RasadFeedFailing", 60) == {"RasadFeedFailing"}


@pytest.mark.full
def test_a_poison_storm_a_hung_worker_and_a_broker_that_is_gone_fire_their_own(
    kafka_libs: Path, namespace: str, tmp_path: Path, prometheus: str
) -> None:
    with (
        LocalBroker(tmp_path / "kafka", kafka_libs) as broker,
        Installation(broker, namespace, tmp_path) as installation,
        watched(installation, prometheus) as running,
    ):
        poison(installation, 40)
        # Alertmanager keeps the lesser one quiet (inhibit_rules): the records are no entries, which no publisher does.
        assert running.wait_for("RasadPoisonStorm", 30) <= {"RasadPoisonStorm", "RasadUnexpectedDeadLetter"}
        eventually(running.firing, lambda firing: not firing, 60, "the end of the alerts")

        installation.processes["worker-0"].signal(signal.SIGSTOP)
        firing = running.wait_for("RasadHeartbeatMissing", 60)
        assert firing <= {"RasadHeartbeatMissing", "RasadDown"}
        installation.processes["worker-0"].signal(signal.SIGCONT)
        eventually(running.firing, lambda firing: not firing, 120, "the end of the alerts")

        broker.kill()
        assert running.wait_for("RasadBrokerGone", 60) <= {"RasadBrokerGone", "RasadHeartbeatMissing", "RasadNoCommits"}
