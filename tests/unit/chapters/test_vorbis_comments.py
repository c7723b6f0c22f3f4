"""Chapters in the comments of Ogg and FLAC files."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chapters.vorbis_comments import ends_in, read_comments, read_ogg_chapters
from tests.unit.chapters.audio_material import REEF, Listed, comments, ogg

PICTURE = b"METADATA_BLOCK_PICTURE=" + b"A" * 90_000


def read(file: bytes) -> Listed:
    return tuple((one.start_ms, one.title) for one in read_ogg_chapters(file))


@pytest.mark.parametrize("mark", [b"OpusTags", b"\x03vorbis", b"", b"\x84\0\0\0"])
def test_comments_of_every_codec(mark: bytes) -> None:
    assert read(ogg(mark + comments(REEF))) == REEF
    # A packet that is as long as its table can tell.
    assert read(ogg(mark + comments(REEF, before=[b"x" * 70_000]))) == REEF


def test_a_picture_before_the_chapters() -> None:
    file = ogg(b"OpusTags" + comments(REEF, before=[PICTURE]))
    assert not ends_in(file[:65_536])
    assert read(file[:65_536]) == ()
    assert ends_in(file)
    assert read(file) == REEF


def test_chapters_come_in_time_order_and_those_without_title_or_time_are_left_out() -> None:
    assert read(ogg(b"OpusTags" + comments([REEF[2], REEF[0], (5, " "), REEF[1]]))) == REEF
    loose = comments([], before=[b"CHAPTER001=soon", b"CHAPTER001NAME=Oil", b"CHAPTER002NAME=Wicks"])
    assert read_comments(loose) == ()


@given(st.binary(max_size=200), st.integers(0, 400))
def test_any_bytes_are_read(raw: bytes, end: int) -> None:
    read_comments(raw)
    file = ogg(b"OpusTags" + comments(REEF))
    assert set(read(file[:end] + raw)) <= set(REEF) or raw
