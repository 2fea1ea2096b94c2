"""A row's test holds its row: with the guard taken out of a copy of the code, the test fails, and with it, it passes.

The table of guards is in `ingest/README.md` too.
"""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Guard:
    """One guard of one row."""

    row: str
    file: str
    guard: str
    """Text that stands in the file once."""
    without: str
    test: str
    """File and beginning of the name of the test that must notice."""


GUARDS = (
    Guard("H2", "ingest/poll.py", "is None or _is_due_in_full(state.full_at, now)", "is None",
          "unit/test_rows_h.py::test_h2_"),
    Guard("H3", "ingest/fetch/response.py", "instant > self.received_at + FUTURE_TOLERANCE", "instant is None",
          "unit/test_fetch_response.py::test_h3_"),
    Guard("H11", "ingest/moves.py", "MOVES_NEEDED = 5", "MOVES_NEEDED = 1", "unit/test_rows_moves.py::test_h11_"),
    Guard("H17", "ingest/schedule.py", "SOONER_FACTOR = 0.5", "SOONER_FACTOR = 1.0", "unit/test_rows_h.py::test_h17_"),
    Guard("N4", "ingest/fetch/client.py", "(head.content_length() or 0) > cap", "cap < 0",
          "unit/test_fetch_bodies.py::test_n4_"),
    Guard("N12", "ingest/fetch/addresses.py", "return kind is AddressKind.PUBLIC or (", "return kind is kind or (",
          "unit/test_fetch_client.py::test_n12_"),
    Guard("N15", "ingest/outage.py", "SHARE = 0.8", "SHARE = 1.1", "unit/test_rows_n.py::test_n15_"),
    Guard("B3", "ingest/poll.py", "entry_keys=keys or state.entry_keys", "entry_keys=keys",
          "unit/test_rows_poll.py::test_b3_"),
    Guard("X3", "ingest/parse/encoding.py", "_VALID_PER_BROKEN = 3", "_VALID_PER_BROKEN = 10**9",
          "unit/test_rows_x.py::test_x3_"),
    Guard("E1", "ingest/parse/encoding.py", "_wide(body) or _utf8(body) or", "_wide(body) or",
          "unit/test_parse_encoding.py::test_e1_"),
    Guard("D7", "ingest/revision.py", "EDITS_PER_DAY = 6", "EDITS_PER_DAY = 600", "unit/test_rows_poll.py::test_d7_"),
    Guard("D8", "ingest/poll.py", "changes.touch(poll.feed.site, state.entry_keys, now.date())", "pass",
          "unit/test_rows_poll.py::test_d8_"),
    Guard("T6", "ingest/parse/dates.py", "FUTURE_TOLERANCE = timedelta(hours=24)", "FUTURE_TOLERANCE = timedelta(999)",
          "unit/test_rows_t.py::test_t6_"),
)  # fmt: skip


def failed(folder: Path, test: str) -> bool:
    """Run the tests of a row with the code of a folder and tell whether one of them failed."""
    file, _, name = test.partition("::")
    ended = subprocess.run(
        [Path(sys.executable).parent / "pytest", PROJECT / "tests" / file, "-k", name, "-qx", "-pno:cacheprovider"],
        env={**os.environ, "PYTHONPATH": str(folder), "RASAD_SEEDS_DIR": str(PROJECT / "seeds")},
        cwd=PROJECT, capture_output=True, text=True, check=False, timeout=170,
    )  # fmt: skip
    assert ended.returncode in (0, 1), ended.stdout + ended.stderr
    return ended.returncode == 1


@pytest.mark.full
@pytest.mark.parametrize("guard", GUARDS, ids=[guard.row for guard in GUARDS])
def test_without_its_guard_a_rows_test_fails(guard: Guard, tmp_path: Path) -> None:
    shutil.copytree(PROJECT / "ingest", tmp_path / "ingest", ignore=shutil.ignore_patterns("__pycache__"))
    file = tmp_path / guard.file

    text = file.read_text(encoding="utf-8")
    assert text.count(guard.guard) == 1, f"{guard.file} does not have this guard once"
    file.write_text(text.replace(guard.guard, guard.without), encoding="utf-8")

    assert failed(tmp_path, guard.test)


def test_every_guard_stands_in_the_code_once() -> None:
    for guard in GUARDS:
        assert (PROJECT / guard.file).read_text(encoding="utf-8").count(guard.guard) == 1, guard.row
    assert len({guard.row for guard in GUARDS}) >= 10
