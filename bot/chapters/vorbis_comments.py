"""Chapters in the comments of Ogg files (Opus, Vorbis, Speex) and FLAC: `CHAPTER000=…`, `CHAPTER000NAME=…`. Pure.

mutagen reads comments of whole files alone, with the pictures that are in them.
"""

from __future__ import annotations

import re

from bot.text.encoding import to_text
from bot.text.item_text import line
from bot.text.timecodes import play_time_ms
from storage.models import Chapter

_MAX_COMMENTS = 10_000
_MAX_TITLE = 500
# What is longer is a picture, or the text of all that is said.
_MAX_BYTES = 4_096
_MAX_PAGES = 10_000

_KEY = re.compile(rb"CHAPTER[_ ]?([0-9]{1,5})(NAME)?=", re.IGNORECASE)
# What precedes the comments in their packet; Speex has nothing there, FLAC the head of a block.
_MARKS = (b"OpusTags", b"\x03vorbis")
_FLAC_BLOCK = 4


def read_ogg_chapters(head: bytes) -> tuple[Chapter, ...]:
    """The chapters in the comments of an Ogg file that begins with these bytes; of cut ones those that are there."""
    packet, _ = _comment_packet(head)
    for mark in _MARKS:
        if packet.startswith(mark):
            return read_comments(packet[len(mark) :])
    return read_comments(packet[4:] if packet[:1] in (b"\4", b"\x84") else packet)


def ends_in(head: bytes | bytearray) -> bool:
    """Whether the comments of the Ogg file that begins with these bytes end in them."""
    return _comment_packet(bytes(head))[1]


def read_comments(data: bytes) -> tuple[Chapter, ...]:
    """The chapters in comments: a list of texts of `NAME=value`, each behind its length."""
    at = 4 + int.from_bytes(data[:4], "little")
    count = int.from_bytes(data[at : at + 4], "little")
    at += 4
    starts: dict[int, int] = {}
    titles: dict[int, str] = {}
    for _ in range(min(count, _MAX_COMMENTS)):
        size = int.from_bytes(data[at : at + 4], "little")
        if at + 4 + size > len(data):
            break
        raw = data[at + 4 : at + 4 + min(size, _MAX_BYTES)]
        at += 4 + size
        if (found := _KEY.match(raw)) is None:
            continue
        value, number = to_text(raw[found.end() :]), int(found[1])
        if found[2]:
            titles.setdefault(number, line(value)[:_MAX_TITLE])
        elif (start_ms := play_time_ms(value)) is not None:
            starts.setdefault(number, start_ms)
    chapters = [Chapter(starts[number], titles[number]) for number in starts if titles.get(number)]
    return tuple(sorted(chapters, key=lambda one: one.start_ms))


def _comment_packet(head: bytes) -> tuple[bytes, bool]:
    """The second packet of the first stream, and whether it ends in these bytes."""
    at, packets = 0, 0
    serial = head[14:18]
    parts: list[bytes] = []
    for _ in range(_MAX_PAGES):
        if head[at : at + 4] != b"OggS" or at + 27 > len(head):
            break
        table = head[at + 27 : at + 27 + head[at + 26]]
        own = head[at + 14 : at + 18] == serial
        at += 27 + head[at + 26]
        for size in table if own else ():
            if packets == 1:
                parts.append(head[at : at + size])
            at += size
            if size < 255:
                packets += 1
                if packets == 2:
                    return b"".join(parts), at <= len(head)
        if not own:
            at += sum(table)
    return b"".join(parts), False
