"""A planted secret is in nothing that the commands write, and nothing listens to the network unasked."""

import json
import os
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from ingest.fetch.redact import redact
from ingest.service.health import Health
from ingest.service.metrics import MetricsServer, new_registry, serve
from ingest.service.settings import MetricsSettings, Settings
from support.broker import PROJECT

SECRET = "s3cret"
SETTINGS = """
[kafka]
bootstrap_servers = "127.0.0.1:{port}"
security_protocol = "SASL_PLAINTEXT"
sasl_mechanism = "PLAIN"
sasl_username = "rasad"

[log]
level = "debug"
"""
REGISTRY = """
[[site]]
id = "one.example"
publisher = "One"
hosts = ["127.0.0.1"]
language = "fa"
timezone = "Asia/Tehran"
text_policy = "full"

[[site.feed]]
id = "one"
url = "http://me:s3cret-word@127.0.0.1:{port}/rss?token=s3cret-token"
proxy = "http://me:s3cret-proxy@127.0.0.1:{port}"
allow_private = true
kind = "agency"
"""
COMMANDS = (
    ("check-config",),
    ("check-config", "--json"),
    ("version", "--json"),
    ("run", "--dry-run"),
    ("fetcher", "--dry-run"),
    ("feeds", "list"),
    ("feeds", "list", "--json"),
    ("feeds", "test", "one"),
    ("feeds", "test", "one", "--json"),
    ("feeds", "export"),
)
SPEAK_TO_KAFKA = (("topics", "create", "--dry-run"), ("topics", "describe"), ("dead-letters", "list"))
ALL_IN_ONE_PROCESS = """
import json, sys
from ingest.cli import main
for arguments in json.loads(sys.argv[1]):
    print("::", *arguments, flush=True)
    sys.argv = ["rasad", *arguments]
    try:
        main()
    except SystemExit as end:
        print("exit", end.code, flush=True)
"""


@contextmanager
def silent_server() -> Iterator[int]:
    """Yield the port of a server that hears what is said to it and hangs up: no broker, no publisher."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            while True:
                try:
                    caller, _ = listening.accept()
                except OSError:
                    return
                caller.close()

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        yield listening.getsockname()[1]
        listening.shutdown(socket.SHUT_RDWR)
        thread.join(10)


@contextmanager
def nobody() -> Iterator[int]:
    """Yield a port that is taken and not listened to: a connection is refused at once."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


def all_that_is_written(commands: Sequence[tuple[str, ...]], folder: Path, port: int, kafka_port: int) -> str:
    (folder / "rasad.toml").write_text(SETTINGS.format(port=kafka_port))
    (folder / "feeds.toml").write_text(REGISTRY.format(port=port))
    (folder / "secrets").mkdir()
    (folder / "secrets/kafka__sasl_password").write_text("s3cret-kafka")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("RASAD_", "KAFKA_"))}
    environment = {**kept, "RASAD_SECRETS_DIR": str(folder / "secrets"), "RASAD_REGISTRY": str(folder / "feeds.toml")}
    done = subprocess.run(
        [sys.executable, "-c", ALL_IN_ONE_PROCESS, json.dumps(commands)],
        cwd=folder, env={**environment, "PYTHONPATH": str(PROJECT)}, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=170, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    for arguments in commands:
        assert f":: {' '.join(arguments)}\n" in done.stdout
    return done.stdout


def test_a_planted_secret_is_in_nothing_that_the_commands_write(tmp_path: Path) -> None:
    with silent_server() as port, nobody() as kafka_port:
        written = all_that_is_written((*COMMANDS, *SPEAK_TO_KAFKA), tmp_path, port, kafka_port)

    # The commands did read what was planted.
    assert re.search(r"sasl_password = \*+\n", written)
    assert re.search(r"http://\*+@127\.0\.0\.1", written)
    assert "no Kafka answers" in written
    assert SECRET not in written


@pytest.mark.full
def test_a_planted_secret_is_in_nothing_that_is_written_about_a_broker_that_hangs_up(tmp_path: Path) -> None:
    with silent_server() as port:
        written = all_that_is_written(SPEAK_TO_KAFKA, tmp_path, port, port)

    assert SECRET not in written


def test_a_secret_of_the_environment_is_not_in_the_fault_that_it_causes(tmp_path: Path) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("RASAD_", "KAFKA_"))}
    planted = {"RASAD_KAFKA__SASL_PASSWORD": "s3cret-kafka", "RASAD_KAFKA__SECURITY_PROTOCOL": "SASL_SSL"}

    done = subprocess.run(
        [sys.executable, "-m", "ingest.cli", "check-config"],
        cwd=tmp_path, env={**kept, **planted, "PYTHONPATH": str(PROJECT)}, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 2
    assert "sasl_mechanism" in done.stderr
    assert SECRET not in done.stdout + done.stderr


def addresses_that_listen(server: MetricsServer) -> set[str]:
    """Return the addresses on which the kernel says that this port is listened to."""
    wanted = f"{server.port:04X}"
    lines = [line.split() for table in ("tcp", "tcp6") for line in Path(f"/proc/net/{table}").read_text().splitlines()]
    return {line[1].partition(":")[0] for line in lines if line[1].endswith(f":{wanted}") and line[3] == "0A"}


@pytest.mark.parametrize(("host", "kernels_address"), [(None, "0100007F"), ("0.0.0.0", "00000000")])
def test_metrics_are_served_to_this_machine_alone_unless_told_otherwise(host: str | None, kernels_address: str) -> None:
    settings = MetricsSettings(port=0) if host is None else MetricsSettings(port=0, host=host)

    with serve(settings, new_registry(), Health()) as server:
        assert addresses_that_listen(server) == {kernels_address}


def test_settings_that_say_nothing_listen_and_connect_on_this_machine() -> None:
    settings = Settings()

    assert settings.metrics.host == "127.0.0.1"
    assert settings.kafka.bootstrap_servers == "127.0.0.1:9092"


def test_what_a_log_line_would_show_of_the_planted_urls_is_masked() -> None:
    url = "http://me:s3cret-word@127.0.0.1:1/rss?token=s3cret-token"

    assert SECRET not in redact(f"GET {url} failed")
