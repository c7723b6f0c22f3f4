"""The line in a model's answer, however it is wrapped."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.language_model.answer_text import line_of

LINE = "Ada explains why lamps burn whale oil."


@pytest.mark.parametrize(
    "answer",
    [
        LINE,
        f"  {LINE}\n\n",
        f"<think>What now?\n\nA line.</think>\n{LINE}",
        f"<think>\n</think>\n\n{LINE}",
        f"They want a line.</think>{LINE}",
        f"[THINK]hm[/THINK]{LINE}",
        f"◁think▷hm◁/think▷{LINE}",
        f"<reasoning>a</reasoning><thinking>b</thinking> {LINE}",
        f"<|channel|>analysis<|message|>hm<|end|><|start|>assistant<|channel|>final<|message|>{LINE}",
        f"Thinking: they talk of lamps.\nSo I say that.\n\n**Answer:** {LINE}",
        f"```\n{LINE}\n```",
        f"~~~text\n{LINE}\n~~~",
        f'```json\n{{"line": "{LINE}"}}\n```',
        f'{{"summary": "{LINE}", "language": "en"}}',
        f'[{{"text": "{LINE}"}}]',
        f'["{LINE}"]',
        f'"{LINE}"',
        f"“{LINE}”",
        f"„{LINE}“",
        f"«{LINE}»",
        f"Summary: {LINE}",
        f"**Chapter summary:** {LINE}",
        f"**{LINE}**",
        f"- {LINE}",
        f"1. {LINE}",
        f'Summary: "{LINE}"',
        f"Zusammenfassung: {LINE}",
        f"{LINE}<|im_end|>",
        f"{LINE}</s>",
        f"<|begin_of_thought|>hm<|end_of_thought|>{LINE}",
    ],
)
def test_the_line_is_unwrapped(answer: str) -> None:
    assert line_of(answer) == LINE


@pytest.mark.parametrize(
    "answer",
    [
        "",
        " \n ",
        "NONE",
        "None.",
        "**NONE**",
        '{"line": null}',
        "```\n\n```",
        f"{LINE}\n{LINE}",
        f"<think>Perhaps: {LINE}",
        f"<|channel|>analysis<|message|>{LINE}",
    ],
)
def test_no_line_and_several_are_none(answer: str) -> None:
    assert line_of(answer) is None


def test_quotation_marks_that_belong_to_the_line_stay() -> None:
    line = "“Lamps” are what Ada calls “stars”"
    assert line_of(line) == line


PIECES = st.sampled_from(
    [*'aé {}[]"“”`*<>/|:-\n', "<think>", "</think>", "```", "Summary:", "<|channel|>", "NONE"]
)


@given(st.lists(PIECES, max_size=40))
def test_any_answer_gives_one_line_or_none(pieces: list[str]) -> None:
    line = line_of("".join(pieces))
    assert line is None or (line == line.strip() and len(line.splitlines()) == 1)
