"""Text to words: where they stand, and the one spelling under which they are compared."""

import re
import unicodedata
from collections.abc import Iterator

# A word keeps its inner apostrophes ("don't"). Scripts without spaces count by the character. The percent
# sign and the ampersand are spoken, so they are words. The pattern is linear: no branch can take what another
# did.
_WORD = re.compile(
    r"[^\W_\u3040-\u30ff\u3400-\u9fff]+(?:['’ʼ][^\W_\u3040-\u30ff\u3400-\u9fff]+)*"
    r"|[\u3040-\u30ff\u3400-\u9fff]|[%&]"
)
_LONG_TEXT = 50_000
_LONGEST_WORD = 32

_SAME = {"%": "percent", "&": "and", "ok": "okay", "hundred": "100", "thousand": "1000", "000": "1000"}
_NUMBERS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_ORDINALS = "first:1st second:2nd third:3rd fourth:4th fifth:5th sixth:6th seventh:7th eighth:8th ninth:9th"
_SAME.update((word, str(number)) for number, word in enumerate(_NUMBERS.split()))
_SAME.update((word, f"{ten}0") for ten, word in enumerate(_TENS.split(), start=2))
_SAME.update((word, figures) for word, _, figures in (pair.partition(":") for pair in _ORDINALS.split()))


def raw_words(text: str) -> Iterator[str]:
    """The words of `text` as they are written."""
    if len(text) > _LONG_TEXT:  # `findall` keeps other threads waiting until it is through
        return (found[0] for found in _WORD.finditer(text))
    return iter(_WORD.findall(text))


def word_spans(text: str) -> list[tuple[int, int]]:
    """The characters [from, to) of each word that `raw_words` gives, in the same order."""
    return [found.span() for found in _WORD.finditer(text)]


def normal(raw: str) -> str:
    """The spelling under which a word is compared: no case, accents or apostrophes, numbers as digits."""
    if raw.isascii() and raw.isalnum():
        word = raw.lower()
    else:
        letters = unicodedata.normalize("NFKD", raw).casefold()
        word = "".join(letter for letter in letters if letter.isalnum()) or raw
    return _SAME.get(word, word)[:_LONGEST_WORD]


def normal_words(text: str) -> list[str]:
    return [normal(raw) for raw in raw_words(text)]


def joined(first: str, second: str) -> str:
    """Two neighbouring words as one: "smol" + "ai", "20" + "3", "2" + "1000"."""
    if first.isdecimal() and second.isdecimal() and len(first) < 6 and len(second) < 6:
        left, right = int(first), int(second)
        if right in (100, 1000) and 0 < left < right:
            return str(left * right)
        if 20 <= left < 100 and left % 10 == 0 and 0 < right < 10:
            return str(left + right)
    return first + second
