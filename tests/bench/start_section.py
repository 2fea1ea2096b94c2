"""Starting a worker until it is warm, beside importing hazm and building its normalizer.

Knows nothing of Kafka: the worker ends when it would join its group, with everything loaded and used once.
"""

import re
import subprocess
import sys

from figures import Figure, in_turns, per_second
from run import BenchFailed, Run

WORKER = "import sys; sys.argv = ['rasad', 'worker', '--dry-run']; from ingest.cli import main; main()"
BARE = "import hazm; hazm.Normalizer()"
_TELLING = "import atexit; atexit.register(lambda: print(open('/proc/self/status').read())); {}"
"""The peak that `getrusage` tells of a child may be that of its parent, which it was before it became a program."""
_PEAK = re.compile(r"VmHWM:\s*(\d+) kB")
_MINUTE = 60


def figures(run: Run) -> list[Figure]:
    """Return starts a minute, and the most memory that one took."""
    run.tell("start: workers")
    megabytes: dict[str, float] = {}

    def start(program: str) -> None:
        ended = subprocess.run(
            [sys.executable, "-c", _TELLING.format(program)], capture_output=True, text=True, check=False
        )
        peak = _PEAK.search(ended.stdout)
        if ended.returncode or not peak:
            raise BenchFailed(f"what only starts ended with {ended.returncode}: {ended.stderr}")
        megabytes[program] = max(megabytes.get(program, 0), int(peak[1]) / 1024)

    theirs, ours = in_turns(
        run.sizes.pairs,
        lambda _: _MINUTE * per_second(1, lambda: start(BARE)),
        lambda _: _MINUTE * per_second(1, lambda: start(WORKER)),
    )
    facts = {"MB at most": megabytes[WORKER], "MB of bare hazm": megabytes[BARE]}
    return [Figure("start.worker", "start a worker", "starts/min", ours, "bare hazm", theirs, facts=facts)]
