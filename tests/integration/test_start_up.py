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
print(sorted({"hazm", "nltk", "pycrfsuite", "regex", "sklearn", "scipy"}.intersection(sys.modules)))
print(tools.normalizer("كتاب ها") == reference("كتاب ها"), "nltk.corpus" in sys.modules)
print(sys.modules["nltk.redos"].__name__)
""")

    assert said.splitlines() == ["[]", "True True", "nltk.redos"]


def test_what_a_worker_stands_on_is_never_looked_at_for_garbage_and_the_rest_is() -> None:
    said = run("""
import gc
from workers.assemble import warm_tools
tools = warm_tools()
print(gc.get_freeze_count() > 200_000, gc.isenabled(), len(gc.get_objects()) < 10_000)
""")

    assert said.split() == ["True", "True", "True"]


def test_a_log_is_set_up_without_colours_for_tracebacks_which_others_may_load() -> None:
    said = run("""
import sys
from ingest.service import logging
print("rich" in sys.modules)
import rich.console
print(rich.console.__name__)
""")

    assert said.split() == ["False", "rich.console"]
