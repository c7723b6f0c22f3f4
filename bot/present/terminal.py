"""A card as lines for a terminal: what the channel would show, for the demo."""

from __future__ import annotations

import re
import textwrap
from datetime import UTC, datetime

import discord

WIDTH = 96
_LINKED_TIME = re.compile(r"\[`(?P<label>[^`]*)`\]\((?P<url>[^)\s]*)\)(?P<rest>[^\n]*)")
_TIMESTAMP = re.compile(r"<t:(?P<seconds>-?\d+)(?::\w)?>")
_MARKUP = re.compile(r"(?<!\\)(\*\*|`|^> )", re.MULTILINE)
_ESCAPE = re.compile(r"\\([^\w\s])")


def card_lines(card: discord.Embed, view: discord.ui.View | None = None) -> list[str]:
    """The card in a frame, its links written out."""
    parts = [card.author.name or "", card.title or "", card.url or "", "", *_plain(card.description or "")]
    for field in card.fields:
        parts += ["", f"{field.name}: {' '.join(_plain(field.value or ''))}"]
    if view is not None:
        labels = [f"[ {item.label} ]" for item in view.children if isinstance(item, discord.ui.Button)]
        parts += ["", "  ".join(labels)]
    lines: list[str] = []
    for part in parts:
        lines += textwrap.wrap(part, WIDTH, subsequent_indent="  ", break_long_words=False) or [""]
    return ["┌" + "─" * 40, *(f"│ {line}".rstrip() for line in lines), "└" + "─" * 40]


def _plain(markdown: str) -> list[str]:
    text = _LINKED_TIME.sub(lambda m: f"{m['label']:>7} {m['rest'].strip()}  → {m['url']}", markdown)
    text = _TIMESTAMP.sub(lambda m: f"{datetime.fromtimestamp(int(m['seconds']), UTC):%d %B %Y}", text)
    return _ESCAPE.sub(r"\1", _MARKUP.sub("", text)).splitlines()
