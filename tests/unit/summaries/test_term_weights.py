"""Which words of an episode weigh nothing: those of the feed's own language, and English behind it."""

from __future__ import annotations

import pytest

from bot.summaries.term_weights import Vocabulary, common_words


@pytest.mark.parametrize("word", ["war", "man", "hat", "die", "son"])
def test_words_of_other_languages_weigh_something_in_english(word: str) -> None:
    assert word not in common_words("en")
    assert len(Vocabulary({}, common_words("en")).terms(f"the {word} of it")) == 1


def test_words_are_compared_as_the_search_does() -> None:
    assert {"fur", "uber", "the"} <= common_words("de-AT")
    assert Vocabulary({}, common_words("de")).terms("Das war für die Lampe") == [0]


def test_where_the_feed_tells_no_language_it_is_english() -> None:
    assert common_words(None) == common_words("en")
