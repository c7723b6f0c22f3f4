"""Lines that nobody said: transcribers' credits, and what speech recognisers write over silence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from itertools import groupby

from bot.text.lexicons import every_language, pattern_text

# Credits are short; anything far longer is talk about them.
_MAX_CREDIT_WORDS = 30
_MAX_CREDIT = 500
_MAX_FAREWELL = 80
_BLANK = re.compile(r"\W*(?:BLANK[_ ]AUDIO|NO[_ ]SPEECH|no audio|silence)\W*")
_WORD = re.compile(r"\w+(?:['’]\w+)*")
_SENTENCE = re.compile(r"[^.!?。！？…\n]+")

# Nobody says the same line so often in a row.
_MIN_REPEATS = 5
_MAX_REPEATED_WORDS = 14
# Inside one turn people repeat a word more readily: "no, no, no, no".
_MIN_REPEATS_INSIDE = 7
_MIN_SHARE_INSIDE = 0.8
# One word again and again, with and without a sign behind it, has so many spellings.
_MAX_FORMS = 6


def is_hallucination(text: str) -> bool:
    """Whether `text` alone shows that nobody said it: a credit, a note of silence, a line said over and over."""
    if _BLANK.fullmatch(text):
        return True
    return is_credit(text) or _repeats_itself(text)


def is_credit(text: str) -> bool:
    """Whether `text` says who transcribed, translated or captioned, and nothing else."""
    words = text.split(None, _MAX_CREDIT_WORDS)
    return (
        len(words) <= _MAX_CREDIT_WORDS and len(text) <= _MAX_CREDIT and _credit().fullmatch(text) is not None
    )


def is_farewell(text: str) -> bool:
    """Whether `text` is what recognisers write over silence and people say at the end of a show."""
    return len(text) <= _MAX_FAREWELL and _farewell().fullmatch(text) is not None


def repeated_runs(texts: Sequence[str]) -> list[tuple[int, int]]:
    """The runs [from, to) of texts that say one short line again and again."""
    runs: list[tuple[int, int]] = []
    at = 0
    for key, group in groupby(texts, key=_short_line):
        count = sum(1 for _ in group)
        if count >= _MIN_REPEATS and key:
            runs.append((at, at + count))
        at += count
    return runs


@cache
def _credit() -> re.Pattern[str]:
    return re.compile(
        rf"\W*(?:{pattern_text(every_language().transcriber_credits)})", re.IGNORECASE | re.DOTALL
    )


@cache
def _farewell() -> re.Pattern[str]:
    # Recognisers learnt these from the ends of videos.
    return re.compile(rf"\W*(?:{pattern_text(every_language().farewells)})\W*", re.IGNORECASE)


def _short_line(text: str) -> str:
    """The words of a short line, by which it is compared; nothing for a longer one."""
    if len(text) > 200:
        return ""
    words = [word.casefold() for word in _WORD.findall(text)]
    return " ".join(words) if len(words) <= _MAX_REPEATED_WORDS else ""


def _repeats_itself(text: str) -> bool:
    """Whether one sentence or word, said at least seven times in a row, is nearly all of the text."""
    found = _SENTENCE.findall(text)
    sentences = (
        [line for one in found if (line := _short_line(one))] if len(found) >= _MIN_REPEATS_INSIDE else []
    )
    if len(sentences) >= _MIN_REPEATS_INSIDE:
        longest = max(sum(1 for _ in group) for _, group in groupby(sentences))
        if longest >= max(_MIN_REPEATS_INSIDE, _MIN_SHARE_INSIDE * len(sentences)):
            return True
    if len(set(text[:400].casefold().split())) > _MAX_FORMS:
        return False
    words = [word.casefold() for word in _WORD.findall(text[:400])]
    return len(words) >= 3 * _MIN_REPEATS_INSIDE and len(set(words)) == 1
