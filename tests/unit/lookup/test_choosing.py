"""Which name is meant: a clear winner is taken, equals are offered, and for nothing the closest are told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.lookup.choosing import MAX_CLOSEST, MAX_OFFERED, Choice, choose, rank
from bot.lookup.name_index import Nameable, NameIndex, TypedName

SHOWS = [NameIndex([Nameable(1, "Night Radio"), Nameable(2, "Night Radio Extra"), Nameable(3, "Day Light")])]
EPISODES = [
    NameIndex(
        [
            Nameable(40, "The Weir in Winter", ("Ada Moore", "Ben Okri")),
            Nameable(41, "The Weir in Summer", ("Ada Moore",)),
            Nameable(42, "#12: Fiancées of the Sea"),
            Nameable(43, "Bonus", number=7, season=1),
            Nameable(44, "Bonus", number=7, season=2),
            Nameable(45, "7 Bridges", number=6, season=2),
            Nameable(46, "12"),
        ],
        "Screws Left Over",
    ),
    NameIndex([Nameable(50, "Bonus"), Nameable(51, "Answers to letters about bridges")], "Letters Home"),
]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        # An exact title wins over a close one.
        ("night radio", 1),
        ("NIGHT   RADIO!", 1),
        ("night radio extra", 2),
        ("nightradio", 1),
        ("nigth raido extra", 2),
        ("extra", 2),
        ("radio extra night", 2),
        ("daylite", 3),
        ("light", 3),
    ],
)
def test_the_podcast_that_is_meant(typed: str, found: int) -> None:
    assert choose(typed, SHOWS).found == found


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("weir winter", 40),
        ("wier in wintre", 40),
        ("the one with Ben Okri", 40),
        ("moore okri weir", 40),
        ("fiancees of the sea", 42),
        ("sea fiances", 42),
        # The very title, then the number.
        ("12", 46),
        ("6", 45),
        ("s2e7", 44),
        ("season 1 episode 7", 43),
        ("letters home bonus", 50),
        ("letters bridges", 51),
    ],
)
def test_the_episode_that_is_meant(typed: str, found: int) -> None:
    assert choose(typed, EPISODES).found == found


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("night", (1, 2)),
        # The very same title, and nothing that only contains it.
        ("bonus", (43, 44, 50)),
        ("episode 7", (43, 44)),
        ("the weir", (40, 41)),
        ("ada more", (40, 41)),
        # Not sure enough to be taken unasked.
        # A part of a word, for want of anything better.
        ("onus", (43, 44, 50)),
        ("bonsu tales", (43, 44, 50)),
        ("ben okry", (40,)),
        ("screws left over 6", (45,)),
    ],
)
def test_several_that_fit_are_offered(typed: str, offered: tuple[int, ...]) -> None:
    assert choose(typed, SHOWS if typed == "night" else EPISODES) == Choice(offered=offered)


def test_of_nothing_that_fits_the_closest_are_told() -> None:
    choice = choose("winter tales of the seven seas and coffee", EPISODES)
    assert (choice.found, choice.offered) == (None, ())
    assert 42 in choice.closest
    assert len(choice.closest) <= MAX_CLOSEST


@pytest.mark.parametrize("typed", ["coffee", "the zebra", "13", "qwertyuiop"])
def test_what_is_not_alike_is_not_told(typed: str) -> None:
    assert choose(typed, EPISODES) == choose(typed, SHOWS) == Choice()


@pytest.mark.parametrize(
    "typed", ["of the", "nothing of the kind", "the night radio station", "weir in autumn"]
)
def test_what_has_only_some_of_it_is_not_taken(typed: str) -> None:
    names = NameIndex(
        [
            Nameable(1, "A Short History of the Weir in Winter"),
            Nameable(2, "Night Radio"),
            Nameable(3, "Bonus"),
        ]
    )
    choice = choose(typed, [names])
    assert choice.found is None
    assert choice.offered or choice.closest


def test_digits_and_words_in_the_order_that_was_typed_come_first() -> None:
    parts = [(show, part) for show in range(30, 0, -1) for part in (3, 2, 1)]
    titles = {place: f"Brass {show}.{part} for song-{show}" for place, (show, part) in enumerate(parts)}
    names = NameIndex(Nameable(*one) for one in titles.items())
    for typed in ("Brass 2.3", "Brass 3.2", "Brass 23.2", "brass 1.2"):
        first, second = rank(TypedName(typed, unfinished=True), [names])[:2]
        assert titles[first.id].startswith(typed.capitalize() + " ")
        assert first.score > second.score


@pytest.mark.parametrize("typed", ["", "   ", "?!", "…"])
def test_nothing_typed_means_nothing(typed: str) -> None:
    assert choose(typed, EPISODES) == Choice()


def test_nothing_to_choose_from_is_no_fault() -> None:
    assert choose("bonus", []) == choose("bonus", [NameIndex([])]) == Choice()


def test_of_many_some_are_offered() -> None:
    many = NameIndex(Nameable(number, "Daily News") for number in range(100))
    # The index has the newest first.
    assert choose("daily news", [many]).offered == tuple(range(MAX_OFFERED))


def test_names_fit_while_they_are_typed() -> None:
    for typed in ("the w", "the wei", "wier in win", "wint"):
        assert rank(TypedName(typed, unfinished=True), EPISODES)[0].id in (40, 41), typed
    assert rank(TypedName("ben o", unfinished=True), EPISODES)[0].id == 40


_NAME = st.text(st.characters(codec="utf-8"), min_size=1, max_size=30)


@given(st.lists(_NAME, min_size=1, max_size=12), st.data())
def test_an_exact_title_is_always_among_those_that_are_meant(names: list[str], data: st.DataObject) -> None:
    wanted = data.draw(st.integers(0, len(names) - 1))
    choice = choose(names[wanted], [NameIndex(Nameable(*one) for one in enumerate(names))])
    meant = choice.offered if choice.found is None else (choice.found,)
    assert wanted in meant or not TypedName(names[wanted]).words


@given(st.text(max_size=100), st.booleans())
def test_whatever_is_typed_is_ranked_within_bounds(typed: str, unfinished: bool) -> None:
    ranked = rank(TypedName(typed, unfinished=unfinished), [*SHOWS, *EPISODES])
    assert all(0 <= one.score <= 3.01 for one in ranked)
    assert [one.score for one in ranked] == sorted((one.score for one in ranked), reverse=True)
    assert len({one.id for one in ranked}) == len(ranked)
