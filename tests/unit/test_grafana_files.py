"""The dashboards as files: what the script writes, what Grafana's own model reads, and what every panel must have."""

import json
import subprocess
import sys
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
import yaml
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.models.dashboard import Dashboard

from support.prometheus import matched_values, metric_names

GRAFANA = Path(__file__).resolve().parents[2] / "deploy" / "grafana"
SCRIPT = GRAFANA / "dashboards.py"
NAMES = ("feeds", "kafka", "model", "overview", "pipeline")
GREY = "#999999"
COLOURS = {"#0072B2", "#E69F00", "#D55E00", GREY, "transparent"}
"""Blue, amber and vermilion of the set of Okabe and Ito: told apart with any colour vision."""


def board(name: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((GRAFANA / "dashboards" / f"{name}.json").read_text(encoding="utf-8"))
    return read


def panels(name: str) -> list[dict[str, Any]]:
    return [panel for panel in board(name)["panels"] if panel["type"] != "row"]


def thresholds(value: Any) -> list[dict[str, Any]]:
    """Return all steps of thresholds anywhere in a panel, those of table columns too."""
    if isinstance(value, dict):
        own = value["steps"] if "steps" in value and value.get("mode") == "absolute" else []
        return own + [step for inner in value.values() for step in thresholds(inner)]
    return [step for inner in value for step in thresholds(inner)] if isinstance(value, list) else []


def test_the_committed_dashboards_are_what_the_script_writes(tmp_path: Path) -> None:
    subprocess.run([sys.executable, SCRIPT, tmp_path], check=True, timeout=120)

    written = {path.name: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()}
    committed = {path.name: path.read_text(encoding="utf-8") for path in (GRAFANA / "dashboards").iterdir()}
    assert sorted(written) == [f"{name}.json" for name in NAMES]
    assert committed == written, "run `make dashboards`"


def test_the_time_zone_can_be_chosen(tmp_path: Path) -> None:
    subprocess.run([sys.executable, SCRIPT, tmp_path, "--timezone", "Asia/Tehran"], check=True, timeout=120)

    zones = {json.loads(path.read_text(encoding="utf-8"))["timezone"] for path in tmp_path.iterdir()}
    assert zones == {"Asia/Tehran"}
    assert {board(name)["timezone"] for name in NAMES} == {"browser"}


@pytest.mark.parametrize("name", NAMES)
def test_the_model_that_is_made_of_grafanas_schema_reads_a_dashboard_without_loss(name: str) -> None:
    register_default_plugins()

    read = Dashboard.from_json(board(name))

    assert json.loads(json.dumps(read, cls=JSONEncoder)) == board(name)


@pytest.mark.parametrize("name", NAMES)
def test_every_panel_says_what_good_looks_like_in_a_unit_and_without_calm_colours_for_nothing(name: str) -> None:
    for panel in panels(name):
        assert "Good:" in panel["description"], panel["title"]
        assert panel["description"].endswith("."), panel["title"]
        defaults = panel["fieldConfig"]["defaults"]
        assert defaults["noValue"] == "no data", panel["title"]
        if panel["type"] in {"stat", "timeseries"}:
            assert defaults["unit"], panel["title"]
        if panel["type"] == "heatmap":
            assert panel["options"]["yAxis"]["unit"], panel["title"]
        assert {step["color"] for step in thresholds(panel)} <= COLOURS, panel["title"]
        for target in panel["targets"]:
            assert "vector(" not in target["expr"], panel["title"]
            assert target["datasource"] == panel["datasource"] == {"type": "prometheus", "uid": "${datasource}"}


@pytest.mark.parametrize("name", NAMES)
def test_what_is_absent_has_no_calm_colour(name: str) -> None:
    tiles = [panel["fieldConfig"]["defaults"] for panel in panels(name) if panel["type"] == "stat"]

    assert tiles
    for tile in tiles:
        lowest, least, *_ = tile["thresholds"]["steps"]
        assert (lowest["value"], lowest["color"]) == (None, GREY), "Grafana shows absence in the lowest colour"
        assert least["value"] < -1e6
        assert tile["mappings"][-1] == {
            "type": "special",
            "options": {"match": "null+nan", "result": {"color": GREY, "text": "no data"}},
        }


@pytest.mark.parametrize("name", NAMES)
def test_several_lines_of_a_panel_can_be_told_apart(name: str) -> None:
    for panel in panels(name):
        if panel["type"] == "timeseries":
            legends = [target.get("legendFormat", "") for target in panel["targets"]]
            assert all(legends), panel["title"]
            assert len(set(legends)) == len(legends), panel["title"]


@pytest.mark.parametrize("name", NAMES)
def test_no_two_panels_lie_upon_each_other_and_none_beyond_the_edge(name: str) -> None:
    places = [panel["gridPos"] for panel in board(name)["panels"]]
    for one, other in combinations(places, 2):
        beside = one["x"] + one["w"] <= other["x"] or other["x"] + other["w"] <= one["x"]
        below = one["y"] + one["h"] <= other["y"] or other["y"] + other["h"] <= one["y"]
        assert beside or below, (one, other)
    assert all(place["x"] + place["w"] <= 24 for place in places)


@pytest.mark.parametrize("name", NAMES)
def test_every_variable_that_an_expression_uses_is_offered(name: str) -> None:
    offered = {variable["name"] for variable in board(name)["templating"]["list"]}
    text = json.dumps([panel["targets"] for panel in panels(name)])

    assert "datasource" in offered
    assert {choice for choice in offered if f"${choice}" not in text and f"${{{choice}}}" not in text} == set()
    for choice in ("process", "feed", "label"):
        assert choice in offered or f"${choice}" not in text


def test_dashboards_have_ids_of_their_own_and_link_to_each_other() -> None:
    assert {board(name)["uid"] for name in NAMES} == {f"rasad-{name}" for name in NAMES}
    for name in NAMES:
        (link,) = board(name)["links"]
        assert (link["type"], link["keepTime"]) == ("dashboards", True)
        assert set(link["tags"]) <= set(board(name)["tags"])
        assert board(name)["refresh"]


def test_grafana_is_told_where_the_dashboards_and_prometheus_are() -> None:
    (provider,) = yaml.safe_load((GRAFANA / "provisioning/dashboards/rasad.yaml").read_text())["providers"]
    (source,) = yaml.safe_load((GRAFANA / "provisioning/datasources/prometheus.yaml").read_text())["datasources"]

    assert provider["options"]["path"].endswith("/dashboards")
    assert not provider["allowUiUpdates"]
    assert source["type"] == "prometheus"
    assert source["isDefault"], "the dashboards' variable takes the default at first"


def test_the_names_of_metrics_are_read_out_of_an_expression() -> None:
    expression = (
        'sum by (feed, on) (rate(rasad_a_total{reason=~"rasad_x|y", feed="}"}[5m])) * 60'
        " / on (job) group_left (le) rasad_b offset 5m > bool 0.5 and max_over_time(job:c:rate5m[1h:1m]) or time() - d"
    )

    assert metric_names(expression) == {"rasad_a_total", "rasad_b", "job:c:rate5m", "d"}
    assert matched_values(expression) == {("reason", "rasad_x"), ("reason", "y"), ("feed", "}")}
    assert matched_values('up{process=~"$process"}') == set()
