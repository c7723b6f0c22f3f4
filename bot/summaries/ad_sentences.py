"""Advertisements among sentences: where one may be, nothing is shown.

The marks of turns rather miss one than take talk for it; here it is the other way round, as other sentences are left.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_SITE = r"(?:\.|\s?dot )(?:com|org|io|dev|net|co|fm|ai|me|app|tv|so|ly)"
# By itself the beginning of an advertisement, or the end of one.
_STRONG = re.compile(
    r"\bbrought to you\b|\bsponsor(?:s|ed|ing)? (?:of|for|is|are|today|this|the (?:show|podcast|episode)"
    r"|our)\b"
    r"|\b(?:our|today['’]s|this (?:week|episode)['’]s) (?:\w+ )?sponsors?\b|\bfrom our (?:friends|partners"
    r"|sponsors?)\b"
    r"|\bpartner(?:ed|ing)? with\b.{0,40}\bto (?:bring|offer|give) you\b|\bsponsored by\b"
    r"|\b(?:thanks?|thank you)\b.{1,80}\bfor (?:sponsoring|supporting)\b|\b(?:promo|coupon|discount"
    r"|offer) code\b"
    r"|\b(?:use|with|enter) (?:the |our |my |promo )*code\b|\bsupport for (?:this|the)\b.{0,40}\bcomes from\b"
    rf"|{_SITE}(?: ?/ ?| (?:forward )?slash )\w|\bgesponsert\b|\bwird präsentiert\b"
    r"|\bpatrocinad[oa] por\b|\bsponsorisé\b",
    re.IGNORECASE,
)
# What advertisements say, and other talk now and then.
_WEAK = re.compile(
    r"\bfree (?:trial|account|tier|month|consultation|shipping)\b|\bsign(?:ing)? up\b|\bget started\b"
    r"|\blearn more\b|\bterms apply\b"
    rf"|\b(?:visit|go to|head (?:on )?over to|over at|check out)\b.{{0,40}}{_SITE}\b|\bplans start\b"
    rf"|\bstarting at (?:just )?\$"
    r"|\$\d+ (?:a|per|/) ?month\b|\d ?% off\b|\bpercent off\b|\bmoney[- ]back\b|\bno credit card\b"
    r"|\bcheck (?:them|it) out\b"
    r"|\b(?:in|to) (?:your|the) (?:podcast )?(?:show notes|player)\b|\btry (?:it|them) (?:out )?(?:today"
    r"|for free|free)\b"
    r"|\b(?:our (?:course|courses|newsletter|training)|course bundle)\b|\brisk[- ]free\b|\bsponsors?\b"
    r"|\blet them know\b"
    r"|\bclick the\b|\bdownload (?:it|the app)\b|\bfor more information\b|\bsubscri\w+\b|\bthe link\b",
    re.IGNORECASE,
)
# Each sign has one of these in it.
_HINTS_TEXT = (
    "sponsor|brought to|partner|thank|code|support| free|sign|get started|learn more|terms|visit|go to|head"
    "|over at|check |plans|starting|month|off|money|no credit|show notes|player|try |our course|bundle|our news"
    "|our train|risk|let them|click|download|information|subscri|the link|.co|.org|.io|.fm|.dev|.ai| dot "
    "|präsentiert|patrocinad|slash"
)
_HINTS = tuple(_HINTS_TEXT.split("|"))
# How many sentences without a sign may lie between two of them, and how many belong to it before and behind.
_GAP = 7
_GAP_OPENED = 14
_BESIDE = 3
_ENOUGH = 3
# What has no end for longer is no sentence.
_LONGEST = 2_000


def advertised(texts: Sequence[str]) -> set[int]:
    """The numbers of the sentences that may belong to an advertisement, in an episode's order."""
    found: set[int] = set()
    signs: list[tuple[int, int]] = []
    for number, text in enumerate(texts):
        weight = _weight(text)
        if not weight:
            continue
        gap = _GAP_OPENED if signs and max(each for _, each in signs) > 1 else _GAP
        if signs and number - signs[-1][0] > gap:
            found |= _section(signs)
            signs = []
        signs.append((number, weight))
    return found | _section(signs)


def _section(signs: list[tuple[int, int]]) -> set[int]:
    strong = any(weight > 1 for _, weight in signs)
    if sum(weight for _, weight in signs) < _ENOUGH:
        # A lone sign: an opening has its sentences behind it, all else stands by itself.
        return {number + more for number, _ in signs for more in range(_GAP if strong else 1)}
    return set(range(signs[0][0] - _BESIDE, signs[-1][0] + _BESIDE + 1))


def _weight(text: str) -> int:
    if len(text) > _LONGEST:
        return 0
    small = text.lower()
    if not any(hint in small for hint in _HINTS):
        return 0
    if _STRONG.search(text):
        return 2
    return int(_WEAK.search(text) is not None)
