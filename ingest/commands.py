"""The commands of ingest that speak to Kafka: a fetcher, the topics, the dead letters.

Knows nothing of the workers' commands; `cli` finds these through entry points.
"""

import os
import re
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import structlog
import typer

from ingest.service.errors import UsageError
from ingest.service.invocation import begin, print_json
from ingest.service.settings import Settings

if TYPE_CHECKING:
    from ingest.stream.dead_letter import DeadLetter

Json = Annotated[bool, typer.Option("--json", help="Write one JSON document.")]


def finish(code: int) -> NoReturn:
    """End the process now: threads that wait for a slow server hold nothing that is ours to finish."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def fetcher(
    context: typer.Context,
    slot: Annotated[
        str, typer.Option(help="Stable name of this process's place in the group; no two live processes may share it.")
    ] = "fetcher-0",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be polled, and publish nothing.")] = False,
) -> None:
    """Poll the feeds of the sites that fall to this process; commit entries and state to Kafka.

    SIGHUP reads the registry's file again; a change is seen by itself within seconds.

    \b
    Exit codes: 0 ended by a signal, 2 settings, registry or topics are wrong,
      3 another process has this slot, 4 the broker answers but nothing succeeds, 5 hung.
    Example: rasad fetcher --slot fetcher-0
    """
    from ingest.assemble import run_fetcher
    from ingest.registry_reading import read_registry_file

    settings = begin(context, slot)
    reading = read_registry_file(settings.registry_file())
    for part, problem in reading.left_out:
        structlog.get_logger(__name__).error("registry_entry_left_out", left_out=part, problem=str(problem))
    if dry_run:
        from ingest.stream.topics import partition_of

        for feed in reading.registry.feeds.values():
            partition = partition_of(feed.site.encode(), settings.partitions)
            typer.echo(f"{feed.id:<28} {feed.site:<24} partition {partition:<4} {'on' if feed.enabled else 'off'}")
        return
    finish(run_fetcher(settings, reading, slot))


topics = typer.Typer(add_completion=False, rich_markup_mode=None, no_args_is_help=True, help="Create, describe topics.")


def _labels() -> tuple[str, ...]:
    from ingest.service.settings import seeds_dir
    from ingest.service.toml_document import read_toml

    path = seeds_dir() / "labels.toml"
    try:
        return tuple(row["name"] for row in read_toml(path, "the label set")["label"])
    except (KeyError, TypeError) as error:
        raise UsageError(f"{path}: no label set: {error!r}") from error


@topics.command("create")
def create(
    context: typer.Context,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be created, and create nothing.")] = False,
    as_json: Json = False,
) -> None:
    """Create the topics that are missing; those that are there stay as they are.

    \b
    Exit codes: 0 all are there, 2 no broker, or a topic has other partitions.
    Example: rasad topics create --dry-run
    """
    from ingest.stream.admin import create_topics, describe_topics
    from ingest.stream.topics import Topics

    settings = begin(context, "topics")
    specs = Topics(settings.namespace).specs(_labels(), settings.partitions)
    if dry_run:
        standing = describe_topics(settings.kafka, specs)
        names = tuple(topic.name for topic in standing if not topic.exists)
    else:
        names = create_topics(settings.kafka, specs)
    if as_json:
        print_json({"created": list(names), "dry_run": dry_run})
        return
    for name in names:
        typer.echo(f"{'would create' if dry_run else 'created'} {name}")
    if not names:
        typer.echo("all topics are there")


@topics.command("describe")
def describe(context: typer.Context, as_json: Json = False) -> None:
    """Show each topic: key, writers, partitions, retention, and whether it is on the broker.

    \b
    Exit codes: 0 all are there, 1 some are missing or have other partitions, 2 no broker.
    Example: rasad topics describe --json
    """
    from ingest.stream.admin import describe_topics
    from ingest.stream.topics import Topics

    settings = begin(context, "topics")
    specs = Topics(settings.namespace).specs(_labels(), settings.partitions)
    standing = {topic.name: topic for topic in describe_topics(settings.kafka, specs)}
    rows = [
        {
            "name": spec.name,
            "key": spec.key,
            "written_by": spec.written_by,
            "partitions": standing[spec.name].partitions,
            "wanted_partitions": spec.partitions,
            "exists": standing[spec.name].exists,
            "config": dict(spec.config),
        }
        for spec in specs
    ]
    right = all(row["exists"] and row["partitions"] == row["wanted_partitions"] for row in rows)
    if as_json:
        print_json({"ok": right, "topics": rows})
    else:
        for line in topic_lines(rows):
            typer.echo(line)
    raise typer.Exit(0 if right else 1)


def topic_lines(rows: list[dict[str, Any]]) -> Iterator[str]:
    """Yield each topic as a line of a table; a number of partitions that is not the wanted one says so."""
    width = max(len(row["name"]) for row in rows)
    for row in rows:
        state = f"{row['partitions']} partitions" if row["exists"] else "missing"
        if row["exists"] and row["partitions"] != row["wanted_partitions"]:
            state += f", not {row['wanted_partitions']}"
        writers = f"written by {row['written_by']}"
        yield f"{row['name']:<{width}}  {state:<14} {_cleanup(row['config']):<11} {writers:<21} key: {row['key']}"


def _cleanup(config: Any) -> str:
    if config["cleanup.policy"] == "compact":
        return "compacted"
    return f"kept {int(config['retention.ms']) // 86_400_000} d"


dead_letters = typer.Typer(
    add_completion=False, rich_markup_mode=None, no_args_is_help=True, help="List and show dead letters."
)


def _letters(settings: Settings) -> Iterator["DeadLetter"]:
    from ingest.stream.dead_letter import DeadLetter
    from ingest.stream.reading import read_to_end
    from ingest.stream.topics import Topics

    for record in read_to_end(settings.kafka, Topics(settings.namespace).dead_letters):
        yield DeadLetter.parse(record)


def _about(letter: "DeadLetter") -> dict[str, str | int | bool | None]:
    _, partition, offset = letter.place
    return {
        "id": f"{partition}:{offset}",
        "at": letter.buried_at.isoformat(timespec="seconds"),
        "stage": letter.stage,
        "reason": letter.reason,
        "topic": letter.topic,
        "partition": letter.partition,
        "offset": letter.offset,
        "attempts": letter.attempts,
        "pipeline": letter.pipeline,
        "exception": letter.exception,
        "length": letter.original_length,
        "cut": letter.is_cut,
    }


@dead_letters.command("list")
def list_letters(
    context: typer.Context,
    stage: Annotated[str | None, typer.Option(help="Only those of one stage.")] = None,
    reason: Annotated[str | None, typer.Option(help="Only those with one reason.")] = None,
    as_json: Json = False,
) -> None:
    """List the dead letters that the topic still holds, oldest first.

    \b
    Exit codes: 0 shown, 2 no broker or no topic.
    Example: rasad dead-letters list --stage decode
    """
    settings = begin(context, "dead-letters")
    rows = [
        _about(letter)
        for letter in sorted(_letters(settings), key=lambda letter: letter.buried_at)
        if stage in (None, letter.stage) and reason in (None, letter.reason)
    ]
    if as_json:
        print_json({"dead_letters": rows})
        return
    for row in rows:
        typer.echo(
            f"{row['at']}  {row['id']:<8} {row['stage'] or '-':<10} {row['reason'] or '-':<20} "
            f"{row['topic']}[{row['partition']}]@{row['offset']}  {row['exception'] or '-'}"
        )
    if not rows:
        typer.echo("no dead letters")


@dead_letters.command("show")
def show_letter(
    context: typer.Context,
    letter_id: Annotated[str, typer.Argument(help="PARTITION:OFFSET as `list` shows it.")],
    as_json: Json = False,
) -> None:
    """Show one dead letter with its headers and its original bytes.

    \b
    Exit codes: 0 shown, 1 not there, 2 not an id, no broker or no topic.
    Example: rasad dead-letters show 3:17
    """
    from ingest.service.logging import without_control_characters

    if not re.fullmatch(r"\d+:\d+", letter_id):
        raise UsageError(f"{letter_id}: must be PARTITION:OFFSET, such as 3:17")
    settings = begin(context, "dead-letters")
    for letter in _letters(settings):
        fields = _about(letter)
        if fields["id"] != letter_id:
            continue
        body = (letter.value or b"").decode("utf-8", "replace")
        if as_json:
            print_json(fields | {"key": letter.key.decode("utf-8", "replace"), "value": body})
            return
        for name, value in fields.items():
            typer.echo(f"{name:<12} {value}")
        typer.echo("\n" + "\n".join(without_control_characters(line) for line in body.splitlines()))
        return
    typer.echo(f"no dead letter {letter_id}", err=True)
    raise typer.Exit(1)
