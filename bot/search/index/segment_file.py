"""An immutable file of numeric tables that is mapped into memory.

The file is called `<hash of its content>.seg`. A JSON header says where each table is; the tables follow. It is a
cache of what the database holds: a missing or damaged file is rebuilt.
"""

import json
import mmap
import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from hashlib import blake2b
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, Final
from zlib import crc32

import numpy as np
import numpy.typing as npt

Table = npt.NDArray[Any]

SUFFIX: Final = ".seg"
_UNFINISHED: Final = ".unfinished"
_MAGIC: Final = b"EARMARK\n"
_HEAD_NUMBERS: Final = 3
_HEAD: Final = len(_MAGIC) + 4 * _HEAD_NUMBERS
_ALIGNMENT: Final = 64
_MAX_HEAD: Final = 1 << 24


class SegmentDamagedError(Exception):
    """The file is not what was written; the segment must be rebuilt."""


class FileCondition(Enum):
    """What became of an open file: nothing; its name was taken from it; somebody wrote into it or cut it."""

    SAME = auto()
    UNNAMED = auto()
    CHANGED = auto()


@dataclass(frozen=True, slots=True)
class MappedFile:
    """An open file: its tables by name, and the texts stored with them."""

    path: Path
    size: int
    tables: Mapping[str, Table]
    texts: Sequence[str]
    _mapped: mmap.mmap
    _identity: tuple[int, ...]

    def condition(self) -> FileCondition:
        """Whether the file is as it was when it was opened; takes about 2 µs.

        A file that was deleted or replaced can still be read where it is mapped. To read one that was cut ends the
        process.
        """
        try:
            now = _identity_of(self.path.stat())
        except OSError:
            now = ()
        if now == self._identity:
            return FileCondition.SAME
        if now[:2] == self._identity[:2] or self._mapped.size() != self.size:
            return FileCondition.CHANGED
        return FileCondition.UNNAMED

    def release(self) -> None:
        """Stop counting its pages as this process's memory. The page cache may keep them for the next access."""
        if hasattr(mmap, "MADV_DONTNEED"):
            self._mapped.madvise(mmap.MADV_DONTNEED)


def write_file(folder: Path, version: int, tables: Mapping[str, Table], texts: Sequence[str]) -> Path:
    """Write a file named by the hash of its content, atomically. Raises OSError."""
    digest = blake2b(digest_size=16)
    with NamedTemporaryFile(dir=folder, suffix=_UNFINISHED, delete=False) as file:
        unfinished = Path(file.name)
        try:
            for chunk in _chunks(version, tables, texts):
                digest.update(chunk)
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
            path = folder / (digest.hexdigest() + SUFFIX)
            unfinished.replace(path)
        except BaseException:
            unfinished.unlink(missing_ok=True)
            raise
    return path


def _chunks(version: int, tables: Mapping[str, Table], texts: Sequence[str]) -> Iterator[bytes | memoryview]:
    offset = 0
    placed = []
    for name, table in tables.items():
        placed.append((name, table.dtype.str, offset, len(table)))
        offset += _padded(table.nbytes)
    head = json.dumps({"tables": placed, "size": offset, "texts": list(texts)}).encode()
    start = _MAGIC + b"".join(number.to_bytes(4, "little") for number in (version, len(head), crc32(head)))
    yield start + head + bytes(_padded(len(start) + len(head)) - len(start) - len(head))
    for table in tables.values():
        if table.nbytes:
            yield np.ascontiguousarray(table).view(np.uint8).data
            yield bytes(_padded(table.nbytes) - table.nbytes)


def _padded(size: int) -> int:
    return -(-size // _ALIGNMENT) * _ALIGNMENT


def open_file(path: Path, version: int) -> MappedFile:
    """Map a file into memory and check its header, but not its tables (see `verify`).

    Raises FileNotFoundError, or SegmentDamagedError if the file can't be used.
    """
    with path.open("rb") as file:
        found = os.fstat(file.fileno())
        size = found.st_size
        if size < _HEAD:
            raise SegmentDamagedError(f"{path.name}: too short")
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    numbers = [int.from_bytes(mapped[at : at + 4], "little") for at in range(len(_MAGIC), _HEAD, 4)]
    if mapped[: len(_MAGIC)] != _MAGIC or numbers[0] != version:
        raise SegmentDamagedError(f"{path.name}: not a segment of this version")
    head = mapped[_HEAD : _HEAD + min(numbers[1], _MAX_HEAD)]
    if len(head) != numbers[1] or crc32(head) != numbers[2]:
        raise SegmentDamagedError(f"{path.name}: its header is damaged")
    header = json.loads(head)
    start = _padded(_HEAD + len(head))
    if size != start + header["size"]:
        raise SegmentDamagedError(f"{path.name}: its length is wrong")
    tables = {
        name: np.frombuffer(mapped, np.dtype(kind), count, start + offset)
        if count
        else np.empty(0, np.dtype(kind))
        for name, kind, offset, count in header["tables"]
    }
    return MappedFile(path, size, tables, header["texts"], mapped, _identity_of(found))


def _identity_of(found: os.stat_result) -> tuple[int, ...]:
    return (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)


def verify(path: Path) -> None:
    """Read the whole file and raise SegmentDamagedError if its hash doesn't match its name."""
    digest = blake2b(digest_size=16)
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    if digest.hexdigest() + SUFFIX != path.name:
        raise SegmentDamagedError(f"{path.name}: its content is damaged")


def sweep(folder: Path, keep: Collection[str]) -> list[str]:
    """Delete segments that are not in `keep` and files that were never finished; returns their names.

    Not for use while another process may be writing to the folder. A process that has a deleted file open can still
    read it.
    """
    removed = []
    for path in folder.iterdir():
        if path.suffix == _UNFINISHED or (path.suffix == SUFFIX and path.name not in keep):
            path.unlink(missing_ok=True)
            removed.append(path.name)
    return sorted(removed)
