"""Captions that nobody says: who transcribed them, and which music plays."""

from __future__ import annotations

from collections.abc import Sequence

from bot.transcripts.annotations.hallucinations import is_credit
from bot.transcripts.annotations.turn_marks import names_break

_MAX_CREDIT = 200


def is_unspoken(lines: Sequence[str]) -> bool:
    """Whether a cue of these lines is a credit, or begins with a label for music ("Music: La la la")."""
    text = " ".join(lines)
    return (len(text) <= _MAX_CREDIT and is_credit(text)) or names_break(text)
