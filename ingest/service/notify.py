"""Tells systemd how the service stands: ready, alive, stopping, and a line for `systemctl status` (sd_notify(3)).

Knows nothing of what runs; without NOTIFY_SOCKET in the environment it says nothing to anybody.
"""

import os
import socket
import threading
import time
from collections.abc import Callable, MutableMapping
from contextlib import suppress

from ingest.service.health import Verdict
from ingest.service.lifecycle import Stop

NOTIFY_SOCKET = "NOTIFY_SOCKET"
WATCHDOG_USEC = "WATCHDOG_USEC"
BEATS_PER_LIMIT = 4
"""systemd advises two beats in the watchdog's time; a busy machine may swallow one of them."""
LOOK_SECONDS = 1.0
STATUS_MAX_LETTERS = 300
"""A line that a person reads; the whole story is on /readyz."""


class Notifier:
    """Sends datagrams to the service manager; one that is gone is no fault of ours."""

    def __init__(
        self,
        environ: MutableMapping[str, str] = os.environ,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take the two variables away: children must not speak for the service."""
        address = environ.pop(NOTIFY_SOCKET, "")
        limit_usec = environ.pop(WATCHDOG_USEC, "")
        # A leading @ stands for the zero byte of Linux' abstract namespace.
        self._address = f"\0{address[1:]}" if address.startswith("@") else address
        self._beat_seconds = int(limit_usec) / 1e6 / BEATS_PER_LIMIT if limit_usec.isdecimal() else None
        self._clock = clock
        self._beaten_at: float | None = None

    def tell(self, *assignments: str) -> None:
        """Send assignments such as READY=1 in one datagram."""
        if not self._address:
            return
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sender:
            sender.settimeout(LOOK_SECONDS)  # a manager that does not read must not hang our loop
            sender.sendto("\n".join(assignments).encode(), self._address)

    def beat(self) -> None:
        """Keep the watchdog quiet; call it from the loop whose life it stands for, as often as you like."""
        if self._beat_seconds is None:
            return
        now = self._clock()
        if self._beaten_at is None or now - self._beaten_at >= self._beat_seconds:
            self._beaten_at = now
            self.tell("WATCHDOG=1")

    def stopping(self, reason: str) -> None:
        """Say that the drain has begun."""
        self.tell("STOPPING=1", f"STATUS=draining: {reason}")

    def follow(self, ready: Callable[[], Verdict], stop: Stop) -> None:
        """Say READY=1 once `ready` says yes, and each change of what is waited for, from a thread, until the stop."""
        if self._address:
            threading.Thread(target=self._follow, args=(ready, stop), name="notify", daemon=True).start()

    def _follow(self, ready: Callable[[], Verdict], stop: Stop) -> None:
        told = ""
        announced = False
        while not stop.requested:
            verdict = ready()
            status = _status(verdict)
            news = [f"STATUS={status}"] if status != told else []
            if verdict.ok and not announced:
                news.append("READY=1")
                announced = True
            if news and not stop.requested:  # or it would speak over the drain
                self.tell(*news)
            told = status
            stop.wait(LOOK_SECONDS)


def _status(verdict: Verdict) -> str:
    if verdict.ok:
        return "ready"
    waits = "; ".join(f"{name}: {reason}" for name, reason in verdict.body.get("waits_for", {}).items())
    return f"waiting: {waits}".replace("\n", " ")[:STATUS_MAX_LETTERS]
