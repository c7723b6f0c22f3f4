"""WebVTT. What counts as a cue was compared with a browser's parser."""

from __future__ import annotations

import pytest

from bot.transcripts.turns.cues import TranscriptError
from tests.unit.transcripts.material import Row, cues_of, rows_of

WEBVTT: list[tuple[str, str, list[Row]]] = [
    (
        "voices, an entity, times without hours",
        (
            "WEBVTT\n\n00:00.000 --> 00:02.500\n<v Ada>Lamps &amp; oil.\n\n"
            "00:02.500 --> 00:04.000\n<v Ada>More</v>\n\n01:00:04.000 --> 01:00:05.000\n<v.loud Bob Ray>Yes.</v>\n"
        ),
        [("Ada", 0, 4_000, "Lamps & oil. More"), ("Bob Ray", 3_604_000, 3_605_000, "Yes.")],
    ),
    (
        "bare seconds, then minutes of one digit, then proper times",
        (
            "WEBVTT\n\n0.000 --> 3.48\n<v S_1>One.\n\n4.24 --> 6.6\n<v S_2>Two.\n\n"
            "1:05.1 --> 1:06\n<v S_1>Three.\n\n12:00.000 --> 12:01.000\n<v S_2>Four."
        ),
        [
            ("S_1", 0, 3_480, "One."),
            ("S_2", 4_240, 6_600, "Two."),
            ("S_1", 65_100, 66_000, "Three."),
            ("S_2", 720_000, 721_000, "Four."),
        ],
    ),
    (
        "blocks that are not cues, settings, cue names, tags",
        (
            "WEBVTT - lamps\nKind: captions\n\nSTYLE\n::cue { color: red }\n\nNOTE\nnot --> said\n\nREGION\nid:x\n\n"
            "intro\n00:01.000 --> 00:02.000 align:start line:0\n<i>One</i> <00:01.500><c.b>two</c>\nx <3 y\n\n"
        ),
        [(None, 1_000, 2_000, "One two x <3 y")],
    ),
    (
        "two voices in one cue",
        "WEBVTT\n\n00:00.000 --> 00:04.000\n<v Ada>abcd</v> <v Bob>efgh</v>\n",
        [("Ada", 0, 2_000, "abcd"), ("Bob", 2_000, 4_000, "efgh")],
    ),
    (
        "a voice on each line",
        "WEBVTT\n\n00:00.000 --> 00:04.000\n<v Ada>One\n<v Ada>two.\n",
        [("Ada", 0, 4_000, "One two.")],
    ),
    (
        "no empty line below the head, none between cues, times that go back",
        "WEBVTT\n00:05.000 --> 00:06.000\n<v Ada>One.\n00:03.000 --> 00:04.000\n<v Bob>Two.",
        [("Bob", 3_000, 4_000, "Two."), ("Ada", 5_000, 6_000, "One.")],
    ),
    (
        "equal starts keep the order of the file, an end before the start is none",
        "WEBVTT\n\n00:05.000 --> 00:09.000\n<v Ada>One.\n\n00:05.000 --> 00:04.000\n<v Bob>Two.",
        [("Ada", 5_000, 9_000, "One."), ("Bob", 5_000, 5_000, "Two.")],
    ),
    (
        "a pause ends a turn",
        "WEBVTT\n\n00:00.000 --> 00:01.000\nOne\n\n00:30.000 --> 00:31.000\ntwo",
        [(None, 0, 1_000, "One"), (None, 30_000, 31_000, "two")],
    ),
    (
        "numbers between cues without an empty line",
        (
            "WEBVTT\n\n1\n00:01.000 --> 00:02.000\nOne\n2\n00:02.000 --> 00:03.000\n30\n"
            "3\n00:03.000 --> 00:04.000\nthree"
        ),
        [(None, 1_000, 4_000, "One 30 three")],
    ),
    (
        "an empty line below the times, and one inside a text: words that a player drops",
        "WEBVTT\n\n00:01.000 --> 00:02.000\n\nlost words\n\n00:02.000 --> 00:03.000\nsaid\n\nand more\n",
        [(None, 1_000, 3_000, "lost words said and more")],
    ),
    (
        "an arrow that was said",
        "WEBVTT\n\n00:01.000 --> 00:02.000\nfirst\ngo --> there\nand on\n",
        [(None, 1_000, 2_000, "first go --> there and on")],
    ),
    (
        "times that nobody can read are not said",
        "WEBVTT\n\n00:01.000 --> 00:02.000\nOne\n\n0001:02.000 -->\ntwo",
        [(None, 1_000, 2_000, "One two")],
    ),
    (
        "a voice where it changes only",
        (
            "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Ada>One\n\n00:02.000 --> 00:03.000\ntwo.\n\n"
            "00:03.000 --> 00:04.000\n<v Bob>Three\n\n00:04.000 --> 00:05.000\nfour."
        ),
        [("Ada", 1_000, 3_000, "One two."), ("Bob", 3_000, 5_000, "Three four.")],
    ),
    (
        "who speaks without a voice, where each cue has one",
        (
            "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Ada>One.\n\n00:02.000 --> 00:03.000\n<v Ada>Two.\n\n"
            "00:03.000 --> 00:04.000\nThree."
        ),
        [("Ada", 1_000, 3_000, "One. Two."), (None, 3_000, 4_000, "Three.")],
    ),
]


@pytest.mark.parametrize(("body", "rows"), [case[1:] for case in WEBVTT], ids=[case[0] for case in WEBVTT])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_webvtt(body: str, rows: list[Row], newline: str) -> None:
    assert rows_of(body.replace("\n", newline), "text/plain") == rows


CUE = "00:01.000 --> 00:02.000\nOne\n\n"


@pytest.mark.parametrize(
    ("body", "count"),
    [
        ("WEBVTT\n\n" + CUE * 3, 3),
        ("WEBVTT\n\n" + CUE + "00:02.000 --> 00:03.000\n\n00:03.000 --> 00:04.000\n", 3),
        # Directly above a timing line, even NOTE, STYLE or a number is the cue's identifier.
        ("WEBVTT\n\nNOTE\n" + CUE + "NOTE a\nb\n" + CUE + "STYLE\n::cue{}\n" + CUE + "7\n\n" + CUE, 4),
        ("WEBVTT\n\nNOTE\nnot --> said\nnor this\n\n" + CUE, 1),
        ("WEBVTT\nX-TIMESTAMP-MAP=LOCAL:00:00:00.000 --> x\n\n" + CUE, 1),
        # The host keeps to the standard: a cue that a browser drops isn't counted, but still read.
        ("WEBVTT\n\n" + CUE * 3 + "00:03,000 --> 00:04,000\nTwo\n", 3),
        # The host doesn't: all cues count, including those whose times become proper after ten minutes.
        (
            "WEBVTT\n\n1.0 --> 2.0\nA\n\n3.0 --> 4.0\nA\n\n1:02.0 --> 1:03.0\nB\n\n"
            + CUE.replace("00:", "10:") * 5,
            8,
        ),
    ],
)
def test_counts_of_cues(body: str, count: int) -> None:
    assert cues_of(body) == count


@pytest.mark.parametrize("body", ["WEBVTT\n\n", "WEBVTT", "WEBVTT\n\nOnly a text.\n"])
def test_no_cues(body: str) -> None:
    with pytest.raises(TranscriptError, match="no cues"):
        rows_of(body)


def test_cues_without_words() -> None:
    with pytest.raises(TranscriptError, match="no words"):
        rows_of("WEBVTT\n\n00:00.000 --> 00:01.000\n\n")


def test_long_turns_are_parted_at_the_end_of_a_sentence() -> None:
    cues = "".join(
        f"\n{n // 60:02d}:{n % 60:02d}.000 --> {n // 60:02d}:{n % 60 + 5:02d}.000\n"
        f"<v Ada>Lamp {n}{'.' if n % 2 else ','}\n"
        for n in range(0, 300, 5)
    )
    named = rows_of("WEBVTT\n" + cues)
    assert [row[1] for row in named] == [0, 60_000, 120_000, 180_000, 240_000]
    assert all((row[2] or 0) - (row[1] or 0) <= 75_000 for row in named)
    assert all(row[3].endswith(".") for row in named[:-1])
    unnamed = rows_of("WEBVTT\n" + cues.replace("<v Ada>", ""))
    assert all((row[2] or 0) - (row[1] or 0) <= 40_000 for row in unnamed)
    endless = rows_of("WEBVTT\n" + cues.replace("<v Ada>", "").replace(".\n", "\n"))
    assert all((row[2] or 0) - (row[1] or 0) <= 65_000 for row in endless)
