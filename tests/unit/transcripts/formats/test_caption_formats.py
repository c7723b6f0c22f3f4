"""The small formats of captions: SBV, LRC, SubStation Alpha, tables, Podlove's and YouTube's XML."""

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
    (
        "LRC with tags, an offset and a refrain",
        "lrc",
        "[ar:Ada]\n[ti: Lamps]\n[offset:+500]\n[00:01.50][00:09.50]La la.\n[00:03.00]The kettle.\n[00:05.00]\n",
        [(None, 1_000, 14_000, "La la. The kettle. La la.")],
    ),
    (
        "LRC with a time at each word, and no tags",
        "lrc",
        "[00:01.50]<00:01.50>The <00:02.00>ket<00:02.20>tle. <00:02.50>\n[01:03.00]<01:03.00> At <01:03.20> last.\n",
        [(None, 1_500, 63_000, "The kettle."), (None, 63_000, 68_000, "At last.")],
    ),
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
    (
        "srv1, which escapes twice",
        "youtube",
        (
            '<?xml version="1.0"?><transcript><text start="1.5" dur="1.5">Bo&amp;#39;s kettle</text>'
            '<text start="4">is on.</text></transcript>'
        ),
        [(None, 1_500, 4_000, "Bo's kettle is on.")],
    ),
    (
        "srv3 with a time at each word, and lines that only move the window",
        "youtube",
        (
            '<timedtext format="3"><head><ws id="0"/></head><body><w t="0" id="1"/>'
            '<p t="1500" d="1500" w="1"><s>The</s>'
            '<s t="300"> kettle</s></p><p t="2900" d="100" w="1" a="1">\n</p>'
            '<p t="4000" d="1000">is on.</p></body></timedtext>'
        ),
        [(None, 1_500, 5_000, "The kettle is on.")],
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
    [
        ("sbv", "Nothing."),
        ("lrc", "[ti:Lamps]\n[ar:Ada]\n"),
        ("ass", ASS + FIELDS),
        ("tsv", "start\tend\ttext\n"),
        ("csv", "start,end\n1,2\n"),
        ("csv", 'start,text\n1,"' + "x" * 200_000),
        ("podlove-xml", "<transcripts><speech></speech></transcripts>"),
        ("youtube", "<timedtext></timedtext>"),
        ("youtube", "<timedtext><p t='1'>x"),
    ],
)
def test_what_holds_no_cues(source: str, body: str) -> None:
    with pytest.raises(TranscriptError):
        rows_of(body, forced=TranscriptSource(source))


@pytest.mark.parametrize(
    ("body", "source"),
    [
        ("[00:12] Hello there.\n[00:15] Yes.\n", "text"),
        ("[00:12.50] Ada: Hello there.\n[00:15.20] Bo: Yes.\n", "text"),
        ("Name\ttime\nAda\t0:01\n", "text"),
    ],
)
def test_text_that_resembles_them(body: str, source: str) -> None:
    assert read_transcript(body.encode(), None).source == source
