"""The end of a process: asked for by a signal, forced by a second one, or by the watchdog when it hangs."""

import os
import queue
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from ingest.service.lifecycle import ExitCode, Stop, Watchdog

PROJECT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 30


class Clock:
    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


def started(program: str, environ: dict[str, str] | None = None) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", program],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=PROJECT,
        env={**os.environ, **(environ or {})},
    )


def said(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


DRAINING = """
import sys
from ingest.service.lifecycle import Stop
stop = Stop(budget_seconds=30)
with stop.on_signals():
    print("ready", flush=True)
    stop.wait(60)
    print(stop.reason, stop.remaining_seconds() > 0, flush=True)
    {then}
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_asks_for_the_end_and_the_process_exits_well(number: signal.Signals) -> None:
    with started(DRAINING.format(then="sys.exit(0)")) as process:
        assert said(process) == "ready"

        process.send_signal(number)

        assert said(process) == f"{number.name} True"
        assert process.wait(PATIENCE_SECONDS) == 0


def test_a_second_signal_forces_the_end() -> None:
    with started(DRAINING.format(then="import time; time.sleep(60)")) as process:
        assert said(process) == "ready"
        process.send_signal(signal.SIGTERM)
        assert said(process) == "SIGTERM True"

        process.send_signal(signal.SIGTERM)

        assert process.wait(PATIENCE_SECONDS) == ExitCode.INTERRUPTED


def test_the_first_signal_does_not_cut_short_a_drain_that_the_loop_began_itself() -> None:
    forced: queue.SimpleQueue[int] = queue.SimpleQueue()
    stop = Stop(10)

    with stop.on_signals(force=forced.put):
        stop.request("fenced")
        os.kill(os.getpid(), signal.SIGTERM)

    assert forced.empty()
    assert stop.reason == "fenced"


def test_a_signal_is_heard_while_the_main_thread_is_stuck() -> None:
    stuck = "__import__('threading').Thread(target=lambda: [stop.wait(60), print(stop.reason, flush=True)]).start()"
    program = DRAINING.replace("stop.wait(60)", f"{stuck}; __import__('ctypes').CDLL(None).sleep(60)", 1)
    with started(program.format(then="")) as process:
        assert said(process) == "ready"
        process.send_signal(signal.SIGTERM)
        assert said(process) == "SIGTERM"

        process.kill()


def test_a_forked_child_dies_of_its_own_signal_and_leaves_the_parent_alone() -> None:
    program = """
import multiprocessing, time, warnings
from ingest.service.lifecycle import Stop
warnings.simplefilter("ignore")
stop = Stop(30)
with stop.on_signals():
    child = multiprocessing.get_context("fork").Process(target=time.sleep, args=(60,))
    child.start()
    child.terminate()
    child.join()
    print(child.exitcode, stop.wait(0.2), flush=True)
"""
    with started(program) as process:
        assert said(process) == "-15 False"


def test_the_dispositions_before_are_put_back() -> None:
    before = signal.getsignal(signal.SIGTERM)

    with Stop(1).on_signals():
        assert signal.getsignal(signal.SIGTERM) is not before

    assert signal.getsignal(signal.SIGTERM) is before


def test_the_budget_runs_from_the_request_and_the_first_reason_stays() -> None:
    clock = Clock()
    stop = Stop(20, clock)
    clock.seconds += 1000
    assert (stop.requested, stop.remaining_seconds()) == (False, 20)

    stop.request("SIGTERM")
    clock.seconds += 5
    stop.request("fenced")

    assert (stop.requested, stop.reason, stop.remaining_seconds()) == (True, "SIGTERM", 15)
    clock.seconds += 100
    assert stop.remaining_seconds() == 0
    assert stop.wait(60)


def test_a_process_follows_its_supervisor_into_death() -> None:
    program = """
from ingest.service.lifecycle import Stop, follow_supervisor
stop = Stop(30)
follow_supervisor(stop)
print(stop.wait(60), stop.reason, flush=True)
"""
    with started(program, {"RASAD_SUPERVISOR_PID": "1"}) as process:
        assert said(process) == "True supervisor died"


def test_a_process_with_a_living_supervisor_or_none_goes_on() -> None:
    program = """
from ingest.service.lifecycle import Stop, follow_supervisor
stop = Stop(30)
follow_supervisor(stop)
print(stop.wait(1.3), flush=True)
"""
    with started(program, {"RASAD_SUPERVISOR_PID": str(os.getpid())}) as process:
        assert said(process) == "False"


def test_the_watchdog_ends_a_process_that_hangs() -> None:
    program = """
import time
from ingest.service.lifecycle import Watchdog
with Watchdog().limit(0.2, "one record"):
    time.sleep(60)
"""
    with started(program) as process:
        out, err = process.communicate(timeout=PATIENCE_SECONDS)

    assert process.returncode == ExitCode.HUNG
    assert "one record" in out + err
    assert "time.sleep" not in err
    assert 'File "<string>", line 5' in err


def test_the_watchdog_ends_a_process_whose_interpreter_is_held_by_one_c_call() -> None:
    program = """
import ctypes
from ingest.service.lifecycle import Watchdog
Watchdog.STUCK_SECONDS = 1.0
with Watchdog().limit(0.5, "one record"):
    ctypes.PyDLL(None).sleep(60)  # PyDLL keeps the interpreter's lock
"""
    with started(program) as process:
        _, err = process.communicate(timeout=PATIENCE_SECONDS)

    assert process.returncode == ExitCode.FAILED
    assert "Timeout" in err


def test_the_watchdog_lets_work_within_its_limit_be() -> None:
    ended: queue.SimpleQueue[int] = queue.SimpleQueue()
    watchdog = Watchdog(end=ended.put)

    with watchdog.limit(0.1, "short"):
        pass
    with watchdog.limit(60, "long"), watchdog.limit(60, "nested"):
        threading.Event().wait(0.3)

    assert ended.empty()


def test_the_earliest_of_nested_limits_counts() -> None:
    ended: queue.SimpleQueue[int] = queue.SimpleQueue()
    watchdog = Watchdog(end=ended.put)

    with watchdog.limit(60, "batch"), watchdog.limit(0.05, "record"):
        assert ended.get(timeout=PATIENCE_SECONDS) == ExitCode.HUNG
