"""Episodes to be summarised, real ones read in place and made ones, and a plain matcher that judges lines."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bot.feeds.parsing.feed_parser import parse_feed, read_item_notes
from bot.summaries.summarizer import Summary
from bot.summaries.term_weights import common_words
from bot.transcripts.reader import read_transcript
from storage.models import Chapter, FeedItem, Turn
from tests.paths import SHARED_DATA

DATA = SHARED_DATA
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


@dataclass(frozen=True)
class Told:
    """What a summary is made of."""

    title: str
    chapters: tuple[Chapter, ...]
    turns: tuple[Turn, ...]

    def spans(self) -> list[tuple[int, int]]:
        """From when to when each chapter lasts, in ms."""
        starts = sorted(chapter.start_ms for chapter in self.chapters)
        ends = dict(zip(starts, [*starts[1:], 10**12], strict=True))
        return [(chapter.start_ms, ends[chapter.start_ms]) for chapter in self.chapters]

    def speech(self) -> list[str]:
        """All that the turns say that are spoken in each chapter, as far as they tell times."""
        return [
            " ".join(
                " ".join(turn.text.split())
                for turn, until in zip(self.turns, self._until(), strict=True)
                if turn.start_ms is not None and turn.start_ms < end and until > start
            )
            for start, end in self.spans()
        ]

    def _until(self) -> list[int]:
        return [
            turn.end_ms if turn.end_ms is not None else (turn.start_ms or 0) + 100 * len(turn.text)
            for turn in self.turns
        ]


@cache
def latent_space() -> tuple[Told, ...]:
    """The real episodes that have chapters and a transcript; none where the data is missing."""
    items: list[FeedItem] = []
    for path in sorted((DATA / "feeds").glob("latent-space-*.xml")):
        entries = parse_feed(path.read_bytes(), None).entries
        items += [read_item_notes(entry) for entry in entries if isinstance(entry, FeedItem)]
    return tuple(
        Told(item.title, item.chapters, item.turns) for item in items if item.chapters and item.turns
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
        yield Told(f"{folder_of(path)}", chapters, turns)


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
    return Told("Made", tuple(made), tuple(turns))


def content(text: str) -> set[str]:
    """The words that a plain matcher compares."""
    return {word for word in _WORD.findall(text.lower()) if word not in common_words("en")}


def put_back(told: Told, summary: Summary, *, unsaid: bool = False) -> tuple[int, int]:
    """How many lines a word-overlap matcher puts under their chapter, of how many where it knows one best.

    `unsaid`: the line itself is taken out of what its chapter says.
    """
    right = judged = 0
    speech = told.speech()
    for number, line in enumerate(summary.lines):
        if line is None:
            continue
        words = content(line.text)
        scores: list[int] = []
        for chapter, said in zip(told.chapters, speech, strict=True):
            known = content(f"{chapter.title} {said.replace(line.text, ' ') if unsaid else said}")
            scores.append(len(words & known))
        if scores.count(max(scores)) == 1:
            judged += 1
            right += scores.index(max(scores)) == number
    return right, judged


def shares(told: Sequence[Told], summaries: Sequence[Summary], *, unsaid: bool = False) -> list[float]:
    """For each episode, how many of its lines are put back."""
    found = [put_back(each, summary, unsaid=unsaid) for each, summary in zip(told, summaries, strict=True)]
    return [right / judged for right, judged in found if judged]
