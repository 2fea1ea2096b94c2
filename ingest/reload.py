"""The registry's file, watched: a change becomes the registry of the running process, and a fault changes nothing.

Knows nothing of what a fetcher does with the registry. There is no thread: the loop asks, and an answer costs a `stat`.
"""

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge

from ingest.feeds import Registry
from ingest.registry_reading import Reading, read_registry
from ingest.service.errors import UsageError

CHECK_SECONDS = 2.0
"""How late a change is seen; a `stat` takes microseconds."""
UNSETTLED_SECONDS = 4.0
"""Two writes within one tick of a file system's clock leave the same mark: a file that changed within this time is read
at each check. The coarsest clocks in use tick every two seconds."""

log = structlog.get_logger(__name__)


class ReloadOutcome(StrEnum):
    """What became of a changed file; a metric label, so the set is closed."""

    LOADED = "loaded"
    UNCHANGED = "unchanged"
    """SIGHUP, and the file says what it said before."""
    REFUSED = "refused"
    """Something is wrong with it: the registry stays as it was."""


class ReloadMetrics:
    """Which registry runs, since when, and what became of later ones."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.reloads = Counter(
            "rasad_registry_reloads_total",
            "Changed registry files by what became of them; a refused one left the registry as it was.",
            ["outcome"],
            registry=registry,
        )
        for outcome in ReloadOutcome:
            self.reloads.labels(outcome)
        self._loaded_at = Gauge(
            "rasad_registry_loaded_timestamp_seconds", "When the registry that runs was read.", registry=registry
        )
        self._feeds = Gauge("rasad_registry_feeds", "Feeds of the registry that runs that are on.", registry=registry)
        self._faults = Gauge(
            "rasad_registry_faults", "Entries that the registry that runs was started without.", registry=registry
        )
        self._info = Gauge(
            "rasad_registry_info", "Beginning of the SHA-256 of the file that runs.", ["sha256"], registry=registry
        )

    def runs(self, reading: Reading, now: float) -> None:
        """Show the registry that runs from now on."""
        self._loaded_at.set(now)
        self._feeds.set(len(reading.registry.enabled))
        self._faults.set(len(reading.problems))
        self._info.clear()
        self._info.labels(reading.sha256[:12]).set(1)


@dataclass(slots=True)
class RegistryFile:
    """Watches the file that a registry was read from."""

    path: Path
    reading: Reading
    """The last one that was good."""
    metrics: ReloadMetrics
    asked: Callable[[], bool] = lambda: False
    """Tells once for each SIGHUP."""
    clock: Callable[[], float] = time.monotonic
    now: Callable[[], float] = time.time
    _looked_at: float | None = None
    _mark: tuple[int, ...] = ()
    _settled: bool = False
    _sha256: str = field(init=False)
    """Of what was read last, good or not."""

    def __post_init__(self) -> None:
        self._sha256 = self.reading.sha256
        self.metrics.runs(self.reading, self.now())

    def changed(self) -> Registry | None:
        """Return the registry if the file has another one now; null also where the new one is refused."""
        asked = self.asked()
        if not asked and self._looked_at is not None and self.clock() - self._looked_at < CHECK_SECONDS:
            return None
        self._looked_at = self.clock()
        if not asked and self._is_as_it_was():
            return None
        return self._read(asked=asked)

    def _is_as_it_was(self) -> bool:
        try:
            found = self.path.stat()
        except OSError:
            return False
        mark = (found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino)
        same, self._mark = mark == self._mark and self._settled, mark
        self._settled = self.now() - found.st_mtime > UNSETTLED_SECONDS
        return same

    def _read(self, *, asked: bool) -> Registry | None:
        try:
            body = self.path.read_bytes()
        except OSError as error:
            # An editor may put a new file in the place of the old one just now: the absence is told once.
            self._refuse("", f"{self.path}: {error.strerror}", asked=asked)
            return None
        sha256 = hashlib.sha256(body).hexdigest()
        if sha256 == self._sha256 and not (asked and sha256 != self.reading.sha256):
            if asked:
                self._count(ReloadOutcome.UNCHANGED)
                log.info("registry_unchanged", file=str(self.path), sha256=sha256[:12])
            return None
        try:
            reading = read_registry(str(self.path), body)
        except UsageError as error:
            self._refuse(sha256, str(error), asked=asked)
            return None
        if new := reading.problems_beyond(self.reading):
            self._refuse(sha256, "\n".join(new), asked=asked)
            return None
        return self._take(reading)

    def _refuse(self, sha256: str, why: str, *, asked: bool) -> None:
        if sha256 == self._sha256 and not asked:
            return
        self._sha256 = sha256
        self._count(ReloadOutcome.REFUSED)
        log.error("registry_refused", file=str(self.path), errors=why.splitlines(), running=self.reading.sha256[:12])

    def _take(self, reading: Reading) -> Registry:
        before, after = self.reading.registry.feeds, reading.registry.feeds
        self._sha256, self.reading = reading.sha256, reading
        self._count(ReloadOutcome.LOADED)
        self.metrics.runs(reading, self.now())
        log.info(
            "registry_loaded",
            file=str(self.path),
            sha256=reading.sha256[:12],
            feeds=len(after),
            added=sorted(after.keys() - before.keys()),
            removed=sorted(before.keys() - after.keys()),
            changed=sorted(feed for feed in after.keys() & before.keys() if after[feed] != before[feed]),
        )
        return reading.registry

    def _count(self, outcome: ReloadOutcome) -> None:
        self.metrics.reloads.labels(outcome).inc()
