"""SubStation Alpha: actors, fields in any order, and what is no speech."""

from __future__ import annotations

import pytest

from bot.transcripts.reader import read_transcript
from bot.transcripts.turns.cues import TranscriptError
from storage.models import TranscriptSource
from tests.unit.transcripts.material import Row, rows_of

ASS = "[Script Info]\nTitle: Lamps\n\n[V4+ Styles]\nFormat: Name\nStyle: Default\n\n[Events]\n"
FIELDS = "Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n"

CASES: list[tuple[str, str, str, list[Row]]] = [
    (
        "actors, styles, drawings, comments and shadows",
        "ass",
        ASS
        + FIELDS
        + "Comment: 0,0:00:00.00,0:00:01.00,Default,,0,0,0,,Not said\n"
        + "Dialogue: 0,0:00:01.50,0:00:03.00,Default,Ada,0,0,0,,{\\i1}The{\\i0} kettle,\\Nis on.\n"
        + "Dialogue: 1,0:00:01.50,0:00:03.00,Shadow,Ada,0,0,0,,{\\blur3}The kettle,\\Nis on.\n"
        + "Dialogue: 0,0:00:02.00,0:00:03.00,Sign,Bo,0,0,0,,{\\p1}m 0 0 l 5 5{\\p0}\n"
        + "Dialogue: 0,0:00:04.00,0:00:05.00,Default,Bo,0,0,0,,{\\k20}At {\\k30}last.\n",
        [("Ada", 1_500, 3_000, "The kettle, is on."), ("Bo", 4_000, 5_000, "At last.")],
    ),
    (
        "fields in another order, as the format line says",
        "ass",
        ASS + "Format: Start, End, Actor, Text\nDialogue: 0:00:01.50,0:00:03.00,Ada,Hi, there.\n",
        [("Ada", 1_500, 3_000, "Hi, there.")],
    ),
    (
        "no actors, but labels; and an event without a time",
        "ass",
        ASS
        + FIELDS
        + "Dialogue: 0,x,y,Default,,0,0,0,,Lost.\n"
        + "Dialogue: 0,0:00:04.00,0:00:05.00,Default,,0,0,0,,Ada: Two.\n"
        + "Dialogue: 0,0:00:01.00,0:00:02.00,Default,,0,0,0,,Ada: One.\n",
        [("Ada", 1_000, 5_000, "One. Two.")],
    ),
]


@pytest.mark.parametrize(
    ("source", "body", "rows"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_what_is_said(source: str, body: str, rows: list[Row]) -> None:
    assert read_transcript(body.encode(), None).source == source
    assert rows_of(body) == rows


@pytest.mark.parametrize(("source", "body"), [("ass", ASS + FIELDS)])
def test_what_holds_no_cues(source: str, body: str) -> None:
    with pytest.raises(TranscriptError):
        rows_of(body, forced=TranscriptSource(source))
