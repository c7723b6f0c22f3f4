"""Where an audio file has its chapters, from parts of it: what kind of file it is, and where to look on. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

# What is read first, and at each place that is looked at.
LOOK_BYTES = 65_536


class Container(Enum):
    """The kinds of audio files that may hold chapters."""

    ID3 = auto()
    MP4 = auto()
    OGG = auto()
    FLAC = auto()


@dataclass(frozen=True, slots=True)
class FilePart:
    """Bytes of a file: `size` of them are what was looked for; None: what follows there tells where that is."""

    offset: int
    size: int | None = None


_FLAC_MARK = b"fLaC"
_FIRST_ATOMS = frozenset({b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip"})
_COMMENTS, _LAST_BLOCK = 4, 0x80
# Files have a dozen; each may be empty.
_MOST_STEPS = 1_000


def container_of(head: bytes | bytearray) -> Container | None:
    """The kind of the file that begins with these bytes; None where it can't hold chapters."""
    if head.startswith(b"ID3"):
        return Container.ID3
    if bytes(head[4:8]) in _FIRST_ATOMS:
        return Container.MP4
    if head.startswith(b"OggS"):
        return Container.OGG
    return Container.FLAC if head.startswith(_FLAC_MARK) else None


def find_moov(part: bytes | bytearray, offset: int) -> FilePart | None:
    """Where the atom with an MP4's tables is, if it is anywhere. `part` is read at `offset`, where an atom begins."""
    at = 0
    for _ in range(_MOST_STEPS):
        if at + 16 > len(part):
            return FilePart(offset + at) if at else None
        size = int.from_bytes(part[at : at + 4], "big")
        if size == 1:
            size = int.from_bytes(part[at + 8 : at + 16], "big")
        if size < 8:
            # Zero: it reaches to the end of the file, and is the last.
            return None
        if part[at + 4 : at + 8] == b"moov":
            return FilePart(offset + at, size)
        at += size
    return None


def find_flac_comments(part: bytes | bytearray, offset: int) -> FilePart | None:
    """Where the comments of a FLAC file are. `part` is read at `offset`, where a block of metadata begins."""
    at = 0 if offset else len(_FLAC_MARK)
    for _ in range(_MOST_STEPS):
        if at + 4 > len(part):
            return FilePart(offset + at) if at else None
        size = int.from_bytes(part[at + 1 : at + 4], "big")
        if part[at] & ~_LAST_BLOCK == _COMMENTS:
            return FilePart(offset + at + 4, size)
        if part[at] & _LAST_BLOCK:
            return None
        at += 4 + size
    return None
