"""The benchmark runs and prints every figure; how fast anything is, is not tested."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bench.figures import Figure, in_turns, table

pytestmark = pytest.mark.xdist_group("installations")

BENCH = Path(__file__).resolve().parents[1] / "bench" / "bench.py"
TINY = ("--pairs", "1", "--articles", "10", "--requests", "40", "--documents", "1", "--feeds", "2")

FIGURES = {
    "start.worker": True,
    "polls.not_modified": True,
    "polls.processor": True,
    "parse.function": True,
    "parse.pool": True,
    "feeds.to_topic": False,
    "classify.long": True,
    "language.long": True,
    "classify.short": True,
    "language.short": True,
    "enrich": True,
    "loop.long": True,
    "loop.as-is": True,
}
"""Whether each has a yardstick."""


def bench(data: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("RASAD_")}
    return subprocess.run(
        [sys.executable, BENCH, *arguments],
        env={**environment, "RASAD_DATA": str(data.absolute())},
        capture_output=True, text=True, check=False, timeout=150,
    )  # fmt: skip


@pytest.mark.usefixtures("kafka_libs")
def test_one_run_measures_every_figure(data_dir: Path) -> None:
    ended = bench(data_dir, *TINY, "--json")

    assert ended.returncode == 0, ended.stderr
    figures = {figure["id"]: figure for figure in json.loads(ended.stdout)["figures"]}
    assert figures.keys() == FIGURES.keys()
    for name, has_yardstick in FIGURES.items():
        assert [sample > 0 for sample in figures[name]["samples"]] == [True]
        assert ("ratio" in figures[name]) is has_yardstick
    for name in ("loop.long", "loop.as-is"):
        assert sum(figures[name]["shares"].values()) == pytest.approx(1, abs=0.01)
        assert all(share > 0 for share in figures[name]["shares"].values())
    assert figures["loop.long"]["facts"]["characters of a text"] == 3_000
    assert figures["loop.long"]["target"]["ratio"] == 0.7


def test_sections_can_be_chosen_and_come_out_as_a_table(data_dir: Path) -> None:
    ended = bench(data_dir, "parse", *TINY)

    assert ended.returncode == 0, ended.stderr
    head, blank, columns, *rows = ended.stdout.splitlines()
    assert "medians of 1 pairs" in head
    assert blank == ""
    assert columns.split() == ["median", "yardstick", "ratio", "min", "max"]
    assert [row.split("  ")[0] for row in rows[:2]] == ["parse a feed", "parse a feed in a child process"]


def test_without_the_replay_articles_it_says_so_in_one_line(tmp_path: Path) -> None:
    ended = bench(tmp_path)

    assert (ended.returncode, ended.stdout) == (2, "")
    (line,) = ended.stderr.splitlines()
    assert "replay.jsonl.gz" in line
    assert "RASAD_DATA" in line


def test_every_other_pair_is_measured_in_the_other_order() -> None:
    order: list[str] = []

    def side(name: str) -> float:
        order.append(name)
        return float(len(order))

    samples = in_turns(3, lambda _: side("theirs"), lambda _: side("ours"))

    assert order == ["theirs", "ours", "ours", "theirs", "theirs", "ours"]
    assert samples == ((1.0, 4.0, 5.0), (2.0, 3.0, 6.0))


def test_a_ratio_is_taken_pair_by_pair_and_a_missed_target_is_told() -> None:
    figure = Figure("x", "thing", "things/s", ours=(6, 1, 8), yardstick="bare", theirs=(10, 10, 10), target=0.7)

    shown = table([figure])

    assert figure.as_json()["ratio"] == {"median": 0.6, "min": 0.1, "max": 0.8}
    assert figure.as_json()["target"] == {"ratio": 0.7, "met": False}
    assert "MISSED" in shown
    assert [cell for cell in shown.splitlines()[1].split("  ") if cell] == [
        "thing", "6 things/s", "10 bare", " 0.60", "0.10", "0.80",
    ]  # fmt: skip
