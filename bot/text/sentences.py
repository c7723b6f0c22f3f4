"""Where sentences end, in speech that was written down and in notes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from bot.text.lexicons import any_word, every_language

_END = re.compile(r"[.!?…]+[\"”'’»)\]]*(?=\s|$)|[。！？｡]+[」』”）]*\s*")
# "am 10. März"
_DAY = re.compile(r"(?<!\d)\d{1,2}\.$")
# One letter ends a sentence all the same: "and so did I."
_LONE_WORD = re.compile(r"\bI\.$")


def sentence_ends(text: str) -> Iterator[int]:
    """The offset behind each sentence of `text`; what follows the last one is no whole sentence."""
    at = 0
    for found in _END.finditer(text):
        end = found.end()
        if end >= len(text) or _is_end(text, at, end):
            yield end
            at = end


def _is_end(text: str, start: int, end: int) -> bool:
    """Whether the sentence ends at the stop before `end`, which may be an abbreviation's or a pause."""
    follows = text[end : end + 3].lstrip(" \"“'‘(«[")[:1]
    if follows.islower():
        # In a transcript without capitals sentences end all the same.
        begins = text[start : start + 2].lstrip()[:1]
        return begins.islower() and not (text[end - 1] == "…" or text[start:end].endswith(".."))
    tail = text[max(start, end - 12) : end]
    if _DAY.search(tail) and _month().match(text, end):
        return False
    return (
        not tail.endswith(".") or _abbreviation().search(tail) is None or _LONE_WORD.search(tail) is not None
    )


@cache
def _abbreviation() -> re.Pattern[str]:
    """An abbreviation or an initial at the end of a text."""
    known = any_word(every_language().abbreviations)
    return re.compile(rf"(?:\b(?:{known})|(?:^|[\s.(])[^\W\d_])\.$", re.IGNORECASE)


@cache
def _month() -> re.Pattern[str]:
    return re.compile(rf"\s(?:{any_word(every_language().months)})", re.IGNORECASE)
