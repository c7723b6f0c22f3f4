"""Podlove's Simple Transcripts."""

from __future__ import annotations

import pytest

from bot.transcripts.reader import read_transcript
from bot.transcripts.turns.cues import TranscriptError
from storage.models import TranscriptSource
from tests.unit.transcripts.material import Row, rows_of

CASES: list[tuple[str, str, str, list[Row]]] = [
    (
        "Podlove's speeches",
        "podlove-xml",
        (
            '<transcripts xmlns="http://podlove.org/simple-transcripts"><speech><speaker>Ada</speaker>'
            '<item start="00:00:01.500" end="00:00:03.000">The</item>'
            '<item start="00:00:03.500" end="00:00:04">kettle.</item>'
            '</speech><speech><item start="00:00:05" end="00:00:06">Who?</item></speech></transcripts>'
        ),
        [("Ada", 1_500, 4_000, "The kettle."), (None, 5_000, 6_000, "Who?")],
    ),
]


@pytest.mark.parametrize(
    ("source", "body", "rows"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_what_is_said(source: str, body: str, rows: list[Row]) -> None:
    assert read_transcript(body.encode(), None).source == source
    assert rows_of(body) == rows


@pytest.mark.parametrize(
    ("source", "body"), [("podlove-xml", "<transcripts><speech></speech></transcripts>")]
)
def test_what_holds_no_cues(source: str, body: str) -> None:
    with pytest.raises(TranscriptError):
        rows_of(body, forced=TranscriptSource(source))
