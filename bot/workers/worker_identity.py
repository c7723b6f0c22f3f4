"""How processes hold work: under which names, how long, and which of them are dead."""

from __future__ import annotations

import os
import socket
import uuid
from datetime import timedelta
from pathlib import Path

# What a killed process held is taken up after this, or at once where it ran on this machine.
LEASE = timedelta(seconds=20)
RENEWED_EVERY_S = 6.0
# The names that this process itself works under.
RUNNING: set[str] = set()


def process_name() -> str:
    """What this process holds work under: machine, process and a word of its own."""
    try:
        # Of two containers with one host name, each has a first process.
        space = Path("/proc/self/ns/pid").stat().st_ino
    except OSError:
        space = 0
    return f"{socket.gethostname()}:{space}/{os.getpid()}/{uuid.uuid4().hex[:12]}"


def is_dead(owner: str, me: str) -> bool:
    """Whether `owner` ran on this machine and runs no more. Of another machine's nothing is known."""
    host, _, pid = owner.rpartition("/")[0].rpartition("/")
    my_host, _, my_pid = me.rpartition("/")[0].rpartition("/")
    if owner == me or host != my_host or not pid.isdecimal():
        return False
    if pid == my_pid:
        # One of this process, or its number was another's before.
        return owner not in RUNNING
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except (PermissionError, OverflowError):
        return False
    return False
