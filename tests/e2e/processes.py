"""What other processes are at, as /proc tells it on Linux."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from bot.reading.limits import MIB, mapped_and_resident
from tests.fakes.watch import TIMEOUT_S

T = TypeVar("T")


def children(pid: int) -> list[int]:
    """The processes that a process has started."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == pid:
            found.append(int(path.parent.name))
    return found


def cpu_s(pid: int) -> float:
    """The CPU time that a process has taken; 0 where it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")


def is_gone(pid: int) -> bool:
    """Whether a process has ended."""
    return not cpu_s(pid)


def resident_mib(*pids: int) -> float:
    """What processes have in memory together."""
    return sum(found[1] for pid in pids if (found := mapped_and_resident(pid)) is not None) / MIB


def busy_child(pid: int) -> int | None:
    """The bot's reading process, once it has computed for a second: starting takes a third of one."""
    return next((child for child in children(pid) if cpu_s(child) >= 1), None)


async def until(seen: Callable[[], T], what: str) -> T:
    """Wait for the first true value: processes tell nobody what they are at."""
    deadline = time.monotonic() + TIMEOUT_S
    while not (found := seen()):
        assert time.monotonic() < deadline, f"waited {TIMEOUT_S} s for {what}"
        await asyncio.sleep(0.02)
    return found
