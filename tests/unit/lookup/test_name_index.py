"""Names that are compared with what was typed, all at once."""

from __future__ import annotations

import pytest

from bot.lookup.episode_numbers import EpisodeNumber
from bot.lookup.name_index import Nameable, NameIndex, TypedName

EPISODES = NameIndex(
    [
        Nameable(40, "The Weir in Winter", ("Ada Moore",), number=3, season=2),
        Nameable(41, "12: Night Mail"),
        Nameable(42, "???"),
    ],
    "Screws Left Over",
)


@pytest.mark.parametrize(
    ("typed", "in_each"),
    [
        ("weir", [1, 0, 0]),
        ("ada", [1, 0, 0]),
        ("nightmail", [0, 0, 0]),
        ("moore", [1, 0, 0]),
        # A number stands beside its title, however it is known.
        ("3", [1, 0, 0]),
        ("12", [0, 1, 0]),
        # The podcast's title stands beside each.
        ("screws", [0.8, 0.8, 0.8]),
    ],
)
def test_a_word_is_looked_for_in_title_people_number_and_podcast(typed: str, in_each: list[float]) -> None:
    alike, _ = EPISODES.fits(TypedName(typed))
    assert alike[0].tolist() == pytest.approx(in_each)


def test_what_was_typed_is_a_share_of_the_title_or_of_somebody_who_takes_part() -> None:
    _, covered = EPISODES.fits(TypedName("the weir in winter"))
    assert covered.tolist() == pytest.approx([1, 0, 0])
    _, half = EPISODES.fits(TypedName("weir ada moore 3"))
    # Both words of her name are more than one of the title's.
    assert half.tolist() == pytest.approx([1, 0, 0])
    _, part = EPISODES.fits(TypedName("weir moore 3"))
    assert part.tolist() == pytest.approx([0.5, 0, 0])


def test_two_words_are_found_where_one_is_written() -> None:
    index = NameIndex([Nameable(1, "Nightmail Stories")])
    alike, _ = index.fits(TypedName("night mial stories"))
    assert alike.min() >= 0.8


def test_numbers_are_found_with_and_without_their_season() -> None:
    assert EPISODES.numbered(EpisodeNumber(3)) == [0]
    assert EPISODES.numbered(EpisodeNumber(3, 2)) == [0]
    assert EPISODES.numbered(EpisodeNumber(3, 1)) == []
    assert EPISODES.numbered(EpisodeNumber(12)) == [1]


def test_an_index_of_nothing_is_empty() -> None:
    assert (len(NameIndex([])), len(EPISODES)) == (0, 3)
