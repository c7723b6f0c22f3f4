import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.tokenizer import normal_words, word_spans


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Don’t don't DON'T dont", ["do", "not"] * 4),
        ("we'll well you’ve I'm it's", ["we", "will", "well", "you", "have", "i", "am", "its"]),
        ("gonna cannot won't", ["going", "to", "can", "not", "will", "not"]),
        ("“Café” — naïve, Ångström", ["cafe", "naive", "angstrom"]),
        ("cafe\u0301s", ["cafes"]),
        ("state-of-the-art snake_case", ["state", "of", "the", "art", "snake", "case"]),
        ("seven 7 twenty 1st third", ["7", "7", "20", "1st", "3rd"]),
        ("23 twenty-three", ["20", "3", "20", "3"]),
        ("21st twenty first", ["20", "1st", "20", "1st"]),
        ("1995 nineteen ninety five", ["19", "90", "5"] * 2),
        ("2021 2005 1500 140", ["20", "20", "1", "2", "1000", "5", "1000", "5", "100", "100", "40"]),
        ("10,000 or 10 thousand", ["10000", "or", "10", "1000"]),
        ("20% R&D OK C++", ["20", "percent", "r", "and", "d", "okay", "c", "plus", "plus"]),
        ("𝐃𝟐 straße ﬁne x²", ["d2", "strasse", "fine", "x2"]),
        ("日本語 go 日", ["日本", "本語", "go", "日"]),
        ("สวัส", ["สว", "วั", "ัส"]),
        ("हिन्दी भाषा", ["हिन्दी", "भाषा"]),
        ("'90s rockin' …", ["90s", "rockin"]),
        ("🎉 --- .*?", []),
        ("x" * 100, ["x" * 32]),
    ],
)
def test_normal_words(text: str, words: list[str]) -> None:
    assert normal_words(text) == words


@given(st.text() | st.text(alphabet="ab’'é\u03011,0日本がｶﾞส%+ ", max_size=30))
def test_each_word_has_its_characters(text: str) -> None:
    spans = word_spans(text)
    assert len(spans) == len(normal_words(text))
    assert all(normal_words(text))
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert spans == sorted(spans)


@given(st.text("abC019'’,.%&+_- \n", max_size=40))
def test_ascii_is_read_like_any_text(text: str) -> None:
    assert normal_words(text) == [word for word in normal_words(f"{text} é") if word != "e"]


def test_a_long_text_has_the_words_of_its_parts() -> None:
    part = "Nobody’s lantern glows, "
    assert normal_words(part * 5_000) == normal_words(part) * 5_000
