"""SBV and SubViewer."""

from __future__ import annotations

import pytest

from bot.transcripts.reader import read_transcript
from bot.transcripts.turns.cues import TranscriptError
from storage.models import TranscriptSource
from tests.unit.transcripts.material import Row, rows_of

CASES: list[tuple[str, str, str, list[Row]]] = [
    (
        "SBV",
        "sbv",
        "0:00:01.500,0:00:03.000\nThe kettle\nis on.\n\n0:01:05.000,0:01:06.000\n>> At last.\n",
        [(None, 1_500, 3_000, "The kettle is on."), (None, 65_000, 66_000, "At last.")],
    ),
    (
        "SubViewer, with its breaks",
        "sbv",
        "[INFORMATION]\n[TITLE]Lamps\n[END INFORMATION]\n00:00:01.50,00:00:03.00\nThe kettle[br]is on.\n",
        [(None, 1_500, 3_000, "The kettle is on.")],
    ),
]


@pytest.mark.parametrize(
    ("source", "body", "rows"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_what_is_said(source: str, body: str, rows: list[Row]) -> None:
    assert read_transcript(body.encode(), None).source == source
    assert rows_of(body) == rows


@pytest.mark.parametrize(("source", "body"), [("sbv", "Nothing.")])
def test_what_holds_no_cues(source: str, body: str) -> None:
    with pytest.raises(TranscriptError):
        rows_of(body, forced=TranscriptSource(source))
