"""Roll-up captions, as YouTube writes them, and captions that only repeat words."""

from __future__ import annotations

import pytest

from tests.unit.transcripts.material import cues_of, rows_of

ROLLING = """WEBVTT
Kind: captions
Language: en

00:00:00.160 --> 00:00:02.389 align:start position:0%

lamps<00:00:00.480><c> are</c><00:00:00.700><c> no</c>

00:00:02.389 --> 00:00:02.399 align:start position:0%
lamps are no


00:00:02.399 --> 00:00:04.149 align:start position:0%
lamps are no
no<00:00:02.560><c> small</c><00:00:02.879><c> matter</c>

00:00:04.149 --> 00:00:04.159 align:start position:0%
no small matter


00:00:04.159 --> 00:00:06.150 align:start position:0%
no small matter
very<00:00:04.319><c> very</c><00:00:05.000><c> bright</c>

00:00:06.150 --> 00:00:06.160 align:start position:0%
very very bright


00:00:06.160 --> 00:00:08.150 align:start position:0%
very very bright
very<00:00:06.319><c> bright</c>
"""


def test_captions_that_roll_are_said_once() -> None:
    assert rows_of(ROLLING) == [
        (None, 160, 8_150, "lamps are no no small matter very very bright very bright")
    ]
    assert cues_of(ROLLING) == 7


def test_captions_that_grow_are_said_once() -> None:
    words = ["one", "two", "three", "four", "five", "six", "seven", "eight"]
    body = "".join(
        f"00:{n:02}.000 --> 00:{n + 1:02}.000\n{' '.join(words[: n + 1])}\n\n" for n in range(len(words))
    )
    assert [row[3] for row in rows_of("WEBVTT\n\n" + body)] == [" ".join(words)]


@pytest.mark.parametrize(
    "texts",
    [
        ["No."] * 12,
        ["Yes, yes", "yes it is.", "It is.", "It is.", "So it is.", "Is it?", "It is."],
        ["La la la", "la la la", "la", "la la la", "and so on", "and so on and on", "on and on"],
    ],
)
def test_what_was_said_twice_stays(texts: list[str]) -> None:
    body = "".join(f"00:{n:02}.000 --> 00:{n + 1:02}.000\n{text}\n\n" for n, text in enumerate(texts))
    assert " ".join(row[3] for row in rows_of("WEBVTT\n\n" + body)) == " ".join(texts)
