"""Printing: text without control characters, which could control a terminal, and JSON as one document a line."""

from __future__ import annotations

import json
import sys
from typing import Any

# Titles and transcripts come from feeds, so control characters may be hostile.
CONTROL_CHARACTERS = {code: "\ufffd" for code in (*range(32), *range(127, 160)) if chr(code) not in "\n\t"}
# Characters that JSON leaves unescaped: C1 controls, and what some readers take for the end of a line.
ESCAPES = {code: f"\\u{code:04x}" for code in (*range(127, 160), 0x2028, 0x2029)}


def print_text(text: str) -> None:
    """Print for a person."""
    print(text.translate(CONTROL_CHARACTERS), flush=True)


def print_json(record: dict[str, Any] | list[dict[str, Any]]) -> None:
    """Print for a script: one line of JSON."""
    text = json.dumps(record, ensure_ascii=False).translate(ESCAPES)
    try:
        text.encode()
    except UnicodeEncodeError:
        # A lone surrogate, such as in a batch's id, can only be printed escaped.
        text = json.dumps(record)
    print(text, flush=True)


def print_error(text: str) -> None:
    """Print for a person on stderr."""
    print(text.translate(CONTROL_CHARACTERS), file=sys.stderr, flush=True)
