"""Chapters in the tables of MP4 files."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chapters.file_parts import find_moov
from bot.chapters.mp4 import better_of, read_moov, read_track
from storage.models import Chapter
from tests.unit.chapters.audio_material import REEF, Listed, atom, m4a, nero
from tests.unit.scaling import assert_linear

CARDS = ((0, "Chapter 1"), (245_000, "Chapter 2"), (1_330_000, "Chapter 3"))


def moov(file: bytes) -> bytes:
    part, offset = file, 0
    while (place := find_moov(part, offset)) is not None and place.size is None:
        offset = place.offset
        part = file[offset:]
    assert place is not None
    return file[place.offset : place.offset + (place.size or 0)]


def read(file: bytes) -> Listed:
    found = read_moov(moov(file))
    titles: tuple[Chapter, ...] = ()
    if found.track is not None:
        body = b"".join(file[first : last + 1] for first, last in found.track.ranges)
        titles = read_track(found.track, body)
    return tuple((one.start_ms, one.title) for one in better_of(found.nero, titles, 3_000.0))


@pytest.mark.parametrize("codec", ["utf-8", "utf-16"])
@pytest.mark.parametrize("apart", [0, 100_000])
@pytest.mark.parametrize("moov_first", [False, True])
def test_the_track_of_titles(codec: str, apart: int, moov_first: bool) -> None:
    assert read(m4a(codec=codec, apart=apart, moov_first=moov_first)) == REEF


def test_an_empty_edit_moves_the_track() -> None:
    later = tuple((at + 5_000, title) for at, title in REEF)
    assert read(m4a(later, late_ms=5_000)) == later


@pytest.mark.parametrize("version", [0, 1])
def test_neros_list(version: int) -> None:
    found = read_moov(atom(b"moov", nero(REEF, version=version)))
    assert (tuple((one.start_ms, one.title) for one in found.nero), found.track) == (REEF, None)


@pytest.mark.parametrize(
    ("listed", "best", "asked"),
    [
        # As good as the track: no title need be fetched.
        (tuple((at, title.upper()) for at, title in REEF), "nero", False),
        (CARDS, "track", True),
        (REEF[:2], "track", True),
        (tuple((0, title) for _, title in REEF), "track", True),
        (tuple((at, "é" * 200) for at, _ in REEF), "track", True),
    ],
)
def test_the_better_of_both_lists(listed: Listed, best: str, asked: bool) -> None:
    file = m4a(REEF, listed=listed)
    assert (read_moov(moov(file)).track is not None) == asked
    assert read(file) == (listed if best == "nero" else REEF)


def test_a_title_that_was_cut_inside_of_a_letter_is_read_to_the_letter_before() -> None:
    [found] = read_moov(atom(b"moov", nero([(0, "é" * 200)]))).nero
    assert found.title == "é" * 127


def test_titles_in_too_many_places_are_not_asked_for() -> None:
    many = tuple((at * 60_000, f"On {name}") for at, name in enumerate("abcdefghijklmnopqrstuvwxyz"))
    assert read_moov(moov(m4a(many, apart=20_000))).track is None
    assert read(m4a(many, apart=1_000)) == many


MOOV = moov(m4a(listed=CARDS))


@given(st.integers(0, len(MOOV)), st.binary(max_size=8), st.integers(0, len(MOOV)))
def test_any_tables_are_read(at: int, put: bytes, end: int) -> None:
    found = read_moov((MOOV[:at] + put + MOOV[at + len(put) :])[:end])
    if found.track is not None:
        assert len(found.track.ranges) <= 24
        assert all(first <= last < first + 2**21 for first, last in found.track.ranges)
        read_track(found.track, bytes(2_000))


def test_the_time_grows_with_the_tables() -> None:
    tracks = atom(b"trak", atom(b"tref", atom(b"chap", bytes(64))))
    assert_linear(read_moov, atom(b"moov", tracks * 200), atom(b"moov", tracks * 800))
