"""A speaker's name that is repeated in front of the words: "Ada Moore: Hello" by Ada Moore."""

from __future__ import annotations

import re

_LABEL = re.compile(
    r"\s*(?:>>\s*)?[\[(]?(?P<name>[^\s\[\](){}<>:：][^\[\](){}<>:：\n]{0,80}?)[\])]?\s*[:：]\s*(?=\S)"
)


def without_own_label(speaker: str | None, text: str) -> str:
    """The text without the speaker's own name, or first or last name, in front of it."""
    if not speaker or (":" not in text[:90] and "：" not in text[:90]):
        return text
    found = _LABEL.match(text)
    if found is None:
        return text
    label, name = found["name"].casefold(), speaker.casefold()
    words = name.split()
    return text[found.end() :] if label == name or label in (words[0], words[-1]) else text
