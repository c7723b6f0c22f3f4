"""Files of tables: complete or not there, and damage is noticed."""

import os
from pathlib import Path

import numpy as np
import pytest

from bot.search.index.segment_file import (
    FileCondition,
    SegmentDamagedError,
    Table,
    open_file,
    sweep,
    verify,
    write_file,
)

_TABLES: dict[str, Table] = {
    "a": np.arange(100, dtype=np.uint32),
    "empty": np.zeros(0, np.int64),
    "b": np.array([-1.5], np.float32),
}


def _write(folder: Path) -> Path:
    return write_file(folder, 1, _TABLES, ["", "Ann", "日本"])


def test_a_file_holds_its_tables_and_texts(tmp_path: Path) -> None:
    path = _write(tmp_path)
    file = open_file(path, 1)
    assert file.texts == ["", "Ann", "日本"]
    assert file.size == path.stat().st_size
    assert list(file.tables) == list(_TABLES)
    for name, table in _TABLES.items():
        assert file.tables[name].dtype == table.dtype
        assert file.tables[name].tolist() == table.tolist()
    file.release()
    assert file.tables["a"].tolist() == _TABLES["a"].tolist()


def test_the_same_content_is_the_same_file(tmp_path: Path) -> None:
    assert _write(tmp_path) == _write(tmp_path)
    assert len(list(tmp_path.iterdir())) == 1


def test_a_damaged_file_is_noticed(tmp_path: Path) -> None:
    path = _write(tmp_path)
    verify(path)
    whole = path.read_bytes()
    for damaged in (
        b"",
        whole[:10],
        whole[:-64],
        whole + b"x",
        b"X" + whole[1:],
        whole[:20] + b"?" + whole[21:],
    ):
        path.write_bytes(damaged)
        with pytest.raises(SegmentDamagedError):
            open_file(path, 1)
    path.write_bytes(whole[:-100] + bytes(byte ^ 1 for byte in whole[-100:]))
    open_file(path, 1)
    with pytest.raises(SegmentDamagedError):
        verify(path)


def test_another_version_and_a_missing_file_are_told_apart(tmp_path: Path) -> None:
    path = _write(tmp_path)
    with pytest.raises(SegmentDamagedError):
        open_file(path, 2)
    path.unlink()
    with pytest.raises(FileNotFoundError):
        open_file(path, 1)


def test_a_folder_is_swept(tmp_path: Path) -> None:
    kept = write_file(tmp_path, 2, {}, [])
    swept = _write(tmp_path)
    opened = open_file(swept, 1)
    (tmp_path / "half.unfinished").write_bytes(b"")
    (tmp_path / "notes.txt").write_bytes(b"")
    removed = sweep(tmp_path, {kept.name})
    assert removed == sorted(["half.unfinished", swept.name])
    assert {path.name for path in tmp_path.iterdir()} == {"notes.txt", kept.name}
    # A process that has it open can still read it.
    assert opened.tables["a"].tolist() == _TABLES["a"].tolist()


def test_a_failed_write_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("bot.search.index.segment_file.os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        _write(tmp_path)
    assert not list(tmp_path.iterdir())


def test_what_became_of_an_open_file_is_told(tmp_path: Path) -> None:
    path = _write(tmp_path)
    file = open_file(path, 1)
    assert file.condition() is FileCondition.SAME
    # It is still mapped, whatever its name stands for.
    aside = path.rename(tmp_path / "aside")
    assert file.condition() is FileCondition.UNNAMED
    path.write_bytes(b"x" * file.size)
    assert file.condition() is FileCondition.UNNAMED
    aside.replace(path)
    assert open_file(path, 1).condition() is FileCondition.SAME
    assert file.condition() in (FileCondition.SAME, FileCondition.CHANGED)
    file = open_file(path, 1)
    os.utime(path, (1, 1))
    assert file.condition() is FileCondition.CHANGED


@pytest.mark.parametrize("then_deleted", [False, True])
def test_a_file_that_was_cut_is_told_although_it_has_no_name(tmp_path: Path, *, then_deleted: bool) -> None:
    path = _write(tmp_path)
    file = open_file(path, 1)
    os.truncate(path, file.size - 1)
    if then_deleted:
        path.unlink()
    assert file.condition() is FileCondition.CHANGED
