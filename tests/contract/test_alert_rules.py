"""Alerts are worth trusting: each is tested both ways, has its runbook, and asks for metrics that exist."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from support.metric_table import README, series_names, table_of

PROMETHEUS = README.parent
RUNBOOK = PROMETHEUS.parent / "README.md"
FOREIGN = {"up", "node_filesystem_avail_bytes", "node_filesystem_size_bytes"}
"""Prometheus' own, and the node exporter's where it runs beside a broker."""


def load(path: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return loaded


def rules(name: str) -> list[dict[str, Any]]:
    return [rule for group in load(PROMETHEUS / "rules" / name)["groups"] for rule in group["rules"]]


ALERTS = {rule["alert"]: rule for rule in rules("alerts.yml")}
RECORDED = {rule["record"] for rule in rules("recording.yml")}
TESTS = sorted((PROMETHEUS / "tests").glob("*.yml"))


def expectations() -> set[tuple[str, bool]]:
    """Return the alerts that the unit tests expect to fire, and those that they expect to be quiet."""
    return {
        (expected["alertname"], bool(expected["exp_alerts"]))
        for path in TESTS
        for test in load(path)["tests"]
        for expected in test["alert_rule_test"]
    }


def names_in(expression: str) -> set[str]:
    return set(re.findall(r"\b(?:rasad_\w+|rasad:[\w:]+|node_\w+|up)\b", expression))


def test_each_alert_is_tested_firing_and_quiet() -> None:
    assert expectations() == {(name, fires) for name in ALERTS for fires in (True, False)}


def test_each_alert_has_its_section_in_the_runbook_and_no_section_is_left_over() -> None:
    text = RUNBOOK.read_text(encoding="utf-8")
    sections = re.findall(r"^### (Rasad\w+)$", text, re.MULTILINE)

    assert sections == list(ALERTS)
    for name, rule in ALERTS.items():
        assert rule["annotations"]["runbook_url"] == f"deploy/README.md#{name.lower()}"
        section = text.partition(f"### {name}\n")[2].partition("\n### ")[0]
        assert len(section.split()) > 15, name


def test_each_alert_says_how_urgent_it_is_and_what_it_saw() -> None:
    for name, rule in ALERTS.items():
        assert rule["labels"]["severity"] in {"critical", "warning", "info"}, name
        assert rule["annotations"].keys() == {"summary", "description", "runbook_url"}, name
        assert re.search(r"\{\{.*\$(value|labels)", rule["annotations"]["description"]), name


def test_rules_ask_for_metrics_that_the_table_has_and_for_recorded_ones() -> None:
    known = {name for row in table_of(README.read_text(encoding="utf-8")) for name in series_names(row)}

    for rule in (*rules("recording.yml"), *rules("alerts.yml")):
        assert names_in(rule["expr"]), rule
        assert names_in(rule["expr"]) <= known | RECORDED | FOREIGN, rule


def test_the_service_levels_of_the_documentation_are_recorded() -> None:
    told = set(re.findall(r"`(rasad:[\w:]+)`", README.read_text(encoding="utf-8")))

    assert len(told) >= 5
    assert told <= RECORDED


def test_inhibitions_name_alerts_that_exist() -> None:
    config = load(PROMETHEUS / "alertmanager.yml")
    named = re.findall(r"Rasad[A-Za-z.+]+", " ".join(map(str, config["inhibit_rules"])))

    assert len(named) > 20
    for pattern in named:
        assert any(re.fullmatch(pattern, alert) for alert in ALERTS), pattern


def test_promtool_accepts_rules_and_configuration(promtool: str) -> None:
    for command in (
        ["check", "config", "prometheus.yml"],
        ["check", "rules", "rules/recording.yml", "rules/alerts.yml"],
    ):
        told = subprocess.run([promtool, *command], cwd=PROMETHEUS, capture_output=True, text=True, check=False)
        assert told.returncode == 0, told.stdout + told.stderr


@pytest.mark.parametrize("path", TESTS, ids=lambda path: path.stem)
def test_alerts_fire_when_they_should_and_only_then(promtool: str, path: Path) -> None:
    told = subprocess.run(
        [promtool, "test", "rules", path.name], cwd=path.parent, capture_output=True, text=True, check=False
    )

    assert told.returncode == 0, told.stdout + told.stderr


def test_amtool_accepts_the_routes(amtool: str) -> None:
    told = subprocess.run(
        [amtool, "check-config", "alertmanager.yml"], cwd=PROMETHEUS, capture_output=True, text=True, check=False
    )

    assert told.returncode == 0, told.stdout + told.stderr
