"""Captions that a host shows inside of a page: SubRip in `<pre>`, or with its lines in paragraphs."""

from __future__ import annotations

import re

from bot.text.html_lines import parse_html, read_lines
from bot.transcripts.formats.cue_blocks import find_timing, has_timing_near_top
from bot.transcripts.formats.html import looks_like

_HOLDERS = "pre, textarea, xmp"
_HOLDER = re.compile(r"\s*<(?:pre|textarea|code|xmp)\b", re.IGNORECASE)
# A page about captions quotes one timing line; captions have one for every few lines.
_MIN_TIMINGS = 2
_LINES_TO_A_TIMING = 8


def captions_in(page: str) -> str | None:
    """The captions that a page holds, as the text of a file of their own; None where it holds none.

    Raises MarkupError where parsing the page would take too much memory.
    """
    if not (looks_like(page) or _HOLDER.match(page)) or not (
        "-->" in page or "--&gt;" in page or "→" in page
    ):
        return None
    body = parse_html(page).body
    if body is None:
        return None
    for holder in body.css(_HOLDERS):
        held = holder.text()
        if has_timing_near_top(held):
            return held
    lines = [line.text for line in read_lines(page)]
    timings = sum(find_timing(line) is not None for line in lines)
    if timings < _MIN_TIMINGS or timings * _LINES_TO_A_TIMING < len(lines):
        return None
    return "\n".join(lines)
