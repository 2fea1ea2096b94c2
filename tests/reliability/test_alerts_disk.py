"""A broker's disk that fills up, as the node exporter and a real Prometheus see it."""

import shutil
from pathlib import Path

import pytest

from conftest import require
from support.broker import eventually
from support.live_prometheus import LivePrometheus
from support.small_disk import MOUNT, SmallDisk, can_mount

ALERT = "RasadBrokerDiskFull"


def test_a_brokers_disk_that_fills_up_fires_its_own_and_a_disk_with_room_does_not(
    prometheus: str, tmp_path: Path
) -> None:
    exporter = shutil.which("prometheus-node-exporter")
    require(exporter is not None, "prometheus-node-exporter (Debian package of that name)")
    if not can_mount():
        pytest.skip("a process may have no mounts of its own here")
    with (
        SmallDisk(str(exporter)) as disk,
        LivePrometheus(prometheus, tmp_path, [f"127.0.0.1:{disk.port}"], factor=360.0, beats=8.0) as running,
    ):
        share = (
            f'node_filesystem_avail_bytes{{mountpoint="{MOUNT}"}} / node_filesystem_size_bytes{{mountpoint="{MOUNT}"}}'
        )
        disk.fill(0.8)
        eventually(lambda: running.value(share), lambda free: free is not None and 0.1 < free < 0.3, 30, "the disk")
        # Without Rasad there is no heartbeat: once that is told, the disk would have been.
        running.wait_for("RasadHeartbeatMissing", 30)
        assert ALERT not in running.fired(30)

        disk.fill(0.95)

        assert ALERT in running.wait_for(ALERT, 30)
        disk.fill(0.5)
        eventually(running.firing, lambda firing: ALERT not in firing, 30, "the end of the alert")
