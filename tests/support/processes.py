"""Rasad's own processes, started as a user or a supervisor starts them, and ended by their id."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from support.broker import PROJECT


def free_port() -> int:
    """Return a port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class RasadProcess:
    """`rasad ARGS` in a child process, its log in a file; killed at the latest when the context ends."""

    def __init__(
        self, *arguments: str, environment: Mapping[str, str], log: Path, script: tuple[str, ...] = ()
    ) -> None:
        self.arguments = arguments
        self._script = script or ("-m", "ingest.cli")
        self._environment = dict(environment)
        self.log = log
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> Self:
        """Start it, again if it ran before."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, *self._script, *self.arguments],
                cwd=PROJECT,
                env={
                    **{name: value for name, value in os.environ.items() if not name.startswith("RASAD_")},
                    "RASAD_METRICS__PORT": str(self.port),
                    "RASAD_LOG__FORMAT": "json",
                    **self._environment,
                },
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        return self

    @property
    def running(self) -> subprocess.Popen[bytes]:
        """The process that was started last."""
        assert self.process is not None
        return self.process

    def get(self, path: str) -> tuple[int, str]:
        """Ask its metrics endpoint; status 0 when nothing answers."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as response:
                return response.status, response.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()
        except OSError:
            return 0, ""

    def metric(self, series: str) -> float:
        """Return one series of /metrics by its name and labels as printed; 0 when it is not there."""
        for line in self.get("/metrics")[1].splitlines():
            name, _, value = line.rpartition(" ")
            if name == series:
                return float(value)
        return 0.0

    def wait_ready(self, seconds: float = 60) -> Self:
        """Wait until /readyz says yes."""
        until = time.monotonic() + seconds
        while self.get("/readyz")[0] != 200:
            assert self.running.poll() is None, f"{self.arguments} ended: {self.tail()}"
            assert time.monotonic() < until, f"{self.arguments} not ready: {self.get('/readyz')} {self.tail()}"
            time.sleep(0.1)
        return self

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to this process and no other."""
        os.kill(self.running.pid, number)

    def kill(self) -> None:
        """End it as a power cut would, and wait until it is gone."""
        self.running.kill()
        self.running.wait(30)

    def terminate(self, seconds: float = 30) -> int:
        """Ask it to end and return its exit code."""
        self.running.terminate()
        return self.running.wait(seconds)

    def tail(self, lines: int = 15) -> str:
        """Return the end of its log."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    def logged(self, event: str) -> list[dict[str, object]]:
        """Return the log lines of one event."""
        found = []
        for line in self.log.read_text(errors="replace").splitlines():
            if line.startswith("{"):
                entry = json.loads(line)
                if entry.get("event") == event:
                    found.append(entry)
        return found

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.process.kill()
            self.process.wait(30)
