"""The workers' commands: a worker, the live tail, and the text tools.

Each imports what it needs when it runs: listing the commands must not load hazm or a model.
"""

import json
import os
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from ingest.service.errors import UsageError
from ingest.service.invocation import begin, print_json

Json = Annotated[bool, typer.Option("--json", help="Write one JSON document.")]
JsonLines = Annotated[bool, typer.Option("--jsonl", help="One JSON object a line in, one a line out, in order.")]
Without = Annotated[
    list[str] | None,
    typer.Option(help="Leave out concepts, written, read, corrections or live; several times for several."),
]
Source = Annotated[Path | None, typer.Argument(help="A file; standard input if it is left out or `-`.")]


def worker(
    context: typer.Context,
    slot: Annotated[
        str, typer.Option(help="Stable name of this process's place in the group; no two live processes may share it.")
    ] = "worker-0",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Load settings and model, say what would run, and publish nothing.")
    ] = False,
) -> None:
    """Classify the entries that fall to this process and publish them as article events.

    \b
    Exit codes: 0 ended by a signal, 2 settings, model or topics are wrong,
      3 another process has this slot, 4 the broker answers but nothing succeeds, 5 hung.
    Example: rasad worker --slot worker-0
    """
    from ingest.commands import finish

    # More processes are how workers scale: numpy's own threads would spin on the cores of the others.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from workers.assemble import run_worker, warm_tools, workers_group

    settings = begin(context, slot)
    if dry_run:
        tools = warm_tools()
        typer.echo(
            f"{slot} would read {settings.namespace}.entries.v1 in group {workers_group(settings.namespace)}, "
            f"model {tools.classifier.model_id}, analysis {tools.analysis}, {tools.normalizer.version}"
        )
        return
    finish(run_worker(settings, slot))


def tail(
    context: typer.Context,
    label: Annotated[
        list[str] | None, typer.Option(help="Follow a label's topic; several times for several labels.")
    ] = None,
    from_beginning: Annotated[
        bool, typer.Option("--from-beginning", help="Also what the topics hold already.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Write each event's JSON in a line.")] = False,
    count: Annotated[int | None, typer.Option(min=1, help="End after so many events.")] = None,
) -> None:
    """Follow the published events, until Ctrl-C.

    \b
    Exit codes: 0 ended by count or Ctrl-C, 2 no broker, no topic or an unknown label.
    Example: rasad tail --label flights --from-beginning
    """
    from ingest.service.settings import seeds_dir
    from ingest.stream.topics import Topics
    from workers.classify.labels import load_labels
    from workers.demo.tail import follow

    settings = begin(context, "tail")
    known = tuple(entry.name for entry in load_labels(seeds_dir() / "labels.toml"))
    for name in label or ():
        if name not in known:
            raise UsageError(f"--label {name}: the labels are {', '.join(known)}")
    topics = Topics(settings.namespace)
    names = tuple(topics.label_topic(name) for name in label) if label else (topics.articles,)
    follow(settings.kafka, names, from_beginning=from_beginning, as_json=as_json, count=count)


def classify(context: typer.Context, file: Source = None, as_jsonl: JsonLines = False, as_json: Json = False) -> None:
    """Classify a text: its first line is the title. Shows labels, what spoke for them, and what it says.

    \b
    With --jsonl: {"id","title","text"} a line in, {"id","language","labels","scores"} a line out.
    Exit codes: 0 classified, 2 there is no text, or it is not UTF-8 or not JSON.
    Example: rasad classify article.txt
    Example: rasad classify --jsonl < articles.jsonl
    """
    from ingest.service.settings import seeds_dir
    from workers.assemble import warm_tools
    from workers.demo.show import wants_colour
    from workers.persian.country_names import country_names
    from workers.try_out import as_json as as_document
    from workers.try_out import classified, verdict_lines

    begin(context, "classify")
    if as_jsonl:
        tools = warm_tools()
        for number, row in _rows(file):
            title, text = _text(row, "title", number, needed=False), _text(row, "text", number)
            document = as_document(classified(tools, title, text), tools.classifier.model_id)
            labels = document["labels"]
            _write_line(
                {
                    "id": row.get("id"),
                    "language": document["language"],
                    "labels": [result["label"] for result in labels if result["decision"] == "assigned"],
                    "scores": {result["label"]: round(result["score"], 6) for result in labels},
                }
            )
        return
    whole = _whole(file).removeprefix("\ufeff").strip()
    if not whole:
        raise UsageError(f"{file or 'standard input'}: there is no text to classify")
    tools = warm_tools()
    title, _, text = whole.partition("\n")
    draft = classified(tools, title, text)
    if as_json:
        print_json(as_document(draft, tools.classifier.model_id))
        return
    colour = wants_colour(sys.stdout.isatty(), os.environ)
    for line in verdict_lines(draft, tools.classifier.model_id, country_names(seeds_dir()), colour=colour):
        typer.echo(line)


def normalize(context: typer.Context, file: Source = None, as_jsonl: JsonLines = False) -> None:
    """Normalize a text as the pipeline does (hazm).

    \b
    With --jsonl: {"id","text"} a line in, the same with the normalized text out.
    Exit codes: 0 normalized, 2 the text is not UTF-8 or not JSON.
    Example: rasad normalize --jsonl < texts.jsonl
    """
    from workers.normalize import Normalizer

    begin(context, "normalize")
    normalizer = Normalizer()
    if as_jsonl:
        for number, row in _rows(file):
            _write_line({"id": row.get("id"), "text": normalizer(_text(row, "text", number))})
        return
    typer.echo(normalizer(_whole(file)), nl=False)


def train(
    context: typer.Context,
    data: Annotated[list[Path], typer.Argument(help='JSON lines: {"id","title","text","labels"}.')],
    out: Annotated[Path | None, typer.Option(help="Folder for figures and card; else the shipped model's.")] = None,
    seed: Annotated[int, typer.Option(help="Of folds and solver; same data and seed give the same digest.")] = 1,
    corrections: Annotated[Path | None, typer.Option(help="Labels found wrong, instead of the seeds' file.")] = None,
    live: Annotated[Path | None, typer.Option(help="A live sample, instead of the seeds': for DATA's stream.")] = None,
    without: Without = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Train and score, and write nothing.")] = False,
    as_json: Json = False,
) -> None:
    """Train the classifier on labelled articles and write its figures and its card (needs the extra `train`).

    \b
    Beside DATA the seeds folder teaches: concepts, articles written for training, and where they fit DATA articles of
    its stream that were read for training, corrections and a sample of the stream; --without leaves a part out.
    Exit codes: 0 written, 2 data that cannot be used or scikit-learn is missing.
    Example: rasad train labelled.jsonl --out my-model
    """
    import tempfile

    from ingest.service.settings import seeds_dir
    from workers.classify.knowledge import Seeds, parts_of
    from workers.classify.labels import load_labels
    from workers.classify.model import MODEL_NAME
    from workers.normalize import Normalizer

    begin(context, "train")
    try:
        from workers.classify.train import train as train_model
    except ImportError as error:
        raise UsageError(f"training needs the extra `train` (pip install 'rasad[train]'): {error}") from error
    check_writable("--out", out, as_folder=True)
    labels = tuple(label.name for label in load_labels(seeds_dir() / "labels.toml"))
    seeds = Seeds(seeds_dir(), labels, parts_of(without or ()))
    knowledge = seeds.knowledge(data, corrections=corrections, live=live)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) if dry_run else out or seeds_dir() / "models" / MODEL_NAME
        report = train_model(data, folder, seed, labels, Normalizer(), knowledge)
    if as_json:
        print_json(
            {
                "model_id": report.model_id,
                "digest": report.digest,
                "articles": report.articles,
                "folder": None if dry_run else str(report.folder),
                "evaluation": asdict(report.evaluation),
            }
        )
        return
    typer.echo(f"with {knowledge.told()}")
    typer.echo(f"{report.articles} articles, out-of-fold macro-F1 {report.evaluation.macro_f1:.3f}, {report.model_id}")
    typer.echo("nothing written" if dry_run else f"figures and card in {report.folder}")


def demo(
    context: typer.Context,
    once: Annotated[bool, typer.Option("--once", help="End when all is through, with a table.")] = False,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Of the local Kafka; 0: any free one.")] = 0,
    site_port: Annotated[int, typer.Option(min=0, max=65535, help="Of the sample site; 0: any free one.")] = 0,
    real: Annotated[
        bool, typer.Option("--real", help="The registry's feeds instead of the samples; until Ctrl-C.")
    ] = False,
) -> None:
    """Show the whole flow on this machine: sample publishers, a Kafka, a fetcher, two workers, live events.

    \b
    Exit codes: 0 all is through and the counts reconcile (or Ctrl-C), 1 they do not, 2 something is missing.
    Example: rasad demo --once
    """
    from workers.demo.run import run_demo, run_real

    settings = begin(context, "demo")
    if real:
        raise typer.Exit(run_real(settings, port=port))
    raise typer.Exit(run_demo(settings, once=once, port=port, site_port=site_port))


def check_writable(option: str, path: Path | None, *, as_folder: bool = False) -> None:
    """Raise UsageError for a file, or a folder to be made, that could not be written: before the work, not after it."""
    if path is None:
        return
    if path.exists() and path.is_dir() != as_folder:
        raise UsageError(f"{option} {path}: {'not a folder' if as_folder else 'is a folder'}")
    place = path if path.exists() else path.absolute().parent
    while as_folder and not place.exists():
        place = place.parent
    if not path.exists() and not place.is_dir():
        raise UsageError(f"{option} {path}: there is no folder {place}")
    if not os.access(place, os.W_OK):
        raise UsageError(f"{option} {path}: {place} cannot be written")


def _whole(file: Path | None) -> str:
    try:
        if file is None or str(file) == "-":
            return sys.stdin.buffer.read().decode()
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{file or 'standard input'}: not UTF-8 at byte {error.start}") from error


def _rows(file: Path | None) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield numbered JSON objects as the lines come; an empty line is skipped."""
    try:
        source = sys.stdin.buffer if file is None or str(file) == "-" else file.open("rb")
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror}") from error
    with source:
        for number, line in enumerate(source, start=1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except ValueError as error:
                raise UsageError(f"line {number}: not JSON: {error}") from error
            if not isinstance(row, dict):
                raise UsageError(f"line {number}: not a JSON object")
            yield number, row


def _text(row: dict[str, Any], key: str, number: int, *, needed: bool = True) -> str:
    value = row.get(key)
    if value is None and not needed:
        return ""
    if not isinstance(value, str):
        raise UsageError(f"line {number}: `{key}` is not a text")
    # A lone surrogate (JSON's \ud83d) is no character and could not be written out again.
    return value.encode("utf-8", "replace").decode()


def _write_line(row: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")
    sys.stdout.flush()
