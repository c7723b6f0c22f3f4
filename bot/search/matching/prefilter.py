"""Choosing the windows that are worth an alignment: how much of a query stands on one diagonal of a window.

An ungapped score, as BLAST uses one before its gapped alignment.
"""

import numpy as np

from bot.search.index.dtypes import F32, I64, Bools

# What a word counts that stands one or two places off the diagonal.
_OFF_DIAGONAL = (0.95, 0.9)


def best_diagonals(credits_: Bools | F32, weights: F32, reach: int) -> tuple[F32, I64]:
    """For each window the largest share of the weights on one of its first `reach` diagonals, and that diagonal.

    `credits_` say how well each word of the query is met at each place: windows × places × words, from 0 to 1.
    """
    windows, places, words = credits_.shape
    credit = np.ascontiguousarray(credits_, np.float32)
    by_window, by_place, by_word = credit.strides
    # A sheared view of the same array, in which diagonals are rows.
    diagonals = np.lib.stride_tricks.as_strided(
        credit,
        (windows, min(reach, places - words + 1), words),
        (by_window, by_place, by_place + by_word),
        writeable=False,
    )
    best = diagonals.copy()
    for off, share in enumerate(_OFF_DIAGONAL, start=1):
        lessened = diagonals * np.float32(share)
        np.maximum(best[:, off:], lessened[:, :-off], out=best[:, off:])
        np.maximum(best[:, :-off], lessened[:, off:], out=best[:, :-off])
    # Not `@`: for arrays of this size BLAS is no faster, and it raises floating-point warnings at random.
    best *= weights
    scores: F32 = best.sum(2)
    diagonal = scores.argmax(1)
    return scores[np.arange(windows), diagonal] / weights.sum(), diagonal
