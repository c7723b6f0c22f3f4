"""What tells of an episode without a model: names and terms of each chapter, and words that can stand alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.summaries.mentions import Around, Show, mentioned
from bot.summaries.quotations import quotations
from bot.summaries.talk import read_talk
from storage.models import Chapter, SaidLine, Turn


@dataclass(frozen=True, slots=True)
class Summary:
    """`mentioned` has one entry for each chapter, and `quotations` are at most two for the whole episode."""

    mentioned: tuple[tuple[str, ...], ...]
    quotations: tuple[SaidLine, ...]


def summarise(chapters: Sequence[Chapter], turns: Sequence[Turn], around: Around, show: Show) -> Summary:
    """What can be told of an episode out of its talk, and of how its show talks otherwise."""
    talk = read_talk(turns, chapters)
    return Summary(
        tuple(mentioned(talk, chapters, around, show)), tuple(quotations(talk, show.words, show.language))
    )
