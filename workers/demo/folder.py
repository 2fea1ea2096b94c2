"""A folder for one demo at a time: two that run at once share neither a log nor a Kafka.

Knows nothing of what is kept in it.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import IO

from ingest.service.errors import UsageError


@contextmanager
def first_free(base: Path) -> Iterator[Path]:
    """Yield this folder, or, where another process has it, the first of `base-2`, `base-3` … that nobody has."""
    for number in count(1):
        folder = base if number == 1 else base.with_name(f"{base.name}-{number}")
        with _lock(folder) as lock:
            if _taken(lock):
                continue
            yield folder
            return


@contextmanager
def the_only(folder: Path) -> Iterator[Path]:
    """Yield this folder, whose data must be continued. Raises UsageError where another process has it."""
    with _lock(folder) as lock:
        if _taken(lock):
            raise UsageError(f"{folder} is in use by another run: end that one first")
        yield folder


def _lock(folder: Path) -> IO[str]:
    folder.mkdir(parents=True, exist_ok=True)
    return (folder / "lock").open("w", encoding="ascii")


def _taken(lock: IO[str]) -> bool:
    """Take the lock, unless another process has it; the kernel gives it back with the file, or with the process."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    return False
