"""How pieces of speech are put together: with a space between them, unless their script is written without."""

from __future__ import annotations

import re
from collections.abc import Iterable

# Chinese and Japanese with their punctuation, and what is written between their signs without a space.
_HAN = (
    "\u2e80-\u2fdf\u3001-\u303f\u3040-\u312f\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\ufe30-\ufe4f\uff01-\uff9f\uffe0-\uffe6\U00020000-\U0003ffff"
)
# Thai, Lao, Burmese and Khmer, which set off Latin words by spaces.
_INDOCHINA = "\u0e00-\u0eff\u1000-\u109f\ua9e0-\ua9ff\uaa60-\uaa7f\u1780-\u17ff\u19e0-\u19ff"
_IS_HAN = re.compile(f"[{_HAN}]")
_IS_INDOCHINA = re.compile(f"[{_INDOCHINA}]")
_UNSPACED = re.compile(f"[{_HAN}{_INDOCHINA}]")
_RUN = re.compile(f"[{_HAN}{_INDOCHINA}]+")
# The first sign of the scripts above; what lies below is written with spaces.
_FIRST = "\u0e00"
# Signs of no script of their own: what stands before or behind them decides.
_NEUTRAL = "“”‘’\"'…—–·"
_CLOSING = ".,!?;:)]}%"
_PIECE = 8


def join_texts(parts: Iterable[str]) -> str:
    """The parts as one text. Each is stripped; empty ones are left out."""
    joined: list[str] = []
    for part in parts:
        text = part.strip()
        if not text:
            continue
        if joined:
            joined.append(separator(joined[-1], text))
        joined.append(text)
    return "".join(joined)


def separator(left: str, right: str) -> str:
    """What stands between two pieces of speech: a space, or nothing where their script has none."""
    last, first = left[-1], right[0]
    if last < _FIRST and first < _FIRST:
        return " "
    last = left[-_PIECE:].rstrip(_NEUTRAL)[-1:] or last
    first = right[:_PIECE].lstrip(_NEUTRAL)[:1] or first
    if _IS_HAN.match(last) or _IS_HAN.match(first):
        # "用Python写", "2024年"; Korean is written with spaces, and so is what follows a Latin full stop.
        other = first if _IS_HAN.match(last) else last
        unspaced = _UNSPACED.match(other) or (other.isalnum() and not "\uac00" <= other <= "\ud7af")
        return "" if unspaced or (other is first and first in _CLOSING) else " "
    return "" if _IS_INDOCHINA.match(last) and _IS_INDOCHINA.match(first) else " "


def spoken_words(text: str) -> float:
    """About how many words a text has; two signs of a script without spaces count as one."""
    if text.isascii():
        return len(text.split())
    unspaced = sum(len(run) for run in _RUN.findall(text))
    return unspaced / 2 + len(_RUN.sub(" ", text).split()) if unspaced else len(text.split())
