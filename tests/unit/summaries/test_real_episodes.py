"""Real episodes: every line stands in its chapter, and is known there again."""

from __future__ import annotations

import pytest

from bot.summaries.summarizer import summarise
from tests.unit.summaries.material import latent_space, other_podcasts, shares


def test_lines_of_real_episodes_stand_in_their_chapters() -> None:
    episodes = latent_space()
    if not episodes:
        pytest.skip("shared data is missing: feeds")
    summaries = [summarise(told.title, told.chapters, told.turns) for told in episodes]
    for told, summary in zip(episodes, summaries, strict=True):
        for line, said, chapter in zip(summary.lines, told.speech(), told.chapters, strict=True):
            assert line is None or (line.text in said and (line.start_ms or 0) >= chapter.start_ms)
    lines = [line.text for summary in summaries for line in summary.lines if line]
    assert max(map(len, lines)) <= 180
    assert len(lines) >= 0.75 * sum(len(told.chapters) for told in episodes)
    assert min(shares(episodes, summaries)) >= 0.7
    # Without the line itself a long chapter knows the words of a short one as well.
    unsaid = shares(episodes, summaries, unsaid=True)
    assert sum(unsaid) / len(unsaid) >= 0.65


def test_other_shows_have_lines() -> None:
    told = list(other_podcasts(every=5))
    if not told:
        pytest.skip("shared data is missing: transcripts")
    found = chapters = 0
    for episode in told:
        summary = summarise(episode.title, episode.chapters, episode.turns)
        speech = episode.speech()
        for line, said in zip(summary.lines, speech, strict=True):
            assert line is None or line.text in said
        found += sum(line is not None for line in summary.lines)
        chapters += len(episode.chapters)
    assert found >= 0.7 * chapters
