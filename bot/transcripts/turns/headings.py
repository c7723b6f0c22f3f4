"""The heading above a transcript."""

from __future__ import annotations

import re

_HEADING = re.compile(
    r"\W*(?:(?:full|complete|episode|podcast|raw|rough|edited|lightly|ai|auto|automatic(?:ally)?|machine|generated|the)"
    r"[\s-]+)*transcripts?(?:\s*\([^()]{0,60}\))?\W*",
    re.IGNORECASE,
)
_MAX_LENGTH = 80


def is_transcript_heading(text: str) -> bool:
    """Whether `text` is nothing but the heading of a transcript."""
    return (
        len(text) <= _MAX_LENGTH and "ranscript" in text.casefold() and _HEADING.fullmatch(text) is not None
    )
