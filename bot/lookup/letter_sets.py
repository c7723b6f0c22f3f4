"""Which letters, and pairs of neighbouring letters, texts have: what has few in common is not compared closer.

A set is the bits of an integer, several letters or pairs sharing one. All are made at once, in arrays.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_BITS = 64
# A title has some forty pairs of letters.
_PARTS = 4
_SPREAD = np.uint32(0x9E3779B1)


def letters_of(text: str) -> int:
    """The letters of a text."""
    bits = 0
    for letter in text:
        bits |= 1 << (ord(letter) % _BITS)
    return bits


def letters_of_each(texts: Sequence[str]) -> NDArray[np.uint64]:
    """The letters of each text."""
    codes = _codes(texts)
    return _united(np.uint64(1) << (codes % _BITS).astype(np.uint64), texts)


def pairs_of_each(texts: Sequence[str]) -> NDArray[np.uint64]:
    """The pairs of letters of each text (a row), in several integers."""
    codes = _codes(texts)
    hashed = ((codes[:-1] * np.uint32(31) + codes[1:]) * _SPREAD) >> np.uint32(24)
    bits = np.append(np.uint64(1) << (hashed % _BITS).astype(np.uint64), np.uint64(0))
    # The last letter of a text is no pair with the first of the next.
    ends = np.cumsum([len(text) for text in texts], dtype=np.intp) - 1
    bits[ends[ends >= 0]] = 0
    parts = np.append(hashed // _BITS, np.uint32(0))
    return np.stack(
        [_united(np.where(parts == part, bits, np.uint64(0)), texts) for part in range(_PARTS)], axis=1
    )


def in_common(one: NDArray[np.uint64], others: NDArray[np.uint64]) -> NDArray[np.int64]:
    """How many pairs of letters each of the others has in common with one."""
    shared: NDArray[np.int64] = np.bitwise_count(one & others).sum(axis=1, dtype=np.int64)
    return shared


def _codes(texts: Sequence[str]) -> NDArray[np.uint32]:
    return np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), np.uint32)


def _united(bits: NDArray[np.uint64], texts: Sequence[str]) -> NDArray[np.uint64]:
    """The bits of all letters of each text."""
    lengths = np.array([len(text) for text in texts], np.intp)
    united = np.zeros(len(texts), np.uint64)
    there = np.flatnonzero(lengths)
    if len(there):
        starts = (np.cumsum(lengths) - lengths)[there]
        united[there] = np.bitwise_or.reduceat(bits, starts)
    return united
