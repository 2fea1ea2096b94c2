"""Manners towards hosts: one request in flight, a gap between starts, silence when a host asks for it.

Knows nothing of feeds, HTTP and threads' waiting: it answers at once, and the scheduler decides what to do meanwhile.
"""

import math
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

DEFAULT_PORTS = {"http": 80, "https": 443}
HOLD_AT_MOST_SECONDS = 24 * 3_600.0
"""Retry-After values of days are seen and are mistakes (HARDCASES H5)."""
HOLD_AT_LEAST_SECONDS = 60.0
"""Many hosts that turn a request away do not say for how long."""

_PRUNE_FROM = 1_024
"""Hosts remembered before the idle ones are looked for: several times the hosts of a large registry."""


@dataclass(slots=True)
class _HostState:
    """What is remembered of one host, in seconds of the caller's monotonic clock."""

    in_flight: bool = False
    next_start: float = -math.inf
    held_until: float = -math.inf


class HostGate:
    """Says when each host may be asked next; safe to call from many threads, never blocks for a busy host.

    Times are readings of one monotonic clock that the caller passes in, so a clock change cannot open or shut it.
    """

    def __init__(self, min_gap_seconds: float = 1.0) -> None:
        self._min_gap_seconds = min_gap_seconds
        self._hosts: dict[str, _HostState] = {}
        self._prune_at = _PRUNE_FROM
        self._lock = threading.Lock()

    def next_free(self, host: str, now: float) -> float:
        """Return the earliest time at which `take` can succeed: `now` or later, infinite while a request is out."""
        with self._lock:
            state = self._hosts.get(host)
            return now if state is None else max(now, self._free_at(state))

    def take(self, host: str, now: float, gap_seconds: float | None = None) -> bool:
        """Reserve the host for one request and tell whether that was possible.

        `gap_seconds` overrides the gap from this start to the next, for hosts of the operator's own network.
        """
        with self._lock:
            state = self._state_of(host, now)
            if self._free_at(state) > now:
                return False
            state.in_flight = True
            state.next_start = now + (self._min_gap_seconds if gap_seconds is None else gap_seconds)
            return True

    def release(self, host: str, now: float) -> float:
        """End the reservation and return when the host is free again."""
        with self._lock:
            state = self._state_of(host, now)
            state.in_flight = False
            return max(now, self._free_at(state))

    def hold(self, host: str, now: float, seconds: float) -> None:
        """Ask nothing of the host for so many seconds (429 and its Retry-After); a longer hold is kept."""
        with self._lock:
            state = self._state_of(host, now)
            state.held_until = max(state.held_until, now + seconds)

    def turned_away(self, hosts: Iterable[str], now: float, asked_seconds: float | None) -> None:
        """Ask nothing of hosts that turned a request away (429), for as long as they say, within reason."""
        seconds = min(max(asked_seconds or 0.0, HOLD_AT_LEAST_SECONDS), HOLD_AT_MOST_SECONDS)
        for host in hosts:
            self.hold(host, now, seconds)

    @staticmethod
    def _free_at(state: _HostState) -> float:
        return math.inf if state.in_flight else max(state.next_start, state.held_until)

    def _state_of(self, host: str, now: float) -> _HostState:
        state = self._hosts.get(host)
        if state is None:
            if len(self._hosts) >= self._prune_at:
                self._prune(now)
            state = self._hosts[host] = _HostState()
        return state

    def _prune(self, now: float) -> None:
        """Forget hosts that nothing is remembered against, so that years of article links do not fill memory."""
        self._hosts = {host: state for host, state in self._hosts.items() if self._free_at(state) > now}
        self._prune_at = max(_PRUNE_FROM, 2 * len(self._hosts))


@lru_cache(maxsize=8_192)  # asked for each item of each document, most of which stand there for days
def host_of(url: str) -> str:
    """Return the gate's key for a URL: the host in lower case, with the port when it is not the scheme's own.

    Links of pages can be anything: what is no URL has the empty key, and fails at once when it is fetched.
    """
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return ""
    return host if port is None or port == DEFAULT_PORTS.get(parts.scheme) else f"{host}:{port}"
