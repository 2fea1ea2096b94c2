"""`make bench`: the speeds that the project promises, as ratios to yardsticks measured in turns within one run.

Knows nothing of what the sections measure. Machines differ and are noisy; a ratio of neighbours in time is not.
"""

import argparse
import importlib
import json
import os
import platform
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from articles import FILE_NAME, load
from figures import Figure, table
from run import BenchFailed, Run, Sizes

from ingest.service.errors import UsageError
from ingest.service.lifecycle import ExitCode
from ingest.service.logging import configure
from ingest.service.settings import KafkaSettings, LogLevel, LogSettings
from ingest.stream.local_broker import LocalBroker, ensure_jars

PROJECT = Path(__file__).resolve().parents[2]

# As `rasad worker` does, before the sections load numpy: one process, one core.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

SECTIONS = {
    "start": "start_section",
    "polls": "polls_section",
    "parse": "parse_section",
    "feeds": "feeds_section",
    "classify": "classify_section",
    "enrich": "enrich_section",
    "loop": "loop_section",
}
"""Each is loaded when its turn comes: hazm's words, which the last ones load, would slow the others' memory down."""
ON_KAFKA = {"feeds", "loop"}

DIRECTORY = "RASAD_DATA"


def main(arguments: Sequence[str]) -> int:
    """Measure, and print; returns the exit code."""
    options = _parser().parse_args(arguments)
    folder = Path(os.environ.get(DIRECTORY, PROJECT.parent / "shared" / "data"))
    if not (folder / FILE_NAME).is_file():
        _tell(f"bench: no {FILE_NAME} in {folder}: set {DIRECTORY} to the folder with the replay articles")
        return ExitCode.USAGE
    # The load before we add to it: what others did on this machine.
    machine = {"cores": os.cpu_count(), "python": platform.python_version(), "load": round(os.getloadavg()[0], 1)}
    configure(LogSettings(level=LogLevel.WARNING), "bench")
    try:
        figures = _measured(options, folder)
    except UsageError as error:
        _tell(f"bench: {error}")
        return ExitCode.USAGE
    except BenchFailed as error:
        _tell(f"bench: {error}")
        return ExitCode.FAILED
    if options.json:
        print(json.dumps({"machine": machine, "pairs": options.pairs, "figures": [f.as_json() for f in figures]}))
    else:
        print(", ".join(f"{name} {value}" for name, value in machine.items()) + f"; medians of {options.pairs} pairs\n")
        print(table(figures))
    return ExitCode.OK


def _measured(options: argparse.Namespace, folder: Path) -> list[Figure]:
    """Return the figures of all sections that were asked for."""
    chosen = [section for section in SECTIONS if section in options.sections or not options.sections]
    sizes = Sizes(options.pairs, options.articles, options.requests, options.documents, options.feeds)
    with ExitStack() as stack:
        kafka = _kafka(stack) if ON_KAFKA.intersection(chosen) else None
        run = Run(load(folder), sizes, kafka, _tell)
        return [figure for section in chosen for figure in importlib.import_module(SECTIONS[section]).figures(run)]


def _kafka(stack: ExitStack) -> KafkaSettings:
    """Start a broker that leaves nothing behind."""
    data = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="rasad-bench-")))
    _tell("starting Kafka")
    broker = stack.enter_context(LocalBroker(data, ensure_jars(PROJECT, _tell)))
    return KafkaSettings(bootstrap_servers=broker.bootstrap)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bench.py", description="Measure Rasad's speeds beside their yardsticks.")
    parser.add_argument(
        "sections", nargs="*", type=_section, metavar="SECTION", help=f"any of {', '.join(SECTIONS)}; all by default"
    )
    parser.add_argument("--pairs", type=_count, default=5, help="pairs of each comparison (default 5)")
    parser.add_argument("--articles", type=_count, default=600, help="long texts in a pair of the loop (default 600)")
    parser.add_argument("--requests", type=_count, default=4_000, help="polls a side (default 4000)")
    parser.add_argument("--documents", type=_count, default=10, help="feeds that a side parses (default 10)")
    parser.add_argument("--feeds", type=_count, default=40, help="feeds of a round to the topic (default 40)")
    parser.add_argument("--json", action="store_true", help="write one JSON document, with all samples")
    return parser


def _section(name: str) -> str:
    if name not in SECTIONS:
        raise argparse.ArgumentTypeError(f"no section {name}")
    return name


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return number


def _tell(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
