"""SECURITY.md promises nothing that no test holds."""

import ast
import re
from functools import cache

import pytest

from support.broker import PROJECT

TEXT = (PROJECT / "SECURITY.md").read_text(encoding="utf-8")
TEST_NAME = re.compile(r"`(test_\w+)`")
THREATS_AT_LEAST = 35


def threat_rows() -> list[list[str]]:
    """Return the cells of every row of the tables that have a column of tests."""
    rows: list[list[str]] = []
    in_table = False
    for line in TEXT.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")] if line.startswith("|") else []
        if cells == ["threat", "what holds it", "tests"]:
            in_table = True
        elif not cells:
            in_table = False
        elif in_table and set(cells[0]) != {"-"}:
            rows.append(cells)
    return rows


@cache
def known_tests() -> frozenset[str]:
    return frozenset(
        node.name
        for path in (PROJECT / "tests").rglob("test_*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")
    )


def test_every_table_of_threats_is_read() -> None:
    assert len(threat_rows()) >= THREATS_AT_LEAST
    assert len(threat_rows()) == len([line for line in TEXT.splitlines() if line.startswith("|") and "`test_" in line])


@pytest.mark.parametrize("row", threat_rows(), ids=lambda row: row[0][:40])
def test_a_threat_has_what_holds_it_and_a_test_of_its_own(row: list[str]) -> None:
    threat, holds, tests = row

    assert threat
    assert holds
    assert TEST_NAME.findall(tests)


@pytest.mark.parametrize("name", sorted(set(TEST_NAME.findall(TEXT))))
def test_a_test_that_the_document_names_exists(name: str) -> None:
    assert name in known_tests()
