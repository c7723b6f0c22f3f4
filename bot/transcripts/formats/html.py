"""Transcripts in HTML: signs of speakers and times in its tags, or names and times in the lines of its text.

    <cite>Ada:</cite> <time>0:12</time> <p>text</p>      <p><b>Ada:</b> text</p>      <td>Ada</td> <td>text</td>

Whichever explains more of the page counts. selectolax parses it, as it parses show notes: it is fast, and repairs
unclosed tags as browsers do.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from bot.text.formula_repair import repair_formulas
from bot.text.html_lines import Line, parse_html, read_lines, tidy
from bot.text.timecodes import STAMP
from bot.transcripts.annotations.sound_notes import without_note_times
from bot.transcripts.formats.page_bounds import label_bounds, sign_bounds
from bot.transcripts.formats.page_content import main_content
from bot.transcripts.formats.page_signs import (
    HEADINGS,
    Element,
    Signs,
    Stream,
    element_name,
    element_time,
    find_signs,
    has_sign,
    may_lead,
    stream_of,
)
from bot.transcripts.formats.page_tables import table_lines
from bot.transcripts.formats.registry import Recognition, TranscriptFormat
from bot.transcripts.turns.cues import Cue, ParsedTranscript, TranscriptError, ends_sentence, merge
from bot.transcripts.turns.label_notations import MarkedLine, rewrite_labels
from bot.transcripts.turns.labelled_text import read_labelled_text
from bot.transcripts.turns.line_scanner import ScannedLine, scan_line
from bot.transcripts.turns.person_names import is_person
from storage.models import StatusCode, TranscriptSource, Turn

NO_SPEECH = StatusCode("transcript.no_speech")

_PAGE = re.compile(
    r"\s*(?:<!--|<!doctype\s+html|<\?xml[^<>]{0,200}\?>\s*<(?:!doctype\s+)?html\b|"
    r"<(?:html|head|body|cite|time|p|div|span|section|article|main|h[1-6]|dl|ul|ol|table|b|strong|br|meta)(?=[\s/>]))",
    re.IGNORECASE,
)
_QUOTE = re.compile(r"(?:>\s?)+")
# A line of dashes or the like between sections.
_RULE = re.compile(r"[-*_=~—–\s]{3,}")
_STAMP = re.compile(rf"\s*{STAMP}")
# As the parser writes it: all that is opened is closed.
_PREFORMATTED = re.compile(r"<pre\b[^<>]*>.*?</pre>", re.DOTALL)
_BOLD = frozenset({"b", "strong"})
# The share that a sign of speakers explains, as a part of what the lines do, where it is taken.
_BETTER, _AS_GOOD, _WITH_TIMES = 1.02, 0.8, 0.5
_MAX_TURN_WORDS = 400
# So many passages with so few words each are words.
_MANY, _FEW_WORDS = 20, 3


@dataclass(slots=True)
class _Passage:
    """What one speaker says from one time on; text is added while the page is read."""

    speaker: str | None
    start_ms: int | None = None
    parts: list[str] = field(default_factory=list)
    spoken: bool = False
    named: bool = False

    def add(self, text: str) -> None:
        self.parts.append(text)
        self.spoken |= bool(text.strip())

    def text(self) -> str:
        text = " ".join("".join(self.parts).split())
        # The colon behind a name that is set apart from it.
        return without_note_times(text.lstrip(":： ") if self.named else text)


def looks_like(text: str) -> bool:
    """Whether the text begins as a page, or a part of one, does."""
    return _PAGE.match(text) is not None


def read(text: str) -> ParsedTranscript:
    """The turns, and the number of passages, or of lines where those tell more than the page's tags."""
    page = parse_html(text)
    root = main_content(page)
    if root is None:
        raise TranscriptError(NO_SPEECH())
    if (rows := table_lines(root)) is not None:
        return read_labelled_text([scan_line(row) for row in rows])
    stream = stream_of(root)
    signs = find_signs(stream)
    lines = read_labelled_text(_scanned_lines(root.html or ""))
    if not _are_better(signs, lines):
        part = label_bounds(stream, {turn.speaker or "" for turn in lines.turns})
        return lines if part is None else read_labelled_text(_scanned_lines(part.html or ""))
    passages = [passage for passage in _passages(stream, signs) if passage.spoken]
    if not passages:
        raise TranscriptError(NO_SPEECH())
    words = sum(len(passage.text().split()) for passage in passages)
    if len(passages) >= _MANY and words < _FEW_WORDS * len(passages):
        # Each word has its time: they become turns as captions do.
        return ParsedTranscript(len(passages), merge(_cues(passages)))
    return ParsedTranscript(len(passages), tuple(_turns(passages)))


def _cues(passages: Sequence[_Passage]) -> list[Cue]:
    """Passages as cues; one without a time begins with the next."""
    cues: list[Cue] = []
    following_ms = max((one.start_ms for one in passages if one.start_ms is not None), default=0)
    for passage in reversed(passages):
        start_ms = following_ms if passage.start_ms is None else passage.start_ms
        cues.append(Cue(passage.speaker, start_ms, max(start_ms, following_ms), passage.text()))
        following_ms = start_ms
    return cues[::-1]


def _are_better(signs: Signs, lines: ParsedTranscript) -> bool:
    """Whether a page's tags tell more of who speaks when than its lines."""
    timed = sum(turn.start_ms is not None for turn in lines.turns)
    if signs.speaker is None:
        return (
            signs.time is not None and not any(turn.speaker for turn in lines.turns) and signs.times >= timed
        )
    if signs.names < len({turn.speaker for turn in lines.turns if is_person(turn.speaker or "")}):
        # A book's title in front of a paragraph is one name.
        return False
    # Names in bold print are read as well from the lines, which know breaks and headings.
    as_good = _BETTER if signs.speaker in _BOLD else _AS_GOOD
    # The notation of the podcast namespace is meant for nothing else.
    hosts_own = (signs.speaker, signs.time) == ("cite", "time")
    least = _WITH_TIMES if signs.times > timed or hosts_own else as_good
    return signs.covered >= _covered(lines) * least


def _covered(lines: ParsedTranscript) -> float:
    """The share of the words that somebody says."""
    counts = [len(turn.text.split()) for turn in lines.turns]
    named = sum(
        min(_MAX_TURN_WORDS, count) for turn, count in zip(lines.turns, counts, strict=True) if turn.speaker
    )
    return named / max(1, sum(counts))


def _turns(passages: Sequence[_Passage]) -> list[Turn]:
    turns: list[Turn] = []
    following_ms: int | None = None
    for passage in reversed(passages):
        end_ms = None
        if passage.start_ms is not None:
            end_ms = following_ms if following_ms is not None and following_ms >= passage.start_ms else None
            following_ms = passage.start_ms
        turns.append(Turn(passage.speaker, passage.start_ms, end_ms, passage.text()))
    return turns[::-1]


def _scanned_lines(text: str) -> list[ScannedLine]:
    """The lines of the page, each of which is a paragraph."""
    text = _PREFORMATTED.sub(lambda found: found.group().replace("\n", "<br>"), text)
    lines = [tidy(line) for line in read_lines(text)]
    mended = repair_formulas([line.text for line in lines])
    marked: list[MarkedLine] = []
    changes: list[bool] = []
    for line, words in zip(lines, mended, strict=True):
        quoted = _QUOTE.match(words)
        said = words[quoted.end() :] if quoted else words
        if said and not _RULE.fullmatch(said):
            labelled = _with_label(replace(line, text=said))
            bold = line.lead if said.startswith(line.lead) else ""
            marked.append(MarkedLine(labelled, bold))
            changes.append(words.startswith(">>"))
    return [
        scan_line(line, changes_speaker=change)
        for line, change in zip(rewrite_labels(marked), changes, strict=True)
    ]


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


def _passages(stream: Stream, signs: Signs) -> list[_Passage]:
    """What is said, parted where a sign names a speaker or a time."""
    passages = [_Passage(None)]
    first, end = sign_bounds(stream, signs)
    skipped_to = -1
    for place in range(first, end):
        piece = stream.pieces[place]
        if isinstance(piece, str):
            if place >= skipped_to:
                passages[-1].add(piece)
            continue
        element = stream.elements[piece]
        if place < skipped_to:
            continue
        told = _Told.by(element, signs)
        if told.is_sign or (element.tag in HEADINGS and not told.is_sign):
            skipped_to = element.closes if not told.outside else skipped_to
        if told.is_sign:
            _part(passages, told)
    return _without_head(passages, signs)


@dataclass(frozen=True, slots=True)
class _Told:
    """What an element tells as a sign; `outside`: in its attributes, so that its text is said."""

    speaker: str | None = None
    start_ms: int | None = None
    outside: bool = False

    @property
    def is_sign(self) -> bool:
        return self.speaker is not None or self.start_ms is not None

    @classmethod
    def by(cls, element: Element, signs: Signs) -> _Told:
        speaker, beside_ms, start_ms = None, None, None
        if (
            signs.speaker is not None
            and has_sign(element, signs.speaker)
            and may_lead(element, signs.speaker)
        ):
            speaker, beside_ms = element_name(element, signs.speaker)
        if signs.time is not None and has_sign(element, signs.time):
            start_ms = element_time(element, signs.time, signs.unit_ms)
        keys = {key for key, told in ((signs.speaker, speaker), (signs.time, start_ms)) if told is not None}
        outside = all(key is not None and key.startswith("@") for key in keys)
        return cls(speaker, start_ms if start_ms is not None else beside_ms, outside)


def _part(passages: list[_Passage], told: _Told) -> None:
    """Begin a passage with what a sign tells; name and time of one passage may come in either order."""
    last = passages[-1]
    if last.spoken or (told.speaker is not None and last.named):
        passages.append(_Passage(last.speaker))
        last = passages[-1]
    if told.speaker is not None:
        last.speaker, last.named = told.speaker, True
    if told.start_ms is not None:
        last.start_ms = told.start_ms


def _without_head(passages: list[_Passage], signs: Signs) -> list[_Passage]:
    """The passages without what stands above the first speaker and is no sentence: a title, a column's name."""
    if signs.speaker is None:
        return passages
    first = next((n for n, one in enumerate(passages) if one.named), 0)
    return [
        one
        for n, one in enumerate(passages)
        if n >= first or one.start_ms is not None or ends_sentence(one.text())
    ]


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
