"""A small file system at /var/lib/kafka that only one process sees, and that process: Prometheus' node exporter.

Knows nothing of what is kept there. The mount lives in a namespace of its own and ends with the process.
"""

import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from support.processes import free_port

MOUNT = "/var/lib/kafka"
BYTES = 16 * 2**20
_MOUNT = ["unshare", "--map-root-user", "--mount", "sh", "-c"]
_SCRIPT = (
    # Over /var/lib, as this must make no folder that others see.
    f"mount -t tmpfs none /var/lib && mkdir {MOUNT} && mount -t tmpfs -o size={BYTES} none {MOUNT} && "
    # The exporter asks for the mounts of process 1, which has others.
    "mkdir -p /var/lib/proc/1 && ln -s /proc/self/mounts /var/lib/proc/1/mounts && exec "
)


def can_mount() -> bool:
    """Say whether a process may have mounts of its own here: some containers and kernels forbid it."""
    return subprocess.run([*_MOUNT, _SCRIPT + "true"], capture_output=True, check=False).returncode == 0


@dataclass
class SmallDisk:
    """The node exporter beside a disk that can be filled."""

    exporter: str
    port: int = field(default_factory=free_port)

    def __enter__(self) -> Self:
        arguments = (
            f"--web.listen-address=127.0.0.1:{self.port} --web.disable-exporter-metrics "
            "--collector.disable-defaults --collector.filesystem --path.procfs=/var/lib/proc"
        )
        self._process = subprocess.Popen(
            [*_MOUNT, f"{_SCRIPT}{self.exporter} {arguments}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait(10)

    def fill(self, share: float) -> None:
        """Use so much of the disk."""
        file = Path(f"/proc/{self._process.pid}/root{MOUNT}/segment")
        file.write_bytes(bytes(int(BYTES * share)))
