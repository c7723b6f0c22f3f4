from __future__ import annotations

import pytest

from bot.text.html_lines import Line
from bot.transcripts.turns.file_headers import without_headers
from bot.transcripts.turns.line_scanner import scan_line

TALK = ["Ada: The mill stands still.", "Bo: It does.", "Ada: Since when?", "Bo: Since the frost."]


def kept(texts: list[str]) -> list[str]:
    return [line.text for line in without_headers([scan_line(Line(text)) for text in texts])]


@pytest.mark.parametrize(
    "header",
    [
        ["Title: The mill", "Duration: 0:45"],
        ["Topic: Mills", "Producer: Kit Moss", "Venue: North Hall"],
        ["Host: Ada Moore", "Guests: Bo Lind, Cy Dent", "Recorded: Monday"],
        ["Datum: 3. März", "Thema: Mühlen"],
    ],
)
def test_keys_above_the_talk(header: list[str]) -> None:
    assert kept([*header, *TALK]) == TALK


def test_keys_below_the_talk() -> None:
    assert kept([*TALK, "Edited by: Kit Moss", "Music: Water Song"]) == TALK


@pytest.mark.parametrize(
    "texts",
    [
        TALK,
        # None of the keys is known, and nobody ends a sentence: they may be people.
        ["Cy: Hello", "Di: Hi", *(text.rstrip(".?") for text in TALK)],
        # What a host says, and not who it is.
        ["Host: Good evening, and welcome.", *TALK],
        # Nothing would be left.
        ["Title: The mill", "Duration: 0:45"],
        # The heading above the talk is no key.
        ["Transcript:", *TALK],
    ],
)
def test_what_is_said_stays(texts: list[str]) -> None:
    assert kept(texts) == texts


def test_a_list_below_a_key_is_a_part_of_it() -> None:
    lines = [
        scan_line(Line(text, bullet=text in {"Ada Moore", "Bo Lind"}))
        for text in ("Attendees:", "Ada Moore", "Bo Lind", *TALK)
    ]
    assert [line.text for line in without_headers(lines)] == TALK
