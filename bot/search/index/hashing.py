"""Numbers for words, pairs of words, spellings and sounds: what the tables of a segment are looked up by.

The same on every machine and in every run, for they are kept on disk.
"""

from collections.abc import Sequence
from functools import lru_cache
from hashlib import blake2b
from itertools import combinations
from zlib import crc32

import numpy as np
import numpy.typing as npt

U64 = npt.NDArray[np.uint64]
U32 = npt.NDArray[np.uint32]
I64 = npt.NDArray[np.int64]

_MIX = np.uint64(0x9E3779B97F4A7C15)
_LEFT = np.uint64(0xD6E8FEB86659FD93)
_RIGHT = np.uint64(0xA0761D6478BD642F)
_SHIFT = np.uint64(32)
# Misspellings are told by the beginning of a word: the rest is compared when a word was found.
PREFIX = 7
_DROPS = [drop for count in range(3) for drop in combinations(range(PREFIX), count)]
_DROPPED = np.array([len(drop) for drop in _DROPS])
_LAST_DROP = np.array([drop[-1] if drop else -1 for drop in _DROPS])
# By drop the letters that stay, in order; behind them a place that is no letter's.
_KEPT = np.array(
    [[*(set(range(PREFIX)) - set(drop)), *(PREFIX for _ in drop)] for drop in _DROPS], dtype=np.int64
)
_POWERS = np.array([pow(0x100000001B3, place, 2**64) for place in range(PREFIX)], np.uint64)


@lru_cache(maxsize=8_192)
def word_hash(word: str) -> int:
    """64 bits; two words of one podcast never share them in practice."""
    return int.from_bytes(blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")


def word_hashes(words: Sequence[str]) -> U64:
    return np.fromiter(map(word_hash, words), np.uint64, len(words))


def mixed(values: U64) -> U64:
    """Spread over all 64 bits: the upper ones name a bucket."""
    values = values * _MIX
    values ^= values >> _SHIFT
    values *= _MIX
    return values


def pair_hashes(first: U64, second: U64, apart: int | U64) -> U64:
    """For words by their hashes, the second standing `apart` words behind the first."""
    return mixed(first * _LEFT + second * _RIGHT + np.asarray(apart, np.uint64))


def buckets(hashes: U64, bits: int) -> I64:
    return (hashes >> np.uint64(64 - bits)).astype(np.int64)


def spelling_hashes(words: Sequence[str]) -> tuple[U64, npt.NDArray[np.bool_]]:
    """For each word (a row) its beginning with none, one or two letters left out; and which columns count."""
    codes = np.zeros((len(words), PREFIX), np.uint64)
    for row, word in enumerate(words):
        head = [ord(letter) for letter in word[:PREFIX]]
        codes[row, : len(head)] = head
    return _spellings(codes, np.fromiter(map(len, words), np.int64, len(words)))


def spelling_hashes_of(text: str, lengths: I64) -> tuple[U64, npt.NDArray[np.bool_]]:
    """The same for many words at once, written one behind the other in `text`."""
    letters = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    if not len(letters):
        return np.zeros((len(lengths), len(_DROPS)), np.uint64), np.zeros(
            (len(lengths), len(_DROPS)), np.bool_
        )
    ends = np.cumsum(lengths)
    places = (ends - lengths)[:, None] + np.arange(PREFIX)
    codes = np.where(np.arange(PREFIX) < lengths[:, None], letters[np.minimum(places, len(letters) - 1)], 0)
    return _spellings(codes.astype(np.uint64), lengths)


def _spellings(codes: U64, lengths: I64) -> tuple[U64, npt.NDArray[np.bool_]]:
    # A short word has one error at most: with two it is another word.
    drops_allowed = np.where(lengths < 4, 0, np.where(lengths < 6, 1, 2))
    # Zeros behind a short word add nothing: its hash is that of its letters alone.
    padded = np.zeros((len(codes), PREFIX + 1), np.uint64)
    padded[:, :PREFIX] = codes
    hashes = np.zeros((len(codes), len(_DROPS)), np.uint64)
    for letters, power in zip(_KEPT.T, _POWERS, strict=True):
        hashes += padded[:, letters] * power
    counts = (drops_allowed[:, None] >= _DROPPED) & (lengths[:, None] > _LAST_DROP)
    return mixed(hashes), counts


def sound_codes(sounds: Sequence[str]) -> U32:
    """A number for each; 0 for those that say nothing."""
    return np.fromiter(
        (crc32(sound.encode("utf-8", "surrogatepass")) if len(sound) > 1 else 0 for sound in sounds),
        np.uint32,
        len(sounds),
    )


def sound_hashes(codes: U32) -> U64:
    return mixed(codes.astype(np.uint64))
