from __future__ import annotations

import pytest

from bot.transcripts.reader import read_transcript
from bot.transcripts.turns.cues import TranscriptError
from storage.models import TranscriptSource
from tests.unit.transcripts.material import Row, rows_of

BODY = (
    "<cite>Ada Moore:</cite>\n  <time>0:00</time>\n  <p>Lamps &amp; oil.</p>\n"
    "<cite>Bob:</cite>\n<time>1:02</time>\n<p>Indeed. <b>Yes</b>.</p>\n<p>More.</p>\n"
    "<time>1:00:05</time><p>Late.</p>"
)
ROWS: list[Row] = [
    ("Ada Moore", 0, 62_000, "Lamps & oil."),
    ("Bob", 62_000, 3_605_000, "Indeed. Yes. More."),
    ("Bob", 3_605_000, None, "Late."),
]

PAGES: list[tuple[str, str, list[Row]]] = [
    ("as its host writes it", BODY, ROWS),
    (
        "saved by a browser",
        (
            f'<!-- saved from url=(0011)https://x -->\n<html><head><meta charset="UTF-8"><title>T</title>'
            f"<style>p {{ }}</style></head><body>{BODY}</body></html>"
        ),
        ROWS,
    ),
    (
        "a page around it",
        f"<!DOCTYPE html><html><body><header>Menu</header><h1>Lamps</h1>{BODY}<footer>Imprint</footer></body></html>",
        ROWS,
    ),
    (
        "nobody named at first",
        "<time>0:00</time><p>One.</p><cite>Ada:</cite><time>0:05</time><p>Two.</p>",
        [(None, 0, 5_000, "One."), ("Ada", 5_000, None, "Two.")],
    ),
    (
        "the time before the name, both inside the paragraph",
        "<p><time>00:00:01</time> <cite>Ada</cite> One.</p><p><time>00:00:05.5</time> <cite>Bob</cite> Two.</p>",
        [("Ada", 1_000, 5_500, "One."), ("Bob", 5_500, None, "Two.")],
    ),
    (
        "names alone",
        "<p><cite>Ada:</cite> One.</p><p><cite>Bob:</cite> Two.</p>",
        [("Ada", None, None, "One."), ("Bob", None, None, "Two.")],
    ),
    (
        "times for machines",
        '<time datetime="PT1M2.5S">a minute in</time><p>One.</p><time datetime="PT2M">later</time><p>Two.</p>',
        [(None, 62_500, 120_000, "One."), (None, 120_000, None, "Two.")],
    ),
    (
        "a time that is none is said",
        "<cite>Ada:</cite><time>0:01</time><p>At <time>noon</time> then.</p>",
        [("Ada", 1_000, None, "At noon then.")],
    ),
    (
        "tags that are not closed",
        "<cite>Ada:</cite><time>0:01</time><p>One.<cite>Bob:</cite><time>0:02</time><p>Two.",
        [("Ada", 1_000, 2_000, "One."), ("Bob", 2_000, None, "Two.")],
    ),
    (
        "times that go back",
        "<time>0:09</time><p>Two.</p><time>0:03</time><p>One.</p>",
        [(None, 3_000, None, "One."), (None, 9_000, None, "Two.")],
    ),
]


@pytest.mark.parametrize(("body", "rows"), [case[1:] for case in PAGES], ids=[case[0] for case in PAGES])
def test_pages(body: str, rows: list[Row]) -> None:
    assert rows_of(body, "text/plain") == rows
    assert read_transcript(body.encode(), None).source == TranscriptSource("html")


@pytest.mark.parametrize("bold", ["b", "strong"])
def test_names_in_bold_print(bold: str) -> None:
    page = "".join(
        f"<p><{bold}>{name}:</{bold}> {text}</p>"
        for name, text in [
            ("Ada Moore", "Good evening."),
            ("Bob Ray", "And to you."),
            ("Ada Moore", "Well then."),
        ]
    )
    transcript = read_transcript(page.encode(), "text/html")
    assert [(turn.speaker, turn.text) for turn in transcript.turns] == [
        ("Ada Moore", "Good evening."),
        ("Bob Ray", "And to you."),
        ("Ada Moore", "Well then."),
    ]
    assert transcript.cues == 3


SPEECH = "<p>Ada [0:00]: Good evening.</p><p>Bob [0:12]: And to you.</p><p>Ada [0:20]: So.</p><p>Bob [0:22]: So.</p>"
SAID: list[Row] = [
    ("Ada", 0, 12_000, "Good evening."),
    ("Bob", 12_000, 20_000, "And to you."),
    ("Ada", 20_000, 22_000, "So."),
    ("Bob", 22_000, None, "So."),
]


@pytest.mark.parametrize(
    "page",
    [
        SPEECH,
        SPEECH.replace("<p>Ada", "<p><b>Ada</b>").replace("<p>Bob", "<p><b>Bob</b>"),
        # A list names no speakers, so nobody speaks above the heading.
        f"<ul><li>Output: what a lamp gives</li><li>Input: oil</li></ul><h2>Transcript</h2>{SPEECH}",
        f"<p>Lamps.</p><p>Transcript</p><p>* * *</p>{SPEECH}<p>---</p>",
    ],
    ids=["plain", "bold", "below a list", "rules"],
)
def test_names_and_times_in_lines(page: str) -> None:
    assert rows_of(f"<html><body>{page}</body></html>") == SAID


def test_escaped_tags_are_said() -> None:
    page = "<p><b>Ada:</b> Use &lt;b&gt; for bold.</p><p><b>Bob:</b> Or &amp;amp; for that.</p>"
    assert [row[3] for row in rows_of(page)] == ["Use <b> for bold.", "Or &amp; for that."]


def test_quoted_lines_are_somebody_elses() -> None:
    assert [row[3] for row in rows_of("<p>&gt;&gt; Good evening.</p><p>&gt;&gt; Hi.</p>")] == [
        "Good evening.",
        "Hi.",
    ]


@pytest.mark.parametrize(
    "body", ["<html><body></body></html>", "<p></p>", "<cite>Ada:</cite><time>0:01</time>"]
)
def test_pages_without_words(body: str) -> None:
    with pytest.raises(TranscriptError, match="no words"):
        rows_of(body)


def test_deep_nesting() -> None:
    assert rows_of("<div>" * 50_000 + "Lamps are no small matter.")[0][3] == "Lamps are no small matter."
