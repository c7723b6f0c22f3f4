"""How well the words of a query fit stretches of speech in order, and which words of them they are.

Words are paired in order; each pair counts by its likeness and by how rare the word is. Words left out cost their
weight, words in between a little. (Comparing characters instead finds `rag` in `fragment`, and loses the end of a
quote in which words were inserted.)
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
_ROUNDED = 1e-3


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike words are, by window, place and word of the query: windows × places × words, from 0 to 1.

    `written_apart` is that of a word of the query to the word at a place joined with the next one; `written_together`
    that of a word of the query joined with the next one to the word at a place. None where no two are alike.
    """

    alike: Floats
    written_apart: Floats | None = None
    written_together: Floats | None = None


class Alignments:
    """All windows aligned at once."""

    def __init__(self, likeness: Likeness, weights: Floats, gap: float) -> None:
        windows, places, words = likeness.alike.shape
        self._likeness = likeness
        self._weights = weights
        self._gap = np.float32(gap)
        # rows[i][w, p]: the worth of the best chain of the first i words that ends before place p, plus a gap for
        # each place up to p: so that a gap costs nothing to compute.
        ramp = np.arange(places + 1, dtype=np.float32) * self._gap
        self._rows = np.empty((words + 1, windows, places + 1), np.float32)
        rows = self._rows
        rows[0] = ramp
        rows[1:, :, 0] = 0
        worths = likeness.alike.transpose(2, 0, 1) * weights[:, None, None] + self._gap
        for word in range(words):
            row = rows[word + 1]
            np.add(rows[word][:, :-1], worths[word], out=row[:, 1:])
            if likeness.written_apart is not None:
                apart = likeness.written_apart[:, :-1, word]
                worth = apart * weights[word] + (apart > 0) * (2 * self._gap)
                np.maximum(row[:, 2:], rows[word][:, :-2] + worth, out=row[:, 2:])
            if likeness.written_together is not None and word:
                worth = (
                    likeness.written_together[:, :, word - 1] * (weights[word - 1] + weights[word])
                    + self._gap
                )
                np.maximum(row[:, 1:], rows[word - 1][:, :-1] + worth, out=row[:, 1:])
            np.maximum(row, rows[word], out=row)
            np.maximum.accumulate(row, axis=1, out=row)
        last = rows[words] - ramp
        self.ends = last.argmax(1)
        self.worths: Floats = last[np.arange(windows), self.ends]

    def path(self, window: int) -> list[tuple[int, int, int]]:
        """The words of the query that were met, each with its first and its last place in the window."""
        rows: list[list[float]] = self._rows[:, window].tolist()
        alike: list[list[float]] = self._likeness.alike[window].tolist()
        apart, together = self._likeness.written_apart, self._likeness.written_together
        weights, gap = self._weights.tolist(), float(self._gap)
        word, place = len(weights), int(self.ends[window])
        found: list[tuple[int, int, int]] = []
        while word and place:
            # The step that gave this number is found by trying; they are rounded.
            here = rows[word][place] - _ROUNDED
            if rows[word][place - 1] >= here:
                place -= 1
            elif rows[word - 1][place] >= here:
                word -= 1
            elif rows[word - 1][place - 1] + alike[place - 1][word - 1] * weights[word - 1] + gap >= here:
                word, place = word - 1, place - 1
                if alike[place][word]:
                    found.append((word, place, place))
            elif (
                apart is not None
                and place > 1
                and rows[word - 1][place - 2]
                + apart[window, place - 2, word - 1] * weights[word - 1]
                + 2 * gap
                >= here
            ):
                word, place = word - 1, place - 2
                found.append((word, place, place + 1))
            elif together is not None and word > 1:
                word, place = word - 2, place - 1
                found += [(word + 1, place, place), (word, place, place)]
            else:
                break
        return found[::-1]
