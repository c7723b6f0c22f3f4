from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.notes import own_video, read_notes

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


@settings(max_examples=200, deadline=None)
@given(TEXTS, st.none() | st.floats(allow_nan=True, allow_infinity=True))
def test_any_text_is_read(text: str, duration_s: float | None) -> None:
    notes = read_notes(text, duration_s)
    own_video(text)
    assert all(chapter.title and chapter.start_ms >= 0 for chapter in notes.chapters)
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
    "trailers": "Get full access to " * 5_500,
}


@pytest.mark.parametrize("junk", JUNK.values(), ids=JUNK.keys())
def test_junk_costs_no_time(junk: str) -> None:
    began = time.process_time()
    read_notes(junk)
    own_video(junk)
    assert time.process_time() - began < 1
