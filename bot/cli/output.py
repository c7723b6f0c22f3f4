"""What goes to the terminal: text without what would steer it, and JSON on lines of its own."""

from __future__ import annotations

import json
import sys
from typing import Any

# Titles and talk come from feeds; what steers a terminal is not shown to one.
STEERING = {code: "\ufffd" for code in (*range(32), *range(127, 160)) if chr(code) not in "\n\t"}
# What JSON leaves as it is: the rest of that, and what some readers take for the end of a line.
ESCAPES = {code: f"\\u{code:04x}" for code in (*range(127, 160), 0x2028, 0x2029)}


def print_text(text: str) -> None:
    """Print for a person."""
    print(text.translate(STEERING), flush=True)


def print_json(record: dict[str, Any] | list[dict[str, Any]]) -> None:
    """Print for a script: one line of JSON."""
    text = json.dumps(record, ensure_ascii=False).translate(ESCAPES)
    try:
        text.encode()
    except UnicodeEncodeError:
        # A lone surrogate, out of a batch's id: escaped it goes back as it came.
        text = json.dumps(record)
    print(text, flush=True)


def say(text: str) -> None:
    """Tell a person, beside what is printed."""
    print(text.translate(STEERING), file=sys.stderr, flush=True)
