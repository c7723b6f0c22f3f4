from __future__ import annotations

import codecs
import contextlib
import json
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.transcripts import TranscriptError, read_transcript, reads_type
from storage.models import TranscriptSource

DATA = Path(__file__).parents[4] / "shared" / "data" / "transcripts"

Row = tuple[str | None, int | None, int | None, str]


def rows_of(body: str | bytes, mime_type: str | None = None) -> list[Row]:
    raw = body if isinstance(body, bytes) else body.encode()
    return [
        (turn.speaker, turn.start_ms, turn.end_ms, turn.text)
        for turn in read_transcript(raw, mime_type).turns
    ]


def segments(*rows: tuple[str | None, float, float, str]) -> str:
    keys = ("speaker", "startTime", "endTime", "body")
    return json.dumps({"version": "1.0.0", "segments": [dict(zip(keys, row, strict=True)) for row in rows]})


WEBVTT: list[tuple[str, str, list[Row]]] = [
    (
        "voices, an entity, times without hours",
        (
            "WEBVTT\n\n00:00.000 --> 00:02.500\n<v Ada>Lamps &amp; oil.\n\n"
            "00:02.500 --> 00:04.000\n<v Ada>More</v>\n\n01:00:04.000 --> 01:00:05.000\n<v.loud Bob Ray>Yes.</v>\n"
        ),
        [("Ada", 0, 4_000, "Lamps & oil. More"), ("Bob Ray", 3_604_000, 3_605_000, "Yes.")],
    ),
    (
        "bare seconds",
        "WEBVTT\n\n0.000 --> 3.48\n<v S_1>One.\n\n4.24 --> 6.6\n<v S_2>Two.",
        [("S_1", 0, 3_480, "One."), ("S_2", 4_240, 6_600, "Two.")],
    ),
    (
        "blocks that are not cues, settings, cue names, tags",
        (
            "WEBVTT - lamps\nKind: captions\n\nSTYLE\n::cue { color: red }\n\nNOTE\nnot --> said\n\nREGION\nid:x\n\n"
            "intro\n00:01.000 --> 00:02.000 align:start line:0\n<i>One</i> <00:01.500><c.b>two</c>\nx <3 y\n\n"
        ),
        [(None, 1_000, 2_000, "One two x <3 y")],
    ),
    (
        "two voices in one cue",
        "WEBVTT\n\n00:00.000 --> 00:04.000\n<v Ada>abcd</v> <v Bob>efgh</v>\n",
        [("Ada", 0, 2_000, "abcd"), ("Bob", 2_000, 4_000, "efgh")],
    ),
    (
        "the empty line forgotten, times that go back",
        "WEBVTT\n00:05.000 --> 00:06.000\n<v Ada>One.\n00:03.000 --> 00:04.000\n<v Bob>Two.",
        [("Ada", 5_000, 6_000, "One."), ("Bob", 3_000, 4_000, "Two.")],
    ),
    (
        "a pause ends a turn",
        "WEBVTT\n\n00:00.000 --> 00:01.000\nOne\n\n00:30.000 --> 00:31.000\ntwo",
        [(None, 0, 1_000, "One"), (None, 30_000, 31_000, "two")],
    ),
]


@pytest.mark.parametrize(("body", "rows"), [case[1:] for case in WEBVTT], ids=[case[0] for case in WEBVTT])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_webvtt(body: str, rows: list[Row], newline: str) -> None:
    assert rows_of(body.replace("\n", newline), "text/plain") == rows


@pytest.mark.parametrize(
    "raw",
    [
        codecs.BOM_UTF8 + "WEBVTT\n\n00:00.000 --> 00:01.000\nCafé".encode(),
        "\ufeffWEBVTT\n\n00:00.000 --> 00:01.000\nCafé".encode("utf-16-le"),
        "\ufeffWEBVTT\n\n00:00.000 --> 00:01.000\nCafé".encode("utf-16-be"),
        "WEBVTT\n\n00:00.000 --> 00:01.000\nCafé".encode("cp1252"),
        codecs.BOM_UTF8 + "WEBVTT\n\n00:00.000 --> 00:01.000\nCafé".encode("latin-1"),
    ],
)
def test_encodings(raw: bytes) -> None:
    assert rows_of(raw) == [(None, 0, 1_000, "Café")]


def test_bytes_that_windows_does_not_know_are_kept() -> None:
    assert rows_of(b"WEBVTT\n\n00:00.000 --> 00:01.000\n\x81\xb0") == [(None, 0, 1_000, "\x81°")]


def test_json_puts_words_together() -> None:
    body = segments(
        ("Ada", 0.5, 0.75, "I"),
        ("Ada", 1, 1.25, "am"),
        ("Ada", 1.3, 1.4, "late"),
        ("Ada", 1.4, 1.4, "."),
        ("Bob", 2, 3, "No"),
    )
    assert rows_of(body) == [("Ada", 500, 1_400, "I am late."), ("Bob", 2_000, 3_000, "No")]
    assert read_transcript(body.encode(), None).source is TranscriptSource.JSON


def test_json_with_spaces_as_segments() -> None:
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


def test_json_with_odd_values() -> None:
    rows = rows_of(
        '{"segments": [1, {"body": "x"}, {"startTime": NaN, "body": "x"}, {"startTime": "2.5", "body": "One"},'
        ' {"startTime": true, "body": "x"}, {"startTime": 3, "endTime": 1, "body": "two", "speaker": 4}]}'
    )
    assert rows == [(None, 2_500, 3_000, "One two")]


@pytest.mark.parametrize("number", ["9" * 400, "-" + "9" * 400, "1" + "0" * 4_000, "1e400", "NaN", "-1"])
def test_json_with_numbers_that_are_no_times(number: str) -> None:
    rows = rows_of(
        f'{{"segments": [{{"startTime": {number}, "endTime": {number}, "body": "no"}},'
        f' {{"startTime": 2, "endTime": {number}, "body": "One"}}]}}'
    )
    assert [(row[1], row[3]) for row in rows] == [(2_000, "One")]


@pytest.mark.parametrize(
    ("mime_type", "reads"),
    [
        ("text/vtt", True),
        ("Text/VTT ; charset=utf-8", True),
        ("application/json", True),
        ("application/x-subrip", False),
        ("text/plain", False),
        ("text/html", False),
        ("", True),
        ("application/octet-stream", True),
        ("application/pdf", False),
        ("audio/mpeg", False),
    ],
)
def test_types_that_can_be_read(mime_type: str, reads: bool) -> None:
    assert reads_type(mime_type) is reads


def test_long_turns_are_parted_at_the_end_of_a_sentence() -> None:
    cues = "".join(
        f"\n{n // 60:02d}:{n % 60:02d}.000 --> {n // 60:02d}:{n % 60 + 5:02d}.000\n"
        f"<v Ada>Lamp {n}{'.' if n % 2 else ','}\n"
        for n in range(0, 300, 5)
    )
    named = rows_of("WEBVTT\n" + cues)
    assert [row[1] for row in named] == [0, 60_000, 120_000, 180_000, 240_000]
    assert all((row[2] or 0) - (row[1] or 0) <= 75_000 for row in named)
    assert all(row[3].endswith(".") for row in named[:-1])
    unnamed = rows_of("WEBVTT\n" + cues.replace("<v Ada>", ""))
    assert all((row[2] or 0) - (row[1] or 0) <= 40_000 for row in unnamed)
    endless = rows_of("WEBVTT\n" + cues.replace("<v Ada>", "").replace(".\n", "\n"))
    assert all((row[2] or 0) - (row[1] or 0) <= 65_000 for row in endless)


@pytest.mark.parametrize(
    ("body", "mime_type", "words"),
    [
        ("", "text/vtt", "empty"),
        ("WEBVTT\n\n", "text/vtt", "no cues"),
        ("WEBVTT\n\n00:00.000 --> 00:01.000\n\n", None, "no cues"),
        ("{", None, "not valid JSON"),
        ("[" * 100_000, None, "not valid JSON"),
        ('[{"start": 1, "end": 2, "text": "x"}]', "application/json", "segments"),
        ('{"segments": []}', None, "no segments"),
        ("<html><body>Lamps</body></html>", "text/html; charset=utf-8", "text/html"),
        ("1\n00:00:01,000 --> 00:00:02,000\nLamps", "application/srt", "application/srt"),
        ("Lamps", None, "unknown"),
    ],
)
def test_what_is_no_transcript_says_why(body: str, mime_type: str | None, words: str) -> None:
    with pytest.raises(TranscriptError, match=words) as caught:
        rows_of(body, mime_type)
    assert str(caught.value).endswith(".")


def test_the_type_helps_where_the_content_does_not_tell() -> None:
    assert rows_of("00:00.000 --> 00:01.000\nLamps", "text/vtt; charset=utf-8") == [(None, 0, 1_000, "Lamps")]


PIECES = st.sampled_from(
    [
        "WEBVTT",
        "\n",
        "\n\n",
        "00:01.000 --> 00:02.000",
        "<v Ada>",
        "</v>",
        "NOTE",
        "x.",
        "-->",
        "&amp;",
        "<",
        " ",
        "9" * 7,
    ]
)


@given(
    st.binary(max_size=200)
    | st.lists(PIECES, max_size=40).map(lambda parts: ("WEBVTT\n" + "".join(parts)).encode())
)
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    try:
        turns = read_transcript(raw, "text/vtt").turns
    except TranscriptError:
        return
    assert turns
    for turn in turns:
        assert turn.text
        assert turn.start_ms is not None
        assert turn.end_ms is not None
        assert 0 <= turn.start_ms <= turn.end_ms


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["speaker", "startTime", "endTime", "body"]), inner, max_size=4)
    ),
    max_leaves=8,
)


@given(st.lists(json_values, max_size=6))
def test_any_json_is_read_or_refused(values: list[object]) -> None:
    try:
        turns = read_transcript(json.dumps({"segments": values}).encode(), None).turns
    except TranscriptError:
        return
    assert all(turn.text for turn in turns)


@pytest.mark.parametrize(
    "junk",
    [
        "WEBVTT\n" + "<v Ada>" * 15_000,
        "WEBVTT\n\n0 --> 1\n" + "<v A>x" * 15_000,
        "WEBVTT\n" + "0 --> 1\n" * 12_000,
        "WEBVTT" + " " * 100_000,
    ],
)
def test_junk_costs_no_time(junk: str) -> None:
    began = time.process_time()
    with contextlib.suppress(TranscriptError):
        read_transcript(junk.encode(), None)
    assert time.process_time() - began < 1


REAL = sorted([*DATA.glob("vtt/*.vtt"), *DATA.glob("json/*.json")])


@pytest.mark.skipif(not REAL, reason="shared data is missing: transcripts")
def test_real_files() -> None:
    for path in REAL:
        raw = path.read_bytes()
        if path.name == "LaLaLand.json":  # A list of subtitles, not the JSON of Podcasting 2.0.
            with pytest.raises(TranscriptError):
                read_transcript(raw, "application/json")
            continue
        transcript = read_transcript(raw, None)
        assert transcript.source.value == path.suffix[1:]
        assert all(len(turn.text.split()) <= 400 for turn in transcript.turns)
        assert all(
            turn.start_ms is not None and turn.end_ms is not None and turn.start_ms <= turn.end_ms
            for turn in transcript.turns
        )
        spoken = sum((turn.end_ms or 0) - (turn.start_ms or 0) for turn in transcript.turns)
        assert spoken / len(transcript.turns) < 60_000
