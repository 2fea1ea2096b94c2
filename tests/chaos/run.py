"""`make chaos`: a real installation through a random but repeatable series of faults, and what became of every item.

Knows nothing of how a fault is made (`stage`), nor of what must hold (`verdict`).

Publishers on this machine publish and edit without a pause; `rasad run` with two fetchers and two workers works on a
real Kafka. A step makes one fault, or two that meet; when they are over, each publisher publishes one item more, and
the installation has recovered when all of them have come out as articles.
"""

import argparse
import logging
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random, sample

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from chaos.newsroom import Newsroom, TroubledSite
from chaos.schedule import Step, steps
from chaos.stage import Broken, Sight, Stage
from chaos.verdict import Outcome, broken
from ingest.stream.local_broker import LocalBroker, ensure_jars
from support.broker import LABELS, read_topic
from support.installation import Installation

PROJECT = Path(__file__).resolve().parents[2]
RECOVERY_SECONDS = 300.0
"""A power cut means a cold start of five processes: 15 s on two idle cores, over a minute and a half when each core has
nine processes to serve. What is not back by then is not on its way: the report's figures say how quick it was."""
SETTLE_SECONDS = 3.0
"""After the last expected article: six commit ticks, in which one too many would show."""
SITE_PORTS = range(10_000, 20_000)
"""Below the ports that the kernel gives to clients, which could take it while the publisher is away."""

type Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Recovered:
    """One line of the report."""

    at_seconds: float
    what: str
    seconds: float


@dataclass(slots=True)
class Report:
    """What came of a run."""

    seed: int
    recovered: list[Recovered] = field(default_factory=list)
    faults: int = 0
    broken: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)


def chaos(broker: LocalBroker, folder: Path, seconds: float, seed: int, tell: Tell) -> Report:
    """Run for some seconds of faults, then let everything come to rest, and compare."""
    report = Report(seed)
    chance = Random(seed)
    site = _site()
    with Installation(broker, f"chaos-{seed}", folder, site=site) as installation:
        paths = tuple(installation.path(number) for number in range(installation.sites))
        newsroom = Newsroom(site, paths, chance)
        stage = Stage(installation, broker, site, newsroom, Sight(installation))
        try:
            _through(stage, seconds, report, tell)
        except Broken as error:
            # What stands on the topics says more than that something did not come in time.
            report.broken.append(str(error))
        finally:
            stage.close()
        _judge(stage, report)
    return report


def _site() -> TroubledSite:
    for port in sample(SITE_PORTS, 20):
        with suppress(OSError):
            return TroubledSite(port)
    raise Broken(f"no free port from {SITE_PORTS.start} on")


def _through(stage: Stage, seconds: float, report: Report, tell: Tell) -> None:
    stage.start()
    started = time.monotonic()
    tell(f"{'at':>6}  {'recovered in':>12}  faults")
    with stage.newsroom.open():
        for step in steps(report.seed):
            at = time.monotonic() - started
            if at >= seconds:
                break
            line = Recovered(at, _words(step), _recovery(stage, step))
            report.recovered.append(line)
            report.faults += len(step.faults)
            tell(f"{line.at_seconds:6.1f}  {line.seconds:10.1f} s  {line.what}")
            stage.look(step.calm_seconds)
    served = stage.newsroom.served()
    latest = {item: titles[-1] for item, titles in served.items()}
    stage.await_all(lambda: latest.items() <= stage.sight.titles.items(), RECOVERY_SECONDS, "the rest")
    stage.look(SETTLE_SECONDS)
    code = stage.run.terminate(60)
    if code != 0:
        raise Broken(f"the supervisor ended with code {code}: {stage.run.tail()}")


def _recovery(stage: Stage, step: Step) -> float:
    """Make the faults of a step; return the seconds from the end of the last to the recovery."""
    begun = time.monotonic()
    times = [(fault.after_seconds, 0, fault) for fault in step.faults]
    times += [(fault.until_seconds, 1, fault) for fault in step.faults]
    for at, last, fault in sorted(times, key=lambda time_and_fault: time_and_fault[:2]):
        stage.look(begun + at - time.monotonic())
        (stage.end if last else stage.begin)(fault)
    over = time.monotonic()
    items = [stage.newsroom.publish(path) for path in stage.newsroom.paths]
    stage.await_all(lambda: stage.sight.titles.keys() >= set(items), RECOVERY_SECONDS, f"recovery from {_words(step)}")
    return time.monotonic() - over


def _words(step: Step) -> str:
    return " + ".join(
        f"{fault.kind} ({fault.seconds:.1f} s)" if fault.seconds else str(fault.kind) for fault in step.faults
    )


def _judge(stage: Stage, report: Report) -> None:
    kafka, topics = stage.installation.kafka, stage.installation.topics
    outcome = Outcome(
        served=stage.newsroom.served(),
        poison=tuple(stage.poison),
        entries=[record for record in stage.installation.entries() if record.value not in stage.poison],
        articles=stage.installation.articles(),
        dead_letters=read_topic(kafka, topics.dead_letters),
        labels={label: read_topic(kafka, topics.label_topic(label)) for label in LABELS},
    )
    report.broken += broken(outcome)
    report.lines = _lines(stage, report, outcome)


def _lines(stage: Stage, report: Report, outcome: Outcome) -> list[str]:
    seconds = sorted(line.seconds for line in report.recovered) or [0.0]
    ended = ", ".join(f"{how} ({times})" for how, times in sorted(stage.ended().items()))
    memory = ", ".join(f"{kind} {held / 2**20:.0f} MB" for kind, held in sorted(stage.memory.items()))
    return [
        f"{report.faults} faults in {len(report.recovered)} steps",
        f"recovered in {seconds[len(seconds) // 2]:.1f} s (median), {seconds[-1]:.1f} s at most",
        f"{len(outcome.served)} items served; {len(outcome.entries)} entries, {len(outcome.articles)} articles",
        f"{len(outcome.dead_letters)} dead letters, {len(outcome.poison)} poison records",
        f"processes that ended, by exit code or signal: {ended}",
        f"memory at most: {memory}",
    ]


def tell(line: str) -> None:
    """Say what is known so far."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _end(number: int, _: object) -> None:
    """End as Ctrl-C does, with all that was started; a run in the background is not told of Ctrl-C."""
    sys.exit(128 + number)


def main() -> int:
    """Run from the command line."""
    signal.signal(signal.SIGTERM, _end)
    parser = argparse.ArgumentParser(description="Break a real installation again and again.")
    parser.add_argument("--seconds", type=float, default=120.0, help="of faults; the start and the end come on top")
    parser.add_argument("--seed", type=int, default=1, help="of the faults; the same seed, the same series")
    given = parser.parse_args()
    everything = PROJECT / ".local" / "chaos"
    everything.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=time.strftime("%Y%m%d-%H%M%S-"), dir=everything))
    (folder / "run").mkdir()
    logging.basicConfig(filename=folder / "run" / "consumer.log", format="%(asctime)s %(name)s %(message)s")
    with LocalBroker(folder / "kafka", ensure_jars(PROJECT, tell)) as broker:
        report = chaos(broker, folder / "run", given.seconds, given.seed, tell)
    for line in report.lines:
        tell(line)
    for promise in report.broken:
        tell(f"BROKEN: {promise}")
    if report.broken:
        tell(f"seed {given.seed}; logs in {folder / 'run'} and {broker.log_path}")
        return 1
    shutil.rmtree(folder)
    tell(f"seed {given.seed}: every revision of every item exactly once, in order; nothing else")
    return 0


if __name__ == "__main__":
    sys.exit(main())
