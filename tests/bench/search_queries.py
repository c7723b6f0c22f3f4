"""Queries as members would type them: what was said, and how they remember it. Drawn with a fixed seed."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bot.search.index.phonetics import phonetic_keys
from bot.text.tokenizer import normal_words, word_spans
from storage.models import SpokenTurn
from tests.bench.search_corpus import CaptionLine
from tests.unit.search.material import with_slips

_FILLERS = (
    "really",
    "the",
    "basically",
    "like",
    "you",
    "know",
    "just",
    "so",
    "actually",
    "that",
    "a",
    "very",
)
# People remember the sense and change the word.
_GROUPS = (
    "big large huge; small little tiny; start begin; fast quick; many lots; think believe; "
    "great good amazing; really very; people folks guys; use utilize; problem issue; hard difficult tough; "
    "easy simple; buy purchase; need require; show demonstrate; help assist; wrong incorrect; right correct; "
    "make create build; say tell; thing stuff; maybe perhaps; also too; but though; because since; "
    "company business; code software; kind sort; talk speak; job work; idea thought; look see; want wish; "
    "get receive; interesting fascinating; probably likely; definitely certainly; understand get; "
    "whole entire; often frequently; finally eventually; test check; change modify; question ask; "
    "answer reply; happy glad; bad terrible awful; new recent; "
)
_SYNONYMS: dict[str, list[str]] = {
    word: [other for other in group.split() if other != word]
    for group in _GROUPS.strip("; ").split("; ")
    for word in group.split()
}
_MINOR = frozenset(
    [
        "a",
        "an",
        "the",
        "of",
        "to",
        "in",
        "on",
        "at",
        "and",
        "or",
        "so",
        "that",
        "this",
        "it",
        "is",
        "was",
        "i",
        "you",
        "we",
        "they",
        "just",
        "really",
    ]
)


@dataclass(frozen=True, slots=True)
class QueryCase:
    """A query and what was said. A hit is right if it begins near it or has the same words.

    `anywhere` is set for keywords: a hit is right wherever one turn has all of them.
    """

    query: str
    words: tuple[str, ...]
    episode_id: int
    at_ms: float
    anywhere: bool = False


def _time_of(turn: SpokenTurn, word: int, words: int) -> float:
    assert turn.start_ms is not None
    assert turn.end_ms is not None
    return turn.start_ms + (turn.end_ms - turn.start_ms) * word / max(1, words)


class Generator:
    """Draws queries from turns; misheard words are replaced by others of `vocabulary`."""

    def __init__(self, seed: str, turns: Sequence[SpokenTurn], vocabulary: Mapping[str, int]) -> None:
        self._rng = random.Random(seed)
        self._turns = turns
        self._vocabulary = vocabulary
        self._common = frozenset(sorted(vocabulary, key=lambda word: -vocabulary[word])[:400])
        self._heard: dict[str, list[str]] = defaultdict(list)
        words = [word for word, count in vocabulary.items() if count > 2 and len(word) > 3]
        for word, sound in zip(words, phonetic_keys(words), strict=True):
            self._heard[sound].append(word)

    def draw(self, name: str) -> QueryCase:
        return self.CLASSES[name](self)

    def _span(self, least: int = 5, most: int = 12) -> tuple[SpokenTurn, int, int, list[str]]:
        """A turn, the index of a quote's first word in it, the turn's number of words, and the quote as written."""
        while True:
            turn = self._rng.choice(self._turns)
            spans = word_spans(turn.text)
            count = self._rng.randint(least, most)
            if count <= len(spans) and self._rng.random() < len(spans) / 200:
                first = self._rng.randrange(len(spans) - count + 1)
                chosen = sorted(set(spans[first : first + count]))
                return turn, first, len(spans), [turn.text[start:end] for start, end in chosen]

    def _said(self, change: Callable[[list[str]], list[str]], least: int = 5, most: int = 12) -> QueryCase:
        turn, first, count, words = self._span(least, most)
        query = " ".join(change(list(words)))
        return QueryCase(
            query, tuple(normal_words(" ".join(words))), turn.episode_id, _time_of(turn, first, count)
        )

    def exact(self) -> QueryCase:
        return self._said(lambda words: words)

    def typos(self) -> QueryCase:
        return self._said(lambda words: with_slips(self._rng, words, 2))

    def many_typos(self) -> QueryCase:
        return self._said(lambda words: with_slips(self._rng, words, 4), 7)

    def misheard(self) -> QueryCase:
        return self._said(self._mishear)

    def _mishear(self, words: list[str]) -> list[str]:
        rng = self._rng
        order = sorted(range(len(words)), key=lambda _: rng.random())
        changed = 0
        for place in order:
            normal = normal_words(words[place])
            if len(normal) != 1 or len(normal[0]) < 4 or changed >= 2:
                continue
            others = [word for word in self._heard.get(phonetic_keys(normal)[0], ()) if word != normal[0]]
            if others and rng.random() < 0.7:
                words[place] = rng.choice(others)
            elif len(normal[0]) > 6:
                at = rng.randrange(3, len(normal[0]) - 2)
                words[place] = f"{normal[0][:at]} {normal[0][at:]}"
            else:
                words[place] = (
                    normal[0].replace("c", "k").replace("ph", "f").replace("ee", "ea").replace("y", "ie")
                )
            changed += 1
        return words

    def dropped(self) -> QueryCase:
        def drop(words: list[str]) -> list[str]:
            for _ in range(1 if len(words) < 8 else 2):
                del words[self._rng.randrange(len(words))]
            return words

        return self._said(drop, 6)

    def inserted(self) -> QueryCase:
        def insert(words: list[str]) -> list[str]:
            for _ in range(2):
                words.insert(self._rng.randrange(1, len(words)), self._rng.choice(_FILLERS))
            return words

        return self._said(insert)

    def misremembered(self) -> QueryCase:
        return self._said(self._misremember, 7)

    def _misremember(self, words: list[str]) -> list[str]:
        rng = self._rng
        kept: list[str] = []
        for word in words:
            low = word.lower()
            if low in _SYNONYMS and rng.random() < 0.6:
                kept.append(rng.choice(_SYNONYMS[low]))
            elif low in _MINOR and rng.random() < 0.3:
                continue
            elif low.isalpha() and len(low) > 3 and rng.random() < 0.2:
                kept.append(low[:-1] if low.endswith("s") else low + rng.choice(("s", "ing", "ed")))
            else:
                kept.append(word)
        if len(kept) > 3 and rng.random() < 0.5:
            at = rng.randrange(len(kept) - 1)
            kept[at : at + 2] = kept[at + 1], kept[at]
        return kept

    def two_turns(self) -> QueryCase:
        rng = self._rng
        while True:
            place = rng.randrange(len(self._turns) - 1)
            turn, after = self._turns[place : place + 2]
            count = rng.randint(6, 12)
            ahead = rng.randrange(2, count - 1)
            spans, behind = word_spans(turn.text), word_spans(after.text)
            if turn.episode_id != after.episode_id or len(spans) < ahead or len(behind) < count - ahead:
                continue
            said = [turn.text[start:end] for start, end in sorted(set(spans[-ahead:]))]
            said += [after.text[start:end] for start, end in sorted(set(behind[: count - ahead]))]
            at_ms = _time_of(turn, len(spans) - ahead, len(spans))
            return QueryCase(" ".join(said), tuple(normal_words(" ".join(said))), turn.episode_id, at_ms)

    def keywords(self) -> QueryCase:
        rng = self._rng
        while True:
            turn, first, count, words = self._span(12, 12)
            rare = sorted(
                {word for word in normal_words(" ".join(words)) if word not in self._common and len(word) > 2}
            )
            wanted = rng.choice((2, 3))
            if len(rare) >= wanted:
                chosen = rng.sample(rare, wanted)
                return QueryCase(
                    " ".join(chosen),
                    tuple(chosen),
                    turn.episode_id,
                    _time_of(turn, first, count),
                    anywhere=True,
                )

    CLASSES: Mapping[str, Callable[[Generator], QueryCase]] = {
        "exact": exact,
        "two typos": typos,
        "four typos": many_typos,
        "mishearing": misheard,
        "words dropped": dropped,
        "words inserted": inserted,
        "misremembered": misremembered,
        "over two turns": two_turns,
        "keywords": keywords,
    }


def spoken_times(site: Sequence[CaptionLine]) -> list[tuple[str, float]]:
    """Each word with its time, as precise as the lines' times are."""
    timed: list[tuple[str, float]] = []
    for cue in site:
        words = normal_words(cue.text)
        timed += [
            (word, cue.start_ms + (cue.end_ms - cue.start_ms) * at / len(words))
            for at, word in enumerate(words)
        ]
    return timed


def really_misheard(
    seed: str, episode_id: int, site: Sequence[SpokenTurn], heard: Sequence[CaptionLine], count: int
) -> list[QueryCase]:
    """Quotes as another speech recogniser heard them, where its words differ a little from the transcript."""
    said = [
        (word, _time_of(turn, at, len(words)))
        for turn in site
        for words in [normal_words(turn.text)]
        for at, word in enumerate(words)
    ]
    other = [word for cue in heard for word in normal_words(cue.text)]
    words = [word for word, _ in said]
    anchors = _anchors(words, other)
    rng = random.Random(f"{seed} {episode_id}")
    drawn: list[QueryCase] = []
    for _ in range(count * 50):
        if len(drawn) == count or not anchors:
            break
        length = rng.randint(6, 12)
        at = rng.randrange(max(1, len(other) - length))
        before = max((pair for pair in anchors if pair[1] <= at), default=None)
        behind = min((pair for pair in anchors if pair[1] >= at + length), default=None)
        if before is None or behind is None or behind[1] - before[1] > 60:
            continue
        if abs((behind[0] - before[0]) - (behind[1] - before[1])) > 4 or before[0] >= behind[0]:
            continue
        query = other[at : at + length]
        place = before[0] + at - before[1]
        meant = words[place : place + length]
        if query != meant and place + length < len(words):
            drawn.append(QueryCase(" ".join(query), tuple(meant), episode_id, said[place][1]))
    return drawn


def _anchors(words: Sequence[str], other: Sequence[str]) -> list[tuple[int, int]]:
    """Places where both have the same five words, which occur once in each."""

    def once(of: Sequence[str]) -> dict[tuple[str, ...], int]:
        found: dict[tuple[str, ...], int] = {}
        for place in range(len(of) - 4):
            five = tuple(of[place : place + 5])
            found[five] = -1 if five in found else place
        return found

    mine, theirs = once(words), once(other)
    return sorted(
        (place, theirs[five]) for five, place in mine.items() if place >= 0 and theirs.get(five, -1) >= 0
    )
