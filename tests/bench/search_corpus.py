"""The corpus for measuring the quote search: real transcripts, read in place, and more text made from them."""

from __future__ import annotations

import html
import random
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.text.tokenizer import normal_words
from storage.models import SpokenTurn
from tests.paths import SHARED_DATA

CORPUS = SHARED_DATA / "corpus"
# Shows that are never indexed, for quotes that were never said.
ABSENT_SHOWS = ("practicalai", "brainscience", "rfc")
WORDS_PER_SECOND = 2.6
_TURN = re.compile(r"\*\*([^*]{1,60}):\*\*\s*(?:\\?\[[\d:.]+\\?\])?\s*(.*)", re.DOTALL)
_CUE = re.compile(r"(?:(\d+):)?(\d+):(\d+)\.(\d{3}) --> (?:(\d+):)?(\d+):(\d+)\.(\d{3})")
_TURN_WORDS = 60


@dataclass(frozen=True, slots=True)
class CaptionLine:
    """A line of captions with its times."""

    start_ms: int
    end_ms: int
    text: str


def changelog(*, absent: bool = False) -> list[tuple[str, list[tuple[str, str]]]]:
    """Episodes as (name, turns of (speaker, text)), in a fixed shuffled order."""
    paths = sorted((CORPUS / "changelog").glob("*.md"))
    random.Random(5).shuffle(paths)
    return [
        (path.stem, _spoken(path.read_text(encoding="utf-8")))
        for path in paths
        if path.stem.startswith(ABSENT_SHOWS) == absent
    ]


def _spoken(text: str) -> list[tuple[str, str]]:
    spoken: list[tuple[str, list[str]]] = []
    for paragraph in text.split("\n\n"):
        found = _TURN.match(paragraph)
        if found:
            spoken.append((found[1], [found[2].strip()]))
        elif spoken:
            spoken[-1][1].append(paragraph.strip())
    return [(speaker, " ".join(texts)) for speaker, texts in spoken]


def timed(episode_id: int, spoken: Iterable[tuple[str, str]]) -> list[SpokenTurn]:
    """Turns with times as if everybody spoke 2.6 words a second."""
    turns: list[SpokenTurn] = []
    said = 0
    for speaker, text in spoken:
        start = round(said / WORDS_PER_SECOND * 1000)
        said += len(normal_words(text))
        turns.append(
            SpokenTurn(episode_id, len(turns), speaker, start, round(said / WORDS_PER_SECOND * 1000), text)
        )
    return turns


def captions(path: Path) -> list[CaptionLine]:
    """The lines of a WebVTT file."""
    cues = []
    for block in path.read_text(encoding="utf-8").split("\n\n"):
        lines = block.strip().split("\n")
        for number, line in enumerate(lines):
            found = _CUE.match(line)
            if found:
                h1, m1, s1, f1, h2, m2, s2, f2 = (int(part or 0) for part in found.groups())
                text = re.sub(r"<[^>]{1,80}>", "", html.unescape(" ".join(lines[number + 1 :]))).strip("- ")
                start, end = ((h1 * 60 + m1) * 60 + s1) * 1000 + f1, ((h2 * 60 + m2) * 60 + s2) * 1000 + f2
                cues.append(CaptionLine(start, end, text))
                break
    return cues


def cue_turns(episode_id: int, cues: Sequence[CaptionLine]) -> list[SpokenTurn]:
    """Lines joined into turns of a few sentences, as a transcript without speakers is stored."""
    turns: list[SpokenTurn] = []
    texts: list[str] = []
    start = 0
    for cue in cues:
        if not texts:
            start = cue.start_ms
        texts.append(cue.text)
        words = sum(map(len, map(str.split, texts)))
        if (words >= _TURN_WORDS and cue.text.endswith((".", "?", "!"))) or words >= 2 * _TURN_WORDS:
            turns.append(SpokenTurn(episode_id, len(turns), None, start, cue.end_ms, " ".join(texts)))
            texts = []
    if texts:
        turns.append(SpokenTurn(episode_id, len(turns), None, start, cues[-1].end_ms, " ".join(texts)))
    return turns


def talk_python() -> list[str]:
    """The numbers of the episodes with two transcripts."""
    return sorted(path.name.partition(".")[0] for path in (CORPUS / "talkpython").glob("*.site.vtt"))


def site_and_captions(number: str) -> tuple[list[CaptionLine], list[CaptionLine]]:
    folder = CORPUS / "talkpython"
    return captions(folder / f"{number}.site.vtt"), captions(folder / f"{number}.captions.vtt")


_SYLLABLES = [
    "ba",
    "be",
    "bo",
    "da",
    "de",
    "di",
    "fo",
    "ga",
    "ge",
    "ka",
    "ke",
    "ki",
    "ko",
    "la",
    "le",
    "li",
    "lo",
    "ma",
    "me",
    "mi",
    "mo",
    "na",
    "ne",
    "no",
    "pa",
    "pe",
    "po",
    "ra",
    "re",
    "ri",
    "ro",
    "sa",
    "se",
    "si",
    "so",
    "ta",
    "te",
    "ti",
    "to",
    "va",
    "ve",
    "vi",
    "za",
    "zo",
    "qua",
    "sta",
    "tri",
    "gra",
    "plu",
    "fle",
    "cor",
    "den",
    "mar",
    "ton",
    "ster",
    "ling",
    "ware",
    "ify",
    "base",
    "scope",
    "flow",
    "port",
    "link",
]


def invented(rng: random.Random) -> str:
    """A name such as products have."""
    return "".join(rng.choice(_SYLLABLES) for _ in range(rng.choice((2, 2, 3, 3, 4))))


class GeneratedSpeech:
    """Makes any number of episodes from real speech: short runs in a new order, invented names for rare words.

    Each episode has names of its own, so that the vocabulary grows as that of real podcasts does.
    """

    def __init__(self, texts: Iterable[str], seed: int = 7) -> None:
        self._rng = random.Random(seed)
        self._words = [word for text in texts for word in text.split()]
        counts = Counter(self._words)
        self._rare = {word for word, count in counts.items() if count <= 40 and word.isalpha()}
        self._pool: list[str] = []

    def episode(self, episode_id: int, words: int = 10_000) -> list[SpokenTurn]:
        rng, source = self._rng, self._words
        spoken: list[tuple[str, str]] = []
        names: dict[str, str] = {}
        speakers = [f"Speaker {rng.randrange(400)}" for _ in range(3)]
        left = words
        while left > 0:
            wanted = rng.choice((5, 20, 40, 60, 80, 120, 200))
            left -= wanted
            said: list[str] = []
            while len(said) < wanted:
                at = rng.randrange(len(source) - 12)
                for word in source[at : at + rng.randrange(3, 9)]:
                    if word in self._rare:
                        name = names.get(word)
                        if name is None:
                            name = names[word] = self._name(word)
                        said.append(name)
                    else:
                        said.append(word)
            spoken.append((rng.choice(speakers), " ".join(said)))
        return timed(episode_id, spoken)

    def _name(self, word: str) -> str:
        """A new name, another episode's name, or the word itself."""
        chance = self._rng.random()
        if chance < 0.4:
            return word
        if chance < 0.85 and self._pool:
            return self._rng.choice(self._pool)
        self._pool.append(invented(self._rng))
        return self._pool[-1]
