"""The words of a name as they are compared: without case, accents, punctuation or the marks of numbers.

A run of a script without spaces is its overlapping pairs of characters, as nobody can tell where its words end.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from bot.text.scripts import spaceless_at
from bot.text.tokenizer import raw_words

# What is beyond is not looked at: a title may have a megabyte.
MAX_NAME = 300
MAX_WORDS = 40
# Letters that Unicode does not take apart, as those write them whose keyboard lacks them.
_PLAIN = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ŀ": "l", "ħ": "h"}
)
_ACCENTS = re.compile("[\u0300-\u036f'’ʼ,]")
_LEADING_ZEROS = re.compile(r"^0+(?=\d)")


def name_words(text: str) -> list[str]:
    """The words of a name, in order."""
    text = text[:MAX_NAME]
    if text.isascii():
        # Most names, in half the time.
        plain = [one if one.isalpha() else _folded(one) for one in raw_words(text.lower()) if one != "&"]
        return plain[:MAX_WORDS]
    words: list[str] = []
    for raw in raw_words(unicodedata.normalize("NFC", text)):
        if raw == "&":
            continue
        word = _folded(raw)
        if spaceless_at(word):
            word = unicodedata.normalize("NFC", word)
            words += [word[at : at + 2] for at in range(max(1, len(word) - 1))]
        elif word:
            words.append(word)
        if len(words) >= MAX_WORDS:
            break
    return words[:MAX_WORDS]


@lru_cache(maxsize=16_384)
def _folded(raw: str) -> str:
    if raw.isascii():
        word = raw.lower().replace("'", "").replace(",", "")
    else:
        letters = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", raw)).casefold()
        word = _ACCENTS.sub("", letters).translate(_PLAIN)
    return _LEADING_ZEROS.sub("", word) if word[:1] == "0" else word


def joined(words: list[str]) -> str:
    """The words without the spaces between them, in which people differ: "data frame" and "dataframe"."""
    return "".join(words)
