"""Transcripts in HTML: `<cite>Name:</cite> <time>0:12</time> <p>text</p>`, or names and times in the lines of a page.

TTML is read too, by the times in its `<p begin="0:12">`. selectolax parses both, as it parses show notes: it is fast,
and repairs unclosed tags as browsers do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from bot.text.formula_repair import repair_formulas
from bot.text.html_lines import Line, parse_html, read_lines, tidy, walk
from bot.text.timecodes import STAMP, begins_with_clock, markup_ms
from bot.transcripts.formats.registry import Recognition, TranscriptFormat
from bot.transcripts.turns.cues import ParsedTranscript, TranscriptError
from bot.transcripts.turns.labelled_text import read_labelled_text
from bot.transcripts.turns.line_scanner import ScannedLine, scan_line
from storage.models import StatusCode, TranscriptSource, Turn

NO_SPEECH = StatusCode("transcript.no_speech")

_PAGE = re.compile(
    r"\s*(?:<!--|<!doctype\s+html|<\?xml[^<>]{0,200}\?>\s*<(?:(?:!doctype\s+)?html|tt)\b|"
    r"<(?:tt|html|head|body|cite|time|p|div|span|section|article|main|h[1-6]|dl|ul|ol|table|b|strong|br|meta)\b)",
    re.IGNORECASE,
)
_SKIPPED_TAGS = (
    "head iframe noscript script style svg template textarea title nav header footer h1 h2 h3 h4 h5 h6"
)
# The children of these are skipped, or read together with them.
_NOT_ENTERED = frozenset(_SKIPPED_TAGS.split()) | {"cite", "time"}
_BLOCK_TAGS = "article blockquote br dd div dl dt li main ol p section table td tr ul"
_BLOCKS = frozenset(_BLOCK_TAGS.split())
_QUOTE = re.compile(r"(?:>\s?)+")
# A line of dashes or the like between sections.
_RULE = re.compile(r"[-*_=~—–\s]{3,}")
_STAMP = re.compile(rf"\s*{STAMP}")
_MAX_NAME = 200


@dataclass(slots=True)
class _Passage:
    """What one speaker says from one time on; text is added while the page is read."""

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
    """The turns, and the number of passages; pages without tags for speakers or times are read line by line."""
    found = _passages(text)
    if found is None:
        return read_labelled_text(_scanned_lines(text))
    passages = [passage for passage in found if passage.spoken]
    if not passages:
        raise TranscriptError(NO_SPEECH())
    turns: list[Turn] = []
    following_ms: int | None = None
    for passage in reversed(passages):
        end_ms = None
        if passage.start_ms is not None:
            end_ms = following_ms if following_ms is not None and following_ms >= passage.start_ms else None
            following_ms = passage.start_ms
        turns.append(Turn(passage.speaker, passage.start_ms, end_ms, passage.text()))
    return ParsedTranscript(len(passages), tuple(reversed(turns)))


def _scanned_lines(text: str) -> list[ScannedLine]:
    """The lines of the page, each of which is a paragraph."""
    lines = [tidy(line) for line in read_lines(text)]
    mended = repair_formulas([line.text for line in lines])
    scanned = []
    for line, words in zip(lines, mended, strict=True):
        quoted = _QUOTE.match(words)
        said = words[quoted.end() :] if quoted else words
        if said and not _RULE.fullmatch(said):
            scanned.append(
                scan_line(_with_label(replace(line, text=said)), changes_speaker=words.startswith(">>"))
            )
    return scanned


def _with_label(line: Line) -> Line:
    """`line` with the name in its leading bold text as `lead` if that is a label, else without `lead`."""
    rest = line.text.removeprefix(line.lead)
    name = line.lead.rstrip(" :：")
    if not name or len(rest) == len(line.text) or name.isdigit() or ":" in name:
        return replace(line, lead="")
    has_colon = len(name) < len(line.lead) or rest.lstrip().startswith((":", "："))
    if not has_colon and rest and not _STAMP.match(rest):
        return replace(line, lead="")
    text = f"{name}: {rest.lstrip(' :：')}" if has_colon else f"{name} {rest.lstrip()}"
    return replace(line, text=text.rstrip(), lead=name)


def _passages(text: str) -> list[_Passage] | None:
    """The passages of a page with tags for speakers or times; None if it has none."""
    passages = [_Passage(None)]
    tagged = False
    for tag, content in _tokens(text):
        last = passages[-1]
        if tag == "text":
            last.add(content)
            continue
        tagged = True
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
            # Name and time of one passage may come in either order.
            last.speaker, last.start_ms = speaker, start_ms
        else:
            passages.append(_Passage(speaker, None if tag == "cite" else start_ms))
    return passages if tagged else None


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    """The page's content in order: ("cite", name), ("time", written time) and ("text", words)."""
    body = parse_html(text).body
    for node, opens in walk(body, _NOT_ENTERED) if body is not None else ():
        tag = node.tag or ""
        if tag in _BLOCKS:
            yield "text", "\n"
        if not opens:
            continue
        if tag == "-text":
            yield "text", node.text_content or ""
        elif tag == "cite":
            yield "cite", node.text()
        elif tag == "time":
            shown = node.text()
            yield "time", shown if begins_with_clock(shown) else (node.attributes.get("datetime") or shown)
        elif tag == "p" and (begin := node.attributes.get("begin")):
            yield "time", begin


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
