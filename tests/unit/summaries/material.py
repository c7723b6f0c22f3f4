"""Episodes to be summarised: real ones, read in place, and made ones."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from bot.feeds.parsing.feed_parser import parse_feed, read_item_notes
from bot.summaries.mentions import Around, Show
from bot.text.stems import common_words
from bot.text.tokenizer import normal_words
from bot.transcripts.reader import read_transcript
from storage.models import Chapter, FeedItem, Turn
from tests.paths import SHARED_DATA

DATA = SHARED_DATA


@dataclass(frozen=True)
class Told:
    """What a summary is made of."""

    title: str
    notes: str
    chapters: tuple[Chapter, ...]
    turns: tuple[Turn, ...]

    def around(self) -> Around:
        """What is known besides the talk."""
        people = tuple(sorted({turn.speaker for turn in self.turns if turn.speaker}))
        return Around(self.title, self.notes, people)


@cache
def latent_space() -> tuple[Told, ...]:
    """The real episodes that have chapters and a transcript; none where the data is missing."""
    items: list[FeedItem] = []
    for path in sorted((DATA / "feeds").glob("latent-space-*.xml")):
        entries = parse_feed(path.read_bytes(), None).entries
        items += [read_item_notes(entry) for entry in entries if isinstance(entry, FeedItem)]
    return tuple(
        Told(item.title, item.intro, item.chapters, item.turns)
        for item in items
        if item.chapters and item.turns
    )


def other_podcasts(every: int = 1) -> Iterator[Told]:
    """Published transcripts of other shows, with a chapter without a title every six minutes."""
    paths = [
        path
        for folder in ("vtt", "srt", "md", "txt", "json", "html")
        for path in sorted((DATA / "transcripts" / folder).glob("*"))
    ]
    for path in paths[::every]:
        try:
            turns = read_transcript(path.read_bytes(), None).turns
        except ValueError:
            continue
        last = max((turn.start_ms or 0 for turn in turns), default=0)
        chapters = tuple(Chapter(at, "") for at in range(0, last + 1, 360_000))
        yield Told(f"{folder_of(path)}", "", chapters, turns)


def folder_of(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


def two_hours(chapters: int = 40, words: int = 25_000, seed: int = 7) -> Told:
    """A made episode: each chapter talks about things of its own."""
    rng = random.Random(seed)
    invented = ["".join(rng.choices("bcdfghklmnprstv", k=3)) + rng.choice("aeiou") * 2 for _ in range(6_000)]
    common = sorted(common_words("en"))[:300]
    turns: list[Turn] = []
    made: list[Chapter] = []
    at = 0
    while at < words:
        if at >= len(made) * words / chapters:
            topic = rng.sample(invented, 60)
            made.append(Chapter(at * 288, " ".join(topic[:3]).capitalize()))
        sentences = []
        said = 0
        for _ in range(rng.randint(1, 12)):
            length = rng.randint(4, 26)
            said += length
            body = [
                rng.choice(common if rng.random() < 0.6 else topic if rng.random() < 0.6 else invented)
                for _ in range(length)
            ]
            sentences.append(" ".join(body).capitalize() + rng.choice("...?"))
        turns.append(Turn(rng.choice(["Ada", "Ben"]), at * 288, (at + said) * 288, " ".join(sentences)))
        at += said
    return Told("Made", "", tuple(made), tuple(turns))


@lru_cache(maxsize=64)
def _spoken(told: Told) -> Counter[str]:
    return Counter(word for turn in told.turns for word in normal_words(turn.text))


def show_of(told: Told, among: Sequence[Told], title: str = "", language: str | None = "en") -> Show:
    """What is known of the show: six of its other episodes, as many as the bot compares with."""
    others = [one for one in among if one is not told][:6]
    words: Counter[str] = Counter()
    for one in others:
        words.update(_spoken(one))
    titles = frozenset(chapter.title for one in others for chapter in one.chapters)
    return Show(title, words, language, titles)
