"""Chapters in the ID3v2 tag of an MP3: the frames `CHAP` and `CTOC` (ID3v2 Chapter Frame Addendum 1.0). Pure.

mutagen reads the frames, but of a tag that is rebuilt from those alone. On an untrusted tag it would decompress
without bounds, in time quadratic in the number of frames.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from mutagen.id3 import CHAP, CTOC, ID3, TIT2, CTOCFlags

from bot.chapters.json_file import ChaptersError
from storage.models import Chapter, StatusCode

HEAD_BYTES = 10
# Chapters and tables of contents.
_MAX_KEPT = 1_000
_MAX_TITLE_BYTES = 1_000
_MAX_ID_BYTES = 255
# All frames, with pictures, lyrics and comments.
_MAX_FRAMES = 20_000

_UNSYNCHRONISED, _EXTENDED, _FOOTER = 0x80, 0x40, 0x10
_UNUSED_MS = 0xFFFFFFFF

NO_TAG = StatusCode("chapters.no_tag")
BROKEN_TAG = StatusCode("chapters.broken_tag")


@dataclass(frozen=True, slots=True)
class _Frame:
    """A frame and its bytes, without unsynchronisation and flags."""

    name: bytes
    data: bytes

    def written(self) -> bytes:
        return self.name + _synchsafe(len(self.data)) + b"\0\0" + self.data


def tag_size(head: bytes) -> int | None:
    """The tag's size in bytes, from the first ten bytes of the file; None where there is no ID3v2 tag."""
    if len(head) < HEAD_BYTES or not head.startswith(b"ID3") or head[3] not in (2, 3, 4):
        return None
    size = _from_synchsafe(head[6:10])
    if size is None:
        return None
    return HEAD_BYTES + size + (HEAD_BYTES if head[3] == 4 and head[5] & _FOOTER else 0)


def read_id3_chapters(tag: bytes) -> tuple[Chapter, ...]:
    """The chapters that the tag's table of contents lists, without one all of them, in the order of their starts.

    A truncated tag gives the chapters that it has. Raises ChaptersError where there is no readable tag.
    """
    size = tag_size(tag)
    if size is None:
        raise ChaptersError(NO_TAG())
    frames = _frames(tag[:size])
    if not any(frame.name == b"CHAP" for frame in frames):
        return ()
    made = b"".join(frame.written() for frame in frames)
    try:
        tags = ID3(
            io.BytesIO(b"ID3\4\0\0" + _synchsafe(len(made)) + made),
            known_frames={"CHAP": CHAP, "CTOC": CTOC, "TIT2": TIT2},
            translate=False,
            load_v1=False,
        )
    except Exception as error:
        # mutagen lets through whatever its frame readers raise.
        raise ChaptersError(BROKEN_TAG()) from error
    chapters = {one.element_id: one for one in tags.getall("CHAP")}
    listed = _listed(tags.getall("CTOC"), chapters)
    # Tools that edit chapters append to the table: its order is not always that of time.
    shown = sorted((chapters[key] for key in listed or chapters), key=_start_ms)
    return tuple(found for one in shown if (found := _chapter(one)))


def _start_ms(chapter: Any) -> int:
    return int(chapter.start_time)


def _chapter(frame: Any) -> Chapter | None:
    titles = frame.sub_frames.getall("TIT2")
    title = " ".join(" ".join(map(str, titles[0].text)).split()) if titles else ""
    if not title or frame.start_time == _UNUSED_MS:
        return None
    return Chapter(_start_ms(frame), title)


def _listed(tables: Sequence[Any], chapters: dict[str, Any]) -> list[str]:
    """The chapters that the tables of contents list, from the top-level one down, each once."""
    by_id = {one.element_id: one for one in tables}
    roots = [one.element_id for one in tables if one.flags & CTOCFlags.TOP_LEVEL]
    if not roots:
        inner = {child for one in tables for child in one.child_element_ids}
        roots = [one.element_id for one in tables if one.element_id not in inner]
    listed: dict[str, None] = {}
    seen: set[str] = set()
    waiting = roots[::-1]
    while waiting:
        key = waiting.pop()
        if key in chapters:
            listed[key] = None
        elif key in by_id and key not in seen:
            seen.add(key)
            waiting += reversed(by_id[key].child_element_ids)
    return list(listed)


def _frames(tag: bytes) -> list[_Frame]:
    """The frames of chapters and tables of contents, with nothing in them but what is shown."""
    version, flags, data = tag[3], tag[5], tag[HEAD_BYTES:]
    if version == 2:
        return []  # ID3v2.2 has no chapters.
    if version == 3 and flags & _UNSYNCHRONISED:
        data = _synchronised(data)
    if flags & _EXTENDED:
        data = data[_extended_size(data, version) :]
    whole = version == 4 and bool(flags & _UNSYNCHRONISED)
    kept: list[_Frame] = []
    for frame in _best_walk(data, version, frozenset({b"CHAP", b"CTOC"}), unsynchronised=whole):
        if len(kept) == _MAX_KEPT:
            break
        if frame.name == b"CTOC":
            kept.append(_Frame(b"CTOC", frame.data[:65_536]))
        elif chapter := _chapter_frame(frame.data, version):
            kept.append(chapter)
    return kept


def _chapter_frame(data: bytes, version: int) -> _Frame | None:
    """A chapter with its title only: its id, four times of four bytes, and the title's frame."""
    end = data.find(b"\0", 0, _MAX_ID_BYTES + 1)
    if end < 0 or len(data) < end + 17:
        return None
    inner = _best_walk(data[end + 17 :], version, frozenset({b"TIT2"}))
    title = next((frame for frame in inner if len(frame.data) <= _MAX_TITLE_BYTES), None)
    return _Frame(b"CHAP", data[: end + 17] + (title.written() if title else b""))


def _best_walk(
    data: bytes, version: int, names: frozenset[bytes], *, unsynchronised: bool = False
) -> list[_Frame]:
    """The frames with these names, reading the sizes in a v2.4 tag in the way that finds more of them."""
    found = list(_walk(data, names, version, unsynchronised=unsynchronised))
    if version == 4:
        # iTunes wrote plain sizes into v2.4 tags, where they must be synchsafe.
        plain = list(_walk(data, names, version, unsynchronised=unsynchronised, plain=True))
        return plain if len(plain) > len(found) else found
    return found


def _walk(
    data: bytes, names: frozenset[bytes], version: int, *, unsynchronised: bool, plain: bool = False
) -> Iterator[_Frame]:
    at = 0
    for _ in range(_MAX_FRAMES):
        head = data[at : at + 10]
        if len(head) < 10 or not head[:4].isalnum():
            return
        size = int.from_bytes(head[4:8], "big") if version == 3 or plain else _from_synchsafe(head[4:8])
        if size is None:
            return
        # Truncated, a title is half a title and a table hides chapters; a chapter may still have its title.
        if head[:4] in names and (head[:4] == b"CHAP" or at + 10 + size <= len(data)):
            content = _undone(data[at + 10 : at + 10 + size], head[9], version, unsynchronised=unsynchronised)
            if content is not None:
                yield _Frame(head[:4], content)
        at += 10 + size


def _undone(content: bytes, flags: int, version: int, *, unsynchronised: bool) -> bytes | None:
    """A frame's bytes with its flags undone; None where it is compressed or encrypted."""
    if version == 3:
        if flags & 0xC0:
            return None
        return content[1:] if flags & 0x20 else content
    if flags & 0x0C:
        return None
    if flags & 0x40:
        content = content[1:]
    if flags & 0x01:
        content = content[4:]
    return _synchronised(content) if unsynchronised or flags & 0x02 else content


def _extended_size(data: bytes, version: int) -> int:
    if version == 3:
        return 4 + int.from_bytes(data[:4], "big")
    return _from_synchsafe(data[:4]) or 0


def _synchronised(data: bytes) -> bytes:
    return data.replace(b"\xff\0", b"\xff")


def _synchsafe(size: int) -> bytes:
    return bytes(size >> shift & 0x7F for shift in (21, 14, 7, 0))


def _from_synchsafe(four: bytes) -> int | None:
    if len(four) < 4 or any(byte > 0x7F for byte in four):
        return None
    return four[0] << 21 | four[1] << 14 | four[2] << 7 | four[3]
