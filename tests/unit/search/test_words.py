import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.search.words import joined, normal_words, raw_words, word_spans


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Don’t don't DON'T", ["dont", "dont", "dont"]),
        ("“Café” — naïve, Ångström", ["cafe", "naive", "angstrom"]),
        ("state-of-the-art snake_case", ["state", "of", "the", "art", "snake", "case"]),
        ("seven 7 twenty 1st third", ["7", "7", "20", "1st", "3rd"]),
        ("10,000 or 10 thousand", ["10", "1000", "or", "10", "1000"]),
        ("20% R&D OK", ["20", "percent", "r", "and", "d", "okay"]),
        ("𝐃𝟐 straße ﬁne x²", ["d2", "strasse", "fine", "x2"]),
        ("日本 go", ["日", "本", "go"]),
        ("'90s rockin' …", ["90s", "rockin"]),
        ("🎉 --- .*+?", []),
        ("x" * 100, ["x" * 32]),
    ],
)
def test_normal_words(text: str, words: list[str]) -> None:
    assert normal_words(text) == words


@pytest.mark.parametrize(
    ("first", "second", "whole"),
    [
        ("smol", "ai", "smolai"),
        ("20", "3", "23"),
        ("2", "1000", "2000"),
        ("3", "100", "300"),
        ("20", "10", "2010"),
        ("0", "100", "0100"),
    ],
)
def test_joined(first: str, second: str, whole: str) -> None:
    assert joined(first, second) == whole


@given(st.text())
def test_spans_are_those_of_the_words(text: str) -> None:
    raw = list(raw_words(text))
    assert [text[start:end] for start, end in word_spans(text)] == raw
    assert all(normal_words(text))


def test_a_long_text_has_the_words_of_its_parts() -> None:
    part = "Nobody’s lantern glows, "
    assert normal_words(part * 5_000) == normal_words(part) * 5_000
