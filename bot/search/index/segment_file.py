"""Tables of numbers in one file that never changes, mapped into memory to be read.

The file is `<hash of its content>.seg`: a head that says where each table lies, and the tables. It is a cache of what
the database holds: one that is missing or damaged is built anew.
"""

import json
import mmap
import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
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
_NUMBERS: Final = 3
_HEAD: Final = len(_MAGIC) + 4 * _NUMBERS
_ALIGNED: Final = 64
_LONGEST_HEAD: Final = 1 << 24


class SegmentDamagedError(Exception):
    """The file is not what was written: build the segment anew."""


@dataclass(frozen=True, slots=True)
class MappedFile:
    """An open file: its tables by name, and the texts that came with them."""

    path: Path
    size: int
    tables: Mapping[str, Table]
    texts: Sequence[str]
    _mapped: mmap.mmap

    def release(self) -> None:
        """Count its pages no longer as this process's memory: the system may still hold them, and gives them back."""
        if hasattr(mmap, "MADV_DONTNEED"):
            self._mapped.madvise(mmap.MADV_DONTNEED)


def write_file(folder: Path, version: int, tables: Mapping[str, Table], texts: Sequence[str]) -> Path:
    """Write tables under the name of their content: the file is complete, or not there. OSError from the disk."""
    digest = blake2b(digest_size=16)
    with NamedTemporaryFile(dir=folder, suffix=_UNFINISHED, delete=False) as file:
        unfinished = Path(file.name)
        try:
            for part in _parts(version, tables, texts):
                digest.update(part)
                file.write(part)
            file.flush()
            os.fsync(file.fileno())
            path = folder / (digest.hexdigest() + SUFFIX)
            unfinished.replace(path)
        except BaseException:
            unfinished.unlink(missing_ok=True)
            raise
    return path


def _parts(version: int, tables: Mapping[str, Table], texts: Sequence[str]) -> Iterator[bytes | memoryview]:
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
    return -(-size // _ALIGNED) * _ALIGNED


def open_file(path: Path, version: int) -> MappedFile:
    """Map a file. What its head tells is checked, its tables are not (see `verify`).

    FileNotFoundError where it is missing, SegmentDamagedError where it cannot be used.
    """
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        if size < _HEAD:
            raise SegmentDamagedError(f"{path.name}: too short")
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    numbers = [int.from_bytes(mapped[at : at + 4], "little") for at in range(len(_MAGIC), _HEAD, 4)]
    if mapped[: len(_MAGIC)] != _MAGIC or numbers[0] != version:
        raise SegmentDamagedError(f"{path.name}: of another version")
    head = mapped[_HEAD : _HEAD + min(numbers[1], _LONGEST_HEAD)]
    if len(head) != numbers[1] or crc32(head) != numbers[2]:
        raise SegmentDamagedError(f"{path.name}: its head is damaged")
    told = json.loads(head)
    start = _padded(_HEAD + len(head))
    if size != start + told["size"]:
        raise SegmentDamagedError(f"{path.name}: its length is wrong")
    tables = {
        name: np.frombuffer(mapped, np.dtype(kind), count, start + offset)
        if count
        else np.empty(0, np.dtype(kind))
        for name, kind, offset, count in told["tables"]
    }
    return MappedFile(path, size, tables, told["texts"], mapped)


def verify(path: Path) -> None:
    """Read the whole file: SegmentDamagedError where its content is not what its name says."""
    digest = blake2b(digest_size=16)
    with path.open("rb") as file:
        while part := file.read(1 << 20):
            digest.update(part)
    if digest.hexdigest() + SUFFIX != path.name:
        raise SegmentDamagedError(f"{path.name}: its content is damaged")


def sweep(folder: Path, keep: Collection[str]) -> list[str]:
    """Remove what nobody names any more, and what a process that died left unfinished; the names removed.

    Not while another process may be writing there. Who has a removed file open still reads it.
    """
    removed = []
    for path in folder.iterdir():
        if path.suffix == _UNFINISHED or (path.suffix == SUFFIX and path.name not in keep):
            path.unlink(missing_ok=True)
            removed.append(path.name)
    return sorted(removed)
