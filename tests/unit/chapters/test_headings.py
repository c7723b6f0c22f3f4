from __future__ import annotations

import pytest

from bot.chapters.headings import is_chapters_heading


@pytest.mark.parametrize(
    "text",
    [
        "Chapters",
        "⏱️ Timestamps:",
        "-- CHAPTERS --",
        "【目次】",
        "Chapters (click to jump)",
        "Episode timeline",
        "Kapitelmarken",
        "Sommaire",
        "Índice del episodio",
        "Тайм-коды",
        "챕터",
    ],
)
def test_headings(text: str) -> None:
    assert is_chapters_heading(text)


@pytest.mark.parametrize(
    "text", ["", "Chapters of my life", "In this chapter", "Lamps", "Chapters" + " " * 120]
)
def test_other_lines(text: str) -> None:
    assert not is_chapters_heading(text)
