"""LRC: tags, an offset, refrains, and a time at each word."""

from __future__ import annotations

import pytest

from bot.transcripts.reader import read_transcript
from bot.transcripts.turns.cues import TranscriptError
from storage.models import TranscriptSource
from tests.unit.transcripts.material import Row, rows_of

CASES: list[tuple[str, str, str, list[Row]]] = [
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
]


@pytest.mark.parametrize(
    ("source", "body", "rows"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_what_is_said(source: str, body: str, rows: list[Row]) -> None:
    assert read_transcript(body.encode(), None).source == source
    assert rows_of(body) == rows


@pytest.mark.parametrize(("source", "body"), [("lrc", "[ti:Lamps]\n[ar:Ada]\n")])
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
