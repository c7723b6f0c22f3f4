"""Read the scanned lines of a whole transcript into turns: resolve labels, join wrapped lines, assemble.

The lines come from a text file or from an HTML page.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import zip_longest

from bot.transcripts.annotations.hallucinations import repeated_runs
from bot.transcripts.turns.cues import ParsedTranscript, ends_sentence, ends_turn
from bot.transcripts.turns.file_headers import without_headers
from bot.transcripts.turns.line_scanner import LabelForm, ScannedLine
from bot.transcripts.turns.person_names import pseudo_mark
from bot.transcripts.turns.speaker_labels import LabelledLine, Speakers, find_speakers, resolve_label
from bot.transcripts.turns.turn_builder import assemble
from storage.models import Turn

# A bare time begins at least one of so many lines, where it is a time of the transcript.
_FEW = 12
_FEW_LINES = 2


def read_labelled_text(lines: Sequence[ScannedLine]) -> ParsedTranscript:
    """The turns, made of cues where most lines begin with a time, and of paragraphs elsewhere."""
    lines = without_headers(_without_doubtful_times(lines))
    speakers = _speakers(lines)
    labelled = _below_heading([resolve_label(line, speakers) for line in lines])
    labelled = _without_list(_without_doubtful_labels(labelled))
    spoken = [line for line in labelled if line.body]
    timed = sum(line.scanned.begins_with_time for line in spoken)
    if timed * 2 >= len(spoken) and timed > 1:
        parsed = assemble(labelled, cues=True)
        return replace(parsed, turns=_merged(parsed.turns))
    return assemble(_join_wrapped(labelled), cues=False)


def _speakers(lines: Sequence[ScannedLine]) -> Speakers:
    """The speakers, found again among fewer lines where the first look shows how their labels are set off."""
    # A list among paragraphs enumerates things: words before a colon in it name no speaker.
    bulleted = sum(line.bullet for line in lines) * 2 >= len(lines)
    lines = [line for line in lines if bulleted or not line.bullet]
    speakers = find_speakers(lines, transcript_only=True)
    named = [line for line in (resolve_label(line, speakers) for line in lines) if line.speaker]
    bold = sum(bool(line.scanned.lead) for line in named)
    if bold > 1 and bold * 2 >= len(named):
        # Where speakers are printed bold, "In April: ..." is speech.
        return find_speakers(lines, transcript_only=True, where=lambda line: bool(line.lead))
    counts = Counter(line.speaker for line in named)
    opening = [line.scanned.opens_paragraph for line in named if counts[line.speaker] > 1]
    if opening and sum(opening) * 10 >= len(opening) * 9:
        # Where speakers always begin a paragraph, words and a colon within one are speech.
        return find_speakers(lines, transcript_only=True, where=lambda line: line.opens_paragraph)
    return speakers


def _without_doubtful_times(lines: Sequence[ScannedLine]) -> list[ScannedLine]:
    """The lines; where few of them begin with a bare time, it is said: "10:30 was late for us."."""
    timed = [line for line in lines if line.begins_with_time]
    if len(timed) == 1 and timed[0].bare and not timed[0].body and len(lines) > _FEW_LINES:
        # The time of a post stands alone on its line as well.
        return [line for line in lines if line is not timed[0]]
    bare = [line for line in lines if line.bare and line.body]
    if not bare or len(bare) * _FEW >= len(lines):
        return list(lines)
    return [_untimed(line) if line.bare and line.body else line for line in lines]


def _untimed(line: ScannedLine) -> ScannedLine:
    if any(label.form is not LabelForm.ALONE for label in line.labels):
        return line
    return replace(line, start_ms=None, end_ms=None, bare=False, body_at=0, labels=())


def _without_list(lines: list[LabelledLine]) -> list[LabelledLine]:
    """The lines without a list of chapters above the first speaker, where no speaker has a time."""
    first = next((number for number, line in enumerate(lines) if line.speaker is not None), 0)
    timed = [number for number, line in enumerate(lines) if line.start_ms is not None]
    if len(timed) < 2 or timed[-1] >= first or any(len(lines[n].body.split()) > _FEW for n in timed):
        return lines
    listed = set(timed)
    return [line for number, line in enumerate(lines) if number not in listed]


def _without_doubtful_labels(lines: list[LabelledLine]) -> list[LabelledLine]:
    """The lines; a label that alone would speak all of a long text speaks no more than its own line.

    "Music: Blue Sky" above a talk without names is played, and "Venue: North Hall" is nobody.
    """
    named = [number for number, line in enumerate(lines) if line.speaker is not None]
    if not named or any(not pseudo_mark(lines[number].speaker) for number in named[1:]):
        return lines
    first = lines[named[0]]
    if not pseudo_mark(first.speaker):
        if len(named) > 1 or not _is_doubtful(first, len(lines) - named[0] - 1):
            return lines
        lines[named[0]] = replace(first, speaker=None, body=first.scanned.text)
        return lines
    for number in named:
        if lines[number].body and number + 1 < len(lines) and lines[number + 1].speaker is None:
            following = lines[number + 1]
            scanned = replace(following.scanned, changes_speaker=True)
            lines[number + 1] = replace(following, scanned=scanned)
    return lines


def _is_doubtful(line: LabelledLine, following: int) -> bool:
    """Whether a label stands once, before a few words that are no sentence, above a text without labels."""
    words = len(line.body.split())
    return following > _FEW_LINES and 0 < words <= _FEW and not ends_sentence(line.body)


def _below_heading(lines: list[LabelledLine]) -> list[LabelledLine]:
    """The lines below a heading "Transcript", unless somebody speaks above it."""
    for number, line in enumerate(lines):
        if line.scanned.is_transcript_heading:
            return lines[number + 1 :]
        if line.speaker is not None:
            break
    return lines


def _join_wrapped(lines: Sequence[LabelledLine]) -> Iterator[LabelledLine]:
    """Join lines that were wrapped by hand into paragraphs; a line that names a speaker begins a new one."""
    opening = [line.scanned.opens_paragraph for line in lines if line.speaker is not None]
    # Where speakers always begin a paragraph, words and a colon within one are speech.
    strict = len(opening) > 0 and sum(opening) * 10 >= len(opening) * 9
    first: LabelledLine | None = None
    parts: list[str] = []
    for line in lines:
        alone = first is not None and len(parts) == 1 and _stands_alone(first)
        if first is None or alone or _begins_paragraph(line, strict=strict):
            if first is not None:
                yield replace(first, body=" ".join(parts))
            first, parts = line, [line.body]
        else:
            parts.append(line.scanned.text)
    if first is not None:
        yield replace(first, body=" ".join(parts))


def _begins_paragraph(line: LabelledLine, *, strict: bool) -> bool:
    scanned = line.scanned
    set_off = scanned.opens_paragraph or scanned.changes_speaker or scanned.bullet or bool(scanned.lead)
    return set_off or scanned.begins_with_time or (not strict and line.speaker is not None)


def _stands_alone(line: LabelledLine) -> bool:
    """Whether `line` is nothing but a label, whose words stand below it."""
    return line.scanned.heading or not line.body


def _merged(turns: Sequence[Turn]) -> tuple[Turn, ...]:
    """Merge cues into longer turns; what a recogniser repeats over silence is kept apart from speech."""
    apart = {at for run in repeated_runs([turn.text for turn in turns]) for at in run}
    merged: list[Turn] = []
    for group in _groups(turns, apart):
        first, last = group[0], group[-1]
        text = " ".join(turn.text for turn in group)
        merged.append(Turn(first.speaker, first.start_ms, last.end_ms, text, first.mark))
    return tuple(merged)


def _groups(turns: Sequence[Turn], apart: set[int]) -> Iterator[list[Turn]]:
    """The turns that become one, short enough for times within them to be interpolated."""
    group: list[Turn] = []
    words = 0
    for number, (turn, following) in enumerate(zip_longest(turns, turns[1:]), start=1):
        group.append(turn)
        words += len(turn.text.split())
        if following is None or number in apart or _is_full(group, following, words):
            yield group
            group, words = [], 0


def _is_full(group: Sequence[Turn], following: Turn, words: int) -> bool:
    """Whether `following` begins another turn than that of `group`."""
    first, last = group[0], group[-1]
    if following.speaker != last.speaker or following.mark != last.mark or pseudo_mark(last.speaker):
        return True
    return ends_turn(first.speaker, (following.start_ms or 0) - (first.start_ms or 0), words, last.text)
