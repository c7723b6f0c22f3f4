from __future__ import annotations

import html
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.show_notes.reader import read_notes
from bot.show_notes.video_links import own_video
from bot.text.html_lines import fold
from tests.unit.scaling import assert_linear

PIECES = st.sampled_from(
    [
        "[00:01:02]",
        "00:03:10",
        "(1:02)",
        " ",
        "\n",
        ":",
        "* ",
        "Ada",
        "bob",
        "Ada:",
        "Ada [0:10]:",
        "Transcript",
        "<p>",
        "</p>",
        "<br>",
        "<li>",
        "<strong>",
        "</strong>",
        "<em>",
        "**",
        "](",
        "[",
        ".",
        "?",
        "\u200b",
        "\U0001d458",
        "\xa0",
        "hello there",
        "Get full access to A at b",
        "<3",
        "&lt;",
        "Timestamps",
        "<h2>",
        "<ul>",
        "99:99:99",
        "Show Notes",
        "\r",
        "\0",
        "\ud800",
    ]
)
TEXTS = st.text(max_size=300) | st.lists(PIECES, max_size=80).map("".join)


def _signs(text: str) -> str:
    """The letters and digits of `text`, without its tags."""
    return re.sub(r"[\W_]", "", re.sub(r"</?[a-zA-Z][^<>]*>", "", fold(text)))


LISTED = st.lists(
    st.tuples(
        st.sampled_from(
            ["[0:00] {}\n", "1:05 - {}\n", "{} (2:10)\n", "* 7:30: {}\n", "1h02m03s {}\n", "9:00\n{}\n"]
        ),
        st.sampled_from(
            ["Lamps", "**Oil**", "[Wick](b)", "<3 bees", "`a<b>`", "-5 °C", "7:77", "&amp; so", "_x_"]
        ),
    ),
    max_size=12,
).map(lambda lines: "".join(form.format(title) for form, title in lines))


@given(LISTED)
def test_any_list_is_read(text: str) -> None:
    said = _signs(html.unescape(text))
    for chapter in read_notes(text).chapters:
        assert chapter.title.strip()
        assert _signs(chapter.title) in said


@settings(max_examples=2 * settings().max_examples)
@given(TEXTS, st.none() | st.floats(allow_nan=True, allow_infinity=True))
def test_any_text_is_read(text: str, duration_s: float | None) -> None:
    notes = read_notes(text, duration_s)
    own_video(text)
    assert len(notes.chapters) <= 500
    said = _signs(html.unescape(text))
    for chapter in notes.chapters:
        assert chapter.title.strip()
        assert chapter.start_ms >= 0
        assert _signs(chapter.title) in said
    for turn in notes.turns:
        assert turn.text == " ".join(turn.text.split())
        assert turn.text
        assert turn.start_ms is None or turn.start_ms >= 0
        assert turn.start_ms is None or turn.end_ms is None or turn.start_ms <= turn.end_ms


@given(
    st.lists(
        st.tuples(st.sampled_from(["Ada", "Bob Ray", "Cy"]), st.text("abc ,.?", min_size=1, max_size=40)),
        min_size=4,
        max_size=12,
    )
)
def test_what_was_written_is_read_again(said: list[tuple[str, str]]) -> None:
    said = [(name, f"x {text} y.") for name, text in said]
    lines = [f"<p><b>{name}</b> [00:{n:02d}:00]: {text}</p>" for n, (name, text) in enumerate(said)]
    turns = read_notes("<p>Transcript</p>" + "".join(lines)).turns
    assert [(turn.speaker, turn.text) for turn in turns] == [
        (name, " ".join(text.split())) for name, text in said
    ]
    assert [turn.start_ms for turn in turns] == [n * 60_000 for n in range(len(said))]


JUNK = {
    "nested": "<div>" * 20_000,
    "lists": "<ul><li>" * 12_000,
    "times": "[00:00:01]" * 10_000,
    "headings": "<p>Transcript</p><p>* [00:00:01] a b</p>" * 2_500,
    "names": "Transcript"
    + "".join(f".Na{chr(97 + n % 26)}{chr(97 + n // 26 % 26)}: x [00:00:01]" for n in range(5_000)),
    "letters": "A" * 100_000,
    "brackets": "[(" * 50_000,
    "bullets": "* " * 50_000,
    "links": "[a](b" * 20_000,
    "bold": "**a" * 33_000,
    "bare times": "00:00 " * 20_000,
    "halves": "0:" * 50_000,
    "lists of bare times": "00:00\n" * 20_000,
    "code": "`a" * 50_000,
    "tags": "<T>" * 33_000,
    "units": "1h 2m " * 17_000,
    "marks": "🎉 " * 50_000,
    "linked": "[00:00](https://youtu.be/a?t=1) " * 3_000,
    "trailers": "Get full access to " * 5_500,
}


@pytest.mark.parametrize("junk", JUNK.values(), ids=JUNK.keys())
def test_the_time_for_junk_grows_with_its_length(junk: str) -> None:
    quarter = junk[: len(junk) // 4]
    assert_linear(read_notes, quarter, junk)
    assert_linear(own_video, quarter, junk)
