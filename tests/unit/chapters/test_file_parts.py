"""What kind of audio file it is, and where its chapters are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chapters.file_parts import Container, FilePart, container_of, find_flac_comments, find_moov
from tests.unit.chapters.audio_material import REEF, atom, comments, flac, m4a, ogg


@pytest.mark.parametrize(
    ("file", "kind"),
    [
        (b"ID3\4\0\0\0\0\0\0", Container.ID3),
        (m4a(), Container.MP4),
        (ogg(b""), Container.OGG),
        (flac(b""), Container.FLAC),
        (b"\xff\xfb\x90\0" * 9, None),
        (b"RIFF\0\0\0\0WAVE", None),
        (b"<html>", None),
        (b"", None),
    ],
)
def test_the_first_bytes_tell_the_kind(file: bytes, kind: Container | None) -> None:
    assert container_of(file) is kind


def test_tables_behind_the_sound_are_found_by_its_head() -> None:
    file = m4a()
    place = find_moov(file[:1_000], 0)
    assert place is not None
    assert (place.size, file[place.offset + 4 : place.offset + 8]) == (None, b"moov")
    assert find_moov(file[place.offset :], place.offset) == FilePart(place.offset, len(file) - place.offset)
    large = atom(b"ftyp") + b"\0\0\0\1mdat" + (2**33).to_bytes(8, "big") + bytes(64)
    assert find_moov(large, 0) == FilePart(2**33 + 8)
    # Sound that reaches to the end, and a file that ends.
    assert find_moov(atom(b"ftyp") + b"\0\0\0\0mdat" + bytes(64), 0) is None
    assert find_moov(b"", 99) is None


@pytest.mark.parametrize("picture", [0, 100_000])
def test_comments_of_flac_are_found_behind_a_picture(picture: int) -> None:
    packet = comments(REEF)
    file = flac(packet, picture=picture)
    place = find_flac_comments(file[:65_536], 0)
    if picture:
        assert place is not None
        assert place.size is None
        place = find_flac_comments(file[place.offset : place.offset + 65_536], place.offset)
    assert place is not None
    assert place.size == len(packet)
    assert file[place.offset :].startswith(packet)
    assert find_flac_comments(b"fLaC\x80\0\0\1" + bytes(9), 0) is None


@given(st.binary(max_size=64), st.integers(0, 2**64))
def test_any_bytes_lead_on_or_nowhere(part: bytes, offset: int) -> None:
    for find in (find_moov, find_flac_comments):
        place = find(part, offset)
        assert place is None or place.size is not None or place.offset > offset
