"""Tables of cues, whatever their columns, delimiters and units are."""

from __future__ import annotations

import pytest

from bot.transcripts.reader import read_transcript
from bot.transcripts.turns.cues import TranscriptError
from storage.models import TranscriptSource
from tests.unit.transcripts.material import Row, rows_of

CASES: list[tuple[str, str, str, list[Row]]] = [
    (
        "whisper's milliseconds",
        "tsv",
        'start\tend\ttext\n1500\t3000\tThe "kettle\n4000\t5000\tAt\tlast.\n',
        [(None, 1_500, 5_000, 'The "kettle At last.')],
    ),
    (
        "labels in seconds without a header",
        "tsv",
        "1.500000\t3.000000\tThe kettle.\n4.000000\t5.000000\tAt last.\n",
        [(None, 1_500, 5_000, "The kettle. At last.")],
    ),
    (
        "frames in an editor's table",
        "csv",
        (
            'Speaker Name,Start Time,End Time,Text\nAda Moore,00:00:01;15,00:00:03;00,"The ""kettle"",'
            ' yes."\nBo,00:00:04;00,00:00:05;29,Hm\n'
        ),
        [("Ada Moore", 1_500, 3_000, 'The "kettle", yes.'), ("Bo", 4_000, 5_966, "Hm")],
    ),
    (
        "semicolons, German columns and a unit in brackets",
        "csv",
        "Beginn (ms);Ende (ms);Sprecher;Text\n1500;3000;Ada;Der Kessel; endlich.\n4000;5000;;Ja.\n",
        [("Ada", 1_500, 3_000, "Der Kessel; endlich."), (None, 4_000, 5_000, "Ja.")],
    ),
]


@pytest.mark.parametrize(
    ("source", "body", "rows"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_what_is_said(source: str, body: str, rows: list[Row]) -> None:
    assert read_transcript(body.encode(), None).source == source
    assert rows_of(body) == rows


@pytest.mark.parametrize(
    ("source", "body"),
    [("tsv", "start\tend\ttext\n"), ("csv", "start,end\n1,2\n"), ("csv", 'start,text\n1,"' + "x" * 200_000)],
)
def test_what_holds_no_cues(source: str, body: str) -> None:
    with pytest.raises(TranscriptError):
        rows_of(body, forced=TranscriptSource(source))
