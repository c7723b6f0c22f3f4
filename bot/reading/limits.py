"""How much memory the reading process may take, by the setting and by what the container leaves."""

from __future__ import annotations

import os
import re
from pathlib import Path

MIB = 1024 * 1024
DEFAULT_READING_MIB = 400
# Less than this is never enough: the process itself takes 30 MiB.
LEAST_MIB = 64
PROC = Path("/proc")
CGROUPS = Path("/sys/fs/cgroup")
_PAGE = os.sysconf("SC_PAGE_SIZE")


def reading_bound(setting_mib: int, bot_bytes: int | None, available_bytes: int | None) -> int:
    """The bound in bytes: the setting, lowered to half of the memory that is left by what the bot itself uses."""
    bound = setting_mib * MIB
    if available_bytes is not None:
        bound = min(bound, (available_bytes - (bot_bytes or 0)) // 2)
    return max(bound, LEAST_MIB * MIB)


def mapped_and_resident(pid: int | str = "self", proc: Path = PROC) -> tuple[int, int] | None:
    """How many bytes a process has mapped, and has in memory; None where the system does not tell."""
    try:
        mapped, resident = (proc / str(pid) / "statm").read_text().split()[:2]
    except (OSError, ValueError):
        return None
    return int(mapped) * _PAGE, int(resident) * _PAGE


def available_memory(proc: Path = PROC, cgroups: Path = CGROUPS) -> int | None:
    """The least of the limits that hold for this process, in bytes: its control groups', or the machine's memory."""
    found = list(_control_group_limits(proc, cgroups))
    try:
        total = re.search(r"^MemTotal:\s+(\d+) kB", (proc / "meminfo").read_text(), re.MULTILINE)
    except OSError:
        total = None
    if total is not None:
        found.append(int(total[1]) * 1024)
    return min(found, default=None)


def _control_group_limits(proc: Path, cgroups: Path) -> list[int]:
    """The limits of the groups that this process is in, and of those around them: version 2 and version 1."""
    try:
        lines = (proc / "self/cgroup").read_text().splitlines()
    except OSError:
        return []
    found: list[int] = []
    for line in lines:
        _, controllers, path = (*line.split(":", 2), "", "")[:3]
        if not controllers:
            found += _limits(cgroups, path, "memory.max")
        elif "memory" in controllers.split(","):
            found += _limits(cgroups / "memory", path, "memory.limit_in_bytes")
    return found


def _limits(mounted: Path, path: str, name: str) -> list[int]:
    """The limits from the mount's root down to the group. Inside a container, its own group is the root."""
    folders = [mounted]
    for part in path.strip("/").split("/"):
        folders.append(folders[-1] / part)
    found = []
    for folder in folders:
        try:
            text = (folder / name).read_text().strip()
        except OSError:
            continue
        # "max" in version 2; a number near 2 to the 63rd in version 1.
        if text.isdecimal() and int(text) < 1 << 62:
            found.append(int(text))
    return found
