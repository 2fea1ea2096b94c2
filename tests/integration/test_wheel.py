"""What is built is what runs: the wheel carries code, seeds and model."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from support.broker import PROJECT

TEXT = (PROJECT / "seeds" / "samples" / "article.txt").read_text(encoding="utf-8")
LABELS = ("consular", "flights", "security-cooperation")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=PROJECT, check=True, capture_output=True,
    )  # fmt: skip
    (built,) = folder.glob("*.whl")
    return built


def clean_environment(**more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("RASAD_", "PYTHON", "VIRTUAL"))}
    return kept | more


def assert_classifies(python: Path, environment: dict[str, str], folder: Path) -> None:
    done = subprocess.run(
        [python, "-m", "ingest.cli", "classify"],
        cwd=folder, env=environment, input=TEXT, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    for label in LABELS:
        assert f"{label} " in done.stdout
        assert any(line.startswith(label) and line.endswith("assigned") for line in done.stdout.splitlines()), (
            done.stdout
        )


def test_the_wheel_alone_classifies_a_text(wheel: Path, tmp_path: Path) -> None:
    """Dependencies come from this environment; code, seeds and model from the wheel."""
    target = tmp_path / "site"
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(target), str(wheel)],
        check=True, capture_output=True,
    )  # fmt: skip
    where = subprocess.run(
        [sys.executable, "-c", "import ingest, workers; print(ingest.__file__, workers.__file__)"],
        cwd=tmp_path, env=clean_environment(PYTHONPATH=str(target)), capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert where.count(str(target)) == 2

    assert_classifies(Path(sys.executable), clean_environment(PYTHONPATH=str(target)), tmp_path)


@pytest.mark.full
@pytest.mark.timeout(600)
def test_the_wheel_installed_in_an_empty_environment_classifies_a_text(wheel: Path, tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", str(tmp_path / "venv")], check=True)
    python = tmp_path / "venv" / "bin" / "python"
    subprocess.run(
        [python, "-m", "pip", "install", "--quiet", f"{wheel}[workers]"], check=True, env=clean_environment()
    )

    assert_classifies(python, clean_environment(), tmp_path)
