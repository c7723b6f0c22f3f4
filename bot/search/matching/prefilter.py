"""How much of a query stands along a diagonal of a window: a quick look that chooses what is aligned."""

import numpy as np
import numpy.typing as npt

from bot.search.index.hashing import I64

Floats = npt.NDArray[np.float32]

# A word that stands one or two places off its diagonal counts nearly as much.
_OFF = (0.95, 0.9)


def coverage(met: npt.NDArray[np.bool_] | Floats, weights: Floats, reach: int) -> tuple[Floats, I64]:
    """For each window the greatest share of the weights along one of its first `reach` diagonals, and which.

    `met` tells by window, place and word of the query how well the word is met there: windows × places × words.
    """
    windows, places, words = met.shape
    credit = np.ascontiguousarray(met, np.float32)
    by_window, by_place, by_word = credit.strides
    # A sheared look at the same numbers: the diagonals become rows.
    diagonals = np.lib.stride_tricks.as_strided(
        credit,
        (windows, min(reach, places - words + 1), words),
        (by_window, by_place, by_place + by_word),
        writeable=False,
    )
    near = diagonals.copy()
    for off, share in enumerate(_OFF, start=1):
        lessened = diagonals * np.float32(share)
        np.maximum(near[:, off:], lessened[:, :-off], out=near[:, off:])
        np.maximum(near[:, :-off], lessened[:, off:], out=near[:, :-off])
    # (Not by `@`: at this size the library behind it is no faster, and raises floating-point flags at random.)
    near *= weights
    covered: Floats = near.sum(2)
    best = covered.argmax(1)
    return covered[np.arange(windows), best] / weights.sum(), best
