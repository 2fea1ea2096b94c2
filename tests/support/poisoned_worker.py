"""A real worker whose normalizer meets its end, or raises, on marked texts: run as a script in its own process."""

import os
import signal
import sys

from ingest.cli import main
from workers import normalize

DEADLY = "این متن کارگر را می‌کشد"
RAISING = "این متن خطا می‌دهد"

original = normalize.Normalizer.__call__


def poisoned(self: normalize.Normalizer, text: str) -> str:
    if DEADLY in text:
        os.kill(os.getpid(), signal.SIGKILL)
    if RAISING in text:
        raise ZeroDivisionError("a stage that nobody thought of")
    return original(self, text)


if __name__ == "__main__":
    normalize.Normalizer.__call__ = poisoned  # type: ignore[method-assign]
    sys.exit(main())
