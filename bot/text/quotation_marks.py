"""Quotation marks in pairs: a sentence that was taken out of a text may have lost one of them."""

from __future__ import annotations

import re

# By what opens, what closes. Languages differ: “ opens in English what ” closes, and closes in German what „ opens.
_PAIRS = {
    "“": "”",
    "„": "“",
    "‟": "”",
    '"': '"',
    "«": "»",
    "「": "」",
    "『": "』",
    "《": "》",
    "〈": "〉",
    "〝": "〟",
    "｢": "｣",
}
_FIXED = frozenset("「」『』《》〈〉〝〟｢｣„")
_OPENING = {"”": "“", "“": "„", "»": "«", "«": "»"} | {
    close: mark for mark, close in _PAIRS.items() if close in _FIXED
}
_MARK = re.compile(f"[{''.join({*_PAIRS, *_PAIRS.values()})}]")
# Marks that belong together, however they are paired.
_FAMILY = dict.fromkeys("“”„‟", "“") | dict.fromkeys("«»", "«")
_BEFORE_OPENING = frozenset("([{<-–—/:")
_BEHIND_OPENING = frozenset("([{¿¡…'’‘#@$€£*_`~.<")


def are_paired(text: str) -> bool:
    """Whether each quotation mark has its partner."""
    return not _lone(text)


def with_pairs(text: str) -> str:
    """The text with the missing partners of quotation marks added at its beginning and end."""
    before, after = "", ""
    for at, opens in _lone(text):
        if opens:
            after = _PAIRS.get(text[at], "«") + after
        else:
            before = _OPENING.get(text[at], text[at]) + before
    return f"{before}{text}{after}"


def _lone(text: str) -> list[tuple[int, bool]]:
    """The offsets of marks without a partner, in order, and whether each of them opens."""
    lone: list[tuple[int, bool]] = []
    opened: list[int] = []
    for found in _MARK.finditer(text):
        at = found.start()
        families = [_family(text[place]) for place in opened]
        if _opens(text, at):
            opened.append(at)
        elif _family(text[at]) in families:
            # What was opened inside of it and not closed has no partner.
            while _family(text[opened[-1]]) != _family(text[at]):
                lone.append((opened.pop(), True))
            opened.pop()
        elif not (text[at] == '"' and text[at - 1 : at].isdigit()):  # A record of 12" is no quotation.
            lone.append((at, False))
    return sorted(lone + [(at, True) for at in opened])


def _opens(text: str, at: int) -> bool:
    """Whether the mark there opens: by itself, where it can do one thing only, else by what stands beside it."""
    mark, before, behind = text[at], text[at - 1 : at] if at else "", text[at + 1 : at + 2]
    if mark in _FIXED:
        return mark in _PAIRS
    if mark == "“" and before > "\u3000":
        return True  # Chinese has no space before it.
    if before and not (before.isspace() or before in _BEFORE_OPENING or _MARK.match(before)):
        return False
    # French has a space inside of its marks.
    return behind.isalnum() or behind in _BEHIND_OPENING or (mark == "«" and behind.isspace())


def _family(mark: str) -> str:
    return _FAMILY.get(mark) or _OPENING.get(mark, mark)
