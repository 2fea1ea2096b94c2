"""SIGHUP as a request to read files again, counted until the loop asks for it.

Knows nothing of which files.
"""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self


class Hangup:
    """Notes SIGHUPs; asked from the main thread's loop."""

    def __init__(self) -> None:
        self._came = 0
        self._taken = 0

    def taken(self) -> bool:
        """Tell whether a SIGHUP came since the last call."""
        came = self._came
        asked, self._taken = came != self._taken, came
        return asked

    @contextmanager
    def on_signal(self) -> Iterator[Self]:
        """Note SIGHUP instead of dying of it; call from the main thread.

        The handler counts and no more: a lock or an Event in it could deadlock with the code that it interrupts.
        """
        before = signal.signal(signal.SIGHUP, self._note)
        try:
            yield self
        finally:
            signal.signal(signal.SIGHUP, before)

    def _note(self, number: int, frame: object) -> None:
        del number, frame
        self._came += 1
