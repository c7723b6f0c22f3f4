"""Words as they are compared where their forms count as one: their stems, and those that are said about anything."""

from __future__ import annotations

import re
from functools import lru_cache

from bot.text.lexicons import lexicon_for
from bot.text.tokenizer import normal, normal_words

_ENDING = re.compile(r"(?:ations?|ings?|ers?|ed|es|s|ly|ments?)$")
_STEM = 7


def stem(word: str) -> str:
    """The beginning that the forms of a word have in common, roughly, in whatever language."""
    if len(word) <= 4:
        return word
    cut = _ENDING.sub("", word)
    return (cut if len(cut) >= 4 else word)[:_STEM]


def stems(text: str) -> set[str]:
    """The stems of all words of a text."""
    return {stem(word) for word in normal_words(text)}


@lru_cache(maxsize=64)
def common_words(language: str | None) -> frozenset[str]:
    """Words that are said about anything in a language, as the search compares words; English where none is told."""
    words = lexicon_for(language or "en").function_words
    return frozenset(part for word in words for part in normal(word))


def word_set(words: str) -> frozenset[str]:
    """The words of a list that is written as one text."""
    return frozenset(words.split())
