"""One process at a time writes into a folder."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from bot.search.folder_lock import LOCK_FILE, FolderLock

HOLDER = """
import sys
from pathlib import Path
from bot.search.folder_lock import FolderLock
print(FolderLock(Path(sys.argv[1])).take(), flush=True)
sys.stdin.readline()
"""


def test_one_holds_it_until_it_is_given_back(tmp_path: Path) -> None:
    first, second = FolderLock(tmp_path / "new" / "folder"), FolderLock(tmp_path / "new" / "folder")
    assert first.take()
    assert first.take()
    assert first.held
    assert not second.take()
    assert not second.held
    first.release()
    first.release()
    assert second.take()


def test_it_ends_with_its_process(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline().strip() == "True"
        lock = FolderLock(tmp_path)
        assert not lock.take()
        holder.kill()
        holder.wait()
        assert lock.take()


def test_a_folder_that_cannot_be_made_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OSError, match="file"):
        FolderLock(tmp_path / "file" / "folder").take()


def test_a_file_system_without_locks_locks_nobody_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(38, "Function not implemented")

    monkeypatch.setattr("fcntl.flock", refuse)
    assert FolderLock(tmp_path).take()
    assert (tmp_path / LOCK_FILE).exists()
