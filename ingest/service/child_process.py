"""One child of a supervisor: started on a leash in its own process group, asked to end, killed, reaped by its own pid.

Knows nothing of other children, of restarts or of what the child does.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from ingest.service import leash
from ingest.service.lifecycle import SUPERVISOR_PID
from ingest.service.metrics import ANNOUNCE_FD

ANNOUNCEMENT_MAX_BYTES = 512


@dataclass(frozen=True, slots=True)
class Child:
    """What to run under a stable slot name, such as `fetcher-0`."""

    name: str
    argv: tuple[str, ...]
    environ: Mapping[str, str] = field(default_factory=dict)
    """Added to this process's own."""


class ChildProcess:
    """One life of a child; call from the main thread, for the leash is held by the thread that starts it."""

    def __init__(self, child: Child, output: int | None = None) -> None:
        """Start it; `output` is the descriptor that takes its stdout and stderr instead of ours."""
        self._heard = b""
        self._pipe, writing = os.pipe()
        os.set_blocking(self._pipe, False)
        command = [sys.executable, "-I", "-S", str(Path(leash.__file__)), str(os.getpid()), *child.argv]
        environ = {**os.environ, **child.environ, ANNOUNCE_FD: str(writing), SUPERVISOR_PID: str(os.getpid())}
        try:
            # Its own process group: Ctrl-C reaches the supervisor only, which then drains the children in order.
            self._process = subprocess.Popen(
                command,
                env=environ,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                pass_fds=(writing,),
                process_group=0,
            )
        except OSError:
            os.close(self._pipe)
            raise
        finally:
            os.close(writing)

    @property
    def pid(self) -> int:
        """Return the process id, which is that of its group as well."""
        return self._process.pid

    def announced_url(self) -> str | None:
        """Return where the child serves its metrics, once it has said so."""
        if not self._heard.endswith(b"\n") and len(self._heard) < ANNOUNCEMENT_MAX_BYTES:
            with suppress(BlockingIOError):
                self._heard += os.read(self._pipe, ANNOUNCEMENT_MAX_BYTES)
        return self._heard.decode("ascii", "replace").strip() if self._heard.endswith(b"\n") else None

    def exit_code(self) -> int | None:
        """Return null while the child lives; else reap it, with what it left in its group, and say how it ended."""
        if self._process.returncode is not None:
            return self._process.returncode
        ended = os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        if ended is None:
            return None
        # Before it is reaped, while nobody else can have its id.
        self.kill()
        os.close(self._pipe)
        return self._process.wait()

    def terminate(self) -> None:
        """Ask the child to drain and end."""
        self._process.send_signal(signal.SIGTERM)

    def hang_up(self) -> None:
        """Ask the child to read its files again."""
        self._process.send_signal(signal.SIGHUP)

    def kill(self) -> None:
        """End the child and all that it started in its group; only before it is reaped."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
