"""Starts a program that the kernel kills when its parent dies: `leash.py PARENT_PID PROGRAM ARGUMENT…`.

Knows nothing of the program, and imports nothing of ours: it runs before every child, isolated and without site
packages, in some milliseconds.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1
"""From <linux/prctl.h>; the setting survives execve (prctl(2))."""


def die_with_parent() -> bool:
    """Ask for SIGKILL at the parent's death; False where the kernel has no such thing.

    Not SIGTERM: the parent's successor may start a process for the same slot at once, and two living ones are
    the danger; an abandoned transaction is not.
    """
    try:
        prctl = ctypes.CDLL(None, use_errno=True).prctl
    except (OSError, AttributeError):
        return False
    return bool(prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0) == 0)


def main(arguments: list[str]) -> None:
    """Become the program, on the leash."""
    parent, *command = arguments
    die_with_parent()
    if os.getppid() != int(parent):  # it died before we asked
        sys.exit(f"leash: the parent {parent} is gone")
    os.execvp(command[0], command)  # noqa: S606 - the command is the supervisor's own


if __name__ == "__main__":
    main(sys.argv[1:])
