"""deploy/README.md speaks of files, commands, settings and exit codes that exist."""

import importlib.metadata
import re

import pytest

from ingest.service.lifecycle import ExitCode
from ingest.service.settings import Settings
from ingest.stream.topics import Topics
from support.broker import PROJECT
from support.deployment import DEPLOY
from workers.assemble import needed_topics

TEXT = (DEPLOY / "README.md").read_text(encoding="utf-8")
SECTIONS = (
    "What runs", "Kafka", "Sizing", "Upgrades and rollbacks", "Backup and disaster recovery", "A region blocks a feed",
    "Secrets", "Logs and metrics", "Alerts",
)  # fmt: skip


def test_the_sections_are_there_and_alerts_come_last() -> None:
    assert tuple(re.findall(r"(?m)^## (.+)$", TEXT)) == SECTIONS


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\]\(([^)#]+)\)", TEXT))))
def test_a_file_that_is_linked_exists(target: str) -> None:
    assert (DEPLOY / target).exists()


@pytest.mark.parametrize("path", sorted(set(re.findall(r"\b((?:deploy|requirements|seeds)/[\w./-]+\w)", TEXT))))
def test_a_file_that_is_named_exists(path: str) -> None:
    assert (PROJECT / path).exists()


@pytest.mark.parametrize("command", sorted(set(re.findall(r"`rasad ([a-z-]+)", TEXT))))
def test_a_command_that_is_named_exists(command: str) -> None:
    assert command in importlib.metadata.entry_points(group="rasad.commands").names


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`((?:kafka|fetch|metrics|log|run)\.\w+)", TEXT))))
def test_a_setting_that_is_named_exists(name: str) -> None:
    section, _, key = name.partition(".")

    assert key in type(getattr(Settings(), section)).model_fields


def test_the_rights_of_workers_name_every_topic_without_which_they_wait() -> None:
    (row,) = re.findall(r"(?m)^\| workers \| (.+)$", TEXT)

    needed = {spec.name for spec in needed_topics(Topics(), (), 24)}
    assert needed == set(re.findall(r"`(rasad\.[a-z-]+\.v1)`", row))


def test_every_exit_code_is_explained_but_that_of_a_person_at_the_keyboard() -> None:
    rows = {int(code) for code in re.findall(r"(?m)^\| (\d+) \|", TEXT)}

    assert rows == set(ExitCode) - {ExitCode.INTERRUPTED}


def test_what_was_validated_and_not_run_says_so() -> None:
    (table,) = re.findall(r"(?s)\| what \| where \| how it was checked \|.*?\n\n", TEXT)

    for folder in ("docker", "compose", "kubernetes"):
        (row,) = [line for line in table.splitlines() if f"({folder}" in line]
        assert "**Validated, not" in row


@pytest.mark.parametrize("process", ["fetchers", "workers"])
def test_every_topic_that_a_process_writes_is_among_its_rights(process: str) -> None:
    """A broker that refuses one of them refuses the whole transaction, each time."""
    (row,) = re.findall(rf"(?m)^\| {process} \| (.*?) \|", TEXT)
    written = {spec.name for spec in Topics().specs(()) if spec.written_by in {process, "all"}}

    assert written <= {name for part in row.split(";") if "write" in part for name in re.findall(r"`([^`]+)`", part)}
