"""Headings above a transcript."""

from __future__ import annotations

import pytest

from bot.transcripts.turns.headings import is_transcript_heading


@pytest.mark.parametrize(
    "text",
    [
        "Transcript",
        "## Full Transcript",
        "Lightly edited transcript:",
        "AI-generated transcript (may hold errors)",
        "Transkript",
        "Transcripción",
        "Расшифровка",
        "文字起こし",
    ],
)
def test_headings(text: str) -> None:
    assert is_transcript_heading(text)


@pytest.mark.parametrize(
    "text",
    ["The transcript is below", "Transcripts of each episode", "Ada: transcript", "", "Transcript " * 20],
)
def test_other_lines(text: str) -> None:
    assert not is_transcript_heading(text)
