"""What commands refuse before they do any work, in one line and without a traceback."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ingest.commands import topic_lines
from ingest.service.errors import UsageError
from workers.assemble import analysis_release
from workers.classify.rows import read_rows
from workers.cli import check_writable
from workers.enrich.gold import read_gold

PATIENCE_SECONDS = 60


@pytest.mark.parametrize("arguments", [("version",), ("version", "--json"), ("feeds", "list", "--json")])
def test_a_full_disk_is_told_in_one_line(arguments: tuple[str, ...]) -> None:
    with Path("/dev/full").open("w") as full:
        result = subprocess.run(
            [sys.executable, "-m", "ingest.cli", *arguments],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )

    assert (result.returncode, result.stderr) == (1, "rasad: cannot write: No space left on device\n")


def test_an_id_that_no_dead_letter_can_have_is_refused_without_a_broker() -> None:
    result = subprocess.run(
        [sys.executable, "-m", "ingest.cli", "dead-letters", "show", "x"],
        env={**os.environ, "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1"},
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )

    assert (result.returncode, result.stderr) == (2, "rasad: x: must be PARTITION:OFFSET, such as 3:17\n")


def test_a_topic_with_other_partitions_says_which_are_wanted_and_who_writes_it() -> None:
    row = {
        "name": "rasad.entries.v1",
        "key": "article_id",
        "written_by": "fetchers",
        "partitions": 4,
        "wanted_partitions": 24,
        "exists": True,
        "config": {"cleanup.policy": "compact"},
    }

    (line,) = topic_lines([row])

    assert "4 partitions, not 24" in line
    assert "written by fetchers" in line


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "does not exist"),
        (b"analysis = [", "is not TOML"),
        (b"analysis = 1 # \xff", "is not UTF-8"),
        (b"", "not a whole number"),
        (b"analysis = true", "not a whole number"),
    ],
)
def test_a_release_that_cannot_be_read_says_why(tmp_path: Path, content: bytes | None, reason: str) -> None:
    if content is not None:
        (tmp_path / "pipeline.toml").write_bytes(content)

    with pytest.raises(UsageError, match=f"pipeline.toml: .*{reason}"):
        analysis_release(tmp_path)


def test_articles_and_annotations_that_cannot_be_read_are_named_once(tmp_path: Path) -> None:
    absent = tmp_path / "absent.jsonl"

    for read in (lambda: list(read_rows(absent)), lambda: read_gold(absent)):
        with pytest.raises(UsageError) as refused:
            read()

        assert str(refused.value) == f"{absent}: cannot be read: No such file or directory"


def test_a_file_or_folder_that_could_not_be_written_is_refused_before_the_work(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("")

    check_writable("--json", None)
    check_writable("--json", file)
    check_writable("--json", tmp_path / "new")
    check_writable("--out", tmp_path / "new" / "model", as_folder=True)
    for refused, as_folder in ((tmp_path, False), (tmp_path / "no" / "x", False), (file, True), (file / "x", True)):
        with pytest.raises(UsageError, match="--to "):
            check_writable("--to", refused, as_folder=as_folder)
