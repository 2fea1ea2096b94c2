"""The `rasad` script: finds its commands among the installed entry points and loads the one that is asked for.

Holds the commands that belong to no stage; knows nothing of the others, so that `rasad fetcher` loads what a
fetcher needs and nothing of the language tools.
"""

import errno
import importlib.metadata
import os
import random
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from ingest.service.errors import UsageError
from ingest.service.invocation import Invocation, begin, invocation_of, print_json
from ingest.service.settings import LogLevel, Settings, seeds_dir

COMMANDS = "rasad.commands"
"""The entry points' group; a value names a function or a typer.Typer (a command with commands of its own)."""

EPILOG = """
\b
Examples:
  rasad check-config               check settings and registry
  rasad run --workers 4            fetch, classify and publish until Ctrl-C
  rasad --config my.toml run       the same with other settings
  rasad feeds test irna-main       what a feed would give now

\b
Exit codes:
  0 done   1 failed   2 arguments, settings or files are wrong
  3 this slot is held by another process   4 the broker answers, but nothing succeeds
  5 hung and ended by its watchdog   130 interrupted
"""

Json = Annotated[bool, typer.Option("--json", help="Write one JSON document.")]


def _command(name: str, loaded: Any) -> Any:
    if not isinstance(loaded, typer.Typer):
        function: Callable[..., Any] = loaded
        loaded = typer.Typer(add_completion=False, rich_markup_mode=None)
        loaded.command(name)(function)
    command = typer.main.get_command(loaded)
    command.name = name
    return command


def _unavailable(name: str, error: ImportError) -> Callable[[], None]:
    def stand_in() -> None:
        raise UsageError(f"the command {name} cannot be loaded: {error}") from error

    stand_in.__doc__ = f"Cannot be loaded: {error}"
    return stand_in


class EntryPointGroup(TyperGroup):
    """A group whose commands are entry points, each loaded when it is named, all of them for `--help`."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names, without loading anything."""
        del ctx
        return sorted(importlib.metadata.entry_points(group=COMMANDS).names)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return the command of a name, loaded, or null."""
        del ctx
        found = importlib.metadata.entry_points(group=COMMANDS, name=cmd_name)
        if not found:
            return None
        try:
            loaded = next(iter(found)).load()
        except ImportError as error:  # one command that lacks a library must not take `--help` from the others
            loaded = _unavailable(cmd_name, error)
        return _command(cmd_name, loaded)


app = typer.Typer(
    cls=EntryPointGroup,
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def rasad(
    context: typer.Context,
    config: Annotated[
        Path | None, typer.Option(help="Settings file; else RASAD_CONFIG, else rasad.toml if there is one.")
    ] = None,
    log_level: Annotated[LogLevel | None, typer.Option(help="Least level that is logged.")] = None,
) -> None:
    """Watch Persian news feeds and publish classified events to Kafka."""
    context.obj = Invocation(config, log_level)


def _children(invocation: Invocation, fetchers: int, workers: int) -> list[Any]:
    from ingest.service.child_process import Child

    slots = [("fetcher", number) for number in range(fetchers)] + [("worker", number) for number in range(workers)]
    # Each child serves on a port of its own; the supervisor's endpoint finds and merges them.
    environ = {"RASAD_METRICS__HOST": "127.0.0.1", "RASAD_METRICS__PORT": "0"}
    script = (sys.executable, "-m", "ingest.cli", *invocation.arguments())
    return [
        Child(f"{command}-{number}", (*script, command, "--slot", f"{command}-{number}"), environ)
        for command, number in slots
    ]


def run(
    context: typer.Context,
    fetchers: Annotated[int | None, typer.Option(min=0, help="Processes that fetch.")] = None,
    workers: Annotated[int | None, typer.Option(min=0, help="Processes that classify.")] = None,
    metrics_port: Annotated[int | None, typer.Option(min=0, max=65535, help="Of the one endpoint; 0: any.")] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Check, say what would be started, and start nothing.")
    ] = False,
) -> None:
    """Run fetchers and workers.

    They run until SIGTERM or Ctrl-C; one that dies is started again. SIGHUP lets all of them read the registry again.

    \b
    Exit codes: 0 all drained, 1 a child had to be killed, 2 a child refused to start.
    Example: rasad run --fetchers 1 --workers 2
    """
    import structlog

    from ingest.registry_reading import read_registry_file
    from ingest.service.hangup import Hangup
    from ingest.service.lifecycle import Stop
    from ingest.service.supervisor import Supervisor

    settings = begin(context, "supervisor")
    read_registry_file(settings.registry_file())
    how_many = (
        settings.run.fetchers if fetchers is None else fetchers,
        settings.run.workers if workers is None else workers,
    )
    port = settings.metrics.port if metrics_port is None else metrics_port
    stop = Stop(settings.run.drain_seconds, time.monotonic)
    children = _children(invocation_of(context), *how_many)
    if dry_run:
        for child in children:
            typer.echo(f"would start {child.name}: {' '.join(child.argv[1:])}")
        return
    hangup = Hangup()
    supervisor = Supervisor(children, settings.run, stop, random.random, hangup=hangup)
    with (
        hangup.on_signal(),
        stop.on_signals(),
        supervisor.serve(settings.metrics.model_copy(update={"port": port})) as server,
    ):
        structlog.stdlib.get_logger(__name__).info("supervising", children=len(children), metrics=server.url)
        code = supervisor.run()
    raise typer.Exit(code)


def check_config(context: typer.Context, as_json: Json = False) -> None:
    """Check settings, registry and page rules.

    Prints the values that count, secrets masked.

    \b
    Exit codes: 0 all is well, 2 something is wrong (every fault is named).
    Example: rasad --config my.toml check-config --json
    """
    from ingest.feeds import load_registry
    from ingest.page.rules import load_page_rules

    try:
        settings = invocation_of(context).settings()
        registry = load_registry(settings.registry_file())
        load_page_rules(seeds_dir() / "pages.toml")
    except UsageError as error:
        if not as_json:
            raise
        print_json({"ok": False, "errors": str(error).splitlines()})
        raise typer.Exit(2) from error
    counts = {
        "file": str(settings.registry_file()),
        "sites": len(registry.sites),
        "feeds": len(registry.feeds),
        "enabled": len(registry.enabled),
    }
    warnings = list(_warnings(settings))
    if as_json:
        report = {"ok": True, "errors": [], "warnings": warnings, "settings": settings.redacted(), "registry": counts}
        print_json(report)
        return
    for line in _lines(settings.redacted()):
        typer.echo(line)
    typer.echo(
        f"registry: {counts['file']}: {counts['sites']} sites, {counts['enabled']} of {counts['feeds']} feeds on"
    )
    for warning in warnings:
        typer.echo(f"warning: {warning}", err=True)


def _lines(values: dict[str, Any], prefix: str = "") -> Iterable[str]:
    for key, value in values.items():
        if isinstance(value, dict):
            yield from _lines(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key} = {'(not set)' if value is None else value}"


def _warnings(settings: Settings) -> Iterable[str]:
    if not settings.fetch.contact_url:
        yield "fetch.contact_url is not set: publishers cannot tell who fetches"


def show_version(as_json: Json = False) -> None:
    """Print the release.

    Example: rasad version --json
    """
    import platform

    from ingest.service.version import version

    if as_json:
        print_json({"version": version(), "python": platform.python_version()})
    else:
        typer.echo(f"rasad {version()}")


def main() -> None:
    """Run the script; a fault of the user's is told in one clear message, without a traceback."""
    try:
        try:
            typer.main.get_command(app)(prog_name="rasad")
        finally:
            sys.stdout.flush()
    except UsageError as error:
        for line in str(error).splitlines():
            sys.stderr.write(f"rasad: {line}\n")
        sys.exit(2)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] in {"ingest", "workers"}:
            raise
        sys.stderr.write(
            f"rasad: {error.name} is not installed: this command needs another extra, as in pip install 'rasad[all]'\n"
        )
        sys.exit(2)
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        sys.stderr.write(f"rasad: cannot write: {error.strerror}\n")
        sys.stderr.flush()
        os._exit(1)  # the end of Python would try once more to write what is left


if __name__ == "__main__":
    main()
