"""Hashes of words, word pairs, deletions and phonetic keys: the keys of a segment's tables.

They are stored on disk, so they must be the same on every machine and in every run.
"""

from collections.abc import Sequence
from functools import lru_cache
from hashlib import blake2b
from itertools import combinations
from zlib import crc32

import numpy as np

from bot.search.index.dtypes import I64, U32, U64, Bools

_MIX = np.uint64(0x9E3779B97F4A7C15)
_LEFT = np.uint64(0xD6E8FEB86659FD93)
_RIGHT = np.uint64(0xA0761D6478BD642F)
_SHIFT = np.uint64(32)
# As in SymSpell, only the beginning of a word is indexed with deletions; the rest is compared once a word is found.
PREFIX = 7
_DELETIONS = [deleted for count in range(3) for deleted in combinations(range(PREFIX), count)]
_DELETED = np.array([len(deleted) for deleted in _DELETIONS])
_LAST_DELETED = np.array([deleted[-1] if deleted else -1 for deleted in _DELETIONS])
# For each deletion the letters that stay, in order, padded with an index that is always zero.
_KEPT = np.array(
    [[*(set(range(PREFIX)) - set(deleted)), *(PREFIX for _ in deleted)] for deleted in _DELETIONS],
    dtype=np.int64,
)
_POWERS = np.array([pow(0x100000001B3, place, 2**64) for place in range(PREFIX)], np.uint64)


@lru_cache(maxsize=8_192)
def word_hash(word: str) -> int:
    """64 bits; collisions within one podcast don't happen in practice."""
    return int.from_bytes(blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")


def word_hashes(words: Sequence[str]) -> U64:
    return np.fromiter(map(word_hash, words), np.uint64, len(words))


def mix(values: U64) -> U64:
    """Spread the values over all 64 bits, as the upper bits choose the bucket."""
    values = values * _MIX
    values ^= values >> _SHIFT
    values *= _MIX
    return values


def pair_hashes(first: U64, second: U64, apart: int | U64) -> U64:
    """Hashes of word pairs, given the words' hashes; the second word stands `apart` words after the first."""
    return mix(first * _LEFT + second * _RIGHT + np.asarray(apart, np.uint64))


def buckets(hashes: U64, bits: int) -> I64:
    return (hashes >> np.uint64(64 - bits)).astype(np.int64)


def deletion_hashes(words: Sequence[str]) -> tuple[U64, Bools]:
    """Hashes of each word's prefix with up to two letters deleted: words × deletions, and which of them are valid.

    Two words within two edits share one of them (SymSpell's symmetric delete, W. Garbe:
    https://github.com/wolfgarbe/SymSpell).
    """
    codes = np.zeros((len(words), PREFIX), np.uint64)
    for row, word in enumerate(words):
        head = [ord(letter) for letter in word[:PREFIX]]
        codes[row, : len(head)] = head
    return _hash_deletions(codes, np.fromiter(map(len, words), np.int64, len(words)))


def deletion_hashes_of_text(text: str, lengths: I64) -> tuple[U64, Bools]:
    """The same for many words at once, given as one text and the length of each word in characters."""
    letters = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    if not len(letters):
        shape = (len(lengths), len(_DELETIONS))
        return np.zeros(shape, np.uint64), np.zeros(shape, np.bool_)
    ends = np.cumsum(lengths)
    places = (ends - lengths)[:, None] + np.arange(PREFIX)
    codes = np.where(np.arange(PREFIX) < lengths[:, None], letters[np.minimum(places, len(letters) - 1)], 0)
    return _hash_deletions(codes.astype(np.uint64), lengths)


def _hash_deletions(codes: U64, lengths: I64) -> tuple[U64, Bools]:
    # Two edits turn a short word into another word.
    allowed = np.where(lengths < 4, 0, np.where(lengths < 6, 1, 2))
    # Padding with zeros adds nothing to the hash of a short word.
    padded = np.zeros((len(codes), PREFIX + 1), np.uint64)
    padded[:, :PREFIX] = codes
    hashes = np.zeros((len(codes), len(_DELETIONS)), np.uint64)
    for letters, power in zip(_KEPT.T, _POWERS, strict=True):
        hashes += padded[:, letters] * power
    valid = (allowed[:, None] >= _DELETED) & (lengths[:, None] > _LAST_DELETED)
    return mix(hashes), valid


def phonetic_codes(keys: Sequence[str]) -> U32:
    """A number for each phonetic key; 0 for keys that are too short to mean anything."""
    return np.fromiter(
        (crc32(key.encode("utf-8", "surrogatepass")) if len(key) > 1 else 0 for key in keys),
        np.uint32,
        len(keys),
    )


def phonetic_hashes(codes: U32) -> U64:
    return mix(codes.astype(np.uint64))
