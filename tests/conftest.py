"""Fixtures that every kind of test shares."""

import os
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# Before numpy is loaded: on a busy machine BLAS threads wait for each other, and a training takes minutes.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from ingest.stream.local_broker import LocalBroker, ensure_jars
from support.kafka_sockets import close_what_is_dropped

PROJECT = Path(__file__).resolve().parent.parent

# A property is true or false, whatever the machine is busy with; how long a thing takes is measured elsewhere.
settings.register_profile("rasad", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("rasad")

close_what_is_dropped()


def require(condition: bool, what: str) -> None:
    """Skip by name when something outside the project is absent, or fail where it was promised."""
    if condition:
        return
    if os.environ.get("RASAD_REQUIRE_DATA") == "1":
        pytest.fail(f"{what} is required here (RASAD_REQUIRE_DATA=1) and absent")
    pytest.skip(f"{what} is absent")


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """Return the folder of labelled articles, replay articles and real feed documents."""
    path = Path(os.environ.get("RASAD_DATA", PROJECT.parent / "shared" / "data"))
    require(path.is_dir(), f"the test data folder {path}")
    return path


@pytest.fixture(scope="session")
def kafka_libs() -> Path:
    """Return the folder with the local Kafka's jars."""
    require(shutil.which("java") is not None and shutil.which("mvn") is not None, "Java and Maven")
    return ensure_jars(PROJECT)


@pytest.fixture(scope="session")
def chromium() -> str:
    """Return the browser that pages are looked at with."""
    binary = shutil.which("chromium")
    require(binary is not None, "Chromium (Debian package chromium)")
    return str(binary)


@pytest.fixture(scope="session")
def promtool() -> str:
    """Return the tool that checks and tests Prometheus' rules."""
    binary = shutil.which("promtool")
    require(binary is not None, "promtool (Debian package prometheus)")
    return str(binary)


@pytest.fixture(scope="session")
def amtool() -> str:
    """Return the tool that checks Alertmanager's configuration."""
    binary = shutil.which("amtool")
    require(binary is not None, "amtool (Debian package prometheus-alertmanager)")
    return str(binary)


@pytest.fixture(scope="session")
def prometheus() -> str:
    """Return the Prometheus that live tests scrape with."""
    binary = shutil.which("prometheus")
    require(binary is not None, "prometheus (Debian package prometheus)")
    return str(binary)


@pytest.fixture(scope="session")
def broker(kafka_libs: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalBroker]:
    """Yield a real Kafka for the whole run; each test works in a namespace of its own."""
    overrides = {"transaction.abort.timed.out.transaction.cleanup.interval.ms": "1000"}
    with LocalBroker(tmp_path_factory.mktemp("kafka"), kafka_libs, overrides=overrides) as running:
        yield running


@pytest.fixture
def namespace() -> str:
    """Return a prefix that no other test uses."""
    return f"t{uuid.uuid4().hex[:10]}"
