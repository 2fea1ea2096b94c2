"""Which processes a supervisor has, and how those that it had have ended: from its log and from the kernel.

Knows nothing of faults.
"""

import json
import os
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Lives:
    """Reads on in the supervisor's log; its children write into the same file."""

    log: Path
    started: dict[str, int] = field(default_factory=dict)
    """A slot to the process id of its latest life."""
    ended: Counter[str] = field(default_factory=Counter)
    """How many lives of a kind of process ended how: `worker 3`, `fetcher -9`."""
    _read: int = 0

    def living(self, supervisor: int) -> dict[str, int]:
        """Return the process ids of the supervisor's living children by slot."""
        self._read_on()
        return {slot: pid for slot, pid in self.started.items() if parent_of(pid) == supervisor}

    def _read_on(self) -> None:
        with self.log.open("rb") as log:
            log.seek(self._read)
            for line in log:
                if not line.endswith(b"\n"):
                    break
                self._read += len(line)
                if b'"child started"' in line or b'"child ended"' in line:
                    self._take(json.loads(line))

    def _take(self, line: dict[str, object]) -> None:
        slot = str(line["child"])
        if line["event"] == "child started":
            self.started[slot] = int(str(line["pid"]))
        else:
            self.ended[f"{slot.partition('-')[0]} {line['code']}"] += 1


def parent_of(pid: int) -> int | None:
    """Return a living process's parent."""
    with suppress(OSError):
        state, parent = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[:2]
        return None if state == "Z" else int(parent)
    return None


def resident_bytes(pid: int) -> int:
    """Return the memory that a process holds; 0 when it is gone."""
    with suppress(OSError):
        pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="utf-8").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")
    return 0
