"""A message as lines for a terminal: what Discord would show, from the JSON that it is sent."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

Json = Mapping[str, Any]

WIDTH = 96
RULE = "─" * 40
ACTION_ROW, BUTTON, SECTION, TEXT, THUMBNAIL, SEPARATOR, CONTAINER = 1, 2, 9, 10, 11, 14, 17

_LINK = re.compile(r"\[(?P<label>(?:\\.|[^\]\\])*)\]\((?P<url>[^)\s]*)\)(?P<rest>[^\n]*)")
_BARE_TIME = re.compile(r"^(> )?`(?P<label>[\d:]+)` ?", re.MULTILINE)
_TIMESTAMP = re.compile(r"<t:(?P<seconds>-?\d+)(?::\w)?>")
_BENEATH = re.compile(r"^-# (?=Mentioned: )", re.MULTILINE)
_MARKUP = re.compile(r"(?<!\\)(\*\*|\|\||^> |^-# |^#{1,3} )", re.MULTILINE)
_ESCAPE = re.compile(r"\\([^\w\s])")


def message_lines(body: Json) -> list[str]:
    """The message in a frame, with the addresses of its links."""
    parts = list(_plain(body.get("content") or ""))
    for part in body.get("components") or ():
        parts += ["", *_shown(part)]
    lines: list[str] = []
    for part in parts:
        indent = " " * (len(part) - len(part.lstrip()) + 2)
        lines += textwrap.wrap(part, WIDTH, subsequent_indent=indent, break_long_words=False) or [""]
    while lines and not lines[0]:
        lines.pop(0)
    return [f"┌{RULE}", *(f"│ {line}".rstrip() for line in lines), f"└{RULE}"]


def _shown(part: Json) -> Iterator[str]:
    """One component, line by line."""
    kind, children = part["type"], part.get("components") or ()
    if kind == TEXT:
        yield from _plain(part["content"])
    elif kind == SEPARATOR:
        yield RULE
    elif kind == THUMBNAIL:
        yield f"[artwork: {part['media']['url']}]"
    elif kind == ACTION_ROW:
        yield ""
        yield "  ".join(f"[ {child.get('label')} ]" for child in children)
    elif kind == CONTAINER and part.get("spoiler"):
        yield "[hidden until clicked]"
    for child in children if kind != ACTION_ROW else ():
        yield from _shown(child)
    if part.get("accessory"):
        yield from _shown(part["accessory"])


def _plain(markdown: str) -> list[str]:
    text = _LINK.sub(_written_out, markdown)
    text = _BARE_TIME.sub(lambda found: f"{found['label']:>7} ", text)
    text = _TIMESTAMP.sub(
        lambda found: f"{datetime.fromtimestamp(int(found['seconds']), UTC):%d %B %Y}", text
    )
    text = _BENEATH.sub(" " * 8, text)
    return _ESCAPE.sub(r"\1", _MARKUP.sub("", text)).splitlines()


def _written_out(link: re.Match[str]) -> str:
    label, rest = link["label"], link["rest"].strip()
    # Times are aligned in a column of their own.
    words = f"{label.strip('`'):>7} {rest}" if label.startswith("`") else f"{label} {rest}".rstrip()
    return f"{words}  → {link['url']}"
