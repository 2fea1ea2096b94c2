"""Reads a TOML file that a person wrote, and says everything that is wrong with it at once.

Knows nothing of what the file means: settings and the registry bring their own models and rules.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import AfterValidator, ValidationError

from ingest.service.errors import UsageError

VALUE_SHOWN_CHARACTERS = 120
"""Enough to recognise a URL; a whole table pasted in the wrong place would bury the reason."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: where it was written, under which key, the value, and why."""

    source: str
    key: str
    value: str | None
    """As Python shows it, cut; null where there is no value, or where it may be a secret."""
    reason: str

    def __str__(self) -> str:
        """Return one line: source, key, value, reason."""
        shown = "" if self.value is None else f" = {self.value}"
        return f"{self.source}: {self.key}{shown}: {self.reason}"


def read_toml(path: Path, what: str) -> dict[str, Any]:
    """Return the document of a file, or raise UsageError that names the file and the line."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise UsageError(f"{path}: {what} does not exist") from error
    except OSError as error:
        raise UsageError(f"{path}: {what} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: {what} is not UTF-8 (byte {error.start})") from error
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path}: {what} is not TOML: {error}") from error


def matching(pattern: str, reason: str) -> AfterValidator:
    """Return a check of a whole string whose message says in words what the pattern asks for."""
    compiled = re.compile(pattern)

    def check(value: str) -> str:
        if not compiled.fullmatch(value):
            raise ValueError(reason)
        return value

    return AfterValidator(check)


def key_path(location: Iterable[int | str]) -> str:
    """Return a location as a person finds it in the file, such as `site[2].feed[0].url`."""
    path = ""
    for part in location:
        path += f"[{part}]" if isinstance(part, int) else f".{part}"
    return path.removeprefix(".")


def shown(value: object) -> str:
    """Return a value for a message, cut to a length that leaves the reason in sight."""
    text = repr(value)
    return text if len(text) <= VALUE_SHOWN_CHARACTERS else text[:VALUE_SHOWN_CHARACTERS] + "…"


def reason_of(error_type: str, message: str) -> str:
    """Return pydantic's message in the words of someone who edits a file."""
    if error_type == "extra_forbidden":
        return "unknown key"
    if error_type == "missing":
        return "required key is missing"
    return message.removeprefix("Value error, ").replace("Input should be", "must be")


def _shown_input(location: tuple[int | str, ...], value: object) -> str | None:
    # A table may hold a secret beside the key that is at fault.
    secret = any("password" in str(part) for part in location)
    return None if secret or isinstance(value, Mapping) else shown(value)


def problems_of(source: str, error: ValidationError) -> list[Problem]:
    """Return every fault that a model found in a document, in the document's order."""
    return [
        Problem(
            source,
            key_path(fault["loc"]),
            _shown_input(fault["loc"], fault["input"]),
            reason_of(fault["type"], fault["msg"]),
        )
        for fault in error.errors(include_url=False)
        if fault["type"] != "default_factory_not_called"  # follows from another fault, which is told
    ]


def refusal(problems: Iterable[Problem]) -> UsageError:
    """Return the one error that lists all problems, a line each."""
    return UsageError("\n".join(str(problem) for problem in problems))
