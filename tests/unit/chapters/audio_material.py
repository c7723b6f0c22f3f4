"""Audio files with chapters, made of what their formats need and no sound."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from itertools import pairwise

Listed = Sequence[tuple[int, str]]
# Milliseconds.
REEF = ((0, "The reef"), (245_000, "The bell & the fog"), (1_330_000, "Öl — 油"))


def atom(name: bytes, *inside: bytes) -> bytes:
    """An atom of MP4."""
    data = b"".join(inside)
    return struct.pack(">I", len(data) + 8) + name + data


def nero(chapters: Listed, *, version: int = 1) -> bytes:
    """Nero's list."""
    entries = [
        struct.pack(">QB", at * 10_000, min(255, len(title.encode()))) + title.encode()[:255]
        for at, title in chapters
    ]
    head = bytes([version, 0, 0, 0]) + (bytes(4) if version else b"") + bytes([len(entries)])
    return atom(b"udta", atom(b"chpl", head, *entries))


def track(
    chapters: Listed,
    offsets: Sequence[int],
    sizes: Sequence[int],
    *,
    late_ms: int = 0,
    handler: bytes = b"text",
) -> bytes:
    """The track of sound, and the track of titles that it names, each title in a chunk of its own."""
    starts = [at - late_ms for at, _ in chapters] + [3_000_000 - late_ms]
    lengths = [after - at for at, after in pairwise(starts)]
    count = struct.pack(">4xI", len(chapters))
    tables = atom(
        b"stbl",
        atom(b"stts", count, *(struct.pack(">II", 1, one) for one in lengths)),
        atom(b"stsc", struct.pack(">4xIIII", 1, 1, 1, 1)),
        atom(b"stsz", bytes(8), struct.pack(">I", len(sizes)), struct.pack(f">{len(sizes)}I", *sizes)),
        atom(b"stco", count, struct.pack(f">{len(offsets)}I", *offsets)),
    )
    media = atom(
        b"mdia",
        atom(b"mdhd", struct.pack(">12xII4x", 1_000, 3_000_000)),
        atom(b"hdlr", bytes(8), handler, bytes(13)),
        atom(b"minf", tables),
    )
    edits = atom(b"edts", atom(b"elst", struct.pack(">4xIIiI", 1, late_ms, -1, 65_536))) if late_ms else b""
    named = atom(b"trak", atom(b"tkhd", struct.pack(">12xI", 2), bytes(64)), edits, media)
    sound = atom(
        b"trak",
        atom(b"tkhd", struct.pack(">12xI", 1), bytes(64)),
        atom(b"tref", atom(b"chap", struct.pack(">I", 2))),
    )
    return atom(b"mvhd", struct.pack(">12xII", 1_000, 3_000_000), bytes(80)) + sound + named


def sample(title: str, codec: str = "utf-8") -> bytes:
    """A title in the track of titles."""
    raw = title.encode(codec)
    return struct.pack(">H", len(raw)) + raw + bytes.fromhex("0000000c656e636400000100")


def m4a(
    chapters: Listed = REEF,
    *,
    listed: Listed = (),
    apart: int = 0,
    sound: int = 200_000,
    codec: str = "utf-8",
    late_ms: int = 0,
    moov_first: bool = False,
) -> bytes:
    """A file with a track of titles, so many bytes apart, and with Nero's list where one is given."""
    texts = [sample(title, codec) for _, title in chapters]
    first = atom(b"ftyp", b"M4A \0\0\0\0")

    def moov(begin: int) -> bytes:
        offsets, at = [], begin
        for text in texts:
            offsets.append(at)
            at += len(text) + apart
        inner = track(chapters, offsets, list(map(len, texts)), late_ms=late_ms) if chapters else b""
        return atom(b"moov", inner, nero(listed) if listed else b"")

    data = atom(b"mdat", *(text + bytes(apart) for text in texts), bytes(sound))
    if moov_first:
        return first + moov(len(first) + len(moov(0)) + 8) + data
    return first + data + moov(len(first) + 8)


def comments(chapters: Listed, *, before: Sequence[bytes] = ()) -> bytes:
    """A list of comments as Ogg and FLAC have it."""
    listed = [b"TITLE=About the reef", *before]
    for number, (at, title) in enumerate(chapters):
        minutes, rest = divmod(at, 60_000)
        clock = f"{minutes // 60:02}:{minutes % 60:02}:{rest / 1000:06.3f}"
        listed += [f"CHAPTER{number:03}={clock}".encode(), f"Chapter{number:03}Name={title}".encode()]
    texts = b"".join(struct.pack("<I", len(one)) + one for one in listed)
    return struct.pack("<I", 6) + b"a tool" + struct.pack("<I", len(listed)) + texts


def ogg(packet: bytes, *, first: bytes = b"OpusHead" + bytes(11)) -> bytes:
    """An Ogg file with this packet behind its first."""
    pages = [_page([len(first)], first)]
    lacing = [255] * (len(packet) // 255) + [len(packet) % 255]
    at = 0
    for begin in range(0, len(lacing), 255):
        table = lacing[begin : begin + 255]
        pages.append(_page(table, packet[at : at + sum(table)]))
        at += sum(table)
    return b"".join(pages) + _page([255] * 255, bytes(65_025)) * 3


def _page(table: Sequence[int], data: bytes) -> bytes:
    return b"OggS" + bytes(10) + b"\7\0\0\0" + bytes(8) + bytes([len(table), *table]) + data


def flac(packet: bytes, *, picture: int = 0) -> bytes:
    """A FLAC file with these comments behind its picture."""
    blocks = [(0, bytes(34)), (6, bytes(picture)), (4, packet)]
    made = b"".join(bytes([kind]) + len(data).to_bytes(3, "big") + data for kind, data in blocks)
    return b"fLaC" + made + b"\x81\0\0\0" + bytes(200_000)
