"""Every panel of every dashboard, asked of a real Prometheus that scrapes an installation with good and bad feeds."""

import json
import os
import re
import shutil
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import count
from math import isnan, nan
from operator import eq, le
from pathlib import Path
from typing import Any

import pytest
from kafka import KafkaProducer

from conftest import require
from ingest.stream.local_broker import LocalBroker
from support.article_pages import LEAD, nastooh
from support.broker import PROJECT, eventually
from support.feed_site import Item, RegistryFeed
from support.installation import Installation
from support.processes import RasadProcess
from support.prometheus import Prometheus, matched_values, metric_names

pytestmark = [pytest.mark.timeout(240), pytest.mark.xdist_group("installations")]
BOARDS = PROJECT / "deploy" / "grafana" / "dashboards"
FLIGHT = (
    "به گزارش ایرنا، شرکت هواپیمایی همه پروازهای فرودگاه را لغو کرد و مسافران ایرانی در سالن ماندند. "
    "سفیر ایران در ترکیه گفت: «با وزیر امور خارجه ترکیه دیدار کردیم.»"
)
WINDOW = "10s"
"""In the place of $__rate_interval: ten scrapes."""

CALM = {
    "Answering": 3,
    "Processes missing": 0,
    "Restarts in 1 h": 0,
    "Children of a supervisor": 1,
    "Our network": 0,
    "Feeds that are on": 4,
    "Feeds nobody polls": 0,
    "Never fetched": 1,
    "Paused feeds": 0,
    "Faults in the registry": 0,
    "Dead letters in 1 h": 0,
    "Unaccounted for": 0,
    "Models at once": 1,
}
"""What the tiles say of a run in which nothing is broken but one feed, which no poll has ever brought."""

ALARMED = {"Restarts in 1 h": 1, "Dead letters in 1 h": 1, "Dead, 1 h": 1}
"""What they say at least when a process was killed and a record was broken."""


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
            one = repeats or not variable["includeAll"]
            chosen[variable["name"]] = next(iter(prometheus.values(label, metric)), "") if one else variable["allValue"]
    return chosen


def assert_legend(target: Target, series: list[dict[str, Any]]) -> None:
    """Fail where a legend names a label that the expression has lost."""
    for label in re.findall(r"\{\{(\w+)\}\}", target.legend):
        assert any(label in one["metric"] for one in series), f"{target}: no label {label}"


def figure(prometheus: Prometheus, title: str) -> float:
    """Return the number of a tile that depends on no choice; none at all after a scrape that a busy machine missed."""
    expression = next(target.expression for target in targets() if target.panel == title)
    series = prometheus.query(expression.replace('process=~"$process"', ""))
    return float(series[0]["value"][1]) if series else nan


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


def break_things(installation: Installation, service: RasadProcess) -> None:
    """Kill the fetcher as a lack of memory would, and write what is no entry."""
    children = Path(f"/proc/{service.running.pid}/task/{service.running.pid}/children").read_text().split()
    (fetcher,) = (int(child) for child in children if "fetcher-0" in Path(f"/proc/{child}/cmdline").read_text())
    os.kill(fetcher, signal.SIGKILL)
    producer = KafkaProducer(bootstrap_servers=installation.broker.bootstrap)
    producer.send(installation.topics.entries, key=b"poison", value=b'{"title": 7}').get(10)
    producer.close()


@pytest.fixture
def prometheus_binary() -> str:
    binary = shutil.which("prometheus")
    require(binary is not None, "Prometheus (Debian package prometheus)")
    return str(binary)


def test_every_panel_finds_what_it_asks_for_and_the_tiles_say_what_is_so(
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
            for label, value in {pair for target in targets() for pair in matched_values(target.expression)}:
                assert value in prometheus.values(label), f'no series has {label}="{value}"'
            for board in boards().values():
                for metric, label in label_queries(board).values():
                    assert prometheus.values(label, metric), f"the variable {label} of {metric} is empty"
            for happened in (
                'rasad_polls_total{outcome="failed", reason="not_found"}',
                "rasad_feed_gaps_total",
                'rasad_pages_total{outcome="used"}',
                'rasad_label_decisions_total{label="flights", decision="assigned"}',
            ):
                assert prometheus.query(f"{happened} > 0"), f"{happened}: the run showed less than it should"
            # Again and again, as a scrape may come between two counts of one batch.
            eventually(lambda: {title: figure(prometheus, title) for title in CALM}, partial(eq, CALM), 20, "calm")

            break_things(installation, service)
            newsroom.publish()
            for title, least in ALARMED.items():
                eventually(partial(figure, prometheus, title), partial(le, least), 30, f"{least} at {title}")
            eventually(partial(figure, prometheus, "Unaccounted for"), partial(eq, 0), 20, "in = out + dead")
        assert service.terminate() == 0
