"""Names in speech: whole, never half, and none where nobody wrote capitals."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.summaries.names import Names, spoken_names
from bot.summaries.talk import read_talk
from bot.text.capitals import WORD
from bot.text.stems import common_words
from storage.models import Chapter, Turn

FILLING = "we saw that it was good and they said so to us before noon. "


def _names(text: str, *, language: str | None = "en", people: frozenset[str] = frozenset()) -> Names:
    turn = Turn("Ada", 0, 60_000, text)
    talk = read_talk([turn], [Chapter(0, "")])
    words = [WORD.findall(one.text) for one in talk]
    return spoken_names(talk, words, common_words(language), people, language)


def _found(text: str, people: frozenset[str] = frozenset()) -> dict[str, int]:
    names = _names(text, people=people)
    return {names.written[key]: count for key, count in names.by_chapter.get(0, {}).items()}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("We asked Nathan Lambert. Then Lambert said so to us, and Lambert left.", {"Nathan Lambert": 3}),
        ("We went to the University of Waterloo with them.", {"University of Waterloo": 1}),
        ("It runs on GPT-4 and on an A100 here.", {"GPT-4": 1, "A100": 1}),
        ("They like Anthropic's Claude and use it.", {"Anthropic": 1, "Claude": 1}),
        ("We know J.P. Morgan as well as they do.", {"J.P Morgan": 1}),
        ("Princeton NLP is good. We went to Princeton NLP before noon.", {"Princeton NLP": 2}),
        ("Everybody knows it. Owls hunt voles. The owls are here.", {}),
        ("On Monday, the 24th of January, we saw 70s films in June.", {}),
        ("I'm here, I've said so, and I'll stay with you.", {}),
        ("They built Llama 2 and shipped Llama 2 in time.", {"Llama 2": 2}),
        ("We like Sam and they know Sam. We asked Sam Altman once.", {"Sam": 2, "Sam Altman": 1}),
        ("We had Claude 100 once. We like Claude and they know Claude.", {"Claude": 3}),
    ],
)
def test_names_are_found_whole(text: str, found: dict[str, int]) -> None:
    assert _found(FILLING + text) == found


@pytest.mark.parametrize(
    "text", ["We flew to New York with them.", "We asked Ada Moore for it.", "They saw Grace Hopper."]
)
def test_half_a_name_is_none(text: str) -> None:
    assert _found(FILLING + text, people=frozenset({"ada", "hopper"})) == {}


def test_what_is_said_in_small_letters_as_well_is_no_name() -> None:
    assert _found(FILLING + "The Model is one model, and a model is what they want.") == {}


def test_a_maker_is_no_product_that_was_named_once() -> None:
    text = FILLING + "We asked Google about it. " * 5 + "They run Google Gemini there."
    assert _found(text) == {"Google": 5, "Google Gemini": 1}


def test_nobody_wrote_capitals() -> None:
    assert _found("we asked nathan lambert about it and he said that it was good. " * 20) == {}


def test_german_nouns_are_told() -> None:
    text = "Wir haben die Lampe im Haus und den Hund im Garten gesehen und die Eule am Turm. " * 3
    assert _names(text, language="de").nouns_too
    assert not _names(FILLING + "We asked Lambert for it.").nouns_too


def test_japanese_names_stand_out_by_their_script() -> None:
    assert _found("今日はトランスフォーマーとPyTorchについて話します。") == {
        "トランスフォーマー": 1,
        "PyTorch": 1,
    }


@given(st.text(st.sampled_from("aBé .’'&-2ナ\n"), max_size=200))
def test_any_text_has_names_that_stand_in_it(text: str) -> None:
    names = _names(text)
    squeezed = "".join(sign for sign in text if sign.isalnum())
    for key, count in names.total.items():
        assert count > 0
        assert "".join(sign for sign in names.written[key] if sign.isalnum()) in squeezed
