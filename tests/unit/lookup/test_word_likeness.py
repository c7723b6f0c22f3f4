"""How like typed words are to those of names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.lookup.word_likeness import NameVocabulary

WORDS = ["moore", "radio", "interception", "12", "gpt4", "the", "то", "ελληνοφρενεια", ""]


def _like(typed: str, word: str, *, unfinished: bool = False) -> float:
    vocabulary = NameVocabulary(WORDS)
    return float(vocabulary.likenesses([typed], unfinished=unfinished)[0, vocabulary.numbers[word]])


@pytest.mark.parametrize(
    ("typed", "word", "least", "most"),
    [
        ("moore", "moore", 1, 1),
        ("mooore", "moore", 0.7, 0.9),
        ("more", "moore", 0.7, 0.9),
        ("mooer", "moore", 0.7, 0.9),
        ("moire", "moore", 0.7, 0.9),
        ("moier", "moore", 0.4, 0.6),
        ("mxxxe", "moore", 0, 0),
        ("radar", "moore", 0, 0),
        ("moo", "moore", 0.8, 0.95),
        ("m", "moore", 0.4, 0.6),
        ("interc", "interception", 0.8, 0.9),
        ("12", "12", 1, 1),
        # A number is the same one or another one.
        ("13", "12", 0, 0),
        ("1", "12", 0, 0),
        ("gpt5", "gpt4", 0, 0),
        ("gpt4", "gpt4", 1, 1),
        ("te", "the", 0.5, 0.6),
        ("ta", "the", 0, 0),
        ("teh", "the", 0.5, 0.6),
        ("ελληνοφρενια", "ελληνοφρενεια", 0.8, 0.95),
        ("moore", "", 0, 0),
        ("", "moore", 0, 0),
        ("", "", 0, 0),
    ],
)
def test_words_are_alike(typed: str, word: str, least: float, most: float) -> None:
    assert least <= _like(typed, word) <= most


def test_the_last_word_of_somebody_who_types_counts_nearly_as_the_whole() -> None:
    assert _like("in", "interception", unfinished=True) > 0.9 > _like("in", "interception")
    assert _like("i", "interception", unfinished=True) > 0.9 > _like("i", "interception")
    assert _like("1", "12", unfinished=True) == 0


_WORD = st.text(st.characters(categories=["Ll", "Lo", "Nd"]), min_size=1, max_size=12)


@given(_WORD, st.lists(_WORD, max_size=20))
def test_likeness_is_a_share_and_1_for_the_very_word(typed: str, words: list[str]) -> None:
    vocabulary = NameVocabulary([*words, typed])
    [alike] = vocabulary.likenesses([typed])
    assert alike.min() >= 0
    assert alike.max() <= 1
    assert alike[vocabulary.numbers[typed]] == 1


@given(st.text("abcdefghij", min_size=5, max_size=14), st.data())
def test_one_wrong_letter_is_always_near(word: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(word) - 1))
    typed = word[:place] + data.draw(st.sampled_from("abcdefghijz")) + word[place + 1 :]
    assert NameVocabulary([word]).likenesses([typed])[0, 0] >= 0.7


def test_neighbours_that_were_typed_apart_are_the_word_that_they_make() -> None:
    vocabulary = NameVocabulary(["nightmail", "nightmare"])
    mail, mare = (vocabulary.numbers[word] for word in ("nightmail", "nightmare"))
    alike = vocabulary.likenesses(["night", "mial"])
    assert alike[:, mail].min() >= 0.8
    assert alike[1, mare] == 0


def test_digits_that_were_typed_apart_are_hardly_one_number() -> None:
    vocabulary = NameVocabulary(["23", "2"])
    alike = vocabulary.likenesses(["2", "3"])
    assert alike[:, vocabulary.numbers["23"]].tolist() == pytest.approx([0.8, 0.8])
    assert alike[:, vocabulary.numbers["2"]].tolist() == [1, 0]


@given(st.lists(_WORD, min_size=1, max_size=20), st.lists(_WORD, max_size=20), _WORD)
def test_words_that_are_added_change_nothing_for_the_others(
    words: list[str], later: list[str], typed: str
) -> None:
    vocabulary = NameVocabulary(words)
    numbers, before = dict(vocabulary.numbers), vocabulary.likenesses([typed])
    vocabulary.add(later)
    assert numbers.items() <= vocabulary.numbers.items()
    assert len(vocabulary) == len(vocabulary.numbers) == len({*words, *later})
    assert (vocabulary.likenesses([typed])[:, : before.shape[1]] == before).all()
