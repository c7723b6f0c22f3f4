"""What is told of an episode out of its talk."""

from __future__ import annotations

from bot.summaries.mentions import Around, Show
from bot.summaries.summarizer import Summary, summarise
from storage.models import Chapter, SaidLine, Turn
from tests.unit.summaries.material import two_hours

CHAPTERS = (Chapter(0, "Flour"), Chapter(60_000, "Jam"))
CLAIM = "Nobody can read the chart of a harbour by the light of whale oil lamps without spilling blubber."
SHOW = Show("The Lantern Hour", {}, "en")


def test_an_episode_has_mentions_and_quotations() -> None:
    turns = [
        Turn("Ada", 0, 20_000, CLAIM),
        Turn("Ben", 60_000, 90_000, "We asked Tobiah Vane and Hollis Crane for it. " * 3),
    ]
    told = summarise(CHAPTERS, turns, Around("Bread", "", ("Ada", "Ben")), SHOW)
    assert told == Summary(((), ("Hollis Crane", "Tobiah Vane")), (SaidLine(CLAIM, "Ada", 0),))


def test_without_turns_there_is_nothing() -> None:
    assert summarise(CHAPTERS, [], Around("", "", ()), SHOW) == Summary(((), ()), ())
    assert summarise((), [Turn("Ada", 0, 1, CLAIM)], Around("", "", ()), SHOW).mentioned == ()


def test_a_long_episode_is_told() -> None:
    told = two_hours()
    assert len(summarise(told.chapters, told.turns, told.around(), SHOW).mentioned) == len(told.chapters)
