"""Lists of phrases that are looked for all at once, a hundred times as fast as patterns that say the same."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any

_WORD = re.compile(r"[^\W_]+(?:['-][^\W_]+)*")
_CONTINUED = re.compile(r"\|\n\s*")
_END = ""


def spoken_words(text: str) -> list[str]:
    """The words of `text` in small letters, with plain apostrophes and with hyphens inside."""
    return _WORD.findall(text.lower().replace("’", "'"))


class Phrases:
    """Phrases, one a line: `a|b` is either word, `-` none, `^` before a phrase the beginning of a sentence.

    A line that ends with `|` goes on in the next.
    """

    def __init__(self, lines: str) -> None:
        self._inside: dict[str, Any] = {}
        self._first: dict[str, Any] = {}
        for line in _CONTINUED.sub("|", lines).split("\n"):
            phrase = line.strip()
            for words in _spelt_out(phrase.removeprefix("^")):
                node = self._first if phrase.startswith("^") else self._inside
                for word in words:
                    node = node.setdefault(word, {})
                node[_END] = {}

    def begins(self, words: Sequence[str]) -> bool:
        """Whether one of those with `^` stands at the beginning."""
        return _stands(self._first, words, 0)

    def stands(self, words: Sequence[str]) -> bool:
        """Whether any of them is there."""
        return self.begins(words) or any(
            _stands(self._inside, words, at) for at, word in enumerate(words) if word in self._inside
        )

    def count(self, words: Sequence[str]) -> int:
        """At how many words one of those without `^` begins."""
        return sum(_stands(self._inside, words, at) for at, word in enumerate(words) if word in self._inside)


def _spelt_out(line: str) -> Iterator[list[str]]:
    for words in product(*(part.split("|") for part in line.split())):
        if phrase := [word for word in words if word != "-"]:
            yield phrase


def _stands(node: dict[str, Any], words: Sequence[str], at: int) -> bool:
    while _END not in node:
        if at >= len(words) or words[at] not in node:
            return False
        node = node[words[at]]
        at += 1
    return True
