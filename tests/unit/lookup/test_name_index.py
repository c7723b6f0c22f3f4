"""Names that are compared with what was typed, all at once."""

from __future__ import annotations

import pytest

from bot.lookup.episode_numbers import EpisodeNumber
from bot.lookup.name_index import F32, Nameable, NameIndex, TypedName
from bot.lookup.word_likeness import NameVocabulary

EPISODES = NameIndex(
    [
        Nameable(40, "The Weir in Winter", ("Ada Moore",), number=3, season=2),
        Nameable(41, "12: Night Mail"),
        Nameable(42, "???"),
    ],
    "Screws Left Over",
)


def _fits(index: NameIndex, text: str) -> tuple[F32, F32]:
    return index.fits(index.vocabulary.likenesses(TypedName(text).words))


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
    alike, _ = _fits(EPISODES, typed)
    assert alike[0].tolist() == pytest.approx(in_each)


def test_what_was_typed_is_a_share_of_the_title_or_of_somebody_who_takes_part() -> None:
    _, covered = _fits(EPISODES, "the weir in winter")
    assert covered.tolist() == pytest.approx([1, 0, 0])
    _, half = _fits(EPISODES, "weir ada moore 3")
    # Both words of her name are more than one of the title's.
    assert half.tolist() == pytest.approx([1, 0, 0])
    _, part = _fits(EPISODES, "weir moore 3")
    assert part.tolist() == pytest.approx([0.5, 0, 0])


def test_two_words_are_found_where_one_is_written() -> None:
    index = NameIndex([Nameable(1, "Nightmail Stories")])
    alike, _ = _fits(index, "night mial stories")
    assert alike.min() >= 0.8


def test_numbers_are_found_with_and_without_their_season() -> None:
    assert EPISODES.numbered(EpisodeNumber(3)) == [0]
    assert EPISODES.numbered(EpisodeNumber(3, 2)) == [0]
    assert EPISODES.numbered(EpisodeNumber(3, 1)) == []
    assert EPISODES.numbered(EpisodeNumber(12)) == [1]


def test_an_index_of_nothing_is_empty() -> None:
    assert (len(NameIndex([])), len(EPISODES)) == (0, 3)


def test_names_are_found_by_just_their_letters() -> None:
    assert EPISODES.called("theweirinwinter") == [0]
    assert EPISODES.called("theweir") == []


def test_indexes_share_a_vocabulary_that_grows() -> None:
    vocabulary = NameVocabulary()
    first = NameIndex([Nameable(1, "Night Mail")], "Radio", vocabulary)
    second = NameIndex([Nameable(2, "Night"), Nameable(3, "Mail Order")], vocabulary=vocabulary)
    assert (len(vocabulary), first.word_count, second.word_count) == (4, 2, 3)
    assert [_fits(index, "mail")[0].tolist() for index in (first, second)] == [[[1]], [[0, 1]]]
