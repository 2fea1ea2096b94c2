"""The systemd units: what systemd's own tools say of them, and that they agree with the settings."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from ingest.service.lifecycle import ExitCode
from ingest.service.settings import RunSettings
from support.deployment import DEPLOY, installed_tool, loaded_settings

FOLDER = DEPLOY / "systemd"
UNITS = ("rasad.service", "rasad-topics.service")
EXPOSURE_MAX_TENTHS = 15
"""Of 100; 14 is what is left for a service that must speak to the whole network, and one for what systemd will add."""


def values(unit: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in (FOLDER / unit).read_text().splitlines():
        key, is_setting, value = line.partition("=")
        if is_setting and not line.startswith("#"):
            found.setdefault(key, []).append(value)
    return found


@pytest.fixture
def tool() -> str:
    return installed_tool("systemd-analyze")


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """Return a copy with a program that exists here in Rasad's place."""
    shutil.copytree(FOLDER, tmp_path / "units")
    for unit in UNITS:
        path = tmp_path / "units" / unit
        path.write_text(path.read_text().replace("/opt/rasad/bin/rasad", "/bin/true"))
    return tmp_path / "units"


def verify(tool: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [tool, "verify", "--man=no", *(str(folder / unit) for unit in UNITS)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_systemd_finds_nothing_wrong_with_the_units(tool: str, installed: Path) -> None:
    done = verify(tool, installed)

    assert done.returncode == 0, done.stderr
    assert "rasad" not in done.stderr


def test_systemd_would_find_a_misspelt_setting(tool: str, installed: Path) -> None:
    path = installed / "rasad.service"
    path.write_text(path.read_text().replace("ProtectHome", "ProtectHomes"))

    assert "ProtectHomes" in verify(tool, installed).stderr


@pytest.mark.parametrize("unit", UNITS)
def test_a_unit_leaves_a_broken_process_little_to_reach(tool: str, installed: Path, unit: str) -> None:
    done = subprocess.run(
        [tool, "security", "--offline=true", f"--threshold={EXPOSURE_MAX_TENTHS}", str(installed / unit)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stdout[-300:] + done.stderr


def test_the_service_is_given_the_time_that_it_drains_for_and_is_not_restarted_for_a_wrong_setting() -> None:
    service = values("rasad.service")

    assert service["Type"] == ["notify"]
    assert int(service["TimeoutStopSec"][0]) >= RunSettings().drain_seconds + 10
    assert service["RestartPreventExitStatus"] == [str(int(ExitCode.USAGE))]
    assert service["ExecStart"][0].endswith(" run")
    assert int(service["WatchdogSec"][0]) >= 10


@pytest.mark.parametrize("unit", UNITS)
def test_secrets_come_as_credentials_named_like_settings(
    unit: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    drop_in = values(f"{unit}.d/secrets.conf")
    names = [value.partition(":")[0] for value in drop_in["LoadCredential"]]
    for name in names:
        (tmp_path / name).write_text("invented")

    settings = loaded_settings({"RASAD_SECRETS_DIR": "%d"}, monkeypatch, tmp_path)

    assert names == ["kafka__sasl_password"]
    assert settings.kafka.sasl_password is not None
    assert drop_in["Environment"] == ["RASAD_SECRETS_DIR=%d"]


@pytest.mark.parametrize("unit", UNITS)
def test_the_environment_of_a_unit_is_settings(unit: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    pairs = dict(re.findall(r"(\w+)=(\S+)", " ".join(values(unit)["Environment"])))

    settings = loaded_settings(
        {name: value for name, value in pairs.items() if name.startswith("RASAD_")}, monkeypatch, tmp_path
    )

    assert settings.log.format == "json"
