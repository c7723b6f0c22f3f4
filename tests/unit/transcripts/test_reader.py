"""Which format a file is read in, what is refused, and what is true of any file."""

from __future__ import annotations

import codecs
import html
import json
import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.transcripts.formats.cue_blocks import read_blocks
from bot.transcripts.reader import read_transcript
from bot.transcripts.turns.cues import TranscriptError
from storage.models import TranscriptSource, Turn
from tests.fakes.hostile_html import reopened_formatting
from tests.unit.transcripts.material import rows_of, segments

VTT, SRT, JSON = TranscriptSource("vtt"), TranscriptSource("srt"), TranscriptSource("json")
NEW = tuple(map(TranscriptSource, ("ttml", "podlove-xml", "ass", "sbv", "youtube", "lrc", "tsv", "csv")))
HTML, TEXT, PODLOVE = TranscriptSource("html"), TranscriptSource("text"), TranscriptSource("podlove")

CUE = "00:00.000 --> 00:01.000\nLamps"


@pytest.mark.parametrize(
    ("body", "mime_type", "source"),
    [
        (f"WEBVTT\n\n{CUE}", "application/json", VTT),
        (f"\n\nWEBVTT\n\n{CUE}", None, VTT),
        (CUE, "text/vtt", VTT),
        (CUE, "text/plain", SRT),
        ("1\n00:00:01,000 --> 00:00:02,000\nLamps", "text/vtt", VTT),
        ("1\n00:00:01,000 --> 00:00:02,000\nLamps", "application/json", SRT),
        (segments((None, 0, 1, "Lamps")), "text/vtt", JSON),
        ('[{"start_ms": 1, "voice": "Ada", "text": "Lamps"}]', None, PODLOVE),
        ("<p>Lamps are no small matter.</p>", "text/plain", HTML),
        ("<!DOCTYPE html>\n<html><body>Lamps are no small matter.</body></html>", None, HTML),
        ("Ada: Lamps are no small matter.\n\nBob: Indeed.", None, TEXT),
        ("[00:01] Ada: Lamps are no small matter.\n\n[00:02] Bob: Indeed.", "text/plain", TEXT),
        ("[music]\n\nLamps are no small matter.", "application/json", TEXT),
    ],
)
def test_the_content_tells_the_format(body: str, mime_type: str | None, source: TranscriptSource) -> None:
    assert read_transcript(body.encode(), mime_type).source == source


def test_a_format_can_be_forced() -> None:
    assert read_transcript(CUE.encode(), "text/vtt", forced=SRT).source == SRT
    lines = b'[{"start_ms": 1, "voice": "Ada", "text": "Lamps"}]'
    assert read_transcript(lines, None, forced=JSON).source == JSON
    with pytest.raises(TranscriptError, match="not valid JSON"):
        read_transcript(CUE.encode(), None, forced=JSON)
    with pytest.raises(TranscriptError, match="published as notes"):
        read_transcript(CUE.encode(), None, forced=TranscriptSource("notes"))


@pytest.mark.parametrize(
    "raw",
    [
        codecs.BOM_UTF8 + "WEBVTT\n\n00:00.000 --> 00:01.000\nCafé".encode(),
        "\ufeffWEBVTT\n\n00:00.000 --> 00:01.000\nCafé".encode("utf-16-le"),
        "\ufeffWEBVTT\n\n00:00.000 --> 00:01.000\nCafé".encode("utf-16-be"),
        "WEBVTT\n\n00:00.000 --> 00:01.000\nCafé".encode("utf-16-le"),
        "WEBVTT\n\n00:00.000 --> 00:01.000\nCafé".encode("utf-16-be"),
        "WEBVTT\n\n00:00.000 --> 00:01.000\nCafé".encode("cp1252"),
        codecs.BOM_UTF8 + "WEBVTT\n\n00:00.000 --> 00:01.000\nCafé".encode("latin-1"),
    ],
)
def test_encodings(raw: bytes) -> None:
    assert rows_of(raw) == [(None, 0, 1_000, "Café")]


def test_one_slip_does_not_spoil_what_is_utf_8() -> None:
    raw = "WEBVTT\n\n00:00.000 --> 00:01.000\nŽižek says: “naïve” at 84".encode() + b"\xb0F"
    assert rows_of(raw) == [(None, 0, 1_000, "Žižek says: “naïve” at 84°F")]


def test_bytes_that_windows_does_not_know_are_kept() -> None:
    assert rows_of(b"WEBVTT\n\n00:00.000 --> 00:01.000\n\x81\xb0") == [(None, 0, 1_000, "\x81°")]


@pytest.mark.parametrize(
    ("body", "mime_type", "words"),
    [
        (b"", "text/vtt", "empty"),
        (b" \r\n\t", None, "empty"),
        (codecs.BOM_UTF8, None, "empty"),
        (b"\0" * 1_000, None, "empty"),
        (b"%PDF-1.7 " + b"lamp " * 100, "application/pdf", "a PDF document"),
        (b"ID3\4" + b"lamp " * 100, None, "a recording or a picture"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4, "image/png", "a recording or a picture"),
        (bytes(range(256)) * 4, "image/x-lamp", "of the type image/x-lamp, is no text"),
        (b"x" * 32_000_001, None, "32000001 bytes"),
        (b"WEBVTT\n\n" + b"00:00.000 --> 00:01.000\n" * 200_001, None, "more pieces"),
        (b'{"segments": [' + b"{}," * 600_001 + b"{}]}", None, "more pieces"),
    ],
)
def test_what_is_refused(body: bytes, mime_type: str | None, words: str) -> None:
    with pytest.raises(TranscriptError, match=words) as caught:
        read_transcript(body, mime_type)
    assert str(caught.value).endswith(".")


@pytest.mark.parametrize(
    "junk",
    [
        "WEBVTT\n\n0 --> 1\n" + "<v A>x" * 60_000,
        "WEBVTT\n\n0 --> 1\n" + "<v " * 130_000,
        "WEBVTT\n\n0 --> 1\n" + "<i " * 130_000,
        "WEBVTT\n\n" + "0 --> 1\n" * 50_000,
        "WEBVTT\n\n" + "-->" * 50_000,
        "WEBVTT" + " " * 400_000,
        "WEBVTT\n\n0 --> 1\n" + "&amp" * 100_000,
        "WEBVTT\n\n0 --> 1\n" + "- A\n" * 100_000,
        "0 --> 1\n" + "A b " * 100_000,
        "0 --> 1\n" + ">" * 400_000,
        "0 --> 1\n" + "{\\" * 200_000,
        "0 --> 1\n" + "1" * 400_000,
        "".join(f"0 --> 1\nAda N{n}: x.\n\n" for n in range(20_000)),
        '{"segments": [{"startTime": 1, "body": " "},' + '{"body": "x"},' * 50_000 + '{"body": "x"}]}',
        '{"segments": [' + '{"startTime": 1e400, "body": "."},' * 50_000 + '{"body": "x"}]}',
        '{"a": ' * 20_000,
        "<cite>" * 100_000,
        "<cite>A</cite><p></p>" * 20_000,
        "WEBVTT\n\n0 --> 1\n<v" + " " * 2_000_000,
        "<p>" * 50_000 + "x",
        "<time>x</time>" * 50_000,
        "<!--" * 100_000,
    ],
    ids=lambda junk: junk[:24],
)
def test_junk_comes_to_an_end(junk: str) -> None:
    """Each is long enough to take minutes if the cost grew with the square of the length."""
    read_or_refused(junk.encode())


def read_or_refused(raw: bytes, forced: TranscriptSource | None = None) -> tuple[Turn, ...]:
    """The turns, checked for order; empty if the file is refused."""
    try:
        transcript = read_transcript(raw, None, forced=forced)
    except TranscriptError:
        return ()
    assert transcript.turns
    assert transcript.cues > 0
    starts = [turn.start_ms for turn in transcript.turns if turn.start_ms is not None]
    assert starts == sorted(starts)
    for turn in transcript.turns:
        assert turn.text
        assert turn.speaker is None or turn.speaker.strip()
        if turn.start_ms is not None and turn.end_ms is not None:
            assert 0 <= turn.start_ms <= turn.end_ms
    return transcript.turns


PIECES = st.sampled_from(
    [
        *(
            "WEBVTT",
            "\n",
            "\n\n",
            "00:01.000 --> 00:02.000",
            "00:00:03,000 --> 00:00:02,000",
            "1 --> 2",
            "-->",
        ),
        *(
            "<v Ada>",
            "</v>",
            "<v",
            "NOTE",
            "STYLE",
            "7",
            "x.",
            "Ada: ",
            "Bob:",
            ">> ",
            "- ",
            "&amp;",
            "<",
            "{\\an8}",
        ),
        *(
            "<cite>Ada:</cite>",
            "<time>0:05</time>",
            "<time>",
            "<p>",
            "</p>",
            "<b>Ada:</b>",
            "<div>",
            "\0",
            "[0:01]",
        ),
        *("{", "[", '"segments": ', '"text": "x"', '"start": ', "9" * 30, "1e400", "NaN", ",", "}", "]", " "),
    ]
)
SOURCES = st.sampled_from([None, VTT, SRT, JSON, HTML, TEXT, PODLOVE, *NEW])


@given(
    st.binary(max_size=200)
    | st.lists(PIECES, max_size=40).map(lambda parts: "".join(parts).encode())
    | st.lists(PIECES, max_size=40).map(lambda parts: ("WEBVTT\n\n" + "".join(parts)).encode()),
    SOURCES,
)
def test_any_bytes_are_read_or_refused(raw: bytes, forced: TranscriptSource | None) -> None:
    read_or_refused(raw, forced)


KEYS = [
    *(
        "speaker",
        "voice",
        "startTime",
        "start",
        "start_ms",
        "end",
        "endTime",
        "body",
        "text",
        "items",
        "words",
    ),
    *("segments", "transcripts", "duration", "offsets", "contributors", "id", "name"),
]
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.floats()
    | st.integers()
    | st.text(max_size=5)
    | st.sampled_from(["0:05", "1.5"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=5),
    max_leaves=12,
)


@given(json_values, st.lists(json_values, max_size=6))
def test_any_json_is_read_or_refused(value: object, values: list[object]) -> None:
    read_or_refused(json.dumps(value).encode(), JSON)
    read_or_refused(json.dumps({"segments": values}).encode())


# Nothing that could be a tag, a name before a colon, punctuation or a cue's number.
WORDS = st.text(alphabet="abcdefghijklmnopqrstuvwxyzäéßøжш", min_size=1, max_size=8)
TEXTS = st.lists(WORDS, min_size=1, max_size=6).map(" ".join)
SPEAKERS = st.sampled_from(["Ada Moore", "Bob", "Zoë de la Cruz"])
SAID = st.lists(st.tuples(SPEAKERS, TEXTS, st.integers(0, 9_000)), min_size=1, max_size=25)

Said = list[tuple[str, str, int]]


def timed(said: Said) -> list[tuple[str, str, int, int]]:
    """Speaker, text, start and end of cues that follow each other, in ms."""
    cues = []
    now = 0
    for speaker, text, lasts_ms in said:
        cues.append((speaker, text, now, now + lasts_ms))
        now += lasts_ms
    return cues


def clock(ms: int, sign: str = ".") -> str:
    return f"{ms // 3_600_000:02}:{ms // 60_000 % 60:02}:{ms // 1_000 % 60:02}{sign}{ms % 1_000:03}"


def as_vtt(said: Said) -> str:
    cues = [f"{clock(a)} --> {clock(b)}\n<v {who}>{html.escape(text)}" for who, text, a, b in timed(said)]
    return "WEBVTT\n\n" + "\n\n".join(cues)


def as_srt(said: Said) -> str:
    cues = enumerate(timed(said), 1)
    return "\n\n".join(
        f"{number}\n{clock(a, ',')} --> {clock(b, ',')}\n{who}: {text}" for number, (who, text, a, b) in cues
    )


def as_json(said: Said) -> str:
    return segments(*((who, a / 1000, b / 1000, text) for who, text, a, b in timed(said)))


def as_podlove(said: Said) -> str:
    return json.dumps(
        [
            {
                "start": clock(a),
                "start_ms": a,
                "end": clock(b),
                "end_ms": b,
                "speaker": "1",
                "voice": who,
                "text": text,
            }
            for who, text, a, b in timed(said)
        ]
    )


def as_html(said: Said) -> str:
    return "".join(
        f"<cite>{who}:</cite><time>{clock(a)}</time><p>{html.escape(text)}</p>"
        for who, text, a, _ in timed(said)
    )


@given(SAID, st.sampled_from([as_vtt, as_srt, as_json, as_podlove, as_html]))
def test_what_is_written_is_read(said: Said, write: object) -> None:
    assert callable(write)
    if write is as_srt and len(said) < 4:
        return  # It takes more than a line or two to tell a name from another word before a colon.
    turns = read_or_refused(write(said).encode())
    spoken = [(turn.speaker, word) for turn in turns for word in turn.text.split()]
    if write is not as_srt:
        assert spoken == [(who, word) for who, text, _ in said for word in text.split()]
    elif {turn.speaker for turn in turns} == {None}:
        assert [word for _, word in spoken] == [w for who, text, _ in said for w in f"{who}: {text}".split()]
    else:
        assert [word for _, word in spoken if not word.endswith(":")][-1] == said[-1][1].split()[-1]
    starts = {a for _, _, a, _ in timed(said)}
    assert all(turn.start_ms in starts for turn in turns)
    assert turns[-1].end_ms is None or turns[-1].end_ms <= timed(said)[-1][3]


@given(st.lists(TEXTS, min_size=1, max_size=30), st.sampled_from(["\n\n", "\n"]), st.booleans())
def test_captions_without_speakers_keep_every_word(texts: list[str], between: str, numbered: bool) -> None:
    cues = [
        (f"{number}\n" if numbered else "")
        + f"{clock(number * 900, ',')} --> {clock(number * 900 + 800, ',')}\n{text}"
        for number, text in enumerate(texts, 1)
    ]
    body = between.join(cues)
    turns = read_or_refused(body.encode())
    assert len(read_blocks(body.split("\n"))) == len(texts)
    said = " ".join(turn.text for turn in turns).split()
    if not rolls(texts):
        assert said == " ".join(texts).split()


def rolls(texts: list[str]) -> bool:
    """Whether most cues begin with the one before, as in roll-up captions."""
    return sum(right.startswith(left) for left, right in pairwise(texts)) >= 5


def test_a_sentence_is_not_lost_between_formats() -> None:
    said: Said = [
        ("Ada Moore", "one two", 500),
        ("Bob", "three", 500),
        ("Ada Moore", "four", 0),
        ("Bob", "five", 10),
    ]
    texts = {
        re.sub(r"\s+", " ", " ".join(turn.text for turn in read_or_refused(write(said).encode())))
        for write in (as_vtt, as_srt, as_json, as_podlove, as_html)
    }
    assert texts == {"one two three four five"}


@pytest.mark.parametrize("mime_type", ["text/html", "text/plain", None])
def test_a_page_that_costs_far_more_than_its_length_is_refused(mime_type: str | None) -> None:
    with pytest.raises(TranscriptError, match="more memory than its length says"):
        read_transcript(f"<cite>Ada:</cite>{reopened_formatting()}".encode(), mime_type)
