"""Chapters of MP4 audio: Nero's list (`chpl`), and the track of texts that another track names as its chapters. Pure.

mutagen reads Nero's list alone, and needs the whole file. Here the tables (`moov`) are enough to tell which few bytes
of the file have the titles.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from bot.text.encoding import to_text
from bot.text.item_text import line
from storage.models import Chapter
from storage.models.chapter_lists import flaw_of

# Of a list, and of the atoms inside one other.
MAX_CHAPTERS = 1_000
_MAX_ATOMS = 1_000
_MAX_TITLE = 500
# A sample may hold a picture's address behind its title.
_TITLE_BYTES = 2_048
# Titles that lie this close are fetched at once; a file may have one beside each chapter's sound.
_NEAR = 16_384
_MOST_RANGES = 24
_MOST_BYTES = 1024 * 1024
# The most that a length of one byte tells.
_NERO_LONGEST = 255
_NERO_TICKS_A_MS = 10_000


@dataclass(frozen=True, slots=True)
class Sample:
    """A title of the track of texts: when it begins, and where it is among all the bytes that are fetched."""

    start_ms: int
    at: int
    size: int


@dataclass(frozen=True, slots=True)
class ChapterTrack:
    """Titles that are still to be fetched: the ranges (first and last byte) of the file, and what is in them."""

    ranges: tuple[tuple[int, int], ...]
    samples: tuple[Sample, ...]


@dataclass(frozen=True, slots=True)
class Mp4Chapters:
    """Nero's list, and the track of texts where that may be the better list."""

    nero: tuple[Chapter, ...]
    track: ChapterTrack | None = None


def read_moov(moov: bytes) -> Mp4Chapters:
    """What the tables of an MP4 file tell of its chapters. Any bytes are read: broken tables hold none."""
    root = next((inner for name, *inner in _atoms(moov, 0, len(moov)) if name == b"moov"), None)
    if root is None:
        return Mp4Chapters(())
    nero, cut = _nero(moov, root)
    try:
        found = _samples_of_track(moov, root)
    except (struct.error, IndexError):
        # The tables were cut.
        found = []
    if not found or (nero and not cut and len(nero) >= len(found) and not flaw_of(nero, None)):
        return Mp4Chapters(nero)
    return Mp4Chapters(nero, _fetched(found))


def read_track(track: ChapterTrack, body: bytes) -> tuple[Chapter, ...]:
    """The chapters of the track of texts, from the bytes of its ranges, one behind the other."""
    chapters = []
    for one in track.samples:
        raw = body[one.at : one.at + one.size]
        size = int.from_bytes(raw[:2], "big")
        if title := _title(raw[2 : 2 + size]):
            chapters.append(Chapter(one.start_ms, title))
    return tuple(sorted(chapters, key=lambda one: one.start_ms))


def better_of(
    nero: Sequence[Chapter], track: Sequence[Chapter], duration_s: float | None
) -> tuple[Chapter, ...]:
    """The list with the smaller flaw, or with more chapters; of equals the track, whose titles are not cut."""
    lists = (tuple(track), tuple(nero))
    return min(lists, key=lambda chapters: (flaw_of(chapters, duration_s), -len(chapters)))


def _atoms(data: bytes, at: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """The atoms in a stretch of bytes: name, and where the content begins and ends."""
    for _ in range(_MAX_ATOMS):
        if at + 8 > end:
            return
        size, head = int.from_bytes(data[at : at + 4], "big"), 8
        if size == 1:
            size, head = int.from_bytes(data[at + 8 : at + 16], "big"), 16
        elif size == 0:
            size = end - at
        if size < head:
            return
        yield data[at + 4 : at + 8], at + head, min(at + size, end)
        at += size


def _inside(data: bytes, stretch: Sequence[int], *path: bytes) -> tuple[int, int] | None:
    """The content of the first atom on this path."""
    at, end = stretch
    for wanted in path:
        found = next(((first, last) for name, first, last in _atoms(data, at, end) if name == wanted), None)
        if found is None:
            return None
        at, end = found
    return at, end


def _nero(data: bytes, root: Sequence[int]) -> tuple[tuple[Chapter, ...], bool]:
    """Nero's list, and whether titles in it were cut."""
    stretch = _inside(data, root, b"udta", b"chpl")
    if stretch is None:
        return (), False
    at, end = stretch
    # Version 1 has a count of four bytes behind one that is reserved.
    first = at + 9 if data[at : at + 1] == b"\1" else at + 5
    count = int.from_bytes(data[first - 4 if first == at + 9 else first - 1 : first], "big")
    chapters, cut, at = [], False, first
    for _ in range(min(count, MAX_CHAPTERS)):
        if at + 9 > end:
            break
        start_ms, size = int.from_bytes(data[at : at + 8], "big") // _NERO_TICKS_A_MS, data[at + 8]
        cut = cut or size == _NERO_LONGEST
        if title := _title(data[at + 9 : min(at + 9 + size, end)]):
            chapters.append(Chapter(start_ms, title))
        at += 9 + size
    return tuple(sorted(chapters, key=lambda one: one.start_ms)), cut


def _title(raw: bytes) -> str:
    if len(raw) == _NERO_LONGEST:
        # It may end inside of a letter.
        whole = raw.decode("utf-8", "ignore")
        if len(raw) - len(whole.encode()) < 4:
            return line(whole)[:_MAX_TITLE]
    return line(to_text(raw).replace("\0", " "))[:_MAX_TITLE]


def _samples_of_track(data: bytes, root: Sequence[int]) -> list[tuple[int, int, int]]:
    """Start in milliseconds, offset in the file and size of each title. Raises struct.error and IndexError."""
    tracks = [(first, last) for name, first, last in _atoms(data, *root) if name == b"trak"]
    wanted = {number for track in tracks for number in _chapter_tracks(data, track)}
    for track in tracks:
        if _track_id(data, track) in wanted and (found := _samples(data, root, track)):
            return found
    return []


def _chapter_tracks(data: bytes, track: tuple[int, int]) -> tuple[int, ...]:
    stretch = _inside(data, track, b"tref", b"chap")
    if stretch is None:
        return ()
    count = min((stretch[1] - stretch[0]) // 4, 16)
    return struct.unpack_from(f">{count}I", data, stretch[0])


def _track_id(data: bytes, track: tuple[int, int]) -> int | None:
    stretch = _inside(data, track, b"tkhd")
    if stretch is None:
        return None
    number: int = struct.unpack_from(">I", data, stretch[0] + (20 if data[stretch[0]] == 1 else 12))[0]
    return number


def _samples(data: bytes, root: Sequence[int], track: tuple[int, int]) -> list[tuple[int, int, int]]:
    media = _inside(data, track, b"mdia")
    handler = media and _inside(data, media, b"hdlr")
    tables = media and _inside(data, media, b"minf", b"stbl")
    if not media or not handler or not tables:
        return []
    # A track of pictures may be named, too.
    if data[handler[0] + 8 : handler[0] + 12] not in (b"text", b"sbtl", b"subt"):
        return []
    timescale = _timescale(data, _inside(data, media, b"mdhd"))
    sizes = _sizes(data, _inside(data, tables, b"stsz"))
    if not timescale or not sizes:
        return []
    starts = _starts(data, _inside(data, tables, b"stts"), len(sizes))
    offsets = _offsets(data, tables, sizes)
    shift_ms = _shift_ms(data, root, track, timescale)
    return [
        (max(0, start * 1_000 // timescale + shift_ms), offset, size)
        for start, offset, size in zip(starts, offsets, sizes, strict=False)
        # Two bytes are the length of no title.
        if size > 2
    ]


def _timescale(data: bytes, stretch: tuple[int, int] | None) -> int:
    if stretch is None:
        return 0
    ticks: int = struct.unpack_from(">I", data, stretch[0] + (20 if data[stretch[0]] == 1 else 12))[0]
    return ticks


def _sizes(data: bytes, stretch: tuple[int, int] | None) -> tuple[int, ...]:
    if stretch is None:
        return ()
    same, count = struct.unpack_from(">II", data, stretch[0] + 4)
    if count > MAX_CHAPTERS:
        return ()
    return (same,) * count if same else struct.unpack_from(f">{count}I", data, stretch[0] + 12)


def _starts(data: bytes, stretch: tuple[int, int] | None, count: int) -> list[int]:
    """When each sample begins, in ticks of the track."""
    starts: list[int] = []
    if stretch is None:
        return starts
    now = 0
    entries = min(struct.unpack_from(">I", data, stretch[0] + 4)[0], count)
    for entry in range(entries):
        samples, ticks = struct.unpack_from(">II", data, stretch[0] + 8 + entry * 8)
        for _ in range(min(samples, count - len(starts))):
            starts.append(now)
            now += ticks
    return starts


def _offsets(data: bytes, tables: tuple[int, int], sizes: Sequence[int]) -> list[int]:
    """Where each sample is in the file: chunks hold samples one behind the other."""
    runs = _inside(data, tables, b"stsc")
    if runs is None:
        return []
    chunks = list(_chunks(data, tables))
    count = min(struct.unpack_from(">I", data, runs[0] + 4)[0], len(sizes))
    table = [struct.unpack_from(">II", data, runs[0] + 8 + entry * 12) for entry in range(count)]
    offsets: list[int] = []
    run = 0
    for number, offset in enumerate(chunks, 1):
        while run + 1 < len(table) and table[run + 1][0] <= number:
            run += 1
        samples = table[run][1] if table else 0
        at = offset
        for size in islice(sizes, len(offsets), min(len(offsets) + samples, len(sizes))):
            offsets.append(at)
            at += size
    return offsets


def _chunks(data: bytes, tables: tuple[int, int]) -> tuple[int, ...]:
    for name, form, width in ((b"stco", "I", 4), (b"co64", "Q", 8)):
        if (stretch := _inside(data, tables, name)) is not None:
            count = struct.unpack_from(">I", data, stretch[0] + 4)[0]
            count = min(count, MAX_CHAPTERS, (stretch[1] - stretch[0] - 8) // width)
            return struct.unpack_from(f">{max(0, count)}{form}", data, stretch[0] + 8)
    return ()


def _shift_ms(data: bytes, root: Sequence[int], track: tuple[int, int], timescale: int) -> int:
    """By how much the track's edit list moves its first sample."""
    edits = _inside(data, track, b"edts", b"elst")
    movie = _timescale(data, _inside(data, root, b"mvhd"))
    if edits is None or not movie:
        return 0
    form = ">Qq4x" if data[edits[0]] == 1 else ">Ii4x"
    count = min(struct.unpack_from(">I", data, edits[0] + 4)[0], 2)
    shift_ms = 0
    for entry in range(count):
        lasts, media_time = struct.unpack_from(form, data, edits[0] + 8 + entry * struct.calcsize(form))
        if media_time != -1:
            return shift_ms - int(media_time) * 1_000 // timescale
        # An empty edit: the track begins later.
        shift_ms += int(lasts) * 1_000 // movie
    return shift_ms


def _fetched(found: Sequence[tuple[int, int, int]]) -> ChapterTrack | None:
    """What is to be fetched of these samples; None where they are too far apart for a few ranges."""
    ranges: list[tuple[int, int]] = []
    samples: list[Sample] = []
    before = 0
    for start_ms, offset, whole in sorted(found, key=lambda one: one[1]):
        size = min(whole, _TITLE_BYTES)
        if ranges and offset - ranges[-1][1] <= _NEAR:
            ranges[-1] = ranges[-1][0], max(ranges[-1][1], offset + size - 1)
        else:
            if len(ranges) == _MOST_RANGES:
                return None
            if ranges:
                before += ranges[-1][1] - ranges[-1][0] + 1
            ranges.append((offset, offset + size - 1))
        samples.append(Sample(start_ms, before + offset - ranges[-1][0], size))
    if before + ranges[-1][1] - ranges[-1][0] > _MOST_BYTES:
        return None
    return ChapterTrack(tuple(ranges), tuple(samples))
