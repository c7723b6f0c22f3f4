"""How much memory a document may take: the setting, the container, and the machine."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from bot.reading.limits import LEAST_MIB, MIB, available_memory, mapped_and_resident, reading_bound

UNLIMITED_V1 = "9223372036854771712"


@pytest.mark.parametrize(
    ("setting", "bot", "available", "bound"),
    [
        (400, 120, None, 400),
        (400, 120, 24_000, 400),
        # compose.yaml's limit.
        (400, 120, 768, 324),
        (400, 120, 300, 90),
        (400, None, 700, 350),
        (200, 120, 768, 200),
        # A bound below what the process itself takes would refuse every document.
        (400, 290, 300, LEAST_MIB),
        (400, 500, 300, LEAST_MIB),
    ],
)
def test_the_bound_leaves_the_bot_its_memory(
    setting: int, bot: int | None, available: int | None, bound: int
) -> None:
    in_bytes = [None if one is None else one * MIB for one in (bot, available)]
    assert reading_bound(setting, *in_bytes) == bound * MIB


def _system(
    tmp_path: Path, cgroup: str | None, files: dict[str, str], total_kb: int | None
) -> tuple[Path, Path]:
    """`/proc` and `/sys/fs/cgroup` of a machine with these control groups."""
    proc, cgroups = tmp_path / "proc", tmp_path / "cgroup"
    (proc / "self").mkdir(parents=True)
    if cgroup is not None:
        (proc / "self/cgroup").write_text(cgroup)
    if total_kb is not None:
        (proc / "meminfo").write_text(f"MemTotal:       {total_kb} kB\nMemFree:  1 kB\n")
    for name, text in files.items():
        file = cgroups / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text + "\n")
    return proc, cgroups


V2 = "0::/a/b\n"
V1 = "12:pids:/a\n4:cpu,memory:/a/b\n0::/\n"


@pytest.mark.parametrize(
    ("cgroup", "files", "total_kb", "found"),
    [
        # Version 2 inside a container: its own group is the root that is mounted.
        ("0::/\n", {"memory.max": "314572800"}, 8_000_000, 314_572_800),
        ("0::/\n", {"memory.max": "max"}, 8_000_000, 8_192_000_000),
        (V2, {"a/b/memory.max": "400", "a/memory.max": "max"}, 8_000_000, 400),
        # The groups around it hold too.
        (V2, {"a/b/memory.max": "max", "a/memory.max": "300", "memory.max": "max"}, 8_000_000, 300),
        (V2, {"a/b/memory.max": "500", "a/memory.max": "300"}, 8_000_000, 300),
        # Version 1.
        (V1, {"memory/a/b/memory.limit_in_bytes": "700"}, 8_000_000, 700),
        (V1, {"memory/memory.limit_in_bytes": "600"}, 8_000_000, 600),
        (V1, {"memory/a/b/memory.limit_in_bytes": UNLIMITED_V1}, 8_000, 8_192_000),
        # A small machine, or one that tells nothing.
        (None, {}, 500_000, 512_000_000),
        ("nonsense\n", {"memory.max": "12 apples"}, 500_000, 512_000_000),
        (None, {}, None, None),
    ],
)
def test_available_memory_is_the_least_limit(
    tmp_path: Path, cgroup: str | None, files: dict[str, str], total_kb: int | None, found: int | None
) -> None:
    assert available_memory(*_system(tmp_path, cgroup, files, total_kb)) == found


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no /proc")
def test_this_machine_and_process_are_told() -> None:
    found = available_memory()
    assert found is not None
    assert found > 50 * MIB
    ours = mapped_and_resident()
    assert ours is not None
    assert mapped_and_resident(os.getpid()) is not None
    assert ours[0] >= ours[1] > 10 * MIB


def test_a_process_that_is_gone_has_no_memory(tmp_path: Path) -> None:
    assert mapped_and_resident(1 << 30) is None
    (tmp_path / "7").mkdir()
    (tmp_path / "7/statm").write_text("")
    assert mapped_and_resident(7, tmp_path) is None
