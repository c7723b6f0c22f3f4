from __future__ import annotations

import json
from typing import Any

import pytest

from bot.transcripts.reader import read_transcript
from bot.transcripts.turns.cues import TranscriptError
from storage.models import TranscriptSource
from tests.unit.transcripts.material import Row, cues_of, rows_of, segments


def test_words_are_put_together() -> None:
    body = segments(
        ("Ada", 0.5, 0.75, "I"),
        ("Ada", 1, 1.25, "am"),
        ("Ada", 1.3, 1.4, "late"),
        ("Ada", 1.4, 1.4, "."),
        ("Bob", 2, 3, "No"),
    )
    assert rows_of(body) == [("Ada", 500, 1_400, "I am late."), ("Bob", 2_000, 3_000, "No")]
    assert read_transcript(body.encode(), None).source == TranscriptSource("json")
    assert cues_of(body) == 5


def test_spaces_as_segments() -> None:
    body = segments(
        ("A", 0, 1, "It"),
        ("A", 1, 1, "'s"),
        ("A", 1, 1, " "),
        ("A", 1, 2, "me"),
        ("A", 2, 2, ","),
        ("A", 2, 2, " "),
        ("A", 2, 3, "Bob"),
    )
    assert rows_of(body) == [("A", 0, 3_000, "It's me, Bob")]


def test_spaces_before_words() -> None:
    body = segments((None, 0, 1, " Lamp"), (None, 1, 2, "light"), (None, 2, 3, " is"), (None, 3, 4, " dear"))
    assert rows_of(body) == [(None, 0, 4_000, "Lamplight is dear")]


def test_odd_values() -> None:
    rows = rows_of(
        '{"segments": [1, {"body": "Zero"}, {"startTime": NaN, "body": "and"}, {"startTime": "2.5", "body": "one"},'
        ' {"startTime": true, "body": "or"}, {"startTime": 3, "endTime": 1, "body": "two", "speaker": []}]}'
    )
    assert rows == [(None, 2_500, 3_000, "Zero and one or two")]


@pytest.mark.parametrize(
    "number", ["9" * 400, "-" + "9" * 400, "1" + "0" * 4_000, "1e400", "NaN", "-1", '"x"']
)
def test_numbers_that_are_no_times(number: str) -> None:
    rows = rows_of(
        f'{{"segments": [{{"startTime": {number}, "endTime": {number}, "body": "No"}},'
        f' {{"startTime": 2.5, "endTime": {number}, "body": "one"}}]}}'
    )
    assert rows == [(None, 2_500, 2_500, "No one")]


FIVE = "One two three four five."
SHAPES: list[tuple[str, Any, list[Row]]] = [
    (
        "a bare list in milliseconds",
        [
            {"start": 1, "end": 5_000, "text": "<i>One\ntwo</i>"},
            {"start": 25_801, "end": 28_700, "text": "three"},
        ],
        [(None, 1, 5_000, "One two"), (None, 25_801, 28_700, "three")],
    ),
    (
        "a bare list in seconds",
        [{"start": 0, "end": 2, "text": FIVE}, {"start": 3, "end": 4, "text": "Six."}],
        [(None, 0, 4_000, f"{FIVE} Six.")],
    ),
    (
        "Whisper",
        {
            "text": f"{FIVE} Six.",
            "segments": [
                {
                    "id": 0,
                    "start": 0.0,
                    "end": 2.5,
                    "text": f" {FIVE}",
                    "words": [{"word": " One", "start": 0.0}],
                },
                {"id": 1, "start": 2.5, "end": 3.0, "text": " Six."},
            ],
            "language": "en",
        },
        [(None, 0, 3_000, f"{FIVE} Six.")],
    ),
    (
        "whisper.cpp",
        {
            "transcription": [
                {
                    "timestamps": {"from": "00:00:01,000", "to": "00:00:02,000"},
                    "offsets": {"from": 1_000, "to": 2_000},
                    "text": " One.",
                }
            ]
        },
        [(None, 1_000, 2_000, "One.")],
    ),
    (
        "clocks, a speaker's label",
        {
            "cues": [
                {
                    "startTime": "00:00:01.500",
                    "endTime": "00:00:02.500",
                    "speakerLabel": "Ada",
                    "content": "One.",
                }
            ]
        },
        [("Ada", 1_500, 2_500, "One.")],
    ),
    (
        "numbered speakers, one result inside another",
        {"results": {"utterances": [{"start": 0.5, "end": 1, "speaker": 1, "transcript": "One."}]}},
        [("Speaker 1", 500, 1_000, "One.")],
    ),
    (
        "the whole text beside the words of it",
        {
            "results": {
                "channels": [
                    {
                        "alternatives": [
                            {
                                "transcript": "one two",
                                "words": [
                                    {"word": "one", "punctuated_word": "One", "start": 0.5, "end": 0.7},
                                    {"word": "two", "punctuated_word": "two.", "start": 0.8, "end": 1.0},
                                ],
                            }
                        ]
                    }
                ]
            }
        },
        [(None, 500, 1_000, "One two.")],
    ),
    (
        "what one speaker says, in pieces",
        {
            "monologues": [
                {
                    "speaker": 0,
                    "elements": [
                        {"type": "text", "value": "One", "ts": 0.5, "end_ts": 0.7},
                        {"type": "punct", "value": " "},
                        {"type": "text", "value": "two", "ts": 0.8, "end_ts": 1.0},
                        {"type": "punct", "value": "."},
                    ],
                }
            ]
        },
        [("Speaker 0", 500, 1_000, "One two.")],
    ),
    (
        "starts and durations",
        {
            "transcript": [
                {"text": "One", "start": 0.5, "duration": 1.5},
                {"text": "two", "start": 2.0, "duration": 1.0},
            ]
        },
        [(None, 500, 3_000, "One two")],
    ),
    (
        "no times at all",
        [{"speaker": {"name": "Ada"}, "text": "One."}, {"speaker": {"name": "Bob"}, "text": "Two."}],
        [("Ada", None, None, "One."), ("Bob", None, None, "Two.")],
    ),
    (
        "names before a colon",
        [
            {"start": 0.5, "end": 1.5, "text": "Ada: One."},
            {"start": 2.0, "end": 3.0, "text": "Bob: Two."},
            {"start": 3.0, "end": 4.0, "text": "Ada: Three."},
            {"start": 4.0, "end": 5.0, "text": "Bob: Four."},
        ],
        [
            ("Ada", 500, 1_500, "One."),
            ("Bob", 2_000, 3_000, "Two."),
            ("Ada", 3_000, 4_000, "Three."),
            ("Bob", 4_000, 5_000, "Four."),
        ],
    ),
]


@pytest.mark.parametrize(("data", "rows"), [case[1:] for case in SHAPES], ids=[case[0] for case in SHAPES])
def test_shapes(data: Any, rows: list[Row]) -> None:
    assert rows_of(json.dumps(data)) == rows
    assert read_transcript(json.dumps(data).encode(), "text/html").source == TranscriptSource("json")


def line(start_ms: int, voice: str | None, text: str, speaker: Any = None) -> dict[str, Any]:
    """A segment as Podlove writes it."""
    return {
        "start": f"00:00:0{start_ms // 1000}.{start_ms % 1000:03}",
        "start_ms": start_ms,
        "end": f"00:00:0{start_ms // 1000 + 1}.{start_ms % 1000:03}",
        "end_ms": start_ms + 1_000,
        "speaker": speaker,
        "voice": voice,
        "text": text,
    }


@pytest.mark.parametrize(
    ("data", "speakers"),
    [
        ([line(0, "Ada", "One."), line(1_000, "Bob", "Two.")], ["Ada", "Bob"]),
        ({"transcripts": [line(0, "Ada", "One.", "12"), line(1_000, "Bob", "Two.", 13)]}, ["Ada", "Bob"]),
        (
            {
                "transcripts": [
                    {"start": "00:00:00.000", "end": "00:00:1.000", "speaker": "Ada", "text": "One."},
                    {"start": "00:00:01.000", "end": "00:00:02.000", "speaker": "Bob", "text": "Two."},
                ]
            },
            ["Ada", "Bob"],
        ),
        ([line(0, "", "One.", "Ada"), line(1_000, None, "Two.", "Bob")], ["Ada", "Bob"]),
        (
            {
                "version": 5,
                "contributors": [{"id": "1", "name": "Ada"}, {"id": 2, "name": "Bob"}],
                "transcripts": [line(0, "", "One.", "1"), line(1_000, "", "Two.", "2")],
            },
            ["Ada", "Bob"],
        ),
        (
            [
                {
                    "start_ms": 0,
                    "end_ms": 1_000,
                    "speaker": "1",
                    "voice": "Ada",
                    "items": [line(0, "Ada", "One.")],
                },
                {"start_ms": 1_000, "end_ms": 2_000, "voice": "Bob", "items": [line(1_000, "Bob", "Two.")]},
            ],
            ["Ada", "Bob"],
        ),
    ],
)
def test_podlove(data: Any, speakers: list[str]) -> None:
    transcript = read_transcript(json.dumps(data).encode(), "application/json")
    assert transcript.source == TranscriptSource("podlove")
    assert transcript.cues == 2
    assert [turn.speaker for turn in transcript.turns] == speakers
    assert [(turn.start_ms, turn.end_ms) for turn in transcript.turns] == [(0, 1_000), (1_000, 2_000)]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ('{"', "not valid JSON"),
        ("[[" + "[" * 50_000, "not valid JSON"),
        ('{"a":' * 100_000, "not valid JSON"),
        ('{"segments": []}', "no list of segments"),
        ('{"segments": [{"startTime": 1, "body": " "}]}', "no list of segments"),
        ('[{"a": 1}]', "no list of segments"),
        ("{}", "no list of segments"),
    ],
)
def test_what_is_no_transcript(body: str, words: str) -> None:
    with pytest.raises(TranscriptError, match=words):
        rows_of(body)
