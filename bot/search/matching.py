"""How well the words of a query fit a stretch of speech, and which words of it they are.

Pure: words in, the best span and its score out. Whole words are paired, in order, each pair counting by the
likeness of its letters and by how rare the word is; words that were left out cost their weight, words in
between a little. (Comparing characters instead finds `rag` in `fragment`, and loses the end of a quote in
which words were inserted.)
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from rapidfuzz.distance import OSA

from bot.search.words import joined

# Below this likeness two words are different words. A slip in a word of two letters is still above it: of a
# quote that was said each word has some likeness to its place, which tells it from one that was never said.
_ALIKE = 0.5
# Words written together or apart must be nearly the same: there are many neighbours to try.
_JOINED_ALIKE = 0.8
# Between matched words, each other word costs this much of the weight of one rare word.
_GAP = 0.1
# Keywords in any order: how alike each must be, and what the wrong order and each word in between cost.
_KEYWORD_ALIKE = 0.75
_ANY_ORDER = 0.1
_KEYWORD_GAP = 0.015
_KEYWORD_REACH = 16


@dataclass(frozen=True, slots=True)
class Alignment:
    """The words [start, end) of a window that fit; `score` is 1.0 for every word in order, none between."""

    start: int
    end: int
    score: float


@dataclass(frozen=True, slots=True)
class _Pair:
    """Query words [first, end) stand for `width` words of the window; worth is weight times likeness."""

    first: int
    end: int
    width: int
    worth: float


class Matcher:
    """A query, ready to be laid over many windows. What it learns of a word it keeps for the next window."""

    def __init__(self, words: Sequence[str], weights: Sequence[float]) -> None:
        self._words = tuple(words)
        self._weights = tuple(weights)
        self._total = sum(weights)
        self._apart = tuple(joined(first, second) for first, second in pairwise(words))
        self._initials = frozenset(word[:1] for word in words)
        self._pairs: dict[str, tuple[_Pair, ...]] = {"": ()}
        self._joined_pairs: dict[tuple[str, str], tuple[_Pair, ...]] = {}

    def align(self, window: Sequence[str]) -> Alignment | None:
        """The best fit of all words in order. An empty word in `window` fits nothing."""
        # best[i]: the best chain of pairs whose last query word is i - 1: its worth with the gaps of the whole
        # way to its end added, so that chains compare wherever they end, and where it starts.
        nothing = (float("-inf"), 0)
        best = [nothing] * (len(self._words) + 1)
        ended: dict[int, list[tuple[int, float, int]]] = {}
        top: tuple[float, int, int] | None = None
        following = ""
        for place in range(len(window)):
            for query_end, value, start in ended.pop(place, ()):
                best[query_end] = max(best[query_end], (value, start))
            word = window[place]
            following = window[place + 1] if place + 1 < len(window) else ""
            for pair in self._pairs_of(word, following):
                before, start = max(best[: pair.first + 1])
                before -= place * _GAP
                if before <= 0:
                    before, start = 0.0, place
                worth = before + pair.worth
                end = place + pair.width
                ended.setdefault(end, []).append((pair.end, worth + end * _GAP, start))
                if top is None or (worth, start) > top[:2]:
                    top = (worth, start, end)
        if top is None or self._total <= 0:
            return None
        # Rounded, so that the same words score the same wherever in a window they stand.
        return Alignment(top[1], top[2], round(min(1.0, top[0] / self._total), 6))

    def gather(self, window: Sequence[str]) -> Alignment | None:
        """The narrowest stretch that has all words, in any order."""
        latest: dict[int, tuple[int, int, float]] = {}
        top: tuple[float, int, int] | None = None
        for place, word in enumerate(window):
            following = window[place + 1] if place + 1 < len(window) else ""
            for pair in self._pairs_of(word, following):
                weight = sum(self._weights[pair.first : pair.end])
                if pair.worth < _KEYWORD_ALIKE * weight:
                    continue
                for at in range(pair.first, pair.end):
                    worth = pair.worth * self._weights[at] / weight
                    known = latest.get(at)
                    if known is None or known[0] < place or known[2] < worth:
                        latest[at] = (place, place + pair.width, worth)
                if len(latest) < len(self._words):
                    continue
                start = min(found[0] for found in latest.values())
                end = max(found[1] for found in latest.values())
                between = end - start - len(self._words)
                if end - start > _KEYWORD_REACH:
                    continue
                worth = sum(found[2] for found in latest.values()) / self._total
                score = worth - _ANY_ORDER - _KEYWORD_GAP * max(0, between)
                if top is None or score > top[0]:
                    top = (score, start, end)
        return None if top is None or top[0] <= 0 else Alignment(top[1], top[2], top[0])

    def _pairs_of(self, word: str, following: str) -> tuple[_Pair, ...]:
        pairs = self._pairs.get(word)
        if pairs is None:
            pairs = self._pairs[word] = tuple(self._pair(word))
        if following and word[:1] in self._initials:
            both = self._joined_pairs.get((word, following))
            if both is None:
                both = self._joined_pairs[word, following] = tuple(self._pair_joined(word, following))
            pairs += both
        return pairs

    def _pair(self, word: str) -> list[_Pair]:
        found = []
        for place, (own, weight) in enumerate(zip(self._words, self._weights, strict=True)):
            alike = 1.0 if own == word else OSA.normalized_similarity(own, word, score_cutoff=_ALIKE)
            if alike:
                found.append(_Pair(place, place + 1, 1, weight * alike))
        for place, both in enumerate(self._apart):
            alike = OSA.normalized_similarity(both, word, score_cutoff=_JOINED_ALIKE)
            if alike:
                weight = self._weights[place] + self._weights[place + 1]
                found.append(_Pair(place, place + 2, 1, weight * alike))
        return found

    def _pair_joined(self, word: str, following: str) -> list[_Pair]:
        both = joined(word, following)
        found = []
        for place, (own, weight) in enumerate(zip(self._words, self._weights, strict=True)):
            alike = OSA.normalized_similarity(own, both, score_cutoff=_JOINED_ALIKE)
            if alike:
                found.append(_Pair(place, place + 1, 2, weight * alike))
        return found
