"""The `rasad` script as a user calls it, in a process of its own."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ingest.service.version import version

PROJECT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 60
REGISTRY = PROJECT / "tests/data/registry"

FEED = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0"><channel><title>نمونه</title><link>https://one.example/</link><description>x</description>
<item><title>خبر نخست</title><link>https://one.example/news/1</link><guid>https://one.example/news/1</guid>
<pubDate>Sun, 22 Nov 2026 10:00:00 +0330</pubDate><description>متن کوتاه</description></item>
<item><title>خبر دوم</title><link>/news/2</link><description>متن</description></item>
</channel></rss>
"""


def environment(**extra: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("RASAD_", "KAFKA_"))}
    return {**kept, "COLUMNS": "120", **extra}


def rasad(*arguments: str, cwd: Path = PROJECT, **extra: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ingest.cli", *arguments],
        cwd=cwd,
        env=environment(**extra),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )


def test_help_lists_every_command_with_a_line_and_gives_examples() -> None:
    result = rasad("--help")

    assert result.returncode == 0
    for name, line in {
        "run": "Run fetchers and workers",
        "feeds": "List feeds",
        "check-config": "Check settings",
        "version": "Print the release",
    }.items():
        assert any(part.split()[:1] == [name] and line in part for part in result.stdout.splitlines())
    assert "Examples:" in result.stdout
    assert "Exit codes:" in result.stdout


@pytest.mark.parametrize("command", ["run", "check-config", "version"])
def test_every_command_explains_itself_with_an_example(command: str) -> None:
    result = rasad(command, "--help")

    assert result.returncode == 0
    assert "Example: rasad" in result.stdout


def test_the_version_is_the_installed_releases() -> None:
    assert json.loads(rasad("version", "--json").stdout)["version"] == version()
    assert rasad("version").stdout == f"rasad {version()}\n"


def test_an_unknown_command_is_a_usage_error() -> None:
    result = rasad("fetch-all")

    assert result.returncode == 2
    assert "fetch-all" in result.stderr


def test_a_command_of_ours_loads_nothing_of_the_language_tools() -> None:
    program = """
import runpy, sys
sys.argv = ["rasad", "feeds", "list"]
try:
    runpy.run_module("ingest.cli", run_name="__main__")
except SystemExit:
    pass
print(sorted({"hazm", "numpy", "kafka", "feedparser", "httpx", "workers"} & set(sys.modules)))
"""
    result = subprocess.run(
        [sys.executable, "-c", program],
        cwd=PROJECT,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=True,
    )

    assert result.stdout.splitlines()[-1] == "[]"


def test_check_config_accepts_the_shipped_settings_and_registry() -> None:
    result = rasad("--config", "deploy/rasad.example.toml", "check-config", "--json")

    report = json.loads(result.stdout)
    assert result.returncode == 0
    assert report["ok"]
    assert report["settings"]["partitions"] == 24
    assert report["registry"]["feeds"] >= 12


def test_check_config_masks_secrets(tmp_path: Path) -> None:
    (tmp_path / "rasad.toml").write_text('[kafka]\nsasl_password = "invented"\n')

    for arguments in (("check-config",), ("check-config", "--json")):
        result = rasad(*arguments, cwd=tmp_path)
        assert result.returncode == 0
        assert "sasl_password" in result.stdout
        assert "invented" not in result.stdout + result.stderr


def test_check_config_tells_every_fault_and_exits_with_2(tmp_path: Path) -> None:
    file = tmp_path / "my.toml"
    file.write_text("colour = 1\npartitions = 0\n")

    plain = rasad("--config", str(file), "check-config")
    told = rasad("--config", str(file), "check-config", "--json")

    faults = [
        f"{file}: partitions = 0: must be greater than or equal to 1",
        f"{file}: colour = 1: unknown key",
    ]
    assert (plain.returncode, told.returncode) == (2, 2)
    assert plain.stderr.splitlines() == [f"rasad: {fault}" for fault in faults]
    assert json.loads(told.stdout) == {"ok": False, "errors": faults}


def test_check_config_checks_the_registry_too() -> None:
    file = REGISTRY / "invalid-url-scheme.toml"

    result = rasad("check-config", RASAD_REGISTRY=str(file))

    assert result.returncode == 2
    assert result.stderr.startswith(f"rasad: {file}: site[0].feed[0].url = 'file:///etc/passwd': ")


def test_check_config_checks_the_page_rules_too(tmp_path: Path) -> None:
    file = tmp_path / "pages.toml"
    file.write_text('[[family]]\nid = "own"\nhosts = ["own.example"]\nbody = ["div["]\n')

    result = rasad(
        "check-config", RASAD_SEEDS_DIR=str(tmp_path), RASAD_REGISTRY=str(REGISTRY / "valid-everything.toml")
    )

    assert result.returncode == 2
    assert result.stderr == f"rasad: {file}: family[0].body[0] = 'div[': not a CSS selector\n"


def test_feeds_list_shows_every_feed_of_the_registry() -> None:
    file = str(REGISTRY / "valid-everything.toml")

    rows = json.loads(rasad("feeds", "list", "--json", RASAD_REGISTRY=file).stdout)["feeds"]
    lines = rasad("feeds", "list", RASAD_REGISTRY=file).stdout.splitlines()

    assert [(row["id"], row["site"], row["enabled"]) for row in rows] == [
        ("one-main", "one.example", False),
        ("one-sport", "one.example", True),
    ]
    assert [line.split()[0] for line in lines] == ["one-main", "one-sport"]
    assert lines[0].endswith("(off)")


def test_feeds_parse_gives_the_entries_of_a_document(tmp_path: Path) -> None:
    file = tmp_path / "feed.xml"
    file.write_text(FEED, encoding="utf-8")

    result = rasad("feeds", "parse", str(file), "--json", "--site", "one.example", "--url", "https://one.example/rss")

    entries = json.loads(result.stdout)["entries"]
    assert [entry["title"] for entry in entries] == ["خبر نخست", "خبر دوم"]
    assert [entry["link"] for entry in entries] == ["https://one.example/news/1", "https://one.example/news/2"]
    assert entries[0]["published_at"].startswith("2026-11-22T06:30:00")
    assert entries[1]["published_at"] is None
    assert len({entry["entry_id"] for entry in entries}) == 2
    assert all("date_source" in entry for entry in entries)


def test_feeds_parse_gives_the_same_ids_every_time(tmp_path: Path) -> None:
    file = tmp_path / "feed.xml"
    file.write_text(FEED, encoding="utf-8")

    first, second = (json.loads(rasad("feeds", "parse", str(file), "--json").stdout)["entries"] for _ in range(2))

    assert len(first) == 2
    assert [entry["entry_id"] for entry in first] == [entry["entry_id"] for entry in second]


def test_feeds_parse_shows_a_line_an_entry(tmp_path: Path) -> None:
    file = tmp_path / "feed.xml"
    file.write_text(FEED.replace("خبر دوم", "خبر\u202eدوم"), encoding="utf-8")

    lines = rasad("feeds", "parse", str(file)).stdout.splitlines()

    assert len(lines) == 2
    assert "\u202e" not in lines[1]


@pytest.mark.parametrize(
    ("content", "options", "message"),
    [
        ("<html><body>Just a moment</body></html>", [], "not_a_feed"),
        (FEED, ["--timezone", "Mars/Base"], "--timezone Mars/Base: not a time zone"),
        (None, [], "No such file or directory"),
    ],
)
def test_feeds_parse_tells_what_is_wrong_in_one_line(
    tmp_path: Path, content: str | None, options: list[str], message: str
) -> None:
    file = tmp_path / "feed.xml"
    if content is not None:
        file.write_text(content, encoding="utf-8")

    result = rasad("feeds", "parse", str(file), *options)

    assert result.returncode == 2
    assert len(result.stderr.splitlines()) == 1
    assert message in result.stderr


def test_run_without_children_serves_and_ends_well_at_sigterm() -> None:
    arguments = ("run", "--fetchers", "0", "--workers", "0", "--metrics-port", "0")
    with subprocess.Popen(
        [sys.executable, "-m", "ingest.cli", *arguments],
        cwd=PROJECT,
        env=environment(RASAD_LOG__FORMAT="json"),
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        assert json.loads(process.stderr.readline())["event"] == "supervising"

        process.send_signal(signal.SIGTERM)

        assert process.wait(PATIENCE_SECONDS) == 0


def test_run_refuses_a_registry_with_faults_before_it_starts_anything() -> None:
    result = rasad("run", "--metrics-port", "0", RASAD_REGISTRY=str(REGISTRY / "invalid-duplicate-feed.toml"))

    assert result.returncode == 2
    assert "this feed id is taken already" in result.stderr
    assert "Traceback" not in result.stderr


def test_run_says_what_it_would_start_and_starts_nothing() -> None:
    done = rasad("run", "--dry-run", "--fetchers", "1", "--workers", "1")

    assert done.returncode == 0
    assert done.stdout.splitlines() == [
        "would start fetcher-0: -m ingest.cli fetcher --slot fetcher-0",
        "would start worker-0: -m ingest.cli worker --slot worker-0",
    ]
