"""`rasad run` under a service manager, with real Kafka: what a unit of Type=notify depends on."""

import signal
from pathlib import Path

import pytest

from ingest.service.lifecycle import ExitCode
from ingest.stream.local_broker import LocalBroker
from support.broker import quick_environment
from support.installation import Installation
from support.processes import RasadProcess
from support.service_manager import ServiceManager


@pytest.mark.full
@pytest.mark.xdist_group("installations")
def test_the_service_is_ready_when_every_process_has_its_share_and_drains_when_it_is_told(
    broker: LocalBroker, namespace: str, tmp_path: Path
) -> None:
    manager = ServiceManager(str(tmp_path / "notify"), patience_seconds=90)
    with Installation(broker, namespace, tmp_path, sites=2) as installation:
        environment = {
            **quick_environment(broker.bootstrap),
            "RASAD_NAMESPACE": namespace,
            "RASAD_PARTITIONS": "4",
            "RASAD_REGISTRY": str(installation.registry),
            "NOTIFY_SOCKET": manager.address,
            "WATCHDOG_USEC": "1000000",
        }
        arguments = ("run", "--fetchers", "1", "--workers", "1")
        with RasadProcess(*arguments, environment=environment, log=tmp_path / "rasad.log") as rasad:
            before = manager.heard_until("READY=1")
            ready = rasad.get("/readyz")[0]
            manager.heard_until("WATCHDOG=1")
            rasad.signal(signal.SIGTERM)
            manager.heard_until("STOPPING=1")
            code = rasad.running.wait(60)
    manager.close()

    assert any(line.startswith("STATUS=waiting: fetcher-0: ") for line in before)
    assert ready == 200
    assert code == ExitCode.OK
