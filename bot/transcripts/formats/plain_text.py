"""Text files that are nothing but a transcript, plain or in Markdown, in any of the world's dialects.

**Ada Moore:** \\[04:12\\] Text         00:04:12 Text          Ada Moore  4:12
__Ada__: Hard-wrapped text             [04:12] Ada: Text      Text on the lines below
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from bot.text.formula_repair import mend
from bot.text.html_lines import MAX_CHARACTERS, Line, plain
from bot.text.timecodes import STAMP, TIME
from bot.transcripts.annotations.hallucinations import repeated_runs
from bot.transcripts.annotations.turn_marks import pseudo_mark
from bot.transcripts.formats.registry import Recognition, TranscriptFormat
from bot.transcripts.turns.cues import ParsedTranscript
from bot.transcripts.turns.headings import TRANSCRIPT_HEADING
from bot.transcripts.turns.speaker_labels import Names, Spoken, learn_names, read_line
from bot.transcripts.turns.turn_builder import Script
from storage.models import TranscriptSource, Turn, TurnMark

_FRONT_MATTER = re.compile(r"\s*---[ \t]*\n(?:(?!---)[^\n]*\n){0,200}?---[ \t]*(?:\n|$)")
# Up to the next one that opens at most: many that nothing closes were searched through again and again, for 24 s.
_COMMENT = re.compile(r"<!--(?:[^<]|<(?!!--)){0,2000}?-->")
# What a page's templates leave: "{:toc}", "{%- include x %}", "[name]: address", a rule, the fence of code.
_TEMPLATE = re.compile(
    r"\{[:%{][^\n]{0,300}[}]|\[[^\[\]\n]{1,200}\]:\s\S{1,1000}(?:\s[\"'(][^\n]*)?|[-*_=~—–\s]{3,}|```\w*"
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
# What stands in backticks is meant as it stands.
_TAG = re.compile(
    r"`[^`\n]{1,300}`|</?(?:a|abbr|b|br|c|cite|code|div|em|font|h[1-6]|hr|i|img|li|mark|ol|p|pre|q|s|section|small|span|strong|sub|sup"
    r"|time|u|ul|v)(?:[\s./][^<>]{0,1000})?>|<\d[\d:.]{0,20}>",
    re.IGNORECASE,
)
_BOLD_TAG = re.compile(r"</?(?:b|strong)>", re.IGNORECASE)
# A marked label: the name with its colon inside or outside, perhaps with a time.
_MARK = r"(?P<mark>\*{1,3}|_{1,3})"
_LABEL = re.compile(
    rf"(?P<before>(?:{STAMP}|{TIME})?\s*){_MARK}(?P<name>[^\s*_:：][^*:：\n]{{0,79}}?)(?P<in>\s*[:：]?\s*)(?P=mark)"
    rf"(?P<out>\s*(?:[:：]|(?={STAMP})|$))?"
)
_EMPHASIS = re.compile(r"(?<![\w*])(\*{1,3})(?=[^\s*])([^*\n]{1,500}?)(?<=[^\s*])\1(?![\w*])")
_UNDERSCORED = re.compile(r"(?<![\w_])(_{1,3})(?=[^\s_])([^\n_]{1,500}?)(?<=[^\s_])\1(?![\w_])")
_STAMPED = re.compile(rf"(?:{STAMP}|{TIME}(?=\s|$))")
_TIME_IN_LABEL = re.compile(rf"\s*(?:{STAMP}|{TIME})\s*$")
_SLIPPED = re.compile(r"(?<=\[)\\+(?=\d)|(?<=\d)\\+(?=\])")
_PAUSE = re.compile(r"(?:(?:ad|commercial|short|music|quick) )?breaks?|pause|pausa|werbepause", re.IGNORECASE)
_STAGE = re.compile(r"sponsors?|sponsored by|advertisement|ad break|a word from our sponsors?", re.IGNORECASE)

# Cues without a speaker, or of one who goes on, are put together up to a length that a quote can be timed in.
_MAX_UNNAMED_MS = 30_000
_MAX_UNNAMED_WORDS = 70
_MAX_NAMED_MS = 60_000
_PATIENCE = 1.5
_MAX_GAP_MS = 10_000
_ENDS = re.compile(r"[.?!…。？！؟।][\"'”’»)\]]*$")


@dataclass(frozen=True, slots=True)
class _Row:
    """One line of the file; `parted` says that an empty line stands before it, `turned` that somebody else speaks."""

    line: Line
    parted: bool
    turned: bool = False


def read_speech(text: str) -> tuple[int, tuple[Turn, ...]]:
    """The number of cues, and the turns: of lines that begin with a time, else of paragraphs that speak."""
    rows = _rows(text)
    names = _names(rows)
    rows = _below_heading(rows, names)
    told = [(row, spoken) for row in rows if (spoken := read_line(row.line, names, whole=True)).body]
    stamped = sum(_STAMPED.match(row.line.text) is not None for row, _ in told)
    if stamped * 2 >= len(told) and stamped > 1:
        return _read(rows, names, cues=True)
    return _read(_paragraphs(rows, names), names, cues=False)


def _names(rows: Sequence[_Row]) -> Names:
    # Among paragraphs a list is something that is told of; a name before its words is no speaker's.
    bulleted = sum(row.line.bullet for row in rows) * 2 >= len(rows)
    rows = [row for row in rows if bulleted or not row.line.bullet]
    lines = [row.line for row in rows]
    names = learn_names(lines, whole=True)
    labels = [(read_line(row.line, names, whole=True).name, row.parted) for row in rows]
    counts = Counter(name for name, _ in labels if name)
    bold = [bool(row.line.lead) for row, (name, _) in zip(rows, labels, strict=True) if name]
    if sum(bold) > 1 and sum(bold) * 2 >= len(bold):
        # Where speakers stand in bold print, "In April: ..." is speech.
        return learn_names(lines, whole=True, inside={n for n, line in enumerate(lines) if not line.lead})
    parted = [is_parted for name, is_parted in labels if name and counts[name] > 1]
    if parted and sum(parted) * 10 >= len(parted) * 9:
        # Where speakers always begin a paragraph, a word and a colon inside one are speech.
        inside = {number for number, row in enumerate(rows) if not row.parted}
        return learn_names(lines, whole=True, inside=inside)
    return names


def _below_heading(rows: list[_Row], names: Names) -> list[_Row]:
    """The rows below a heading "Transcript", where nobody speaks above it."""
    for number, row in enumerate(rows):
        if len(row.line.text) <= 80 and TRANSCRIPT_HEADING.fullmatch(row.line.text):
            return rows[number + 1 :]
        if read_line(row.line, names, whole=True).name is not None:
            break
    return rows


def _rows(text: str) -> list[_Row]:
    text = text[:MAX_CHARACTERS].replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")
    text = _COMMENT.sub("", text)
    if found := _FRONT_MATTER.match(text):
        text = text[found.end() :]
    rows: list[_Row] = []
    parted = True
    for raw in mend(text.split("\n")):
        line = _line(raw)
        if line is None:
            if rows and rows[-1].line.bullet and raw.startswith("{:"):
                rows.pop()  # The placeholder that a template fills in.
            parted = True
            continue
        rows.append(_Row(line, parted or line.heading, turned=raw.lstrip().startswith(">>")))
        parted = line.heading
    return rows


def _line(raw: str) -> Line | None:
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
    text, lead = _without_markup(text)
    if voice:
        text, lead = _voiced(text, voice), voice
    text = " ".join(text.split())
    return Line(text, bullet, heading, lead=lead) if text else None


def _code(found: re.Match[str]) -> str:
    return found.group() if found.group()[0] == "`" else ""


def _voiced(text: str, voice: str) -> str:
    """`text` with the voice before its words: `00:01 <v Ada>Hello` is `00:01 Ada: Hello`."""
    found = _STAMPED.match(text)
    at = found.end() if found else 0
    name = voice.replace(":", " ")
    return f"{text[:at]} {name}: {text[at:].lstrip()}"


def _without_markup(text: str) -> tuple[str, str]:
    """`text` without Markdown, and the marked label that it begins with."""
    lead = ""
    found = _LABEL.match(text)
    if found and (found["in"].strip() or found["out"] is not None) and not found["name"].isdigit():
        name = found["name"].strip()
        lead = _TIME_IN_LABEL.sub("", name)
        colon = (
            ": "
            if ":" in found["in"] + (found["out"] or "") or "：" in found["in"] + (found["out"] or "")
            else " "
        )
        # The time of "**Ada [00:12]:** text" stays before the colon.
        text = f"{found['before']}{name}{colon}{text[found.end() :]}"
    if "](" in text or "][" in text:
        text = _LINK.sub(r"\1", _IMAGE.sub(r"\1", text))
    # What is escaped is meant as it stands; a rare sign keeps its place until the marks are gone.
    if "*" in text:
        text = _EMPHASIS.sub(r"\2", text)
    if "_" in text:
        text = _UNDERSCORED.sub(r"\2", text)
    if "\\" in text:
        text = _SLIPPED.sub("", _ESCAPED.sub(r"\1", text))
    return text, " ".join(lead.split())


def _paragraphs(rows: Sequence[_Row], names: Names) -> list[_Row]:
    """Lines that were wrapped by hand joined to their paragraph; a line that names a speaker begins one."""
    labelled = [row for row in rows if read_line(row.line, names, whole=True).name is not None]
    parted = sum(row.parted for row in labelled)
    # Where speakers always begin a paragraph, a word and a colon inside one are speech.
    strict = len(labelled) > 0 and parted * 10 >= len(labelled) * 9
    joined: list[_Row] = []
    parts: list[str] = []

    def close() -> None:
        if parts:
            last = joined[-1]
            joined[-1] = replace(last, line=replace(last.line, text=" ".join([last.line.text, *parts])))
            parts.clear()

    for row in rows:
        begins = row.parted or not joined or row.turned or row.line.bullet or bool(row.line.lead)
        begins = begins or _STAMPED.match(row.line.text) is not None
        if not begins and not strict:
            begins = read_line(row.line, names, whole=True).name is not None
        if not begins and not parts and _stands_alone(joined[-1].line, names):
            begins = True
        if begins:
            close()
            joined.append(row)
        else:
            parts.append(row.line.text)
    close()
    return joined


def _stands_alone(line: Line, names: Names) -> bool:
    """Whether `line` is a label and nothing else, whose words stand below it."""
    if line.heading:
        return True
    spoken = read_line(line, names, whole=True)
    return not spoken.body and (spoken.name is not None or spoken.start_ms is not None)


def _read(rows: Sequence[_Row], names: Names, *, cues: bool) -> tuple[int, tuple[Turn, ...]]:
    script = Script()
    count = 0
    speaker: str | None = None
    talker: str | None = None
    section: TurnMark | None = None
    waiting: Spoken | None = None
    for row in rows:
        line = row.line
        spoken = read_line(line, names, whole=True)
        if line.heading and spoken.name is None:
            section = _section(line.text)
            continue
        if spoken.name is not None:
            if waiting is not None and waiting.name is not None:
                # A label without words: a break, a clip.
                script.begin(waiting, waiting.name, section)
                waiting = None
            speaker = spoken.name
        if not spoken.body:
            # A label above its words, a speaker's name above its time, or a time between two paragraphs.
            waiting = _together(waiting, spoken)
            continue
        count += not cues or spoken.start_ms is not None or waiting is not None
        if waiting is not None and spoken.name is None and _PAUSE.fullmatch(waiting.name or ""):
            # Who spoke before the break goes on behind it.
            script.begin(waiting, waiting.name, section)
            speaker, waiting = talker, None
            spoken = replace(spoken, name=talker)
        if waiting is not None:
            spoken = _together(waiting, spoken)
            waiting = None
        if row.turned and spoken.name is None:
            speaker = None
        if spoken.name is not None or spoken.start_ms is not None or not script.drafts or row.turned:
            script.begin(spoken, speaker, section)
            talker = talker if pseudo_mark(speaker) else speaker
        script.say(spoken.body)
    if waiting is not None and waiting.name is not None:
        script.begin(waiting, waiting.name, section)
    elif waiting is not None and waiting.start_ms is not None and script.drafts:
        script.end(waiting.start_ms)
    turns = script.turns(None)
    return count, _merged(turns) if cues else turns


def _together(above: Spoken | None, below: Spoken) -> Spoken:
    """A label and what belongs to it on the next line."""
    if above is None:
        return below
    start_ms = below.start_ms if below.start_ms is not None else above.start_ms
    end_ms = below.end_ms if below.end_ms is not None else above.end_ms
    return Spoken(below.name or above.name, start_ms, below.body, end_ms)


def _section(heading: str) -> TurnMark | None:
    """The mark of what stands below `heading`."""
    return TurnMark.SPONSOR if _STAGE.fullmatch(heading.strip(" .:")) else None


def _merged(turns: Sequence[Turn]) -> tuple[Turn, ...]:
    """Cues as turns; what a machine repeats over silence is kept apart from the talk before it."""
    apart = {at for run in repeated_runs([turn.text for turn in turns]) for at in run}
    merged: list[Turn] = []
    for group in _groups(turns, apart):
        first, last = group[0], group[-1]
        text = " ".join(turn.text for turn in group)
        merged.append(Turn(first.speaker, first.start_ms, last.end_ms, text, first.mark))
    return tuple(merged)


def _groups(turns: Sequence[Turn], apart: set[int]) -> Iterator[list[Turn]]:
    group: list[Turn] = []
    words = 0
    for number, (turn, following) in enumerate(pairwise([*turns, None])):
        if turn is None:
            break
        group.append(turn)
        words += len(turn.text.split())
        if (
            following is None
            or number + 1 in apart
            or following.speaker != turn.speaker
            or following.mark != turn.mark
            or pseudo_mark(turn.speaker)
            or _is_full(group[0], following, words, turn.text)
        ):
            yield group
            group, words = [], 0


def _is_full(first: Turn, following: Turn, words: int, text: str) -> bool:
    """Whether a turn that began with `first` ends here, although the same speaker may go on."""
    spoken_ms = (following.start_ms or 0) - (first.start_ms or 0)
    if first.speaker is None:
        share = max(spoken_ms / _MAX_UNNAMED_MS, words / _MAX_UNNAMED_WORDS)
    else:
        share = spoken_ms / _MAX_NAMED_MS
    return share >= (1 if _ENDS.search(text[-20:]) else _PATIENCE)


FORMATS = (
    TranscriptFormat(
        source=TranscriptSource("text"),
        label="text",
        trust=20,
        media_types=("text/plain", "text/markdown"),
        # Whatever is in no other format is read as text.
        recognise=lambda _text: Recognition.POSSIBLE,
        read=lambda text, _people: ParsedTranscript(*read_speech(text)),
        max_pieces=(("\n", 200_000),),
    ),
)
