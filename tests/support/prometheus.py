"""A real Prometheus in a folder of a test: scrapes one address every second, and answers what a dashboard asks."""

import json
import re
import subprocess
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from support.broker import eventually
from support.processes import free_port

_NOT_NAMES = frozenset({"and", "or", "unless", "bool", "offset", "inf", "nan"})


class QueryRefused(Exception):
    """Prometheus said that a query is wrong, and why."""


@dataclass
class Prometheus:
    """Starts when the context begins, ends with it; what it stores is gone then."""

    binary: str
    folder: Path
    target: str
    """Host and port of the endpoint that is scraped."""
    port: int = field(default_factory=free_port)

    def __enter__(self) -> Self:
        config = self.folder / "prometheus.yml"
        config.write_text(
            "global: {scrape_interval: 1s}\n"
            f'scrape_configs: [{{job_name: rasad, static_configs: [{{targets: ["{self.target}"]}}]}}]\n',
            encoding="utf-8",
        )
        with (self.folder / "prometheus.log").open("wb") as log:
            self.process = subprocess.Popen(
                [
                    self.binary, f"--config.file={config}", f"--storage.tsdb.path={self.folder / 'data'}",
                    f"--web.listen-address=127.0.0.1:{self.port}", "--log.level=warn",
                ],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip
        eventually(self._ready, bool, 30, "Prometheus")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.kill()
        self.process.wait(30)

    def _ready(self) -> bool:
        assert self.process.poll() is None, (self.folder / "prometheus.log").read_text()
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/-/ready", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def ask(self, path: str, **parameters: str) -> Any:
        """Return the data of an answer of the HTTP API. Raises QueryRefused."""
        query = urllib.parse.urlencode(parameters)
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/api/v1/{path}?{query}", timeout=30) as answer:
                return json.load(answer)["data"]
        except urllib.error.HTTPError as error:
            with error:
                raise QueryRefused(json.load(error)["error"]) from error

    def query(self, expression: str) -> list[dict[str, Any]]:
        """Return the series that an expression gives now: `metric` with the labels, `value` with time and text."""
        series: list[dict[str, Any]] = self.ask("query", query=expression)["result"]
        return series

    def names(self) -> set[str]:
        """Return the names of all metrics that it has ever scraped."""
        return set(self.ask("label/__name__/values"))

    def values(self, label: str, metric: str | None = None) -> list[str]:
        """Return the values of a label, of one metric or of any."""
        found: list[str] = self.ask(f"label/{label}/values", **({"match[]": metric} if metric else {}))
        return found


def matched_values(expression: str) -> set[tuple[str, str]]:
    """Return label and value of what an expression's selectors name; several values of one pattern one by one."""
    matchers = re.findall(r'(\w+)\s*(?:=~|!~|!=|=)\s*"([^"$]*)"', expression)
    return {(label, value) for label, pattern in matchers for value in pattern.split("|")}


def metric_names(expression: str) -> set[str]:
    """Return the metrics that an expression names."""
    bare = re.sub(r'"(?:[^"\\]|\\.)*"', "", expression)
    bare = re.sub(r"\{[^}]*\}|\[[^\]]*\]", " ", bare)
    bare = re.sub(r"\b(by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)", " ", bare)
    words = re.findall(r"\b[a-zA-Z_:][a-zA-Z0-9_:]*\b(?!\s*\()", bare)
    return {word for word in words if word.lower() not in _NOT_NAMES}
