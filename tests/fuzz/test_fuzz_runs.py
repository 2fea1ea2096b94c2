"""The fuzz targets run, reach the code, and report what breaks a promise, once for each kind."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

FUZZ = Path(__file__).resolve().parent
PROJECT = FUZZ.parents[1]

BROKEN = """
import sys
from pathlib import Path
from mutation import Target, fuzz

def check(body):
    assert b"<item><item>" not in body, "two in a row"
    while b"endless" in body:
        pass

target = Target("broken", [b"<item>", b"x"], [b"<item>", b"endless"], check, seconds_per_input=0.05)
figures = fuzz(target, 3.0, seed=1, folder=Path(sys.argv[1]))
print(len(figures.failures), figures.inputs > 10)
"""


@pytest.mark.parametrize("target", ["fuzz_parse.py", "fuzz_dates.py"])
def test_a_short_run_of_each_target_finds_nothing(target: str) -> None:
    done = subprocess.run(
        [sys.executable, FUZZ / target, "--seconds", "100", "--inputs", "1500", "--seed", "1"],
        capture_output=True,
        text=True,
        check=False,
        cwd=PROJECT,
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert re.search(r" 1500 inputs in \d+ s of processor time, \d{3,} lines reached", done.stdout)


def test_a_broken_promise_and_a_hang_are_each_saved_once(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", BROKEN, str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
        cwd=PROJECT,
        env={**os.environ, "PYTHONPATH": str(FUZZ)},
    )

    assert done.stdout.split() == ["2", "True"]
    saved = [path.read_bytes() for path in tmp_path.iterdir()]
    assert len(saved) == 2
    assert any(b"<item><item>" in body for body in saved)
    assert any(b"endless" in body for body in saved)
