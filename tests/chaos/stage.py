"""How each fault is made, and what is seen of the recovery: a real installation under a supervisor, and its broker.

Knows nothing of which fault comes when.
"""

import logging
import os
import signal
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from kafka import KafkaProducer
from kafka.errors import KafkaError

from chaos.lives import Lives, resident_bytes
from chaos.newsroom import Newsroom, TroubledSite
from chaos.schedule import SLOTS, Fault, Kind
from ingest.service.errors import UsageError
from ingest.stream.connection import common
from ingest.stream.local_broker import LocalBroker
from ingest.stream.reading import Follower
from support.installation import Installation, body
from support.processes import RasadProcess

_log = logging.getLogger(__name__)
SUPERVISOR = "run"
_CHILDREN = {
    Kind.KILL_FETCHER: "fetcher",
    Kind.KILL_WORKER: "worker",
    Kind.STOP_FETCHER: "fetcher",
    Kind.STOP_WORKER: "worker",
}


class Broken(Exception):
    """A promise does not hold; what is said goes into the report."""


@dataclass
class Sight:
    """The articles as a consumer sees them, while the broker comes and goes."""

    installation: Installation
    titles: dict[str, str] = field(default_factory=dict)
    """An item's id to the latest title that came by."""
    _follower: Follower | None = None

    def look(self, seconds: float) -> None:
        """Take note of what comes within this time."""
        try:
            if self._follower is None:
                topic = self.installation.topics.articles
                self._follower = Follower(self.installation.kafka, [topic], from_beginning=True)
            for record in self._follower.poll(seconds):
                event = body(record)
                self.titles[event["guid"]] = event["title"]
        except (KafkaError, UsageError) as error:
            _log.warning("the follower begins anew: %r", error)
            self.close()
            time.sleep(seconds)

    def close(self) -> None:
        """Let go of the connection."""
        if self._follower is not None:
            with suppress(KafkaError):
                self._follower.close()
            self._follower = None


@dataclass
class Stage:
    """The installation, and the hands that break it."""

    installation: Installation
    broker: LocalBroker
    site: TroubledSite
    newsroom: Newsroom
    sight: Sight
    poison: list[bytes] = field(default_factory=list)
    memory: dict[str, int] = field(default_factory=dict)
    """The most that a process of each kind held, in bytes."""
    lives: Lives | None = None
    _stopped: dict[Fault, int] = field(default_factory=dict)

    @property
    def run(self) -> RasadProcess:
        """`rasad run`."""
        return self.installation.processes[SUPERVISOR]

    def start(self) -> None:
        """Start the installation and wait until it has its partitions."""
        arguments = ("run", "--fetchers", str(SLOTS), "--workers", str(SLOTS))
        self.installation.start(SUPERVISOR, arguments=arguments).wait_ready(300)

    def begin(self, fault: Fault) -> None:
        """Make a fault, or the beginning of one."""
        match fault.kind:
            case Kind.KILL_FETCHER | Kind.KILL_WORKER:
                os.kill(self.child(fault), signal.SIGKILL)
            case Kind.STOP_FETCHER | Kind.STOP_WORKER:
                self._stopped[fault] = self.child(fault)
                os.kill(self._stopped[fault], signal.SIGSTOP)
            case Kind.KILL_BROKER:
                self.broker.kill()
            case Kind.POWER_CUT:
                self.run.kill()
            case Kind.POISON:
                self.send_poison()
            case _:
                self.site.begin(fault.kind)

    def end(self, fault: Fault) -> None:
        """Put right what does not end by itself."""
        match fault.kind:
            case Kind.STOP_FETCHER | Kind.STOP_WORKER:
                pid = self._stopped.pop(fault)
                if pid in self.children().values():
                    os.kill(pid, signal.SIGCONT)
            case Kind.KILL_BROKER:
                self.broker.start()
            case Kind.POWER_CUT:
                self.run.start()
            case Kind.KILL_FETCHER | Kind.KILL_WORKER | Kind.POISON:
                pass
            case _:
                self.site.end()

    def children(self) -> dict[str, int]:
        """Return the process ids of the supervisor's living children by slot."""
        if self.lives is None:
            self.lives = Lives(self.run.log)
        return self.lives.living(self.run.running.pid)

    def ended(self) -> Mapping[str, int]:
        """Return how many lives of a kind of process ended with which code; a negative one is a signal."""
        self.children()
        return self.lives.ended if self.lives else {}

    def child(self, fault: Fault) -> int:
        """Return the process that a fault is for, as soon as it lives."""
        slot = f"{_CHILDREN[fault.kind]}-{fault.slot}"
        until = time.monotonic() + 60
        while slot not in (children := self.children()):
            if time.monotonic() > until:
                raise Broken(f"{slot} was not started again within 60 s")
            self.sight.look(0.1)
        return children[slot]

    def send_poison(self) -> None:
        """Write a record that is no entry."""
        value = b'{"title": %d}' % len(self.poison)
        producer = KafkaProducer(**common(self.installation.kafka, "chaos"), metrics_enabled=False)
        try:
            producer.send(self.installation.topics.entries, key=b"poison", value=value).get(15)
        finally:
            producer.close(timeout=5)
        self.poison.append(value)

    def look(self, seconds: float) -> None:
        """Let time pass and see what comes."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            self.sight.look(min(0.2, left))
            if self.run.running.poll() not in (None, -signal.SIGKILL):
                raise Broken(f"the supervisor ended with code {self.run.running.returncode}: {self.run.tail()}")
        self._weigh()

    def await_all(self, enough: Callable[[], bool], seconds: float, what: str) -> float:
        """Look until it is enough and return how long that took."""
        started = time.monotonic()
        while not enough():
            if time.monotonic() - started > seconds:
                raise Broken(f"{what} did not come within {seconds:.0f} s: {self.run.get('/readyz')[1][:500]}")
            self.look(0.1)
        return time.monotonic() - started

    def close(self) -> None:
        """Let nothing stand still that has to end, and end it; the broker is there, or is started again."""
        self.sight.close()
        for pid in self._stopped.values():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)
        self.run.kill()
        if self.broker.pid is None:
            self.broker.start()
        self.broker.wait_ready()

    def _weigh(self) -> None:
        for slot, pid in self.children().items():
            kind = slot.partition("-")[0]
            self.memory[kind] = max(self.memory.get(kind, 0), resident_bytes(pid))
