"""What a transcript is given wherever it was read: one name for each speaker, and marks on turns that are no talk."""

from __future__ import annotations

from collections.abc import Sequence

from bot.transcripts.annotations.speaker_names import unify_names
from bot.transcripts.annotations.turn_marks import mark_turns
from storage.models import Turn


def annotate(turns: Sequence[Turn], people: Sequence[str] = ()) -> tuple[Turn, ...]:
    """The turns with one name for each speaker, and marks; their texts, number and order stay.

    `people` are full names known from elsewhere, such as `podcast:person`.
    """
    return mark_turns(unify_names(turns, people))
