"""Hashes are stored on disk: they may never change, and words within two edits share one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.search.index.hashing import (
    PREFIX,
    buckets,
    deletion_hashes,
    deletion_hashes_of_text,
    pair_hashes,
    phonetic_codes,
    phonetic_hashes,
    word_hash,
    word_hashes,
)

_WORDS = st.lists(st.text("abcdé日", min_size=1, max_size=12), min_size=1, max_size=6)


@pytest.mark.parametrize(
    ("word", "stored"),
    [
        ("", 13020603013274838756),
        ("heron", 7888815395859448395),
        ("café", 16417751708935026519),
        ("日本", 4223062404410717160),
    ],
)
def test_a_words_hash_is_the_one_that_is_stored(word: str, stored: int) -> None:
    assert word_hash(word) == stored


def test_hashes_of_pairs_and_deletions_are_those_that_are_stored() -> None:
    one, two = word_hashes(["heron"]), word_hashes(["lamp"])
    assert pair_hashes(one, two, 1).tolist() == [2405287262589529292]
    hashes, valid = deletion_hashes(["heron"])
    assert hashes[0][valid[0]][:2].tolist() == [6545108183602191698, 4966299463362660634]
    assert phonetic_codes(["hrn", "a", ""]).tolist() == [243668129, 0, 0]


def test_a_pair_is_told_by_order_and_distance() -> None:
    one, two = word_hashes(["heron"]), word_hashes(["lamp"])
    pairs = [pair_hashes(one, two, 1), pair_hashes(two, one, 1), pair_hashes(one, two, 2)]
    assert len({int(pair[0]) for pair in pairs}) == 3


@given(st.lists(st.integers(0, 2**64 - 1)), st.integers(1, 30))
def test_buckets_are_the_upper_bits(hashes: list[int], bits: int) -> None:
    assert buckets(np.array(hashes, np.uint64), bits).tolist() == [one >> (64 - bits) for one in hashes]


@given(_WORDS)
def test_many_words_at_once_have_the_same_deletions(words: list[str]) -> None:
    one, one_valid = deletion_hashes(words)
    many, many_valid = deletion_hashes_of_text("".join(words), np.array([len(word) for word in words]))
    assert one.tolist() == many.tolist()
    assert one_valid.tolist() == many_valid.tolist()


def _deletions(word: str) -> set[int]:
    hashes, valid = deletion_hashes([word])
    return set(hashes[0][valid[0]].tolist())


def _edited(data: st.DataObject, word: str) -> str:
    at = data.draw(st.integers(0, len(word) - 1))
    letter = data.draw(st.sampled_from("abxy"))
    return data.draw(
        st.sampled_from(
            [
                word[:at] + word[at + 1 :],
                word[:at] + letter + word[at:],
                word[:at] + letter + word[at + 1 :],
                word[:at] + word[at : at + 2][::-1] + word[at + 2 :],
            ]
        )
    )


@given(st.text("abcdefgh", min_size=7, max_size=7), st.data())
def test_words_within_one_edit_share_a_deletion(word: str, data: st.DataObject) -> None:
    assert _deletions(word) & _deletions(_edited(data, word))


@pytest.mark.parametrize(("letters", "allowed"), [(1, 0), (3, 0), (4, 1), (5, 1), (6, 2), (7, 2), (20, 2)])
def test_longer_words_may_lose_more_letters(letters: int, allowed: int) -> None:
    word = "abcdefghijklmnopqrstuvwxyz"[:letters]
    kept = min(letters, PREFIX)
    expected = {0: 1, 1: 1 + kept, 2: 1 + kept + kept * (kept - 1) // 2}[allowed]
    assert len(_deletions(word)) == expected


def test_what_is_not_heard_has_no_code() -> None:
    codes = phonetic_codes(["", "k", "kt"])
    assert codes[:2].tolist() == [0, 0]
    assert codes[2]
    assert len(phonetic_hashes(codes)) == 3
