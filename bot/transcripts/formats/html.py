"""HTML transcripts: `<cite>Name:</cite> <time>0:12</time> <p>text</p>`, or a page with names in bold print.

TTML, whose `<p begin="0:12">` says when it is said, is read along.

selectolax parses it, as it does the show notes: fast, and it mends what is not closed as browsers do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from selectolax.lexbor import LexborNode

from bot.text.html_lines import parse_html, read_lines, tidy
from bot.text.timecodes import begins_with_clock, markup_ms
from bot.transcripts.formats.plain_text import read_speech
from bot.transcripts.formats.registry import Recognition, TranscriptFormat
from bot.transcripts.turns.cues import ParsedTranscript, TranscriptError
from storage.models import TranscriptSource, Turn

_PAGE = re.compile(
    r"\s*(?:<!--|<!doctype\s+html|<\?xml[^<>]{0,200}\?>\s*<(?:(?:!doctype\s+)?html|tt)\b|"
    r"<(?:tt|html|head|body|cite|time|p|div|span|section|article|main|h[1-6]|dl|ul|ol|table|b|strong|br|meta)\b)",
    re.IGNORECASE,
)
_SKIPPED_TAGS = (
    "head iframe noscript script style svg template textarea title nav header footer h1 h2 h3 h4 h5 h6"
)
_SKIPPED = frozenset(_SKIPPED_TAGS.split())
_BLOCK_TAGS = "article blockquote br dd div dl dt li main ol p section table td tr ul"
_BLOCKS = frozenset(_BLOCK_TAGS.split())
_MAX_NAME = 200


@dataclass(slots=True)
class _Said:
    """What one speaker says from one time on."""

    speaker: str | None
    start_ms: int | None = None
    parts: list[str] = field(default_factory=list)
    spoken: bool = False

    def add(self, text: str) -> None:
        self.parts.append(text)
        self.spoken |= bool(text.strip())

    def text(self) -> str:
        return " ".join("".join(self.parts).split())


def looks_like(text: str) -> bool:
    """Whether the text begins as a page, or a part of one, does."""
    return _PAGE.match(text) is not None


def read(text: str) -> ParsedTranscript:
    """The turns; the count is that of the passages."""
    said = _passages(text)
    if said is None:
        # Names and times stand in the lines, as in show notes.
        return ParsedTranscript(*read_speech(_as_markdown(text)))
    passages = [one for one in said if one.spoken]
    if not passages:
        raise TranscriptError("The page has no words of speech.")
    turns: list[Turn] = []
    following_ms: int | None = None
    for one in reversed(passages):
        start_ms = one.start_ms
        if start_ms is not None:
            end_ms = following_ms if following_ms is not None and following_ms >= start_ms else None
            following_ms = start_ms
        else:
            end_ms = None
        turns.append(Turn(one.speaker, start_ms, end_ms, one.text()))
    return ParsedTranscript(len(passages), tuple(reversed(turns)))


def _as_markdown(text: str) -> str:
    """The lines of the page, with what is bold at their beginning still told."""
    lines = []
    for line in map(tidy, read_lines(text)):
        if line.heading:
            lines.append(f"## {line.text}")
        elif line.lead and line.text.startswith(line.lead):
            lines.append(f"**{line.lead}**{line.text[len(line.lead) :]}")
        else:
            lines.append(line.text)
    return "\n\n".join(lines)


def _passages(text: str) -> list[_Said] | None:
    """The passages of a page whose tags tell speakers or times; None where they don't."""
    said = [_Said(None)]
    marked = False
    for tag, content in _tokens(text):
        last = said[-1]
        if tag == "text":
            last.add(content)
            continue
        marked = True
        speaker, start_ms = last.speaker, None
        if tag == "cite":
            speaker = content.strip().rstrip(":：").strip()[:_MAX_NAME] or None
            start_ms = last.start_ms
        else:
            start_ms = markup_ms(content)
            if start_ms is None:
                last.add(content)
                continue
        if not last.spoken:
            # The name and the time of one passage, in either order.
            last.speaker, last.start_ms = speaker, start_ms
        else:
            said.append(_Said(speaker, None if tag == "cite" else start_ms))
    return said if marked else None


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    """The page in its order: ("cite", name), ("time", what it says), ("text", words)."""
    body = parse_html(text).body
    node: LexborNode | None = body.child if body is not None else None
    # A walk by hand: a page may be nested deeper than Python's stack.
    while node is not None:
        tag = node.tag or ""
        if tag == "-text":
            yield "text", node.text_content or ""
        elif tag == "cite":
            yield "cite", node.text()
        elif tag == "time":
            shown = node.text()
            yield "time", shown if begins_with_clock(shown) else (node.attributes.get("datetime") or shown)
        elif tag not in _SKIPPED:
            if tag in _BLOCKS:
                yield "text", "\n"
            if tag == "p" and (begin := node.attributes.get("begin")):
                yield "time", begin
            if node.child is not None:
                node = node.child
                continue
        while node is not None and node.next is None:
            node = node.parent
            if node is None or node.tag == "body":
                return
            if node.tag in _BLOCKS:
                yield "text", "\n"
        if node is not None:
            node = node.next


def _recognise(text: str) -> Recognition:
    # A page without a tag at its beginning is text, unless its type says otherwise.
    return Recognition.CERTAIN if looks_like(text) else Recognition.POSSIBLE


FORMATS = (
    TranscriptFormat(
        source=TranscriptSource("html"),
        label="HTML",
        trust=30,
        media_types=("text/html", "application/xhtml+xml"),
        recognise=_recognise,
        read=lambda text, _people: read(text),
        max_pieces=(("<", 400_000),),
    ),
)
