"""JSON transcripts: Podcasting 2.0's segments, Podlove's lines, and what recognisers and editors write.

They are parsed with the standard library's `json`, which accepts NaN, and takes a fraction of the time of reading
one. `bot.transcripts.structured` finds the talk.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.transcripts.formats.caption_speakers import name_speakers
from bot.transcripts.formats.cue_blocks import Block
from bot.transcripts.formats.registry import Recognition, TranscriptFormat, recognise
from bot.transcripts.formats.srt import clean
from bot.transcripts.structured.documents import is_error, values_in, why_no_speech
from bot.transcripts.structured.leaves import Leaf, Leaves
from bot.transcripts.structured.speakers import carry_on, from_spans, labels
from bot.transcripts.structured.talk import in_milliseconds, to_cues, untimed_turns
from bot.transcripts.structured.walk import Walk
from bot.transcripts.turns.cues import Cue, ParsedTranscript, TranscriptError, merge
from bot.transcripts.turns.joining import spoken_words
from bot.transcripts.turns.own_label import names_before_texts
from storage.models import TranscriptSource

_JSON = TranscriptSource("json")
_PODLOVE = TranscriptSource("podlove")
_BEGINNING = re.compile(r'\x1e?\{\s*["}]|\[\s*[\[{\]]|\[\s*"(?:[^"\\\n]|\\.){0,500}"\s*[,\]]|\{\s*$')
# What Whisper writes for the machine: "[_BEG_]", "<|0.00|>".
_MARKS = re.compile(r"\[_[A-Z]{2,8}_?[0-9]*\]|<\|[^|<>\n]{0,20}\|>")
# Beside a message of an error, so short a text is no speech.
_LEAST_SPEECH = 400
_LEAST_WORDS = 5


def read(text: str, people: Sequence[str] = ()) -> ParsedTranscript:
    """Find the talk, wherever in the file it is, and merge it into turns.

    Entries with text are counted. `source` tells Podlove's JSON from the rest.
    """
    data = values_in(text)
    walk = Walk()
    speech = walk.speech(data)
    leaves = [leaf for leaf in speech.leaves if not leaf.text.isspace()]
    if not _may_be_speech(speech, data):
        raise TranscriptError(why_no_speech(data))
    source = _PODLOVE if walk.podlove or _is_player(data, leaves) else _JSON
    written = None if speech.timed or speech.spoken else _written(leaves, people)
    if written is not None:
        return ParsedTranscript(written.cues, written.turns, source)
    for leaf in leaves:
        leaf.text = _readable(leaf.text)
    carry_on(leaves)
    from_spans(leaves, walk.spans)
    names = labels(leaves, walk.table)
    known = names_before_texts((name, leaf.text) for name, leaf in zip(names, leaves, strict=True))
    names = [known.get(name, name) if name else None for name in names]
    in_milliseconds(leaves)
    if any(leaf.start is not None for leaf in leaves):
        return ParsedTranscript(speech.entries, merge(_named(to_cues(leaves, names), people)), source)
    return ParsedTranscript(speech.entries, tuple(untimed_turns(leaves, names)), source)


def _may_be_speech(speech: Leaves, data: object) -> bool:
    """Whether so much is said, beside what else the document has, that it is a transcript."""
    if not speech.letters or speech.timed == speech.letters:
        return speech.letters > 0
    if speech.letters <= _LEAST_SPEECH and is_error(data):
        return False
    # A text of a few words without a time and a speaker is a title, a setting or a message.
    return (
        speech.timed + speech.spoken > 0
        or sum(spoken_words(one.text) for one in speech.leaves[:9]) >= _LEAST_WORDS
    )


def _readable(text: str) -> str:
    if "[_" in text or "<|" in text:
        text = _MARKS.sub("", text)
    return clean(text)


def _is_player(data: object, leaves: Sequence[Leaf]) -> bool:
    """Whether this is the configuration of Podlove's player, whose lines may lack the milliseconds."""
    return isinstance(data, dict) and "transcripts" in data and all(leaf.clock is None for leaf in leaves)


def _named(cues: list[Cue], people: Sequence[str]) -> list[Cue]:
    if any(cue.speaker is not None for cue in cues):
        return cues
    return name_speakers([Block(cue.start_ms, cue.end_ms, True, [cue.text]) for cue in cues], people)


def _written(leaves: Sequence[Leaf], people: Sequence[str]) -> ParsedTranscript | None:
    """A transcript of another format that stands in the document as a text; None where it is none."""
    text = "\n\n".join(leaf.text.strip() for leaf in leaves)
    found = recognise(text, None)
    if found.read is None or found.source == _JSON or found.has_too_many_pieces(text) or "\n" not in text:
        return None
    try:
        return found.read(text, people)
    except TranscriptError:
        return None


def _recognise(text: str) -> Recognition:
    start = len(text) - len(text.lstrip())
    # "[00:12] Hello" and "[music]" are speech.
    begins = _BEGINNING.match(text[start : start + 2_000]) is not None
    return Recognition.CERTAIN if begins else Recognition.NO


# Leaves of twelve hours, word by word, with an object for each word and one for each of its readings.
_MAX_PIECES = (("{", 600_000), (",", 3_000_000), ("[", 600_000))

FORMATS = (
    TranscriptFormat(
        source=_JSON,
        label="JSON",
        trust=60,
        media_types=("application/json", "text/json"),
        recognise=_recognise,
        read=read,
        max_pieces=_MAX_PIECES,
    ),
    # Announced as JSON too; only its entries tell.
    TranscriptFormat(source=_PODLOVE, label="Podlove", trust=50, read=read, max_pieces=_MAX_PIECES),
)
