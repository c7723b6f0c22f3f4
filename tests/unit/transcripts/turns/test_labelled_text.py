from __future__ import annotations

import pytest

from bot.text.html_lines import Line
from bot.transcripts.turns.cues import ParsedTranscript
from bot.transcripts.turns.headings import is_transcript_heading
from bot.transcripts.turns.labelled_text import read_labelled_text
from bot.transcripts.turns.line_scanner import ScannedLine, scan_line


def scanned(*texts: str) -> list[ScannedLine]:
    """Lines of a file; an empty one opens a paragraph."""
    lines, opens = [], True
    for text in texts:
        if text:
            lines.append(
                scan_line(Line(text.removeprefix("* "), text.startswith("* ")), opens_paragraph=opens)
            )
        opens = not text
    return lines


def said(parsed: ParsedTranscript) -> list[tuple[str | None, str]]:
    return [(turn.speaker, turn.text) for turn in parsed.turns]


TALK = ("Ada: It turned", "once.", "", "Bo: It did.", "", "Ada: And then", "it stopped.")
ABOVE = ("Ada", "It turned once.", "", "Bo", "It did.", "", "Ada", "And then", "it stopped.", "", "Bo", "So.")
SAID = [("Ada", "It turned once."), ("Bo", "It did."), ("Ada", "And then it stopped.")]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (TALK, SAID),
        (("The mill, a podcast", "Transcript", *TALK), SAID),
        (("* Wheel: a thing that turns", "", *TALK), [(None, "Wheel: a thing that turns"), *SAID]),
        # Speakers open paragraphs, so words and a colon within one are speech.
        (("Ada: It turned", "Twice: again.", "", *TALK[3:]), [("Ada", "It turned Twice: again."), *SAID[1:]]),
        (ABOVE, [*SAID, ("Bo", "So.")]),
    ],
    ids=["wrapped by hand", "below a heading", "a list", "a colon inside a paragraph", "names above"],
)  # fmt: skip
def test_paragraphs(texts: tuple[str, ...], expected: list[tuple[str | None, str]]) -> None:
    assert said(read_labelled_text(scanned(*texts))) == expected


def test_cues_are_merged_where_most_lines_begin_with_a_time() -> None:
    lines = [f"0:{second:02} It turned {second} times." for second in range(0, 60, 5)]
    parsed = read_labelled_text(scanned(*lines))
    assert parsed.cues == len(lines)
    assert [turn.start_ms for turn in parsed.turns] == [0, 30_000]


def test_what_is_repeated_over_silence_is_kept_apart() -> None:
    repeated = ["You turn the wheel."] * 8
    texts = [f"0:{n:02} {text}" for n, text in enumerate(["It turned once.", *repeated, "It stopped."])]
    turns = read_labelled_text(scanned(*texts)).turns
    assert (turns[0].text, turns[-1].text) == ("It turned once.", "It stopped.")


def test_nothing() -> None:
    assert read_labelled_text([]) == ParsedTranscript(0, ())


@pytest.mark.parametrize(
    ("text", "is_heading"),
    [
        ("Transcript", True),
        ("FULL TRANSCRIPT:", True),
        ("— Auto-generated transcript (unedited) —", True),
        ("Transcripts", True),
        ("The transcript is below", False),
        ("", False),
        ("Transcript" + " " * 90, False),
    ],
)
def test_headings(text: str, is_heading: bool) -> None:
    assert is_transcript_heading(text) is is_heading
