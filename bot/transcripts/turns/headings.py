"""The heading above a transcript."""

from __future__ import annotations

import re
from functools import cache

from bot.text.lexicons import every_language, pattern_text

_MAX_LENGTH = 80


def is_transcript_heading(text: str) -> bool:
    """Whether `text` is nothing but the heading of a transcript, in any language."""
    return len(text) <= _MAX_LENGTH and _heading().fullmatch(text) is not None


@cache
def _heading() -> re.Pattern[str]:
    words = pattern_text(every_language().transcript_headings)
    return re.compile(rf"\W*(?:{words})(?:\s*\([^()]{{0,60}}\))?\W*", re.IGNORECASE)
