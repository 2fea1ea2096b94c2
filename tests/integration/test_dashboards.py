"""Every panel of every dashboard, asked of a real Prometheus that scrapes an installation with good and bad feeds."""

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from math import isnan
from pathlib import Path
from typing import Any

import pytest

from conftest import require
from ingest.stream.local_broker import LocalBroker
from support.article_pages import LEAD, nastooh
from support.broker import PROJECT, eventually
from support.feed_site import Item, RegistryFeed
from support.installation import Installation
from support.prometheus import Prometheus, metric_names

pytestmark = [pytest.mark.timeout(240), pytest.mark.xdist_group("installations")]
BOARDS = PROJECT / "deploy" / "grafana" / "dashboards"
FLIGHT = "شرکت هواپیمایی همه پروازهای فرودگاه را لغو کرد و مسافران در سالن ماندند"
WINDOW = "10s"
"""In the place of $__rate_interval: ten scrapes."""


@dataclass(frozen=True)
class Target:
    """One expression of one panel."""

    board: str
    panel: str
    expression: str
    legend: str

    def __str__(self) -> str:
        return f"{self.board}: {self.panel}: {self.expression}"


def boards() -> dict[str, dict[str, Any]]:
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(BOARDS.glob("*.json"))}


def panels(board: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the panels that ask something."""
    return [panel for panel in board["panels"] if panel["type"] != "row"]


def targets() -> Iterator[Target]:
    for name, board in boards().items():
        for panel in panels(board):
            for target in panel["targets"]:
                yield Target(name, panel["title"], target["expr"], target.get("legendFormat", ""))


def label_queries(board: dict[str, Any]) -> dict[str, tuple[str, str]]:
    """Return metric and label of each variable that takes its values from Prometheus."""
    found = {}
    for variable in board["templating"]["list"]:
        if variable["type"] == "query":
            asked = re.fullmatch(r"label_values\((\w+), (\w+)\)", variable["query"]["query"])
            assert asked, variable["query"]
            found[variable["name"]] = (asked[1], asked[2])
    return found


def substituted(expression: str, chosen: dict[str, str]) -> str:
    """Return an expression as Grafana would send it."""
    for name, value in {"__rate_interval": WINDOW, **chosen}.items():
        expression = expression.replace(f"${name}", value)
    assert "$" not in expression, expression
    return expression


def first_values(prometheus: Prometheus, board: dict[str, Any]) -> dict[str, str]:
    """Return a choice for each variable; where all may be chosen, what Grafana then sends."""
    chosen = {}
    for variable in board["templating"]["list"]:
        if variable["type"] == "query":
            metric, label = label_queries(board)[variable["name"]]
            repeats = any(panel.get("repeat") == variable["name"] for panel in panels(board))
            values = prometheus.values(metric, label)
            chosen[variable["name"]] = values[0] if repeats and values else variable["allValue"]
    return chosen


def assert_legend(target: Target, series: list[dict[str, Any]]) -> None:
    """Fail where a legend names a label that the expression has lost."""
    for label in re.findall(r"\{\{(\w+)\}\}", target.legend):
        assert any(label in one["metric"] for one in series), f"{target}: no label {label}"


def has_figures(series: list[dict[str, Any]]) -> bool:
    return any(not isnan(float(one["value"][1])) for one in series)


class Newsroom:
    """An installation whose feeds do all that feeds do: bring news, lead to pages, lose entries, fail."""

    def __init__(self, installation: Installation) -> None:
        self.installation = installation
        self._numbers = count()
        site = installation.site
        installation.write_registry(
            [
                RegistryFeed("steady", site.url("/feed-0"), "steady"),
                RegistryFeed("leads", site.url("/feed-1"), "news", pages=True),
                RegistryFeed("gapped", site.url("/gapped"), "gapped"),
                RegistryFeed("lost", site.url("/no-such-feed"), "lost"),
            ]
        )
        site.serve_document("/robots.txt", b"User-agent: *\nAllow: /\n", "text/plain")

    def publish(self) -> None:
        """Let the publishers write once more."""
        number = next(self._numbers)
        site = self.installation.site
        site.add("/feed-0", Item(f"s{number}", f"{FLIGHT} {number}", FLIGHT))
        site.serve_document(f"/feed-1/p{number}", nastooh(f"سفر {number}").encode(), "text/html; charset=utf-8")
        site.add("/feed-1", Item(f"p{number}", f"سفر {number}", LEAD))
        site.show("/gapped", *(Item(f"g{number}-{item}", f"خبر {number} {item}", FLIGHT) for item in range(3)))


@pytest.fixture
def prometheus_binary() -> str:
    binary = shutil.which("prometheus")
    require(binary is not None, "Prometheus (Debian package prometheus)")
    return str(binary)


def test_every_panel_of_every_dashboard_finds_what_it_asks_for(
    prometheus_binary: str, broker: LocalBroker, namespace: str, tmp_path: Path
) -> None:
    environment = {"RASAD_PAGE__GAP_SECONDS": "0", "RASAD_PAGE__TRIES": "1"}
    with Installation(broker, namespace, tmp_path, sites=2, environment=environment) as installation:
        newsroom = Newsroom(installation)
        newsroom.publish()
        service = installation.start("service", arguments=("run", "--fetchers", "1", "--workers", "1")).wait_ready()
        with Prometheus(prometheus_binary, tmp_path, f"127.0.0.1:{service.port}") as prometheus:
            left = dict.fromkeys(targets())
            assert len(left) > 100

            def still_empty() -> list[str]:
                newsroom.publish()
                chosen = {name: first_values(prometheus, board) for name, board in boards().items()}
                for target in list(left):
                    series = prometheus.query(substituted(target.expression, chosen[target.board]))
                    if has_figures(series):
                        assert_legend(target, series)
                        del left[target]
                return [str(target) for target in left]

            eventually(still_empty, lambda found: not found, 60, "figures of every panel", pause=1.0)

            named = {name for target in targets() for name in metric_names(target.expression)}
            assert named <= prometheus.names()
            for board in boards().values():
                for metric, label in label_queries(board).values():
                    assert prometheus.values(metric, label), f"the variable {label} of {metric} is empty"
            for happened in (
                'rasad_polls_total{outcome="failed", reason="not_found"}',
                "rasad_feed_gaps_total",
                'rasad_pages_total{outcome="used"}',
                'rasad_label_decisions_total{label="flights", decision="assigned"}',
            ):
                assert prometheus.query(f"{happened} > 0"), f"{happened}: the run showed less than it should"
        assert service.terminate() == 0
