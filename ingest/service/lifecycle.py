"""Ends a process well: on a signal it drains within a budget, and when it hangs it is ended from outside its loop.

Knows nothing of what is drained or watched.
"""

import faulthandler
import math
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import IntEnum

import structlog

_log = structlog.stdlib.get_logger(__name__)

SUPERVISOR_PID = "RASAD_SUPERVISOR_PID"
"""Environment variable: the process without which this one must not go on."""

PARENT_CHECK_SECONDS = 1.0
"""Only where the kernel cannot tell us of the parent's death."""


class ExitCode(IntEnum):
    """What the end of a process says; documented in `rasad --help`."""

    OK = 0
    FAILED = 1
    USAGE = 2
    """Arguments, settings or files are wrong; nothing was begun. A restart does not help."""
    FENCED = 3
    """Another process holds this slot, or the state may be stale: a fresh start puts it right."""
    BROKER_UNREACHABLE = 4
    HUNG = 5
    """The watchdog ended the process."""
    INTERRUPTED = 130
    """A second signal cut the drain short: 128 + SIGINT, as shells have it."""


class Stop:
    """A request to end, made by a signal, by the loop itself or by the supervisor's death; it is never taken back."""

    def __init__(self, budget_seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._budget_seconds = budget_seconds
        self._clock = clock
        self._event = threading.Event()
        self._lock = threading.Lock()
        self._reason = ""
        self._requested_at = 0.0

    def request(self, reason: str) -> None:
        """Ask for the end; the first reason stays."""
        with self._lock:
            if self._event.is_set():
                return
            self._reason = reason
            self._requested_at = self._clock()
            self._event.set()

    @property
    def requested(self) -> bool:
        """Tell whether the loop should take no new work."""
        return self._event.is_set()

    @property
    def reason(self) -> str:
        """Return who asked, or an empty string."""
        return self._reason

    def wait(self, seconds: float) -> bool:
        """Sleep up to so many seconds, and tell whether the end was asked for."""
        return self._event.wait(seconds)

    def remaining_seconds(self) -> float:
        """Return what is left of the budget for draining, never negative; all of it before a request."""
        if not self.requested:
            return self._budget_seconds
        return max(0.0, self._budget_seconds - (self._clock() - self._requested_at))

    @contextmanager
    def on_signals(self, force: Callable[[int], object] = os._exit) -> Iterator["Stop"]:
        """Let SIGTERM and SIGINT ask for the end, and a second one force it; call from the main thread.

        The signal's number goes through a pipe to a thread: an Event set inside a signal handler can
        deadlock with the wait that it interrupts, and the C-level write works while Python code is stuck.
        """
        reading, writing = os.pipe()
        os.set_blocking(writing, False)
        listener = threading.Thread(target=self._listen, args=(reading, force), name="signals", daemon=True)
        listener.start()
        before = {number: signal.signal(number, _noted) for number in _ENDING}
        wakeup_before = signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
        _listening.append(writing)
        try:
            yield self
        finally:
            _listening.remove(writing)
            signal.set_wakeup_fd(wakeup_before)
            for number, disposition in before.items():
                signal.signal(number, disposition)
            os.close(writing)
            listener.join()

    def _listen(self, reading: int, force: Callable[[int], object]) -> None:
        heard = False  # a stop that the loop asked for itself is no reason to cut its drain short
        with os.fdopen(reading, "rb", buffering=0) as pipe:
            while received := pipe.read(1):
                if received[0] not in _ENDING:
                    continue
                if heard:
                    force(ExitCode.INTERRUPTED)
                heard = True
                self.request(signal.Signals(received[0]).name)


def _noted(number: int, frame: object) -> None:
    """Replace Python's own handler; the wakeup pipe carries the news."""


_ENDING = (signal.SIGTERM, signal.SIGINT)
_listening: list[int] = []
"""Write ends of the pipes in use: one at most, but for tests."""


def _hold_signals() -> None:
    if _listening:
        signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)


def _release_signals() -> None:
    if _listening:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDING)


def _release_signals_in_child() -> None:
    # A forked child would write the signals meant for it into its parent's pipe, and not die of them.
    if _listening:
        signal.set_wakeup_fd(-1)
        for number in _ENDING:
            signal.signal(number, signal.SIG_DFL)
        _release_signals()


os.register_at_fork(before=_hold_signals, after_in_parent=_release_signals, after_in_child=_release_signals_in_child)


class Watchdog:
    """Ends the process when a stretch of work takes longer than its limit.

    A thread ends it with ExitCode.HUNG. Should one C call hold the interpreter, so that no thread can
    run, then faulthandler's own thread, which needs no interpreter, ends it with code 1.
    """

    TICK_SECONDS = 1.0
    """A sleeping watch is woken only for limits shorter than this, which keeps a limit at some microseconds."""
    STUCK_SECONDS = 60.0
    """No Python code ran for this long: max_poll_interval, after which Kafka has given up on us as well."""

    def __init__(self, end: Callable[[int], object] = os._exit, clock: Callable[[], float] = time.monotonic) -> None:
        self._end = end
        self._clock = clock
        self._changed = threading.Condition()
        self._limits: dict[object, tuple[float, str]] = {}
        self._thread: threading.Thread | None = None
        self._wakes_at = 0.0

    @contextmanager
    def limit(self, seconds: float, what: str) -> Iterator[None]:
        """Give a stretch of work so many seconds; limits nest, and the earliest counts."""
        token = object()
        self._arm(token, self._clock() + seconds, what)
        try:
            yield
        finally:
            with self._changed:
                self._limits.pop(token, None)

    def _arm(self, token: object, deadline: float, what: str) -> None:
        with self._changed:
            self._limits[token] = (deadline, what)
            if self._thread is None:
                self._rearm_backstop()
                self._thread = threading.Thread(target=self._watch, name="watchdog", daemon=True)
                self._thread.start()
            elif deadline < self._wakes_at:
                self._changed.notify()

    def _watch(self) -> None:
        with self._changed:
            while (expired := self._expired()) is None:
                self._rearm_backstop()
                left = min((deadline for deadline, _ in self._limits.values()), default=math.inf) - self._clock()
                pause = min(self.TICK_SECONDS, left)
                self._wakes_at = self._clock() + pause
                self._changed.wait(pause)
            self._thread = None
            faulthandler.cancel_dump_traceback_later()
        _log.critical("hung, ending the process", what=expired)
        if sys.__stderr__ is not None:
            faulthandler.dump_traceback(file=sys.__stderr__)
        self._end(ExitCode.HUNG)

    def _expired(self) -> str | None:
        now = self._clock()
        return next((what for deadline, what in sorted(self._limits.values()) if deadline <= now), None)

    def _rearm_backstop(self) -> None:
        # Also between two limits: the next one may begin with the call that never comes back.
        if sys.__stderr__ is not None:
            faulthandler.dump_traceback_later(self.STUCK_SECONDS, exit=True, file=sys.__stderr__)


def follow_supervisor(stop: Stop) -> None:
    """Ask for the end when the supervisor that started this process is gone; nothing to do without one."""
    supervisor = os.environ.get(SUPERVISOR_PID)
    if supervisor is None:
        return

    def watch() -> None:
        while not stop.wait(PARENT_CHECK_SECONDS):
            if os.getppid() != int(supervisor):
                stop.request("supervisor died")

    threading.Thread(target=watch, name="supervisor-watch", daemon=True).start()
