"""The names that workers hold leases under, how long leases last, and whether a holder is dead."""

from __future__ import annotations

import os
import socket
import uuid
from datetime import timedelta
from pathlib import Path

# The work of a killed process is taken up after this; at once where another process on its machine notices.
LEASE = timedelta(seconds=20)
RENEWED_EVERY_S = 6.0
# The names that workers of this very process hold leases under.
RUNNING: set[str] = set()


def process_name() -> str:
    """A name to hold leases under: machine, process, and a part of its own (`host:4026531836/1234/9f2c51ab03de`)."""
    try:
        # Two containers with the same host name both have a process 1, but not the same PID namespace.
        space = Path("/proc/self/ns/pid").stat().st_ino
    except OSError:
        space = 0
    return f"{socket.gethostname()}:{space}/{os.getpid()}/{uuid.uuid4().hex[:12]}"


def is_dead(owner: str, me: str) -> bool:
    """Whether `owner` ran on this machine and has ended. Nothing is known of the processes of other machines."""
    host, _, pid = owner.rpartition("/")[0].rpartition("/")
    my_host, _, my_pid = me.rpartition("/")[0].rpartition("/")
    if owner == me or host != my_host or not pid.isdecimal():
        return False
    if pid == my_pid:
        # A worker of this process, or of an earlier one that had the same number.
        return owner not in RUNNING
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except (PermissionError, OverflowError):
        return False
    return False
