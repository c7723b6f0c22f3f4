"""The text shown around a match."""

from hypothesis import given
from hypothesis import strategies as st

from bot.search.snippet import cut_snippet

_SHORT = "We met at noon. The kettle sang, as ever! Then it rained."
_LONG = "and the river ran on, past mills and meadows " * 40


def _around(text: str, words: str) -> tuple[str, str]:
    start = text.index(words)
    shown = cut_snippet([("Ann", text)], start, start + len(words))
    return shown.text, shown.text[slice(*shown.match)]


def test_surrounding_sentences_are_shown_if_they_fit() -> None:
    assert _around(_SHORT, "kettle sang") == (_SHORT, "kettle sang")


def test_a_long_turn_is_cut_at_clauses() -> None:
    text, match = _around(f"{_LONG}until the otter slept{_LONG}", "otter slept")
    assert match == "otter slept"
    assert text.startswith("…past mills")
    assert text.endswith("…")
    assert len(text) <= 310


def test_a_long_turn_is_cut_at_sentences() -> None:
    text, match = _around(
        "It was late by then. " * 40 + "The owl spoke. " + "So we left it. " * 40, "owl spoke"
    )
    assert match == "owl spoke"
    assert 250 < len(text) <= 300
    assert "…" not in text


def test_a_dash_separates_two_speakers() -> None:
    parts = [("Ann", "Yes. I saw it fall"), ("Bob", "from the roof. Go on.")]
    shown = cut_snippet(parts, parts[0][1].index("saw"), len("from the roof"))
    assert shown.text == "Yes. I saw it fall — from the roof. Go on."
    assert shown.text[slice(*shown.match)] == "saw it fall — from the roof"


def test_a_space_separates_turns_of_one_speaker() -> None:
    shown = cut_snippet([("Ann", "one\ntwo"), ("Ann", "three")], 4, 5)
    assert (shown.text, shown.text[slice(*shown.match)]) == ("one two three", "two three")


def test_a_very_long_match_is_cut() -> None:
    shown = cut_snippet([(None, "x" * 100_000)], 0, 100_000)
    assert len(shown.text) <= 1_001
    assert shown.text.endswith("…")


@given(st.text(alphabet="ab ,.…\n!’", max_size=900), st.data())
def test_the_match_is_what_was_said(padding: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(padding)))
    text = f"{padding[:at]} Zebra's foal {padding[at:]}"
    shown, match = _around(text, "Zebra's foal")
    assert match == "Zebra's foal"
    assert len(shown) <= 302
