"""A real Prometheus over a real installation: each fault fires its own alert, and a quiet run fires none."""

import signal
import threading
from pathlib import Path

import pytest
from kafka import KafkaProducer

from ingest.stream.connection import common
from ingest.stream.heartbeat import is_heartbeat
from ingest.stream.local_broker import LocalBroker
from support.broker import eventually, read_topic
from support.installation import Installation
from support.live_prometheus import shortened
from support.metric_table import README, series_names, table_of
from support.watched import watched

FACTOR = 360.0
"""An hour is ten seconds; no window is shorter than four."""
BEATS = 8.0
"""Heartbeats and idle commits come each half minute, as ever: the thresholds of what they show are shortened less."""
QUIET_SECONDS = 10
WHILE = 5
pytestmark = [pytest.mark.timeout(300), pytest.mark.xdist_group("installations")]


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
    assert shortened('label_replace(x offset 1d, "before", "1d", "", "")', 60, seconds=False) == (
        'label_replace(x offset 1440s, "before", "1d", "", "")'
    )
    assert shortened("sum(x offset 10m)", 60, seconds=False) == "sum(x offset 10s)"
    assert shortened("time() - max(y) > 300", 60, seconds=True) == "time() - max(y) > 5.0"


def test_a_quiet_run_fires_nothing_and_a_dead_feed_fires_its_own(
    broker: LocalBroker, namespace: str, tmp_path: Path, prometheus: str
) -> None:
    with (
        Installation(broker, namespace, tmp_path) as installation,
        watched(installation, prometheus, FACTOR, BEATS) as running,
    ):
        let_pass(QUIET_SECONDS)
        assert running.fired(QUIET_SECONDS) == set()
        # Of five evaluations: on a busy machine a scrape may fail, and the figure is missing until the next.
        fresh = f"min_over_time(rasad:feeds_fresh:ratio[{WHILE}s])"
        eventually(lambda: running.value(fresh), lambda ratio: ratio == 1, 30, "fresh feeds")
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
        watched(installation, prometheus, FACTOR, BEATS) as running,
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
