"""Each image's set of packages suffices for its commands, and holds nothing of the other's.

What a lock does not name is made absent for a process of this environment; the full test makes the environments.
"""

import importlib.metadata
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from support.broker import PROJECT

LANGUAGE_TOOLS = {"hazm", "nltk", "numpy", "starlette"}
FETCH_TOOLS = {"feedparser", "httpx", "httptools", "trafilatura", "lxml", "selectolax", "pebble"}
TRAINING = {"scikit-learn", "scipy"}

WITHOUT = """
import json, sys
absent = set(json.loads(sys.argv.pop(1)))
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in absent:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Absent())
"""
RASAD = WITHOUT + "sys.argv[0] = 'rasad'\nfrom ingest.cli import main\nmain()"
EVERY_MODULE = (
    WITHOUT
    + """
import importlib, pkgutil
package = importlib.import_module(sys.argv[1])
for module in pkgutil.walk_packages(package.__path__, sys.argv[1] + "."):
    try:
        importlib.import_module(module.name)
    except ModuleNotFoundError as error:
        print(module.name, error.name)
"""
)


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def packages(lock: str) -> set[str]:
    text = (PROJECT / f"requirements/{lock}.lock").read_text()
    return {canonical(name) for name in re.findall(r"(?m)^([\w.-]+)==", text)}


def absent_with(lock: str) -> str:
    """Return, as JSON, the installed modules that no package of this lock gives."""
    held = {*packages(lock), "rasad"}
    installed = importlib.metadata.packages_distributions()
    return json.dumps([name for name, given in installed.items() if not held & {canonical(one) for one in given}])


def run_with(lock: str, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("RASAD_", "KAFKA_"))}
    return subprocess.run(
        [sys.executable, "-c", program, absent_with(lock), *arguments],
        cwd=PROJECT, env=kept, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


def test_an_ingest_image_has_nothing_of_the_language_tools_and_a_workers_image_nothing_that_fetches() -> None:
    ingest, workers = packages("ingest"), packages("workers")

    assert ingest >= FETCH_TOOLS
    assert workers >= LANGUAGE_TOOLS
    assert not ingest & (LANGUAGE_TOOLS | TRAINING)
    assert not workers & (FETCH_TOOLS | TRAINING)


def test_what_runs_is_what_was_tested() -> None:
    assert packages("run") == packages("ingest") | packages("workers")

    def pins(lock: str) -> set[str]:
        return set(re.findall(r"(?m)^[\w.-]+==\S+", (PROJECT / f"requirements/{lock}.lock").read_text()))

    for lock in ("run", "ingest", "workers", "build"):
        assert pins(lock) <= pins("dev"), lock


@pytest.mark.parametrize("lock", ["dev", "run", "ingest", "workers", "build"])
def test_a_lock_pins_every_package_by_hash_and_names_no_index(lock: str) -> None:
    text = (PROJECT / f"requirements/{lock}.lock").read_text()

    entries = re.split(r"\n(?=[\w.-]+==)", text)[1:]
    assert entries
    assert all("--hash=sha256:" in entry for entry in entries)
    assert not re.search(r"https?://|--(extra-)?index-url|--find-links", text)


@pytest.mark.parametrize("package", ["ingest", "workers"])
def test_every_module_of_a_package_loads_with_the_packages_of_its_lock(package: str) -> None:
    done = run_with(package, EVERY_MODULE, package)

    assert done.returncode == 0, done.stderr
    missing = [line.split() for line in done.stdout.splitlines()]
    assert [line for line in missing if canonical(line[1]) not in {"sklearn", "scipy"}] == []


@pytest.mark.parametrize(
    ("lock", "arguments", "said"),
    [
        ("ingest", ("fetcher", "--dry-run"), "partition"),
        ("ingest", ("check-config",), "registry:"),
        ("workers", ("worker", "--dry-run"), "worker-0 would read rasad.entries.v1"),
    ],
)
def test_a_command_runs_with_the_packages_of_its_lock(lock: str, arguments: tuple[str, ...], said: str) -> None:
    done = run_with(lock, RASAD, *arguments)

    assert done.returncode == 0, done.stderr
    assert said in done.stdout


@pytest.mark.parametrize(("lock", "command"), [("ingest", "worker"), ("workers", "fetcher")])
def test_a_command_without_its_packages_says_which_extra_is_missing(lock: str, command: str) -> None:
    done = run_with(lock, RASAD, command, "--dry-run")

    assert done.returncode == 2
    assert re.fullmatch(r"rasad: \w+ is not installed: .*'rasad\[all\]'\n", done.stderr)


@pytest.mark.full
@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    ("lock", "arguments"), [("ingest", ("fetcher", "--dry-run")), ("workers", ("worker", "--dry-run"))]
)
def test_an_environment_made_as_the_image_makes_it_serves_its_command(
    lock: str, arguments: tuple[str, ...], tmp_path: Path
) -> None:
    def run(*command: str | Path, cwd: Path = PROJECT) -> str:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("RASAD_", "PYTHON", "VIRT"))}
        done = subprocess.run(command, cwd=cwd, env=kept, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    build, environment, wheels = tmp_path / "build", tmp_path / "rasad", tmp_path / "wheels"
    pip = build / "bin/pip"
    run(sys.executable, "-m", "venv", build)
    run(pip, "install", "--quiet", "--require-hashes", "-r", "requirements/build.lock")
    run(build / "bin/python", "-m", "hatchling", "build", "-t", "wheel", "-d", wheels)
    run(
        pip, "wheel", "--quiet", "--require-hashes", "--no-deps", "--no-build-isolation", "--wheel-dir", wheels,
        "-r", f"requirements/{lock}.lock",
    )  # fmt: skip
    run(sys.executable, "-m", "venv", "--without-pip", environment)
    run(pip, "--python", environment / "bin/python", "install", "--no-index", "--no-deps", *wheels.glob("*.whl"))

    assert run(environment / "bin/rasad", *arguments, cwd=tmp_path)
