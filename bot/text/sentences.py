"""Where sentences end, in speech that was written down and in notes."""

from __future__ import annotations

import re
from collections.abc import Iterator

_END = re.compile(r"[.!?…]+[\"”'’»)\]]*(?=\s|$)|[。！？｡]+[」』”）]*\s*")
_ABBREVIATION = re.compile(
    r"(?:\b(?:mr|mrs|ms|dr|prof|sr|jr|st|vs|fig|inc|ltd|corp|co|dept|approx|e\.g|i\.e|a\.k\.a|z\.b|d\.h|bzw|ca|nr|al)"
    r"|(?:^|[\s.(])[^\W\d_])\.$",
    re.IGNORECASE,
)
# "am 10. März"
_DAY = re.compile(r"(?<!\d)\d{1,2}\.$")
_MONTH = re.compile(r"\s(?:jan|feb|mär|apr|mai|jun|jul|aug|sep|okt|nov|dez)", re.IGNORECASE)
# One letter ends a sentence all the same: "and so did I."
_LONE_WORD = re.compile(r"\bI\.$")


def sentence_ends(text: str) -> Iterator[int]:
    """The character behind each sentence of `text`; what follows the last one is broken off."""
    at = 0
    for found in _END.finditer(text):
        end = found.end()
        if end >= len(text) or _is_end(text, at, end):
            yield end
            at = end


def _is_end(text: str, start: int, end: int) -> bool:
    """Whether a sentence ends at the stop before the character `end`, and no abbreviation or pause."""
    follows = text[end : end + 3].lstrip(" \"“'‘(«[")[:1]
    if follows.islower():
        # A transcript that has no capitals at all is no different in its ends.
        begins = text[start : start + 2].lstrip()[:1]
        return begins.islower() and not (text[end - 1] == "…" or text[start:end].endswith(".."))
    tail = text[max(start, end - 12) : end]
    if _DAY.search(tail) and _MONTH.match(text, end):
        return False
    return not tail.endswith(".") or _ABBREVIATION.search(tail) is None or _LONE_WORD.search(tail) is not None
