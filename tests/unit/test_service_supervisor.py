"""The supervisor with real children: restarts, drain, leash, and the one endpoint."""

import http.client
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families

from ingest.service.child_process import Child
from ingest.service.hangup import Hangup
from ingest.service.lifecycle import ExitCode, Stop
from ingest.service.settings import MetricsSettings, RunSettings
from ingest.service.supervisor import EXIT_REASONS, Supervisor, exit_reason, restart_delay

PROJECT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 30.0
QUICK = RunSettings(backoff_first_seconds=0.05, backoff_max_seconds=0.2, drain_seconds=10)

SERVING = """
import os, sys
from prometheus_client import Counter, Histogram
from ingest.service.health import Health
from ingest.service.lifecycle import Stop
from ingest.service.metrics import new_registry, serve
from ingest.service.settings import MetricsSettings
stop, registry, health = Stop(10), new_registry(), Health()
Counter("rasad_things", "Things done", ["kind"], registry=registry).labels("good").inc(int(sys.argv[1]))
Histogram("rasad_stage_seconds", "Stage", buckets=(1,), registry=registry).observe(0.5)
with stop.on_signals(), serve(MetricsSettings(port=0), registry, health):
    if sys.argv[2] == "ready":
        health.started()
    stop.wait(60)
"""


def program(code: str, *arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-c", code, *arguments)


def eventually(what: Callable[[], bool]) -> None:
    """Look until it is so; the pause keeps the look from taking the CPU of what it looks at."""
    pause = threading.Event()
    for _ in range(int(PATIENCE_SECONDS / 0.02)):
        if what():
            return
        pause.wait(0.02)
    pytest.fail("it did not happen in time")


@dataclass
class Running:
    """A supervisor that runs in a thread of the test."""

    supervisor: Supervisor
    port: int
    stop: Stop
    thread: threading.Thread
    codes: list[ExitCode]

    def get(self, path: str) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request("GET", path)
        response = connection.getresponse()
        answer = (response.status, response.read().decode())
        connection.close()
        return answer

    def families(self) -> dict[str, Metric]:
        return {family.name: family for family in text_string_to_metric_families(self.get("/metrics")[1])}

    def value(self, family: str, **labels: str) -> float | None:
        found = self.families().get(family)
        return next((sample.value for sample in found.samples if sample.labels == labels), None) if found else None

    def ended(self) -> ExitCode:
        self.thread.join(PATIENCE_SECONDS)
        assert not self.thread.is_alive()
        return self.codes[0]


@contextmanager
def supervised(*children: Child, settings: RunSettings = QUICK, hangup: Hangup | None = None) -> Iterator[Running]:
    stop = Stop(settings.drain_seconds)
    supervisor = Supervisor(children, settings, stop, random=lambda: 0.5, hangup=hangup)
    codes: list[ExitCode] = []
    thread = threading.Thread(target=lambda: codes.append(supervisor.run()))
    with supervisor.serve(MetricsSettings(port=0)) as server:
        thread.start()
        try:
            yield Running(supervisor, server.port, stop, thread, codes)
        finally:
            stop.request("the test is over")
            thread.join(PATIENCE_SECONDS)


@pytest.fixture
def diary(tmp_path: Path) -> Path:
    path = tmp_path / "diary"
    path.touch()
    return path


def test_a_child_that_dies_is_started_again_under_its_name(diary: Path) -> None:
    dying = "import sys; open(sys.argv[1], 'a').write('lived\\n'); sys.exit(1)"

    with supervised(Child("worker-0", program(dying, str(diary)))) as running:
        eventually(lambda: len(diary.read_text().splitlines()) >= 3)

        restarts = running.value("rasad_child_restarts", process="worker-0")
        assert restarts is not None
        assert restarts >= 2
        assert (running.value("rasad_child_exits", process="worker-0", reason="failed") or 0) >= 2
        assert running.value("rasad_child_exits", process="worker-0", reason="hung") == 0
        assert running.thread.is_alive()


@pytest.mark.parametrize(
    ("code", "reason"), [(0, "ok"), (3, "fenced"), (5, "hung"), (-9, "signal"), (77, "failed"), (None, "failed")]
)
def test_an_exit_code_is_a_reason_of_a_closed_set(code: int | None, reason: str) -> None:
    assert exit_reason(code) == reason
    assert reason in EXIT_REASONS


def test_a_child_that_is_killed_is_started_again_and_the_others_are_left_alone(diary: Path) -> None:
    noting = "import os, sys, time; open(sys.argv[1], 'a').write(f'{sys.argv[2]} {os.getpid()}\\n'); time.sleep(60)"
    children = [Child(name, program(noting, str(diary), name)) for name in ("worker-0", "worker-1")]

    def lives() -> list[list[str]]:
        return [line.split() for line in diary.read_text().splitlines()]

    with supervised(*children) as running:
        eventually(lambda: len(lives()) == 2)
        os.kill(next(int(pid) for name, pid in lives() if name == "worker-1"), signal.SIGKILL)
        eventually(lambda: len(lives()) == 3)

        assert lives()[2][0] == "worker-1"
        assert running.value("rasad_child_restarts", process="worker-0") == 0
        eventually(lambda: running.value("rasad_child_up", process="worker-1") == 1)


def test_a_stop_drains_the_children_and_ends_well(diary: Path) -> None:
    draining = (
        "import signal, sys, time\n"
        "def end(*_): open(sys.argv[1], 'a').write('drained\\n'); sys.exit(0)\n"
        "signal.signal(signal.SIGTERM, end)\n"
        "open(sys.argv[1], 'a').write('ready\\n')\n"
        "time.sleep(60)\n"
    )

    with supervised(Child("worker-0", program(draining, str(diary)))) as running:
        eventually(lambda: "ready" in diary.read_text())
        running.stop.request("SIGTERM")

        assert running.ended() == ExitCode.OK
        assert diary.read_text().split() == ["ready", "drained"]


def test_a_child_that_does_not_end_within_the_budget_is_killed_with_what_it_started(diary: Path) -> None:
    stubborn = (
        "import os, signal, subprocess, sys, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        "open(sys.argv[1], 'a').write(f'{os.getpid()} {child.pid}\\n')\n"
        "time.sleep(60)\n"
    )
    settings = QUICK.model_copy(update={"drain_seconds": 0.3})

    with supervised(Child("worker-0", program(stubborn, str(diary))), settings=settings) as running:
        eventually(lambda: diary.read_text().endswith("\n"))
        running.stop.request("SIGTERM")

        assert running.ended() == ExitCode.FAILED
        for pid in diary.read_text().split():
            eventually(lambda pid=pid: gone(int(pid)))  # type: ignore[misc]


def gone(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return True
    return state == "Z"  # an orphan that nobody reaps in a container without init


def test_a_sighup_reaches_the_children_that_know_it_and_ends_none(diary: Path) -> None:
    hearing = SERVING.replace("stop.wait(60)", "heard(stop)").replace(
        "stop, registry",
        "from ingest.service.hangup import Hangup\n"
        "def heard(stop):\n"
        "    while not stop.wait(0.02):\n"
        "        if hangup.taken(): open(sys.argv[3], 'a').write(sys.argv[1])\n"
        "hangup = Hangup()\n"
        "stop, registry",
        1,
    )
    hearing = hearing.replace("with stop", "with hangup.on_signal(), stop")
    silent = "import time; time.sleep(60)"
    children = [Child(f"fetcher-{n}", program(hearing, str(n), "ready", str(diary))) for n in range(2)]
    hangup = Hangup()

    with hangup.on_signal(), supervised(*children, Child("worker-0", program(silent)), hangup=hangup) as running:
        eventually(lambda: all(running.value("rasad_child_scraped", process=child.name) == 1 for child in children))
        os.kill(os.getpid(), signal.SIGHUP)
        eventually(lambda: sorted(diary.read_text()) == ["0", "1"])

        restarts = [running.value("rasad_child_restarts", process=name) for name in ("fetcher-0", "worker-0")]
        assert restarts == [0, 0]


def test_children_end_when_the_supervisor_is_killed(diary: Path) -> None:
    noting = "import os, sys, time; open(sys.argv[1], 'a').write(f'{os.getpid()}\\n'); time.sleep(60)"
    supervising = """
import random, sys
from ingest.service.child_process import Child
from ingest.service.lifecycle import Stop
from ingest.service.settings import RunSettings
from ingest.service.supervisor import Supervisor
Supervisor([Child("worker-0", tuple(sys.argv[1:]))], RunSettings(), Stop(10), random.random).run()
"""
    command = [*program(supervising), *program(noting, str(diary))]
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as supervisor:
        eventually(lambda: diary.read_text().endswith("\n"))

        supervisor.kill()
        supervisor.wait(PATIENCE_SECONDS)

        eventually(lambda: gone(int(diary.read_text())))


def test_a_child_that_refuses_to_start_stops_everything_with_the_usage_code() -> None:
    children = [Child("fetcher-0", program("raise SystemExit(2)")), Child("worker-0", program(SERVING, "1", "ready"))]

    with supervised(*children) as running:
        assert running.ended() == ExitCode.USAGE


def test_a_program_that_does_not_exist_is_tried_again(tmp_path: Path) -> None:
    with supervised(Child("worker-0", (str(tmp_path / "absent"),))) as running:
        eventually(lambda: (running.value("rasad_child_restarts", process="worker-0") or 0) >= 2)

        assert running.thread.is_alive()


def test_one_endpoint_covers_all_children() -> None:
    children = [
        Child("worker-0", program(SERVING, "3", "ready")),
        Child("worker-1", program(SERVING, "4", "ready")),
    ]

    with supervised(*children) as running:
        eventually(lambda: running.get("/readyz")[0] == 200)
        text = running.get("/metrics")[1]
        families = running.families()

        assert text.count("# TYPE rasad_things_total counter") == 1
        assert text.count("# HELP rasad_things_total Things done") == 1
        assert running.value("rasad_things", kind="good", process="worker-0") == 3
        assert running.value("rasad_things", kind="good", process="worker-1") == 4
        assert families["rasad_stage_seconds"].type == "histogram"
        processes = {sample.labels["process"] for sample in families["rasad_build_info"].samples}
        assert processes == {"supervisor", "worker-0", "worker-1"}
        assert running.value("rasad_child_scraped", process="worker-0") == 1


def test_the_series_of_a_dead_child_vanish(diary: Path) -> None:
    noting = SERVING.replace("stop.wait(60)", "open(sys.argv[3], 'a').write(f'{os.getpid()}\\n'); stop.wait(60)")
    settings = QUICK.model_copy(update={"backoff_first_seconds": 600, "backoff_max_seconds": 600})

    with supervised(Child("worker-0", program(noting, "3", "ready", str(diary))), settings=settings) as running:
        eventually(lambda: running.value("rasad_things", kind="good", process="worker-0") == 3)
        eventually(lambda: diary.read_text().endswith("\n"))
        os.kill(int(diary.read_text()), signal.SIGKILL)
        eventually(lambda: running.value("rasad_child_up", process="worker-0") == 0)

        assert "rasad_things" not in running.families()
        assert running.value("rasad_child_scraped", process="worker-0") == 0


def test_the_whole_is_ready_only_when_every_child_is() -> None:
    children = [
        Child("worker-0", program(SERVING, "1", "ready")),
        Child("worker-1", program(SERVING, "1", "waiting")),
        Child("worker-2", program("import time; time.sleep(60)")),
    ]

    def waits_for() -> dict[str, Any]:
        waits: dict[str, Any] = json.loads(running.get("/readyz")[1])["waits_for"]
        return waits

    with supervised(*children) as running:
        expected = {"worker-1": {"start": "the process is starting"}, "worker-2": "does not answer"}
        eventually(lambda: waits_for() == expected)

        assert running.get("/readyz")[0] == 503
        assert running.get("/healthz")[0] == 200


def test_the_backoff_doubles_up_to_its_cap() -> None:
    settings = RunSettings(backoff_first_seconds=1, backoff_max_seconds=60)

    delays = [restart_delay(deaths, settings, lambda: 0.5) for deaths in (1, 2, 3, 7, 1_000_000)]

    assert delays == [1, 2, 4, 60, 60]


def test_the_backoff_is_spread_by_a_fifth_to_either_side() -> None:
    settings = RunSettings(backoff_first_seconds=1)

    assert restart_delay(1, settings, lambda: 0.0) == pytest.approx(0.8)
    assert restart_delay(1, settings, lambda: 1.0) == pytest.approx(1.2)
