"""Find a transcript inside show notes, in any notation, and read it into turns.

Notations change within an episode, so none is assumed: each line names its own speaker and times. Times in between
are interpolated by words.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from bot.chapters.headings import is_chapters_heading
from bot.text.html_lines import Line
from bot.transcripts.turns.label_notations import MarkedLine, rewrite_labels
from bot.transcripts.turns.line_scanner import ScannedLine, scan_line
from bot.transcripts.turns.speaker_labels import LabelledLine, Speakers, find_speakers, resolve_label
from bot.transcripts.turns.turn_builder import TurnBuilder
from storage.models import Chapter, Turn

_OTHER_HEADING = re.compile(
    r"(?:show ?notes|links|resources|references|credits|further reading|about (?:us|the show)|related episodes)\W*",
    re.IGNORECASE,
)
_MAX_HEADING = 60
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")

# Without a heading, a transcript takes more than a pull quote or two.
_MIN_RUN = 4
# Speech is looked for below the first few headings "Transcript" only.
_MAX_HEADINGS = 4
_MIN_WORDS_UNLABELLED = 300
_MIN_MEAN_WORDS = 12
# A title's time may differ by this much from its chapter's.
_TOLERANCE_MS = 2_000


@dataclass(frozen=True, slots=True)
class EmbeddedTranscript:
    """The turns, and the number of the line where the transcript, or its heading, begins."""

    turns: tuple[Turn, ...]
    first: int


def find_transcript(
    lines: Sequence[ScannedLine],
    chapter_items: Container[int],
    chapters: tuple[Chapter, ...],
    after: int,
    duration_s: float | None,
) -> EmbeddedTranscript | None:
    """The transcript in `lines`: below its heading, or else in lines from `after` on that look like one.

    `chapter_items` are the numbers of list items that are surely chapters, and so no speech.
    """

    def read(first: int) -> tuple[Turn, ...]:
        spoken = [line for number, line in enumerate(lines[first:], first) if number not in chapter_items]
        return _read(_rewritten(spoken), chapters, duration_s)

    headings = (number for number, line in enumerate(lines) if line.is_transcript_heading)
    for number in islice(headings, _MAX_HEADINGS):
        turns = read(number + 1)
        if _is_speech(turns):
            return EmbeddedTranscript(turns, number)
    first = _first_of_run(lines, chapter_items, after)
    if first is None:
        return None
    turns = read(first)
    return EmbeddedTranscript(turns, first) if _is_speech(turns) else None


def _rewritten(lines: Sequence[ScannedLine]) -> list[ScannedLine]:
    """The lines with their labels in the scanner's notation, where a tool wrote another throughout."""
    rewritten = rewrite_labels([MarkedLine(line.line, line.lead) for line in lines])
    return [
        line if after == line.line else scan_line(after) for line, after in zip(lines, rewritten, strict=True)
    ]


def find_heading(lines: Sequence[ScannedLine]) -> int:
    """The number of the first transcript heading with something below it; `len(lines)` if there is none."""
    return next((number for number, line in enumerate(lines[:-1]) if line.is_transcript_heading), len(lines))


def _is_speech(turns: tuple[Turn, ...]) -> bool:
    if len(turns) < 2:
        return False
    words = sum(len(turn.text.split()) for turn in turns)
    if any(turn.speaker for turn in turns):
        return True
    if any(turn.start_ms is not None for turn in turns):
        return words >= 5 * len(turns)
    return words >= _MIN_WORDS_UNLABELLED


def _first_of_run(lines: Sequence[ScannedLine], chapter_items: Container[int], after: int) -> int | None:
    """The first line of a run in which most lines are labelled with a speaker or a time."""
    numbers = [number for number in range(after, len(lines)) if number not in chapter_items]
    speakers = find_speakers([lines[number] for number in numbers])
    labelled = {number for number in numbers if _is_labelled(lines[number], speakers)}
    for number in sorted(labelled):
        if sum(near in labelled for near in range(number, number + 2 * _MIN_RUN)) >= _MIN_RUN:
            return number
    return None


def _is_labelled(line: ScannedLine, speakers: Speakers) -> bool:
    labelled = resolve_label(line, speakers)
    if labelled.speaker is not None:
        return labelled.start_ms is not None or line.end_stamp is not None
    return labelled.start_ms is not None and len(labelled.body.split()) >= _MIN_MEAN_WORDS


def _read(
    lines: Sequence[ScannedLine], chapters: tuple[Chapter, ...], duration_s: float | None
) -> tuple[Turn, ...]:
    lines = list(_without_titles(lines, chapters))
    speakers = find_speakers(lines)
    builder = TurnBuilder()
    speaker: str | None = None
    for line in lines:
        if _is_other_heading(line.text):
            if builder.words >= _MIN_WORDS_UNLABELLED:
                break
            continue
        labelled = resolve_label(line, speakers)
        speaker = labelled.speaker or speaker
        _add(builder, labelled, speaker, has_speakers=bool(speakers))
    return builder.turns(duration_s)


def _is_other_heading(text: str) -> bool:
    """Whether `text` is the heading of another section of the notes."""
    return len(text) <= _MAX_HEADING and (
        _OTHER_HEADING.fullmatch(text) is not None or is_chapters_heading(text)
    )


def _add(builder: TurnBuilder, line: LabelledLine, speaker: str | None, *, has_speakers: bool) -> None:
    drafts = builder.drafts
    if line.speaker is None and line.start_ms is None:
        if not drafts and (has_speakers or line.scanned.line.emphasised):
            return  # An editor's note above the first turn
        if not drafts or (speaker is None and not has_speakers) or drafts[-1].end_ms is not None:
            builder.begin(line, speaker)
    elif line.speaker is None and not line.body:
        # A time on a line of its own.
        if drafts and line.start_ms is not None:
            builder.end(line.start_ms)
    else:
        builder.begin(line, speaker)
    if drafts and line.body:
        builder.say(line.body)


@dataclass(frozen=True, slots=True)
class _PossibleTitle:
    """What may be a chapter's title in a line, with the speech before it and the time beside it."""

    said: str
    title: str
    ms: int | None = None


def _without_titles(lines: Sequence[ScannedLine], chapters: tuple[Chapter, ...]) -> Iterator[ScannedLine]:
    """The lines without headings and chapter titles; the time of a title is kept."""
    for number, line in enumerate(lines):
        possible = _possible_title(line, chapters)
        following = lines[number + 1] if number + 1 < len(lines) else None
        # The same time stands beside the title and beside what follows it.
        twice = following is not None and possible.ms is not None and following.start_ms == possible.ms
        parted = bool(possible.said and possible.title)
        if parted:
            yield line.cut(len(possible.said))
        if line.heading or _is_title(possible, line.lead, chapters, twice=twice):
            if possible.ms is not None:
                yield ScannedLine(Line(""), possible.ms)
        elif not parted:
            yield line


def _possible_title(line: ScannedLine, chapters: tuple[Chapter, ...]) -> _PossibleTitle:
    """Split `... so bright. OIL AND WICKS [00:03:20]` or `[00:03:20] Oil and wicks` into its parts."""
    if line.start_ms is not None and not line.bare:
        return _PossibleTitle("", line.body, line.start_ms)
    if line.end_stamp is None:
        return _PossibleTitle("", line.text)
    said, ms = line.text[: line.end_stamp.at].rstrip(), line.end_stamp.ms
    for chapter in chapters:
        known = chapter.title.casefold()
        if abs(chapter.start_ms - ms) <= _TOLERANCE_MS and known and said.casefold().endswith(known):
            at = len(said) - len(known)
            if not said[:at].endswith(": "):
                return _PossibleTitle(said[:at].rstrip(), said[at:], ms)
    return _PossibleTitle("", said, ms)


def _is_title(possible: _PossibleTitle, lead: str, chapters: tuple[Chapter, ...], *, twice: bool) -> bool:
    """Whether this is a chapter's title, repeated between the paragraphs."""
    title = possible.title.casefold()
    if not title or len(title) > 200:
        return False
    bold = lead.casefold().startswith(title)
    for chapter in chapters:
        known = chapter.title.casefold()
        # The list's times may have changed since, so the same words suffice, unless they are a mere "Yes".
        if title == known and (" " in known or twice or possible.ms is None):
            return True
        if possible.ms is None or abs(chapter.start_ms - possible.ms) > _TOLERANCE_MS:
            continue
        if _alike(known, title) or bold or (twice and _is_headline(possible.title)):
            return True
    return False


def _is_headline(text: str) -> bool:
    """Whether `text` is capitalised like a title: "Cheaper Lamp Oil"."""
    words = text.split()
    if not 2 <= len(words) <= 12 or ":" in text or text[-1] in ".,;…":
        return False
    return all(not word[0].islower() or len(word) < 5 for word in words)


def _alike(left: str, right: str) -> bool:
    """Whether two titles are equal, one begins with the other, or they share most of their words."""
    if left == right:
        return True
    if not right or not left:
        return False
    if len(right) > 2 * len(left) + 20:
        return False
    if right.startswith(left) or left.startswith(right):
        return len(right) < 2 * len(left)
    a, b = set(_WORD.findall(left)), set(_WORD.findall(right))
    return len(a & b) * 3 >= len(a | b) * 2
