"""Captions as hosts and editors write them: other arrows, frames, names in brackets."""

from __future__ import annotations

import pytest

from tests.unit.transcripts.material import rows_of, subrip


def spoken(body: str) -> list[tuple[str | None, str]]:
    return [(speaker, text) for speaker, _, _, text in rows_of(body)]


@pytest.mark.parametrize(
    "arrow", ["-->", "→", "–>", "—>", "->", "-- >", "=>", "⟶", "--&gt;", "−−>", "→→", ">", "＞"]
)
def test_arrows(arrow: str) -> None:
    body = (
        f"1\n00:00:01,500 {arrow} 00:00:03,000\nThe lamp.\n\n2\n00:00:04,000 {arrow} 00:00:05,000\nIs lit.\n"
    )
    assert rows_of(body) == [(None, 1_500, 5_000, "The lamp. Is lit.")]


@pytest.mark.parametrize(
    ("first", "last", "end_ms"),
    [
        ("00:00:01:12", "00:00:05:24", 5_960),
        ("00:00:01:15", "00:00:05:29", 5_966),
        ("00:00:01;15", "00:00:05;29", 5_966),
        ("00:00:01:30", "00:00:05:59", 5_983),
        ("00:00:01:500", "00:00:05:250", 5_250),
    ],
)
def test_frames(first: str, last: str, end_ms: int) -> None:
    body = f"1\n{first} --> 00:00:03:00\nThe lamp.\n\n2\n00:00:04:00 --> {last}\nIs lit.\n"
    [(_, start, end, text)] = rows_of(body)
    assert text == "The lamp. Is lit."
    assert start is not None
    assert abs(start - 1_500) <= 20
    assert end == end_ms


@pytest.mark.parametrize("form", ["[{}] ", "[{}]: ", "【{}】", "({}) ", "[{}]\n"])
def test_names_in_brackets(form: str) -> None:
    said = [("Ada Moore", "The lamp is lit."), ("Bo", "At last."), ("Ada Moore", "Yes."), ("Bo", "Good.")]
    assert spoken(subrip(*(form.format(who) + text for who, text in said))) == said


def test_sounds_and_remarks_in_brackets_are_no_names() -> None:
    body = subrip(
        "[Laughter] The lamp is lit.",
        "(Door Opens) Who opens the door?",
        "[Laughter] No.",
        "(Door Opens) Bo.",
    )
    assert {who for who, _ in spoken(body)} == {None}


@pytest.mark.parametrize(
    "timing", ["00:00:0{}.000 --> 00:00:0{}.500", "00:00:0{}:02 - 00:00:0{}:20", "00:0{},000 → 00:0{},500"]
)
def test_names_on_the_line_above_the_words(timing: str) -> None:
    said = [
        ("Una Blake", "The mill turns."),
        ("Otto Quill", "Only at night."),
        ("Una Blake", "And by day?"),
        ("Otto Quill", "Never."),
    ]
    body = "\n\n".join(
        f"{timing.format(number, number)}\n{who}\n{text}" for number, (who, text) in enumerate(said, 1)
    )
    assert spoken(body) == said


def test_a_line_above_that_comes_again_is_no_name_where_it_is_said_elsewhere() -> None:
    body = subrip("Oh dear\nthe mill burns.", "Oh dear\nwho saw it?", "Oh dear\nmy dear, oh no.")
    assert {speaker for speaker, _ in spoken(body)} == {None}


def test_words_beside_the_times() -> None:
    body = (
        "00:00:01.000 --> 00:00:02.000  The mill turns.\n00:00:03.000 --> 00:00:04.000 align: start\nStill.\n"
    )
    assert spoken(body) == [(None, "The mill turns. Still.")]


def test_lines_of_a_cue_are_joined_as_their_script_is() -> None:
    assert spoken(subrip("风车转了\n一整夜")) == [(None, "风车转了一整夜")]
