"""What the command line says to every command: which settings file, how much to log; and output that all share.

Knows nothing of single commands.
"""

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer

from ingest.service import logging
from ingest.service.settings import LogLevel, Settings
from ingest.service.settings_sources import load_settings


@dataclass(frozen=True, slots=True)
class Invocation:
    """The options that stand before the command's name."""

    config: Path | None = None
    log_level: LogLevel | None = None

    def settings(self) -> Settings:
        """Return the settings with what the command line says, or raise UsageError."""
        settings = load_settings(self.config)
        if self.log_level is None:
            return settings
        return settings.model_copy(update={"log": settings.log.model_copy(update={"level": self.log_level})})

    def arguments(self) -> tuple[str, ...]:
        """Return these options as a child process takes them."""
        config = () if self.config is None else ("--config", str(self.config))
        level = () if self.log_level is None else ("--log-level", str(self.log_level))
        return (*config, *level)


def invocation_of(context: typer.Context) -> Invocation:
    """Return what stood before the command's name; the defaults when the command is called by itself."""
    return context.obj if isinstance(context.obj, Invocation) else Invocation()


def begin(context: typer.Context, process: str) -> Settings:
    """Return the settings, with the log set up: the first line of every command."""
    settings = invocation_of(context).settings()
    logging.configure(settings.log, process)
    return settings


def print_json(document: Any) -> None:
    """Write one JSON document and a newline to stdout, Persian as it is."""
    sys.stdout.write(json.dumps(document, ensure_ascii=False) + "\n")
