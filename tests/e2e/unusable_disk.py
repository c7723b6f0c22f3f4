"""A database that another process holds, and a disk that is full."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

DISK_BYTES = 48 * 2**20
# Followed by a folder and a command: it runs where that folder is a disk of so many bytes, for itself alone.
ON_A_SMALL_DISK = (
    "unshare",
    "--mount",
    "--map-root-user",
    "sh",
    "-c",
    f'mount -t tmpfs -o size={DISK_BYTES} none "$0" && exec "$@"',
)


@contextmanager
def locked(data_dir: Path) -> Iterator[None]:
    """Another process that writes, and does not come to an end."""
    other = sqlite3.connect(data_dir / "earmark.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.close()


def may_mount() -> bool:
    """Whether this user may mount a disk in a namespace of its own."""
    if shutil.which("unshare") is None:
        return False
    command = [*ON_A_SMALL_DISK, "/mnt", "true"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def disk_of(pid: int, data_dir: Path) -> Path:
    """A folder as that process sees it."""
    return Path(f"/proc/{pid}/root") / data_dir.relative_to("/")


@contextmanager
def full(disk: Path) -> Iterator[None]:
    """A file that leaves no byte free."""
    path = disk / "filler"
    with path.open("wb", buffering=0) as filler:
        for size in (2**20, 2**12, 1):
            with contextlib.suppress(OSError):
                while filler.write(os.urandom(size)):
                    pass
    assert os.statvfs(disk).f_bavail == 0
    try:
        yield
    finally:
        path.unlink()
