"""A real Prometheus over a real installation, with the alerts as they are, only quicker.

Knows nothing of the faults that are tested. All durations of the rules are divided by the same factor; thresholds in
seconds too, for they are durations. What is counted stays as it is.
"""

import json
import re
import subprocess
import time
import urllib.parse
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import yaml

from support.metric_table import PROJECT
from support.processes import free_port

RULES = PROJECT / "deploy" / "prometheus" / "rules"
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_DURATION = re.compile(r"(?<![\w.])(\d+)([smhdw])(?=[\]:\s,)]|$)")
_SECONDS = re.compile(r"(?<=> )(\d{3,})(?=\b)")
LEAST_SECONDS = 4
"""Of a window: two scrapes must be in it."""


def shortened(expression: str, factor: float, *, seconds: bool) -> str:
    """Return a rule's expression, or a duration, with its windows divided by the factor.

    `seconds`: a threshold is one of seconds, and is divided too.
    """

    def window(match: re.Match[str]) -> str:
        return f"{max(LEAST_SECONDS, round(int(match[1]) * _UNITS[match[2]] / factor))}s"

    shorter = _DURATION.sub(window, expression)
    return _SECONDS.sub(lambda match: str(int(match[1]) / factor), shorter) if seconds else shorter


def quick_rules(folder: Path, factor: float, beats: float) -> None:
    """Write the rules with shorter windows; `beats` divides the thresholds of heartbeats and idle commits."""
    for name in ("recording.yml", "alerts.yml"):
        loaded = yaml.safe_load((RULES / name).read_text(encoding="utf-8"))
        for group in loaded["groups"]:
            group["interval"] = "1s"
            for rule in group["rules"]:
                timed = "timestamp_seconds" in rule["expr"] and "time()" in rule["expr"]
                expression = shortened(rule["expr"], factor, seconds=False)
                rule["expr"] = shortened(expression, beats, seconds=True) if timed else expression
                if "for" in rule:
                    rule["for"] = shortened(rule["for"], factor, seconds=False)
        (folder / name).write_text(yaml.safe_dump(loaded, allow_unicode=True), encoding="utf-8")


@dataclass
class LivePrometheus:
    """Prometheus on a free port, scraping each second unless told otherwise."""

    binary: str
    folder: Path
    targets: Sequence[str]
    factor: float
    beats: float
    scrape_seconds: int = 1
    port: int = field(default_factory=free_port)

    def __enter__(self) -> Self:
        quick_rules(self.folder, self.factor, self.beats)
        each = f"{self.scrape_seconds}s"
        config = {
            "global": {"scrape_interval": each, "scrape_timeout": each, "evaluation_interval": "1s"},
            "rule_files": ["recording.yml", "alerts.yml"],
            "scrape_configs": [{"job_name": "rasad", "static_configs": [{"targets": list(self.targets)}]}],
        }
        (self.folder / "prometheus.yml").write_text(yaml.safe_dump(config), encoding="utf-8")
        arguments = (
            f"--config.file={self.folder / 'prometheus.yml'}",
            f"--storage.tsdb.path={self.folder / 'data'}",
            f"--web.listen-address=127.0.0.1:{self.port}",
            "--query.lookback-delta=5s",
        )
        with (self.folder / "prometheus.log").open("wb") as log:
            self._process = subprocess.Popen([self.binary, *arguments], stdout=log, stderr=log)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait(10)

    def query(self, expression: str) -> list[dict[str, Any]]:
        """Return the result of an instant query; empty while Prometheus is not up yet."""
        url = f"http://127.0.0.1:{self.port}/api/v1/query?{urllib.parse.urlencode({'query': expression})}"
        try:
            with urllib.request.urlopen(url, timeout=5) as response:
                found: list[dict[str, Any]] = json.load(response)["data"]["result"]
                return found
        except OSError:
            return []

    def value(self, expression: str) -> float | None:
        """Return the one value of an instant query, or None while there is none."""
        found = self.query(expression)
        return float(found[0]["value"][1]) if found else None

    def firing(self) -> set[str]:
        """Return the alerts that fire now."""
        return {result["metric"]["alertname"] for result in self.query('ALERTS{alertstate="firing"}')}

    def fired(self, seconds: int) -> set[str]:
        """Return the alerts that fired at any moment of the latest seconds."""
        found = self.query(f'max_over_time(ALERTS{{alertstate="firing"}}[{seconds}s])')
        return {result["metric"]["alertname"] for result in found}

    def wait_for(self, alert: str, seconds: float) -> set[str]:
        """Wait until an alert fires; return all that fire then."""
        until = time.monotonic() + seconds
        while alert not in (firing := self.firing()):
            assert time.monotonic() < until, f"{alert} did not fire; firing: {sorted(firing)}"
            time.sleep(0.2)
        return firing
