"""A one-node Kafka (KRaft) as a child process, for the demo, for development and for the tests.

Knows nothing of topics, records or Rasad's processes; it is not meant for production.
"""

import base64
import fcntl
import hashlib
import os
import random
import re
import secrets
import shutil
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from ingest.service.errors import UsageError

HOST = "127.0.0.1"
JAVA_NEEDED = 17
"""Kafka 4 brokers need Java 17 or newer (KIP-1013)."""

OR_ANOTHER = "or set KAFKA_BOOTSTRAP_SERVERS to a Kafka that is there"

_PORTS = range(20_000, 32_768)
"""Below the range from which the kernel gives ports to clients: while a broker is down, a client that tries its
address again and again could otherwise get that very port for its own end and take it from the broker."""

_JVM = ("-Xms96m", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
"""For a node of minutes to hours beside its clients on few cores. Without the second compiler it took half the
processor time in its first 18,000 records of 3 kB (2.3 s against 5) and was ready 0.5 s sooner."""

_LATIN_DIGITS = ("-Duser.language=en", "-Duser.country=US")
"""Kafka names its segment files with the digits of the user's language: under Persian it would not find them again."""

_FORMAT_TIMEOUT_SECONDS = 60
_LOG_MAX_BYTES = 4 * 1_024 * 1_024
_METADATA_REQUEST = struct.pack(">ihhihi", 14, 3, 1, 1, -1, 0)
"""Metadata (api key 3) version 1 about no topic, correlation id 1, no client id, preceded by its length."""

_DIE_WITH_PARENT = """
import ctypes, os, signal, sys
ctypes.CDLL(None).prctl(1, signal.SIGKILL)
if os.getppid() != int(sys.argv[1]):
    sys.exit(1)
os.execv(sys.argv[2], sys.argv[2:])
"""
"""Runs before Java in the child (1 is PR_SET_PDEATHSIG). A process of its own, because running Python between fork
and exec is not safe in a process with threads. The parent may have died before the call: hence the comparison."""


def ensure_jars(project_dir: Path, progress: Callable[[str], None] = lambda _: None) -> Path:
    """Return the folder with Kafka's jars; let Maven fetch them when they are absent or `pom.xml` changed."""
    find_java()
    pom = project_dir / "deploy" / "kafka" / "pom.xml"
    if not pom.is_file():
        raise UsageError(f"no {pom}: the local Kafka needs the project's source tree, {OR_ANOTHER}")
    digest = hashlib.sha256(pom.read_bytes()).hexdigest()
    home = project_dir / ".local" / "kafka"
    home.mkdir(parents=True, exist_ok=True)
    libs = home / "libs"
    with _locked(home / "libs.lock"):
        if _stamp(libs) != digest:
            _fetch_jars(pom, libs, home / "maven.log", progress)
            (libs / "pom.sha256").write_text(digest)
    return libs


def find_java() -> str:
    """Return the path of a Java that is new enough: the one of JAVA_HOME, else the first on the path."""
    install = f"install Java {JAVA_NEEDED} or newer (Debian: apt-get install openjdk-17-jre-headless), {OR_ANOTHER}"
    home = os.environ.get("JAVA_HOME")
    java = str(Path(home, "bin", "java")) if home else shutil.which("java")
    if java is None or not Path(java).is_file():
        where = f"in JAVA_HOME ({home})" if home else "on the path"
        raise UsageError(f"no Java {where}: {install}")
    said = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
    found = re.search(r'version "(?:1\.)?(\d+)', said)
    if found is None or int(found[1]) < JAVA_NEEDED:
        raise UsageError(f"{java} is {found[0] if found else 'not a Java that starts'}: {install}")
    return java


class LocalBroker:
    """One Kafka node on 127.0.0.1 that dies with the thread that started it; restartable on its data and ports.

    `libs` is the folder that `ensure_jars` returned. A port of 0 means a free one, chosen once for this object.
    `overrides` are lines of `server.properties` that win over the ones here. All files live in `data_dir`.
    """

    def __init__(
        self,
        data_dir: Path,
        libs: Path,
        port: int = 0,
        controller_port: int = 0,
        overrides: Mapping[str, str] | None = None,
    ) -> None:
        self.data_dir = data_dir.absolute()
        self.log_path = self.data_dir / "broker.log"
        self._libs = libs.absolute()
        self._overrides = dict(overrides or {})
        self._given = (port, controller_port)
        self._ports: tuple[int, int] | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._log_start = 0

    @property
    def port(self) -> int:
        """The port that clients use; known after the first `start`."""
        if self._ports is None:
            raise RuntimeError("the broker was never started")
        return self._ports[0]

    @property
    def bootstrap(self) -> str:
        """The value for `bootstrap_servers`."""
        return f"{HOST}:{self.port}"

    @property
    def pid(self) -> int | None:
        """The process id while the broker runs."""
        process = self._process
        return process.pid if process is not None and process.poll() is None else None

    def start(self) -> None:
        """Start the node and return at once; raise UsageError for data or a port in use, or a missing Java."""
        if self.pid is not None:
            raise RuntimeError("the broker runs already")
        java = find_java()
        self.data_dir.mkdir(parents=True, exist_ok=True)
        with self._own_data() as lock:
            self._start(java, lock)

    def _start(self, java: str, lock: int) -> None:
        client, controller = self._ports or self._given
        client = _free_port(client)
        self._ports = (client, _free_port(controller, other_than=client))
        properties = server_properties(*self._ports, self._overrides)
        (self.data_dir / "server.properties").write_text(properties, "ascii")
        self._rotate_log()
        with self.log_path.open("ab") as log:
            self._log_start = log.tell()
            self._format_once(java, log.fileno())
            self._process = self._spawn(java, log.fileno(), lock)

    def wait_ready(self, timeout_seconds: float = 60.0) -> None:
        """Return when the broker serves; raise UsageError with its last log lines when it dies or is not in time."""
        deadline = time.monotonic() + timeout_seconds
        while not _serves(self.port):
            if self.pid is None:
                raise self._failure("the local Kafka stopped while it started")
            if time.monotonic() > deadline:
                raise self._failure(f"the local Kafka was not ready after {timeout_seconds:g} s")
            time.sleep(0.05)

    def stop(self, timeout_seconds: float = 15.0) -> None:
        """Stop the node cleanly; kill it when that takes too long. Does nothing when it does not run."""
        process = self._process
        if process is None:
            return
        process.terminate()
        try:
            process.wait(timeout_seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def kill(self) -> None:
        """End the node as a power cut would (SIGKILL) and wait until it is gone."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def __enter__(self) -> Self:
        """Start and wait until it serves."""
        self.start()
        try:
            self.wait_ready()
        except BaseException:
            self.kill()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop cleanly."""
        self.stop()

    def _format_once(self, java: str, log: int) -> None:
        """Format the storage when that was never done; the cluster id stays with the data."""
        if (self.data_dir / "log" / "meta.properties").exists():
            return
        tool = ["kafka.tools.StorageTool", "format", "-t", _new_cluster_id(), "-c", "server.properties"]
        try:
            subprocess.run(
                self._java_command(java) + tool,
                cwd=self.data_dir, stdin=subprocess.DEVNULL, stdout=log, stderr=log, check=True,
                timeout=_FORMAT_TIMEOUT_SECONDS,
            )  # fmt: skip
        except subprocess.SubprocessError as error:
            raise self._failure("the local Kafka's storage could not be formatted") from error

    @contextmanager
    def _own_data(self) -> Iterator[int]:
        """Lock the data for the broker that is started meanwhile: it inherits the lock, which ends with it.

        Kafka has one of its own, but its controller has written into the log of the other by the time it looks.
        """
        with (self.data_dir / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise UsageError(f"{self.data_dir}: another Kafka runs on this data and holds its lock") from None
            yield lock.fileno()

    def _spawn(self, java: str, log: int, lock: int) -> subprocess.Popen[bytes]:
        """Start the broker in a session of its own, so that Ctrl-C in a terminal reaches its clients first."""
        command = [*self._java_command(java), "kafka.Kafka", "server.properties"]
        return subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", _DIE_WITH_PARENT, str(os.getpid()), *command],
            cwd=self.data_dir, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            pass_fds=(lock,),
        )  # fmt: skip

    def _java_command(self, java: str) -> list[str]:
        logging = ("-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-Dorg.slf4j.simpleLogger.showDateTime=true",
                   "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSSZ")  # fmt: skip
        return [java, *_JVM, *_LATIN_DIGITS, *logging, "-cp", f"{self._libs}/*"]

    def _rotate_log(self) -> None:
        if self.log_path.exists() and self.log_path.stat().st_size > _LOG_MAX_BYTES:
            self.log_path.replace(self.log_path.with_suffix(".log.1"))

    def _failure(self, what: str) -> UsageError:
        with self.log_path.open("rb") as log:
            log.seek(self._log_start)
            lines = log.read().decode("utf-8", "replace").splitlines()
        told = [line for line in lines if not line.startswith("\tat ")][-6:]
        return UsageError("\n".join([f"{what}; see {self.log_path}, which ends:", *(f"  {line}" for line in told)]))


def server_properties(port: int, controller_port: int, overrides: Mapping[str, str]) -> str:
    """Return `server.properties` of a node that is broker and controller at once, with its data in `log`."""
    settings = {
        "process.roles": "broker,controller",
        "node.id": "1",
        "controller.quorum.voters": f"1@{HOST}:{controller_port}",
        "listeners": f"PLAINTEXT://{HOST}:{port},CONTROLLER://{HOST}:{controller_port}",
        "advertised.listeners": f"PLAINTEXT://{HOST}:{port}",
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "controller.listener.names": "CONTROLLER",
        "inter.broker.listener.name": "PLAINTEXT",
        # Relative to the data folder, where the node runs: a list in Kafka's eyes, so a comma in a path would split it.
        "log.dirs": "log",
        "default.replication.factor": "1",
        "min.insync.replicas": "1",
        "offsets.topic.replication.factor": "1",
        "offsets.topic.num.partitions": "4",
        "transaction.state.log.replication.factor": "1",
        "transaction.state.log.min.isr": "1",
        "transaction.state.log.num.partitions": "4",
        "share.coordinator.state.topic.replication.factor": "1",
        "share.coordinator.state.topic.min.isr": "1",
        "auto.create.topics.enable": "false",
        "group.initial.rebalance.delay.ms": "0",
        "group.min.session.timeout.ms": "1000",
        "log.message.timestamp.type": "LogAppendTime",
        # After a kill the controller lets the node in again only when the old session has ended: 12 s with the
        # default of 9 s, 7 s with 5 s. With 2 s a node that waited for a busy processor was fenced in mid test.
        "broker.session.timeout.ms": "5000",
        "broker.heartbeat.interval.ms": "500",
        # One user on one machine: fewer threads, and 16 MiB instead of 128 for the compaction buffer.
        "num.network.threads": "2",
        "num.io.threads": "4",
        "log.cleaner.dedupe.buffer.size": str(16 * 1_024 * 1_024),
        **overrides,
    }
    return "".join(f"{name}={value}\n" for name, value in settings.items())


def _new_cluster_id() -> str:
    """Return 128 random bits as Kafka writes them; a leading hyphen would be read as an option."""
    first = secrets.randbelow(0x80)
    return base64.urlsafe_b64encode(bytes([first]) + secrets.token_bytes(15)).decode().rstrip("=")


def _serves(port: int) -> bool:
    """Tell whether the broker names itself in its metadata: it listens a little before it takes part."""
    try:
        with socket.create_connection((HOST, port), timeout=1.0) as connection:
            connection.sendall(_METADATA_REQUEST)
            answer = connection.recv(12, socket.MSG_WAITALL)
    except OSError:
        return False
    if len(answer) < 12:  # noqa: PLR2004 - length, correlation id and number of brokers, four bytes each
        return False
    _, _, brokers = struct.unpack(">iii", answer)
    return bool(brokers > 0)


def _free_port(port: int, other_than: int = 0) -> int:
    """Return `port` when it is free, or any free one for 0; raise UsageError when it is in use."""
    if port:
        if not _is_free(port):
            raise UsageError(
                f"port {port} on {HOST} is in use: stop what listens there or give the local Kafka another"
            )
        return port
    for candidate in random.sample(_PORTS, 100):
        if candidate != other_than and _is_free(candidate):
            return candidate
    raise UsageError(f"no free port between {_PORTS.start} and {_PORTS.stop} on {HOST}")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        # As Java does: connections of a broker that was killed may linger without harm.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Let one process at a time fetch the jars."""
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _stamp(libs: Path) -> str | None:
    stamp = libs / "pom.sha256"
    return stamp.read_text() if stamp.is_file() else None


def _fetch_jars(pom: Path, libs: Path, log_path: Path, progress: Callable[[str], None]) -> None:
    """Run Maven into a new folder and put it in the old one's place, so that an interrupted run leaves no half."""
    maven = shutil.which("mvn")
    if maven is None:
        raise UsageError(f"no Maven on the path: install it (Debian: apt-get install maven), {OR_ANOTHER}")
    progress("fetching Kafka's jars with Maven (about 45 MB, once)")
    fresh = libs.with_name("libs.new")
    shutil.rmtree(fresh, ignore_errors=True)
    goal = ["dependency:copy-dependencies", f"-DoutputDirectory={fresh}", "-DincludeScope=runtime"]
    with (
        log_path.open("w", encoding="utf-8") as log,
        subprocess.Popen(
            [maven, "--batch-mode", "--file", str(pom), *goal],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
        ) as process,
    ):  # fmt: skip
        errors = _follow(process, log.write, progress)
    if process.returncode != 0:
        raise UsageError(f"Maven could not fetch Kafka's jars ({errors or 'no message'}); see {log_path}, {OR_ANOTHER}")
    shutil.rmtree(libs, ignore_errors=True)
    fresh.rename(libs)


def _follow(process: subprocess.Popen[str], write: Callable[[str], object], progress: Callable[[str], None]) -> str:
    """Copy Maven's output to the log, report each jar, and return its first error line."""
    error = ""
    for line in process.stdout or ():
        write(line)
        if line.startswith("[ERROR]") and not error:
            error = line.removeprefix("[ERROR]").strip()[:300]
        if jar := re.search(r"(?:Downloaded|Copying) .*?([^/\s]+\.jar)\b", line):
            progress(f"fetching Kafka's jars with Maven: {jar[1]}")
    return error
