"""The demo as a user runs it: to its end, and with what may go wrong."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from ingest.stream.local_broker import LocalBroker
from support.broker import PROJECT
from workers.demo.samples import expected, load_samples

pytestmark = [pytest.mark.timeout(240), pytest.mark.xdist_group("installations")]
ISOLATES = re.compile("[\u2066-\u2069\u200e]")


def environment(**more: str) -> dict[str, str]:
    """Return our environment without settings, with more."""
    return {name: value for name, value in os.environ.items() if not name.startswith("RASAD_")} | more


def rasad(*arguments: str, env: Mapping[str, str], seconds: float = 200) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ingest.cli", *arguments],
        cwd=PROJECT, env=dict(env), capture_output=True, text=True, timeout=seconds, check=False,
    )  # fmt: skip


def test_the_demo_ends_by_itself_with_counts_that_reconcile(broker: LocalBroker) -> None:
    promised = expected(load_samples(PROJECT / "seeds" / "samples"))

    done = rasad("demo", "--once", env=environment(KAFKA_BOOTSTRAP_SERVERS=broker.bootstrap))

    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    rows = dict(
        re.findall(
            r"^\s*(entries|articles|updates|seen in several feeds|dead letters)\s+(\d+)", done.stdout, re.MULTILINE
        )
    )
    assert rows == {
        "entries": str(promised.entries),
        "articles": str(promised.articles),
        "seen in several feeds": str(promised.several_feeds),
        "updates": str(promised.updates),
        "dead letters": "0",
    }
    assert "the counts reconcile" in done.stderr
    events = [line for line in done.stdout.splitlines() if re.match(r"\d\d:\d\d:\d\d", ISOLATES.sub("", line))]
    assert len(events) == promised.entries


def test_the_demo_says_what_holds_its_port() -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]

        done = rasad("demo", "--once", "--site-port", str(port), env=environment())

    assert done.returncode == 2
    assert f"port {port} on 127.0.0.1 is in use" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_demo_says_which_tool_is_missing(tmp_path: Path) -> None:
    done = rasad("demo", "--once", env=environment(PATH=str(tmp_path), JAVA_HOME=""))

    assert done.returncode == 2
    assert "install Java 17" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_kafka_that_does_not_answer_is_named() -> None:
    done = rasad("demo", "--once", env=environment(KAFKA_BOOTSTRAP_SERVERS="127.0.0.1:9"))

    assert done.returncode == 2
    assert "no Kafka answers at 127.0.0.1:9" in done.stderr


def test_ctrl_c_ends_the_demo_and_all_that_it_started(broker: LocalBroker) -> None:
    env = environment(KAFKA_BOOTSTRAP_SERVERS=broker.bootstrap)
    with subprocess.Popen(
        [sys.executable, "-m", "ingest.cli", "demo"],
        cwd=PROJECT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
    ) as demo:  # fmt: skip
        assert demo.stdout is not None
        for line in demo.stdout:
            if "first event after" in line:
                break
        children = descendants(demo.pid)
        demo.send_signal(signal.SIGINT)
        demo.stdout.read()
        code = demo.wait(60)

    assert code == 0
    assert len(children) >= 4
    until = time.monotonic() + 10
    while any(alive(child) for child in children):
        assert time.monotonic() < until, "a child was left behind"


def descendants(pid: int) -> list[int]:
    """Return the ids of all processes below one."""
    found: list[int] = []
    waiting = [pid]
    while waiting:
        for task in Path(f"/proc/{waiting.pop()}/task").iterdir():
            below = [int(child) for child in (task / "children").read_text().split()]
            found += below
            waiting += below
    return found


def alive(pid: int) -> bool:
    """Say whether a process runs; a zombie does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
