"""A speaker's name that is repeated in front of the words: "Ada Moore: Hello" by Ada Moore."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

from bot.transcripts.turns.person_names import is_placeholder, may_be_name

_LABEL = re.compile(
    r"\s*(?:>>\s*)?[\[(]?(?P<name>[^\s\[\](){}<>:：][^\[\](){}<>:：\n]{0,80}?)[\])]?\s*[:：]\s*(?=\S)"
)


def names_before_texts(said: Iterable[tuple[str | None, str]]) -> dict[str, str]:
    """The names of speakers who have a mere label, "Speaker 1", where one name stands in front of all their texts."""
    found: defaultdict[str, set[str | None]] = defaultdict(set)
    for speaker, text in said:
        if speaker is not None and len(found[speaker]) < 2:
            label = _LABEL.match(text) if ":" in text[:90] or "：" in text[:90] else None
            found[speaker].add(label["name"] if label is not None else None)
    names = {speaker: one for speaker, labels in found.items() for one in labels if len(labels) == 1}
    known = {
        speaker: one for speaker, one in names.items() if one and is_placeholder(speaker) and may_be_name(one)
    }
    # Two speakers with one name are no speakers, or it is no name.
    return known if len(set(known.values())) == len(known) else {}


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
