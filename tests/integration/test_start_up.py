"""A worker before its first article: its memory, and modules that nobody needs. Its time is for the benchmark."""

import os
import subprocess
import sys

MEGABYTES = 200
"""The promise is 300; 125 were measured with Python 3.12, and what numpy takes differs between machines."""


def test_a_warm_worker_takes_little_memory() -> None:
    child = subprocess.Popen(
        [sys.executable, "-m", "ingest.cli", "worker", "--dry-run"], stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    said = child.stdout.read()
    child.stdout.close()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)

    assert child.returncode == 0
    assert "would read" in said
    assert usage.ru_maxrss / 1024 < MEGABYTES


def test_a_worker_loads_the_parts_of_hazm_that_it_uses_and_leaves_the_rest_whole() -> None:
    program = """
import sys
from workers.assemble import warm_tools
from workers.normalize import reference
tools = warm_tools()
print(sorted({"hazm", "nltk", "pycrfsuite", "sklearn", "scipy"}.intersection(sys.modules)))
print(tools.normalizer("كتاب ها") == reference("كتاب ها"), "nltk.corpus" in sys.modules)
"""

    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program], capture_output=True, text=True, check=True, timeout=150
    )

    assert done.stdout.splitlines() == ["[]", "True True"]
