"""What is said, wherever it was read: speakers by one name each, and turns that are no talk marked."""

from __future__ import annotations

from collections.abc import Sequence

from bot.transcripts.annotations.sound_notes import sound_notes
from bot.transcripts.annotations.speaker_names import unify
from bot.transcripts.annotations.turn_marks import mark_turns
from storage.models import Turn

__all__ = ["finish", "sound_notes"]


def finish(turns: Sequence[Turn], people: Sequence[str] = ()) -> tuple[Turn, ...]:
    """The turns with one name for each speaker, and marks; their texts, number and order stay.

    `people` are full names known from elsewhere, such as `podcast:person`.
    """
    return mark_turns(unify(turns, people))
