"""The local Kafka: it starts, keeps its data through a kill, dies with its parent, and says what is wrong."""

import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import NewTopic
from kafka.errors import RequestTimedOutError, TopicAlreadyExistsError

from ingest.service.errors import UsageError
from ingest.stream.local_broker import LocalBroker, ensure_jars, find_java

PROJECT = Path(__file__).resolve().parents[2]

START_A_BROKER = """
import sys
from pathlib import Path
from ingest.stream.local_broker import LocalBroker
broker = LocalBroker(Path(sys.argv[1]), Path(sys.argv[2]))
broker.start()
broker.wait_ready()
print(broker.pid, flush=True)
sys.stdin.read()
"""


@pytest.fixture(scope="module")
def libs() -> Path:
    return ensure_jars(PROJECT)


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory, libs: Path) -> Iterator[LocalBroker]:
    with LocalBroker(tmp_path_factory.mktemp("kafka"), libs) as running:
        yield running


@pytest.fixture
def broker(node: LocalBroker) -> LocalBroker:
    """Return the module's broker, started again when the test before ended it."""
    if node.pid is None:
        node.start()
        node.wait_ready()
    return node


def executable(path: Path, script: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def commit(broker: LocalBroker, topic: str, *values: bytes) -> None:
    producer = KafkaProducer(bootstrap_servers=broker.bootstrap, transactional_id="test")
    producer.init_transactions()
    producer.begin_transaction()
    for value in values:
        producer.send(topic, value, partition=0)
    producer.commit_transaction()
    producer.close()


def read(broker: LocalBroker, topic: str, count: int) -> list[bytes]:
    consumer = KafkaConsumer(
        bootstrap_servers=broker.bootstrap, isolation_level="read_committed", auto_offset_reset="earliest"
    )
    consumer.assign([TopicPartition(topic, 0)])
    values: list[bytes] = []
    while len(values) < count:
        fetched = consumer.poll(timeout_ms=10_000)
        assert fetched, f"only {values} arrived"
        values += [record.value for records in fetched.values() for record in records]
    consumer.close()
    return values


def create(broker: LocalBroker, topic: str) -> None:
    # A controller that has just come back from a kill may leave the first request without an answer.
    for _ in range(4):
        admin = KafkaAdminClient(bootstrap_servers=broker.bootstrap, request_timeout_ms=8_000)
        try:
            admin.create_topics([NewTopic(topic, 1, 1)])
        except RequestTimedOutError:
            continue
        except TopicAlreadyExistsError:
            return
        else:
            return
        finally:
            admin.close()
    pytest.fail("the controller answers no request")


def test_a_broker_that_was_killed_comes_back_with_its_port_cluster_id_and_committed_records(
    broker: LocalBroker,
) -> None:
    create(broker, "kept")
    commit(broker, "kept", b"one", b"two")
    address, first_pid = broker.bootstrap, broker.pid
    meta = (broker.data_dir / "log" / "meta.properties").read_text()

    broker.kill()
    assert broker.pid is None
    broker.start()
    broker.wait_ready()

    assert read(broker, "kept", 2) == [b"one", b"two"]
    assert broker.bootstrap == address
    assert broker.pid not in (None, first_pid)
    assert (broker.data_dir / "log" / "meta.properties").read_text() == meta


def test_a_broker_dies_when_its_parent_is_killed(tmp_path: Path, libs: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", START_A_BROKER, str(tmp_path / "kafka"), str(libs)],
        cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as parent:  # fmt: skip
        assert parent.stdout is not None
        child = os.pidfd_open(int(parent.stdout.readline()))
        try:
            assert select.select([child], [], [], 0)[0] == []

            parent.kill()

            assert select.select([child], [], [], 20)[0] == [child]
        finally:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(child, signal.SIGKILL)
            os.close(child)


def test_ctrl_c_in_the_terminal_does_not_reach_the_broker_before_its_clients(broker: LocalBroker) -> None:
    assert broker.pid is not None

    assert os.getpgid(broker.pid) != os.getpgid(0)


def test_segment_files_are_named_with_latin_digits_also_for_a_persian_user(
    tmp_path: Path, libs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JAVA_TOOL_OPTIONS", "-Duser.language=fa -Duser.country=IR")

    with LocalBroker(tmp_path / "kafka", libs) as running:
        segments = [path.name for path in (running.data_dir / "log" / "__cluster_metadata-0").glob("*.log")]

    assert segments == ["00000000000000000000.log"]


def test_a_port_in_use_is_named(tmp_path: Path, libs: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        with pytest.raises(UsageError, match=f"port {port} on 127.0.0.1 is in use"):
            LocalBroker(tmp_path / "kafka", libs, port=port).start()


def test_a_broker_that_cannot_start_says_why_and_where_its_log_is(tmp_path: Path, libs: Path) -> None:
    formatted = tmp_path / "log" / "meta.properties"
    formatted.parent.mkdir()
    formatted.touch()
    broken = LocalBroker(tmp_path, libs, overrides={"num.io.threads": "many"})

    broken.start()
    with pytest.raises(UsageError) as told:
        broken.wait_ready()

    assert "num.io.threads" in str(told.value)
    assert str(broken.log_path) in str(told.value)


def test_storage_that_cannot_be_formatted_says_why(tmp_path: Path, libs: Path) -> None:
    broken = LocalBroker(tmp_path / "kafka", libs, overrides={"num.io.threads": "many"})

    with pytest.raises(UsageError, match=r"(?s)could not be formatted.*num\.io\.threads"):
        broken.start()


def test_a_second_broker_on_the_same_data_is_refused(broker: LocalBroker, libs: Path) -> None:
    settings = (broker.data_dir / "server.properties").read_text("ascii")

    with pytest.raises(UsageError, match="another Kafka runs on this data"):
        LocalBroker(broker.data_dir, libs).start()

    assert broker.pid is not None
    assert (broker.data_dir / "server.properties").read_text("ascii") == settings
    create(broker, "still-served")


def test_a_broker_that_is_frozen_is_not_waited_for_without_end(broker: LocalBroker) -> None:
    assert broker.pid is not None
    os.kill(broker.pid, signal.SIGSTOP)
    os.waitid(os.P_PID, broker.pid, os.WSTOPPED)  # until then its threads may answer still

    with pytest.raises(UsageError, match=r"not ready after 0\.1 s"):
        broker.wait_ready(0.1)
    broker.stop(timeout_seconds=0.1)

    assert broker.pid is None


def test_a_java_that_is_too_old_is_told_with_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    executable(tmp_path / "bin" / "java", """echo 'openjdk version "11.0.2" 2019-01-15' >&2""")
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))

    with pytest.raises(UsageError, match="11: install Java 17 or newer"):
        find_java()


def test_the_old_numbering_of_java_versions_is_read_right(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    executable(tmp_path / "bin" / "java", """echo 'java version "1.8.0_292"' >&2""")
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))

    with pytest.raises(UsageError, match="install Java 17"):
        find_java()


def test_a_missing_java_is_told_with_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(UsageError, match="no Java on the path: install Java 17"):
        find_java()


def test_a_missing_maven_is_told_only_when_jars_are_missing(
    tmp_path: Path, libs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pom = tmp_path / "deploy" / "kafka" / "pom.xml"
    pom.parent.mkdir(parents=True)
    pom.write_text("<project/>")
    monkeypatch.setenv("JAVA_HOME", str(Path(find_java()).resolve().parents[1]))
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(UsageError, match="no Maven on the path: install it"):
        ensure_jars(tmp_path)
    assert ensure_jars(PROJECT) == libs


def test_maven_runs_once_for_a_pom_and_again_when_it_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pom = tmp_path / "deploy" / "kafka" / "pom.xml"
    pom.parent.mkdir(parents=True)
    pom.write_text("<project>1</project>")
    script = f"""
echo run >> {tmp_path}/runs
for word; do case $word in -DoutputDirectory=*) mkdir -p "${{word#*=}}"; cp "$3" "${{word#*=}}/kafka.jar";; esac; done
echo '[INFO] Copying kafka.jar to somewhere'"""
    executable(tmp_path / "bin" / "mvn", script)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    steps: list[str] = []

    first = ensure_jars(tmp_path, steps.append)
    ensure_jars(tmp_path)
    pom.write_text("<project>2</project>")
    second = ensure_jars(tmp_path)

    assert (tmp_path / "runs").read_text() == "run\nrun\n"
    assert (first, (second / "kafka.jar").read_text()) == (second, "<project>2</project>")
    assert steps[-1] == "fetching Kafka's jars with Maven: kafka.jar"


def test_a_maven_that_fails_leaves_the_old_jars_and_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pom = tmp_path / "deploy" / "kafka" / "pom.xml"
    pom.parent.mkdir(parents=True)
    pom.write_text("<project>2</project>")
    old = tmp_path / ".local" / "kafka" / "libs"
    old.mkdir(parents=True)
    (old / "kafka.jar").touch()
    executable(tmp_path / "bin" / "mvn", "echo '[ERROR] no route to the repository'; exit 1")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")

    with pytest.raises(UsageError, match=r"no route to the repository.*KAFKA_BOOTSTRAP_SERVERS"):
        ensure_jars(tmp_path)

    assert (old / "kafka.jar").exists()


def test_without_the_source_tree_the_user_is_told_to_name_a_kafka(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="set KAFKA_BOOTSTRAP_SERVERS"):
        ensure_jars(tmp_path)
