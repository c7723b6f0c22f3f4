"""What a file says of itself above its first speaker and below its last: "Topic: Lamps", "Edited by: Bo Lind"."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from bot.transcripts.turns.cues import ends_sentence
from bot.transcripts.turns.line_scanner import Label, LabelForm, ScannedLine
from bot.transcripts.turns.person_names import is_capitalised, is_header_label, is_role

_FORMS = frozenset({LabelForm.COLON, LabelForm.BOLD, LabelForm.ALONE})
# Longer ones are said.
_MAX_VALUE_WORDS = 12
_MAX_LINES = 40
_MOST = 0.7


def without_headers(lines: Sequence[ScannedLine]) -> list[ScannedLine]:
    """The lines without those that tell of the file: keys that stand once each, around the speech."""
    counts = Counter(label.name.casefold() for line in lines for label in [_key(line)] if label is not None)
    above = _header(lines[:_MAX_LINES], counts)
    below = _footer(lines, counts)
    if len(above) + len(below) >= len(lines):
        return list(lines)
    return [line for number, line in enumerate(lines) if number not in above and number not in below]


def _is_punctuated(lines: Sequence[ScannedLine]) -> bool:
    """Whether nearly all that is said ends in a full stop, so that what does not is no speech."""
    said = [line.text for line in lines if line.body]
    return bool(said) and sum(map(ends_sentence, said)) >= _MOST * len(said)


def _header(lines: Sequence[ScannedLine], counts: Counter[str]) -> set[int]:
    """The numbers of the lines that tell of the file, from its beginning to the first line that is said."""
    keys: set[int] = set()
    known = 0
    listing = False
    for number, line in enumerate(lines):
        key = _key(line)
        if key is None:
            if listing and (line.bullet or not line.opens_paragraph) and not _is_said(line.text):
                keys.add(number)
            elif _is_said(line.text) or line.is_transcript_heading or line.begins_with_time:
                break
            else:
                listing = False
            continue
        value = line.text[key.body_at :]
        if _is_recurring(key.name, counts) or not _is_header_line(key.name, value):
            break
        listing = not value
        known += is_header_label(key.name)
        keys.add(number)
    # Words before a colon that are in no lexicon may be names, unless others beside them are.
    rest = [line for number, line in enumerate(lines) if number not in keys]
    return keys if known or (len(keys) > 1 and _is_punctuated(rest)) else set()


def _footer(lines: Sequence[ScannedLine], counts: Counter[str]) -> set[int]:
    keys: set[int] = set()
    for number in range(len(lines) - 1, max(-1, len(lines) - 1 - _MAX_LINES), -1):
        key = _key(lines[number])
        if key is None or _is_recurring(key.name, counts) or is_role(key.name):
            break
        if not is_header_label(key.name) or key.body_at >= len(lines[number].text):
            break
        keys.add(number)
    return keys


def _key(line: ScannedLine) -> Label | None:
    """The label of a line that may be the key of a header."""
    if line.begins_with_time or line.is_transcript_heading:
        return None
    label = next((label for label in line.labels if label.form in _FORMS), None)
    if label is None or (label.form is LabelForm.ALONE and not line.text.endswith((":", "："))):
        return None
    return label


def _is_recurring(name: str, counts: Counter[str]) -> bool:
    """Whether a key stands more often than a header's does, which may come again below the speech."""
    return counts[name.casefold()] > (2 if is_header_label(name) else 1)


def _is_header_line(name: str, value: str) -> bool:
    if is_role(name):
        # "Guest: Bo Lind" tells who speaks, "Guest: Thank you." is said.
        return bool(value) and not _is_said(value) and is_capitalised(value)
    return is_header_label(name) or (bool(value) and not _is_said(value))


def _is_said(text: str) -> bool:
    return ends_sentence(text) or len(text.split()) > _MAX_VALUE_WORDS
