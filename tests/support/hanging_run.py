"""A real `rasad run` whose workers hang on marked texts, with a watchdog of seconds: run as a script.

Its children run this script too, so that they hang as well.
"""

import sys
import time
from dataclasses import replace
from typing import Any

from ingest import cli
from ingest.service.child_process import Child
from ingest.stream import transform
from workers import normalize

HANGING = "این متن کارگر را متوقف می‌کند"
LIMIT_SECONDS = 10.0
"""Of one turn of a worker's loop: enough for a restore on a busy machine."""

normalized = normalize.Normalizer.__call__
children = cli._children


def hanging(self: normalize.Normalizer, text: str) -> str:
    while HANGING in text:
        time.sleep(0.1)
    return normalized(self, text)


def of_this_script(*arguments: Any) -> list[Child]:
    """Return the children that `rasad run` would start, with this file in the place of `-m ingest.cli`."""
    return [replace(child, argv=(child.argv[0], __file__, *child.argv[3:])) for child in children(*arguments)]


if __name__ == "__main__":
    cli._children = of_this_script
    normalize.Normalizer.__call__ = hanging  # type: ignore[method-assign]
    if "worker" in sys.argv:
        transform.ITERATION_LIMIT_SECONDS = LIMIT_SECONDS  # type: ignore[misc]
    sys.exit(cli.main())
