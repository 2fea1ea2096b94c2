"""A worker before its first article: its memory, and modules that nobody needs. Its time is for the benchmark."""

import re
import subprocess
import sys

MEGABYTES = 200
"""The promise is 300; 125 were measured with Python 3.12, and what numpy takes differs between machines."""


def run(program: str) -> str:
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program], capture_output=True, text=True, check=True, timeout=150
    ).stdout


def test_a_warm_worker_takes_little_memory() -> None:
    said = run("""
import sys
from ingest.cli import main
sys.argv = ["rasad", "worker", "--dry-run"]
try:
    main()
finally:
    print(open("/proc/self/status").read())
""")

    assert "would read" in said
    assert int(re.search(r"VmHWM:\s*(\d+) kB", said)[1]) / 1024 < MEGABYTES


def test_a_worker_loads_the_parts_of_hazm_that_it_uses_and_leaves_the_rest_whole() -> None:
    said = run("""
import sys
from workers.assemble import warm_tools
from workers.normalize import reference
tools = warm_tools()
print(sorted({"hazm", "nltk", "pycrfsuite", "sklearn", "scipy"}.intersection(sys.modules)))
print(tools.normalizer("كتاب ها") == reference("كتاب ها"), "nltk.corpus" in sys.modules)
""")

    assert said.splitlines() == ["[]", "True True"]
