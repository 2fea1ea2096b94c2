"""What the tests of deploy/ share: its YAML, its settings loaded as a process would load them."""

import os
import re
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from ingest.service.settings import Settings
from ingest.service.settings_sources import load_settings
from support.broker import PROJECT

DEPLOY = PROJECT / "deploy"


def documents(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the YAML documents of a file."""
    yield from yaml.safe_load_all(path.read_text(encoding="utf-8"))


def document(path: Path) -> dict[str, Any]:
    """Return the one YAML document of a file."""
    (only,) = documents(path)
    return only


def loaded_settings(environment: Mapping[str, str], monkeypatch: pytest.MonkeyPatch, folder: Path) -> Settings:
    """Return what a process makes of this environment alone; a folder of secrets is an empty one of the test's."""
    for name in [name for name in os.environ if name.startswith(("RASAD_", "KAFKA_"))]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(folder)
    for name, value in environment.items():
        monkeypatch.setenv(name, str(folder) if name == "RASAD_SECRETS_DIR" else value)
    return load_settings()


def pinned_image(name: str) -> bool:
    """Tell whether an image is named by a release or a digest, and without a registry's host."""
    host, slash, _ = name.partition("/")
    if slash and re.search(r"[.:]|^localhost$", host):
        return False
    return "@sha256:" in name or re.search(r":v?\d+\.\d+\.\d+([-.][\w.-]+)?$", name) is not None


def installed_tool(name: str) -> str:
    """Return the path of a program, or skip by its name, or fail where it was promised."""
    found = shutil.which(name)
    if found is None and os.environ.get("RASAD_REQUIRE_DATA") == "1":
        pytest.fail(f"{name} is required here (RASAD_REQUIRE_DATA=1) and absent")
    return found or pytest.skip(f"{name} is absent")
