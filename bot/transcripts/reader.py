"""Which format a published transcript is in, and what it says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from bot.text.decoding import decode
from bot.transcripts.annotations import finish
from bot.transcripts.formats import html, json_segments, srt, vtt
from bot.transcripts.formats.plain_text import read_speech
from bot.transcripts.turns.cues import Reading, TranscriptError
from storage.models import TranscriptSource, Turn

# The longest transcripts read so far have some hundred kilobytes; twelve hours word by word have six megabytes.
MAX_BYTES = 8_000_000
# So many pieces are no speech but an attack on memory: each costs many times its length. Counted before anything is
# built of them.
_MAX_PIECES = {
    TranscriptSource.VTT: (("-->", 60_000), ("<", 400_000), ("\n", 400_000)),
    TranscriptSource.SRT: (("-->", 60_000), ("\n", 400_000)),
    TranscriptSource.JSON: (("{", 100_000), (",", 1_500_000), ("[", 100_000)),
    TranscriptSource.PODLOVE: (("{", 100_000), (",", 1_500_000), ("[", 100_000)),
    TranscriptSource.HTML: (("<", 400_000),),
    TranscriptSource.TEXT: (("\n", 200_000),),
}

# What servers announce; podcast hosts use every one of these.
_TYPES = {
    "text/vtt": TranscriptSource.VTT,
    "application/x-subrip": TranscriptSource.SRT,
    "application/srt": TranscriptSource.SRT,
    "application/x-srt": TranscriptSource.SRT,
    "text/srt": TranscriptSource.SRT,
    "application/json": TranscriptSource.JSON,
    "text/json": TranscriptSource.JSON,
    "text/html": TranscriptSource.HTML,
    "application/xhtml+xml": TranscriptSource.HTML,
    "text/plain": TranscriptSource.TEXT,
    "text/markdown": TranscriptSource.TEXT,
}
# A printed page, a recording, an archive.
_MAGIC = ("%PDF-", "ID3\x02", "ID3\x03", "ID3\x04", "PK\x03\x04")
_UNTOLD = frozenset({"", "application/octet-stream", "binary/octet-stream"})


@dataclass(frozen=True, slots=True)
class Transcript:
    """What was said, the format that it was published in, and how many cues, segments or lines that has."""

    source: TranscriptSource
    cues: int
    turns: tuple[Turn, ...]


def reads_type(mime_type: str) -> bool:
    """Whether a transcript that is announced with this type can be read, as far as the type tells."""
    essence = _essence(mime_type)
    return essence in _UNTOLD or essence in _TYPES


def announced(mime_type: str | None) -> TranscriptSource | None:
    """The format that the type names."""
    return _TYPES.get(_essence(mime_type))


def read_transcript(
    body: bytes,
    mime_type: str | None,
    *,
    people: Sequence[str] = (),
    forced: TranscriptSource | None = None,
) -> Transcript:
    """Read a published transcript, told by its content first, as servers often send a wrong type.

    `people`: who is known to speak, so that their names are recognised. Raises TranscriptError where the file is no
    transcript that can be read.
    """
    if len(body) > MAX_BYTES:
        raise TranscriptError(f"The transcript has {len(body)} bytes; more than {MAX_BYTES} are not read.")
    text = decode(body)
    if not text.strip("\ufeff\ufffd \t\n"):
        raise TranscriptError("The transcript is empty.")
    if _is_binary(text):
        raise TranscriptError(f"The file, of the type {_essence(mime_type)[:80] or 'unknown'}, is no text.")
    source = forced or _recognise(text, announced(mime_type))
    if any(text.count(mark) > most for mark, most in _MAX_PIECES.get(source, ())):
        raise TranscriptError("The transcript is cut into more pieces than any speech has.")
    found, reading = _read(source, text, people)
    turns = finish(_ordered(reading.turns), people)
    if not turns:
        raise TranscriptError("The transcript has no words.")
    return Transcript(forced or found, reading.cues, turns)


def _essence(mime_type: str | None) -> str:
    return (mime_type or "").partition(";")[0].strip().lower()


def _is_binary(text: str) -> bool:
    """Whether the beginning is that of a picture, a recording or a printed page."""
    head = text[:4_000]
    odd = sum(sign < " " and sign not in "\n\t\f\v" for sign in head) + head.count("\ufffd")
    return head.startswith(_MAGIC) or 20 * odd > len(head)


def _recognise(text: str, told: TranscriptSource | None) -> TranscriptSource:
    """The format, by what cannot be anything else; the type decides where the content may be several."""
    if vtt.looks_like(text):
        return TranscriptSource.VTT
    if json_segments.looks_like(text):
        return TranscriptSource.JSON
    if html.looks_like(text):
        return TranscriptSource.HTML
    if srt.looks_like(text):
        return TranscriptSource.VTT if told is TranscriptSource.VTT else TranscriptSource.SRT
    if told is TranscriptSource.HTML:
        return TranscriptSource.HTML
    return TranscriptSource.TEXT


def _read(source: TranscriptSource, text: str, people: Sequence[str]) -> tuple[TranscriptSource, Reading]:
    match source:
        case TranscriptSource.VTT:
            return source, vtt.read(text, people)
        case TranscriptSource.SRT:
            return source, srt.read(text, people)
        case TranscriptSource.JSON | TranscriptSource.PODLOVE:
            return json_segments.read(text, people)
        case TranscriptSource.HTML:
            return source, html.read(text)
        case _:
            return source, Reading(*read_speech(text))


def _ordered(turns: Sequence[Turn]) -> tuple[Turn, ...]:
    """The turns by their starts; one without a time stays behind the one that it follows."""
    starts: list[int] = []
    for turn in turns:
        before = starts[-1] if starts else 0
        starts.append(before if turn.start_ms is None else turn.start_ms)
    if all(left <= right for left, right in pairwise(starts)):
        return tuple(turns)
    order = sorted(range(len(turns)), key=starts.__getitem__)
    return tuple(turns[number] for number in order)
