"""Letters and pairs of letters of texts, as bits."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from bot.lookup.letter_sets import in_common, letters_of, letters_of_each, pairs_of_each


@given(st.lists(st.text(max_size=20), max_size=8))
def test_all_at_once_are_as_one_by_one(texts: list[str]) -> None:
    assert letters_of_each(texts).tolist() == [letters_of(text) for text in texts]
    pairs = pairs_of_each(texts)
    assert pairs.shape == (len(texts), 4)
    assert all((pairs_of_each([text])[0] == one).all() for text, one in zip(texts, pairs, strict=True))


@given(st.lists(st.text(max_size=30), min_size=1, max_size=6), st.text(max_size=30))
def test_no_pair_in_common_is_missed(texts: list[str], typed: str) -> None:
    own = pairs_of_each([typed])
    shared = in_common(own, pairs_of_each(texts))
    most = int(np.bitwise_count(own).sum())
    for text, count in zip(texts, shared.tolist(), strict=True):
        # Several pairs may share a bit.
        assert count <= most
        assert count > 0 or not set(pairwise(typed)) & set(pairwise(text))
        assert count == most or not typed or typed not in text


def test_letters_apart_are_no_pair() -> None:
    [count] = in_common(pairs_of_each(["nr"]), pairs_of_each(["night radio"]))
    assert count == 0
