"""The Dockerfile by rules that a linter would have, read instruction by instruction; no engine builds it here."""

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from ingest.service.settings import MetricsSettings
from support.broker import PROJECT
from support.deployment import pinned_image

DOCKERFILE = PROJECT / "deploy/docker/Dockerfile"
TARGETS = ("ingest", "workers")


@dataclass(frozen=True)
class Instruction:
    word: str
    rest: str


@dataclass(frozen=True)
class Stage:
    name: str
    base: str
    instructions: tuple[Instruction, ...]

    def all_of(self, word: str) -> list[str]:
        return [instruction.rest for instruction in self.instructions if instruction.word == word]


def instructions(text: str) -> list[Instruction]:
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n\s*", " ", "\n".join(lines))
    return [Instruction(word.upper(), rest) for word, _, rest in (line.partition(" ") for line in joined.splitlines())]


def stages() -> dict[str, Stage]:
    """Return the stages by name, the arguments before them filled in."""
    read = instructions(DOCKERFILE.read_text())
    first = next(index for index, instruction in enumerate(read) if instruction.word == "FROM")
    arguments = dict(instruction.rest.split("=", 1) for instruction in read[:first])
    found: dict[str, Stage] = {}
    for instruction in read[first:]:
        if instruction.word == "FROM":
            base, name = re.fullmatch(r"(\S+) AS (\S+)", instruction.rest).groups()  # type: ignore[union-attr]
            base = re.sub(r"\$\{(\w+)\}", lambda match: arguments[match[1]], base)
            found[name] = Stage(name, base, ())
            continue
        last = found[next(reversed(found))]
        found[last.name] = Stage(last.name, last.base, (*last.instructions, instruction))
    return found


def lineage(name: str) -> list[Stage]:
    """Return a stage and those that it is built upon."""
    every = stages()
    line = [every[name]]
    while line[-1].base in every:
        line.append(every[line[-1].base])
    return line


def test_both_targets_are_there_and_the_last_stage_is_one_of_them() -> None:
    assert list(stages())[-2:] == list(TARGETS)


def test_every_base_image_is_pinned_to_a_release_and_names_no_registry() -> None:
    every = stages()
    outside = {stage.base for stage in every.values() if stage.base not in every}

    assert outside
    assert all(pinned_image(base) for base in outside)


@pytest.mark.parametrize("target", TARGETS)
def test_a_target_ends_as_a_user_that_kubernetes_can_see_is_not_root(target: str) -> None:
    last = lineage(target)[0].all_of("USER")[-1]

    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", last)


@pytest.mark.parametrize("target", TARGETS)
def test_a_target_holds_no_installer_and_nothing_of_the_build_but_its_environment(target: str) -> None:
    line = lineage(target)

    assert [stage.name for stage in line] == [target, "base"]
    copies = [copy for stage in line for copy in stage.all_of("COPY")]
    assert copies == [f"--from={target}-environment /opt/rasad /opt/rasad"]
    runs = " ".join(run for stage in line for run in stage.all_of("RUN"))
    assert not re.search(r"apt|apk|pip install|pip wheel|curl|wget|gcc", runs)
    for what in ("ensurepip", "site-packages/*", "/usr/local/bin/pip*"):
        assert what in runs.partition("&&")[0]


@pytest.mark.parametrize("target", TARGETS)
def test_an_environment_is_made_of_the_targets_hash_pinned_lock_alone(target: str) -> None:
    (run,) = stages()[f"{target}-environment"].all_of("RUN")

    wheels, environment, install = [part.strip() for part in run.split("&&")]
    assert f"-r requirements/{target}.lock" in wheels
    assert {"--require-hashes", "--no-deps", "--no-build-isolation"} <= set(wheels.split())
    assert "--without-pip" in environment
    assert {"--no-index", "--no-deps"} <= set(install.split())


def test_nothing_is_added_from_the_network_or_run_as_it_comes() -> None:
    text = DOCKERFILE.read_text()
    every = instructions(text)

    assert not [instruction for instruction in every if instruction.word == "ADD"]
    assert not re.search(r"\|\s*(ba)?sh\b|sudo|http://(?!127\.0\.0\.1)|https://|:latest", text)
    assert all("--require-hashes" in part for part in re.findall(r"pip (?:install|wheel)[^&]*-r [^&]*", text))


@pytest.mark.parametrize("target", TARGETS)
def test_a_target_asks_its_own_health_on_the_port_of_the_settings(target: str) -> None:
    (check,) = [check for stage in lineage(target) for check in stage.all_of("HEALTHCHECK")]
    (port,) = [port for stage in lineage(target) for port in stage.all_of("EXPOSE")]

    assert "/healthz" in check
    assert f'\\"{port}\\"' in check
    assert int(port) == MetricsSettings().port


@pytest.mark.parametrize(("target", "command"), [("ingest", "fetcher"), ("workers", "worker")])
def test_a_target_starts_its_own_command(target: str, command: str) -> None:
    (entry,) = [entry for stage in lineage(target) for entry in stage.all_of("ENTRYPOINT")]

    assert entry == '["rasad"]'
    assert lineage(target)[0].all_of("CMD") == [f'["{command}"]']


def test_what_is_copied_exists_and_is_let_through_to_the_build() -> None:
    ignored = (PROJECT / ".dockerignore").read_text().splitlines()
    passed = [line[1:] for line in ignored if line.startswith("!")]
    copied = [
        path
        for stage in stages().values()
        for copy in stage.all_of("COPY")
        if not copy.startswith("--from")
        for path in copy.split()[:-1]
    ]

    assert "*" in ignored
    assert copied
    for path in copied:
        assert (PROJECT / path).exists()
        assert any(Path(path).match(pattern) for pattern in passed), path
