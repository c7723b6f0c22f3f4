"""Transcripts in text files, plain or in Markdown, in the notations seen in the wild.

**Ada Moore:** \\[04:12\\] Text         00:04:12 Text          Ada Moore  4:12
__Ada__: Hard-wrapped text             [04:12] Ada: Text      Text on the lines below
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.text.formula_repair import repair_formulas
from bot.text.html_lines import Line, plain
from bot.text.timecodes import STAMP, TIME
from bot.transcripts.formats.registry import Recognition, TranscriptFormat
from bot.transcripts.turns.cues import ParsedTranscript
from bot.transcripts.turns.label_notations import MarkedLine, rewrite_labels
from bot.transcripts.turns.labelled_text import read_labelled_text
from bot.transcripts.turns.line_scanner import ScannedLine, scan_line
from bot.transcripts.turns.text_tables import read_tables
from storage.models import TranscriptSource

_FRONT_MATTER = re.compile(r"\s*---[ \t]*\n(?:(?!---)[^\n]*\n){0,200}?---[ \t]*(?:\n|$)")
# A comment ends before the next one opens; without this bound, many unclosed comments took 24 s to search.
_COMMENT = re.compile(r"<!--(?:[^<]|<(?!!--)){0,2000}?-->")
# Remains of a site generator: "{:toc}", "{%- include x %}", "[name]: address", a rule, a code fence.
_TEMPLATE = re.compile(
    r"\{[:%{][^\n]{0,300}[}]|\[[^\[\]\n]{1,200}\]:\s<?(?:[a-z]+:|[./#{]|[\w-]{1,60}[./#])\S{1,1000}(?:\s[\"'(][^\n]*)?|[-*_=~—–\s]{3,}|```\w*"
)
_IMAGE = re.compile(r"!\[([^\[\]\n]{0,300})\]\([^()\s]{1,1000}\)")
_LINK = re.compile(
    r"\[([^\[\]\n]{0,300})\](?:\([^()\s]{0,1000}(?:\s\"[^\"\n]{0,200}\")?\)|\[[^\[\]\n]{1,100}\](?!\())"
)
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+.!<>|~-])")
_HEADING = re.compile(r"(#{1,6})\s+(.*?)\s*#*$")
_QUOTE = re.compile(r"(?:>\s?)+")
_BULLET = re.compile(r"(?:[*•·‣▪-]|–|—)\s+(?=\S)")
_VOICE = re.compile(r"<v(?:\.[^\s<>]{0,60})?\s+([^<>]{1,200})>", re.IGNORECASE)
# Tags, except those between backticks, which are code.
_TAG = re.compile(
    r"`[^`\n]{1,300}`|</?(?:a|abbr|b|br|c|cite|code|div|em|font|h[1-6]|hr|i|img|li|mark|ol|p|pre|q|s|section|small|span|strong|sub|sup"
    r"|time|u|ul|v)(?:[\s./][^<>]{0,1000})?>|(?<=\S)<\d[\d:.]{0,20}>",
    re.IGNORECASE,
)
_BOLD_TAG = re.compile(r"</?(?:b|strong)>", re.IGNORECASE)
# A bold label: a name with the colon inside or outside of the bold print, perhaps behind a time.
_LABEL = re.compile(
    rf"(?P<before>(?:{STAMP}|{TIME})?\s*)(?P<sign>\*{{1,3}}|_{{1,3}})(?P<name>[^\s*_:：][^*:：\n]{{0,79}}?)(?P<in>\s*[:：]?\s*)(?P=sign)"
    rf"(?P<out>\s*(?:[:：]|(?={STAMP})|$))?"
)
# Bold print at the beginning of a line, with or without a colon.
_BOLD = re.compile(r"(?P<sign>\*{2,3}|_{2,3})(?P<name>[^\s*_:：][^*_:：\n]{0,59})(?P=sign)(?=\s)")
_EMPHASIS = re.compile(r"(?<![\w*])(\*{1,3})(?=[^\s*])([^*\n]{1,500}?)(?<=[^\s*])\1(?![\w*])")
_UNDERSCORED = re.compile(r"(?<![\w_])(_{1,3})(?=[^\s_])([^\n_]{1,500}?)(?<=[^\s_])\1(?![\w_])")
_STAMPED = re.compile(rf"(?:{STAMP}|{TIME}(?=\s|$))")
_SLIPPED = re.compile(r"(?<=\[)\\+(?=\d)|(?<=\d)\\+(?=\])")


def read(text: str) -> ParsedTranscript:
    """The turns; the count is that of the lines that begin with a time, where most do, else of the paragraphs."""
    return read_labelled_text(_scanned_lines(text))


@dataclass(frozen=True, slots=True)
class _SourceLine:
    """A line without its markup, and how it stands among the others."""

    marked: MarkedLine
    opens_paragraph: bool
    changes_speaker: bool


def _scanned_lines(text: str) -> list[ScannedLine]:
    sources = list(_source_lines(text))
    lines = rewrite_labels([source.marked for source in sources])
    return [
        scan_line(line, opens_paragraph=source.opens_paragraph, changes_speaker=source.changes_speaker)
        for line, source in zip(lines, sources, strict=True)
    ]


def _source_lines(text: str) -> Iterator[_SourceLine]:
    text = text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")
    text = _COMMENT.sub("", text)
    if found := _FRONT_MATTER.match(text):
        text = text[found.end() :]
    before: _SourceLine | None = None
    opens_paragraph = True
    for raw in repair_formulas(read_tables(text.split("\n"))):
        marked = _line(raw)
        if marked is None:
            if before is not None and before.marked.line.bullet and raw.startswith("{:"):
                # A list item that the site generator replaces by a table of contents.
                before = None
            opens_paragraph = True
            continue
        if before is not None:
            yield before
        heading = marked.line.heading
        before = _SourceLine(marked, opens_paragraph or heading, raw.lstrip().startswith(">>"))
        opens_paragraph = heading
    if before is not None:
        yield before


def _line(raw: str) -> MarkedLine | None:
    """One line without its markup; None where nothing is left of it."""
    text = plain(raw.expandtabs(1))
    if not text or _TEMPLATE.fullmatch(text):
        return None
    heading = False
    if found := _HEADING.match(text):
        text, heading = found[2], True
    if found := _QUOTE.match(text):
        text = text[found.end() :]
    bullet = False
    if found := _BULLET.match(text):
        text, bullet = text[found.end() :], True
    voice = ""
    if "<" in text:
        if found := _VOICE.search(text):
            # The first voice is the line's; a second one in one line has no time of its own.
            voice = found[1].strip()
            text = _VOICE.sub("", text)
        text = _TAG.sub(_code, _BOLD_TAG.sub("**", text))
    text = html.unescape(text) if "&" in text else text
    bold = _BOLD.match(text)
    text, lead = _without_markup(text)
    if voice:
        text, lead = _voiced(text, voice), voice
    text = " ".join(text.split())
    if not text:
        return None
    line = Line(text, bullet, heading, lead=lead)
    name = " ".join(bold["name"].split()) if bold else ""
    return MarkedLine(line, name if text.startswith(name) else "")


def _code(found: re.Match[str]) -> str:
    return found.group() if found.group()[0] == "`" else ""


def _voiced(text: str, voice: str) -> str:
    """`text` with the voice before its words: `00:01 <v Ada>Hello` is `00:01 Ada: Hello`."""
    found = _STAMPED.match(text)
    at = found.end() if found else 0
    name = voice.replace(":", " ")
    return f"{text[:at]} {name}: {text[at:].lstrip()}"


def _without_markup(text: str) -> tuple[str, str]:
    """`text` without Markdown, and the bold label that it begins with."""
    lead = ""
    found = _LABEL.match(text)
    if found and (found["in"].strip() or found["out"] is not None) and not found["name"].isdigit():
        lead = found["name"].strip()
        has_colon = not {":", "："}.isdisjoint(found["in"] + (found["out"] or ""))
        text = f"{found['before']}{lead}{': ' if has_colon else ' '}{text[found.end() :]}"
    if "](" in text or "][" in text:
        text = _LINK.sub(r"\1", _IMAGE.sub(r"\1", text))
    if "*" in text:
        text = _EMPHASIS.sub(r"\2", text)
    if "_" in text:
        text = _UNDERSCORED.sub(r"\2", text)
    if "\\" in text:
        text = _SLIPPED.sub("", _ESCAPED.sub(r"\1", text))
    return text, " ".join(lead.split())


FORMATS = (
    TranscriptFormat(
        source=TranscriptSource("text"),
        label="text",
        trust=20,
        media_types=("text/plain", "text/markdown"),
        # Whatever is in no other format is read as text.
        recognise=lambda _text: Recognition.POSSIBLE,
        read=lambda text, _people: read(text),
        max_pieces=(("\n", 200_000),),
    ),
)
