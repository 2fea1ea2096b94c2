"""Keeps a set of child processes alive, drains them at the end, and answers for all of them at one endpoint.

Knows nothing of what the children do: it takes slot names and command lines.
"""

import signal
import time
from collections.abc import Callable, Iterable, Sequence

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge

from ingest.service import merged_metrics
from ingest.service.child_process import Child, ChildProcess
from ingest.service.hangup import Hangup
from ingest.service.health import Health
from ingest.service.lifecycle import ExitCode, Stop
from ingest.service.merged_metrics import LABEL, Source
from ingest.service.metrics import MetricsServer, announce, new_registry
from ingest.service.notify import Notifier
from ingest.service.settings import MetricsSettings, RunSettings

TICK_SECONDS = 0.1
"""How late a death is noticed; ten looks a second at a handful of pids cost nothing."""
JITTER = 0.2
"""Children that died of one cause do not come back in one moment."""
LARGEST_EXPONENT = 16

CLEAN_ENDS = frozenset({ExitCode.OK, -signal.SIGTERM})
"""A child that had not yet begun when it was asked to end dies of the signal, and nothing is lost."""

SIGNAL = "signal"
EXIT_REASONS = (*(code.name.lower() for code in ExitCode), SIGNAL)

_log = structlog.stdlib.get_logger(__name__)


def restart_delay(deaths: int, settings: RunSettings, random: Callable[[], float]) -> float:
    """Return the seconds before the next start after so many deaths in a row, doubling up to a cap, with jitter."""
    doubled = settings.backoff_first_seconds * 2.0 ** min(deaths - 1, LARGEST_EXPONENT)
    return min(doubled, settings.backoff_max_seconds) * (1 - JITTER + 2 * JITTER * random())


def exit_reason(code: int | None) -> str:
    """Return what an exit code says, from a closed set; a code of nobody's is a failure."""
    if code is not None and code < 0:
        return SIGNAL
    return ExitCode(code).name.lower() if code in list(ExitCode) else ExitCode.FAILED.name.lower()


class Slot:
    """A stable name and the lives that follow one another under it."""

    def __init__(self, child: Child, settings: RunSettings, random: Callable[[], float]) -> None:
        self.child = child
        self.starts = 0
        self.last_exit_code: int | None = None
        self.refused_to_start = False
        """The first life ended early because arguments, settings or files are wrong: no restart will help."""
        self._settings = settings
        self._random = random
        self._process: ChildProcess | None = None
        self._deaths = 0
        self._start_at = 0.0
        self._started_at = 0.0

    @property
    def alive(self) -> bool:
        """Tell whether a process of this slot runs."""
        return self._process is not None

    def source(self) -> Source:
        """Return where the living process serves its metrics."""
        return Source(self.child.name, self._process.announced_url() if self._process else None)

    def start_if_due(self, now: float) -> bool:
        """Start a process unless one runs or the backoff is not over; tell whether one was started."""
        if self._process is not None or now < self._start_at:
            return False
        self._started_at = now
        self.starts += 1
        try:
            self._process = ChildProcess(self.child)
        except OSError as error:  # no memory or no process ids left: as if it had died at once
            _log.error("child cannot be started", child=self.child.name, error=str(error))
            self._ended(now, ExitCode.FAILED)
            return False
        _log.info("child started", child=self.child.name, pid=self._process.pid, starts=self.starts)
        return True

    def reap(self, now: float) -> None:
        """See whether the process has ended; if so, set the time of the next start."""
        code = self._process.exit_code() if self._process else None
        if code is not None:
            self._process = None
            self._ended(now, code)

    def _ended(self, now: float, code: int) -> None:
        lived_seconds = now - self._started_at
        healthy = lived_seconds >= self._settings.healthy_seconds
        self._deaths = 1 if healthy else self._deaths + 1
        self._start_at = now + restart_delay(self._deaths, self._settings, self._random)
        self.last_exit_code = code
        self.refused_to_start = code == ExitCode.USAGE and self.starts == 1 and not healthy
        _log.info("child ended", child=self.child.name, code=code, lived_seconds=round(lived_seconds, 3))

    def terminate(self) -> None:
        """Ask the process to drain and end."""
        if self._process is not None:
            self._process.terminate()

    def hang_up(self) -> None:
        """Pass a SIGHUP on; a process that has not said where it serves does not know the signal yet, nor need it."""
        if self._process is not None and self._process.announced_url() is not None:
            self._process.hang_up()

    def kill(self) -> None:
        """End the process and its group."""
        if self._process is not None:
            self._process.kill()


class Supervisor:
    """Runs slots until a stop is asked for."""

    def __init__(
        self,
        children: Sequence[Child],
        settings: RunSettings,
        stop: Stop,
        random: Callable[[], float],
        clock: Callable[[], float] = time.monotonic,
        hangup: Hangup | None = None,
    ) -> None:
        self._hangup = hangup or Hangup()
        self.registry: CollectorRegistry = new_registry()
        self.health = Health(clock=clock)
        self._stop = stop
        self._clock = clock
        self._slots = [Slot(child, settings, random) for child in children]
        self._sources: tuple[Source, ...] = tuple(slot.source() for slot in self._slots)
        self._restarts = Counter(
            "rasad_child_restarts", "Starts of a child after its first.", [LABEL], registry=self.registry
        )
        self._exits = Counter(
            "rasad_child_exits",
            "Ends of a child by what its exit code says; `hung` is the watchdog's, `signal` also the kernel's.",
            [LABEL, "reason"],
            registry=self.registry,
        )
        self._up = Gauge("rasad_child_up", "Whether a process of this child runs.", [LABEL], registry=self.registry)
        for child in children:
            self._restarts.labels(child.name)
            for reason in EXIT_REASONS:
                self._exits.labels(child.name, reason)
            self._up.labels(child.name).set(0)
        self._notifier = Notifier()

    def serve(self, settings: MetricsSettings) -> MetricsServer:
        """Serve the one endpoint that covers all children."""
        server = MetricsServer(
            settings,
            render=lambda: merged_metrics.render(self.registry, self._sources),
            live=self.health.live,
            ready=lambda: merged_metrics.ready(self._sources),
        )
        announce(server.url)
        return server

    def run(self) -> ExitCode:
        """Keep every slot alive until the stop, then drain; OK only if all children ended well and in time."""
        self.health.started()
        self._notifier.follow(lambda: merged_metrics.ready(self._sources), self._stop)
        refused: ExitCode | None = None
        try:
            while not self._stop.requested:
                self._look()
                if any(slot.refused_to_start for slot in self._slots):
                    refused = ExitCode.USAGE
                    self._stop.request("a child refused to start")
                self._stop.wait(TICK_SECONDS)
        finally:
            drained = self._drain()
        return refused or drained

    def _look(self) -> None:
        now = self._clock()
        hung_up = self._hangup.taken()
        for slot in self._slots:
            was_alive = slot.alive
            slot.reap(now)
            if was_alive and not slot.alive:
                self._exits.labels(slot.child.name, exit_reason(slot.last_exit_code)).inc()
            if hung_up:
                slot.hang_up()
            if slot.start_if_due(now) and slot.starts > 1:
                self._restarts.labels(slot.child.name).inc()
        self._publish()

    def _publish(self) -> None:
        self.health.beat()
        self._notifier.beat()
        for slot in self._slots:
            self._up.labels(slot.child.name).set(slot.alive)
        # One assignment, so that the endpoint's threads never see a half-made list.
        self._sources = tuple(slot.source() for slot in self._slots)

    def _drain(self) -> ExitCode:
        draining = [slot for slot in self._slots if slot.alive]
        _log.info("draining", reason=self._stop.reason, children=len(draining))
        self._notifier.stopping(self._stop.reason)
        for slot in draining:
            slot.terminate()
        self._await_end(draining)
        killed = [slot for slot in draining if slot.alive]
        for slot in killed:
            _log.warning("killed, the drain took too long", child=slot.child.name)
            slot.kill()
        while any(slot.alive for slot in killed):
            self._reap_all(killed)
        clean = all(slot.last_exit_code in CLEAN_ENDS for slot in draining)
        return ExitCode.OK if clean else ExitCode.FAILED

    def _await_end(self, draining: Iterable[Slot]) -> None:
        slots = list(draining)
        self._stop.request("the supervisor failed")  # only after a fault of ours; otherwise asked for already
        while any(slot.alive for slot in slots) and self._stop.remaining_seconds() > 0:
            self._reap_all(slots)

    def _reap_all(self, slots: Iterable[Slot]) -> None:
        for slot in slots:
            slot.reap(self._clock())
        self._publish()
        time.sleep(TICK_SECONDS / 5)
