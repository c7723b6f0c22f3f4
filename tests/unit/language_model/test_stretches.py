"""How much of a line one place has."""

from __future__ import annotations

from bot.language_model.stretches import STRETCH_WORDS, largest_share


def test_what_stands_together_is_counted_together() -> None:
    speech = [("lamp", 0), ("oil", 10), ("whale", 20), ("law", 500)]
    assert largest_share(["lamp", "oil", "whale", "law"], speech) == 0.75
    assert largest_share(["lamp", "law"], speech) == 0.5


def test_a_stretch_is_no_longer_than_it_is() -> None:
    near, far = [("lamp", 0), ("oil", STRETCH_WORDS - 1)], [("lamp", 0), ("oil", STRETCH_WORDS)]
    assert largest_share(["lamp", "oil"], near) == 1.0
    assert largest_share(["lamp", "oil"], far) == 0.5


def test_a_word_that_is_said_again_counts_once() -> None:
    speech = [("lamp", 0), ("lamp", 1), ("lamp", 2), ("oil", 100)]
    assert largest_share(["lamp", "oil"], speech) == 0.5


def test_what_has_no_support_has_one_place() -> None:
    assert largest_share([], [("lamp", 0)]) == 1.0
