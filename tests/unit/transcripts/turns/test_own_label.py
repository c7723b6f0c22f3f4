"""The speaker's own name in front of the words."""

from __future__ import annotations

import pytest

from bot.transcripts.turns.own_label import names_before_texts, without_own_label


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
        ("Ada Moore", "[ADA MOORE] Hello there.", "Hello there."),
        ("Ada Moore", "Ada Moore – Hello there.", "Hello there."),
        ("Ada Moore", "[laughs] Hello there.", "[laughs] Hello there."),
        ("Ada Moore", "Ada - Hello there.", "Ada - Hello there."),
    ],
)
def test_a_label(speaker: str | None, text: str, said: str) -> None:
    assert without_own_label(speaker, text) == said


@pytest.mark.parametrize(
    ("said", "names"),
    [
        (
            [("Speaker 1", "Ada: One."), ("Speaker 2", "Bo: Two."), ("Speaker 1", "Ada: Three.")],
            {"Speaker 1": "Ada", "Speaker 2": "Bo"},
        ),
        ([("Speaker 1", "Ada: One."), ("Speaker 1", "Two.")], {}),
        ([("Speaker 1", "Ada: One."), ("Speaker 1", "Bo: Two.")], {}),
        ([("Speaker 1", "Ada: One."), ("Speaker 2", "Ada: Two.")], {}),
        ([("Cy", "Ada: One."), (None, "Bo: Two.")], {}),
    ],
)
def test_names_of_mere_labels(said: list[tuple[str | None, str]], names: dict[str, str]) -> None:
    assert names_before_texts(said) == names
