"""What systemd is told, read from a real datagram socket as systemd reads it."""

import os
import sys
import threading
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.service.child_process import Child
from ingest.service.health import Verdict
from ingest.service.lifecycle import ExitCode, Stop
from ingest.service.notify import Notifier
from ingest.service.settings import RunSettings
from ingest.service.supervisor import Supervisor
from support.service_manager import ServiceManager

SERVING = """
import os, signal, sys
from ingest.service.health import Health
from ingest.service.lifecycle import Stop
from ingest.service.metrics import new_registry, serve
from ingest.service.settings import MetricsSettings
assert "NOTIFY_SOCKET" not in os.environ and "WATCHDOG_USEC" not in os.environ
stop, health = Stop(10), Health()
with stop.on_signals(), serve(MetricsSettings(port=0), new_registry(), health):
    health.started()
    stop.wait(60)
"""


@pytest.fixture(params=["path", "abstract"])
def manager(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ServiceManager]:
    address = str(tmp_path / "notify") if request.param == "path" else f"@rasad-test-{uuid.uuid4().hex}"
    listening = ServiceManager(address)
    yield listening
    listening.close()


def test_assignments_arrive_in_one_datagram(manager: ServiceManager) -> None:
    Notifier({"NOTIFY_SOCKET": manager.address}).tell("READY=1", "STATUS=all is well")

    assert manager.heard() == ["READY=1", "STATUS=all is well"]


def test_without_a_service_manager_nothing_is_said_and_nothing_breaks() -> None:
    stop = Stop(1)
    before = threading.active_count()
    notifier = Notifier({})

    notifier.tell("READY=1")
    notifier.beat()
    notifier.follow(lambda: pytest.fail("nobody asks"), stop)

    assert threading.active_count() == before


def test_a_service_manager_that_is_gone_breaks_nothing(tmp_path: Path) -> None:
    Notifier({"NOTIFY_SOCKET": str(tmp_path / "gone")}).tell("READY=1")


def test_a_beat_is_sent_four_times_in_the_watchdogs_time_and_not_more_often(tmp_path: Path) -> None:
    manager = ServiceManager(str(tmp_path / "notify"))
    now = 100.0
    notifier = Notifier({"NOTIFY_SOCKET": manager.address, "WATCHDOG_USEC": "4000000"}, clock=lambda: now)

    for tick in range(31):  # three seconds, ten looks a second
        now = 100.0 + tick / 10
        notifier.beat()

    assert [manager.heard() for _ in range(4)] == [["WATCHDOG=1"]] * 4
    assert manager.has_heard_nothing()
    manager.close()


def test_each_change_of_what_is_waited_for_is_told_once_and_readiness_once(tmp_path: Path) -> None:
    manager = ServiceManager(str(tmp_path / "notify"))
    stop = Stop(10)
    waiting = Verdict(ok=False, body={"waits_for": {"worker-0": "does not answer\nyet"}})
    ready = Verdict(ok=True, body={})
    answers = iter([waiting, waiting, ready, ready, waiting])

    def answer() -> Verdict:
        found = next(answers, None)
        if found is None:
            stop.request("the test is over")
        return found or waiting

    Notifier({"NOTIFY_SOCKET": manager.address})._follow(answer, QuickStop(stop))

    assert manager.heard() == ["STATUS=waiting: worker-0: does not answer yet"]
    assert manager.heard() == ["STATUS=ready", "READY=1"]
    assert manager.heard() == ["STATUS=waiting: worker-0: does not answer yet"]
    assert manager.has_heard_nothing()
    manager.close()


class QuickStop(Stop):
    """A stop whose waiting takes no time."""

    def __init__(self, stop: Stop) -> None:
        super().__init__(10)
        self._stop = stop

    @property
    def requested(self) -> bool:
        return self._stop.requested

    def wait(self, seconds: float) -> bool:
        del seconds
        return self.requested


def test_a_supervisor_says_ready_when_its_children_are_then_beats_then_says_that_it_stops(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    manager = ServiceManager(str(tmp_path / "notify"))
    monkeypatch.setenv("NOTIFY_SOCKET", manager.address)
    monkeypatch.setenv("WATCHDOG_USEC", "200000")
    stop = Stop(20)
    child = Child("worker-0", (sys.executable, "-c", SERVING))
    supervisor = Supervisor([child], RunSettings(drain_seconds=20), stop, random=lambda: 0.5)
    assert "NOTIFY_SOCKET" not in os.environ
    codes: list[ExitCode] = []
    thread = threading.Thread(target=lambda: codes.append(supervisor.run()))
    thread.start()
    try:
        before = manager.heard_until("READY=1")
        manager.heard_until("WATCHDOG=1")
        stop.request("SIGTERM")
        after = manager.heard_until("STOPPING=1")
        while "STATUS=draining: SIGTERM" not in after:
            after += manager.heard()
    finally:
        stop.request("the test is over")
        thread.join(30)
        manager.close()

    assert "STATUS=waiting: worker-0: does not answer" in before
    assert codes == [ExitCode.OK]
