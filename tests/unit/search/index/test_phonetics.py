"""Phonetic keys."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.search.index.phonetics import phonetic_keys


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("knight", "night"),
        ("phone", "fone"),
        ("kubernetes", "cubernetties"),
        ("wray", "ray"),
        ("quick", "kwik"),
        ("vision", "fishion"),
        ("gnome", "nome"),
        ("climb", "klim"),
    ],
)
def test_words_that_sound_alike_share_a_key(one: str, other: str) -> None:
    first, second = phonetic_keys([one, other])
    assert first == second
    assert first


def test_words_that_sound_different_have_different_keys() -> None:
    assert len(set(phonetic_keys(["kettle", "lantern", "heron", "foghorn", "oven", "ladder"]))) == 6


@given(st.lists(st.text("abcdefghiknopqrstuwxyzé東", max_size=12), min_size=1))
def test_a_words_key_does_not_depend_on_the_other_words(words: list[str]) -> None:
    assert phonetic_keys(words) == [phonetic_keys([word])[0] for word in words]
