"""The headings that people write above a list of chapters, in the languages of podcasts."""

from __future__ import annotations

import re
from functools import cache

from bot.text.lexicons import every_language, pattern_text

_BEFORE = r"(?:(?:podcast|episode|video|audio|youtube|full|detailed|rough|key|main|the|show|quick)\s+){0,3}"
# A heading may be decorated: "⏱️ Timestamps:", "-- CHAPTERS --", "【目次】", "Chapters (click to jump)".
_DECORATION = r"[^\w(]{0,12}"
_MAX_LENGTH = 120


def is_chapters_heading(text: str) -> bool:
    """Whether `text` is nothing but the heading of a list of chapters."""
    return len(text) <= _MAX_LENGTH and _heading().fullmatch(text) is not None


@cache
def _heading() -> re.Pattern[str]:
    words = pattern_text(every_language().chapter_headings)
    return re.compile(
        rf"{_DECORATION}{_BEFORE}(?:{words})(?:\s*[(（][^()（）]{{0,60}}[)）])?{_DECORATION}", re.IGNORECASE
    )
