"""Starting a worker until it is warm, beside importing hazm and building its normalizer.

Knows nothing of Kafka: the worker ends when it would join its group, with everything loaded and used once.
"""

import os
import subprocess
import sys
from collections.abc import Sequence

from figures import Figure, in_turns, per_second
from run import BenchFailed, Run

WORKER = ("-m", "ingest.cli", "worker", "--dry-run")
BARE = ("-c", "import hazm; hazm.Normalizer()")
_MINUTE = 60


def figures(run: Run) -> list[Figure]:
    """Return starts a minute, and the most memory that one took."""
    run.tell("start: workers")
    megabytes: dict[Sequence[str], float] = {}

    def start(program: Sequence[str]) -> None:
        child = subprocess.Popen([sys.executable, *program], stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            raise BenchFailed(f"a worker that only starts ended with {child.returncode}")
        megabytes[program] = max(megabytes.get(program, 0), usage.ru_maxrss / 1024)

    theirs, ours = in_turns(
        run.sizes.pairs,
        lambda _: _MINUTE * per_second(1, lambda: start(BARE)),
        lambda _: _MINUTE * per_second(1, lambda: start(WORKER)),
    )
    facts = {"MB at most": megabytes[WORKER], "MB of bare hazm": megabytes[BARE]}
    return [Figure("start.worker", "start a worker", "starts/min", ours, "bare hazm", theirs, facts=facts)]
