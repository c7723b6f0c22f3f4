from __future__ import annotations

import pytest

from storage.models import TranscriptSource
from tests.unit.transcripts.material import Row, cues_of, rows_of, subrip

FILES: list[tuple[str, str, list[Row]]] = [
    (
        "names where they change, sentences cut over cues",
        subrip("Ada Moore: Lamps are", "no small", "Bob: Indeed?", "Ada Moore: Yes.", "Bob: Oh."),
        [
            ("Ada Moore", 0, 4_000, "Lamps are no small"),
            ("Bob", 4_000, 6_000, "Indeed?"),
            ("Ada Moore", 6_000, 8_000, "Yes."),
            ("Bob", 8_000, 10_000, "Oh."),
        ],
    ),
    (
        "no numbers, dots instead of commas, no empty lines, overlapping times",
        "00:00:01.000 --> 00:00:03.000\nOne\n00:00:02.500 --> 00:00:04.000\ntwo\n",
        [(None, 1_000, 4_000, "One two")],
    ),
    (
        "no empty lines, numbers",
        (
            "1\n00:00:01,000 --> 00:00:03,000\nOne\n2\n00:00:03,000 --> 00:00:04,000\n12\n"
            "3\n00:00:04,000 --> 00:00:05,000\nx"
        ),
        [(None, 1_000, 5_000, "One 12 x")],
    ),
    (
        "what players read: places, italics, fonts, line breaks",
        (
            "1\n00:00:01,000 --> 00:00:03,000 X1:0 X2:9\n"
            '{\\an8}<i>One</i> <font color="#fff">two</font>\\Nthree &amp; {b}four{/b}\n'
        ),
        [(None, 1_000, 3_000, "One two three & four")],
    ),
    (
        "arrows where somebody else speaks",
        subrip(">> Good evening.", "And welcome.", ">> Thank you.", "&gt;&gt; Indeed."),
        [
            (None, 0, 4_000, "Good evening. And welcome."),
            (None, 4_000, 6_000, "Thank you."),
            (None, 6_000, 8_000, "Indeed."),
        ],
    ),
    (
        "two who speak in one cue, each behind a dash",
        subrip("- Is it late?\n- It is late!", "Very late."),
        [(None, 0, 1_000, "Is it late?"), (None, 1_000, 4_000, "It is late! Very late.")],
    ),
    (
        "SubViewer",
        "0:00:01.000,0:00:03.000\nOne\n\n0:00:03.000,0:00:04.500\ntwo\n",
        [(None, 1_000, 4_500, "One two")],
    ),
    (
        "text in two paragraphs",
        "1\n00:00:01,000 --> 00:00:03,000\nOne\n\ntwo\n\n2\n00:00:03,000 --> 00:00:04,000\nthree\n",
        [(None, 1_000, 4_000, "One two three")],
    ),
]


@pytest.mark.parametrize(("body", "rows"), [case[1:] for case in FILES], ids=[case[0] for case in FILES])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_subrip(body: str, rows: list[Row], newline: str) -> None:
    assert rows_of(body.replace("\n", newline), "text/plain") == rows


def test_cues_are_counted_with_and_without_text() -> None:
    assert cues_of(subrip("One", "", "three")) == 3


def test_the_type_decides_between_formats_that_look_alike() -> None:
    body = "00:00.000 --> 00:01.000\nLamps"
    assert rows_of(body, "text/vtt; charset=utf-8") == [(None, 0, 1_000, "Lamps")]
    assert rows_of(body, forced=TranscriptSource("srt")) == [(None, 0, 1_000, "Lamps")]
