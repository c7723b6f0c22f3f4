"""The words of one podcast: a number for each, and the ones that a misspelt word may have meant."""

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.search.words import normal

# Number 0 is no word: it fills gaps and stands for what may not be seen.
NO_WORD = 0
_SHORTEST_VARIED = 3
_TWO_EDITS_FROM = 6
_MOST_VARIANTS = 8


class Vocabulary:
    """Numbers for normalised words, counted from 1."""

    def __init__(self) -> None:
        self.words: list[str] = [""]
        self._numbers: dict[str, int] = {}
        self._by_length: dict[int, list[str]] | None = None

    def __len__(self) -> int:
        return len(self.words)

    def number(self, word: str) -> int:
        """The number of `word`; a new one where it was never seen."""
        number = self._numbers.get(word)
        if number is None:
            number = self._numbers[word] = len(self.words)
            self.words.append(word)
            self._by_length = None
        return number

    def find(self, word: str) -> int:
        """The number of `word`, or NO_WORD."""
        return self._numbers.get(word, NO_WORD)

    def variants(self, word: str) -> list[tuple[int, int]]:
        """Known words one or two edits away, with the edits; the nearest first, `word` itself left out."""
        if len(word) < _SHORTEST_VARIED:
            return []
        edits = 2 if len(word) >= _TWO_EDITS_FROM else 1
        found: list[tuple[int, str]] = []
        for length in range(len(word) - edits, len(word) + edits + 1):
            # One length at a time: a scan keeps other threads waiting until it is through.
            near = process.extract(
                word, self._of_length(length), scorer=OSA.distance, score_cutoff=edits, limit=_MOST_VARIANTS
            )
            found += [(distance, other) for other, distance, _ in near if other != word]
        found.sort(key=lambda pair: pair[0])
        return [(self._numbers[other], distance) for distance, other in found[:_MOST_VARIANTS]]

    def _of_length(self, length: int) -> list[str]:
        if self._by_length is None:
            self._by_length = {}
            for word in self.words:
                self._by_length.setdefault(len(word), []).append(word)
        return self._by_length.get(length, [])


class RawNumbers(dict[str, int]):
    """Numbers for words as they are written: each spelling is normalised once."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        super().__init__()
        self._vocabulary = vocabulary

    def __missing__(self, raw: str) -> int:
        number = self[raw] = self._vocabulary.number(normal(raw))
        return number
