"""The command that says how good a model is.

Imports what it needs when it runs: listing the commands must not load hazm or a model.
"""

import json
import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ingest.service.errors import UsageError
from ingest.service.invocation import begin
from workers.cli import Without, check_writable

if TYPE_CHECKING:
    from workers.classify.report import Report


def evaluate(
    context: typer.Context,
    data: Annotated[list[Path], typer.Argument(help='JSON lines: {"id","title","text","labels","sure",…}.')],
    model: Annotated[Path | None, typer.Option(help="Folder of a model; else the shipped one.")] = None,
    folds: Annotated[
        int,
        typer.Option(help="Judge out of fold: train so many models (needs the extra `train`); 0: the model itself."),
    ] = 0,
    live: Annotated[
        Path | None, typer.Option(help="A live sample, instead of the seeds': what is so in the stream (with --folds).")
    ] = None,
    corrections: Annotated[
        Path | None, typer.Option(help="Labels that training folds learn otherwise, instead of the seeds' file.")
    ] = None,
    without: Without = None,
    draw: Annotated[
        Path | None, typer.Option(help="Draw a live sample from the articles without labels into this file, and end.")
    ] = None,
    enrichment: Annotated[
        list[Path] | None,
        typer.Option(help="Measure the enrichment instead, with these annotated articles; several times for several."),
    ] = None,
    errors: Annotated[int, typer.Option(min=0, help="Worst errors shown with their texts, per label and way.")] = 5,
    json_file: Annotated[Path | None, typer.Option("--json", help="Also write the figures, without texts.")] = None,
    seed: Annotated[int, typer.Option(help="Of folds, solver, samples and draws.")] = 1,
) -> None:
    """Say how good a model is: by label, source and year, with intervals, calibration and the worst errors.

    \b
    With --folds the folds are trained as `rasad train` trains: with what the seeds folder teaches, in no score.
    Exit codes: 0 done, 2 data that cannot be used, or scikit-learn is missing for --folds.
    Example: rasad evaluate labelled.jsonl
    Example: rasad evaluate --enrichment tests/data/gold/tune.jsonl labelled.jsonl
    Example: rasad evaluate labelled.jsonl stream.jsonl.gz --folds 5
    """
    from ingest.service.settings import seeds_dir
    from workers.classify.evaluation_run import Wanted, drawn, evaluated
    from workers.classify.knowledge import NO_KNOWLEDGE, Seeds, parts_of
    from workers.classify.labels import load_labels
    from workers.classify.model import MODEL_NAME
    from workers.enrich_commands import enrichment_evaluated
    from workers.normalize import Normalizer

    begin(context, "evaluate")
    check_writable("--json", json_file)
    check_writable("--draw", draw)
    if enrichment:
        enrichment_evaluated(enrichment, data, errors=errors, json_file=json_file, seed=seed)
        return
    labels = tuple(label.name for label in load_labels(seeds_dir() / "labels.toml"))
    folder = model or seeds_dir() / "models" / MODEL_NAME
    check(folds, live, corrections, without)
    seeds = Seeds(seeds_dir(), labels, parts_of(without or ()))
    knowledge = seeds.knowledge(data, corrections=corrections, live=live) if folds else NO_KNOWLEDGE
    wanted = Wanted(tuple(data), folder, labels, folds, knowledge, errors, seed)
    if draw is not None:
        draw.write_text(drawn(wanted, Normalizer()), encoding="utf-8")
        typer.echo(f"drawn into {draw}: read each article and give it its labels")
        return
    _show(evaluated(wanted, Normalizer()), json_file)


def check(folds: int, live: Path | None, corrections: Path | None, without: Sequence[str] | None) -> None:
    """Raise UsageError for options that make no sense together."""
    if folds == 1 or folds < 0:
        raise UsageError(f"--folds {folds}: two folds at least, or 0 to judge by the model itself")
    if live and not folds:
        raise UsageError("--live needs --folds: labelled articles must be judged by models that did not learn them")
    if corrections and not folds:
        raise UsageError("--corrections needs --folds: they act on training folds only")
    if without and not folds:
        raise UsageError("--without needs --folds: the model itself has what it was trained with")


def _show(report: "Report", json_file: Path | None) -> None:
    from workers.classify.report import figures
    from workers.classify.report_text import report_text
    from workers.demo.show import wants_colour

    on_terminal = sys.stdout.isatty()
    width = max(120, shutil.get_terminal_size().columns)
    sys.stdout.write(report_text(report, width=width, colour=wants_colour(on_terminal, os.environ)))
    if json_file is not None:
        text = json.dumps(figures(report), ensure_ascii=False, indent=2, sort_keys=True)
        json_file.write_text(text + "\n", encoding="utf-8")
