"""Names as writing tells them from other words: by capitals, by letters with digits, by a script of their own."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache

# Katakana writes foreign names and terms; Latin letters stand out among scripts without case.
WORD = re.compile(
    r"[\u30a1-\u30fa\u30fc]{3,}|[A-Za-z0-9À-ɏ]+(?:[-'’.&/+][A-Za-z0-9À-ɏ]+)*\+*"
    r"|(?:(?![A-Za-z0-9À-ɏ\u30a1-\u30fa\u30fc])[^\W_])+(?:[-'’][^\W_]+)*"
)
_KATAKANA = re.compile(r"[\u30a1-\u30fa\u30fc]+\Z")
_POSSESSIVE = re.compile(r"['’]s\Z|(?<=s)['’]\Z")
# A share of capitals, among words that begin no sentence, at which nouns have them too, as in German; and one at
# which nobody wrote them.
_NOUNS_TOO = 0.16
_NO_CAPITALS = 0.004


# An episode's few thousand words are asked about again and again.
@lru_cache(maxsize=16_384)
def base_form(word: str) -> str:
    """The word without the ending of a genitive."""
    return _POSSESSIVE.sub("", word)


@lru_cache(maxsize=16_384)
def has_capital(word: str) -> bool:
    """Whether it is written as names are: a capital, letters with digits, or a script that writes names apart."""
    if word.islower():
        return False
    return (
        any(sign.isupper() for sign in word)
        or (any(sign.isdigit() for sign in word) and any(sign.isalpha() for sign in word))
        or _KATAKANA.match(word) is not None
    )


class Capitals:
    """How often each word is written with a capital where that is no matter of its place, and how often without.

    `nouns_too`: whether nouns have capitals in this language.
    """

    def __init__(self, sentences: Iterable[Sequence[str]]) -> None:
        inside: Counter[str] = Counter()
        first: Counter[str] = Counter()
        for words in sentences:
            inside.update(words[1:])
            first.update(words[:1])
        self._written = inside.keys() | first.keys()
        self.capital: Counter[str] = Counter()
        self.small: Counter[str] = Counter()
        for counts, begins in ((inside, False), (first, True)):
            for word, count in counts.items():
                base = base_form(word)
                if not base or base.isdigit() or (begins and base[0].isupper()):
                    continue
                (self.capital if has_capital(base) else self.small)[base.casefold()] += count
        capitals = self.capital.total()
        share = capitals / max(1, capitals + self.small.total())
        self._kept = share >= _NO_CAPITALS
        self.nouns_too = share > _NOUNS_TOO

    def names(self) -> frozenset[str]:
        """The words, as they are written, that are names or belong to some; none where nobody wrote capitals."""
        return frozenset(
            word
            for word in self._written
            if self._kept and has_capital(word) and self.is_name(base_form(word))
        )

    def is_name(self, word: str) -> bool:
        """Whether a word is written with a capital wherever that is no matter of its place."""
        small = word.casefold()
        return self.capital[small] > 2 * self.small[small]
