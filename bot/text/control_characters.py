"""Characters that steer what shows a text: terminals, logs, and the direction in which it is read.

Titles and transcripts come from feeds, and what members type from anybody. Each table is for `str.translate`.
"""

from __future__ import annotations

_CONTROLS = (*range(32), *range(127, 160))
# What some readers take for the end of a line.
_LINE_ENDS = (0x2028, 0x2029)
# Marks, embeddings, overrides and isolates: with them a text reads as something that it is not.
_DIRECTIONS = (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def _four_digits(codes: tuple[int, ...]) -> dict[int, str]:
    return {code: f"\\u{code:04x}" for code in codes}


# Text for a person at a terminal keeps its lines and columns.
IN_TERMINAL = {code: "\ufffd" for code in _CONTROLS if chr(code) not in "\n\t"} | _four_digits(_DIRECTIONS)
# A line of a log stays one line.
IN_LOG_LINE = {code: _SHORT.get(chr(code), f"\\x{code:02x}") for code in _CONTROLS} | _four_digits(
    (*_LINE_ENDS, *_DIRECTIONS)
)
# What JSON itself leaves as it is.
IN_JSON = _four_digits((*range(127, 160), *_LINE_ENDS, *_DIRECTIONS))
