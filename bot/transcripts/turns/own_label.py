"""A speaker's name that is repeated in front of the words: "Ada Moore: Hello" by Ada Moore."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

from bot.transcripts.turns.person_names import is_placeholder, may_be_name

_LABEL = re.compile(
    r"\s*(?:>>\s*)?[\[(]?(?P<name>[^\s\[\](){}<>:：][^\[\](){}<>:：\n]{0,80}?)[\])]?\s*[:：]\s*(?=\S)"
)
# The whole name in brackets, or before a dash: a speaker is also addressed, and only a label has these signs.
_MARKED = re.compile(
    r"\s*(?:[\[(【［](?P<held>[^\[\]()【】［］\n]{1,80})[\])】］]\s*[:：]?|(?P<dashed>[^\s-][^\n–—]{0,80}?)\s[-–—])\s*(?=\S)"
)
_HOLDERS = frozenset("[(【［")


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
    if not speaker:
        return text
    found = _LABEL.match(text) if ":" in text[:90] or "：" in text[:90] else None
    if found is None:
        return _without_marked_label(speaker, text)
    label, name = found["name"].casefold(), speaker.casefold()
    words = name.split()
    return text[found.end() :] if label == name or label in (words[0], words[-1]) else text


def _without_marked_label(speaker: str, text: str) -> str:
    # Most texts begin otherwise, and the pattern would be tried on each.
    if (
        not text.lstrip()[1:].casefold().startswith(speaker[1:].casefold())
        and text.lstrip()[:1] not in _HOLDERS
    ):
        return text
    found = _MARKED.match(text)
    if found is None or (found["held"] or found["dashed"]).strip().casefold() != speaker.casefold():
        return text
    return text[found.end() :]
