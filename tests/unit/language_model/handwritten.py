"""Lines that were written by hand after reading chapters of the shared episodes, and those chapters, read in place.

The checks were tuned on every other line. `held_back` tells the others; of those, two moved a rule all the same: what
is a noun in German, and which names may have been misheard.
"""

from __future__ import annotations

import tarfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from bot.language_model.line_checks import EpisodeChecks, SpokenChapter
from bot.summaries.mentions import Show
from bot.summaries.talk import read_talk
from bot.text.tokenizer import normal_words
from bot.transcripts.reader import read_transcript
from storage.models import Chapter, Turn
from tests.unit.summaries.material import DATA, latent_space

_LANGUAGES = DATA / "search" / "languages"
_STRETCH_MS = 360_000
# A show is told by as many other episodes as the bot compares with.
_OTHERS = 6

# Language, the number of its episode, of the chapter (or the stretch of six minutes), and the line.
_WRITTEN = Path(__file__).with_name("handwritten_lines.tsv")


@dataclass(frozen=True)
class Episode:
    """An episode as the checks read it."""

    title: str
    chapters: tuple[SpokenChapter, ...]
    people: tuple[str, ...]
    words: Counter[str]


@dataclass(frozen=True)
class ShownEpisodes:
    """The episodes of a show, and what judges lines about each of them."""

    title: str
    language: str
    episodes: tuple[Episode, ...]

    @cached_property
    def _checks(self) -> dict[int, EpisodeChecks]:
        return {}

    def checks(self, number: int) -> EpisodeChecks:
        if number not in self._checks:
            episode = self.episodes[number]
            others = [one for one in self.episodes if one is not episode][:_OTHERS]
            words = sum((one.words for one in others), Counter[str]())
            show = Show(self.title, words, self.language)
            self._checks[number] = EpisodeChecks(episode.title, episode.chapters, episode.people, show)
        return self._checks[number]


@dataclass(frozen=True)
class WrittenLine:
    """A line, and which chapter of which episode it is about."""

    language: str
    episode: int
    chapter: int
    text: str
    held_back: bool


def written_lines() -> Iterator[WrittenLine]:
    for place, row in enumerate(_WRITTEN.read_text("utf-8").splitlines()):
        language, episode, chapter, text = row.split("\t")
        yield WrittenLine(language, int(episode), int(chapter), text, held_back=place % 2 == 1)


@cache
def show_in(language: str) -> ShownEpisodes | None:
    """The show whose lines are in a language; None where its data is missing."""
    if language == "en":
        told = latent_space()
        episodes = [_episode(one.title, one.chapters, one.turns) for one in told]
        return ShownEpisodes("Latent Space", language, tuple(episodes)) if told else None
    path = _LANGUAGES / f"{language}-shared.tar.xz"
    if not path.exists():
        return None
    episodes = []
    with tarfile.open(path) as archive:
        for name in sorted(name for name in archive.getnames() if name.endswith(".vtt")):
            file = archive.extractfile(name)
            assert file is not None
            turns = read_transcript(file.read(), None).turns
            last = max(turn.start_ms or 0 for turn in turns)
            chapters = tuple(Chapter(at, "") for at in range(0, last + 1, _STRETCH_MS))
            episodes.append(_episode("", chapters, turns))
    return ShownEpisodes(f"Talk in {language}", language, tuple(episodes))


def _episode(title: str, chapters: Sequence[Chapter], turns: Sequence[Turn]) -> Episode:
    talk = read_talk(turns, chapters)
    spoken = tuple(
        SpokenChapter(chapter.title, tuple(one.text for one in talk if one.chapter == number))
        for number, chapter in enumerate(chapters)
    )
    people = tuple(sorted({turn.speaker for turn in turns if turn.speaker}))
    return Episode(title, spoken, people, Counter(word for turn in turns for word in normal_words(turn.text)))
