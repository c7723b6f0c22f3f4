"""Alignment of a query with windows of the index, word by word.

Semi-global alignment by dynamic programming (as Needleman and Wunsch's, but free of cost before and after the query).
A pair of words scores its similarity times the weight of the query's word. A word of the query without a counterpart
scores nothing, and each additional word in the window costs a gap. (Aligning characters instead finds `rag` in
`fragment`, and loses the end of a quote into which words were inserted.)
"""

from dataclasses import dataclass

import numpy as np

from bot.search.index.dtypes import F32

_ROUNDING = 1e-3


@dataclass(frozen=True, slots=True)
class WordSimilarity:
    """How similar each word of a query is to each word of some windows: windows × places × words, from 0 to 1.

    `single` compares a word of the query with the word at a place, `split` with that word and the next one written
    together. `joined` compares a word of the query and the next one, written together, with the word at a place. None
    if nothing is similar.
    """

    single: F32
    split: F32 | None = None
    joined: F32 | None = None


class Alignments:
    """The best alignment of a query with each of several windows.

    `scores` are in the unit of the weights; `ends` are the places after the last aligned word.
    """

    def __init__(self, similarity: WordSimilarity, weights: F32, gap: float) -> None:
        windows, places, words = similarity.single.shape
        self._similarity = similarity
        self._weights = weights
        self._gap = np.float32(gap)
        # rows[i][w, p] is the score of the best alignment of the first i words that ends before place p, plus one gap
        # for each place up to p: with this ramp a gap takes no computation.
        ramp = np.arange(places + 1, dtype=np.float32) * self._gap
        self._rows = np.empty((words + 1, windows, places + 1), np.float32)
        self._rows[0] = ramp
        self._rows[1:, :, 0] = 0
        single = similarity.single.transpose(2, 0, 1) * weights[:, None, None] + self._gap
        for word in range(words):
            self._fill_row(word, single[word])
        last = self._rows[words] - ramp
        self.ends = last.argmax(1)
        self.scores: F32 = last[np.arange(windows), self.ends]

    def _fill_row(self, word: int, single: F32) -> None:
        rows, weights = self._rows, self._weights
        split, joined = self._similarity.split, self._similarity.joined
        row = rows[word + 1]
        np.add(rows[word][:, :-1], single, out=row[:, 1:])
        if split is not None:
            credit = split[:, :-1, word]
            score = credit * weights[word] + (credit > 0) * (2 * self._gap)
            np.maximum(row[:, 2:], rows[word][:, :-2] + score, out=row[:, 2:])
        if joined is not None and word:
            score = joined[:, :, word - 1] * (weights[word - 1] + weights[word]) + self._gap
            np.maximum(row[:, 1:], rows[word - 1][:, :-1] + score, out=row[:, 1:])
        np.maximum(row, rows[word], out=row)
        np.maximum.accumulate(row, axis=1, out=row)

    def traceback(self, window: int) -> list[tuple[int, int, int]]:
        """The words of the query that were aligned, each with its first and last place in the window."""
        rows: list[list[float]] = self._rows[:, window].tolist()
        single: list[list[float]] = self._similarity.single[window].tolist()
        split, joined = self._similarity.split, self._similarity.joined
        weights, gap = self._weights.tolist(), float(self._gap)
        word, place = len(weights), int(self.ends[window])
        path: list[tuple[int, int, int]] = []
        while word and place:
            # The step that led here is found by trying each; scores may differ by rounding.
            here = rows[word][place] - _ROUNDING
            if rows[word][place - 1] >= here:
                place -= 1
            elif rows[word - 1][place] >= here:
                word -= 1
            elif rows[word - 1][place - 1] + single[place - 1][word - 1] * weights[word - 1] + gap >= here:
                word, place = word - 1, place - 1
                if single[place][word]:
                    path.append((word, place, place))
            elif (
                split is not None
                and place > 1
                and rows[word - 1][place - 2]
                + split[window, place - 2, word - 1] * weights[word - 1]
                + 2 * gap
                >= here
            ):
                word, place = word - 1, place - 2
                path.append((word, place, place + 1))
            elif joined is not None and word > 1:
                word, place = word - 2, place - 1
                path += [(word + 1, place, place), (word, place, place)]
            else:
                break
        return path[::-1]
