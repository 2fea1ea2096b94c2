"""The table of hard cases in `ingest/README.md` is complete, and names tests that exist and carry their row's id."""

import re
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
README = (PROJECT / "ingest/README.md").read_text(encoding="utf-8")
ROWS = {
    *(f"{kind}{number}" for kind, count in {"H": 20, "N": 20, "B": 9, "X": 10, "E": 8, "D": 14, "T": 12}.items()
      for number in range(1, count + 1)),
    *(f"S{number}" for number in (1, 2, 3, 4, 6, 7, 8, 9, 10)),
}  # fmt: skip
"""All but S5 and S12, which are the workers', and S11, which is about pushed feeds."""
NEVER_LEFT_OUT = {
    *(f"N{number}" for number in range(1, 15)),
    *("X1", "X2", "X3", "E1", "E2", "E3", "D13"),
    *(f"D{number}" for number in range(1, 9)),
    *(f"T{number}" for number in range(1, 8)),
}


def section(title: str) -> str:
    """Return what stands under a heading."""
    return README.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


ROW_OF_TABLE = r"^\| ([A-Z]\d+) \| [^|]+ \| ([^|]+) \|$"
HELD = dict(re.findall(ROW_OF_TABLE, section("The hard cases of years of polling"), re.MULTILINE))
NOT_DONE = dict(re.findall(r"^\| ([A-Z]\d+) \| ([^|]+) \|$", section("Not done"), re.MULTILINE))
TESTS = {
    name
    for path in sorted((PROJECT / "tests").rglob("test_*.py"))
    for name in re.findall(r"^ *def (test_\w+)\(", path.read_text(encoding="utf-8"), re.MULTILINE)
}


def rows_of(test: str) -> set[str]:
    """Return the rows whose ids a test's name carries."""
    return {part.upper() for part in test.split("_") if part.upper() in ROWS}


def test_every_row_is_held_or_said_not_to_be() -> None:
    assert HELD.keys() | NOT_DONE.keys() == ROWS
    assert not HELD.keys() & NOT_DONE.keys()
    assert len(README.split("\n| H1 |")) == 2


def test_few_rows_are_left_out_each_with_a_reason_and_none_that_must_hold() -> None:
    assert len(NOT_DONE) <= 5
    assert not NOT_DONE.keys() & NEVER_LEFT_OUT
    assert all(len(reason.split()) > 5 for reason in NOT_DONE.values())


@pytest.mark.parametrize("row", sorted(HELD))
def test_a_row_names_tests_that_exist_and_carry_its_id(row: str) -> None:
    named = re.findall(r"`(test_\w+)`", HELD[row])

    assert named
    assert set(named) <= TESTS
    assert all(row in rows_of(test) for test in named), named


def test_a_test_that_carries_an_id_is_of_a_row_that_is_held() -> None:
    assert set().union(*map(rows_of, TESTS)) <= HELD.keys()


def test_the_table_of_guards_is_the_one_that_is_run() -> None:
    code = (PROJECT / "tests/reliability/test_guards.py").read_text(encoding="utf-8")

    assert re.findall(r"^\| ([A-Z]\d+) \| `", section("Guards"), re.MULTILINE) == re.findall(r'Guard\(\s*"(\w+)"', code)
