"""Words compared by spelling and sound, written together or apart."""

import numpy as np
import pytest

from bot.search.index.dtypes import F32
from bot.search.index.hashing import word_hashes
from bot.search.matching.alignment import WordSimilarity
from bot.search.matching.word_similarity import compare_words
from bot.text.tokenizer import normal_words
from tests.unit.search.material import turns_of, view_of


def _compare(query: str, said: str, *others: str) -> WordSimilarity:
    """The words of a query compared with a window that holds all that is said."""
    words = normal_words(query)
    view = view_of(turns_of(said), *(turns_of(other) for other in others))
    ordinals, windows = view.windows(view.bases[:1], len(normal_words(said)))
    ids = view.segments[0].word_ids(word_hashes(words))
    equal = windows[:, :, None] == np.where(ids == 0, -1, ids)
    return compare_words(view, words, ordinals, windows, equal)


def _at(table: F32 | None, place: int, word: int) -> float:
    return 0.0 if table is None else float(table[0, place, word])


@pytest.mark.parametrize(
    ("query", "said", "similarity"),
    [
        ("harbour", "harbour", 1.0),
        ("harbor", "harbour", 6 / 7),
        ("hrabour", "harbour", 6 / 7),
        ("knight", "night", 5 / 6),
        ("fone", "phone", 0.8),
        ("rag", "fragment", 0.0),
        ("kettle", "submarine", 0.0),
    ],
)
def test_single_words_are_compared(query: str, said: str, similarity: float) -> None:
    assert _at(_compare(query, said).single, 0, 0) == pytest.approx(similarity)


def test_several_segments_are_compared_in_the_same_way() -> None:
    alone = _compare("the harbor mastr fone", "the harbour master phone")
    together = _compare("the harbor mastr fone", "the harbour master phone", "a harbor")
    assert alone.single.tolist() == together.single.tolist()


def test_large_windows_are_compared_in_the_same_way() -> None:
    said = "the harbour master " * 60
    large = _compare("the harbor", said)
    small = _compare("the harbor", "the harbour master")
    assert large.single[0, :3].tolist() == small.single[0].tolist()


def test_a_word_that_equals_one_is_not_compared_with_others() -> None:
    similarity = _compare("harbour", "harbour harbor")
    assert similarity.single[0, :, 0].tolist() == [1.0, 0.0]
    assert similarity.split is None
    assert similarity.joined is None


@pytest.mark.parametrize(
    ("query", "said", "split"),
    [
        ("smolai", "smol ai", 1.0),
        ("foghorn", "fog horn", 1.0),
        ("foghorn", "fog hern", 6 / 7),
        ("foghorn", "fog lamp", 0.0),
        ("foghorns", "foghorn s", 0.0),
    ],
)
def test_a_word_may_have_been_split(query: str, said: str, split: float) -> None:
    assert _at(_compare(query, said).split, 0, 0) == pytest.approx(split)


@pytest.mark.parametrize(
    ("query", "said", "joined"), [("fog horn", "foghorn", 1.0), ("fog lamp", "foghorn", 0)]
)
def test_two_words_may_have_been_joined(query: str, said: str, joined: float) -> None:
    assert _at(_compare(query, said).joined, 0, 0) == pytest.approx(joined)
