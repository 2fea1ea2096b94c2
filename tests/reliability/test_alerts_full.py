"""A real Prometheus over a real installation: the alerts that need minutes, or a supervisor, to show themselves."""

import base64
import json
import os
import secrets
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from kafka import KafkaProducer

from ingest.stream.connection import common
from ingest.stream.local_broker import LocalBroker
from support.broker import eventually
from support.feed_site import Item
from support.hanging_run import HANGING
from support.installation import Installation, body
from support.live_prometheus import LivePrometheus
from support.watched import news, scraped, watched

HANGING_RUN = str(Path(__file__).parents[1] / "support" / "hanging_run.py")
BEATS = 8.0
pytestmark = [pytest.mark.full, pytest.mark.timeout(600), pytest.mark.xdist_group("installations")]


def test_a_publisher_that_falls_silent_fires_its_own_and_its_usual_rhythm_does_not(
    broker: LocalBroker, namespace: str, tmp_path: Path, prometheus: str
) -> None:
    silent: set[int] = set()
    # A day is 144 s, and six hours are 36, in which a feed with news each second changes far more than ten times.
    with (
        Installation(broker, namespace, tmp_path, sites=2) as installation,
        news(installation, every_seconds=1, silent=silent.__contains__),
        scraped(installation, prometheus, 600.0, BEATS) as running,
    ):
        usual = "min(rasad:site_news:usual6h)"
        eventually(lambda: running.value(usual), lambda changes: (changes or 0) > 14, 300, "a usual rhythm")
        assert running.fired(60) == set()

        silent.add(0)

        # The publisher's only feed is silent too.
        assert running.wait_for("RasadPublisherSilent", 90) <= {"RasadPublisherSilent", "RasadFeedSilent"}
        assert [alert["metric"]["site"] for alert in running.query('ALERTS{alertname="RasadPublisherSilent"}')] == [
            "site-0"
        ]
        silent.clear()
        eventually(running.firing, lambda firing: not firing, 90, "the end of the alerts")


@contextmanager
def flood(installation: Installation, each_second: int) -> Iterator[None]:
    """Write entries, made from one that the fetcher wrote, faster than a worker reads them."""
    record = eventually(installation.entries, bool, 30, "an entry")[0]
    entry = body(record) | {"text": "متنی دراز که خواندنش زمان می‌برد. " * 80}
    producer = KafkaProducer(**common(installation.kafka, "test"), metrics_enabled=False)
    over = threading.Event()

    def write() -> None:
        while not over.wait(0.1):
            for _ in range(each_second // 10):
                article_id = base64.b32encode(secrets.token_bytes(17)).decode()[:26].lower()
                value = json.dumps(entry | {"article_id": article_id}, ensure_ascii=False).encode()
                producer.send(installation.topics.entries, key=article_id.encode(), value=value)

    thread = threading.Thread(target=write, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
        producer.flush(60)
        producer.close(timeout=5)


def test_workers_that_fall_behind_fire_their_own(
    broker: LocalBroker, namespace: str, tmp_path: Path, prometheus: str
) -> None:
    with (
        Installation(broker, namespace, tmp_path) as installation,
        watched(installation, prometheus, 360.0, BEATS) as running,
        flood(installation, each_second=1_000),
    ):
        firing = running.wait_for("RasadLagGrowing", 90)
        # So far behind, the heartbeat is late as well, and entries of hours ago are not taken yet.
        assert firing <= {"RasadLagGrowing", "RasadHeartbeatMissing", "RasadEntriesNotTaken"}


@contextmanager
def supervised(installation: Installation, prometheus: str, factor: float) -> Iterator[LivePrometheus]:
    """Yield a Prometheus over the one endpoint of `rasad run`, once a heartbeat has come through."""
    run = installation.start(
        "run", script=(HANGING_RUN,), arguments=("run", "--fetchers", "1", "--workers", "1")
    ).wait_ready(90)
    eventually(lambda: 'stage="ended"' in run.get("/metrics")[1], bool, 60, "a heartbeat")
    target = f"127.0.0.1:{run.port}"
    # A child that does not answer costs the supervisor's answer two seconds.
    with LivePrometheus(prometheus, installation.folder, [target], factor, BEATS, scrape_seconds=3) as running:
        eventually(lambda: running.value("count(rasad_child_scraped == 1)"), lambda count: count == 2, 30, "children")
        yield running


def pid_of(installation: Installation, child: str) -> int:
    """Return the process id that a supervisor's child has now."""
    started = [line for line in installation.processes["run"].logged("child started") if line["child"] == child]
    return int(str(started[-1]["pid"]))


def test_a_child_that_stands_still_and_a_child_that_hangs_fire_their_own(
    broker: LocalBroker, namespace: str, tmp_path: Path, prometheus: str
) -> None:
    with (
        Installation(broker, namespace, tmp_path, sites=2) as installation,
        supervised(installation, prometheus, 60.0) as running,
        news(installation),
    ):
        worker = pid_of(installation, "worker-0")
        os.kill(worker, signal.SIGSTOP)
        assert running.wait_for("RasadChildSilent", 60) <= {"RasadChildSilent", "RasadHeartbeatMissing"}
        os.kill(worker, signal.SIGCONT)
        eventually(running.firing, lambda firing: not firing, 120, "the end of the alerts")

        installation.site.add(installation.path(0), Item("hanging", "خبری که می‌ماند", HANGING))
        assert running.wait_for("RasadChildHung", 90) <= {
            "RasadChildHung", "RasadChildSilent", "RasadHeartbeatMissing",
        }  # fmt: skip
        assert pid_of(installation, "worker-0") != worker
