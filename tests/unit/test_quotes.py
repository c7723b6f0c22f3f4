"""What is shown around a quote."""

from __future__ import annotations

import pytest

from bot.quotes import chapter_at, hit_of
from storage.models import Chapter, Quote
from tests.unit.test_play_links import AUDIO, episode

CHAPTERS = (Chapter(10_000, "One"), Chapter(20_000, "Two"), Chapter(20_000, "Two again"))


@pytest.mark.parametrize(
    ("moment_ms", "title"),
    [
        (None, None),
        (0, None),
        (9_999, None),
        (10_000, "One"),
        (19_999, "One"),
        (20_000, "Two again"),
        (10**9, "Two again"),
    ],
)
def test_the_chapter_that_runs_at_a_moment(moment_ms: int | None, title: str | None) -> None:
    found = chapter_at(CHAPTERS, moment_ms)
    assert (found.title if found else None) == title
    assert chapter_at([], moment_ms) is None


def test_a_hit_begins_to_play_before_the_quote() -> None:
    quote = Quote(1, 0, "Ada", 25_000, 26_000, "Well said.", (0, 4), 1.0)
    hit = hit_of(quote, episode(None, AUDIO), CHAPTERS)
    assert (hit.url, hit.chapter) == (f"{AUDIO}#t=23", CHAPTERS[2])
    assert (hit.quote, hit.episode.title) == (quote, "One")
