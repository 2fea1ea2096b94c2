"""Says whether a process is alive and whether it is ready: what `/healthz` and `/readyz` answer.

Knows nothing of HTTP or of what the process does: its loop beats, and reports what it still waits for.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

UNHEALTHY_AFTER_SECONDS = 60.0
"""Without a beat for this long the loop hangs: as long as max_poll_interval, after which Kafka gives up on it too."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """An answer: good or not, and a JSON-serialisable body that says why."""

    ok: bool
    body: dict[str, Any]


class Health:
    """Liveness by heartbeat, readiness by reasons; safe to use from several threads."""

    def __init__(
        self,
        unhealthy_after_seconds: float = UNHEALTHY_AFTER_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clock = clock
        self._unhealthy_after_seconds = unhealthy_after_seconds
        self._lock = threading.Lock()
        self._beat_at = clock()
        self._waits_for: dict[str, str] = {"start": "the process is starting"}

    def beat(self) -> None:
        """Say that the loop is turning."""
        with self._lock:
            self._beat_at = self._clock()

    def waits_for(self, what: str, reason: str) -> None:
        """Be not ready until `what` arrived; the reason is for a person."""
        with self._lock:
            self._waits_for[what] = reason

    def arrived(self, what: str) -> None:
        """Take back a `waits_for`; ready when none is left."""
        with self._lock:
            self._waits_for.pop(what, None)

    def started(self) -> None:
        """Say that the start is over: from here on only what the loop waits for keeps it from being ready."""
        self.arrived("start")

    def live(self) -> Verdict:
        """Answer `/healthz`."""
        with self._lock:
            silent_seconds = self._clock() - self._beat_at
        ok = silent_seconds <= self._unhealthy_after_seconds
        return Verdict(ok, {"status": "ok" if ok else "hung", "seconds_since_beat": round(silent_seconds, 3)})

    def ready(self) -> Verdict:
        """Answer `/readyz`."""
        with self._lock:
            reasons = dict(sorted(self._waits_for.items()))
        return Verdict(not reasons, {"status": "waiting" if reasons else "ready", "waits_for": reasons})
