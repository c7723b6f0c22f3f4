"""YouTube's XML in its three forms."""

from __future__ import annotations

import pytest

from bot.transcripts.reader import read_transcript
from bot.transcripts.turns.cues import TranscriptError
from storage.models import TranscriptSource
from tests.unit.transcripts.material import Row, rows_of

CASES: list[tuple[str, str, str, list[Row]]] = [
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
    ("source", "body"), [("youtube", "<timedtext></timedtext>"), ("youtube", "<timedtext><p t='1'>x")]
)
def test_what_holds_no_cues(source: str, body: str) -> None:
    with pytest.raises(TranscriptError):
        rows_of(body, forced=TranscriptSource(source))
