"""Real episodes: what is mentioned is said in its chapter and is in no title, quotations are word for word."""

from __future__ import annotations

import pytest

from bot.summaries.summarizer import summarise
from bot.summaries.talk import read_talk
from bot.text.stems import stems
from tests.unit.summaries.material import Told, latent_space, other_podcasts, show_of


def _words(text: str) -> str:
    return " ".join(text.casefold().split())


def _check(told: Told, among: list[Told]) -> tuple[int, int]:
    summary = summarise(told.chapters, told.turns, told.around(), show_of(told, among))
    talk = read_talk(told.turns, told.chapters)
    for number, (chapter, names) in enumerate(zip(told.chapters, summary.mentioned, strict=True)):
        said = _words(" ".join(one.text for one in talk if one.chapter == number))
        for name in names:
            # Each of its words is said there; a name that was shortened is shown whole.
            assert any(word in said for word in name.casefold().split())
            assert not stems(name) & stems(f"{chapter.title} {told.title}")
        assert len(names) <= 4
    every = {one.text for one in talk}
    assert all(one.text in every for one in summary.quotations)
    assert len(summary.quotations) <= 2
    return sum(map(bool, summary.mentioned)), len(summary.quotations)


def test_latent_space() -> None:
    episodes = list(latent_space())
    if not episodes:
        pytest.skip("shared data is missing: feeds")
    found = [_check(told, episodes) for told in episodes]
    chapters = sum(len(told.chapters) for told in episodes)
    assert 0.03 * chapters <= sum(named for named, _ in found) <= 0.3 * chapters
    # Few sentences of talk can stand alone.
    assert len(episodes) / 5 <= sum(quoted for _, quoted in found) <= len(episodes)


def test_other_shows() -> None:
    told = list(other_podcasts(every=5))
    if not told:
        pytest.skip("shared data is missing: transcripts")
    for episode in told:
        _check(episode, told)
