"""The compose project: valid by the compose specification, strict about what a service may, agreeing with the code."""

import importlib.resources
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema.validators import validator_for

from ingest.service.settings import MetricsSettings, RunSettings
from ingest.service.version import version
from support.broker import PROJECT
from support.deployment import DEPLOY, document, installed_tool, loaded_settings, pinned_image

FOLDER = DEPLOY / "compose"
COMPOSE = document(FOLDER / "compose.yaml")
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = [name for name, service in SERVICES.items() if "build" in service]
ONE_SHOT = {"topics"}
WRITES_ITS_OWN_FOLDERS = {"kafka"}


def test_the_file_is_valid_by_the_compose_specification() -> None:
    schema = json.loads(
        (importlib.resources.files("check_jsonschema") / "builtin_schemas/vendor/compose-spec.json").read_text()
    )
    validator = validator_for(schema)(schema)

    assert list(validator.iter_errors(COMPOSE)) == []
    misspelt = {**COMPOSE, "services": {"kafka": {**SERVICES["kafka"], "heathcheck": {}}}}
    assert list(validator.iter_errors(misspelt))


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_may_as_little_as_possible(name: str) -> None:
    service = SERVICES[name]

    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service.get("read_only", False) is (name not in WRITES_ITS_OWN_FOLDERS)
    assert set(service["deploy"]["resources"]["limits"]) == {"cpus", "memory", "pids"}
    assert not {"privileged", "network_mode", "pid", "devices"} & service.keys()
    assert "docker.sock" not in str(service)


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_is_pinned_restarted_and_asked_for_its_health(name: str) -> None:
    service = SERVICES[name]

    assert pinned_image(service["image"])
    assert service["restart"] == ("on-failure:5" if name in ONE_SHOT else "unless-stopped")
    assert ("test" in service["healthcheck"]) is (name not in ONE_SHOT)
    assert service["logging"]["options"]["max-size"]


@pytest.mark.parametrize("name", SERVICES)
def test_a_published_port_is_bound_to_this_machine(name: str) -> None:
    assert all(port.startswith("127.0.0.1:") for port in SERVICES[name].get("ports", []))


def test_fetchers_alone_have_a_way_out() -> None:
    outside = {name for name, service in SERVICES.items() if "outside" in service["networks"]}

    assert outside == {name for name in OURS if name.startswith("fetcher")}
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    assert all("operators" not in SERVICES[name]["networks"] for name in OURS)


@pytest.mark.parametrize("name", OURS)
def test_a_service_of_ours_runs_settings_that_exist_on_the_port_that_is_scraped(
    name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    service = SERVICES[name]
    environment = {
        key: "" if str(value).startswith("${") else str(value) for key, value in service["environment"].items()
    }

    settings = loaded_settings(environment, monkeypatch, tmp_path)

    assert settings.metrics.host == "0.0.0.0"
    assert settings.metrics.port == MetricsSettings().port
    assert settings.kafka.bootstrap_servers == "kafka:9092"
    assert int(service["stop_grace_period"].removesuffix("s")) >= RunSettings().drain_seconds + 5
    assert service["image"].rpartition(":")[2] == version()
    assert service["build"]["target"] == ("workers" if name.startswith("worker") else "ingest")


def test_no_two_processes_share_a_slot() -> None:
    slots = [SERVICES[name]["command"][-1] for name in OURS if name not in ONE_SHOT]

    assert slots == [name for name in OURS if name not in ONE_SHOT]


def test_prometheus_scrapes_every_process_and_tells_alertmanager() -> None:
    prometheus = document(FOLDER / "prometheus.yml")
    targets = {
        (target, static.get("labels", {}).get("process"))
        for job in prometheus["scrape_configs"]
        if job["job_name"] == "rasad"
        for static in job["static_configs"]
        for target in static["targets"]
    }

    port = MetricsSettings().port
    assert targets == {(f"{name}:{port}", name) for name in OURS if name not in ONE_SHOT}
    (alertmanager,) = prometheus["alerting"]["alertmanagers"][0]["static_configs"][0]["targets"]
    assert alertmanager.partition(":")[0] in SERVICES


def test_every_file_that_is_mounted_exists_or_is_made_by_the_one_command() -> None:
    mounted = {
        volume.partition(":")[0]
        for service in SERVICES.values()
        for volume in service.get("volumes", [])
        if volume.startswith(".")
    }
    secrets = {secret["file"] for secret in COMPOSE["secrets"].values()}

    assert mounted
    assert [path for path in mounted if not (FOLDER / path).exists()] == []
    script = (FOLDER / "up").read_text()
    assert all(secret.removeprefix("./") in script for secret in secrets)
    assert all(
        (FOLDER / service["build"]["context"]).resolve() == PROJECT for service in map(SERVICES.get, OURS) if service
    )
    named = {volume.partition(":")[0] for service in SERVICES.values() for volume in service.get("volumes", [])}
    assert {name for name in named if not name.startswith(".")} == set(COMPOSE["volumes"])


def test_the_one_command_makes_a_password_once_and_starts_the_project(tmp_path: Path) -> None:
    """Compose itself is stood in for: no engine runs here."""
    folder, called = tmp_path / "compose", tmp_path / "called"
    shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns("secrets"))
    engine = tmp_path / "bin/docker"
    engine.parent.mkdir()
    engine.write_text(f'#!/bin/sh\necho "$@" >>{called}\n')
    engine.chmod(0o755)
    environment = {**os.environ, "PATH": f"{engine.parent}:{os.environ['PATH']}"}
    secret = folder / "secrets/grafana_admin_password"

    first = subprocess.run([folder / "up"], env=environment, capture_output=True, text=True, check=True)
    password = secret.read_text()
    subprocess.run([folder / "up", "kafka"], env=environment, check=True)

    assert len(password) >= 30
    assert password not in first.stdout + first.stderr
    assert secret.read_text() == password
    assert secret.parent.stat().st_mode & 0o077 == 0
    assert called.read_text().splitlines() == [
        "compose -f compose.yaml up --build --detach",
        "compose -f compose.yaml up --build --detach kafka",
    ]


KUBERNETES_SCRAPE = DEPLOY / "kubernetes/prometheus-scrape.yml"


@pytest.mark.parametrize(
    "path", [FOLDER / "prometheus.yml", DEPLOY / "prometheus/scrape.yml", KUBERNETES_SCRAPE], ids=lambda path: path.stem
)
def test_promtool_accepts_the_scrape_configurations(path: Path, tmp_path: Path) -> None:
    """Debian's promtool is built without Kubernetes, so the pods are listed there instead of asked for."""
    promtool = installed_tool("promtool")
    whole = document(path)
    for job in whole["scrape_configs"]:
        if job.pop("kubernetes_sd_configs", None):
            job["static_configs"] = [{"targets": ["127.0.0.1:9464"]}]
    copy = tmp_path / "prometheus.yml"
    copy.write_text(yaml.safe_dump(whole))

    done = subprocess.run(
        [promtool, "check", "config", "--syntax-only", copy], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
