"""The endpoint of one process."""

import http.client
import json
import os
import socket
from collections.abc import Iterator

import pytest
from prometheus_client import CollectorRegistry, Counter
from prometheus_client.parser import text_string_to_metric_families

from ingest.service.errors import UsageError
from ingest.service.health import Health
from ingest.service.metrics import ANNOUNCE_FD, MetricsServer, new_registry, serve
from ingest.service.settings import MetricsSettings
from ingest.service.version import version

ANY_PORT = MetricsSettings(port=0)


def got(server: MetricsServer, path: str) -> tuple[int, str, str]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    connection.request("GET", path)
    response = connection.getresponse()
    answer = (response.status, response.headers["Content-Type"], response.read().decode())
    connection.close()
    return answer


@pytest.fixture
def health() -> Health:
    return Health()


@pytest.fixture
def registry() -> CollectorRegistry:
    return new_registry()


@pytest.fixture
def server(registry: CollectorRegistry, health: Health) -> Iterator[MetricsServer]:
    with serve(ANY_PORT, registry, health) as running:
        yield running


def test_metrics_are_served_in_the_text_format(server: MetricsServer, registry: CollectorRegistry) -> None:
    Counter("rasad_things", "Things", registry=registry).inc(3)

    status, content_type, body = got(server, "/metrics")

    assert status == 200
    assert content_type.startswith("text/plain; version=0.0.4")
    families = {family.name: family for family in text_string_to_metric_families(body)}
    assert families["rasad_things"].samples[0].value == 3
    assert families["rasad_build_info"].samples[0].labels["version"] == version()
    assert "process_resident_memory_bytes" in families
    assert not [name for name in families if name.endswith("_created")]


def test_health_is_served_as_json_with_a_status_that_probes_understand(server: MetricsServer, health: Health) -> None:
    status, content_type, body = got(server, "/readyz")
    assert (status, content_type) == (503, "application/json")
    assert json.loads(body)["waits_for"] == {"start": "the process is starting"}

    health.started()
    assert got(server, "/readyz")[0] == 200
    assert got(server, "/healthz?verbose=1")[0] == 200


def test_a_hung_loop_answers_unhealthy() -> None:
    hung = Health(unhealthy_after_seconds=-1)

    with serve(ANY_PORT, new_registry(), hung) as server:
        assert got(server, "/healthz")[0] == 503


def test_other_paths_are_not_found(server: MetricsServer) -> None:
    assert got(server, "/etc/passwd")[0] == 404


def test_a_port_in_use_is_the_users_to_repair(server: MetricsServer) -> None:
    with pytest.raises(UsageError, match=rf"metrics\.port: cannot serve metrics at 127\.0\.0\.1:{server.port}: "):
        serve(MetricsSettings(port=server.port), new_registry(), Health())


def test_the_port_is_free_again_after_the_stop(registry: CollectorRegistry, health: Health) -> None:
    with serve(ANY_PORT, registry, health) as first:
        port = first.port

    with serve(MetricsSettings(port=port), registry, health) as second:
        assert second.port == port


def test_a_client_that_says_nothing_does_not_keep_others_waiting(server: MetricsServer) -> None:
    with socket.create_connection(("127.0.0.1", server.port)):
        assert got(server, "/metrics")[0] == 200


def test_a_child_tells_its_supervisor_where_it_serves(
    registry: CollectorRegistry, health: Health, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading, writing = os.pipe()
    monkeypatch.setenv(ANNOUNCE_FD, str(writing))

    with serve(ANY_PORT, registry, health) as server, os.fdopen(reading) as pipe:
        assert pipe.read() == f"http://127.0.0.1:{server.port}\n"

    assert ANNOUNCE_FD not in os.environ


def test_two_processes_worth_of_registries_do_not_meet() -> None:
    Counter("rasad_things", "Things", registry=new_registry())
    Counter("rasad_things", "Things", registry=new_registry())
