"""The speaker's own name in front of the words."""

from __future__ import annotations

import pytest

from bot.transcripts.turns.own_label import without_own_label


@pytest.mark.parametrize(
    ("speaker", "text", "said"),
    [
        ("Ada Moore", "Ada Moore: Hello there.", "Hello there."),
        ("Ada Moore", "ADA: Hello there.", "Hello there."),
        ("Ada Moore", ">> [Ada Moore]: Hello there.", "Hello there."),
        ("主持人", "主持人：你好", "你好"),
        ("Ada Moore", "Bo: Hello there.", "Bo: Hello there."),
        ("Ada Moore", "Note: 12:30 is late.", "Note: 12:30 is late."),
        ("Ada Moore", "Ada Moore:", "Ada Moore:"),
        ("Ada Moore", "Hello there.", "Hello there."),
        (None, "Ada: Hello.", "Ada: Hello."),
    ],
)
def test_a_label(speaker: str | None, text: str, said: str) -> None:
    assert without_own_label(speaker, text) == said
